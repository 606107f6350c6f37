//! `POST /v1/dispatches/{id}/accept`: the station signs.

use axum::extract::State;
use axum::response::Response;
use interception::handle_dispatch::accept_dispatch;

use super::answer_with;
use crate::access::{Allowed, PatrolDesk};
use crate::acting::{Acting, NO_BODY, Refusal};
use crate::app::App;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::wire::dispatch::Dispatch;
use crate::wire::spelled::MeasureId;

/// Sign for a dispatch
///
/// Until then it climbs to the desk above every ten minutes. An officer signs for their own station; the desk may
/// write down for any station what it has phoned in, here and in the acts that follow.
#[utoipa::path(post, path = "/v1/dispatches/{id}/accept", tag = "dispatches", params(("id" = MeasureId, Path)),
    responses((status = OK, description = "How it stands now.", body = Dispatch), WriteRefusals))]
pub(super) async fn accept(
    State(app): State<App>,
    Allowed(officer): Allowed<PatrolDesk>,
    Path(id): Path<domain::id::MeasureId>,
    acting: Acting,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &NO_BODY).await?;
    let dispatch = accept_dispatch(&mut act, id).await?;
    answer_with(act, &dispatch).await
}
