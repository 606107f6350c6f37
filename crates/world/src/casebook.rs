//! Whose incidents the simulated people look after: those of the replayed day. What somebody else reports is left
//! to them.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use crate::api::Api;

/// The incidents of the simulated people; clones are the same book.
#[derive(Debug, Clone, Default)]
pub struct Casebook(Arc<Mutex<HashSet<String>>>);

impl Casebook {
    /// Notes the incident that an alert or a call opened or joined, as the gateway answered.
    pub fn note(&self, answer: &Value) {
        if let Some(id) = answer["incident"]["id"].as_str() {
            self.incidents().insert(id.to_owned());
        }
    }

    /// Notes every incident that is open now: what an earlier day has left.
    ///
    /// # Errors
    /// If the gateway does not answer.
    pub async fn take_over(&self, desk: &Api) -> Result<(), reqwest::Error> {
        const OPEN: &str = "/v1/incidents?status=open&limit=200";
        let mut path = OPEN.to_owned();
        loop {
            let page = desk.get(&path).await?.body;
            let ids = page["items"].as_array().into_iter().flatten().filter_map(|item| item["id"].as_str());
            self.incidents().extend(ids.map(str::to_owned));
            let Some(next) = page["next"].as_str() else { return Ok(()) };
            path = format!("{OPEN}&after={next}");
        }
    }

    /// Whether a contact or a dispatch belongs to one of them.
    pub(crate) fn holds(&self, measure: &Value) -> bool {
        measure["incident_id"].as_str().is_some_and(|id| self.incidents().contains(id))
    }

    fn incidents(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use serde_json::json;

    use super::*;
    use crate::testing::Gateway;

    #[tokio::test]
    async fn it_holds_what_was_reported_and_what_was_open_before() {
        let gateway = Gateway::start().await;
        let (first, second) =
            ("/v1/incidents?status=open&limit=200", "/v1/incidents?status=open&limit=200&after=c");
        gateway.answers(first, StatusCode::OK, json!({ "items": [{ "id": "i1" }], "next": "c" }));
        gateway.answers(second, StatusCode::OK, json!({ "items": [{ "id": "i2" }], "next": null }));
        let book = Casebook::default();
        book.take_over(&gateway.api()).await.unwrap();
        book.note(&json!({ "incident": { "id": "i3" } }));
        for (id, held) in [("i1", true), ("i2", true), ("i3", true), ("i4", false)] {
            assert_eq!(book.holds(&json!({ "incident_id": id })), held, "{id}");
        }
    }
}
