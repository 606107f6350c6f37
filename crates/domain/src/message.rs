//! A warning text to one person.

use chrono::TimeDelta;

use crate::clock::Instant;
use crate::contact::Role;
use crate::id::{IncidentId, MeasureId};
use crate::person::PhoneNumber;
use crate::words::words;

mod parts;

pub use parts::{CONVERTED_FROM, Part, PartReceipt, receipt_of_all, reference_key, references_meant};

/// How often a text may have been handed over without an answer to a provider that cannot tell it from a new one.
/// A warning that comes twice is a lesser harm than one that never comes; a third time it would be pestering.
pub const SILENT_SENDS_MAX: usize = 2;
/// A text that nobody took in a day warns of nothing any more.
pub const OFFERED_FOR: TimeDelta = TimeDelta::days(1);

/// When a text that no provider could take (none bound, all throttled) is offered again: soon while the danger is
/// fresh, then every minute. `None`: give up.
#[must_use]
pub fn offer_again(first_offered_at: Instant, now: Instant) -> Option<Instant> {
    let waited = now - first_offered_at;
    let wait = if waited < TimeDelta::minutes(1) {
        TimeDelta::seconds(1)
    } else if waited < TimeDelta::minutes(10) {
        TimeDelta::seconds(10)
    } else {
        TimeDelta::minutes(1)
    };
    (waited < OFFERED_FOR).then(|| now + wait)
}

words! {
    /// Where a message stands.
    pub enum Status {
        /// To be handed to the provider.
        Queued = "queued",
        /// The provider has it.
        Submitted = "submitted",
        /// It is on the phone.
        Delivered = "delivered",
        /// It will not arrive.
        Failed = "failed",
        /// No longer wanted before it left.
        Cancelled = "cancelled",
    }
}

words! {
    /// What a provider's receipt says.
    pub enum Receipt {
        /// It is on the phone.
        Delivered = "delivered",
        /// It will not arrive.
        Failed = "failed",
    }
}

/// Where a message stands, with the facts that exist there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// To be handed to the provider.
    Queued,
    /// The provider has it.
    Submitted {
        /// When it took it.
        at: Instant,
    },
    /// It is on the phone.
    Delivered {
        /// When the provider took it.
        submitted_at: Instant,
        /// When the phone had it.
        at: Instant,
    },
    /// It will not arrive.
    Failed {
        /// When that was known.
        at: Instant,
    },
    /// No longer wanted before it left.
    Cancelled,
}

/// A warning text to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id; a provider over HTTP knows it by this.
    pub id: MeasureId,
    /// Whom it protects.
    pub incident_id: IncidentId,
    /// The plan's step that ordered it.
    pub step: Option<String>,
    /// Who reads it.
    pub role: Role,
    /// Their number.
    pub phone: PhoneNumber,
    /// The template it was made from.
    pub template: String,
    /// What they read.
    pub text: String,
    /// Shown at once and not stored: for somebody on a call.
    pub flash: bool,
    /// Who took it: the provider's id, once one did.
    pub provider: Option<String>,
    /// The provider's reference, once it has one; of a text in parts, the first part's.
    pub provider_ref: Option<String>,
    /// The receipt's code, once there is one.
    pub receipt_code: Option<String>,
    /// When it was ordered.
    pub created_at: Instant,
    /// Where it stands.
    pub state: State,
}

impl Message {
    /// The status word.
    #[must_use]
    pub fn status(&self) -> Status {
        match self.state {
            State::Queued => Status::Queued,
            State::Submitted { .. } => Status::Submitted,
            State::Delivered { .. } => Status::Delivered,
            State::Failed { .. } => Status::Failed,
            State::Cancelled => Status::Cancelled,
        }
    }

    /// The provider has it. Hearing it twice, or after the receipt, changes nothing.
    #[must_use]
    pub fn submitted(mut self, provider: &str, provider_ref: Option<String>, now: Instant) -> Self {
        if self.state == State::Queued {
            self.state = State::Submitted { at: now };
            self.provider = Some(provider.to_owned());
            self.provider_ref = provider_ref;
        }
        self
    }

    /// The provider will not take it.
    #[must_use]
    pub fn refused(mut self, now: Instant) -> Self {
        if self.state == State::Queued {
            self.state = State::Failed { at: now };
        }
        self
    }

    /// Takes a provider's receipt. A receipt may overtake the answer to the submission; a second one changes nothing.
    /// A provider that fell silent and was passed over may still say that the text arrived, not that it failed: it
    /// is in another's hands.
    #[must_use]
    pub fn receipt(mut self, provider: &str, receipt: Receipt, code: Option<String>, at: Instant) -> Self {
        let passed_over = self.provider.as_deref().is_some_and(|taken_by| taken_by != provider);
        if passed_over && receipt == Receipt::Failed {
            return self;
        }
        let submitted_at = match self.state {
            State::Queued => at,
            State::Submitted { at } => at,
            State::Delivered { .. } | State::Failed { .. } | State::Cancelled => return self,
        };
        self.provider.get_or_insert_with(|| provider.to_owned());
        self.receipt_code = code;
        self.state = match receipt {
            Receipt::Delivered => State::Delivered { submitted_at, at },
            Receipt::Failed => State::Failed { at },
        };
        self
    }
}

#[cfg(test)]
mod tests;
