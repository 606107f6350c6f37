//! One file is one endpoint; a folder is a noun of the contract.

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

mod alerts;
mod appeals;
mod approvals;
mod bank_directory;
mod banks;
mod call_blocks;
mod calls;
mod contacts;
mod dispatches;
mod exports;
mod fund_returns;
mod incidents;
mod live;
mod messages;
mod rules;
mod stations;
mod stop_payments;
mod webhooks;

/// Every endpoint.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(calls::routes())
        .merge(alerts::routes())
        .merge(incidents::routes())
        .merge(contacts::routes())
        .merge(approvals::routes())
        .merge(exports::routes())
        .merge(stop_payments::routes())
        .merge(appeals::routes())
        .merge(fund_returns::routes())
        .merge(banks::routes())
        .merge(dispatches::routes())
        .merge(stations::routes())
        .merge(call_blocks::routes())
        .merge(messages::routes())
        .merge(live::routes())
        .merge(rules::routes())
        .merge(bank_directory::routes())
        .merge(webhooks::routes())
}
