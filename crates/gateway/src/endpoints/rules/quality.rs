//! `GET /v1/grading/quality`: how good the gradings were.

use axum::Json;
use axum::extract::State;
use chrono::TimeDelta;
use interception::judge_gradings::quality as judge;
use utoipa::IntoParams;

use crate::access::{Allowed, RuleReader};
use crate::app::App;
use crate::openapi::ReadRefusals;
use crate::parameters::Query;
use crate::problem::Problem;
use crate::reading::request;
use crate::wire::grading::Quality;
use crate::wire::spelled::{Time, earliest};
use crate::wire::text::Text;

/// The span where nobody says otherwise.
const SPAN_DEFAULT: TimeDelta = TimeDelta::days(30);
/// More is a matter for `lanjie grading report`, which may take its time.
const SPAN_MAX: TimeDelta = TimeDelta::days(93);

request! {
    /// Which gradings.
    #[derive(Debug, IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Span {
        /// Made from this moment on; 30 days before `to` where it is not given.
        from: Option<Time>,
        /// Made up to but not at this moment, at most 93 days later; now where it is not given.
        to: Option<Time>,
    }
}

/// Read how good the gradings were
///
/// Precision and recall by tier and by rule, from how the incidents were closed. Drills are never counted.
#[utoipa::path(get, path = "/v1/grading/quality", tag = "rules", params(Span),
    responses((status = OK, description = "The report.", body = Quality), ReadRefusals))]
pub(super) async fn quality(
    State(app): State<App>,
    Allowed(_reader): Allowed<RuleReader>,
    Query(span): Query<Span>,
) -> Result<Json<Quality>, Problem> {
    let to = span.to.map_or_else(|| app.centre.now(), |Text(to)| to);
    let from = span.from.map_or_else(|| (to - SPAN_DEFAULT).max(earliest()), |Text(from)| from);
    if from >= to || to - from > SPAN_MAX {
        return Err(Problem::invalid_field("/from", "must lie before `to`, by 93 days at most"));
    }
    let report = judge(&app.centre.store, &app.centre.rules, (from, to)).await?;
    Ok(Json(Quality::of((from, to), report)))
}
