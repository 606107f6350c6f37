//! `POST /v1/stop-payments/{id}/release`: the money is to be let go, stopped or frozen.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::follow_stop_payment::release_stop_payment;

use crate::access::{Allowed, DeskOfficer};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::wire::approval::Approval;
use crate::wire::spelled::MeasureId;
use crate::wire::stop_payment::Release;

/// Release a stop, lift a freeze
///
/// Waits for a second person; the bank is told when they approve. A freeze is lifted by a notice, which must be named.
#[utoipa::path(post, path = "/v1/stop-payments/{id}/release", tag = "stop_payments",
    params(("id" = MeasureId, Path)), request_body = Release,
    responses((status = ACCEPTED, description = "Waits for a second person.", body = Approval), WriteRefusals))]
pub(super) async fn release(
    State(app): State<App>,
    Allowed(officer): Allowed<DeskOfficer>,
    Path(id): Path<domain::id::MeasureId>,
    acting: Acting,
    body: Body<Release>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &body.digest).await?;
    let (reason, notice) = body.value.into_domain();
    let approval = release_stop_payment(&mut act, id, &reason, notice).await?;
    let approval = Approval::of(&approval, act.is_drill());
    answer(act, StatusCode::ACCEPTED, &approval).await
}
