//! `POST /v1/incidents/{id}/dispatches`: the desk orders somebody out.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::handle_dispatch::order_dispatch as order;

use crate::access::{Allowed, DeskOfficer};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::wire::dispatch::{Dispatch, Request};
use crate::wire::spelled::IncidentId;
use crate::wire::text::Text;

/// Order a dispatch
///
/// To the named station, or the one whose area it is.
#[utoipa::path(post, path = "/v1/incidents/{id}/dispatches", tag = "dispatches",
    params(("id" = IncidentId, Path)), request_body = Request,
    responses((status = CREATED, description = "The order.", body = Dispatch), WriteRefusals))]
pub(super) async fn order_dispatch(
    State(app): State<App>,
    Allowed(officer): Allowed<DeskOfficer>,
    Path(id): Path<domain::id::IncidentId>,
    acting: Acting,
    body: Body<Request>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &body.digest).await?;
    let Request { station_id, reason } = body.value;
    let dispatch = order(&mut act, id, station_id.map(|Text(id)| id), Some(reason.into())).await?;
    let dispatch = Dispatch::of(&dispatch, act.is_drill(), &app.centre.stations);
    answer(act, StatusCode::CREATED, &dispatch).await
}
