//! `POST /v1/incidents/{id}/close`: it is over.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::close_incident::close_incident;

use crate::access::{Allowed, DeskOfficer};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::wire::incident::{ClosingBody, Incident};
use crate::wire::spelled::IncidentId;

/// Close an incident
///
/// Cancels everything that is pending, at once. A high incident closes only after the subject was seen in person
/// or reached by voice.
#[utoipa::path(post, path = "/v1/incidents/{id}/close", tag = "incidents", params(("id" = IncidentId, Path)),
    request_body = ClosingBody,
    responses((status = OK, description = "The closed incident.", body = Incident), WriteRefusals))]
pub(super) async fn close(
    State(app): State<App>,
    Allowed(officer): Allowed<DeskOfficer>,
    Path(id): Path<domain::id::IncidentId>,
    acting: Acting,
    body: Body<ClosingBody>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &body.digest).await?;
    let ClosingBody { outcome, prevented, note } = body.value;
    let prevented = prevented.map(|money| money.fen());
    let incident = close_incident(&mut act, id, outcome.0, prevented, note.map(Into::into)).await?;
    answer(act, StatusCode::OK, &Incident::of(&incident, &app.centre.stations)).await
}
