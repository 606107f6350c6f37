//! Lives that once failed, told again in every run: a bug that was found leaves its life here.

use super::operation::{Conduct, Danger, Operation, Party};

/// Seeds of whole lives.
pub(super) const SEEDS: &[u64] = &[];

/// Lives cut down to what made them fail.
pub(super) fn lives() -> Vec<(&'static str, Vec<Operation>)> {
    vec![(
        "a line that was never cut is to be restored",
        vec![
            Operation::Alert { person: 0, danger: Danger::High, again: false },
            Operation::Outside { party: Party::Carrier, manner: Conduct::Down },
            Operation::AskToCutLine { person: 0 },
            Operation::Decide { approve: true },
            Operation::Passes { secs: 1_800 },
        ],
    )]
}
