//! `POST /v1/incidents/{id}/hand-over`: it is another jurisdiction's.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::hand_over_incident::hand_over_incident;

use crate::access::{Allowed, DeskOfficer};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::problem::Problem;
use crate::wire::hand_over::{HandOver, HandedOver, Request};
use crate::wire::incident::Incident;
use crate::wire::spelled::IncidentId;

/// Hand an incident over
///
/// To a district on our map it moves at once, with everybody who is to go. To any other district or organisation it
/// is `pending` for at most 24 hours; all that is under way goes on meanwhile, because urgent measures come first and
/// paperwork after. What is not confirmed in time raises an alarm.
#[utoipa::path(post, path = "/v1/incidents/{id}/hand-over", tag = "incidents", params(("id" = IncidentId, Path)),
    request_body = Request,
    responses((status = CREATED, description = "The hand-over.", body = HandedOver), WriteRefusals))]
pub(super) async fn hand_over(
    State(app): State<App>,
    Allowed(officer): Allowed<DeskOfficer>,
    Path(id): Path<domain::id::IncidentId>,
    acting: Acting,
    body: Body<Request>,
) -> Result<Response, Refusal> {
    let to = body.value.to().map_err(Problem::invalid)?;
    let mut act = acting.begin(&app, &officer.operator, &body.digest).await?;
    let reason = String::from(body.value.reason);
    let (hand_over, incident) = hand_over_incident(&mut act, id, to, &reason).await?;
    let stations = &app.centre.stations;
    let handed_over = HandedOver {
        hand_over: HandOver::of(&hand_over, stations),
        incident: Incident::of(&incident, stations),
    };
    answer(act, StatusCode::CREATED, &handed_over).await
}
