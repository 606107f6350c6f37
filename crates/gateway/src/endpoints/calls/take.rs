//! `POST /v1/calls`: a 110 call comes in and its orders leave.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::take_call::take_call;

use super::taken;
use crate::access::{Allowed, DeskOfficer};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::wire::call::{Report, TakenCall};

/// Take a 110 call
///
/// Only `caller_phone` is required: save the account first and the story later. Each transfer with account, holder,
/// amount and time gets its stop-payment at once; one that lacks a fact stays `draft`, and `missing` names it.
/// Where the victim had been warned before, known by phone or identity number, the incident says so in
/// `cheated_after_alert` and `earlier_incident_ids`.
#[utoipa::path(post, path = "/v1/calls", tag = "calls", request_body = Report,
    responses((status = CREATED, description = "What the call set in motion.", body = TakenCall), WriteRefusals))]
pub(super) async fn take(
    State(app): State<App>,
    Allowed(officer): Allowed<DeskOfficer>,
    acting: Acting,
    body: Body<Report>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &body.digest).await?;
    let kept = body.value.kept(body.raw, act.now);
    let report = body.value.into_domain(act.now);
    let call = take_call(&mut act, report, kept).await?;
    answer(act, StatusCode::CREATED, &taken(call, &app.centre)).await
}
