//! `GET /v1/grading`: what decides how bad it is.

use axum::Json;
use axum::extract::State;
use interception::look_up;

use crate::access::{Allowed, RuleReader};
use crate::app::App;
use crate::openapi::ReadRefusals;
use crate::problem::Problem;
use crate::wire::grading::Grading;

/// Read the grading rules
///
/// The rules that count, as the analyst wrote them; what is tried beside them, which rules were stopped, and how it
/// came to that.
#[utoipa::path(get, path = "/v1/grading", tag = "rules",
    responses((status = OK, description = "The rules.", body = Grading), ReadRefusals))]
pub(super) async fn grading(
    State(app): State<App>,
    Allowed(_reader): Allowed<RuleReader>,
) -> Result<Json<Grading>, Problem> {
    Ok(Json(Grading::from(look_up::grading(&app.centre).await?)))
}
