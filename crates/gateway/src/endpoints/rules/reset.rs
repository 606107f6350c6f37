//! `POST /v1/grading/rules/{id}/reset`: a stopped rule counts again.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::change_rules::reset_rule;

use crate::access::{Allowed, Supervisor};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::wire::grading::Change;

/// Let a stopped rule count again
///
/// Somebody has looked why it fired beyond its bound. Its hits are counted anew.
#[utoipa::path(post, path = "/v1/grading/rules/{id}/reset", tag = "rules",
    params(("id" = String, Path, description = "The rule's id in the version that counts")), request_body = Change,
    responses((status = OK, description = "It counts again.", body = Change), WriteRefusals))]
pub(super) async fn reset(
    State(app): State<App>,
    Allowed(supervisor): Allowed<Supervisor>,
    Path(rule): Path<String>,
    acting: Acting,
    body: Body<Change>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &supervisor.operator, &body.digest).await?;
    let reason = String::from(body.value.reason);
    reset_rule(&mut act, &rule, &reason).await?;
    answer(act, StatusCode::OK, &serde_json::json!({ "reason": reason })).await
}
