//! `POST /v1/contacts/{id}/claim`: a dispatcher is about to dial.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::work_contacts::claim_contact;

use crate::access::{Allowed, DeskOfficer};
use crate::acting::{Acting, NO_BODY, Refusal, answer};
use crate::app::App;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::wire::contact::Contact;
use crate::wire::spelled::MeasureId;

/// Claim a contact
///
/// For five minutes, so that two dispatchers never dial the same person. Claiming again renews it; silence gives
/// it back.
#[utoipa::path(post, path = "/v1/contacts/{id}/claim", tag = "contacts", params(("id" = MeasureId, Path)),
    responses((status = OK, description = "The caller's now.", body = Contact), WriteRefusals))]
pub(super) async fn claim(
    State(app): State<App>,
    Allowed(officer): Allowed<DeskOfficer>,
    Path(id): Path<domain::id::MeasureId>,
    acting: Acting,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &NO_BODY).await?;
    let (incident, contact) = claim_contact(&mut act, id).await?;
    let contact = Contact::at(&contact, incident.grade, incident.drill, act.now);
    answer(act, StatusCode::OK, &contact).await
}
