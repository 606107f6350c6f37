//! One file is one endpoint; a folder is a noun of the contract.

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

mod calls;
mod stop_payments;

/// Every endpoint.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(calls::routes())
}
