//! What decides: the plans, the grading rules and the banks' result codes.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

mod explain;
mod grading;
mod plans;
mod publish;
mod quality;
mod reset;
mod result_codes;
mod roll_back;
mod shadow;
mod trial;
mod upload;
mod version;

/// The routes of plans, grading and result codes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(plans::plans))
        .routes(routes!(grading::grading))
        .routes(routes!(explain::explain))
        .routes(routes!(result_codes::result_codes))
        .routes(routes!(upload::upload))
        .routes(routes!(version::version))
        .routes(routes!(publish::publish))
        .routes(routes!(roll_back::roll_back))
        .routes(routes!(shadow::shadow, trial::try_beside))
        .routes(routes!(reset::reset))
        .routes(routes!(quality::quality))
}
