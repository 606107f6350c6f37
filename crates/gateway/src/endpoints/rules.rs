//! What decides: the plans and the grading rules.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

mod explain;
mod grading;
mod plans;

/// The routes of plans and grading.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(plans::plans))
        .routes(routes!(grading::grading))
        .routes(routes!(explain::explain))
}
