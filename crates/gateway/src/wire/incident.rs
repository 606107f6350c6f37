//! Incidents.

use domain::account::BankCode;
use domain::clock::Instant;
use domain::incident::{self, State};
use domain::station::Stations;
use domain::tier::Grade;
use interception::look_up::{KnownLine, Link, WholeIncident};
use serde::Serialize;
use utoipa::ToSchema;

use super::alert;
use super::approval::Approval;
use super::assessment::Assessment;
use super::auto_call::AutoCall;
use super::call::Call;
use super::call_block::CallBlock;
use super::contact::Contact;
use super::dispatch::Dispatch;
use super::hand_over::HandOver;
use super::message::Message;
use super::money::Money;
use super::money_graph::MoneyTotals;
use super::person::{Relative, Station, Subject};
use super::spelled::{
    IncidentId, IncidentOrigin, IncidentOutcome, IncidentRelation, IncidentStatus, Note, PhoneNumber,
    ScamType, Tier, Time,
};
use super::step::Step;
use super::stop_payment::{Bank, StopPayment};
use super::text::Text;
use super::timeline;
use crate::reading::request;

request! {
    /// Something to write down.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = IncidentNote)]
    pub struct NoteBody {
        /// The text.
        pub note: Note,
    }
}

request! {
    /// A grade given by a person. Raising takes one person; lowering waits for a second.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = IncidentAssessment)]
    pub struct AssessmentBody {
        /// How bad it is.
        pub tier: Tier,
        /// The subject is likely with the fraudster this moment; only with tier `high`. Not given, it is not so.
        pub urgent: Option<bool>,
        /// Why.
        pub reason: Note,
    }
}

impl AssessmentBody {
    /// The grade; `None` for urgent without high, which no plan serves.
    #[must_use]
    pub fn grade(&self) -> Option<Grade> {
        let grade = Grade { tier: self.tier.0, urgent: self.urgent.unwrap_or_default() };
        (!grade.urgent || grade.tier == Grade::URGENT.tier).then_some(grade)
    }
}

request! {
    /// How the incident ended.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = IncidentClosing)]
    pub struct ClosingBody {
        /// The label.
        pub outcome: IncidentOutcome,
        /// What the subject kept.
        pub prevented: Option<Money>,
        /// In the closer's words.
        pub note: Option<Note>,
    }
}

/// One suspected fraud against one person.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Incident {
    id: IncidentId,
    created_at: Time,
    status: IncidentStatus,
    /// What the first notice was.
    origin: IncidentOrigin,
    /// Null until the first assessment.
    tier: Option<Tier>,
    urgent: bool,
    scam_type: Option<ScamType>,
    subject: Subject,
    /// Whose area it is.
    station: Station,
    plan: Option<Plan>,
    closing: Option<Closing>,
    /// Everything real except the outside; never counted.
    drill: bool,
}

/// The version of a plan that an incident keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PinnedPlan)]
pub struct Plan {
    name: String,
    /// SHA-256 of its text, in hex.
    hash: String,
    /// When its first steps were due.
    begun_at: Time,
}

/// How an incident was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Closing {
    outcome: IncidentOutcome,
    prevented: Option<Money>,
    note: Option<String>,
    closed_at: Time,
}

impl Incident {
    /// With the station's name as the map has it.
    #[must_use]
    pub fn of(incident: &incident::Incident, stations: &Stations) -> Self {
        let closing = match &incident.state {
            State::Open => None,
            State::Closed(closing) => Some(closing),
        };
        Self {
            id: Text(incident.id),
            created_at: Text(incident.created_at),
            status: Text(incident.status()),
            origin: Text(incident.origin),
            tier: incident.grade.map(|grade| Text(grade.tier)),
            urgent: incident.grade.is_some_and(|grade| grade.urgent),
            scam_type: incident.scam_type.map(Text),
            subject: (&incident.subject).into(),
            station: Station::of(&incident.station_id, stations),
            plan: incident.plan.as_ref().map(|plan| Plan {
                name: plan.name.clone(),
                hash: plan.hash.clone(),
                begun_at: Text(plan.begun_at),
            }),
            closing: closing.map(|closing| Closing {
                outcome: Text(closing.outcome),
                prevented: closing.prevented.map(Into::into),
                note: closing.note.clone(),
                closed_at: Text(closing.closed_at),
            }),
            drill: incident.drill,
        }
    }
}

/// A line of the subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SubjectLine)]
pub struct Line {
    phone: PhoneNumber,
    /// When an alert or call first named it.
    first_seen_at: Time,
    /// When one last did.
    seen_at: Time,
}

impl From<&KnownLine> for Line {
    fn from(line: &KnownLine) -> Self {
        Self {
            phone: Text(line.phone.clone()),
            first_seen_at: Text(line.first_seen_at),
            seen_at: Text(line.seen_at),
        }
    }
}

/// Another incident of the same person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RelatedIncident)]
pub struct Related {
    incident_id: IncidentId,
    /// How it stands to this one.
    relation: IncidentRelation,
}

impl From<&Link> for Related {
    fn from(link: &Link) -> Self {
        Self { incident_id: Text(link.other), relation: Text(link.relation) }
    }
}

/// An incident with all its parts, each list oldest first unless it says otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct IncidentDetail {
    /// The incident itself.
    #[serde(flatten)]
    pub incident: Incident,
    /// The subject's lines, the one that was named last first: an alert or call with any of them, or with the
    /// subject's identity number, joins this incident while it is open.
    pub phones: Vec<Line>,
    /// Other incidents of the same person.
    pub related: Vec<Related>,
    /// The subject paid although an alert had come before.
    pub cheated_after_alert: bool,
    /// The incidents, other than this, that had warned them.
    pub earlier_incident_ids: Vec<IncidentId>,
    /// Who may be called in the subject's stead.
    pub relatives: Vec<Relative>,
    /// The 110 calls.
    pub calls: Vec<Call>,
    /// The alerts.
    pub alerts: Vec<alert::Kept>,
    /// The gradings, with score and reasons.
    pub assessments: Vec<Assessment>,
    /// The plan's steps, in its order.
    pub steps: Vec<Step>,
    /// The tries to reach somebody by voice, most urgent first.
    pub contacts: Vec<Contact>,
    /// The calls by machines.
    pub auto_calls: Vec<AutoCall>,
    /// The warning texts.
    pub messages: Vec<Message>,
    /// The numbers kept from calling.
    pub call_blocks: Vec<CallBlock>,
    /// The orders to stations.
    pub dispatches: Vec<Dispatch>,
    /// What the officers at the door heard was lost already, as they last reported it; it is still to be stopped.
    pub loss_so_far: Option<Money>,
    /// Where it was handed over to.
    pub hand_overs: Vec<HandOver>,
    /// The orders to banks.
    pub stop_payments: Vec<StopPayment>,
    /// What became of the victim's money; `/v1/incidents/{id}/money` shows where.
    pub money: MoneyTotals,
    /// What waited for a second person.
    pub approvals: Vec<Approval>,
    /// The record.
    pub timeline: Vec<timeline::Entry>,
}

impl IncidentDetail {
    /// As it stands at `now`; `bank` finds a bank we can reach.
    #[must_use]
    pub fn at<'a>(
        whole: WholeIncident,
        now: Instant,
        stations: &Stations,
        bank: impl Fn(&BankCode) -> Option<Bank<'a>>,
    ) -> Self {
        let drill = whole.incident.drill;
        let contacts = whole.contacts.iter();
        let dispatches = whole.dispatches.iter();
        let stop_payments = whole.stop_payments.iter();
        let earlier = whole.links.iter().filter(|link| link.relation == incident::Relation::Earlier);
        Self {
            incident: Incident::of(&whole.incident, stations),
            phones: whole.lines.iter().map(Into::into).collect(),
            earlier_incident_ids: earlier.map(|link| Text(link.other)).collect(),
            related: whole.links.iter().map(Into::into).collect(),
            cheated_after_alert: whole.cheated_after_alert,
            relatives: whole.relatives.iter().map(Into::into).collect(),
            calls: whole.calls.iter().map(Into::into).collect(),
            alerts: whole.alerts.into_iter().map(Into::into).collect(),
            assessments: whole.assessments.into_iter().map(Into::into).collect(),
            steps: whole.steps.into_iter().map(Into::into).collect(),
            contacts: contacts.map(|queued| Contact::at(&queued.contact, queued.grade, drill, now)).collect(),
            auto_calls: whole.auto_calls.iter().map(Into::into).collect(),
            messages: whole.messages.iter().map(|message| Message::of(message, drill)).collect(),
            call_blocks: whole.call_blocks.iter().map(|block| CallBlock::of(block, drill)).collect(),
            loss_so_far: whole
                .dispatches
                .iter()
                .rev()
                .find_map(|dispatch| dispatch.feedback.as_ref()?.loss_so_far)
                .map(Into::into),
            dispatches: dispatches.map(|dispatch| Dispatch::of(dispatch, drill, stations)).collect(),
            hand_overs: whole.hand_overs.iter().map(|hand_over| HandOver::of(hand_over, stations)).collect(),
            stop_payments: stop_payments.map(|recorded| StopPayment::of(recorded, drill, &bank)).collect(),
            money: whole.money.totals.into(),
            approvals: whole.approvals.iter().map(|approval| Approval::of(approval, drill)).collect(),
            timeline: whole
                .timeline
                .into_iter()
                .map(|(_, entry)| timeline::Entry::of(entry, drill))
                .collect(),
        }
    }
}
