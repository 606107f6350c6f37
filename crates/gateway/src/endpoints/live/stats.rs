//! `GET /v1/stats`: the figures of a span of time.

use axum::Json;
use axum::extract::State;
use chrono::TimeDelta;
use interception::look_up::{self, By};
use utoipa::IntoParams;

use crate::access::{Allowed, Reader};
use crate::app::App;
use crate::openapi::ReadRefusals;
use crate::parameters::Query;
use crate::problem::Problem;
use crate::reading::request;
use crate::wire::spelled::{Time, earliest};
use crate::wire::stats::{Stats, Waits, by_group, in_total};
use crate::wire::text::Text;

/// The span where nobody says otherwise.
const SPAN_DEFAULT: TimeDelta = TimeDelta::hours(24);

request! {
    /// Which span of time.
    #[derive(Debug, IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Span {
        /// From this moment on; 24 hours before `to` where it is not given.
        from: Option<Time>,
        /// Up to but not at this moment; now where it is not given.
        to: Option<Time>,
    }
}

/// Read the figures
///
/// Each thing is counted at the moment it happened. Drills are never counted.
#[utoipa::path(get, path = "/v1/stats", tag = "live", params(Span),
    responses((status = OK, description = "The figures.", body = Stats), ReadRefusals))]
pub(super) async fn stats(
    State(app): State<App>,
    Allowed(_reader): Allowed<Reader>,
    Query(span): Query<Span>,
) -> Result<Json<Stats>, Problem> {
    let centre = &app.centre;
    let to = span.to.map_or_else(|| centre.now(), |Text(to)| to);
    let from = span.from.map_or_else(|| (to - SPAN_DEFAULT).max(earliest()), |Text(from)| from);
    if from >= to {
        return Err(Problem::invalid_field("/from", "must lie before `to`"));
    }
    let by = async |by| look_up::counts(centre, from, to, by).await;
    Ok(Json(Stats {
        from: Text(from),
        to: Text(to),
        total: in_total(by(By::Total).await?),
        by_tier: by_group(by(By::Tier).await?),
        by_station: by_group(by(By::Station).await?),
        by_scam_type: by_group(by(By::ScamType).await?),
        by_source: by_group(by(By::Source).await?),
        waits: Waits::of(&look_up::times(centre, from, to).await?),
    }))
}
