//! What happens now, and how much has happened.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

mod events;
mod stats;

/// The routes of events and figures.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(events::events)).routes(routes!(stats::stats))
}
