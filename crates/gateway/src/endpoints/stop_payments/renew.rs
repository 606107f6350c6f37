//! `POST /v1/stop-payments/{id}/renew`: the second 48 hours.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::follow_stop_payment::renew_stop_payment;

use super::spelled;
use crate::access::{Allowed, DeskOfficer};
use crate::acting::{Acting, NO_BODY, Refusal, answer};
use crate::app::App;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::wire::spelled::MeasureId;
use crate::wire::stop_payment::StopPayment;

/// Renew a stop
///
/// Asks the bank for the second 48 hours; there is no third. `round` and `expires_at` change when it agrees.
#[utoipa::path(post, path = "/v1/stop-payments/{id}/renew", tag = "stop_payments",
    params(("id" = MeasureId, Path)),
    responses((status = OK, description = "The bank is being asked.", body = StopPayment), WriteRefusals))]
pub(super) async fn renew(
    State(app): State<App>,
    Allowed(officer): Allowed<DeskOfficer>,
    Path(id): Path<domain::id::MeasureId>,
    acting: Acting,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &NO_BODY).await?;
    let order = renew_stop_payment(&mut act, id).await?;
    let order = spelled(&app.centre, &order, act.is_drill());
    answer(act, StatusCode::OK, &order).await
}
