//! What the officers report after they were at the door. The field's way of doing it is "four look-ups, three
//! questions, one protection" (四查看、三询问、一保护): look through the phone, ask about the transfer, leave
//! something behind that protects.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::clock::Instant;
use crate::money::Fen;
use crate::words::words;

/// Officers go in pairs; each is named.
pub const MIN_OFFICERS: usize = 2;
/// The most officers one feedback names.
pub const MAX_OFFICERS: usize = 10;
/// The most protective measures one feedback names.
pub const MAX_MEASURES: usize = 20;
/// The most pieces of evidence one feedback names.
pub const MAX_EVIDENCE: usize = 20;

/// What the officers found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// Whether they stood before the subject.
    pub seen: bool,
    /// Whether the subject will not pay.
    pub convinced: Option<bool>,
    /// What is lost already.
    pub loss_so_far: Option<Fen>,
    /// What was done to protect: `app_removed`, `bank_limit`...
    pub measures: Vec<String>,
    /// Who went.
    pub officers: Vec<String>,
    /// In their words.
    pub note: Option<String>,
    /// What they looked through.
    #[serde(default)]
    pub look_ups: Option<LookUps>,
    /// What they asked.
    #[serde(default)]
    pub questions: Option<Questions>,
    /// The one thing that protects the subject from here on: `anti_fraud_app`, `number_blacklisted`...
    #[serde(default)]
    pub protection: Option<String>,
    /// Where they met the subject, in words.
    #[serde(default)]
    pub place: Option<String>,
    /// When they were at the door, by their own watch.
    #[serde(default)]
    pub arrived_at: Option<Instant>,
    /// When they left.
    #[serde(default)]
    pub left_at: Option<Instant>,
    /// When somebody should come again.
    #[serde(default)]
    pub next_visit_on: Option<NaiveDate>,
    /// What proves it, kept elsewhere and known here by its hash.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

/// Fewer than two different officers went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("two different officers go, and each is named")]
pub struct TooFewOfficers;

impl Feedback {
    /// The least there is to report.
    ///
    /// # Errors
    /// [`TooFewOfficers`] for fewer than [`MIN_OFFICERS`] different names.
    pub fn of(seen: bool, officers: Vec<String>) -> Result<Self, TooFewOfficers> {
        let mut different: Vec<&str> = officers.iter().map(|name| name.trim()).collect();
        different.sort_unstable();
        different.dedup();
        if different.len() < MIN_OFFICERS {
            return Err(TooFewOfficers);
        }
        Ok(Self {
            seen,
            convinced: None,
            loss_so_far: None,
            measures: vec![],
            officers,
            note: None,
            look_ups: None,
            questions: None,
            protection: None,
            place: None,
            arrived_at: None,
            left_at: None,
            next_visit_on: None,
            evidence: vec![],
        })
    }
}

/// The four look-ups (四查看).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookUps {
    /// Calls and texts.
    pub calls_and_sms: LookUp,
    /// Chats.
    pub chats: LookUp,
    /// Apps of fraudsters.
    pub scam_apps: LookUp,
    /// Large or frequent transfers.
    pub large_transfers: LookUp,
}

/// What became of one look-up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookUp {
    /// Whether they looked.
    pub checked: bool,
    /// Whether it showed something; known only where they looked.
    pub found: Option<bool>,
    /// What.
    pub note: Option<String>,
}

/// The three questions (三询问).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Questions {
    /// Why the money is to be sent.
    pub why_transfer: Question,
    /// Whether the receiving account is a stranger's.
    pub unknown_account: Question,
    /// How the other side came into contact.
    pub how_contacted: Question,
}

/// What became of one question.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Whether they asked.
    pub asked: bool,
    /// What the subject said.
    pub answer: Option<String>,
}

words! {
    /// What kind of thing proves a visit.
    pub enum EvidenceKind {
        /// 照片
        Photo = "photo",
        /// 录音
        Audio = "audio",
        /// 录像
        Video = "video",
        /// 签名
        Signature = "signature",
        /// Anything on paper.
        Document = "document",
    }
}

/// Something that proves a visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What it is.
    pub kind: EvidenceKind,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
}
