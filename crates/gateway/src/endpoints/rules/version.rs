//! `GET /v1/grading/versions/{hash}`: the text of a version.

use axum::Json;
use axum::extract::State;
use interception::look_up;

use crate::access::{Allowed, RuleReader};
use crate::app::App;
use crate::openapi::ReadRefusals;
use crate::parameters::Path;
use crate::problem::Problem;
use crate::wire::grading::RulesText;

/// Read a version of the grading rules
#[utoipa::path(get, path = "/v1/grading/versions/{hash}", tag = "rules",
    params(("hash" = String, Path, description = "SHA-256 of its text, in hex")),
    responses((status = OK, description = "The version.", body = RulesText), ReadRefusals))]
pub(super) async fn version(
    State(app): State<App>,
    Allowed(_reader): Allowed<RuleReader>,
    Path(hash): Path<String>,
) -> Result<Json<RulesText>, Problem> {
    let text = look_up::rules_text(&app.centre, &hash).await?;
    Ok(Json(RulesText { rules_version: hash, text }))
}
