//! `POST /v1/dispatches/{id}/return`: it is not this station's.

use axum::extract::State;
use axum::response::Response;
use interception::handle_dispatch::return_dispatch;

use super::answer_with;
use crate::access::{Allowed, PatrolDesk};
use crate::acting::{Acting, Refusal};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::wire::dispatch::{Dispatch, Return};
use crate::wire::spelled::MeasureId;

/// Return a dispatch
///
/// The right station has it in the same moment, as a new dispatch that names this one in `previous_id`.
#[utoipa::path(post, path = "/v1/dispatches/{id}/return", tag = "dispatches", params(("id" = MeasureId, Path)),
    request_body = Return,
    responses((status = OK, description = "The returned dispatch.", body = Dispatch), WriteRefusals))]
pub(super) async fn give_back(
    State(app): State<App>,
    Allowed(officer): Allowed<PatrolDesk>,
    Path(id): Path<domain::id::MeasureId>,
    acting: Acting,
    body: Body<Return>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &body.digest).await?;
    let (returned, _successor) = return_dispatch(&mut act, id, &String::from(body.value.reason)).await?;
    answer_with(act, &returned).await
}
