//! `POST /v1/grading/versions/{hash}/publish`: a version is to count.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::change_rules::ask_to_publish;

use crate::access::{Allowed, Supervisor};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::wire::approval::Approval;
use crate::wire::grading::Change;

/// Publish a version of the grading rules
///
/// Waits for a second person; it counts from the moment they approve.
#[utoipa::path(post, path = "/v1/grading/versions/{hash}/publish", tag = "rules",
    params(("hash" = String, Path, description = "SHA-256 of its text, in hex")), request_body = Change,
    responses((status = ACCEPTED, description = "Waits for a second person.", body = Approval), WriteRefusals))]
pub(super) async fn publish(
    State(app): State<App>,
    Allowed(supervisor): Allowed<Supervisor>,
    Path(hash): Path<String>,
    acting: Acting,
    body: Body<Change>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &supervisor.operator, &body.digest).await?;
    let approval = ask_to_publish(&mut act, &hash, &String::from(body.value.reason)).await?;
    let approval = Approval::of(&approval, act.is_drill());
    answer(act, StatusCode::ACCEPTED, &approval).await
}
