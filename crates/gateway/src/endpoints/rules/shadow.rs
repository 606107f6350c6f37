//! `GET /v1/grading/shadow`: what the rules on trial would have changed.

use axum::Json;
use axum::extract::State;
use interception::look_up;

use crate::access::{Allowed, RuleReader};
use crate::app::App;
use crate::openapi::ReadRefusals;
use crate::problem::Problem;
use crate::wire::grading::Shadow;

/// Read what the rules on trial would have changed
#[utoipa::path(get, path = "/v1/grading/shadow", tag = "rules",
    responses((status = OK, description = "Both answers, counted.", body = Shadow), ReadRefusals))]
pub(super) async fn shadow(
    State(app): State<App>,
    Allowed(_reader): Allowed<RuleReader>,
) -> Result<Json<Shadow>, Problem> {
    Ok(Json(Shadow::of(look_up::shadow(&app.centre).await?)))
}
