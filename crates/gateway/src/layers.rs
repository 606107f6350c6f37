//! What surrounds every request: its id, its time limit, its metrics, its one line in the log, and a
//! problem for whatever no endpoint answered.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use axum::extract::{FromRequestParts, MatchedPath, Request};
use axum::http::header::CONTENT_LENGTH;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use futures::FutureExt;
use tracing::Instrument;
use uuid::Uuid;

use crate::problem::Problem;

/// Names a request in answers and in the log; a caller may bring its own.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest id a caller may bring, in characters.
const REQUEST_ID_MAX_CHARS: usize = 128;
/// When an answer is given up. Live events are not cut off: their answer begins at once.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// Puts everything that is not an endpoint around the finished routes.
pub fn surround<S: Clone + Send + Sync + 'static>(routes: Router<S>) -> Router<S> {
    routes
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .layer(middleware::from_fn(accompany))
}

/// The id of the request at hand.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

impl<S: Send + Sync> FromRequestParts<S> for RequestId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let noted = parts.extensions.get::<Self>().cloned();
        Ok(noted.unwrap_or_else(|| Self(request_id(&parts.headers))))
    }
}

async fn accompany(mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = request_id(request.headers());
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    // the pattern, never the path itself: a query or an id in a path may be somebody's
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());

    let span = tracing::info_span!("request", id);
    let mut response = answer(request, next).instrument(span.clone()).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = with_body(response, problem, &id);
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }

    let status = response.status().as_u16();
    let elapsed = began.elapsed();
    let labels = [("route", route.clone()), ("status", status.to_string())];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_seconds", &labels).record(elapsed);
    let ms = elapsed.as_millis();
    span.in_scope(|| {
        // whoever polls a queue would fill the log with reads that found nothing
        if method == Method::GET && status < 400 {
            tracing::debug!(%method, route, status, ms, "answered");
        } else {
            tracing::info!(%method, route, status, ms, "answered");
        }
    });
    response
}

async fn answer(request: Request, next: Next) -> Response {
    let running = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(ANSWER_WITHIN, running).await {
        Ok(Ok(response)) => response,
        Ok(Err(_panic)) => {
            // the place is in the log by now; the message may quote data, so nobody repeats it
            tracing::error!("an endpoint panicked");
            Problem::internal().into_response()
        }
        Err(_elapsed) => {
            tracing::warn!(limit_secs = ANSWER_WITHIN.as_secs(), "an answer was given up");
            Problem::unavailable().into_response()
        }
    }
}

/// Keeps status and headers (`Allow`, `Retry-After`...) of the refusal.
fn with_body(refusal: Response, problem: Problem, id: &str) -> Response {
    let (mut head, _) = refusal.into_parts();
    head.headers.remove(CONTENT_LENGTH);
    let (_, body) = Json(problem.body(id)).into_response().into_parts();
    Response::from_parts(head, body)
}

fn request_id(headers: &HeaderMap) -> String {
    let brought = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let readable = |id: &&str| {
        (1..=REQUEST_ID_MAX_CHARS).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    brought.filter(readable).map_or_else(|| Uuid::now_v7().to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use axum::http::header::{ALLOW, CONTENT_TYPE};
    use axum::routing::get;

    use super::*;
    use crate::testing::{self, send};

    fn app() -> Router {
        let routes = Router::new()
            .route("/v1/things/{id}", get(async || "here"))
            .route("/v1/broken", get(async || -> &'static str { panic!("13800000000") }));
        surround(routes)
    }

    #[tokio::test]
    async fn what_no_endpoint_answers_is_a_problem_that_names_the_request() {
        let answer = send(app(), testing::get("/v1/nothing")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert_eq!(answer.headers[CONTENT_TYPE], "application/problem+json");
        assert_eq!(answer.json()["request_id"], answer.headers[REQUEST_ID].to_str().unwrap());
        assert_eq!(answer.json()["type"], "/problems/not_found");
    }

    #[tokio::test]
    async fn a_wrong_method_is_told_the_right_ones() {
        let mut request = testing::get("/v1/things/1");
        *request.method_mut() = axum::http::Method::DELETE;
        let answer = send(app(), request).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(answer.json()["code"], "method_not_allowed");
        assert!(answer.headers[ALLOW].to_str().unwrap().contains("GET"));
    }

    #[tokio::test]
    async fn a_panic_is_a_500_that_repeats_nothing() {
        let answer = send(app(), testing::get("/v1/broken")).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(answer.json()["code"], "internal");
        assert!(!answer.text().contains("13800000000"));
    }

    #[tokio::test]
    async fn a_readable_request_id_is_kept_and_any_other_replaced() {
        for (brought, kept) in
            [("desk-7.42", true), ("two words", false), ("", false), (&"x".repeat(200), false)]
        {
            let mut request = testing::get("/v1/things/1");
            request.headers_mut().insert(REQUEST_ID, HeaderValue::from_str(brought).unwrap());
            let answer = send(app(), request).await;
            assert_eq!(answer.headers[REQUEST_ID] == brought, kept, "{brought}");
        }
    }
}
