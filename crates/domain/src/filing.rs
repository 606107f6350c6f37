//! From the stop to the filed case (立案) and its freeze: before a case is filed property must not be frozen
//! (程序规定 Art. 174), so the 48 hours are a countdown, and the papers that were left out in the haste are a debt
//! with times of its own.

use chrono::TimeDelta;

use crate::clock::Instant;
use crate::stop_payment::{State, StopPayment};
use crate::words::words;

/// The papers of a stop that went out first (程序规定 Art. 175: measures first, papers after) are due within this.
pub const PAPERS_WITHIN: TimeDelta = TimeDelta::hours(24);

words! {
    /// Whether the case is filed.
    pub enum Status {
        /// Nobody has decided.
        NotFiled = "not_filed",
        /// It is, with its number.
        Filed = "filed",
        /// It will not be: nothing may be frozen.
        Refused = "refused",
    }
}

/// What was decided about filing a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filing {
    /// Filed, with the approval of the head of a county-level organ or above (Art. 178).
    Filed {
        /// The case.
        case_number: String,
        /// When.
        filed_at: Instant,
        /// The head who approved, where it was written down.
        approved_by: Option<String>,
    },
    /// Not filed.
    Refused {
        /// Why.
        reason: String,
    },
}

impl Filing {
    /// The status word.
    #[must_use]
    pub fn status(&self) -> Status {
        match self {
            Self::Filed { .. } => Status::Filed,
            Self::Refused { .. } => Status::Refused,
        }
    }

    /// The number of the filed case.
    #[must_use]
    pub fn case_number(&self) -> Option<&str> {
        match self {
            Self::Filed { case_number, .. } => Some(case_number),
            Self::Refused { .. } => None,
        }
    }
}

words! {
    /// A paper that a stop owes.
    pub enum Paper {
        /// 紧急止付申请表，盖章
        StopForm = "stop_form",
        /// 受案登记表
        AcceptanceRegistration = "acceptance_registration",
        /// 立案决定书
        FilingDecision = "filing_decision",
        /// 协助冻结财产通知书：account, name, amount, term, scope and yield (Art. 239)
        FreezeNotice = "freeze_notice",
    }
}

words! {
    /// How it stands with a paper.
    pub enum Debt {
        /// It is there.
        Done = "done",
        /// It is not, and there is time.
        Owed = "owed",
        /// It is not, and should be.
        Overdue = "overdue",
        /// It is needed no more.
        Void = "void",
    }
}

/// A paper that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// Which.
    pub paper: Paper,
    /// Its number or place in the file.
    pub reference: String,
    /// Who brought it.
    pub by: String,
    /// When.
    pub at: Instant,
}

/// One line of the checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which paper.
    pub paper: Paper,
    /// By when.
    pub due_at: Instant,
    /// How it stands.
    pub debt: Debt,
    /// The paper, once it is there.
    pub delivered: Option<Delivered>,
}

/// What an order owes; nothing before its bank has stopped something.
#[must_use]
pub fn checklist(order: &StopPayment, delivered: &[Delivered], now: Instant) -> Vec<Line> {
    let Some(hold) = order.hold() else { return vec![] };
    let papers_due = order.submitted_at.unwrap_or(hold.stopped_at) + PAPERS_WITHIN;
    let is_over = matches!(order.state, State::Released(_) | State::Expired(_));
    Paper::ALL
        .iter()
        .map(|paper| {
            let (due_at, needed) = match paper {
                Paper::StopForm | Paper::AcceptanceRegistration => (papers_due, true),
                Paper::FilingDecision | Paper::FreezeNotice => (hold.expires_at(), !is_over),
            };
            let there = delivered.iter().find(|delivered| delivered.paper == *paper).cloned();
            let debt = match &there {
                Some(_) => Debt::Done,
                None if !needed => Debt::Void,
                None if due_at <= now => Debt::Overdue,
                None => Debt::Owed,
            };
            Line { paper: *paper, due_at, debt, delivered: there }
        })
        .collect()
}

/// When a paper falls due next.
#[must_use]
pub fn next_due(lines: &[Line]) -> Option<Instant> {
    lines.iter().filter(|line| line.debt == Debt::Owed).map(|line| line.due_at).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stop_payment::tests::{NOW, fen, order};
    use crate::stop_payment::{Hold, STOP_LASTS};

    #[test]
    fn a_stop_owes_papers_at_their_times_until_they_are_there_or_it_is_over() {
        let hold = Hold { balance: None, held: fen(1), stopped_at: NOW + TimeDelta::minutes(1) };
        let held = order(State::Active(hold));
        let debts = |order: &StopPayment, delivered: &[Delivered], now: Instant| -> Vec<Debt> {
            checklist(order, delivered, now).iter().map(|line| line.debt).collect()
        };
        assert_eq!(debts(&order(State::Submitted), &[], NOW), []);
        assert_eq!(debts(&held, &[], NOW), [Debt::Owed; 4]);
        assert_eq!(next_due(&checklist(&held, &[], NOW)), Some(NOW + PAPERS_WITHIN));
        let form =
            Delivered { paper: Paper::StopForm, reference: "1".to_owned(), by: "desk".to_owned(), at: NOW };
        let (a_day, end) = (NOW + PAPERS_WITHIN, hold.expires_at());
        assert_eq!(
            debts(&held, std::slice::from_ref(&form), a_day),
            [Debt::Done, Debt::Overdue, Debt::Owed, Debt::Owed]
        );
        assert_eq!(next_due(&checklist(&held, std::slice::from_ref(&form), a_day)), Some(end));
        assert_eq!(end, hold.stopped_at + STOP_LASTS);
        let expired = order(State::Expired(hold));
        assert_eq!(debts(&expired, &[form], end), [Debt::Done, Debt::Overdue, Debt::Void, Debt::Void]);
        assert_eq!(next_due(&checklist(&expired, &[], end)), None);
    }
}
