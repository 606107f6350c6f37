//! `GET /v1/incidents/{id}/money`: where the victim's money went.

use axum::Json;
use axum::extract::State;
use interception::look_up;

use crate::access::{Allowed, Onlooker};
use crate::app::App;
use crate::openapi::ReadRefusals;
use crate::parameters::Path;
use crate::problem::Problem;
use crate::wire::money_graph::IncidentMoney;
use crate::wire::spelled::IncidentId;

/// Read an incident's money
///
/// Which accounts the victim's money passed, and what of it was held, passed on, escaped or is not known yet at each.
/// Every yuan is counted once, through splits, merges and circles; an account that several incidents claim is one
/// hold, shared in proportion to the claims. A station officer sees those of their own station.
#[utoipa::path(get, path = "/v1/incidents/{id}/money", tag = "incidents", params(("id" = IncidentId, Path)),
    responses((status = OK, description = "Its money.", body = IncidentMoney), ReadRefusals))]
pub(super) async fn money(
    State(app): State<App>,
    Allowed(onlooker): Allowed<Onlooker>,
    Path(id): Path<domain::id::IncidentId>,
) -> Result<Json<IncidentMoney>, Problem> {
    let graph = look_up::money(&app.centre, &onlooker.operator, id).await?;
    Ok(Json(IncidentMoney::of(graph, onlooker.only.is_none())))
}
