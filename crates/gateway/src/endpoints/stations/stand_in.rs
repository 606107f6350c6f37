//! `POST /v1/stations/{id}/roster/overrides`: somebody stands in.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::station::StationId;
use interception::arrange_duty::arrange_duty;

use crate::access::{Allowed, PatrolDesk};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::problem::Problem;
use crate::wire::roster::{Request, RosterOverride};
use crate::wire::spelled;

/// Arrange who stands in
///
/// Goes before the roster, and before what was arranged earlier; dispatches that are ordered in its time name them. A
/// station officer arranges it for their own station.
#[utoipa::path(post, path = "/v1/stations/{id}/roster/overrides", tag = "stations",
    params(("id" = spelled::StationId, Path)), request_body = Request,
    responses((status = CREATED, description = "It is arranged.", body = RosterOverride), WriteRefusals))]
pub(super) async fn stand_in(
    State(app): State<App>,
    Allowed(officer): Allowed<PatrolDesk>,
    Path(id): Path<String>,
    acting: Acting,
    body: Body<Request>,
) -> Result<Response, Refusal> {
    let standing_in = body.value.at(StationId::new(&id));
    let standing_in =
        standing_in.ok_or_else(|| Problem::invalid_field("/officers", "expected at least one officer"))?;
    let mut act = acting.begin(&app, &officer.operator, &body.digest).await?;
    let arranged = arrange_duty(&mut act, standing_in).await?;
    answer(act, StatusCode::CREATED, &RosterOverride::from(&arranged)).await
}
