//! `POST /v1/stop-payments/{id}/freeze/extend`: a freeze lasts on.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::follow_stop_payment::extend_freeze as extend;

use super::spelled;
use crate::access::{Allowed, DeskOfficer};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::problem::Problem;
use crate::wire::spelled::MeasureId;
use crate::wire::stop_payment::{Extension, StopPayment};

/// Extend a freeze
///
/// Asks the bank to freeze for a further term, from the end of the present one; `freeze` changes when it agrees. Only
/// before the freeze ends: after that there is nothing to extend.
#[utoipa::path(post, path = "/v1/stop-payments/{id}/freeze/extend", tag = "stop_payments",
    params(("id" = MeasureId, Path)), request_body = Extension,
    responses((status = OK, description = "The bank is being asked.", body = StopPayment), WriteRefusals))]
pub(super) async fn extend_freeze(
    State(app): State<App>,
    Allowed(officer): Allowed<DeskOfficer>,
    Path(id): Path<domain::id::MeasureId>,
    acting: Acting,
    body: Body<Extension>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &body.digest).await?;
    let notice = body.value.into_domain().map_err(|detail| Problem::invalid_field("/term_months", detail))?;
    let order = extend(&mut act, id, notice).await?;
    let order = spelled(&app.centre, &order, act.is_drill());
    answer(act, StatusCode::OK, &order).await
}
