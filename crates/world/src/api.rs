//! A client of Lanjie's REST API that knows the contract and no more.

use axum::http::StatusCode;
use serde_json::Value;
use uuid::Uuid;

/// One person or machine with its token; clones are the same client.
#[derive(Clone)]
pub struct Api {
    base: String,
    token: String,
    client: reqwest::Client,
}

/// What the API answered; the body is null where there is none.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The JSON.
    pub body: Value,
}

impl Api {
    /// A client of the gateway at `base`, such as `http://127.0.0.1:8110`.
    #[must_use]
    pub fn new(base: impl Into<String>, token: impl Into<String>) -> Self {
        Self { base: base.into(), token: token.into(), client: crate::surroundings::http_client() }
    }

    /// Reads `path`, such as `/v1/contacts?status=pending`.
    ///
    /// # Errors
    /// If nothing answers.
    pub async fn get(&self, path: &str) -> Result<Reply, reqwest::Error> {
        self.send(self.client.get(self.url(path))).await
    }

    /// Reads a page that is no JSON, such as the metrics of the operations address.
    ///
    /// # Errors
    /// If nothing answers.
    pub async fn text(&self, path: &str) -> Result<String, reqwest::Error> {
        self.client.get(self.url(path)).bearer_auth(&self.token).send().await?.text().await
    }

    /// Acts; each call is an act of its own.
    ///
    /// # Errors
    /// If nothing answers: the act may have happened.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Reply, reqwest::Error> {
        let key = Uuid::now_v7().to_string();
        let request = self.client.post(self.url(path)).header("idempotency-key", key);
        self.send(request.json(body)).await
    }

    /// The first page of a list: its items.
    ///
    /// # Errors
    /// If nothing answers.
    pub async fn list(&self, path: &str) -> Result<Vec<Value>, reqwest::Error> {
        let reply = self.get(path).await?;
        Ok(reply.body["items"].as_array().cloned().unwrap_or_default())
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Reply, reqwest::Error> {
        let response = request.bearer_auth(&self.token).send().await?;
        let status = response.status();
        let body = serde_json::from_slice(&response.bytes().await?).unwrap_or_default();
        Ok(Reply { status, body })
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}
