//! `GET /v1/incidents`: which incidents there are.

use axum::Json;
use axum::extract::State;
use interception::look_up::{self, IncidentFilter};
use utoipa::IntoParams;

use crate::access::{Allowed, Onlooker};
use crate::app::App;
use crate::openapi::ReadRefusals;
use crate::page::{After, AfterIncident, LimitText, Page, limit};
use crate::parameters::Query;
use crate::problem::Problem;
use crate::reading::request;
use crate::wire::incident::Incident;
use crate::wire::spelled::{Flag, IncidentStatus, Reference, StationId, Tier};
use crate::wire::text::Text;

request! {
    /// Which incidents.
    #[derive(Debug, IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Filter {
        /// Of this tier only.
        tier: Option<Tier>,
        /// Urgent ones only, or the others only.
        urgent: Option<Flag>,
        /// Open or closed ones only.
        status: Option<IncidentStatus>,
        /// Of this station only: those of its area, and those it was sent to.
        station: Option<StationId>,
        /// The subject's whole phone number, identity number or name, or the reference of a call or an alert.
        q: Option<Reference>,
        /// How many.
        limit: Option<LimitText>,
        /// The `next` of the page before.
        after: Option<AfterIncident>,
    }
}

/// List incidents
///
/// Newest first. A station officer sees those of their own station.
#[utoipa::path(get, path = "/v1/incidents", tag = "incidents", params(Filter),
    responses((status = OK, description = "One page.", body = Page<Incident>), ReadRefusals))]
pub(super) async fn list(
    State(app): State<App>,
    Allowed(onlooker): Allowed<Onlooker>,
    Query(query): Query<Filter>,
) -> Result<Json<Page<Incident>>, Problem> {
    let filter = IncidentFilter {
        tier: query.tier.map(|Text(tier)| tier),
        urgent: query.urgent.map(|Text(urgent)| urgent),
        status: query.status.map(|Text(status)| status),
        station: query.station.map(|Text(station)| station),
        query: query.q.map(Into::into),
    };
    let (limit, after) = (limit(query.limit), query.after.map(|Text(After(id))| id));
    let found =
        look_up::incidents(&app.centre, &onlooker.operator, filter, after, limit.and_one_more()).await?;
    let item = |incident| Incident::of(&incident, &app.centre.stations);
    Ok(Json(Page::of(found, limit, |incident| incident.id, item)))
}
