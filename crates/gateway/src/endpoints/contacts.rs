//! The desk's phone queue.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

mod claim;
mod list;
mod report;

/// The routes of contacts.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(claim::claim))
        .routes(routes!(report::report))
}
