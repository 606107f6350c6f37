//! Stations, and who is on duty there.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

mod list;
mod roster;
mod stand_in;

/// The routes of stations.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(roster::roster))
        .routes(routes!(stand_in::stand_in))
}
