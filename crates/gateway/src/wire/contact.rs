//! The desk's phone queue.

use domain::clock::Instant;
use domain::contact::{self, State};
use domain::tier::Grade;
use serde::Serialize;
use utoipa::ToSchema;

use super::spelled::{
    ContactOutcome, ContactRole, ContactStatus, ContactVerdict, IncidentId, MeasureId, Note, OperatorId,
    Party, PersonName, PhoneNumber, Tier, Time,
};
use super::text::Text;
use crate::reading::request;

request! {
    /// How one try ended.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = ContactReport)]
    pub struct Report {
        /// What the dispatcher heard.
        pub outcome: ContactOutcome,
        /// In their words.
        pub note: Option<Note>,
        /// Who was on the line as well, in a three-way call: `96110`, a bank, a relative.
        pub three_way_with: Option<Party>,
    }
}

/// The task to reach one person by voice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Contact {
    id: MeasureId,
    incident_id: IncidentId,
    created_at: Time,
    /// Its incident's, which decides its place in the queue; null until the first assessment.
    tier: Option<Tier>,
    /// Whether its incident is urgent.
    urgent: bool,
    /// A claim that has run out is pending again.
    status: ContactStatus,
    /// The plan's step that ordered it.
    step: Option<String>,
    /// Who is to be reached.
    role: ContactRole,
    name: Option<PersonName>,
    /// Whom to dial.
    phone: PhoneNumber,
    /// When to dial.
    due_at: Time,
    /// Nobody has claimed it within the time that the plan gives.
    overdue: bool,
    /// Tries made.
    attempts: u32,
    /// Tries allowed.
    max_attempts: u32,
    /// Who dials, while it is claimed.
    claimed_by_id: Option<OperatorId>,
    /// When the claim is given back by itself.
    claimed_until: Option<Time>,
    /// Who was on the line as well in the last three-way call.
    three_way_with: Option<String>,
    /// How it ended.
    verdict: Option<ContactVerdict>,
    /// When it ended.
    ended_at: Option<Time>,
    /// Everything real except the outside; never counted.
    drill: bool,
}

impl Contact {
    /// The contact as it stands at `now`, with its incident's grade, in a drill or in earnest.
    #[must_use]
    pub fn at(contact: &contact::Contact, grade: Option<Grade>, drill: bool, now: Instant) -> Self {
        let (claim, end) = match &contact.state {
            State::Claimed { by, until } if *until > now => (Some((*by, *until)), None),
            State::Done { verdict, at } => (None, Some((*verdict, *at))),
            State::Pending | State::Claimed { .. } | State::Cancelled => (None, None),
        };
        Self {
            id: Text(contact.id),
            incident_id: Text(contact.incident_id),
            created_at: Text(contact.created_at),
            tier: grade.map(|grade| Text(grade.tier)),
            urgent: grade.is_some_and(|grade| grade.urgent),
            status: Text(contact.status(now)),
            step: contact.step.clone(),
            role: Text(contact.role),
            name: contact.name.clone().map(Text),
            phone: Text(contact.phone.clone()),
            due_at: Text(contact.due_at),
            overdue: contact.is_overdue(now),
            three_way_with: contact.three_way_with.clone(),
            attempts: contact.attempts,
            max_attempts: contact.max_attempts,
            claimed_by_id: claim.map(|(by, _)| Text(by)),
            claimed_until: claim.map(|(_, until)| Text(until)),
            verdict: end.map(|(verdict, _)| Text(verdict)),
            ended_at: end.map(|(_, at)| Text(at)),
            drill,
        }
    }
}
