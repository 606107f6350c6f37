//! `POST /v1/incidents/{id}/assessments`: a person grades an incident.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::reassess_incident::{Reassessed, reassess_incident};

use crate::access::{Allowed, DeskOfficer};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::problem::Problem;
use crate::wire::approval::Approval;
use crate::wire::incident::{AssessmentBody, Incident};
use crate::wire::spelled::IncidentId;

/// Grade an incident by hand
///
/// Raising holds at once and moves the incident onto the higher plan; lowering waits for a second person.
#[utoipa::path(post, path = "/v1/incidents/{id}/assessments", tag = "incidents", params(("id" = IncidentId, Path)),
    request_body = AssessmentBody,
    responses((status = CREATED, description = "Graded so.", body = Incident),
        (status = ACCEPTED, description = "Waits for a second person.", body = Approval), WriteRefusals))]
pub(super) async fn assess(
    State(app): State<App>,
    Allowed(officer): Allowed<DeskOfficer>,
    Path(id): Path<domain::id::IncidentId>,
    acting: Acting,
    body: Body<AssessmentBody>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &body.digest).await?;
    let grade = body
        .value
        .grade()
        .ok_or_else(|| Problem::invalid_field("/urgent", "only an incident of tier high can be urgent"))?;
    match reassess_incident(&mut act, id, grade, &String::from(body.value.reason)).await? {
        Reassessed::Raised(incident) => {
            answer(act, StatusCode::CREATED, &Incident::of(&incident, &app.centre.stations)).await
        }
        Reassessed::AwaitsApproval(approval) => {
            let approval = Approval::of(&approval, act.is_drill());
            answer(act, StatusCode::ACCEPTED, &approval).await
        }
    }
}
