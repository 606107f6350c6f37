//! `GET /v1/incidents/{id}`: one incident, whole.

use axum::Json;
use axum::extract::State;
use interception::look_up;

use crate::access::{Allowed, Onlooker};
use crate::app::App;
use crate::endpoints::stop_payments::bank;
use crate::openapi::ReadRefusals;
use crate::parameters::Path;
use crate::problem::Problem;
use crate::wire::incident::IncidentDetail;
use crate::wire::spelled::IncidentId;

/// Read an incident
///
/// With all its parts and its whole timeline. A station officer sees those of their own station.
#[utoipa::path(get, path = "/v1/incidents/{id}", tag = "incidents", params(("id" = IncidentId, Path)),
    responses((status = OK, description = "The whole incident.", body = IncidentDetail), ReadRefusals))]
pub(super) async fn read(
    State(app): State<App>,
    Allowed(onlooker): Allowed<Onlooker>,
    Path(id): Path<domain::id::IncidentId>,
) -> Result<Json<IncidentDetail>, Problem> {
    let centre = &app.centre;
    let whole = look_up::incident(centre, &onlooker.operator, id).await?;
    Ok(Json(IncidentDetail::at(whole, centre.now(), &centre.stations, |code| bank(centre, code))))
}
