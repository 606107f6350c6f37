//! The order to a bank or payment institution to stop one account (紧急止付): the race for the money.
//!
//! ```text
//! draft ──> submitted ──> active | partial ──> frozen ──> released | expired
//!                    │                    └─────────────> released | expired
//!                    ├──> empty | mismatch | held_by_other | refused
//!                    └──> failed            (nobody answered: a person must phone the bank)
//! ```
//! Only an explicit answer of the bank moves an order out of `submitted`; silence never does.

mod alarm;
mod answer;
mod freeze;
mod result_code;
mod sums;
mod take_over;
mod term;

pub use alarm::AlarmKind;
pub use answer::{AnswerEffect, Asked, BankAnswer, Followup, Heard, Onward, Unmoved};
pub use freeze::{FREEZE_ALARMS_BEFORE_END, Freeze, FreezeNotice, FreezeTerms, StandingFreeze};
pub use result_code::{Class, CodeTables, Listed, NotResultCode, ResultCode, ResultCodes, TransportClass};
pub use sums::Sums;
pub use take_over::NotTakenOver;
pub use term::{ALARMS_BEFORE_END, MAX_ROUNDS, Rounds, RoundsUsed, STOP_LASTS};

use crate::account::{Account, AccountKind, AccountNumber, BankCode};
use crate::call::Transfer;
use crate::clock::Instant;
use crate::id::{CallId, IncidentId, MeasureId};
use crate::money::Fen;
use crate::person::PersonName;
use crate::words::words;

words! {
    /// Where an order stands.
    pub enum Status {
        /// A fact the bank must check is missing.
        Draft = "draft",
        /// On its way; the bank has not answered.
        Submitted = "submitted",
        /// The whole claim is held.
        Active = "active",
        /// Less than claimed is held.
        Partial = "partial",
        /// The money had gone.
        Empty = "empty",
        /// A fact disagrees with the bank's; correct it and send again.
        Mismatch = "mismatch",
        /// Another authority already holds the account.
        HeldByOther = "held_by_other",
        /// The bank will never do it.
        Refused = "refused",
        /// Held by the freeze of a filed case.
        Frozen = "frozen",
        /// Let go by two persons.
        Released = "released",
        /// The 48 hours, or the term of the freeze, ran out.
        Expired = "expired",
        /// Nobody answered: a person must phone the bank.
        Failed = "failed",
    }
}

words! {
    /// A fact a bank must check before it may stop (银发〔2016〕86号 二(一)2), and where to send the order.
    pub enum Fact {
        /// The number of the account.
        Account = "account",
        /// Whose account it is.
        Holder = "holder",
        /// How much was paid in.
        Amount = "amount",
        /// When it was paid in.
        Time = "time",
        /// Which bank keeps it, among those we can reach.
        BankCode = "bank_code",
    }
}

/// What a bank said when it stopped an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// In the account before the stop, where the bank told.
    pub balance: Option<Fen>,
    /// What can no longer leave.
    pub held: Fen,
    /// By the bank's clock.
    pub stopped_at: Instant,
}

/// Where an order stands, with the facts that exist there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Waits for facts.
    Draft,
    /// Ordered; no answer yet.
    Submitted,
    /// Everything claimed is held.
    Active(Hold),
    /// Something is held.
    Partial(Hold),
    /// Nothing was left to hold.
    Empty,
    /// The bank found a fact that disagrees.
    Mismatch,
    /// Somebody else holds it.
    HeldByOther,
    /// Never.
    Refused,
    /// Handed on to the freeze of a filed case.
    Frozen(Hold, StandingFreeze),
    /// Let go.
    Released(Hold),
    /// Ran out.
    Expired(Hold),
    /// Gave up.
    Failed,
}

/// One order to stop one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopPayment {
    /// Also the order id every bank knows it by, and the `webhook-id` of its request.
    pub id: MeasureId,
    /// Whose money it chases.
    pub incident_id: IncidentId,
    /// The call it came from and the transfer's place there, where it came from one.
    pub origin: Option<(CallId, u16)>,
    /// The order whose money moved on to this account.
    pub parent_id: Option<MeasureId>,
    /// The order whose place this one takes: a mismatched one, with its facts corrected, or one that another hold kept
    /// from the account until it was over.
    pub corrects_id: Option<MeasureId>,
    /// How many accounts the money passed before this one.
    pub hop: u8,
    /// 1, or 2 after a renewal.
    pub round: u8,
    /// What the bank is told.
    pub transfer: Transfer,
    /// Where less than the transfer is claimed: of a next hop, what of the loss it carries.
    pub claim: Option<Fen>,
    /// When it was ordered.
    pub created_at: Instant,
    /// When the facts were complete and the order was due to leave.
    pub submitted_at: Option<Instant>,
    /// Given back to the victim out of its freeze.
    pub returned: Fen,
    /// Where it stands.
    pub state: State,
}

/// The order as a bank receives it: nothing is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopOrder {
    /// The order id.
    pub order_id: MeasureId,
    /// The incident.
    pub incident_id: IncidentId,
    /// 1 or 2.
    pub round: u8,
    /// Accounts passed before this one.
    pub hop: u8,
    /// What the number is.
    pub kind: AccountKind,
    /// The account to stop.
    pub number: AccountNumber,
    /// Its holder; a payment institution finds an order number or a serial without.
    pub holder: Option<PersonName>,
    /// Its bank.
    pub bank_code: BankCode,
    /// What was paid in.
    pub amount: Fen,
    /// What is to be held at most, where that is less.
    pub claim: Option<Fen>,
    /// When it was paid in.
    pub transferred_at: Instant,
    /// The victim's side, as far as known.
    pub payer: Option<Account>,
}

/// The order is not in a state that allows this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Wrong state.
    #[error("a stop-payment that is {status} cannot be {act}")]
    WrongState {
        /// Where it stands.
        status: Status,
        /// What was asked.
        act: &'static str,
    },
    /// The same account is stopped at most twice.
    #[error(
        "there is no further round: the account was {0}; only the freeze of a filed case holds it longer"
    )]
    NoRoundLeft(RoundsUsed),
    /// Only what is frozen can be given back.
    #[error("no more can be given back than is frozen")]
    MoreThanFrozen,
    /// A freeze is extended before its end or not at all (程序规定 Art. 240).
    #[error("the freeze has ended by itself; it could be extended before its end only")]
    FreezeOver,
}

impl StopPayment {
    /// The status word.
    #[must_use]
    pub fn status(&self) -> Status {
        match &self.state {
            State::Draft => Status::Draft,
            State::Submitted => Status::Submitted,
            State::Active(_) => Status::Active,
            State::Partial(_) => Status::Partial,
            State::Empty => Status::Empty,
            State::Mismatch => Status::Mismatch,
            State::HeldByOther => Status::HeldByOther,
            State::Refused => Status::Refused,
            State::Frozen(..) => Status::Frozen,
            State::Released(_) => Status::Released,
            State::Expired(_) => Status::Expired,
            State::Failed => Status::Failed,
        }
    }

    /// The hold, where there is or was one.
    #[must_use]
    pub fn hold(&self) -> Option<Hold> {
        match &self.state {
            State::Active(hold)
            | State::Partial(hold)
            | State::Frozen(hold, _)
            | State::Released(hold)
            | State::Expired(hold) => Some(*hold),
            State::Draft
            | State::Submitted
            | State::Empty
            | State::Mismatch
            | State::HeldByOther
            | State::Refused
            | State::Failed => None,
        }
    }

    /// Whether its account can pay nothing out because of it, by stop or by freeze.
    #[must_use]
    pub fn holds(&self) -> bool {
        matches!(self.state, State::Active(_) | State::Partial(_) | State::Frozen(..))
    }

    /// The account to stop, where bank and number are known.
    #[must_use]
    pub fn account(&self) -> Option<(BankCode, AccountNumber)> {
        let payee = self.transfer.payee.as_ref()?;
        Some((payee.bank_code.clone()?, payee.number.clone()?))
    }

    /// What the bank holds beyond the disputed sum: only that may be stopped.
    #[must_use]
    pub fn over_held(&self) -> Option<Fen> {
        let excess = self.hold()?.held.saturating_sub(self.claimed()?);
        (excess > Fen::ZERO).then_some(excess)
    }

    /// How much is to be held at most; `None` while nobody has said how much was paid in.
    #[must_use]
    pub fn claimed(&self) -> Option<Fen> {
        self.transfer.amount.map(|amount| self.claim.map_or(amount, |claim| claim.min(amount)))
    }

    /// The facts the bank would miss, in the order that helps the caller most. A payment institution finds an order
    /// number or the serial of a receipt by itself, and the account with it: there the name is no fact it needs.
    #[must_use]
    pub fn missing(&self, reachable: impl Fn(&BankCode) -> bool) -> Vec<Fact> {
        let payee = self.transfer.payee.as_ref();
        let known = [
            (Fact::Account, payee.is_some_and(|account| account.number.is_some())),
            (
                Fact::Holder,
                payee.is_some_and(|account| account.holder.is_some() || account.kind.names_a_payment()),
            ),
            (Fact::Amount, self.transfer.amount.is_some()),
            (Fact::Time, self.transfer.transferred_at.is_some()),
            (Fact::BankCode, payee.and_then(|account| account.bank_code.as_ref()).is_some_and(reachable)),
        ];
        let mut missing: Vec<Fact> =
            known.into_iter().filter(|(_, known)| !known).map(|(fact, _)| fact).collect();
        // a card tells its bank; of anything else the bank comes right after the number
        if payee.is_some_and(|account| account.kind != AccountKind::BankCard) {
            missing.sort_by_key(|fact| match fact {
                Fact::Account => 0,
                Fact::BankCode => 1,
                Fact::Holder | Fact::Amount | Fact::Time => 2,
            });
        }
        missing
    }

    /// The order as the bank receives it; `None` while a fact is missing.
    #[must_use]
    pub fn order(&self) -> Option<StopOrder> {
        let payee = self.transfer.payee.as_ref()?;
        Some(StopOrder {
            order_id: self.id,
            incident_id: self.incident_id,
            round: self.round,
            hop: self.hop,
            kind: payee.kind,
            number: payee.number.clone()?,
            holder: match &payee.holder {
                None if !payee.kind.names_a_payment() => return None,
                holder => holder.clone(),
            },
            bank_code: payee.bank_code.clone()?,
            amount: self.transfer.amount?,
            claim: self.claim.filter(|claim| Some(*claim) < self.transfer.amount),
            transferred_at: self.transfer.transferred_at?,
            payer: self.transfer.payer.clone(),
        })
    }

    /// Takes the facts as they are known now, while it is a draft, and submits it once none is missing.
    ///
    /// # Errors
    /// [`Refusal::WrongState`] once it has left.
    pub fn complete(
        mut self,
        transfer: Transfer,
        reachable: impl Fn(&BankCode) -> bool,
        now: Instant,
    ) -> Result<Self, Refusal> {
        let State::Draft = self.state else {
            return Err(self.refusal("completed"));
        };
        self.transfer = transfer;
        if self.missing(reachable).is_empty() {
            self.submitted_at = Some(now);
            self.state = State::Submitted;
        }
        Ok(self)
    }

    /// Whether it holds something, as releasing and freezing need.
    ///
    /// # Errors
    /// [`Refusal::WrongState`] when it does not.
    pub fn must_hold(&self, act: &'static str) -> Result<(), Refusal> {
        match self.state {
            State::Active(_) | State::Partial(_) => Ok(()),
            State::Draft
            | State::Submitted
            | State::Empty
            | State::Mismatch
            | State::HeldByOther
            | State::Refused
            | State::Frozen(..)
            | State::Released(_)
            | State::Expired(_)
            | State::Failed => Err(self.refusal(act)),
        }
    }

    /// Whether there is something to let go, by a stop or by a freeze.
    ///
    /// # Errors
    /// [`Refusal::WrongState`] when there is not.
    pub fn may_release(&self) -> Result<(), Refusal> {
        if self.holds() { Ok(()) } else { Err(self.refusal("released")) }
    }

    /// Whether the facts may be corrected and sent as a new order.
    ///
    /// # Errors
    /// [`Refusal::WrongState`] unless the bank found a mismatch.
    pub fn may_correct(&self) -> Result<(), Refusal> {
        if self.state == State::Mismatch { Ok(()) } else { Err(self.refusal("corrected")) }
    }

    /// Whether the money is followed on from its account.
    ///
    /// # Errors
    /// [`Refusal::WrongState`] when it never left, or its account turned out to be the wrong one.
    pub fn may_be_followed(&self) -> Result<(), Refusal> {
        match self.state {
            State::Draft | State::Mismatch | State::Refused | State::Released(_) => {
                Err(self.refusal("followed"))
            }
            State::Submitted
            | State::Active(_)
            | State::Partial(_)
            | State::Empty
            | State::HeldByOther
            | State::Frozen(..)
            | State::Expired(_)
            | State::Failed => Ok(()),
        }
    }

    /// The tries are used up and nobody answered.
    ///
    /// # Errors
    /// [`Refusal::WrongState`] when the bank has answered.
    pub fn give_up(mut self) -> Result<Self, Refusal> {
        let State::Submitted = self.state else {
            return Err(self.refusal("given up"));
        };
        self.state = State::Failed;
        Ok(self)
    }

    /// When what is held is let go by itself: the 48 hours of a stop, the term of a freeze.
    #[must_use]
    pub fn ends_at(&self) -> Option<Instant> {
        match &self.state {
            State::Active(hold) | State::Partial(hold) => Some(hold.expires_at()),
            State::Frozen(_, freeze) => Some(freeze.ends_at),
            State::Draft
            | State::Submitted
            | State::Empty
            | State::Mismatch
            | State::HeldByOther
            | State::Refused
            | State::Released(_)
            | State::Expired(_)
            | State::Failed => None,
        }
    }

    /// The 48 hours, or the term of the freeze, are over.
    ///
    /// # Errors
    /// [`Refusal::WrongState`] when nothing is held, or not yet over.
    pub fn expire(mut self, now: Instant) -> Result<Self, Refusal> {
        match (self.ends_at(), self.hold()) {
            (Some(ends_at), Some(hold)) if ends_at <= now => {
                self.state = State::Expired(hold);
                Ok(self)
            }
            (_, _) => Err(self.refusal("expired")),
        }
    }

    fn refusal(&self, act: &'static str) -> Refusal {
        Refusal::WrongState { status: self.status(), act }
    }
}

#[cfg(test)]
pub(crate) mod tests;
