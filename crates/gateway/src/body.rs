//! Request bodies: read within a limit, parsed whole, then read field by field.
//!
//! 408 too slow, 413 too large, 415 not JSON, 400 cannot be parsed, 422 with every bad field. A number beyond
//! what JSON parsers hold and nesting beyond 128 levels are 400; of a member given twice the last one counts.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRef, FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use domain::alert::MAX_BATCH;
use domain::clock::{Clock, Instant};
use futures::StreamExt;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::acting::NO_BODY;
use crate::problem::Problem;
use crate::reading::{Read, read};

/// The largest body.
pub const BODY_MAX_BYTES: usize = 1 << 20;
/// As what a configuration file may be sent.
const FILE_TYPES: [&str; 2] = ["application/toml", "text/plain"];
/// The largest batch of alerts.
pub const BATCH_MAX_BYTES: usize = 16 << 20;
/// How much of a body that is too large is still taken off the line: a client that is writing does not
/// hear the answer before it is done.
const DISCARD_MAX_BYTES: usize = 64 << 20;

/// How long a client may take to send its body; shorter than the time limit of the whole answer.
const BODY_WITHIN: Duration = Duration::from_secs(20);

const JSON: &str = "application/json";
const JSON_OR_LINES: &str = "application/json or application/x-ndjson";

/// A JSON body.
#[derive(Debug)]
pub struct Body<T> {
    /// What was read.
    pub value: T,
    /// The document as it came, unknown members and all.
    pub raw: Value,
    /// SHA-256 of the bytes: tells whether an idempotency key comes with the same body again.
    pub digest: [u8; 32],
}

impl<S, T> FromRequest<S> for Body<T>
where
    S: Send + Sync,
    T: Read,
    Arc<dyn Clock>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (media_type, bytes) = receive(request, BODY_MAX_BYTES).await?;
        match media_type {
            Some(MediaType::Json) => {}
            Some(MediaType::JsonLines) | None => return Err(Problem::wrong_type(JSON)),
        }
        let raw = parse(&bytes)?;
        let value = read(&raw, Arc::from_ref(state).now()).map_err(Problem::invalid)?;
        Ok(Self { value, raw, digest: Sha256::digest(&bytes).into() })
    }
}

/// A JSON body that need not be there.
#[derive(Debug)]
pub struct OptionalBody<T> {
    /// What was read, if anything was sent.
    pub value: Option<T>,
    /// SHA-256 of the bytes, or [`crate::acting::NO_BODY`].
    pub digest: [u8; 32],
}

impl<S, T> FromRequest<S> for OptionalBody<T>
where
    S: Send + Sync,
    T: Read,
    Arc<dyn Clock>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let media_type = media_type(request.headers());
        let bytes = within_time(request, BODY_MAX_BYTES).await?;
        if bytes.is_empty() {
            return Ok(Self { value: None, digest: NO_BODY });
        }
        match media_type {
            Some(MediaType::Json) => {}
            Some(MediaType::JsonLines) | None => return Err(Problem::wrong_type(JSON)),
        }
        let value = read(&parse(&bytes)?, Arc::from_ref(state).now()).map_err(Problem::invalid)?;
        Ok(Self { value: Some(value), digest: Sha256::digest(&bytes).into() })
    }
}

/// A body as it came, for whoever must check its signature before reading it.
#[derive(Debug)]
pub struct Bytes(pub Vec<u8>);

impl<S: Send + Sync> FromRequest<S> for Bytes {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let (_, bytes) = receive(request, BODY_MAX_BYTES).await?;
        Ok(Self(bytes))
    }
}

/// A configuration file as it came, in UTF-8.
#[derive(Debug)]
pub struct FileText(pub String);

impl<S: Send + Sync> FromRequest<S> for FileText {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let essence = request.headers().get(CONTENT_TYPE).and_then(|header| header.to_str().ok());
        let essence = essence.and_then(|header| header.split(';').next()).map(str::trim).unwrap_or_default();
        if !FILE_TYPES.iter().any(|known| known.eq_ignore_ascii_case(essence)) {
            return Err(Problem::wrong_type("application/toml or text/plain"));
        }
        let (_, bytes) = receive(request, BODY_MAX_BYTES).await?;
        let text = String::from_utf8(bytes).map_err(|_| Problem::unreadable("the body is not UTF-8"))?;
        if text.contains('\0') {
            return Err(Problem::unreadable("the body contains the character U+0000, which cannot be kept"));
        }
        Ok(Self(text))
    }
}

/// Up to [`MAX_BATCH`] documents, as a JSON array or one a line. A bad one fails alone.
#[derive(Debug)]
pub struct Batch<T> {
    /// In the order they came.
    pub lines: Vec<Result<Line<T>, Problem>>,
    /// Whether they came one a line.
    pub line_by_line: bool,
    /// SHA-256 of the bytes.
    pub digest: [u8; 32],
}

/// One document of a batch.
#[derive(Debug)]
pub struct Line<T> {
    /// What was read.
    pub value: T,
    /// The document as it came.
    pub raw: Value,
}

impl<S, T> FromRequest<S> for Batch<T>
where
    S: Send + Sync,
    T: Read,
    Arc<dyn Clock>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (media_type, bytes) = receive(request, BATCH_MAX_BYTES).await?;
        let (documents, line_by_line) = match media_type {
            Some(MediaType::Json) => match parse(&bytes)? {
                Value::Array(documents) => (documents.into_iter().map(Ok).collect(), false),
                _ => return Err(Problem::invalid_field("", "expected an array")),
            },
            Some(MediaType::JsonLines) => (lines(&bytes), true),
            None => return Err(Problem::wrong_type(JSON_OR_LINES)),
        };
        if documents.is_empty() || documents.len() > MAX_BATCH {
            let detail = format!("a batch holds 1 to {MAX_BATCH} documents");
            return Err(Problem::invalid_field("", detail));
        }
        let now = Arc::from_ref(state).now();
        Ok(Self {
            lines: documents.into_iter().map(|document| line(document?, now)).collect(),
            line_by_line,
            digest: Sha256::digest(&bytes).into(),
        })
    }
}

fn line<T: Read>(raw: Value, now: Instant) -> Result<Line<T>, Problem> {
    let value = read(&raw, now).map_err(Problem::invalid)?;
    Ok(Line { value, raw })
}

fn lines(bytes: &[u8]) -> Vec<Result<Value, Problem>> {
    bytes
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty())
        .take(MAX_BATCH + 1)
        .map(parse)
        .collect()
}

enum MediaType {
    Json,
    JsonLines,
}

fn media_type(headers: &HeaderMap) -> Option<MediaType> {
    let header = headers.get(CONTENT_TYPE)?.to_str().ok()?.to_ascii_lowercase();
    let (essence, parameters) = header.split_once(';').unwrap_or((&header, ""));
    let charset = parameters.split(';').find_map(|one| one.trim().strip_prefix("charset="));
    if charset.is_some_and(|charset| charset.trim_matches('"') != "utf-8") {
        return None;
    }
    match essence.trim() {
        "application/json" => Some(MediaType::Json),
        "application/x-ndjson" => Some(MediaType::JsonLines),
        other if other.starts_with("application/") && other.ends_with("+json") => Some(MediaType::Json),
        _ => None,
    }
}

async fn receive(request: Request, limit_bytes: usize) -> Result<(Option<MediaType>, Vec<u8>), Problem> {
    let media_type = media_type(request.headers());
    match within_time(request, limit_bytes).await? {
        empty if empty.is_empty() => Err(Problem::unreadable("the body is empty")),
        bytes => Ok((media_type, bytes)),
    }
}

async fn within_time(request: Request, limit_bytes: usize) -> Result<Vec<u8>, Problem> {
    match tokio::time::timeout(BODY_WITHIN, take(request, limit_bytes)).await {
        Ok(bytes) => bytes,
        Err(_elapsed) => Err(Problem::too_slow()),
    }
}

async fn take(request: Request, limit_bytes: usize) -> Result<Vec<u8>, Problem> {
    let mut stream = request.into_body().into_data_stream();
    let mut kept = Vec::new();
    let mut seen_bytes = 0;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| Problem::unreadable("the body broke off"))?;
        seen_bytes += chunk.len();
        if seen_bytes <= limit_bytes {
            kept.extend_from_slice(&chunk);
        } else if seen_bytes > DISCARD_MAX_BYTES {
            break;
        }
    }
    match seen_bytes {
        seen if seen > limit_bytes => Err(Problem::too_large(limit_bytes)),
        _ => Ok(kept),
    }
}

fn parse(bytes: &[u8]) -> Result<Value, Problem> {
    serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Problem::unreadable(format!("the body is not JSON in UTF-8 from line {line}, column {column} on"))
    })
}

#[cfg(test)]
mod tests;
