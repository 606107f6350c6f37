//! `POST /v1/appeals/{id}/decide`: the second person decides.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::hear_appeal::decide_appeal;

use crate::access::{Allowed, Supervisor};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::wire::appeal::{Appeal, Decision};
use crate::wire::spelled::AppealId;

/// Decide an appeal
///
/// Not by whoever registered it or ordered the stop. Where it is granted, the bank is told to release in the same
/// moment; `notice` is what the holder is told.
#[utoipa::path(post, path = "/v1/appeals/{id}/decide", tag = "stop_payments", params(("id" = AppealId, Path)),
    request_body = Decision,
    responses((status = OK, description = "Decided.", body = Appeal), WriteRefusals))]
pub(super) async fn decide(
    State(app): State<App>,
    Allowed(supervisor): Allowed<Supervisor>,
    Path(id): Path<domain::id::AppealId>,
    acting: Acting,
    body: Body<Decision>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &supervisor.operator, &body.digest).await?;
    let Decision { grant, reason } = body.value;
    let appeal = decide_appeal(&mut act, id, grant, &String::from(reason)).await?;
    answer(act, StatusCode::OK, &Appeal::from(&appeal)).await
}
