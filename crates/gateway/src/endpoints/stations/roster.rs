//! `GET /v1/stations/{id}/roster`: who is on duty.

use axum::Json;
use axum::extract::State;
use domain::station::StationId;
use interception::arrange_duty::roster as look;
use utoipa::IntoParams;

use crate::access::{Allowed, Onlooker};
use crate::app::App;
use crate::openapi::ReadRefusals;
use crate::parameters::{Path, Query};
use crate::problem::Problem;
use crate::reading::request;
use crate::wire::person::Station;
use crate::wire::roster::{Duty, Roster, RosterOverride};
use crate::wire::spelled::{self, Time};
use crate::wire::text::Text;

request! {
    /// When.
    #[derive(Debug, IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Moment {
        /// Now, where it is not given.
        at: Option<Time>,
    }
}

/// Read a roster
///
/// Who is on duty at a moment, and who is arranged to stand in then or later. A station officer sees their own station's.
#[utoipa::path(get, path = "/v1/stations/{id}/roster", tag = "stations",
    params(("id" = spelled::StationId, Path), Moment),
    responses((status = OK, description = "Who is on duty.", body = Roster), ReadRefusals))]
pub(super) async fn roster(
    State(app): State<App>,
    Allowed(onlooker): Allowed<Onlooker>,
    Path(id): Path<String>,
    Query(query): Query<Moment>,
) -> Result<Json<Roster>, Problem> {
    let at = query.at.map(|Text(at)| at).unwrap_or_else(|| app.centre.now());
    let (station, duty, arranged) =
        look(&app.centre, &onlooker.operator, &StationId::new(&id), Some(at)).await?;
    Ok(Json(Roster {
        station: Station::of(&station.id, &app.centre.stations),
        at: Text(at),
        duty: Duty::from(&duty),
        overrides: arranged.iter().map(RosterOverride::from).collect(),
    }))
}
