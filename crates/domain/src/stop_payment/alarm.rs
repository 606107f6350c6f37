//! What a person must see to, because nothing else will.

use crate::words::words;

words! {
    /// Why a stop-payment needs a person now.
    pub enum AlarmKind {
        /// It ends soon, and the money goes with it.
        Expiring = "expiring",
        /// The freeze ends soon: it can be extended before that only.
        FreezeEnding = "freeze_ending",
        /// The holder of a frozen account was right: a notice is to lift the freeze, by a head and a second person.
        FreezeToLift = "freeze_to_lift",
        /// The bank does not answer: it must be phoned, and the paper form faxed.
        NoAnswer = "no_answer",
        /// The bank answered with a code that nobody has listed.
        NotUnderstood = "not_understood",
        /// The bank says otherwise than it said before.
        Contradiction = "contradiction",
        /// The bank did not do what was asked of a stop that stands.
        NotDone = "not_done",
        /// The bank holds more than was disputed.
        OverHeld = "over_held",
        /// Somebody unknown holds the account: a queued freeze is to be prepared.
        HeldElsewhere = "held_elsewhere",
        /// A paper that the stop owes is not there in time.
        PapersOverdue = "papers_overdue",
        /// An appeal against the stop is not decided in time.
        AppealOverdue = "appeal_overdue",
        /// The stop that kept another order from the account is over, and that order does not take it over by itself.
        HolderLetGo = "holder_let_go",
    }
}
