use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::account::{AccountKind, AccountNumber, BankCode};
use crate::person::PersonName;

const NOW: Instant = Instant::UNIX_EPOCH;

fn fen(amount: i64) -> Fen {
    Fen::new(amount).unwrap()
}

fn account(place: u8) -> Account {
    Account {
        kind: AccountKind::BankCard,
        number: AccountNumber::parse(&format!("62170000000000{place:04}")).ok(),
        holder: PersonName::parse("李某").ok(),
        bank_code: BankCode::parse("CCB").ok(),
    }
}

fn onward(place: u8, amount: i64, minutes: i64) -> Onward {
    Onward {
        account: account(place),
        amount: Some(fen(amount)),
        transferred_at: Some(NOW + TimeDelta::minutes(minutes)),
        reference: None,
    }
}

fn trail<'a>(known: &'a [Move], chased: &'a [(MeasureId, Account)]) -> Trail<'a> {
    Trail { claim: Some(fen(1000)), held: fen(400), hop: 0, known, chased, own: &[] }
}

fn recorded(step: &Step) -> Move {
    Move {
        id: MoveId::new(NOW),
        incident_id: IncidentId::new(NOW),
        from_id: MeasureId::new(NOW),
        to_id: None,
        account: step.onward.account.clone(),
        amount: step.onward.amount,
        claim: step.claim,
        moved_at: step.onward.transferred_at,
        reference: step.onward.reference.clone(),
        followed: step.followed,
        created_at: NOW,
    }
}

fn told(steps: &[Step]) -> Vec<(Followed, i64)> {
    steps.iter().map(|step| (step.followed, step.claim.fen())).collect()
}

#[test]
fn what_was_lost_is_claimed_in_the_order_of_time() {
    let named = [onward(2, 500, 2), onward(1, 200, 1), onward(3, 500, 3)];
    let steps = follow(&trail(&[], &[]), &named, &Limits::default());
    assert_eq!(
        told(&steps),
        [(Followed::Ordered, 200), (Followed::Ordered, 400), (Followed::BeyondClaim, 0)]
    );
}

#[test]
fn what_is_named_twice_is_followed_once() {
    let named = [onward(1, 200, 1), onward(1, 200, 1), onward(2, 100, 2)];
    let first = follow(&trail(&[], &[]), &named, &Limits::default());
    assert_eq!(told(&first), [(Followed::Ordered, 200), (Followed::Ordered, 100)]);
    let known: Vec<Move> = first.iter().map(recorded).collect();
    assert_eq!(follow(&trail(&known, &[]), &named, &Limits::default()), []);
}

#[test]
fn a_serial_tells_two_like_transfers_apart_and_one_told_twice_together() {
    let with =
        |reference: &str, amount| Onward { reference: Some(reference.to_owned()), ..onward(1, amount, 1) };
    let first = follow(&trail(&[], &[]), &[with("1", 100), with("2", 100)], &Limits::default());
    assert_eq!(told(&first), [(Followed::Ordered, 100), (Followed::KnownAccount, 100)]);
    let known: Vec<Move> = first.iter().map(recorded).collect();
    assert_eq!(follow(&trail(&known, &[]), &[with("2", 101)], &Limits::default()), []);
}

#[test]
fn an_account_is_stopped_once_and_the_victims_own_never() {
    let chased = [(MeasureId::new(NOW), account(1))];
    let own = [account(2)];
    let known = Trail { own: &own, ..trail(&[], &chased) };
    let named = [onward(1, 100, 1), onward(2, 100, 2), onward(3, 100, 3), onward(3, 50, 4)];
    let steps = follow(&known, &named, &Limits::default());
    let how: Vec<Followed> = steps.iter().map(|step| step.followed).collect();
    assert_eq!(
        how,
        [Followed::KnownAccount, Followed::VictimsOwn, Followed::Ordered, Followed::KnownAccount]
    );
    assert_eq!(steps[0].known, Some(chased[0].0));
}

#[test]
fn the_limits_hold() {
    let far = Trail { hop: 3, ..trail(&[], &[]) };
    let limits = Limits { max_hops: 3, floor: fen(50), max_orders: 1 };
    assert_eq!(told(&follow(&far, &[onward(1, 60, 1)], &limits)), [(Followed::HopLimit, 60)]);
    let named = [onward(1, 49, 1), onward(2, 60, 2), onward(3, 60, 3)];
    assert_eq!(
        told(&follow(&trail(&[], &[]), &named, &limits)),
        [(Followed::BelowFloor, 49), (Followed::Ordered, 60), (Followed::OrderLimit, 60)]
    );
}

#[test]
fn a_bank_that_holds_everything_and_names_transfers_is_followed_up_to_the_claim() {
    let whole = Trail { held: fen(1000), ..trail(&[], &[]) };
    let steps = follow(&whole, &[onward(1, 700, 1), onward(2, 700, 2)], &Limits::default());
    assert_eq!(told(&steps), [(Followed::Ordered, 700), (Followed::Ordered, 300)]);
}

#[test]
fn what_the_bank_does_not_tell_waits_as_a_draft_and_claims_nothing_yet() {
    let untold = Onward { amount: None, transferred_at: None, ..onward(1, 1, 1) };
    let steps = follow(&trail(&[], &[]), &[untold, onward(2, 900, 9)], &Limits::default());
    assert_eq!(told(&steps), [(Followed::Ordered, 600), (Followed::Ordered, 0)]);
}

proptest! {
    #[test]
    fn in_one_hop_never_more_is_claimed_than_was_lost_to_it(
        claim in 1_i64..10_000,
        held in 0_i64..12_000,
        first in prop::collection::vec((0_u8..6, 1_i64..5_000, 0_i64..9), 0..6),
        then in prop::collection::vec((0_u8..6, 1_i64..5_000, 0_i64..9), 0..6),
    ) {
        let named = |drawn: &[(u8, i64, i64)]| -> Vec<Onward> {
            drawn.iter().map(|(to, amount, at)| onward(*to, *amount, *at)).collect()
        };
        let parent = Trail { claim: Some(fen(claim)), held: fen(held), ..trail(&[], &[]) };
        let mut known: Vec<Move> = follow(&parent, &named(&first), &Limits::default()).iter().map(recorded).collect();
        let later = follow(&Trail { known: &known, ..parent.clone() }, &named(&then), &Limits::default());
        known.extend(later.iter().map(recorded));
        let claimed: i64 = known.iter().map(|moved| moved.claim.fen()).sum();
        let lost = if held >= claim { claim } else { claim - held };
        prop_assert!(claimed <= lost, "{claimed} of {lost}");
        for moved in &known {
            prop_assert!(moved.amount.is_none_or(|amount| moved.claim <= amount));
        }
        let ordered: Vec<&Move> = known.iter().filter(|moved| moved.followed == Followed::Ordered).collect();
        prop_assert!(ordered.iter().all(|moved| moved.claim > Fen::ZERO));
    }

    #[test]
    fn shares_add_up_to_what_is_held_and_none_is_more_than_its_claim(
        held in 0_i64..1_000_000_000_000,
        claims in prop::collection::vec(0_i64..1_000_000_000_000, 0..8),
    ) {
        let claims: Vec<Fen> = claims.into_iter().map(fen).collect();
        let shares = pro_rata(fen(held), &claims);
        let total: Fen = claims.iter().copied().sum();
        prop_assert_eq!(shares.iter().copied().sum::<Fen>(), fen(held).min(total));
        for (share, claim) in shares.iter().zip(&claims) {
            prop_assert!(share <= claim);
        }
    }
}
