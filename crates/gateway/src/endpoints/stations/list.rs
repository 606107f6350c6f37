//! `GET /v1/stations`: every station on the map.

use axum::Json;
use axum::extract::State;

use crate::access::{Allowed, Onlooker};
use crate::app::App;
use crate::openapi::ReadRefusals;
use crate::page::Page;
use crate::wire::roster::Station;

/// List stations
///
/// All of them, by id, on one page.
#[utoipa::path(get, path = "/v1/stations", tag = "stations",
    responses((status = OK, description = "Every station.", body = Page<Station>), ReadRefusals))]
pub(super) async fn list(
    State(app): State<App>,
    Allowed(_onlooker): Allowed<Onlooker>,
) -> Json<Page<Station>> {
    Json(Page::whole(app.centre.stations.iter().map(Station::from).collect()))
}
