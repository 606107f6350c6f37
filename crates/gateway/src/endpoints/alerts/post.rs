//! `POST /v1/alerts`: a machine saw a person being defrauded.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::alert::Disposition;
use domain::id::AlertId;
use interception::receive_alerts::receive_alerts;

use crate::access::{Allowed, Source};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::problem::Problem;
use crate::wire::alert::{Arrival, Notice, Receipt};

/// Post an alert
///
/// Stored before the answer; unique by source and `source_ref`. Grading and the plan's first steps follow at once.
/// It joins the open incident of whoever has the subject's phone, or the same `id_number` over another phone, or takes
/// up one that was closed within three days as `prevented`, `became_victim` or `unreachable`. Where it tells that two
/// open incidents are about one person, the graver goes on and the other is closed as its `duplicate`; where something
/// is under way in both, both go on and are `related`. Members that are not listed are kept in the raw record.
#[utoipa::path(post, path = "/v1/alerts", tag = "alerts", request_body = Notice,
    responses((status = CREATED, description = "A new alert.", body = Receipt),
        (status = OK, description = "The same `source_ref` again: nothing has changed.", body = Receipt),
        WriteRefusals))]
pub(super) async fn post(
    State(app): State<App>,
    Allowed(source): Allowed<Source>,
    acting: Acting,
    body: Body<Notice>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &source.operator, &body.digest).await?;
    let (id, received_at) = (AlertId::new(act.now), act.now);
    let arrival = Arrival { id, source: source.name.clone(), received_at, raw: body.raw };
    let alert = body.value.into_domain(arrival);
    let received = receive_alerts(&mut act, &source.name, vec![alert]).await?.pop();
    let received = received.ok_or_else(Problem::internal)?;
    let status = match received.disposition {
        Disposition::Duplicate => StatusCode::OK,
        Disposition::Opened | Disposition::Joined | Disposition::Accepted => StatusCode::CREATED,
    };
    let receipt = Receipt::new(received.alert_id, Some(received.incident_id), received.disposition);
    answer(act, status, &receipt).await
}
