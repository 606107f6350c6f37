//! How long 250 rules take over one alert, with every reason told in two languages: `cargo bench --package domain`.
//! Beside a public rules engine: tests/rules_engines.

use std::hint::black_box;
use std::time::{Duration, Instant};

use domain::grading::Rules;

mod many_rules;

/// All alerts are judged so often; the fastest time counts, which is the least disturbed.
const RUNS: u32 = 50;

fn main() {
    let rules = match Rules::parse("many rules", &many_rules::file()) {
        Ok(rules) => rules,
        Err(faults) => return println!("the rules cannot be read: {faults:?}"),
    };
    let alerts = many_rules::alerts();
    let (mut fastest, mut fired) = (Duration::MAX, 0);
    for _ in 0..RUNS {
        let begun = Instant::now();
        fired = alerts.iter().map(|facts| black_box(rules.assess(black_box(facts))).reasons.len()).sum();
        fastest = fastest.min(begun.elapsed());
    }
    let each = fastest.as_nanos() / alerts.len().max(1) as u128;
    println!("{} rules over an alert, {} fire: {each} ns", many_rules::rules().len(), fired / alerts.len());
}
