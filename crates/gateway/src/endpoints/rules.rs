//! What decides: the plans, the grading rules and the banks' result codes.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

mod explain;
mod grading;
mod plans;
mod result_codes;

/// The routes of plans, grading and result codes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(plans::plans))
        .routes(routes!(grading::grading))
        .routes(routes!(explain::explain))
        .routes(routes!(result_codes::result_codes))
}
