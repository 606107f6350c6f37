//! Suspect and protected numbers, accounts and addresses.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

mod list;
mod put;
mod remove;

/// The routes of lists.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list::list, put::put)).routes(routes!(remove::remove))
}
