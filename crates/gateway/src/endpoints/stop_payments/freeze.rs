//! `POST /v1/stop-payments/{id}/freeze`: a case was filed.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::follow_stop_payment::freeze_stop_payment;

use super::spelled;
use crate::access::{Allowed, DeskOfficer};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::problem::Problem;
use crate::wire::spelled::MeasureId;
use crate::wire::stop_payment::{Freeze, StopPayment};

/// Freeze the account of a stop
///
/// Asks the bank to turn the stop into the freeze of a filed case; the status becomes `frozen` when it agrees. Where
/// nobody wrote down that the case is filed, this does; where filing was refused, nothing is frozen. A freeze lasts as
/// long as its notice says, six months where it names no term, and ends by itself unless it is extended before.
#[utoipa::path(post, path = "/v1/stop-payments/{id}/freeze", tag = "stop_payments",
    params(("id" = MeasureId, Path)), request_body = Freeze,
    responses((status = OK, description = "The bank is being asked.", body = StopPayment), WriteRefusals))]
pub(super) async fn freeze(
    State(app): State<App>,
    Allowed(officer): Allowed<DeskOfficer>,
    Path(id): Path<domain::id::MeasureId>,
    acting: Acting,
    body: Body<Freeze>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &body.digest).await?;
    let freeze = body.value.into_domain().map_err(|detail| Problem::invalid_field("/term_months", detail))?;
    let order = freeze_stop_payment(&mut act, id, freeze).await?;
    let order = spelled(&app.centre, &order, act.is_drill());
    answer(act, StatusCode::OK, &order).await
}
