//! Beginning an act for a request, and answering once it is committed.
//!
//! ```text
//! let mut act = request.begin(&app, &officer.operator, &body.digest).await?;   // a repeated request ends here
//! let taken = take_call(&mut act, report, kept).await?;
//! answer(act, StatusCode::CREATED, &wire::TakenCall::of(&taken)).await         // committed with its answer
//! ```

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::operator::{Operator, Post};
use interception::{Act, Error, Once};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::access::Lane;
use crate::app::App;
use crate::parameters::IdempotencyKey;
use crate::problem::Problem;

/// Says that this is the first answer to the same request, not a second effect.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The digest of a request without a body.
pub const NO_BODY: [u8; 32] = [0; 32];

/// A request that acts: its idempotency key and what tells it from others.
#[derive(Debug)]
pub struct Acting {
    key: Option<String>,
    method: Method,
    path: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Acting {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let IdempotencyKey(key) = IdempotencyKey::from_request_parts(parts, state).await?;
        Ok(Self { key, method: parts.method.clone(), path: parts.uri.path().to_owned() })
    }
}

impl Acting {
    /// Begins the act of an operator.
    ///
    /// # Errors
    /// [`Refusal::Replayed`] with the first answer when the same key came before with the same request.
    pub async fn begin<'a>(
        self,
        app: &'a App,
        operator: &Operator,
        digest: &[u8; 32],
    ) -> Result<Act<'a>, Refusal> {
        let request_hash = Sha256::new()
            .chain_update(self.method.as_str())
            .chain_update([0])
            .chain_update(self.path)
            .chain_update([0])
            .chain_update(digest)
            .finalize()
            .into();
        let once = self.key.map(|key| Once { key, request_hash });
        let lane = match operator.post {
            Post::Source(_) => Lane::Alerts,
            Post::Dispatcher | Post::Supervisor | Post::StationOfficer(_) | Post::Auditor | Post::Admin => {
                Lane::Urgent
            }
        };
        Ok(Act::begin(app.centre_for(lane), operator, once).await?)
    }
}

/// Commits the act together with its answer, and answers.
///
/// # Errors
/// [`Refusal`] when the database is away; whether it was committed is then unknown, and the same key tells.
pub async fn answer(act: Act<'_>, status: StatusCode, body: &impl Serialize) -> Result<Response, Refusal> {
    let body = serde_json::to_value(body).map_err(|error| {
        tracing::error!(%error, "an answer cannot be written as JSON");
        Problem::internal()
    })?;
    act.commit_answering(status.as_u16(), &body).await?;
    Ok((status, Json(body)).into_response())
}

/// Why an endpoint did not act now.
#[derive(Debug)]
pub enum Refusal {
    /// It will not, or cannot.
    Problem(Problem),
    /// It did before: this was the answer.
    Replayed {
        /// Of the first answer.
        status: StatusCode,
        /// The first answer.
        body: Value,
    },
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Problem(problem) => problem.into_response(),
            Self::Replayed { status, body } => {
                let mut response = (status, Json(body)).into_response();
                response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
                response
            }
        }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error {
            Error::Replayed { status, body } => {
                Self::Replayed { status: StatusCode::from_u16(status).unwrap_or(StatusCode::OK), body }
            }
            error => Self::Problem(error.into()),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Unknown(_) => Self::not_found(),
            Error::Conflict { code, detail } => Self::conflict(code, detail),
            Error::Invalid { pointer, detail } => Self::invalid_field(pointer, detail),
            Error::Forbidden(why) => Self::forbidden(why),
            Error::Gone(why) => Self::gone(why),
            Error::Replayed { .. } => {
                Self::conflict("idempotency_key_reused", "the request was answered before")
            }
            Error::Store(error) => {
                match &error {
                    // our own data is wrong: a person must look
                    interception::StoreError::Inconsistent { .. } => {
                        tracing::error!(%error, "inconsistent data");
                        return Self::internal();
                    }
                    interception::StoreError::Taken { .. } => {
                        return Self::conflict("taken", "somebody else has just saved the same thing");
                    }
                    interception::StoreError::Fault(_) | interception::StoreError::Stale { .. } => {
                        tracing::warn!(%error, "the database did not do it");
                    }
                }
                Self::unavailable()
            }
        }
    }
}
