//! `POST /v1/grading/rollback`: the former version counts again, at once.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::change_rules::roll_back as take_back;
use interception::look_up;

use crate::access::{Allowed, Supervisor};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::wire::grading::{Change, RulesText};

/// Return to the former grading rules
///
/// At once and by one person: whoever sees harm does not wait. It stands on record.
#[utoipa::path(post, path = "/v1/grading/rollback", tag = "rules", request_body = Change,
    responses((status = OK, description = "The version that counts again.", body = RulesText), WriteRefusals))]
pub(super) async fn roll_back(
    State(app): State<App>,
    Allowed(supervisor): Allowed<Supervisor>,
    acting: Acting,
    body: Body<Change>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &supervisor.operator, &body.digest).await?;
    let former = take_back(&mut act, &String::from(body.value.reason)).await?;
    let text = look_up::rules_text(&app.centre, &former).await?;
    answer(act, StatusCode::OK, &RulesText { rules_version: former, text }).await
}
