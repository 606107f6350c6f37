//! `POST /v1/lists`: something is listed.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::keep_lists::put_on_list;

use crate::access::{Allowed, Supervisor};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::wire::listed::{Listed, NewListed};

/// List a number, account or address
///
/// Gradings ask for it from then on. One of the same source about the same thing is replaced.
#[utoipa::path(post, path = "/v1/lists", tag = "lists", request_body = NewListed,
    responses((status = CREATED, description = "Listed.", body = Listed), WriteRefusals))]
pub(super) async fn put(
    State(app): State<App>,
    Allowed(supervisor): Allowed<Supervisor>,
    acting: Acting,
    body: Body<NewListed>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &supervisor.operator, &body.digest).await?;
    let entry = body.value.into_domain(&supervisor.operator.name, act.now)?;
    let entry = put_on_list(&mut act, entry).await?;
    answer(act, StatusCode::CREATED, &Listed::from(&entry)).await
}
