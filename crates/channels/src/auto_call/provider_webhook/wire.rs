//! The wire form of automatic calls to a provider and of its results.

use domain::auto_call::{Answer, KEYS_MAX, LANGUAGE, MAX_SECONDS};
use domain::id::MeasureId;
use serde::Serialize;
use serde_json::Value;

use crate::auto_call::{Ask, CallRequest, CallResult};
use crate::event::{Event, moment};
use crate::form::{self, Malformed, measure_id, word};

const RESULT: &str = "auto_call.result";
/// Without an outcome a response is no answer.
pub(super) const DECISIVE: &str = "outcome";

#[derive(Serialize)]
pub(super) struct CallData<'a> {
    contact_id: MeasureId,
    to: &'a str,
    script: &'a str,
    language: &'static str,
    max_seconds: u32,
}

pub(super) fn event(request: &CallRequest) -> Event<CallData<'_>> {
    Event {
        kind: match request.ask {
            Ask::Call => "auto_call.requested",
            Ask::Status => "auto_call.status_requested",
        },
        timestamp: moment(request.asked_at),
        data: CallData {
            contact_id: request.contact_id,
            to: request.to.reveal(),
            script: &request.script,
            language: LANGUAGE,
            max_seconds: MAX_SECONDS,
        },
    }
}

pub(super) fn read_result(body: &[u8]) -> Result<CallResult, Malformed> {
    form::read(body, |form, event| {
        let data = form.data_of(event, RESULT);
        let contact_id = form.required(&data.get("contact_id"), measure_id);
        let outcome = form.required(&data.get(DECISIVE), word);
        let seconds = form.optional(&data.get("seconds"), seconds);
        let keys = form.free_text(&data.get("keys"), KEYS_MAX);
        Some(CallResult { contact_id: contact_id?, answer: Answer { outcome: outcome?, seconds, keys } })
    })
}

fn seconds(value: &Value) -> Result<u32, String> {
    let seconds = value.as_u64().and_then(|seconds| u32::try_from(seconds).ok());
    // a day is longer than any call
    seconds.filter(|seconds| *seconds <= 86_400).ok_or_else(|| "expected whole seconds".to_owned())
}
