//! `POST /v1/incidents/{id}/notes`: somebody writes something down.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::note_incident::note_incident;

use crate::access::{Allowed, DeskOfficer};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::wire::incident::NoteBody;
use crate::wire::spelled::IncidentId;
use crate::wire::timeline::Entry;

/// Note something
///
/// Adds a line to the timeline, also of a closed incident.
#[utoipa::path(post, path = "/v1/incidents/{id}/notes", tag = "incidents", params(("id" = IncidentId, Path)),
    request_body = NoteBody,
    responses((status = CREATED, description = "The line.", body = Entry), WriteRefusals))]
pub(super) async fn note(
    State(app): State<App>,
    Allowed(officer): Allowed<DeskOfficer>,
    Path(id): Path<domain::id::IncidentId>,
    acting: Acting,
    body: Body<NoteBody>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &body.digest).await?;
    let entry = note_incident(&mut act, id, &String::from(body.value.note)).await?;
    let entry = Entry::of(entry, act.is_drill());
    answer(act, StatusCode::CREATED, &entry).await
}
