//! `GET /v1/exports/{id}`: the record is handed out.

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use domain::id::ApprovalId;
use interception::export_incident::{Cover, fetch_export};
use interception::look_up::WholeIncident;
use interception::{Act, Centre, Error};

use crate::access::{Allowed, DeskOfficer};
use crate::app::App;
use crate::endpoints::stop_payments::bank;
use crate::openapi::ExportRefusals;
use crate::parameters::Path;
use crate::problem::Problem;
use crate::wire::export::Export;
use crate::wire::incident::IncidentDetail;
use crate::wire::spelled;

/// Fetch an export
///
/// One JSON document with the whole record, unmasked, for the one who asked and the one who approved, within 24 hours
/// of the approval. It is put together at the first fetch and is the same, to the byte, at every other. Each fetch is
/// a line in the incident's timeline: to whom, why, and the document's SHA-256.
#[utoipa::path(get, path = "/v1/exports/{id}", tag = "approvals", params(("id" = spelled::ApprovalId, Path)),
    responses((status = OK, description = "The record.", body = Export), ExportRefusals))]
pub(super) async fn fetch(
    State(app): State<App>,
    Allowed(officer): Allowed<DeskOfficer>,
    Path(id): Path<ApprovalId>,
) -> Result<Response, Problem> {
    let centre = &app.centre;
    let mut act = Act::begin(centre, &officer.operator, None).await?;
    let document = fetch_export(&mut act, id, |cover, whole| write(centre, cover, whole)).await?;
    act.commit().await?;
    let disposition = format!("attachment; filename=\"{id}.json\"");
    let headers = [(CONTENT_TYPE, "application/json".to_owned()), (CONTENT_DISPOSITION, disposition)];
    Ok((headers, document).into_response())
}

fn write(centre: &Centre, cover: &Cover, whole: WholeIncident) -> Result<Vec<u8>, Error> {
    let detail = IncidentDetail::at(whole, cover.made_at, &centre.stations, |code| bank(centre, code));
    let written = Export::of(cover, &detail, &centre.organisation.code);
    written.and_then(|export| serde_json::to_vec(&export)).map_err(|error| {
        tracing::error!(%error, "an incident cannot be written as JSON");
        Error::Unknown("export")
    })
}
