//! `POST /v1/incidents/{id}/call-blocks`: the desk keeps a number from calling.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::block_number::block_number as block;

use crate::access::{Allowed, DeskOfficer};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::wire::call_block::{CallBlock, Request};
use crate::wire::spelled::IncidentId;
use crate::wire::text::Text;

/// Block a number
///
/// A suspect's at once. The subject's own line is cut only once a second person approves, for 30 minutes at the
/// most: until then the block is `awaiting_approval`.
#[utoipa::path(post, path = "/v1/incidents/{id}/call-blocks", tag = "call_blocks",
    params(("id" = IncidentId, Path)), request_body = Request,
    responses((status = CREATED, description = "The carrier is being told.", body = CallBlock),
        (status = ACCEPTED, description = "Waits for a second person.", body = CallBlock), WriteRefusals))]
pub(super) async fn block_number(
    State(app): State<App>,
    Allowed(officer): Allowed<DeskOfficer>,
    Path(id): Path<domain::id::IncidentId>,
    acting: Acting,
    body: Body<Request>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &body.digest).await?;
    let Request { number, until, reason } = body.value;
    let until = until.map(|Text(until)| until);
    let (ordered, approval) = block(&mut act, id, number.0, until, &String::from(reason)).await?;
    let status = if approval.is_some() { StatusCode::ACCEPTED } else { StatusCode::CREATED };
    let ordered = CallBlock::of(&ordered, act.is_drill());
    answer(act, status, &ordered).await
}
