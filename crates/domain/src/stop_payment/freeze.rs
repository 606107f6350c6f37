//! The freeze of a filed case (冻结): what its notice states, how long it lasts, how it is extended, and that it lapses
//! where nobody extends it in time (程序规定 Art. 239-243).

use chrono::{Months, TimeDelta};

use crate::clock::{Instant, at_the_glass};
use crate::money::Fen;

use super::{Refusal, State, StopPayment};

/// Deposits are frozen for so many months at most, and as many more by each extension (Art. 243). A notice that names
/// no term is counted as one of these.
const MAX_MONTHS: u8 = 6;
/// In a major case, with the approval it needs, a year (the same article).
const MAJOR_CASE_MONTHS: u8 = 12;
/// Somebody is told so long before a freeze ends: an extension needs a head's approval, and one that comes late is
/// none, because the freeze has ended by itself (Art. 240).
pub const FREEZE_ALARMS_BEFORE_END: [TimeDelta; 3] =
    [TimeDelta::days(30), TimeDelta::days(7), TimeDelta::days(1)];

/// The paper that turns a stop into a freeze (Art. 239).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freeze {
    /// The filed case.
    pub case_number: String,
    /// The notice to assist in freezing.
    pub document: String,
    /// What else the notice states, as far as it was written down.
    pub terms: FreezeTerms,
}

/// What a notice to assist in freezing states beside the account (Art. 239, 243).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FreezeTerms {
    /// The head who approved.
    pub approved_by: Option<String>,
    /// How much; unsaid, all that is held.
    pub amount: Option<Fen>,
    /// How long: up to six months, a year in major cases.
    pub term_months: Option<u8>,
    /// What it covers.
    pub scope: Option<String>,
    /// Whether yield (孳息) is included.
    pub includes_yield: Option<bool>,
}

impl FreezeTerms {
    /// Whether so many months may be named: deposits six at most, a year in major cases (Art. 243).
    #[must_use]
    pub fn may_last(months: u8) -> bool {
        matches!(months, 1..=MAX_MONTHS | MAJOR_CASE_MONTHS)
    }
}

/// A further notice about a freeze that stands: it lasts on, or it is lifted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreezeNotice {
    /// Its number.
    pub document: String,
    /// The head who approved.
    pub approved_by: Option<String>,
    /// Of an extension: for how long.
    pub term_months: Option<u8>,
}

/// A freeze that its bank has made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingFreeze {
    /// The paper it rests on now: where it was extended, the last notice with its head and term.
    pub paper: Freeze,
    /// Since when.
    pub frozen_at: Instant,
    /// When it ends by itself.
    pub ends_at: Instant,
    /// How often it was extended.
    pub extensions: u8,
}

impl StandingFreeze {
    /// A freeze that begins.
    #[must_use]
    pub fn begin(paper: Freeze, at: Instant) -> Self {
        let ends_at = months_after(at, paper.terms.term_months);
        Self { paper, frozen_at: at, ends_at, extensions: 0 }
    }

    /// The freeze as it stands once it lasts on by a further notice: from its end, not from today.
    #[must_use]
    pub fn extended(self, notice: &FreezeNotice) -> Self {
        let terms = FreezeTerms {
            approved_by: notice.approved_by.clone(),
            term_months: notice.term_months,
            ..self.paper.terms
        };
        Self {
            paper: Freeze { document: notice.document.clone(), terms, ..self.paper },
            ends_at: months_after(self.ends_at, notice.term_months),
            extensions: self.extensions.saturating_add(1),
            ..self
        }
    }

    /// The paper that lifts it, as the bank is told.
    #[must_use]
    pub fn lifted_by(&self, notice: &FreezeNotice) -> Freeze {
        Freeze {
            case_number: self.paper.case_number.clone(),
            document: notice.document.clone(),
            terms: FreezeTerms { approved_by: notice.approved_by.clone(), ..FreezeTerms::default() },
        }
    }

    /// How much of what is held it names.
    #[must_use]
    pub fn of(&self, held: Fen) -> Fen {
        self.paper.terms.amount.map_or(held, |amount| amount.min(held))
    }

    /// When the next alarm before the end is due, seen from `now`; `None`: all of them were.
    #[must_use]
    pub fn next_alarm(&self, now: Instant) -> Option<Instant> {
        FREEZE_ALARMS_BEFORE_END.iter().map(|before| self.ends_at - *before).find(|at| *at > now)
    }

    /// Which alarm is the latest that was due at `now`, as the time it goes before the end.
    #[must_use]
    pub fn alarm_due(&self, now: Instant) -> Option<TimeDelta> {
        FREEZE_ALARMS_BEFORE_END.into_iter().rfind(|before| self.ends_at - *before <= now)
    }
}

/// The same day so many months later, by the calendar in China.
fn months_after(at: Instant, months: Option<u8>) -> Instant {
    let months = Months::new(u32::from(months.unwrap_or(MAX_MONTHS)));
    at_the_glass(at).checked_add_months(months).map_or(at, |later| later.to_utc())
}

impl StopPayment {
    /// The freeze that stands and may be extended: before its end only, after which it is over (Art. 240).
    ///
    /// # Errors
    /// [`Refusal`] where nothing is frozen, or the term has ended.
    pub fn may_extend(&self, now: Instant) -> Result<&StandingFreeze, Refusal> {
        match &self.state {
            State::Frozen(_, freeze) if freeze.ends_at <= now => Err(Refusal::FreezeOver),
            State::Frozen(_, freeze) => Ok(freeze),
            State::Draft
            | State::Submitted
            | State::Active(_)
            | State::Partial(_)
            | State::Empty
            | State::Mismatch
            | State::HeldByOther
            | State::Refused
            | State::Released(_)
            | State::Expired(_)
            | State::Failed => Err(self.refusal("extended")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOW, answer, fen, hear, order};
    use super::super::{Asked, Followup, Heard, Hold, Status, Unmoved};
    use super::*;

    fn paper(term_months: Option<u8>) -> Freeze {
        let terms = FreezeTerms { term_months, ..FreezeTerms::default() };
        Freeze { case_number: "A1".to_owned(), document: "D1".to_owned(), terms }
    }

    fn at(time: &str) -> Instant {
        time.parse().unwrap()
    }

    fn notice(term_months: Option<u8>) -> FreezeNotice {
        FreezeNotice {
            document: "D2".to_owned(), approved_by: Some("县局负责人".to_owned()), term_months
        }
    }

    fn frozen(term_months: Option<u8>) -> StopPayment {
        let hold = Hold { balance: None, held: fen(100), stopped_at: NOW };
        order(State::Frozen(hold, StandingFreeze::begin(paper(term_months), NOW)))
    }

    #[test]
    fn a_freeze_lasts_as_many_months_as_its_notice_says_by_the_calendar_in_china() {
        let begins = at("2026-08-31T16:30:00Z");
        for (months, ends) in [
            (Some(1), "2026-09-30T16:30:00Z"),
            (None, "2027-02-28T16:30:00Z"),
            (Some(6), "2027-02-28T16:30:00Z"),
            (Some(12), "2027-08-31T16:30:00Z"),
        ] {
            assert_eq!(StandingFreeze::begin(paper(months), begins).ends_at, at(ends), "{months:?}");
        }
        // the last of a month there is the day before here
        let last = StandingFreeze::begin(paper(Some(6)), at("2026-03-30T16:30:00Z"));
        assert_eq!(last.ends_at, at("2026-09-29T16:30:00Z"));
    }

    #[test]
    fn an_extension_lasts_from_the_end_and_names_the_notice_it_stands_by() {
        let freeze = StandingFreeze::begin(paper(Some(6)), NOW);
        let extended = freeze.clone().extended(&notice(Some(3)));
        assert_eq!((extended.ends_at, extended.extensions), (at("1970-10-01T00:00:00Z"), 1));
        assert_eq!((extended.paper.document.as_str(), extended.paper.case_number.as_str()), ("D2", "A1"));
        assert_eq!(extended.frozen_at, freeze.frozen_at);
    }

    #[test]
    fn a_freeze_is_told_of_before_it_ends_and_then_ends_by_itself() {
        let order = frozen(Some(6));
        let State::Frozen(_, freeze) = &order.state else { panic!() };
        let (mut now, mut due) = (NOW, vec![]);
        while let Some(next) = freeze.next_alarm(now) {
            due.push(freeze.alarm_due(next).unwrap().num_days());
            now = next;
        }
        assert_eq!(due, [30, 7, 1]);
        let end = freeze.ends_at;
        assert!(order.may_extend(end - TimeDelta::microseconds(1)).is_ok());
        assert_eq!(order.may_extend(end), Err(Refusal::FreezeOver));
        assert!(order.clone().expire(end - TimeDelta::microseconds(1)).is_err());
        assert_eq!(order.expire(end).unwrap().status(), Status::Expired);
    }

    #[test]
    fn only_its_own_answer_extends_or_lifts_a_freeze() {
        let order = frozen(Some(6));
        let State::Frozen(_, freeze) = order.state.clone() else { panic!() };
        let extend = Asked::Followup(Followup::ExtendFreeze(freeze.clone().extended(&notice(Some(6)))));
        let lift = Asked::Followup(Followup::LiftFreeze);
        let Heard::Moved(extended) = hear(order.clone(), &answer("0000"), &extend) else { panic!() };
        let State::Frozen(_, stands) = &extended.state else { panic!() };
        assert_eq!((stands.extensions, stands.ends_at > freeze.ends_at), (1, true));
        let Heard::Moved(lifted) = hear(order.clone(), &answer("0000"), &lift) else { panic!() };
        assert_eq!(lifted.status(), Status::Released);
        for (code, why) in [("0600", Unmoved::NotDone), ("1100", Unmoved::AskAgain)] {
            let heard = hear(order.clone(), &answer(code), &extend);
            assert_eq!(heard, Heard::Unmoved(order.clone(), why), "{code}");
        }
        for asked in [Followup::Renew, Followup::Release, Followup::Freeze(paper(None))] {
            let heard = hear(order.clone(), &answer("0000"), &Asked::Followup(asked));
            assert!(matches!(heard, Heard::Unmoved(..)), "a freeze is no stop");
        }
        let Heard::Moved(late) = hear(order.clone(), &answer("1900"), &lift) else { panic!() };
        assert_eq!(late.status(), Status::Expired, "by the bank's clock it had ended");
    }

    #[test]
    fn an_extension_asked_in_time_counts_though_our_clock_ran_out_before_it_was_heard() {
        let order = frozen(Some(6));
        let State::Frozen(_, freeze) = order.state.clone() else { panic!() };
        let extended = freeze.clone().extended(&notice(Some(6)));
        let expired = order.expire(freeze.ends_at).unwrap();
        let asked = Asked::Followup(Followup::ExtendFreeze(extended.clone()));
        let Heard::Moved(stands) = hear(expired, &answer("0000"), &asked) else { panic!() };
        assert!(matches!(stands.state, State::Frozen(_, freeze) if freeze == extended));
    }
}
