//! `PATCH /v1/calls/{id}`: the dispatcher learns more.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::complete_call::{complete_call, lock_call};

use super::taken;
use crate::access::{Allowed, DeskOfficer};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::problem::Problem;
use crate::reading::read;
use crate::wire::call::{Patch, Report, TakenCall, merge_patch};
use crate::wire::spelled::CallId;

/// Complete a 110 call
///
/// A JSON merge patch. Completing the facts of a `draft` submits it at once; an order that has left is not changed
/// by this: correct it instead.
#[utoipa::path(patch, path = "/v1/calls/{id}", tag = "calls", params(("id" = CallId, Path)),
    request_body(content = Patch, content_type = "application/merge-patch+json"),
    responses((status = OK, description = "What the call has set in motion by now.", body = TakenCall), WriteRefusals))]
pub(super) async fn complete(
    State(app): State<App>,
    Allowed(officer): Allowed<DeskOfficer>,
    Path(id): Path<domain::id::CallId>,
    acting: Acting,
    body: Body<Patch>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &body.digest).await?;
    let call = lock_call(&mut act, id).await?;
    let patched = merge_patch(call.body.clone(), body.value.0);
    let report: Report = read(&patched, act.now).map_err(Problem::invalid)?;
    let kept = report.kept(patched, act.now);
    let report = report.into_domain(act.now);
    let call = complete_call(&mut act, call, report, kept).await?;
    answer(act, StatusCode::OK, &taken(call, &app.centre)).await
}
