use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::account::{AccountKind, AccountNumber, BankCode};
use crate::call::Transfer;
use crate::id::IncidentId;
use crate::person::PersonName;
use crate::pursuit::Limits;
use crate::stop_payment::{Hold, State};

pub(super) const NOW: Instant = Instant::UNIX_EPOCH;

pub(super) fn fen(amount: i64) -> Fen {
    Fen::new(amount).unwrap()
}

fn account(place: usize) -> Account {
    Account {
        kind: AccountKind::BankCard,
        number: AccountNumber::parse(&format!("62170000000000{place:04}")).ok(),
        holder: PersonName::parse("李某").ok(),
        bank_code: BankCode::parse("CCB").ok(),
    }
}

fn hold(held: i64) -> Hold {
    Hold { balance: Some(fen(held)), held: fen(held), stopped_at: NOW }
}

/// An order for account `place`; `parent` makes it a next hop.
pub(super) fn order(place: usize, amount: i64, parent: Option<&Chased>, state: State) -> Chased {
    let order = StopPayment {
        id: MeasureId::new(NOW + TimeDelta::milliseconds(i64::try_from(place).unwrap())),
        incident_id: IncidentId::new(NOW),
        origin: None,
        parent_id: parent.map(|parent| parent.order.id),
        corrects_id: None,
        hop: 0,
        round: 1,
        transfer: Transfer {
            payer: None,
            payee: Some(account(place)),
            amount: Some(fen(amount)),
            transferred_at: Some(NOW),
            channel: None,
            reference: None,
        },
        claim: None,
        created_at: NOW,
        submitted_at: Some(NOW),
        returned: Fen::ZERO,
        state,
    };
    Chased { order, balance: None }
}

pub(super) fn moved(from: &Chased, to: Option<&Chased>, place: usize, amount: i64, minutes: i64) -> Move {
    Move {
        id: MoveId::new(NOW),
        incident_id: from.order.incident_id,
        from_id: from.order.id,
        to_id: to.map(|to| to.order.id),
        account: account(place),
        amount: Some(fen(amount)),
        claim: fen(amount),
        moved_at: Some(NOW + TimeDelta::minutes(minutes)),
        reference: None,
        followed: if to.is_some() { Followed::Ordered } else { Followed::BelowFloor },
        created_at: NOW + TimeDelta::minutes(minutes),
    }
}

fn totals(claimed: i64, held: i64, escaped: i64, unknown: i64) -> Totals {
    Totals {
        claimed: fen(claimed),
        held: fen(held),
        escaped: fen(escaped),
        unknown: fen(unknown),
        ..Totals::default()
    }
}

#[test]
fn money_that_splits_and_meets_again_is_counted_once() {
    let first = order(0, 1000, None, State::Partial(hold(100)));
    let left = order(1, 500, Some(&first), State::Empty);
    let right = order(2, 400, Some(&first), State::Partial(hold(50)));
    let last = order(3, 500, Some(&left), State::Partial(hold(700)));
    let moves = [
        moved(&first, Some(&left), 1, 500, 1),
        moved(&first, Some(&right), 2, 400, 2),
        moved(&left, Some(&last), 3, 500, 3),
        moved(&right, Some(&last), 3, 300, 4),
    ];
    let graph = MoneyGraph::of(&[first, left, right, last], &moves, &[]);
    assert_eq!(graph.totals, totals(1000, 850, 150, 0));
    let hops: Vec<u8> = graph.accounts.iter().map(|node| node.hop).collect();
    assert_eq!(hops, [0, 1, 1, 2]);
    let last = &graph.accounts[3];
    assert_eq!((last.claimed, last.held, last.escaped), (fen(800), fen(700), fen(100)));
    assert_eq!(graph.accounts[2].escaped, fen(50), "held 50 of 400, 300 went on");
}

#[test]
fn money_that_comes_back_is_a_line_and_no_claim() {
    let first = order(0, 1000, None, State::Empty);
    let second = order(1, 1000, Some(&first), State::Empty);
    let moves = [moved(&first, Some(&second), 1, 1000, 1), moved(&second, Some(&first), 0, 1000, 2)];
    let graph = MoneyGraph::of(&[first, second], &moves, &[]);
    assert_eq!(graph.totals, totals(1000, 0, 1000, 0));
    assert!(graph.transfers[1].comes_back);
    assert_eq!(graph.accounts[0].claimed, fen(1000));
}

#[test]
fn what_was_not_chased_has_escaped_and_what_the_victim_got_back_has_not() {
    let first = order(0, 1000, None, State::Empty);
    let mut refund = moved(&first, None, 9, 200, 1);
    refund.followed = Followed::VictimsOwn;
    let moves = [refund, moved(&first, None, 8, 300, 2)];
    let graph = MoneyGraph::of(&[first], &moves, &[]);
    assert_eq!(graph.totals, Totals { returned: fen(200), ..totals(1000, 0, 800, 0) });
    assert_eq!(graph.accounts.len(), 3);
}

#[test]
fn a_corrected_order_counts_in_the_place_of_the_old_one() {
    let first = order(0, 1000, None, State::Mismatch);
    let mut corrected = order(1, 1000, None, State::Active(hold(1000)));
    corrected.order.transfer.payee = first.order.transfer.payee.clone();
    corrected.order.corrects_id = Some(first.order.id);
    let graph = MoneyGraph::of(&[first, corrected], &[], &[]);
    assert_eq!((graph.accounts.len(), graph.totals), (1, totals(1000, 1000, 0, 0)));
}

#[test]
fn silence_and_drafts_are_unknown() {
    let orders = [order(0, 100, None, State::Submitted), order(1, 200, None, State::Draft)];
    assert_eq!(MoneyGraph::of(&orders, &[], &[]).totals, totals(300, 0, 0, 300));
}

#[test]
fn two_victims_share_one_hold() {
    let one = order(0, 600, None, State::Partial(hold(500)));
    let other = order(0, 400, None, State::HeldByOther);
    let claim = |chased: &Chased| OtherClaim {
        order_id: chased.order.id,
        account: account(0),
        claim: chased.order.claimed().unwrap(),
        held: chased.order.hold().map(|hold| hold.held).unwrap_or_default(),
    };
    let (of_one, of_other) = (claim(&one), claim(&other));
    let first = MoneyGraph::of(&[one], &[], &[of_other]);
    let second = MoneyGraph::of(&[other], &[], &[of_one]);
    assert_eq!((first.totals.held, second.totals.held), (fen(300), fen(200)));
    let shared = first.accounts[0].shared.as_ref().unwrap();
    assert_eq!((shared.claimed, shared.held, shared.orders.len()), (fen(1000), fen(500), 1));
}

#[derive(Debug, Clone)]
struct Drawn {
    amounts: Vec<(i64, i64, u8)>,
    transfers: Vec<(usize, usize, i64, i64)>,
}

/// Any orders, in any state, with any transfers between them: splits, merges, circles and dead ends.
fn any_money() -> impl Strategy<Value = Drawn> {
    let amounts = prop::collection::vec((1_i64..1000, 0_i64..1200, 0_u8..6), 1..7);
    let transfers = prop::collection::vec((0_usize..7, 0_usize..9, 1_i64..1500, 0_i64..60), 0..16);
    (amounts, transfers).prop_map(|(amounts, transfers)| Drawn { amounts, transfers })
}

fn state(held: i64, word: u8) -> State {
    match word {
        0 => State::Submitted,
        1 => State::Active(hold(held)),
        2 => State::Partial(hold(held)),
        3 => State::Empty,
        4 => State::Expired(hold(held)),
        _ => State::HeldByOther,
    }
}

proptest! {
    #[test]
    fn every_yuan_of_the_claim_is_in_one_place(drawn in any_money(), paid in 1_usize..4) {
        let mut orders: Vec<Chased> = vec![];
        for (place, (amount, held, word)) in drawn.amounts.iter().enumerate() {
            let parent = (place >= paid).then(|| orders[0].clone());
            orders.push(order(place, *amount, parent.as_ref(), state(*held, *word)));
        }
        let moves: Vec<Move> = drawn
            .transfers
            .iter()
            .filter_map(|(from, to, amount, at)| {
                Some(moved(orders.get(*from)?, orders.get(*to), *to, *amount, *at))
            })
            .collect();
        let graph = MoneyGraph::of(&orders, &moves, &[]);
        let paid_in: i64 = drawn.amounts.iter().take(paid).map(|(amount, ..)| amount).sum();
        let sum = |parts: &[Fen]| parts.iter().copied().sum::<Fen>();
        let Totals { claimed, held, let_go, returned, escaped, unknown } = graph.totals;
        prop_assert_eq!(claimed, fen(paid_in));
        prop_assert_eq!(sum(&[held, let_go, returned, escaped, unknown]), claimed);
        for node in &graph.accounts {
            let parts = [node.held, node.let_go, node.passed_on, node.returned, node.escaped, node.unknown];
            prop_assert_eq!(sum(&parts), node.claimed);
            prop_assert!(node.claimed <= claimed);
        }
        let limits = Limits::default();
        for raise in graph.raises(&orders, &moves, &limits) {
            let edge = graph.transfers.iter().find(|edge| edge.id == raise.moved).unwrap();
            prop_assert!(Fen::ZERO < raise.claim && raise.claim <= edge.claim);
        }
        for edge in &graph.transfers {
            prop_assert!(edge.amount.is_none_or(|amount| edge.claim <= amount));
            prop_assert!(!edge.comes_back || edge.claim == Fen::ZERO);
        }
    }
}
