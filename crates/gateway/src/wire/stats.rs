//! Figures: what was done in a span of time, drills left out.

use std::collections::BTreeMap;

use interception::look_up::{self, Counts};
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
    /// Incidents whose subject paid after an alert: a 110 call with a transfer, or a closing as `became_victim`, came
    /// after an alert about the same person, known by phone or identity number, in this incident or in another that
    /// was open within the 90 days before. Each incident once, at the moment it became known.
    pub cheated_after_alert: u64,
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

/// Under which the things are counted whose group nobody has named.
const UNKNOWN: &str = "unknown";

/// The one line of the counts in total.
#[must_use]
pub fn in_total(mut counts: BTreeMap<String, Counts>) -> Figures {
    counts.remove("").unwrap_or_default().into()
}

/// The counts by group.
#[must_use]
pub fn by_group(counts: BTreeMap<String, Counts>) -> BTreeMap<String, Figures> {
    let named = |group: String| if group.is_empty() { UNKNOWN.to_owned() } else { group };
    counts.into_iter().map(|(group, counts)| (named(group), counts.into())).collect()
}

impl From<Counts> for Figures {
    fn from(counts: Counts) -> Self {
        Self {
            alerts_received: counts.alerts_received.unsigned_abs(),
            sms_sent: counts.sms_sent.unsigned_abs(),
            calls_blocked: counts.calls_blocked.unsigned_abs(),
            stop_payments_submitted: counts.stop_payments_submitted.unsigned_abs(),
            stop_payments_succeeded: counts.stop_payments_succeeded.unsigned_abs(),
            amount_stopped: counts.amount_stopped.into(),
            dispatches: counts.dispatches.unsigned_abs(),
            seen_in_person: counts.seen_in_person.unsigned_abs(),
            cheated_after_alert: counts.cheated_after_alert.unsigned_abs(),
        }
    }
}

impl Waits {
    /// The waits by their names; null where nothing was timed.
    #[must_use]
    pub fn of(times: &BTreeMap<String, look_up::Percentiles>) -> Self {
        let wait = |name| {
            let found = times.get(name)?;
            Some(Percentiles {
                p50_secs: found.p50_secs?,
                p90_secs: found.p90_secs?,
                p99_secs: found.p99_secs?,
            })
        };
        Self {
            report_to_submitted: wait("report_to_submitted"),
            submitted_to_stopped: wait("submitted_to_stopped"),
            alert_to_first_contact: wait("alert_to_first_contact"),
            dispatch_to_accepted: wait("dispatch_to_accepted"),
            dispatch_to_seen: wait("dispatch_to_seen"),
        }
    }
}
