//! 110 calls: what the desk sends, and what is kept.

use std::borrow::Cow;

use domain::call::{self, CallReport, MAX_RELATIVES, MAX_TRANSFERS};
use domain::clock::Instant;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::dispatch::Dispatch;
use super::incident::Incident;
use super::list::{List, items};
use super::person::{Location, Relative, Reporter};
use super::spelled::{
    CallId, DivisionCode, IncidentId, Narrative, OperatorId, Past, PastTime, PhoneNumber, Reference,
    ScamType, Time,
};
use super::stop_payment::StopPayment;
use super::text::Text;
use super::transfer::Transfer;
use crate::reading::{Place, Read, Reading, request};

/// The relatives of a call or alert.
pub type Relatives = List<Relative, MAX_RELATIVES>;
/// The transfers of a call.
pub type Transfers = List<Transfer, MAX_TRANSFERS>;

request! {
    /// What the dispatcher has heard so far: the caller's phone first, the story later.
    #[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
    #[schema(as = CallReport)]
    pub struct Report {
        /// The 110 system's own reference; unique where given.
        call_ref: Option<Reference>,
        /// When the phone was picked up; now where it is not given.
        received_at: Option<PastTime>,
        /// The line that rang.
        caller_phone: PhoneNumber,
        /// The victim: the caller, or someone the caller speaks for.
        reporter: Option<Reporter>,
        /// As far as the dispatcher can tell.
        scam_type: Option<ScamType>,
        /// The story in the caller's words.
        narrative: Option<Narrative>,
        /// Where the victim is.
        location: Option<Location>,
        /// The district the victim is in.
        division_code: Option<DivisionCode>,
        /// Who else may be called.
        relatives: Option<Relatives>,
        /// Money already on its way to the fraudster.
        transfers: Option<Transfers>,
    }
}

impl Report {
    /// What is kept of a call: all that was said in `raw`, known to us or not, in our spelling where we know
    /// it, and always when the phone was picked up, so that a later patch does not move that time.
    #[must_use]
    pub fn kept(&self, raw: Value, now: Instant) -> Value {
        let received_at = self.received_at.clone().unwrap_or(Text(Past(now)));
        let read = json!(self);
        merge_patch(merge_patch(raw, read), json!({ "received_at": received_at }))
    }

    /// The report as the domain knows it; the phone was picked up `now` unless it says otherwise.
    #[must_use]
    pub fn into_domain(self, now: Instant) -> CallReport {
        CallReport {
            call_ref: self.call_ref.map(Into::into),
            received_at: self.received_at.map_or(now, |Text(Past(at))| at),
            caller_phone: self.caller_phone.0,
            reporter: self.reporter.map(Into::into),
            scam_type: self.scam_type.map(|Text(scam_type)| scam_type),
            narrative: self.narrative.map(Into::into),
            location: self.location.map(Into::into),
            division_code: self.division_code.map(|Text(code)| code),
            relatives: items(self.relatives),
            transfers: items(self.transfers),
        }
    }
}

/// A JSON merge patch of a [`Report`] (RFC 7396): [`merge_patch`] it onto the kept body and read that again.
#[derive(Debug, Clone, PartialEq)]
pub struct Patch(pub Value);

impl PartialSchema for Patch {
    fn schema() -> RefOr<Schema> {
        let says = "A JSON merge patch (RFC 7396) of a CallReport: what is given replaces, null removes, and a \
                    list is replaced whole. The call as a whole must then still be a CallReport.";
        ObjectBuilder::new().schema_type(Type::Object).description(Some(says)).into()
    }
}

impl ToSchema for Patch {
    fn name() -> Cow<'static, str> {
        "CallPatch".into()
    }
}

impl Read for Patch {
    fn read(place: &Place<'_>, reading: &mut Reading) -> Option<Self> {
        place.object(reading).map(|patch| Self(patch.clone()))
    }
}

/// A call as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Call {
    /// Its id.
    id: CallId,
    /// The incident it opened or joined.
    incident_id: IncidentId,
    /// Who took it.
    taken_by_id: OperatorId,
    /// When it was saved.
    created_at: Time,
    /// What was said.
    #[serde(flatten)]
    #[schema(value_type = Report)]
    body: Value,
}

impl From<&call::Call> for Call {
    fn from(call: &call::Call) -> Self {
        Self {
            id: Text(call.id),
            incident_id: Text(call.incident_id),
            taken_by_id: Text(call.taken_by),
            created_at: Text(call.created_at),
            body: call.body.clone(),
        }
    }
}

/// Something to read back to the caller; never a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CallNotice)]
pub struct Notice {
    /// The field it is about, as a JSON pointer into the report.
    pointer: String,
    /// What to do.
    detail: String,
}

impl From<call::Notice> for Notice {
    fn from(notice: call::Notice) -> Self {
        Self { pointer: notice.pointer, detail: notice.says }
    }
}

/// What a call set in motion.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TakenCall {
    /// The call as it is kept.
    pub call: Call,
    /// The incident it opened or joined.
    pub incident: Incident,
    /// One order for each transfer, in their order; a `draft` lacks what `missing` names.
    pub stop_payments: Vec<StopPayment>,
    /// The station that was ordered out, unless the incident already had one.
    pub dispatch: Option<Dispatch>,
    /// What to read back to the caller.
    pub notices: Vec<Notice>,
    /// What the narrative tells by its words; null where there is none. Its `scam_type` is a suggestion: the call and
    /// the incident keep what a person names, or none until then.
    pub text: Option<super::rules::Reading>,
}

/// Applies a JSON merge patch (RFC 7396): members of `patch` replace those of `target`, null removes, and
/// a list is replaced whole.
#[must_use]
pub fn merge_patch(target: Value, patch: Value) -> Value {
    let Value::Object(patch) = patch else {
        return patch;
    };
    let mut merged = match target {
        Value::Object(members) => members,
        _ => serde_json::Map::new(),
    };
    for (name, change) in patch {
        if change.is_null() {
            merged.remove(&name);
        } else {
            let before = merged.remove(&name).unwrap_or(Value::Null);
            merged.insert(name, merge_patch(before, change));
        }
    }
    Value::Object(merged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_merges_as_rfc_7396_shows() {
        // the examples of its appendix A
        for (target, patch, merged) in [
            (r#"{"a":"b"}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"b":"c"}"#, r#"{"a":"b","b":"c"}"#),
            (r#"{"a":"b","b":"c"}"#, r#"{"a":null}"#, r#"{"b":"c"}"#),
            (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":{"b":"c"}}"#, r#"{"a":{"b":"d","c":null}}"#, r#"{"a":{"b":"d"}}"#),
            (r#"{"a":[{"b":"c"}]}"#, r#"{"a":[1]}"#, r#"{"a":[1]}"#),
            (r#"["a","b"]"#, r#"["c","d"]"#, r#"["c","d"]"#),
            (r#"{"e":null}"#, r#"{"a":1}"#, r#"{"e":null,"a":1}"#),
            (r#"[1,2]"#, r#"{"a":"b","c":null}"#, r#"{"a":"b"}"#),
            (r#"{}"#, r#"{"a":{"bb":{"ccc":null}}}"#, r#"{"a":{"bb":{}}}"#),
        ] {
            let json = |text| serde_json::from_str::<Value>(text).unwrap();
            assert_eq!(merge_patch(json(target), json(patch)), json(merged), "{target} + {patch}");
        }
    }
}
