//! The bank directory: who issues which card, and who answers at night.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

mod load;
mod read;

/// The routes of the bank directory.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read::read, load::load))
}
