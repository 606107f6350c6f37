//! `POST /v1/call-blocks/{id}/lift`: the number is to be freed.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::block_number::lift_call_block;

use crate::access::{Allowed, DeskOfficer};
use crate::acting::{Acting, NO_BODY, Refusal, answer};
use crate::app::App;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::wire::call_block::CallBlock;
use crate::wire::spelled::MeasureId;

/// Lift a call block
///
/// The carrier is told at once; the status is `lifted` when it has done it.
#[utoipa::path(post, path = "/v1/call-blocks/{id}/lift", tag = "call_blocks", params(("id" = MeasureId, Path)),
    responses((status = OK, description = "The carrier is being told.", body = CallBlock), WriteRefusals))]
pub(super) async fn lift(
    State(app): State<App>,
    Allowed(officer): Allowed<DeskOfficer>,
    Path(id): Path<domain::id::MeasureId>,
    acting: Acting,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &NO_BODY).await?;
    let block = lift_call_block(&mut act, id).await?;
    let block = CallBlock::of(&block, act.is_drill());
    answer(act, StatusCode::OK, &block).await
}
