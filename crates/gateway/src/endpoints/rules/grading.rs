//! `GET /v1/grading`: what decides how bad it is.

use axum::Json;
use axum::extract::State;

use crate::access::{Allowed, RuleReader};
use crate::app::App;
use crate::openapi::ReadRefusals;
use crate::wire::rules::Grading;

/// Read the grading rules
///
/// The rules in use, as the analyst wrote them.
#[utoipa::path(get, path = "/v1/grading", tag = "rules",
    responses((status = OK, description = "The rules.", body = Grading), ReadRefusals))]
pub(super) async fn grading(State(app): State<App>, Allowed(_reader): Allowed<RuleReader>) -> Json<Grading> {
    Json(Grading::from(&app.centre.rules))
}
