//! Stories of the town, told end to end: real HTTP, real PostgreSQL, signed webhooks, a clock moved by hand.

#![expect(clippy::unwrap_used, reason = "a story that misses a fact has failed")]

mod stories {
    mod alerts;
    mod audits;
    mod auto_calls;
    mod bank_directory;
    mod banks;
    mod call_blocks;
    mod dispatches;
    mod drills;
    mod episodes;
    mod freezes;
    mod hand_overs;
    mod iso_banks;
    mod lessons;
    mod money;
    mod money_simulation;
    mod persons;
    mod plans;
    mod record;
    mod repeats;
    mod rules;
    mod stop_payments;
    mod texts;
    mod the_clock_of_a_stop;
    mod workers;

    pub(crate) const VICTIM: &str = "13847200001";
    pub(crate) const RELATIVE: &str = "13847200009";
    pub(crate) const FRAUDSTER: &str = "+85261234567";
    pub(crate) const MULE: &str = "6228482601815908309";
    /// Whose area the victim's home is in.
    pub(crate) const STATION: &str = "150203001";
}
