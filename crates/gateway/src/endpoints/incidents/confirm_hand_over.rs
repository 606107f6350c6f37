//! `POST /v1/incidents/{id}/hand-over/confirm`: the other jurisdiction has it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::hand_over_incident::confirm_hand_over as confirm;

use crate::access::{Allowed, DeskOfficer};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::wire::hand_over::{Confirmation, HandOver, HandedOver};
use crate::wire::incident::Incident;
use crate::wire::spelled::IncidentId;

/// Confirm a hand-over
///
/// Closes the incident as `handed_over`. A high incident whose subject nobody has seen or heard stays open, as it
/// would on any closing: whose case it is does not make the person safe.
#[utoipa::path(post, path = "/v1/incidents/{id}/hand-over/confirm", tag = "incidents",
    params(("id" = IncidentId, Path)), request_body = Confirmation,
    responses((status = OK, description = "The hand-over, and how the incident stands.", body = HandedOver),
        WriteRefusals))]
pub(super) async fn confirm_hand_over(
    State(app): State<App>,
    Allowed(officer): Allowed<DeskOfficer>,
    Path(id): Path<domain::id::IncidentId>,
    acting: Acting,
    body: Body<Confirmation>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &body.digest).await?;
    let Confirmation { reference, note } = body.value;
    let (hand_over, incident) =
        confirm(&mut act, id, reference.map(Into::into), note.map(Into::into)).await?;
    let stations = &app.centre.stations;
    let handed_over = HandedOver {
        hand_over: HandOver::of(&hand_over, stations),
        incident: Incident::of(&incident, stations),
    };
    answer(act, StatusCode::OK, &handed_over).await
}
