//! `POST /v1/dispatches/{id}/feedback`: the officers report what they found.

use axum::extract::State;
use axum::response::Response;
use interception::handle_dispatch::complete_dispatch;

use super::answer_with;
use crate::access::{Allowed, PatrolDesk};
use crate::acting::{Acting, Refusal};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::problem::Problem;
use crate::wire::dispatch::{Dispatch, Feedback};
use crate::wire::spelled::MeasureId;

/// Feed back
///
/// Completes the dispatch, and the plan goes on. Two different officers are named. The look-ups, questions and
/// evidence may be left out. A `loss_so_far` is a line of its own in the timeline: that money is still to be stopped.
#[utoipa::path(post, path = "/v1/dispatches/{id}/feedback", tag = "dispatches", params(("id" = MeasureId, Path)),
    request_body = Feedback,
    responses((status = OK, description = "The completed dispatch.", body = Dispatch), WriteRefusals))]
pub(super) async fn feed_back(
    State(app): State<App>,
    Allowed(officer): Allowed<PatrolDesk>,
    Path(id): Path<domain::id::MeasureId>,
    acting: Acting,
    body: Body<Feedback>,
) -> Result<Response, Refusal> {
    let feedback = body.value.into_domain(app.centre.now()).map_err(Problem::invalid)?;
    let mut act = acting.begin(&app, &officer.operator, &body.digest).await?;
    let dispatch = complete_dispatch(&mut act, id, feedback).await?;
    answer_with(act, &dispatch).await
}
