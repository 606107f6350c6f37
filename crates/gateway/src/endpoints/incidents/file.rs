//! `POST /v1/incidents/{id}/filing`: the case is filed, or it will not be.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::file_case::{filing_desk_of, record_filing};

use crate::access::{Allowed, DeskOfficer};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::problem::Problem;
use crate::wire::filing::{Decision, Filing};
use crate::wire::spelled::IncidentId;

/// Record a filing
///
/// Nothing is frozen before a case is filed, and nothing at all once filing was refused.
#[utoipa::path(post, path = "/v1/incidents/{id}/filing", tag = "incidents", params(("id" = IncidentId, Path)),
    request_body = Decision,
    responses((status = OK, description = "How far it is.", body = Filing), WriteRefusals))]
pub(super) async fn file(
    State(app): State<App>,
    Allowed(officer): Allowed<DeskOfficer>,
    Path(id): Path<domain::id::IncidentId>,
    acting: Acting,
    body: Body<Decision>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &body.digest).await?;
    let decided = body.value.into_domain(act.now);
    let filing = decided.map_err(|(pointer, detail)| Problem::invalid_field(pointer, detail))?;
    record_filing(&mut act, id, filing).await?;
    let desk = filing_desk_of(&mut act, id).await?;
    answer(act, StatusCode::OK, &Filing::from(desk)).await
}
