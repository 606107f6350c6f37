//! Somebody with a token.

use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;

/// A client of the gateway.
#[derive(Debug, Clone)]
pub struct Client {
    base: String,
    token: Option<String>,
    http: reqwest::Client,
}

/// What the gateway answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The JSON; null where there is none.
    pub body: Value,
}

impl Client {
    pub(crate) fn new(base: &str, token: Option<&str>) -> Self {
        // a proxy of the machine must not come between the town and itself
        let http = reqwest::Client::builder().no_proxy().build().expect("a client can be made");
        Self { base: base.to_owned(), token: token.map(str::to_owned), http }
    }

    /// A request to be made by hand.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends a request made by hand.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.expect("the gateway answers");
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.expect("the gateway finishes its answer");
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Answer { status, headers, body }
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// Acts.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body)).await
    }

    /// Acts once, however often it is sent under the same key.
    pub async fn post_once(&self, key: &str, path: &str, body: Value) -> Answer {
        let request = self.request(Method::POST, path).header("idempotency-key", key);
        self.send(request.json(&body)).await
    }

    /// Completes.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(&body)).await
    }

    /// The items of the first page of a list.
    pub async fn list(&self, path: &str) -> Vec<Value> {
        self.get(path).await.expect(StatusCode::OK)["items"].as_array().cloned().expect("a list has items")
    }
}

impl Answer {
    /// The body, after making sure of the status.
    ///
    /// # Panics
    /// When the status is another one, showing the body.
    #[must_use]
    #[track_caller]
    pub fn expect(self, status: StatusCode) -> Value {
        assert_eq!(self.status, status, "{:#}", self.body);
        self.body
    }

    /// The pointers of the fields that were refused, in order.
    #[must_use]
    pub fn pointers(&self) -> Vec<&str> {
        let errors = self.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut pointers: Vec<&str> = errors.iter().filter_map(|error| error["pointer"].as_str()).collect();
        pointers.sort_unstable();
        pointers
    }
}
