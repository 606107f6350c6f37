//! What the officers found: four look-ups, three questions, one protection.

use std::borrow::Cow;

use domain::clock::{Instant, at_the_glass};
use domain::dispatch::{self, MAX_EVIDENCE, MAX_MEASURES, MAX_OFFICERS, MIN_OFFICERS};
use domain::person::ADDRESS_MAX_CHARS;
use serde::Serialize;
use utoipa::openapi::{ArrayBuilder, Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::problem::FieldFault;
use crate::reading::{Place, Read, Reading, request};
use crate::wire::list::{List, items};
use crate::wire::money::Money;
use crate::wire::spelled::{Date, EvidenceKind, Note, Past, PastTime, Reference, Sha256, Time};
use crate::wire::text::{Bounded, Text};

/// Protective measures.
type Measures = List<Reference, MAX_MEASURES>;
/// What proves a visit.
type EvidenceList = List<Evidence, MAX_EVIDENCE>;
/// Where they met, in words.
type MeetingPlace = Text<Bounded<ADDRESS_MAX_CHARS>>;

/// Names or numbers of officers: at least two different ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Officers(Vec<String>);

impl Read for Officers {
    fn read(place: &Place<'_>, reading: &mut Reading) -> Option<Self> {
        let names: Vec<Reference> = place.list(MAX_OFFICERS, reading)?;
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        match dispatch::Feedback::of(false, names) {
            Ok(feedback) => Some(Self(feedback.officers)),
            Err(too_few) => {
                reading.note(place, too_few.to_string());
                None
            }
        }
    }
}

impl PartialSchema for Officers {
    fn schema() -> RefOr<Schema> {
        ArrayBuilder::new()
            .items(Ref::from_schema_name(Reference::name()))
            .min_items(Some(MIN_OFFICERS))
            .max_items(Some(MAX_OFFICERS))
            .unique_items(true)
            .into()
    }
}

impl ToSchema for Officers {
    fn name() -> Cow<'static, str> {
        "Officers".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((Reference::name().into(), Reference::schema()));
    }
}

request! {
    /// What the officers found.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = DispatchFeedback)]
    pub struct Feedback {
        /// Whether they stood before the subject.
        seen: bool,
        /// Whether the subject will not pay.
        convinced: Option<bool>,
        /// What is lost already: the transfers are to be taken down and stopped.
        loss_so_far: Option<Money>,
        /// What was done to protect: `app_removed`, `number_blacklisted`, `bank_limit`, `anti_fraud_app`...
        measures: Option<Measures>,
        /// Who went: two different officers, whether they saw the subject or not.
        officers: Officers,
        /// In their words.
        note: Option<Note>,
        /// What they looked through on the subject's phone (四查看).
        look_ups: Option<LookUps>,
        /// What they asked (三询问).
        questions: Option<Questions>,
        /// The one thing that protects the subject from here on (一保护), in the words of `measures`.
        protection: Option<Reference>,
        /// Where they met the subject, in words.
        place: Option<MeetingPlace>,
        /// When they were at the door, by their own watch.
        arrived_at: Option<PastTime>,
        /// When they left; not before `arrived_at`.
        left_at: Option<PastTime>,
        /// When somebody should come again.
        next_visit_on: Option<Date>,
        /// What proves the visit, kept elsewhere and known here by its hash.
        evidence: Option<EvidenceList>,
    }
}

request! {
    /// The four look-ups (四查看).
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct LookUps {
        /// Calls and texts.
        calls_and_sms: LookUp,
        /// Chats.
        chats: LookUp,
        /// Apps of fraudsters.
        scam_apps: LookUp,
        /// Large or frequent transfers.
        large_transfers: LookUp,
    }
}

request! {
    /// What became of one look-up.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct LookUp {
        /// Whether they looked.
        checked: bool,
        /// Whether it showed something; only where they looked.
        found: Option<bool>,
        /// What.
        note: Option<Note>,
    }
}

request! {
    /// The three questions (三询问).
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Questions {
        /// Why the money is to be sent.
        why_transfer: Question,
        /// Whether the receiving account is a stranger's.
        unknown_account: Question,
        /// How the other side came into contact.
        how_contacted: Question,
    }
}

request! {
    /// What became of one question.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Question {
        /// Whether they asked.
        asked: bool,
        /// What the subject said; only where they asked.
        answer: Option<Note>,
    }
}

request! {
    /// Something that proves a visit.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    #[schema(as = VisitEvidence)]
    pub struct Evidence {
        /// What it is.
        kind: EvidenceKind,
        /// SHA-256 of its bytes, in hex.
        sha256: Sha256,
    }
}

impl Feedback {
    /// As the domain knows it.
    ///
    /// # Errors
    /// Every field that does not fit another one.
    pub fn into_domain(self, now: Instant) -> Result<dispatch::Feedback, Vec<FieldFault>> {
        let mut faults = vec![];
        let mut note = |pointer: &str, detail: &str| {
            faults.push(FieldFault { pointer: pointer.to_owned(), detail: detail.to_owned() });
        };
        for (name, look_up) in self.look_ups.iter().flat_map(LookUps::each) {
            if look_up.found.is_some() && !look_up.checked {
                note(&format!("/look_ups/{name}/found"), "can be known only where `checked` is true");
            }
        }
        for (name, question) in self.questions.iter().flat_map(Questions::each) {
            if question.answer.is_some() && !question.asked {
                note(&format!("/questions/{name}/answer"), "can be known only where `asked` is true");
            }
        }
        let at = |time: &Option<PastTime>| time.as_ref().map(|Text(Past(at))| *at);
        let (arrived_at, left_at) = (at(&self.arrived_at), at(&self.left_at));
        if left_at.zip(arrived_at).is_some_and(|(left, arrived)| left < arrived) {
            note("/left_at", "must not lie before `arrived_at`");
        }
        let next_visit_on = self.next_visit_on.map(|Text(date)| date);
        if next_visit_on.is_some_and(|date| date < at_the_glass(now).date_naive()) {
            note("/next_visit_on", "must not lie in the past");
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(dispatch::Feedback {
            seen: self.seen,
            convinced: self.convinced,
            loss_so_far: self.loss_so_far.map(|money| money.fen()),
            measures: items(self.measures),
            officers: self.officers.0,
            note: self.note.map(Into::into),
            look_ups: self.look_ups.map(Into::into),
            questions: self.questions.map(Into::into),
            protection: self.protection.map(Into::into),
            place: self.place.map(Into::into),
            arrived_at,
            left_at,
            next_visit_on,
            evidence: items(self.evidence),
        })
    }
}

impl LookUps {
    fn each(&self) -> [(&'static str, &LookUp); 4] {
        [
            ("calls_and_sms", &self.calls_and_sms),
            ("chats", &self.chats),
            ("scam_apps", &self.scam_apps),
            ("large_transfers", &self.large_transfers),
        ]
    }
}

impl Questions {
    fn each(&self) -> [(&'static str, &Question); 3] {
        [
            ("why_transfer", &self.why_transfer),
            ("unknown_account", &self.unknown_account),
            ("how_contacted", &self.how_contacted),
        ]
    }
}

impl From<LookUps> for dispatch::LookUps {
    fn from(wire: LookUps) -> Self {
        Self {
            calls_and_sms: wire.calls_and_sms.into(),
            chats: wire.chats.into(),
            scam_apps: wire.scam_apps.into(),
            large_transfers: wire.large_transfers.into(),
        }
    }
}

impl From<&dispatch::LookUps> for LookUps {
    fn from(look_ups: &dispatch::LookUps) -> Self {
        Self {
            calls_and_sms: (&look_ups.calls_and_sms).into(),
            chats: (&look_ups.chats).into(),
            scam_apps: (&look_ups.scam_apps).into(),
            large_transfers: (&look_ups.large_transfers).into(),
        }
    }
}

impl From<LookUp> for dispatch::LookUp {
    fn from(wire: LookUp) -> Self {
        Self { checked: wire.checked, found: wire.found, note: wire.note.map(Into::into) }
    }
}

impl From<&dispatch::LookUp> for LookUp {
    fn from(look_up: &dispatch::LookUp) -> Self {
        Self { checked: look_up.checked, found: look_up.found, note: look_up.note.as_ref().map(Into::into) }
    }
}

impl From<Questions> for dispatch::Questions {
    fn from(wire: Questions) -> Self {
        Self {
            why_transfer: wire.why_transfer.into(),
            unknown_account: wire.unknown_account.into(),
            how_contacted: wire.how_contacted.into(),
        }
    }
}

impl From<&dispatch::Questions> for Questions {
    fn from(questions: &dispatch::Questions) -> Self {
        Self {
            why_transfer: (&questions.why_transfer).into(),
            unknown_account: (&questions.unknown_account).into(),
            how_contacted: (&questions.how_contacted).into(),
        }
    }
}

impl From<Question> for dispatch::Question {
    fn from(wire: Question) -> Self {
        Self { asked: wire.asked, answer: wire.answer.map(Into::into) }
    }
}

impl From<&dispatch::Question> for Question {
    fn from(question: &dispatch::Question) -> Self {
        Self { asked: question.asked, answer: question.answer.as_ref().map(Into::into) }
    }
}

impl From<Evidence> for dispatch::Evidence {
    fn from(wire: Evidence) -> Self {
        Self { kind: wire.kind.0, sha256: wire.sha256.0.0 }
    }
}

/// What the officers found, as it is kept. What they did not report is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Found {
    seen: bool,
    convinced: Option<bool>,
    loss_so_far: Option<Money>,
    measures: Vec<String>,
    officers: Vec<String>,
    note: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    look_ups: Option<LookUps>,
    #[serde(skip_serializing_if = "Option::is_none")]
    questions: Option<Questions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    protection: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arrived_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_visit_on: Option<Date>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    evidence: Vec<FoundEvidence>,
}

/// Something that proves a visit, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct FoundEvidence {
    kind: EvidenceKind,
    /// SHA-256 of its bytes, in hex.
    sha256: String,
}

impl From<&dispatch::Feedback> for Found {
    fn from(feedback: &dispatch::Feedback) -> Self {
        let evidence = feedback.evidence.iter();
        Self {
            seen: feedback.seen,
            convinced: feedback.convinced,
            loss_so_far: feedback.loss_so_far.map(Into::into),
            measures: feedback.measures.clone(),
            officers: feedback.officers.clone(),
            note: feedback.note.clone(),
            look_ups: feedback.look_ups.as_ref().map(Into::into),
            questions: feedback.questions.as_ref().map(Into::into),
            protection: feedback.protection.clone(),
            place: feedback.place.clone(),
            arrived_at: feedback.arrived_at.map(Text),
            left_at: feedback.left_at.map(Text),
            next_visit_on: feedback.next_visit_on.map(Text),
            evidence: evidence
                .map(|one| FoundEvidence { kind: Text(one.kind), sha256: one.sha256.clone() })
                .collect(),
        }
    }
}
