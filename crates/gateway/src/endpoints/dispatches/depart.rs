//! `POST /v1/dispatches/{id}/depart`: the officers leave.

use axum::extract::State;
use axum::response::Response;
use interception::handle_dispatch::depart_dispatch;

use super::answer_with;
use crate::access::{Allowed, PatrolDesk};
use crate::acting::{Acting, NO_BODY, Refusal};
use crate::app::App;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::wire::dispatch::Dispatch;
use crate::wire::spelled::MeasureId;

/// Leave for a dispatch
///
/// After it was signed for.
#[utoipa::path(post, path = "/v1/dispatches/{id}/depart", tag = "dispatches", params(("id" = MeasureId, Path)),
    responses((status = OK, description = "How it stands now.", body = Dispatch), WriteRefusals))]
pub(super) async fn depart(
    State(app): State<App>,
    Allowed(officer): Allowed<PatrolDesk>,
    Path(id): Path<domain::id::MeasureId>,
    acting: Acting,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &NO_BODY).await?;
    let dispatch = depart_dispatch(&mut act, id).await?;
    answer_with(act, &dispatch).await
}
