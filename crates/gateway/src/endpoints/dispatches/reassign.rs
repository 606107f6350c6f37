//! `POST /v1/dispatches/{id}/reassign`: the desk gives it to another station.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::handle_dispatch::reassign_dispatch;

use crate::access::{Allowed, DeskOfficer};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::wire::dispatch::{Dispatch, Reassignment};
use crate::wire::spelled::MeasureId;
use crate::wire::text::Text;

/// Reassign a dispatch
///
/// To another station, usually because nobody signs for it. That station has it in the same moment, as the new
/// dispatch that is answered and names this one in `previous_id`; the first station's own system is told that nobody
/// need go.
#[utoipa::path(post, path = "/v1/dispatches/{id}/reassign", tag = "dispatches", params(("id" = MeasureId, Path)),
    request_body = Reassignment,
    responses((status = CREATED, description = "The other station's dispatch.", body = Dispatch), WriteRefusals))]
pub(super) async fn reassign(
    State(app): State<App>,
    Allowed(officer): Allowed<DeskOfficer>,
    Path(id): Path<domain::id::MeasureId>,
    acting: Acting,
    body: Body<Reassignment>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &body.digest).await?;
    let Reassignment { station_id: Text(station), reason } = body.value;
    let (_reassigned, successor) = reassign_dispatch(&mut act, id, station, &String::from(reason)).await?;
    let successor = Dispatch::of(&successor, act.is_drill(), &app.centre.stations);
    answer(act, StatusCode::CREATED, &successor).await
}
