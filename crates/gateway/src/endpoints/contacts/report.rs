//! `POST /v1/contacts/{id}/outcome`: the dispatcher has hung up.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::work_contacts::{Told, report_contact};

use crate::access::{Allowed, DeskOfficer};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::wire::contact::{Contact, Report};
use crate::wire::spelled::MeasureId;

/// Report how a call ended
///
/// Drives the plan: a busy subject makes the incident urgent, and who cannot be reached after the plan's attempts
/// is left to relatives, then to a patrol. A phone that is off or forwarded, or a subject in doubt, brings a visit. A
/// subject with several lines is dialled on the next one when one does not reach them.
#[utoipa::path(post, path = "/v1/contacts/{id}/outcome", tag = "contacts", params(("id" = MeasureId, Path)),
    request_body = Report,
    responses((status = OK, description = "How the contact stands now.", body = Contact), WriteRefusals))]
pub(super) async fn report(
    State(app): State<App>,
    Allowed(officer): Allowed<DeskOfficer>,
    Path(id): Path<domain::id::MeasureId>,
    acting: Acting,
    body: Body<Report>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &body.digest).await?;
    let Report { outcome, note, three_way_with } = body.value;
    let (note, three_way_with) = (note.map(String::from), three_way_with.map(String::from));
    let told = Told { note: note.as_deref(), three_way_with: three_way_with.as_deref() };
    let (incident, contact) = report_contact(&mut act, id, outcome.0, told).await?;
    let contact = Contact::at(&contact, incident.grade, incident.drill, act.now);
    answer(act, StatusCode::OK, &contact).await
}
