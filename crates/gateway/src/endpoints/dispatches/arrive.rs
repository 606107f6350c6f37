//! `POST /v1/dispatches/{id}/arrive`: the officers are at the door.

use axum::extract::State;
use axum::response::Response;
use interception::handle_dispatch::arrive_dispatch;

use super::answer_with;
use crate::access::{Allowed, PatrolDesk};
use crate::acting::{Acting, NO_BODY, Refusal};
use crate::app::App;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::wire::dispatch::Dispatch;
use crate::wire::spelled::MeasureId;

/// Arrive
///
/// After it was signed for; leaving need not have been reported.
#[utoipa::path(post, path = "/v1/dispatches/{id}/arrive", tag = "dispatches", params(("id" = MeasureId, Path)),
    responses((status = OK, description = "How it stands now.", body = Dispatch), WriteRefusals))]
pub(super) async fn arrive(
    State(app): State<App>,
    Allowed(officer): Allowed<PatrolDesk>,
    Path(id): Path<domain::id::MeasureId>,
    acting: Acting,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &NO_BODY).await?;
    let dispatch = arrive_dispatch(&mut act, id).await?;
    answer_with(act, &dispatch).await
}
