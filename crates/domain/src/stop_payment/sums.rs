//! Where the disputed money of one order is. The figures are kept apart and always add up:
//!
//! ```text
//! claimed + over_held = caught + escaped + open
//!              caught = held + frozen + returned + released + expired
//! ```

use crate::money::Fen;

use super::{Refusal, State, StopPayment};

/// The disputed money of one order, by where it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// What the victim paid in.
    pub claimed: Fen,
    /// What the bank caught, whatever became of it.
    pub caught: Fen,
    /// Caught beyond the claim.
    pub over_held: Fen,
    /// Had left before the stop.
    pub escaped: Fen,
    /// The bank has caught nothing and not said that anything has left.
    pub open: Fen,
    /// In the account, stopped.
    pub held: Fen,
    /// In the account, frozen by a filed case, and not given back yet.
    pub frozen: Fen,
    /// Given back to the victim.
    pub returned: Fen,
    /// Let go by two persons, or left out of the freeze that took the stop's place.
    pub released: Fen,
    /// Let go by the end of the stop or of the freeze.
    pub expired: Fen,
}

impl StopPayment {
    /// Where the money is.
    #[must_use]
    pub fn sums(&self) -> Sums {
        let claimed = self.transfer.amount.unwrap_or_default();
        let caught = self.hold().map(|hold| hold.held).unwrap_or_default();
        let sums = Sums {
            claimed,
            caught,
            over_held: caught.saturating_sub(claimed),
            escaped: claimed.saturating_sub(caught),
            ..Sums::default()
        };
        match &self.state {
            State::Active(_) | State::Partial(_) => Sums { held: caught, ..sums },
            State::Frozen(hold, freeze) => {
                let frozen = freeze.of(hold.held).max(self.returned);
                Sums {
                    frozen: frozen.saturating_sub(self.returned),
                    returned: self.returned,
                    released: caught.saturating_sub(frozen),
                    ..sums
                }
            }
            // what a freeze gave back before it ended stays given back
            State::Released(_) => {
                Sums { released: caught.saturating_sub(self.returned), returned: self.returned, ..sums }
            }
            State::Expired(_) => {
                Sums { expired: caught.saturating_sub(self.returned), returned: self.returned, ..sums }
            }
            State::Empty => sums,
            State::Draft
            | State::Submitted
            | State::Mismatch
            | State::HeldByOther
            | State::Refused
            | State::Failed => Sums { open: claimed, escaped: Fen::ZERO, ..sums },
        }
    }

    /// Money of a freeze is given back to the victim (资金返还).
    ///
    /// # Errors
    /// [`Refusal`] unless so much is frozen.
    pub fn give_back(mut self, amount: Fen) -> Result<Self, Refusal> {
        let State::Frozen(hold, freeze) = &self.state else {
            return Err(self.refusal("returned"));
        };
        let frozen = freeze.of(hold.held);
        let returned = self.returned.checked_add(amount).filter(|returned| *returned <= frozen);
        self.returned = returned.ok_or(Refusal::MoreThanFrozen)?;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::super::tests::{CODES, NOW, answer, fen, order};
    use super::super::{Asked, BankAnswer, Followup, Freeze, FreezeTerms, Heard, STOP_LASTS, StandingFreeze};
    use super::*;

    fn add_up(order: &StopPayment) -> bool {
        let Sums { claimed, caught, over_held, escaped, open, held, frozen, returned, released, expired } =
            order.sums();
        let sum = |some: &[Fen]| some.iter().copied().sum::<Fen>();
        sum(&[claimed, over_held]) == sum(&[caught, escaped, open])
            && caught == sum(&[held, frozen, returned, released, expired])
    }

    /// What may happen to an order.
    #[derive(Debug, Clone)]
    enum Step {
        Says { code: &'static str, balance: Option<i64>, held: Option<i64>, asked: u8 },
        GivesUp,
        Ends,
        GivesBack(i64),
    }

    fn any_step() -> impl Strategy<Value = Step> {
        let codes = prop::sample::select(vec![
            "0000", "1200", "0301", "0302", "1301", "1100", "1800", "1900", "4242",
        ]);
        let amount = || prop::option::of(0_i64..20_000_000);
        prop_oneof![
            6 => (codes, amount(), amount(), 0_u8..6)
                .prop_map(|(code, balance, held, asked)| Step::Says { code, balance, held, asked }),
            1 => Just(Step::GivesUp),
            1 => Just(Step::Ends),
            2 => (1_i64..15_000_000).prop_map(Step::GivesBack),
        ]
    }

    fn paper(amount: Option<Fen>) -> Freeze {
        let terms = FreezeTerms { amount, ..FreezeTerms::default() };
        Freeze { case_number: "A1".to_owned(), document: "D1".to_owned(), terms }
    }

    fn take(order: StopPayment, step: Step) -> StopPayment {
        match step {
            Step::Says { code, balance, held, asked } => {
                let answer = BankAnswer { balance: balance.map(fen), held: held.map(fen), ..answer(code) };
                let asked = match asked {
                    0 => Asked::Stop,
                    1 => Asked::Followup(Followup::Renew),
                    2 => Asked::Followup(Followup::Release),
                    3 => Asked::Followup(Followup::LiftFreeze),
                    4 => Asked::Followup(Followup::ExtendFreeze(StandingFreeze::begin(paper(None), NOW))),
                    // the notice may name less than is held
                    _ => Asked::Followup(Followup::Freeze(paper(balance.and_then(Fen::new)))),
                };
                let (Heard::Moved(order) | Heard::Unmoved(order, _)) =
                    order.hear(&answer, CODES.class(&answer.result_code), &asked, NOW);
                order
            }
            Step::GivesUp => order.clone().give_up().unwrap_or(order),
            Step::Ends => order.clone().expire(NOW + STOP_LASTS + TimeDelta::hours(48)).unwrap_or(order),
            Step::GivesBack(amount) => order.clone().give_back(fen(amount)).unwrap_or(order),
        }
    }

    proptest! {
        #[test]
        fn money_is_neither_made_nor_lost_whatever_happens(steps in prop::collection::vec(any_step(), 0..30)) {
            let mut at = order(State::Submitted);
            prop_assert!(add_up(&at));
            for step in steps {
                at = take(at, step);
                prop_assert!(add_up(&at), "{:?}", at.sums());
            }
        }
    }

    #[test]
    fn no_more_is_given_back_than_was_frozen() {
        let hold = super::super::Hold { balance: None, held: fen(100), stopped_at: NOW };
        let frozen = order(State::Frozen(hold, StandingFreeze::begin(paper(None), NOW)));
        let part = frozen.give_back(fen(60)).unwrap();
        assert_eq!((part.sums().frozen, part.sums().returned), (fen(40), fen(60)));
        assert_eq!(part.clone().give_back(fen(41)), Err(Refusal::MoreThanFrozen));
        assert_eq!(part.give_back(fen(40)).unwrap().sums().frozen, Fen::ZERO);
        assert!(order(State::Active(hold)).give_back(fen(1)).is_err());
    }

    #[test]
    fn what_a_freeze_gave_back_stays_given_back_when_it_ends_and_what_it_left_out_was_let_go() {
        let hold = super::super::Hold { balance: None, held: fen(100), stopped_at: NOW };
        let freeze = StandingFreeze::begin(paper(Fen::new(90)), NOW);
        let end = freeze.ends_at;
        let frozen = order(State::Frozen(hold, freeze));
        assert_eq!((frozen.sums().frozen, frozen.sums().released), (fen(90), fen(10)));
        assert_eq!(frozen.clone().give_back(fen(91)), Err(Refusal::MoreThanFrozen));
        let sums = frozen.give_back(fen(30)).unwrap().expire(end).unwrap().sums();
        assert_eq!((sums.returned, sums.expired, sums.frozen), (fen(30), fen(70), Fen::ZERO));
    }
}
