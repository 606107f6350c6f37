//! The whole of Lanjie in a town where anything may happen: operations and faults are drawn from a seed, and after
//! each of them everything that must always hold is looked for.
//!
//! A failure names its seed and how far it came. `LANJIE_SIMULATION_SEED=7` tells that one life again, and
//! `LANJIE_SIMULATION_LIVES=200` tells so many new ones. What once failed is kept in [`simulation::kept`].

#![expect(clippy::unwrap_used, reason = "a life that misses a fact has failed")]

mod simulation {
    mod always;
    mod deeds;
    mod kept;
    mod life;
    mod operation;

    use std::env;

    use futures::future::join_all;

    use life::Life;
    use operation::Operation;

    /// How many operations one life has.
    const LENGTH: usize = 60;
    /// How many lives are told when nobody says otherwise.
    const LIVES: u64 = 4;
    /// Told when nobody says otherwise; the same every time, so that a change is what makes a run fail.
    const FIRST_SEED: u64 = 110;

    fn number(variable: &str) -> Option<u64> {
        let text = env::var(variable).ok()?;
        Some(text.parse().unwrap_or_else(|_| panic!("{variable} is a whole number, not {text:?}")))
    }

    async fn tell(seed: u64) {
        Life::tell(&format!("seed {seed}"), &operation::drawn(seed, LENGTH)).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn whatever_happens_nobody_is_lost_and_nothing_is_done_twice() {
        if let Some(seed) = number("LANJIE_SIMULATION_SEED") {
            return tell(seed).await;
        }
        let first = number("LANJIE_SIMULATION_FIRST").unwrap_or(FIRST_SEED);
        let lives = number("LANJIE_SIMULATION_LIVES").unwrap_or(LIVES);
        for pair in (first..first + lives).collect::<Vec<u64>>().chunks(2) {
            join_all(pair.iter().map(|seed| tell(*seed))).await;
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_once_failed_holds() {
        for (name, operations) in kept::lives() {
            Life::tell(name, &operations).await;
        }
        for seed in kept::SEEDS {
            tell(*seed).await;
        }
    }

    #[test]
    fn the_same_seed_is_the_same_life() {
        let drawn = |seed| -> Vec<Operation> { operation::drawn(seed, LENGTH) };
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
    }
}
