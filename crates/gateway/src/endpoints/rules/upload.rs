//! `POST /v1/grading/versions`: an analyst sends a version.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::change_rules::keep_version;

use crate::access::{Allowed, Supervisor};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::wire::grading::{NewRules, RulesText};

/// Send a version of the grading rules
///
/// It is read and checked, each fault named with its line, and kept. It counts once it is published; 200 where the
/// same text is kept already.
#[utoipa::path(post, path = "/v1/grading/versions", tag = "rules", request_body = NewRules,
    responses((status = CREATED, description = "Kept.", body = RulesText),
        (status = OK, description = "Was kept already.", body = RulesText), WriteRefusals))]
pub(super) async fn upload(
    State(app): State<App>,
    Allowed(supervisor): Allowed<Supervisor>,
    acting: Acting,
    body: Body<NewRules>,
) -> Result<Response, Refusal> {
    let rules = body.value.read()?;
    let mut act = acting.begin(&app, &supervisor.operator, &body.digest).await?;
    let status = if keep_version(&mut act, &rules).await? { StatusCode::CREATED } else { StatusCode::OK };
    answer(act, status, &RulesText { rules_version: rules.version, text: rules.text }).await
}
