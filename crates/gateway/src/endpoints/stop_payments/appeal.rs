//! `POST /v1/stop-payments/{id}/appeals`: the holder says that the stop is wrong.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::hear_appeal::register_appeal;

use crate::access::{Allowed, DeskOfficer};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::wire::appeal::{Appeal, Registration};
use crate::wire::spelled::MeasureId;

/// Register an appeal
///
/// Somebody else decides it within `due_at`.
#[utoipa::path(post, path = "/v1/stop-payments/{id}/appeals", tag = "stop_payments",
    params(("id" = MeasureId, Path)), request_body = Registration,
    responses((status = CREATED, description = "Waits for a decision.", body = Appeal), WriteRefusals))]
pub(super) async fn appeal(
    State(app): State<App>,
    Allowed(officer): Allowed<DeskOfficer>,
    Path(id): Path<domain::id::MeasureId>,
    acting: Acting,
    body: Body<Registration>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &body.digest).await?;
    let (appellant, reason, materials) = body.value.into_domain();
    let appeal = register_appeal(&mut act, id, appellant, reason, materials).await?;
    answer(act, StatusCode::CREATED, &Appeal::from(&appeal)).await
}
