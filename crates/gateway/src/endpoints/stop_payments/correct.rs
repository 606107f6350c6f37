//! `POST /v1/stop-payments/{id}/correct`: the bank found a mismatch.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::follow_stop_payment::correct_stop_payment;

use super::spelled;
use crate::access::{Allowed, DeskOfficer};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::wire::spelled::MeasureId;
use crate::wire::stop_payment::StopPayment;
use crate::wire::transfer::Transfer;

/// Correct a mismatch
///
/// What is given replaces what the bank was told. It leaves at once as a new order that names this one in
/// `corrects_id`: a bank knows an order by one id, and an id by one set of facts.
#[utoipa::path(post, path = "/v1/stop-payments/{id}/correct", tag = "stop_payments",
    params(("id" = MeasureId, Path)), request_body = Transfer,
    responses((status = CREATED, description = "The corrected order.", body = StopPayment), WriteRefusals))]
pub(super) async fn correct(
    State(app): State<App>,
    Allowed(officer): Allowed<DeskOfficer>,
    Path(id): Path<domain::id::MeasureId>,
    acting: Acting,
    body: Body<Transfer>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &body.digest).await?;
    let corrected = correct_stop_payment(&mut act, id, body.value.into()).await?;
    let corrected = spelled(&app.centre, &corrected, act.is_drill());
    answer(act, StatusCode::CREATED, &corrected).await
}
