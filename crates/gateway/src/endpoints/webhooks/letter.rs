//! A signed message, before it is read.

use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use channels::webhook::{BadSignature, Headers, Secrets, verify};
use domain::clock::Instant;

use crate::body::Bytes;
use crate::problem::Problem;

/// A message from outside that nobody has believed yet.
pub(super) struct Letter {
    headers: HeaderMap,
    body: Vec<u8>,
}

/// A message whose sender is known.
pub(super) struct Believed {
    /// A second message of this id has no effect.
    pub(super) id: String,
    pub(super) body: Vec<u8>,
    /// Whether it says to be XML; anything else is taken for the contract's JSON.
    pub(super) is_xml: bool,
}

impl<S: Send + Sync> FromRequest<S> for Letter {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let headers = request.headers().clone();
        let Bytes(body) = Bytes::from_request(request, state).await?;
        Ok(Self { headers, body })
    }
}

impl Letter {
    /// Believes a message that is signed with one of the sender's secrets.
    ///
    /// # Errors
    /// 401 says what is wrong with the signature.
    pub(super) fn believe(self, secrets: &Secrets, now: Instant) -> Result<Believed, Problem> {
        let header = |name| self.headers.get(name).and_then(|value| value.to_str().ok());
        let headers = Headers::read(header).map_err(refused)?;
        verify(&secrets.now(), headers, &self.body, now).map_err(refused)?;
        let media_type =
            header(CONTENT_TYPE.as_str()).unwrap_or_default().split(';').next().unwrap_or_default();
        let is_xml =
            ["application/xml", "text/xml"].contains(&media_type.trim().to_ascii_lowercase().as_str());
        Ok(Believed { id: headers.id.to_owned(), body: self.body, is_xml })
    }
}

fn refused(why: BadSignature) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "bad_signature", why.to_string())
}
