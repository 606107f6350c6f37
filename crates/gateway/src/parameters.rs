//! What stands in the path and behind the question mark.

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
