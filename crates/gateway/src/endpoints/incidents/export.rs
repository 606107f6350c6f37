//! `POST /v1/incidents/{id}/exports`: its record is to leave the house.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::export_incident::ask_export;

use crate::access::{Allowed, DeskOfficer};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::wire::approval::Approval;
use crate::wire::export::Request;
use crate::wire::spelled::IncidentId;

/// Ask for an export
///
/// Waits for a second person. Once approved, the two fetch it at `/v1/exports/{id}` under the approval's id. Also of a
/// closed incident.
#[utoipa::path(post, path = "/v1/incidents/{id}/exports", tag = "approvals", params(("id" = IncidentId, Path)),
    request_body = Request,
    responses((status = ACCEPTED, description = "Waits for a second person.", body = Approval), WriteRefusals))]
pub(super) async fn export(
    State(app): State<App>,
    Allowed(officer): Allowed<DeskOfficer>,
    Path(id): Path<domain::id::IncidentId>,
    acting: Acting,
    body: Body<Request>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &body.digest).await?;
    let approval = ask_export(&mut act, id, &String::from(body.value.reason)).await?;
    let approval = Approval::of(&approval, act.is_drill());
    answer(act, StatusCode::ACCEPTED, &approval).await
}
