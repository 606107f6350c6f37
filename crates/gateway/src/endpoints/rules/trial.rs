//! `POST /v1/grading/shadow`: a version is tried beside the one that counts.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::change_rules::try_beside as try_version;

use crate::access::{Allowed, Supervisor};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::problem::Problem;
use crate::wire::grading::Trial;

/// Try a version of the grading rules
///
/// Its answer is kept with each grading and changes nothing. With null for a version the trial ends.
#[utoipa::path(post, path = "/v1/grading/shadow", tag = "rules", request_body = Trial,
    responses((status = OK, description = "It is tried from now on.", body = Trial), WriteRefusals))]
pub(super) async fn try_beside(
    State(app): State<App>,
    Allowed(supervisor): Allowed<Supervisor>,
    acting: Acting,
    body: Body<Trial>,
) -> Result<Response, Refusal> {
    // whoever names the version by another member shall not end the trial that is on
    if body.raw.get("hash").is_none() {
        return Err(
            Problem::invalid_field("/hash", "expected the version to try, or null to end the trial").into()
        );
    }
    let mut act = acting.begin(&app, &supervisor.operator, &body.digest).await?;
    let hash = body.value.hash.clone().map(String::from);
    try_version(&mut act, hash.as_deref()).await?;
    answer(act, StatusCode::OK, &serde_json::json!({ "hash": hash })).await
}
