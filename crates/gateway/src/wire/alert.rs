//! Telecom alerts: what a source sends, and what it is answered.

use domain::alert::{self, Alert};
use domain::clock::Instant;
use domain::id;
use interception::look_up::AlertRecord;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::call::Relatives;
use super::list::items;
use super::money::Money;
use super::person::Subject;
use super::spelled::{
    AccountNumber, AlertId, AlertKind, Disposition, IncidentId, Narrative, Note, PhoneNumber, Reference,
    ScamType, Tier, Time,
};
use super::text::Text;
use crate::problem::ProblemBody;
use crate::reading::request;

request! {
    /// A machine's notice that a person is being defrauded.
    #[derive(Debug, Clone, PartialEq, ToSchema)]
    #[schema(as = AlertNotice)]
    pub struct Notice {
        /// The source's own reference; unique within the source.
        source_ref: Reference,
        /// When the source saw it. A source's fast clock loses no alert: this may lie ahead.
        observed_at: Time,
        /// What was seen.
        kind: AlertKind,
        /// The person to protect.
        subject: Subject,
        /// Who else may be called.
        relatives: Option<Relatives>,
        /// The other side, as far as known.
        suspect: Option<Suspect>,
        /// The source's own grading.
        source_level: Option<Tier>,
        /// The source's own classification.
        scam_type: Option<ScamType>,
        /// The text or transcript, where there is one.
        text: Option<Narrative>,
        /// What was measured.
        signals: Option<Signals>,
    }
}

request! {
    /// The fraudster's side.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    pub struct Suspect {
        /// The number that called or wrote.
        phone: Option<PhoneNumber>,
        /// The site.
        url: Option<Note>,
        /// The app.
        app: Option<Reference>,
        /// The account money goes to.
        account: Option<AccountNumber>,
    }
}

request! {
    /// What the source measured.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    pub struct Signals {
        /// Length of the suspect call, in seconds.
        #[schema(value_type = Option<i64>, minimum = 0, maximum = 4_294_967_295_u32)]
        call_seconds: Option<u32>,
        /// Suspect calls in the last 24 hours.
        #[schema(value_type = Option<i64>, minimum = 0, maximum = 4_294_967_295_u32)]
        calls_24h: Option<u32>,
        /// The fraudster sees the victim's screen.
        screen_sharing: Option<bool>,
        /// The victim is on the line with the fraudster now.
        in_call: Option<bool>,
        /// What may be lost.
        amount_at_risk: Option<Money>,
    }
}

/// Alerts in one request, for the document.
#[derive(Debug, ToSchema)]
#[schema(as = AlertBatch, min_items = 1, max_items = 1000)]
pub struct NoticeBatch(pub Vec<Notice>);

/// Where an alert came from and when.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Our id for it.
    pub id: id::AlertId,
    /// Who sent it.
    pub source: String,
    /// When it reached us.
    pub received_at: Instant,
    /// The body as it came.
    pub raw: Value,
}

impl Notice {
    /// The alert as the domain knows it.
    #[must_use]
    pub fn into_domain(self, arrival: Arrival) -> Alert {
        Alert {
            id: arrival.id,
            source: arrival.source,
            source_ref: self.source_ref.into(),
            observed_at: self.observed_at.0,
            received_at: arrival.received_at,
            kind: self.kind.0,
            subject: self.subject.into(),
            relatives: items(self.relatives),
            suspect: self.suspect.map(Into::into).unwrap_or_default(),
            source_level: self.source_level.map(|Text(tier)| tier),
            scam_type: self.scam_type.map(|Text(scam_type)| scam_type),
            text: self.text.map(Into::into),
            signals: self.signals.map(Into::into).unwrap_or_default(),
            raw: arrival.raw,
        }
    }
}

impl From<Suspect> for alert::Suspect {
    fn from(wire: Suspect) -> Self {
        Self {
            phone: wire.phone.map(|Text(phone)| phone),
            url: wire.url.map(Into::into),
            app: wire.app.map(Into::into),
            account: wire.account.map(|Text(account)| account),
        }
    }
}

impl From<Signals> for alert::Signals {
    fn from(wire: Signals) -> Self {
        Self {
            call_seconds: wire.call_seconds,
            calls_24h: wire.calls_24h,
            screen_sharing: wire.screen_sharing,
            in_call: wire.in_call,
            amount_at_risk: wire.amount_at_risk.map(|money| money.fen()),
        }
    }
}

/// What became of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = AlertReceipt)]
pub struct Receipt {
    alert: AlertRef,
    /// Null while joining follows.
    incident: Option<IncidentRef>,
    disposition: Disposition,
}

/// An alert by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AlertRef {
    id: AlertId,
}

/// An incident by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IncidentRef {
    id: IncidentId,
}

impl Receipt {
    /// Of the alert of that id.
    #[must_use]
    pub fn new(
        alert: id::AlertId,
        incident: Option<id::IncidentId>,
        disposition: alert::Disposition,
    ) -> Self {
        Self {
            alert: AlertRef { id: Text(alert) },
            incident: incident.map(|id| IncidentRef { id: Text(id) }),
            disposition: Text(disposition),
        }
    }
}

/// What became of one alert of a batch.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = AlertResult)]
pub enum BatchLine {
    /// It is kept.
    Stored {
        /// 201 for a new one, 200 for one that came before.
        status: u16,
        /// What a single alert is answered.
        #[serde(flatten)]
        receipt: Receipt,
    },
    /// It is not.
    Refused(ProblemBody),
}

/// An alert as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Alert)]
pub struct Kept {
    /// Its id.
    id: AlertId,
    /// Who sent it.
    source: String,
    /// The source's own reference.
    source_ref: String,
    /// When it reached us.
    created_at: Time,
    /// When the source saw it.
    observed_at: Time,
    /// What was seen.
    kind: AlertKind,
    /// The source's own grading.
    source_level: Option<Tier>,
    /// The source's own classification.
    scam_type: Option<ScamType>,
    /// The body as it came, with whatever else the source put into it.
    #[schema(value_type = Object)]
    raw: Value,
}

impl From<(AlertRecord, Value)> for Kept {
    fn from((alert, raw): (AlertRecord, Value)) -> Self {
        Self {
            id: Text(alert.id),
            source: alert.source,
            source_ref: alert.source_ref,
            created_at: Text(alert.received_at),
            observed_at: Text(alert.observed_at),
            kind: Text(alert.kind),
            source_level: alert.source_level.map(Text),
            scam_type: alert.scam_type.map(Text),
            raw,
        }
    }
}
