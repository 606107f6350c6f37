//! Every refusal the gateway speaks: RFC 9457 `application/problem+json`.
//!
//! A problem never repeats what the client sent: the value that was wrong may be a citizen's number.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// What a client is told to wait while the database is away.
const DATABASE_RETRY_AFTER: Duration = Duration::from_secs(2);

/// One field of the input that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldFault {
    /// RFC 6901 pointer to the field in the body; for a query parameter `/` and its name.
    #[schema(example = "/transfers/0/amount")]
    pub pointer: String,
    /// What was expected. Never the value that was sent.
    pub detail: String,
}

/// A refusal on its way to the client. [`crate::layers`] writes its body, which names the request.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// The stable word a program can match on.
    pub code: &'static str,
    /// What went wrong, for a person.
    pub detail: String,
    /// Every bad field, for a 422.
    pub errors: Vec<FieldFault>,
    /// When to come back, for 429 and 503.
    pub retry_after: Option<Duration>,
}

/// The body of a problem.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem, example = json!({
    "type": "/problems/invalid", "title": "Unprocessable Entity", "status": 422, "code": "invalid",
    "detail": "one field cannot be used", "request_id": "01983c6e-6b0a-7d53-9d0e-5b1b6f7a2c11",
    "errors": [{"pointer": "/transfers/0/amount/amount", "detail": "the amount must be greater than zero"}],
}))]
pub struct ProblemBody {
    /// `/problems/` and the code: an identifier, not a page.
    #[schema(format = "uri-reference")]
    r#type: String,
    /// The name of the status.
    title: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// The stable word a program can match on.
    code: &'static str,
    /// What went wrong, for a person.
    detail: String,
    /// The id under which the log knows this request; also in the `x-request-id` header.
    request_id: String,
    /// Every bad field at once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldFault>,
}

impl Problem {
    /// A refusal with a code of its own.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), errors: Vec::new(), retry_after: None }
    }

    /// 400: the request cannot be parsed.
    pub fn unreadable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "unreadable", detail)
    }

    /// 401: no token, or one that nobody holds.
    #[must_use]
    pub fn unauthenticated() -> Self {
        let detail = "send a valid token as `Authorization: Bearer <token>`";
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", detail)
    }

    /// 403: the caller's role may not do this.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// 404: unknown, or not the caller's to see. The two are never told apart.
    #[must_use]
    pub fn not_found() -> Self {
        let detail = "there is nothing here that you may see";
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// 405: the path exists, the method does not.
    #[must_use]
    pub fn method_not_allowed() -> Self {
        let detail = "the `Allow` header names the methods of this path";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
    }

    /// 408: the body did not come in time.
    #[must_use]
    pub fn too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "too_slow", "the body did not come in time")
    }

    /// 409: the state of the thing forbids it; `detail` is the rule's own sentence.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 410: it was there, and its time is over.
    pub fn gone(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::GONE, "gone", detail)
    }

    /// 413: more than is read.
    #[must_use]
    pub fn too_large(limit_bytes: usize) -> Self {
        let detail = format!("the body is larger than {limit_bytes} bytes");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
    }

    /// 415: not what this path reads.
    #[must_use]
    pub fn wrong_type(expected: &'static str) -> Self {
        let detail = format!("send the body as {expected}");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "wrong_type", detail)
    }

    /// 422: well-formed, with fields that cannot be used.
    #[must_use]
    pub fn invalid(errors: Vec<FieldFault>) -> Self {
        let detail = match errors.len() {
            1 => "one field cannot be used".to_owned(),
            several => format!("{several} fields cannot be used"),
        };
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail) }
    }

    /// 422 about one field.
    pub fn invalid_field(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::invalid(vec![FieldFault { pointer: pointer.into(), detail: detail.into() }])
    }

    /// 429: too often.
    #[must_use]
    pub fn too_many_requests(retry_after: Duration) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "slow down and try again later")
        }
    }

    /// 500: a defect of ours. The log has the cause; the client gets the request's id.
    #[must_use]
    pub fn internal() -> Self {
        let detail = "the fault is ours; give the request's id to whoever runs this service";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }

    /// 503: the database is away, or the answer took too long.
    #[must_use]
    pub fn unavailable() -> Self {
        Self {
            retry_after: Some(DATABASE_RETRY_AFTER),
            ..Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "the service cannot answer now; the same request may be sent again",
            )
        }
    }

    /// The body, for the request of that id.
    pub(crate) fn body(self, request_id: &str) -> ProblemBody {
        ProblemBody {
            r#type: format!("/problems/{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            code: self.code,
            detail: self.detail,
            request_id: request_id.to_owned(),
            errors: self.errors,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"lanjie\""));
        }
        if let Some(wait) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
        }
        response.extensions_mut().insert(self);
        response
    }
}
