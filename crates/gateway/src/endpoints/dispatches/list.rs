//! `GET /v1/dispatches`: who is to go where.

use axum::Json;
use axum::extract::State;
use interception::look_up::{self, DispatchFilter};
use utoipa::IntoParams;

use crate::access::{Allowed, Onlooker};
use crate::app::App;
use crate::openapi::ReadRefusals;
use crate::page::{After, AfterMeasure, LimitText, Page, limit};
use crate::parameters::Query;
use crate::problem::Problem;
use crate::reading::request;
use crate::wire::dispatch::Dispatch;
use crate::wire::spelled::{Desk, DispatchStatus, IncidentId, StationId};
use crate::wire::text::Text;

request! {
    /// Which dispatches.
    #[derive(Debug, IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Filter {
        /// Of this station only.
        station: Option<StationId>,
        /// In this status only.
        status: Option<DispatchStatus>,
        /// That this desk must see to; with `status=created` those that nobody has signed for.
        desk: Option<Desk>,
        /// Of this incident only.
        incident: Option<IncidentId>,
        /// How many.
        limit: Option<LimitText>,
        /// The `next` of the page before.
        after: Option<AfterMeasure>,
    }
}

/// List dispatches
///
/// Newest first. A station officer sees those of their own station.
#[utoipa::path(get, path = "/v1/dispatches", tag = "dispatches", params(Filter),
    responses((status = OK, description = "One page.", body = Page<Dispatch>), ReadRefusals))]
pub(super) async fn list(
    State(app): State<App>,
    Allowed(onlooker): Allowed<Onlooker>,
    Query(query): Query<Filter>,
) -> Result<Json<Page<Dispatch>>, Problem> {
    let filter = DispatchFilter {
        station: query.station.map(|Text(station)| station),
        status: query.status.map(|Text(status)| status),
        desk: query.desk.map(|Text(desk)| desk),
        incident: query.incident.map(|Text(id)| id),
        after: query.after.map(|Text(After(id))| id),
        ..DispatchFilter::default()
    };
    let limit = limit(query.limit);
    let found = look_up::dispatches(&app.centre, &onlooker.operator, filter, limit.and_one_more()).await?;
    let drills = look_up::drills(&app.centre, found.iter().map(|dispatch| dispatch.incident_id)).await?;
    let item = |dispatch: domain::dispatch::Dispatch| {
        Dispatch::of(&dispatch, drills.contains(&dispatch.incident_id), &app.centre.stations)
    };
    Ok(Json(Page::of(found, limit, |dispatch| dispatch.id, item)))
}
