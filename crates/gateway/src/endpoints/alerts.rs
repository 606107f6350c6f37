//! Notices of machines.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

mod batch;
mod post;

/// The routes of alerts.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(post::post)).routes(routes!(batch::batch))
}
