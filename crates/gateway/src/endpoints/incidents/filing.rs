//! `GET /v1/incidents/{id}/filing`: how far it is from stop to freeze.

use axum::Json;
use axum::extract::State;
use interception::file_case::filing_desk;

use crate::access::{Allowed, Reader};
use crate::app::App;
use crate::openapi::ReadRefusals;
use crate::parameters::Path;
use crate::problem::Problem;
use crate::wire::filing::Filing;
use crate::wire::spelled::IncidentId;

/// Read the filing
///
/// Whether the case is filed, when the first stop ends, and which papers are owed.
#[utoipa::path(get, path = "/v1/incidents/{id}/filing", tag = "incidents", params(("id" = IncidentId, Path)),
    responses((status = OK, description = "How far it is.", body = Filing), ReadRefusals))]
pub(super) async fn filing(
    State(app): State<App>,
    Allowed(_reader): Allowed<Reader>,
    Path(id): Path<domain::id::IncidentId>,
) -> Result<Json<Filing>, Problem> {
    Ok(Json(filing_desk(&app.centre, id).await?.into()))
}
