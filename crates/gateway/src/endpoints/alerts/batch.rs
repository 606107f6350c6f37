//! `POST /v1/alerts/batch`: many alerts in one transaction; a bad one fails alone.

use axum::body::Body as AxumBody;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::alert::{Alert, Disposition};
use domain::id::AlertId;
use interception::receive_alerts::{Received, receive_alerts};
use serde_json::Value;

use crate::access::{Allowed, Source};
use crate::acting::{Acting, REPLAYED, Refusal};
use crate::app::App;
use crate::body::Batch;
use crate::layers::RequestId;
use crate::openapi::WriteRefusals;
use crate::problem::Problem;
use crate::wire::alert::{Arrival, BatchLine, Notice, NoticeBatch, Receipt};

/// Post many alerts
///
/// Up to 1,000, as a JSON array or one JSON document a line. The answer has one result for each, in order and in the
/// form of the request: what a single alert is answered, or the problem that this one has; `status` tells which.
#[utoipa::path(post, path = "/v1/alerts/batch", tag = "alerts",
    request_body(content((NoticeBatch = "application/json"), (Notice = "application/x-ndjson"))),
    responses((status = OK, description = "One result an alert.",
        content((Vec<BatchLine> = "application/json"), (BatchLine = "application/x-ndjson"))), WriteRefusals))]
pub(super) async fn batch(
    State(app): State<App>,
    Allowed(source): Allowed<Source>,
    acting: Acting,
    RequestId(request_id): RequestId,
    batch: Batch<Notice>,
) -> Result<Response, Refusal> {
    let mut act = match acting.begin(&app, &source.operator, &batch.digest).await {
        Err(Refusal::Replayed { body: Value::Array(results), .. }) => {
            let mut again = written(results, batch.line_by_line);
            again.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
            return Ok(again);
        }
        begun => begun?,
    };
    let (mut alerts, mut places) = (vec![], vec![]);
    for line in batch.lines {
        places.push(line.map(|line| {
            let id = AlertId::new(act.now);
            let arrival = Arrival { id, source: source.name.clone(), received_at: act.now, raw: line.raw };
            alerts.push(line.value.into_domain(arrival));
        }));
    }
    let mut received = receive(&mut act, &source.name, alerts).await?.into_iter();
    let results = places.into_iter().map(|place| match place {
        Ok(()) => received.next().map(stored).ok_or_else(Problem::internal),
        Err(problem) => Ok(BatchLine::Refused(problem.body(&request_id))),
    });
    let results =
        results.map(|line| Ok(serde_json::json!(line?))).collect::<Result<Vec<Value>, Problem>>()?;
    act.commit_answering(StatusCode::OK.as_u16(), &Value::Array(results.clone())).await?;
    Ok(written(results, batch.line_by_line))
}

async fn receive(
    act: &mut interception::Act<'_>,
    source: &str,
    alerts: Vec<Alert>,
) -> Result<Vec<Received>, Problem> {
    Ok(receive_alerts(act, source, alerts).await?)
}

fn stored(received: Received) -> BatchLine {
    let status = match received.disposition {
        Disposition::Duplicate => StatusCode::OK,
        Disposition::Opened | Disposition::Joined | Disposition::Accepted => StatusCode::CREATED,
    };
    let receipt = Receipt::new(received.alert_id, Some(received.incident_id), received.disposition);
    BatchLine::Stored { status: status.as_u16(), receipt }
}

fn written(results: Vec<Value>, line_by_line: bool) -> Response {
    if !line_by_line {
        return axum::Json(results).into_response();
    }
    let lines: String = results.iter().map(|result| format!("{result}\n")).collect();
    let mut response = Response::new(AxumBody::from(lines));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    response
}
