//! What a bank's answer does to an order.
//!
//! The first explicit answer to the stop decides. What comes later and says the same is a repetition; what says
//! otherwise changes nothing, is kept, and a person must look: which of the two is true, only the bank's people know.

use crate::account::Account;
use crate::bank_statement::{self, Transaction};
use crate::call::Transfer;
use crate::clock::Instant;
use crate::measure::Request;
use crate::money::Fen;
use crate::words::words;

use super::{Class, Freeze, Hold, MAX_ROUNDS, ResultCode, StandingFreeze, State, StopPayment};

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
    /// The account's transactions, where the bank sends the list and leaves the reading to us.
    pub transactions: Vec<Transaction>,
}

impl BankAnswer {
    /// Where the money went that `order` chases, as named and as the list tells.
    #[must_use]
    pub fn onward_from(&self, order: &StopPayment) -> Vec<Onward> {
        let Transfer { amount, transferred_at, .. } = order.transfer;
        let listed = bank_statement::onward(&self.transactions, amount, transferred_at);
        self.onward.iter().cloned().chain(listed).collect()
    }

    /// What a bank answers about an account on its white list (0302), said for it before it is asked.
    #[must_use]
    pub fn white_listed() -> Self {
        Self {
            result_code: ResultCode::white_listed(),
            balance: None,
            held: None,
            stopped_at: None,
            remark: Some("on the white list of the bank directory: the bank was not asked".to_owned()),
            onward: vec![],
            transactions: vec![],
        }
    }
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

words! {
    /// What an answer did, in a word.
    pub enum AnswerEffect {
        /// The order moved.
        Moved = "moved",
        /// The order has not left.
        NotAsked = "not_asked",
        /// It said what is known.
        Repeated = "repeated",
        /// It said otherwise than the answer that stands: a person must look.
        Contradicts = "contradicts",
        /// Its code is in no table: a person must look.
        NotUnderstood = "not_understood",
        /// The bank is asked again.
        AskAgain = "ask_again",
        /// The bank did not do what was asked; the stop stands.
        NotDone = "not_done",
    }
}

impl Heard {
    /// What the answer did, in a word.
    #[must_use]
    pub fn effect(&self) -> AnswerEffect {
        match self {
            Self::Moved(_) => AnswerEffect::Moved,
            Self::Unmoved(_, Unmoved::NotAsked) => AnswerEffect::NotAsked,
            Self::Unmoved(_, Unmoved::Repeated) => AnswerEffect::Repeated,
            Self::Unmoved(_, Unmoved::Contradicts) => AnswerEffect::Contradicts,
            Self::Unmoved(_, Unmoved::NotUnderstood) => AnswerEffect::NotUnderstood,
            Self::Unmoved(_, Unmoved::AskAgain) => AnswerEffect::AskAgain,
            Self::Unmoved(_, Unmoved::NotDone) => AnswerEffect::NotDone,
        }
    }
}

/// Why an answer changed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmoved {
    /// The order has not left.
    NotAsked,
    /// It says what is known.
    Repeated,
    /// It says otherwise than the answer that stands.
    Contradicts,
    /// Its code is in no table.
    NotUnderstood,
    /// The bank asks to be asked again.
    AskAgain,
    /// The renewal, release, freeze, extension or lifting was not done; what stands, stands as it stood.
    NotDone,
}

impl StopPayment {
    /// Applies an answer to what was `asked` last; `class` is what the bank's table says of its code. The same
    /// answer twice moves the order once.
    #[must_use]
    pub fn hear(self, answer: &BankAnswer, class: Option<Class>, asked: &Asked, now: Instant) -> Heard {
        let Some(class) = class else { return Heard::Unmoved(self, Unmoved::NotUnderstood) };
        match (&self.state, asked) {
            (State::Draft, _) => Heard::Unmoved(self, Unmoved::NotAsked),
            // a late answer after giving up is still an answer: the money may be held
            (State::Submitted | State::Failed, _) => self.hear_first(answer, class, now),
            (
                State::Active(hold) | State::Partial(hold),
                Asked::Followup(followup @ (Followup::Renew | Followup::Release | Followup::Freeze(_))),
            )
            | (
                State::Frozen(hold, _),
                Asked::Followup(followup @ (Followup::ExtendFreeze(_) | Followup::LiftFreeze)),
            )
            // what was asked in time and done counts, also where our clock ran out before we heard of it
            | (
                State::Expired(hold),
                Asked::Followup(followup @ (Followup::Renew | Followup::Freeze(_) | Followup::ExtendFreeze(_))),
            ) => {
                let hold = *hold;
                self.hear_followup(hold, answer, class, followup, now)
            }
            (_, _) => {
                let why = if self.agrees(answer, class) { Unmoved::Repeated } else { Unmoved::Contradicts };
                Heard::Unmoved(self, why)
            }
        }
    }

    fn hear_first(mut self, answer: &BankAnswer, class: Class, now: Instant) -> Heard {
        self.state = match class {
            Class::Success | Class::Partial => self.stopped(answer, now),
            Class::FixAndResend => State::Mismatch,
            Class::HeldByOther => State::HeldByOther,
            Class::Never => State::Refused,
            Class::Retry => return Heard::Unmoved(self, Unmoved::AskAgain),
            // nobody asked for an extension or a release
            Class::TooLate => return Heard::Unmoved(self, Unmoved::NotUnderstood),
        };
        Heard::Moved(self)
    }

    fn wanted(&self) -> Fen {
        self.claimed().unwrap_or_default()
    }

    /// How much an answer says is held: what the bank says, else as much of the claim as the balance covers.
    fn held_by(&self, answer: &BankAnswer) -> Fen {
        let covered = answer.balance.map_or(self.wanted(), |balance| balance.min(self.wanted()));
        answer.held.unwrap_or(covered)
    }

    fn stopped(&self, answer: &BankAnswer, now: Instant) -> State {
        let held = self.held_by(answer);
        let hold = Hold { balance: answer.balance, held, stopped_at: answer.stopped_at.unwrap_or(now) };
        if held == Fen::ZERO { State::Empty } else { self.standing(hold) }
    }

    fn standing(&self, hold: Hold) -> State {
        if hold.held < self.wanted() { State::Partial(hold) } else { State::Active(hold) }
    }

    fn hear_followup(
        mut self,
        hold: Hold,
        answer: &BankAnswer,
        class: Class,
        followup: &Followup,
        now: Instant,
    ) -> Heard {
        let already_over = matches!(self.state, State::Expired(_));
        match (class, followup) {
            (Class::Retry, _) => return Heard::Unmoved(self, Unmoved::AskAgain),
            (Class::Success, Followup::Renew) if self.round < MAX_ROUNDS => {
                let later = answer.stopped_at.filter(|at| *at > hold.stopped_at);
                self.round += 1;
                self.state = self.standing(Hold { stopped_at: later.unwrap_or(hold.expires_at()), ..hold });
            }
            (Class::Success, Followup::Release | Followup::LiftFreeze) => self.state = State::Released(hold),
            (Class::Success, Followup::Freeze(paper)) => {
                let by_the_bank = answer.stopped_at.filter(|at| hold.stopped_at < *at && *at <= now);
                let since = by_the_bank.unwrap_or(now);
                self.state = State::Frozen(hold, StandingFreeze::begin(paper.clone(), since));
            }
            (Class::Success, Followup::ExtendFreeze(extended)) => {
                self.state = State::Frozen(hold, extended.clone());
            }
            // by the bank's clock, which counts, the stop or the freeze has ended
            (
                Class::TooLate,
                Followup::Renew | Followup::Release | Followup::ExtendFreeze(_) | Followup::LiftFreeze,
            ) => {
                if already_over {
                    return Heard::Unmoved(self, Unmoved::Repeated);
                }
                self.state = State::Expired(hold);
            }
            (
                Class::Success
                | Class::Partial
                | Class::FixAndResend
                | Class::HeldByOther
                | Class::Never
                | Class::TooLate,
                _,
            ) => return Heard::Unmoved(self, Unmoved::NotDone),
        }
        Heard::Moved(self)
    }

    /// Whether an answer that nobody waits for says what is known already.
    fn agrees(&self, answer: &BankAnswer, class: Class) -> bool {
        let tells_amounts = answer.held.is_some() || answer.balance.is_some();
        let held = self.held_by(answer);
        match class {
            Class::Retry => true,
            Class::Success | Class::Partial => match &self.state {
                State::Active(hold) | State::Partial(hold) | State::Frozen(hold, _) => {
                    !tells_amounts || held == hold.held
                }
                // the first answer told again, or that nothing is held any more; but no later round
                State::Released(hold) | State::Expired(hold) => {
                    let later = answer.stopped_at.is_some_and(|at| at > hold.stopped_at);
                    !later && (!tells_amounts || held == hold.held || held == Fen::ZERO)
                }
                State::Empty => held == Fen::ZERO,
                State::Draft
                | State::Submitted
                | State::Mismatch
                | State::HeldByOther
                | State::Refused
                | State::Failed => false,
            },
            Class::FixAndResend => self.state == State::Mismatch,
            Class::HeldByOther => self.state == State::HeldByOther,
            Class::Never => self.state == State::Refused,
            Class::TooLate => matches!(self.state, State::Released(_) | State::Expired(_)),
        }
    }
}

/// What the bank was asked last about an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// To stop, or what became of the stop.
    Stop,
    /// Something about a stop or a freeze that stands.
    Followup(Followup),
}

/// A request about a stop or a freeze that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Followup {
    /// A second 48 hours.
    Renew,
    /// Let go.
    Release,
    /// Turn into the freeze of a filed case.
    Freeze(Freeze),
    /// Freeze for a further term: the freeze as it stands once the bank agrees.
    ExtendFreeze(StandingFreeze),
    /// End the freeze.
    LiftFreeze,
}

impl Followup {
    /// The word the queue keeps.
    #[must_use]
    pub fn request(&self) -> Request {
        match self {
            Self::Renew => Request::Renew,
            Self::Release => Request::Release,
            Self::Freeze(_) => Request::Freeze,
            Self::ExtendFreeze(_) => Request::ExtendFreeze,
            Self::LiftFreeze => Request::LiftFreeze,
        }
    }
}
