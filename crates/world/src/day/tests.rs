use std::collections::HashSet;

use domain::clock::Instant;
use domain::person::PhoneNumber;

use super::*;

const DAYS: u64 = 400;

fn bodies(seed: u64) -> Vec<String> {
    let now = Instant::UNIX_EPOCH;
    let body = |event: Event| match event.what {
        What::Alert(alert) => alert.body(now + event.at).to_string(),
        What::Call(call) => format!("{}{:?}", call.body(now + event.at), call.accounts(now)),
    };
    Day::generate(seed).events.into_iter().map(body).collect()
}

fn assert_near(counted: f64, expected: f64, within: f64, of_what: &str) {
    let off = (counted / expected - 1.0).abs();
    assert!(off < within, "{of_what}: {counted} against {expected}");
}

#[test]
fn the_same_seed_is_the_same_day_and_another_seed_another() {
    assert_eq!(bodies(7), bodies(7));
    assert_ne!(bodies(7), bodies(8));
}

#[test]
fn over_many_days_the_mix_is_the_published_one() {
    let (mut alerts, mut subjects, mut blocks, mut orders) = (0, 0, 0, 0);
    let mut caught = 0.0;
    for seed in 0..DAYS {
        let (mut refs, mut phones, mut numbers) = (HashSet::new(), HashSet::new(), HashSet::new());
        for event in Day::generate(seed).events {
            match event.what {
                What::Alert(alert) => {
                    refs.insert(alert.source_ref.clone());
                    phones.insert(alert.subject.phone.clone());
                    numbers.extend(alert.suspect_phone.clone());
                }
                What::Call(call) => {
                    let accounts = call.accounts(Instant::UNIX_EPOCH);
                    orders += accounts.len();
                    caught += match call.fate {
                        Fate::Mismatch => 0.0,
                        Fate::Whole | Fate::Partial | Fate::Gone => still_there(&accounts),
                    };
                }
            }
        }
        alerts += refs.len();
        subjects += phones.len();
        blocks += numbers.len();
    }
    let a_day = |count: usize| count as f64 / DAYS as f64;
    assert_near(a_day(alerts), ALERTS_PER_DAY, 0.02, "alerts");
    assert_near(a_day(subjects), SMS_PER_DAY, 0.02, "subjects to warn");
    assert_near(a_day(blocks), BLOCKS_PER_DAY, 0.05, "numbers to block");
    assert_near(a_day(orders), STOPS_PER_DAY, 0.03, "stop-payments");
    assert_near(caught / DAYS as f64, YUAN_STOPPED_PER_DAY, 0.08, "yuan stopped");
}

/// What the banks can still hold, in yuan.
fn still_there(accounts: &[(&str, crate::bank::BankAccount)]) -> f64 {
    let left = |account: &crate::bank::BankAccount| {
        let moved: i64 = account.onward.iter().map(|step| step.amount.fen()).sum();
        (account.balance.fen() - moved) as f64 / 100.0
    };
    accounts.iter().map(|(_, account)| left(account)).sum()
}

#[test]
fn each_kind_of_fraud_has_its_share() {
    let total: u32 = SCAM_TYPE_CASES.iter().map(|(_, cases)| cases).sum();
    let mut rng = StdRng::seed_from_u64(3);
    let drawn: Vec<_> = (0..50_000).map(|_| scam_type(&mut rng)).collect();
    for (kind, cases) in SCAM_TYPE_CASES {
        let met = drawn.iter().filter(|drawn| **drawn == kind).count();
        let share = f64::from(cases) / f64::from(total);
        assert_near(met as f64 / drawn.len() as f64, share, 0.12, kind.as_str());
    }
}

#[test]
fn every_number_of_a_day_is_one() {
    for event in Day::generate(5).events {
        if let What::Alert(alert) = event.what {
            assert!(PhoneNumber::parse(&alert.subject.phone).is_ok());
            assert!(alert.suspect_phone.iter().all(|phone| PhoneNumber::parse(phone).is_ok()));
        }
    }
}

#[test]
fn a_day_begun_later_loses_nothing_and_stays_in_order() {
    let day = Day::generate(5);
    let begun = day.clone().begun_at(8);
    assert_eq!(begun.events.len(), day.events.len());
    assert!(begun.events.is_sorted_by_key(|event| event.at));
    assert!(begun.events.iter().all(|event| event.at <= TimeDelta::days(1)));
}
