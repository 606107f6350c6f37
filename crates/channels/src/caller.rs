//! The one way out: a signed POST, and what its status says about delivery.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use domain::clock::Instant;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url, redirect};
use serde::Serialize;

use crate::told::Told;
use crate::webhook::{ID_HEADER, SIGNATURE_HEADER, Secrets, TIMESTAMP_HEADER, sign};

/// A party that takes longer to pick up is taken for away: nothing has been sent yet.
pub const CONNECT_WITHIN: Duration = Duration::from_secs(2);
/// How long a bank has for its whole answer, where the settings do not say otherwise: money is moving.
pub const BANK_ANSWERS_WITHIN: Duration = Duration::from_secs(5);
/// How long everybody else has.
pub const OTHERS_ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// The largest answer that is read, in bytes.
pub const ANSWER_MAX_BYTES: usize = 64 * 1024;
/// The longest wait a party may ask for; without a limit it could silence us for good.
pub const RETRY_AFTER_MAX: TimeDelta = TimeDelta::hours(1);

/// Where a party listens, and the secrets that sign what it is sent (several while one is being changed).
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    url: Url,
    secrets: Secrets,
}

/// Nobody can be called there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotEndpoint {
    /// No web address, or one with credentials, which would end up in logs.
    #[error("expected an http:// or https:// address without user name and password")]
    Address,
    /// Nothing is sent unsigned.
    #[error("an endpoint needs a secret to sign with")]
    NoSecret,
}

impl Endpoint {
    /// Reads an address.
    ///
    /// # Errors
    /// [`NotEndpoint`] says what is wrong.
    pub fn parse(url: &str, secrets: impl Into<Secrets>) -> Result<Self, NotEndpoint> {
        let secrets = secrets.into();
        let url = Url::parse(url).map_err(|_| NotEndpoint::Address)?;
        let web = matches!(url.scheme(), "http" | "https") && url.has_host();
        if !web || !url.username().is_empty() || url.password().is_some() {
            return Err(NotEndpoint::Address);
        }
        if secrets.is_empty() {
            return Err(NotEndpoint::NoSecret);
        }
        Ok(Self { url, secrets })
    }

    /// What signs what is sent there.
    #[must_use]
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }
}

/// Without path and query: they may hold a provider's key.
impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({})", self.url.origin().ascii_serialization())
    }
}

/// A client for many calls to many parties; cloning it shares its connections.
#[derive(Debug, Clone)]
pub struct Caller(Client);

/// This machine cannot make an HTTP client.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up the HTTP client: {0}")]
pub struct NoClient(String);

impl Caller {
    /// A caller that waits `answer_within` for the whole of an answer.
    ///
    /// # Errors
    /// [`NoClient`] if TLS cannot be set up on this machine.
    pub fn new(answer_within: Duration) -> Result<Self, NoClient> {
        // an error says that the process has its provider already: as good
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = || {
            Client::builder()
                .user_agent(concat!("lanjie/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(CONNECT_WITHIN)
                .timeout(answer_within)
                .redirect(redirect::Policy::none())
                .no_proxy()
        };
        // A machine without any certificate authority can still speak plain HTTP; every https is then untrusted.
        client()
            .build()
            .or_else(|_| client().tls_certs_only([]).build())
            .map(Self)
            .map_err(|error| NoClient(root_cause(error)))
    }

    /// Posts `event` as JSON, signed; answers the body of a 2xx.
    pub(crate) async fn post(
        &self,
        endpoint: &Endpoint,
        message_id: &str,
        event: &impl Serialize,
        now: Instant,
    ) -> Told<Vec<u8>> {
        #[expect(clippy::unwrap_used, reason = "our wire types have text keys and no fallible part")]
        let body = serde_json::to_vec(event).unwrap();
        self.send(endpoint, message_id, "application/json", body, now).await
    }

    /// Posts a document as XML in UTF-8, signed; answers the body of a 2xx.
    pub(crate) async fn post_xml(
        &self,
        endpoint: &Endpoint,
        message_id: &str,
        document: Vec<u8>,
        now: Instant,
    ) -> Told<Vec<u8>> {
        self.send(endpoint, message_id, "application/xml", document, now).await
    }

    async fn send(
        &self,
        endpoint: &Endpoint,
        message_id: &str,
        media_type: &'static str,
        body: Vec<u8>,
        now: Instant,
    ) -> Told<Vec<u8>> {
        let sent = self
            .0
            .post(endpoint.url.clone())
            .header(CONTENT_TYPE, media_type)
            .header(ID_HEADER, message_id)
            .header(TIMESTAMP_HEADER, now.timestamp())
            .header(SIGNATURE_HEADER, sign(&endpoint.secrets.now(), message_id, now, &body))
            .body(body)
            .send()
            .await;
        match sent {
            Ok(response) if response.status().is_success() => read(response).await,
            Ok(response) => not_a_success(response.status(), response.headers(), now),
            Err(error) if error.is_connect() || error.is_builder() => {
                Told::NotDelivered { detail: root_cause(error), retry_after: None }
            }
            Err(error) => Told::Unknown { detail: root_cause(error) },
        }
    }
}

async fn read(mut response: Response) -> Told<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > ANSWER_MAX_BYTES => {
                return Told::Unreadable {
                    detail: format!("the answer is longer than {ANSWER_MAX_BYTES} bytes"),
                };
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Told::Answered(body),
            Err(error) => {
                return Told::Unknown { detail: root_cause(error) };
            }
        }
    }
}

fn not_a_success(status: StatusCode, headers: &HeaderMap, now: Instant) -> Told<Vec<u8>> {
    let detail = format!("answered {status}");
    match status {
        StatusCode::REQUEST_TIMEOUT
        | StatusCode::TOO_EARLY
        | StatusCode::TOO_MANY_REQUESTS
        | StatusCode::SERVICE_UNAVAILABLE => {
            Told::NotDelivered { detail, retry_after: retry_after(headers, now) }
        }
        // followed nowhere: a signed order goes to the configured address only
        status if status.is_redirection() => Told::NotDelivered { detail, retry_after: None },
        status if status.is_client_error() => Told::Refused { status: status.as_u16(), detail },
        _ => Told::Unknown { detail },
    }
}

/// Seconds or an HTTP date, at most [`RETRY_AFTER_MAX`].
fn retry_after(headers: &HeaderMap, now: Instant) -> Option<TimeDelta> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
    let wait = match text.parse::<u32>() {
        Ok(seconds) => TimeDelta::seconds(seconds.into()),
        Err(_) => DateTime::parse_from_rfc2822(text).ok()?.to_utc() - now,
    };
    Some(wait.clamp(TimeDelta::zero(), RETRY_AFTER_MAX))
}

/// The innermost cause says most; the address may hold a provider's key and is left out.
fn root_cause(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut cause: &dyn Error = &error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests;
