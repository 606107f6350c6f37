use domain::stop_payment::ResultCodes;

use super::scheme::{Mule, Scheme};
use super::*;

const SHIPPED: &str = include_str!("../../../../config/race.toml");
const CODES: &str = include_str!("../../../../config/banks/result_codes.toml");

fn rules() -> Rules {
    let common = ResultCodes::parse("result_codes.toml", CODES).unwrap();
    let result_codes = CodeTables { common, ..CodeTables::default() };
    Rules { result_codes, pursuit: Limits::default() }
}

fn assumptions(cases: usize) -> Assumptions {
    Assumptions { cases, ..Assumptions::parse("race.toml", SHIPPED).unwrap() }
}

fn desk(secs: f64) -> Desk {
    Desk { name: "desk".to_owned(), first_secs: secs, next_hop_secs: secs }
}

#[test]
fn the_same_seed_is_the_same_race() {
    let assumptions = assumptions(50);
    let told = |seed| run(seed, &assumptions, &rules()).to_string();
    assert_eq!(told(7), told(7));
    assert_ne!(told(7), told(8));
}

#[test]
fn money_is_held_or_has_escaped_and_never_both() {
    let rules = rules();
    for scheme in schemes(7, &assumptions(300)) {
        for secs in [0.0, 120.0, 1_800.0] {
            let run = case::run(&scheme, &desk(secs), &rules);
            assert_eq!([run.held, run.escaped].into_iter().sum::<Fen>(), run.paid, "{scheme:?}");
        }
    }
}

#[test]
fn money_that_still_rests_is_held_whole_by_the_first_order() {
    let mut rng = StdRng::seed_from_u64(1);
    let mut scheme = Scheme::draw(&mut rng, &assumptions(1));
    scheme.accounts[0].dwell = chrono::TimeDelta::days(9);
    scheme.accounts[0].silences = 0;
    let run = case::run(&scheme, &desk(60.0), &rules());
    assert_eq!((run.held, run.orders), (run.paid, 1));
}

#[test]
fn over_all_cases_the_slower_desk_holds_less() {
    let race = run(110, &assumptions(400), &rules());
    let shares: Vec<f64> = race.desks.iter().map(|standing| standing.share).collect();
    assert!(shares.windows(2).all(|pair| pair[0] > pair[1]), "{shares:?}");
}

#[test]
fn the_difference_of_two_desks_is_surer_than_their_shares() {
    let race = run(110, &assumptions(400), &rules());
    let (first, next) = (&race.desks[0], &race.desks[1]);
    assert!((first.share - next.share - next.behind).abs() < 1e-9);
    assert!(next.behind_give_or_take < next.give_or_take);
    assert!(next.behind > next.behind_give_or_take, "two minutes cost money");
}

#[test]
fn money_that_splits_and_meets_again_is_stopped_once_an_account() {
    let mule = |onward: &[usize], dwell_secs: i64| Mule {
        dwell: chrono::TimeDelta::seconds(dwell_secs),
        onward: onward.to_vec(),
        answers_after: chrono::TimeDelta::milliseconds(300),
        silences: 0,
    };
    let scheme = Scheme {
        paid: Fen::new(1_000_001).unwrap(),
        reported_after: chrono::TimeDelta::minutes(9),
        facts_after: chrono::TimeDelta::minutes(1),
        accounts: vec![mule(&[1, 2], 60), mule(&[3], 60), mule(&[3], 120), mule(&[4], 60), mule(&[], 90_000)],
    };
    let run = case::run(&scheme, &desk(0.05), &rules());
    assert_eq!((run.held, run.orders), (run.paid, 5));
}

#[test]
fn what_is_wrong_in_the_assumptions_is_told_with_its_line() {
    for (wrong, right, cause) in [
        ("cash_out_share = 1.2", "cash_out_share = 0.2", "a share is a number from 0 to 1"),
        ("silent_share = 1.0", "silent_share = 0.03", "expected a share from 0 to below 1"),
        ("casez = 2000", "cases = 2000", "unknown field"),
        ("[[0.0, 60], [0.15, 30]", "[[0.0, 60], [0.15, 300]", "expected rising [share, value] pairs"),
    ] {
        let text = SHIPPED.replacen(right, wrong, 1);
        assert_ne!(text, SHIPPED, "{right} stands in the shipped file");
        let fault = Assumptions::parse("race.toml", &text).unwrap_err();
        assert!(fault.cause.contains(cause), "{fault}");
        assert!(fault.line > 1, "{fault}");
    }
}

#[test]
fn the_picture_marks_every_desk() {
    let assumptions = assumptions(40);
    let race = run(110, &assumptions, &rules());
    let picture = picture(&race, &assumptions, &rules());
    for standing in &race.desks {
        let marked = picture.matches(&format!(">{}</text>", standing.desk.name)).count();
        assert_eq!(marked, 2, "{} has a dot and a bar", standing.desk.name);
    }
    assert!(picture.starts_with("<svg") && picture.ends_with("</svg>\n"));
}
