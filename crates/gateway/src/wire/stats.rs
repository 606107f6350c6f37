//! Figures: what was done in a span of time, drills left out.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::money::Sum;
use super::spelled::Time;

/// What was done between `from` and `to`: in total, and by group.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Stats {
    /// From this moment on.
    pub from: Time,
    /// Up to but not at this moment.
    pub to: Time,
    /// In total.
    #[serde(flatten)]
    pub total: Figures,
    /// By the incident's tier.
    pub by_tier: BTreeMap<String, Figures>,
    /// By the incident's station, under its id.
    pub by_station: BTreeMap<String, Figures>,
    /// By the incident's scam type; `unknown` where nobody has named it.
    pub by_scam_type: BTreeMap<String, Figures>,
    /// By the source of the incident's first alert; `110` where a call opened it.
    pub by_source: BTreeMap<String, Figures>,
    /// How long people waited.
    pub waits: Waits,
}

/// Counts of one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Figures {
    /// Alerts stored for the first time; a repeated `source_ref` is not counted.
    pub alerts_received: u64,
    /// Texts a provider has taken, whether or not they arrived.
    pub sms_sent: u64,
    /// Numbers a carrier confirmed as blocked.
    pub calls_blocked: u64,
    /// Orders sent to a bank, each once however often it was tried.
    pub stop_payments_submitted: u64,
    /// Orders by which a bank holds, or held, something.
    pub stop_payments_succeeded: u64,
    /// What banks hold, or held, by those orders.
    pub amount_stopped: Sum,
    /// Orders to a station; a returned one and its successor count as one.
    pub dispatches: u64,
    /// Dispatches whose officers stood before the subject.
    pub seen_in_person: u64,
}

/// The five waits that are watched.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Waits {
    /// From a call's report, or the fact that completed it, to the order being sent.
    pub report_to_submitted: Option<Percentiles>,
    /// From an order's first leaving to the stop, by the bank's clock.
    pub submitted_to_stopped: Option<Percentiles>,
    /// From an incident's first alert to the first try to reach somebody.
    pub alert_to_first_contact: Option<Percentiles>,
    /// From a dispatch to the station's signature.
    pub dispatch_to_accepted: Option<Percentiles>,
    /// From a dispatch to the feedback that the subject was seen.
    pub dispatch_to_seen: Option<Percentiles>,
}

/// Half, nine tenths and all but a hundredth of the waits were no longer than this.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Percentiles {
    /// The median, in seconds.
    pub p50_secs: f64,
    /// The 90th percentile, in seconds.
    pub p90_secs: f64,
    /// The 99th percentile, in seconds.
    pub p99_secs: f64,
}
