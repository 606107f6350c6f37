//! 110 calls.

use interception::Centre;
use interception::take_call::TakenCall;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::stop_payments::bank;
use crate::app::App;
use crate::wire;

mod complete;
mod take;

/// The routes of calls.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(take::take)).routes(routes!(complete::complete))
}

/// What a call set in motion, as the contract spells it.
fn taken(taken: TakenCall, centre: &Centre) -> wire::call::TakenCall {
    let drill = taken.incident.drill;
    let order = |order| wire::stop_payment::StopPayment::of(order, drill, |code| bank(centre, code));
    wire::call::TakenCall {
        call: (&taken.call).into(),
        incident: wire::incident::Incident::of(&taken.incident, &centre.stations),
        stop_payments: taken.stop_payments.iter().map(order).collect(),
        dispatch: Some(wire::dispatch::Dispatch::of(&taken.dispatch, drill, &centre.stations)),
        notices: taken.notices.into_iter().map(Into::into).collect(),
        text: taken.text.map(Into::into),
    }
}
