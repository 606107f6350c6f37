//! `POST /v1/incidents/{id}/stop-payments`: the desk learns of another transfer.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::follow_stop_payment::order_stop_payment as order;

use crate::access::{Allowed, DeskOfficer};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::endpoints::stop_payments::spelled;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::wire::spelled::IncidentId;
use crate::wire::stop_payment::StopPayment;
use crate::wire::transfer::Transfer;

/// Order a stop-payment
///
/// For a transfer that came to light after the call. A missing fact keeps it a `draft`.
#[utoipa::path(post, path = "/v1/incidents/{id}/stop-payments", tag = "stop_payments",
    params(("id" = IncidentId, Path)), request_body = Transfer,
    responses((status = CREATED, description = "The order.", body = StopPayment), WriteRefusals))]
pub(super) async fn order_stop_payment(
    State(app): State<App>,
    Allowed(officer): Allowed<DeskOfficer>,
    Path(id): Path<domain::id::IncidentId>,
    acting: Acting,
    body: Body<Transfer>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &body.digest).await?;
    let ordered = order(&mut act, id, body.value.into()).await?;
    let ordered = spelled(&app.centre, &ordered, act.is_drill());
    answer(act, StatusCode::CREATED, &ordered).await
}
