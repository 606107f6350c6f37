//! A machine's notice that a person is being defrauded (预警). Never edited.

use serde::{Deserialize, Serialize};

use crate::account::AccountNumber;
use crate::alert_kind::AlertKind;
use crate::clock::Instant;
use crate::id::AlertId;
use crate::incident::Subject;
use crate::money::Fen;
use crate::person::{PhoneNumber, Relative};
use crate::scam_type::ScamType;
use crate::tier::Tier;
use crate::words::words;

/// The most alerts one batch may carry.
pub const MAX_BATCH: usize = 1_000;

words! {
    /// What became of an alert when it came in.
    pub enum Disposition {
        /// It opened an incident.
        Opened = "opened",
        /// It joined its subject's open incident.
        Joined = "joined",
        /// The source has sent it before.
        Duplicate = "duplicate",
        /// Stored; joining follows.
        Accepted = "accepted",
    }
}

/// An alert as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// Its id.
    pub id: AlertId,
    /// Who sent it, such as `CMCC`.
    pub source: String,
    /// The source's own reference; unique within the source.
    pub source_ref: String,
    /// When the source saw it.
    pub observed_at: Instant,
    /// When it reached us.
    pub received_at: Instant,
    /// What was seen.
    pub kind: AlertKind,
    /// The person to protect.
    pub subject: Subject,
    /// Who else may be called.
    pub relatives: Vec<Relative>,
    /// The other side, as far as known.
    pub suspect: Suspect,
    /// The source's own grading.
    pub source_level: Option<Tier>,
    /// The source's own classification.
    pub scam_type: Option<ScamType>,
    /// The text or transcript, where there is one.
    pub text: Option<String>,
    /// What was measured.
    pub signals: Signals,
    /// The body as it came, unknown fields and all.
    pub raw: serde_json::Value,
}

/// The fraudster's side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suspect {
    /// The number that called or wrote.
    pub phone: Option<PhoneNumber>,
    /// The site.
    pub url: Option<String>,
    /// The app.
    pub app: Option<String>,
    /// The account money goes to.
    pub account: Option<AccountNumber>,
}

/// What the source measured.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signals {
    /// Length of the suspect call, in seconds.
    pub call_seconds: Option<u32>,
    /// Suspect calls in the last 24 hours.
    pub calls_24h: Option<u32>,
    /// The fraudster sees the victim's screen.
    pub screen_sharing: Option<bool>,
    /// The victim is on the line with the fraudster now.
    pub in_call: Option<bool>,
    /// What may be lost.
    pub amount_at_risk: Option<Fen>,
}
