//! What a bank's answer does to an order.

use crate::account::Account;
use crate::clock::Instant;
use crate::measure::Request;
use crate::money::Fen;

use super::{Freeze, Hold, MAX_ROUNDS, Meaning, ResultCode, State, StopPayment};

/// A bank's answer about one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankAnswer {
    /// Four digits.
    pub result_code: ResultCode,
    /// In the account before the stop.
    pub balance: Option<Fen>,
    /// What can no longer leave.
    pub held: Option<Fen>,
    /// When the stop began, by the bank's clock.
    pub stopped_at: Option<Instant>,
    /// Free text of the bank.
    pub remark: Option<String>,
    /// Where the money went.
    pub onward: Vec<Onward>,
}

/// One transfer out of the stopped account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Onward {
    /// Whither.
    pub account: Account,
    /// How much.
    pub amount: Option<Fen>,
    /// When.
    pub transferred_at: Option<Instant>,
    /// The bank's serial.
    pub reference: Option<String>,
}

/// What an answer did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// The order moved.
    Moved(StopPayment),
    /// The order stays where it is, and why.
    Unmoved(StopPayment, Unmoved),
}

/// Why an answer changed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unmoved {
    /// An order that was answered is answered.
    #[error("the order is finished; the answer changes nothing")]
    AlreadyAnswered,
    /// The bank asks to be asked again.
    #[error("the bank cannot answer now; the order is sent again")]
    AskAgain,
    /// The renewal, release or freeze was not done; the stop stands as it stood.
    #[error("the bank did not do what was asked; the stop stands")]
    NotDone,
}

impl StopPayment {
    /// Applies an answer to what was `asked` last. The same answer twice moves the order once.
    #[must_use]
    pub fn hear(self, answer: &BankAnswer, asked: &Asked, now: Instant) -> Heard {
        match (&self.state, asked) {
            (State::Submitted, _) => self.hear_first(answer, now),
            // a late answer after giving up is still an answer: the money may be held
            (State::Failed, _) => self.hear_first(answer, now),
            (State::Active(hold) | State::Partial(hold), Asked::Followup(request)) => {
                let hold = *hold;
                self.hear_followup(hold, answer, request)
            }
            (_, _) => Heard::Unmoved(self, Unmoved::AlreadyAnswered),
        }
    }

    fn hear_first(mut self, answer: &BankAnswer, now: Instant) -> Heard {
        self.state = match answer.result_code.meaning() {
            Meaning::Success | Meaning::Partial => self.held_state(answer, now),
            Meaning::Mismatch => State::Mismatch,
            Meaning::HeldByOther => State::HeldByOther,
            Meaning::Refused => State::Refused,
            Meaning::Retry | Meaning::RenewalTooLate | Meaning::ReleaseTooLate | Meaning::Unlisted => {
                return Heard::Unmoved(self, Unmoved::AskAgain);
            }
        };
        Heard::Moved(self)
    }

    /// How much is held: what the bank says, else as much of the claim as the balance covers.
    fn held_state(&self, answer: &BankAnswer, now: Instant) -> State {
        let claimed = self.transfer.amount.unwrap_or_default();
        let covered = answer.balance.map_or(claimed, |balance| balance.min(claimed));
        let held = answer.held.unwrap_or(covered);
        let hold = Hold { balance: answer.balance, held, stopped_at: answer.stopped_at.unwrap_or(now) };
        match held {
            Fen::ZERO => State::Empty,
            held if held < claimed => State::Partial(hold),
            _ => State::Active(hold),
        }
    }

    fn hear_followup(mut self, hold: Hold, answer: &BankAnswer, followup: &Followup) -> Heard {
        if answer.result_code.meaning() == Meaning::Retry {
            return Heard::Unmoved(self, Unmoved::AskAgain);
        }
        if answer.result_code.meaning() != Meaning::Success {
            return Heard::Unmoved(self, Unmoved::NotDone);
        }
        match followup {
            Followup::Renew if self.round < MAX_ROUNDS => {
                let renewed = Hold { stopped_at: answer.stopped_at.unwrap_or(hold.expires_at()), ..hold };
                self.round += 1;
                self.state = match self.state {
                    State::Active(_) => State::Active(renewed),
                    _ => State::Partial(renewed),
                };
            }
            Followup::Renew => return Heard::Unmoved(self, Unmoved::NotDone),
            Followup::Release => self.state = State::Released(hold),
            Followup::Freeze(freeze) => self.state = State::Frozen(hold, freeze.clone()),
        }
        Heard::Moved(self)
    }
}

/// What the bank was asked last about an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// To stop, or what became of the stop.
    Stop,
    /// Something about a stop that stands.
    Followup(Followup),
}

/// A request about a stop that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Followup {
    /// A second 48 hours.
    Renew,
    /// Let go.
    Release,
    /// Turn into the freeze of a filed case.
    Freeze(Freeze),
}

impl Followup {
    /// The word the queue keeps.
    #[must_use]
    pub fn request(&self) -> Request {
        match self {
            Self::Renew => Request::Renew,
            Self::Release => Request::Release,
            Self::Freeze(_) => Request::Freeze,
        }
    }
}
