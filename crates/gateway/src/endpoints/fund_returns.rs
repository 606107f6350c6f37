//! Frozen money goes back to the victims.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

mod calculate;

/// The routes of fund returns.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(calculate::calculate))
}
