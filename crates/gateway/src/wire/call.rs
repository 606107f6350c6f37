//! 110 calls: what the desk sends, and what is kept.

use domain::call::{self, CallReport, MAX_RELATIVES, MAX_TRANSFERS};
use domain::clock::Instant;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::list::List;
use super::person::{Location, Relative, Reporter};
use super::spelled::{
    CallId, DivisionCode, IncidentId, Narrative, OperatorId, Past, PastTime, PhoneNumber, Reference,
    ScamType, Time,
};
use super::text::Text;
use super::transfer::Transfer;
use crate::reading::{Place, Read, Reading, request};

/// The relatives of a call or alert.
pub type Relatives = List<Relative, MAX_RELATIVES>;
/// The transfers of a call.
pub type Transfers = List<Transfer, MAX_TRANSFERS>;

request! {
    /// What the dispatcher has heard so far: the caller's phone first, the story later.
    #[derive(Debug, Clone, PartialEq, ToSchema)]
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
        #[schema(inline, required = false)]
        relatives: Relatives,
        /// Money already on its way to the fraudster.
        #[schema(inline, required = false)]
        transfers: Transfers,
    }
}

impl Report {
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
            relatives: self.relatives.0.into_iter().map(Into::into).collect(),
            transfers: self.transfers.0.into_iter().map(Into::into).collect(),
        }
    }
}

/// What is kept of a call's body: all that was said, known to us or not, and always when the phone was
/// picked up, so that reading it again after a patch does not move that time.
#[must_use]
pub fn said(body: Value, report: &CallReport) -> Value {
    merge_patch(body, json!({ "received_at": Text(report.received_at) }))
}

/// A JSON merge patch of a [`Report`] (RFC 7396).
#[derive(Debug, Clone, PartialEq)]
pub struct Patch(pub Value);

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
