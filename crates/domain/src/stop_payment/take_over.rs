//! Several claims of one account share one hold. When it is over, the next claim takes the account over: its order goes to
//! the bank again, as a new one, because a bank knows an order by one id and has answered the old one.

use crate::stop_payment::{Rounds, RoundsUsed, Status, StopPayment};

/// Why a claim does not take its account over; a person decides what is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTakenOver {
    /// The same incident's desk has let the account go.
    #[error("two persons of this incident have released the account")]
    ReleasedHere,
    /// The holder was heard, and was right.
    #[error("the holder's appeal against the stop was granted")]
    AppealGranted,
    /// There is never a third.
    #[error("there is no further round: the account was {0}")]
    NoRoundLeft(RoundsUsed),
    /// Whoever it is, it is none of ours.
    #[error("somebody unknown holds the account now: prepare a queued freeze (轮候冻结)")]
    HeldElsewhere,
}

impl StopPayment {
    /// Whether this claim takes the account over, now that `holder` keeps it no more.
    ///
    /// # Errors
    /// [`NotTakenOver`] says why a person must decide.
    pub fn may_take_over(
        &self,
        holder: &Self,
        appeal_granted: bool,
        rounds: Rounds,
        used: RoundsUsed,
    ) -> Result<(), NotTakenOver> {
        if holder.status() == Status::HeldByOther {
            return Err(NotTakenOver::HeldElsewhere);
        }
        if appeal_granted {
            return Err(NotTakenOver::AppealGranted);
        }
        if holder.status() == Status::Released && holder.incident_id == self.incident_id {
            return Err(NotTakenOver::ReleasedHere);
        }
        if rounds.may_stop(used) { Ok(()) } else { Err(NotTakenOver::NoRoundLeft(used)) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOW, fen, order};
    use super::super::{Hold, State};
    use super::*;

    #[test]
    fn a_claim_takes_over_what_was_let_go_unless_a_person_must_decide() {
        let hold = Hold { balance: None, held: fen(1), stopped_at: NOW };
        let claim = order(State::HeldByOther);
        let once = RoundsUsed { stops: 1, extensions: 0, exceeded: false };
        let twice = RoundsUsed { extensions: 1, ..once };
        let of_the_same = |state| StopPayment { incident_id: claim.incident_id, ..order(state) };
        for (case, holder, granted, used, expected) in [
            ("expired", order(State::Expired(hold)), false, once, Ok(())),
            ("released", order(State::Released(hold)), false, once, Ok(())),
            ("the claim before it failed", order(State::Mismatch), false, once, Ok(())),
            ("expired here", of_the_same(State::Expired(hold)), false, once, Ok(())),
            (
                "released here",
                of_the_same(State::Released(hold)),
                false,
                once,
                Err(NotTakenOver::ReleasedHere),
            ),
            (
                "the holder is right",
                order(State::Released(hold)),
                true,
                once,
                Err(NotTakenOver::AppealGranted),
            ),
            (
                "no round left",
                order(State::Expired(hold)),
                false,
                twice,
                Err(NotTakenOver::NoRoundLeft(twice)),
            ),
            ("held elsewhere", order(State::HeldByOther), false, once, Err(NotTakenOver::HeldElsewhere)),
        ] {
            assert_eq!(claim.may_take_over(&holder, granted, Rounds::default(), used), expected, "{case}");
        }
    }
}
