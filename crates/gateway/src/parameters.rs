//! What stands in the path, behind the question mark and in the `Idempotency-Key`.

use std::sync::Arc;

use axum::extract::{self, FromRef, FromRequestParts};
use axum::http::request::Parts;
use domain::clock::Clock;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::problem::Problem;
use crate::reading::{Read, read};

/// The variables of the path. One that cannot be an id names nothing: 404.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<S, T> FromRequestParts<S> for Path<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Send,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match extract::Path::from_request_parts(parts, state).await {
            Ok(extract::Path(variables)) => Ok(Self(variables)),
            Err(_) => Err(Problem::not_found()),
        }
    }
}

/// The `Idempotency-Key` of a request that creates or acts, where it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(pub Option<String>);

/// The longest idempotency key, in characters.
pub const IDEMPOTENCY_KEY_MAX_CHARS: usize = 255;

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let Some(header) = parts.headers.get("idempotency-key") else {
            return Ok(Self(None));
        };
        let key = header.to_str().ok().map(str::trim);
        let key = key.filter(|key| (1..=IDEMPOTENCY_KEY_MAX_CHARS).contains(&key.len()));
        key.map(|key| Self(Some(key.to_owned()))).ok_or_else(|| {
            let detail = format!("an Idempotency-Key has 1 to {IDEMPOTENCY_KEY_MAX_CHARS} ASCII characters");
            Problem::unreadable(detail)
        })
    }
}

/// The query, read like a body: 422 names every bad parameter as `/` and its name. A parameter without a
/// value is as good as missing, of one given twice the last counts, unknown ones are passed over.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<S, T> FromRequestParts<S> for Query<T>
where
    S: Send + Sync,
    T: Read,
    Arc<dyn Clock>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let extract::Query(pairs) = extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|_| Problem::unreadable("the query cannot be parsed"))?;
        let given = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let query: Map<_, _> = given.map(|(name, value)| (name, Value::String(value))).collect();
        read(&Value::Object(query), Arc::from_ref(state).now()).map(Self).map_err(Problem::invalid)
    }
}
