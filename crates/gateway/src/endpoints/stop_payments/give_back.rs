//! `POST /v1/stop-payments/{id}/returns`: frozen money went back to the victim.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::follow_stop_payment::return_money;

use super::spelled;
use crate::access::{Allowed, DeskOfficer};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::wire::spelled::MeasureId;
use crate::wire::stop_payment::{Returned, StopPayment};

/// Record a return
///
/// Money of a freeze was given back to the victim; never more than is frozen.
#[utoipa::path(post, path = "/v1/stop-payments/{id}/returns", tag = "stop_payments",
    params(("id" = MeasureId, Path)), request_body = Returned,
    responses((status = OK, description = "The order.", body = StopPayment), WriteRefusals))]
pub(super) async fn give_back(
    State(app): State<App>,
    Allowed(officer): Allowed<DeskOfficer>,
    Path(id): Path<domain::id::MeasureId>,
    acting: Acting,
    body: Body<Returned>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &body.digest).await?;
    let Returned { amount, reference } = body.value;
    let order = return_money(&mut act, id, amount.fen(), &String::from(reference)).await?;
    let order = spelled(&app.centre, &order, act.is_drill());
    answer(act, StatusCode::OK, &order).await
}
