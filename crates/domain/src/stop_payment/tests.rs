use std::sync::LazyLock;

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;

mod orders_of_answers;

/// The table as it is shipped.
pub(crate) static CODES: LazyLock<ResultCodes> = LazyLock::new(|| {
    let text = include_str!("../../../../config/banks/result_codes.toml");
    ResultCodes::parse("result_codes.toml", text).unwrap()
});

pub(crate) const NOW: Instant = Instant::UNIX_EPOCH;

pub(crate) fn fen(amount: i64) -> Fen {
    Fen::new(amount).unwrap()
}

fn transfer() -> Transfer {
    Transfer {
        payer: None,
        payee: Some(Account {
            kind: AccountKind::BankCard,
            number: AccountNumber::parse("6228482601815908309").ok(),
            holder: PersonName::parse("李某").ok(),
            bank_code: BankCode::parse("ABC").ok(),
        }),
        amount: Some(fen(12_800_000)),
        transferred_at: Some(NOW),
        channel: None,
        reference: None,
    }
}

pub(crate) fn order(state: State) -> StopPayment {
    StopPayment {
        id: MeasureId::new(NOW),
        incident_id: IncidentId::new(NOW),
        origin: None,
        parent_id: None,
        corrects_id: None,
        hop: 0,
        round: 1,
        transfer: transfer(),
        claim: None,
        created_at: NOW,
        submitted_at: Some(NOW),
        returned: Fen::ZERO,
        state,
    }
}

#[test]
fn what_is_claimed_is_held_in_full_though_more_was_moved() {
    let next_hop = StopPayment { claim: Some(fen(100)), hop: 1, ..order(State::Submitted) };
    assert_eq!(next_hop.order().unwrap().claim, Some(fen(100)));
    assert_eq!(next_hop.order().unwrap().amount, fen(12_800_000));
    let held = BankAnswer { held: Some(fen(100)), ..answer("0000") };
    assert_eq!(after(next_hop, &held), Status::Active);
}

#[test]
fn a_payment_is_found_by_its_number_alone_and_an_account_never() {
    let known_by = |kind| {
        let mut draft = order(State::Draft);
        let payee = draft.transfer.payee.as_mut().unwrap();
        (payee.kind, payee.holder) = (kind, None);
        (draft.missing(|_| true), draft.order().is_some())
    };
    for kind in AccountKind::ALL {
        let (missing, complete) = known_by(*kind);
        let expected: &[Fact] = if kind.names_a_payment() { &[] } else { &[Fact::Holder] };
        assert_eq!((missing.as_slice(), complete), (expected, kind.names_a_payment()), "{kind}");
    }
}

pub(crate) fn answer(code: &str) -> BankAnswer {
    BankAnswer {
        result_code: ResultCode::parse(code).unwrap(),
        balance: Some(fen(12_800_000)),
        held: None,
        stopped_at: Some(NOW + TimeDelta::seconds(2)),
        remark: None,
        onward: vec![],
        transactions: vec![],
    }
}

pub(crate) fn hear(order: StopPayment, answer: &BankAnswer, asked: &Asked) -> Heard {
    order.hear(answer, CODES.class(&answer.result_code), asked, NOW)
}

fn after(order: StopPayment, answer: &BankAnswer) -> Status {
    match hear(order, answer, &Asked::Stop) {
        Heard::Moved(order) | Heard::Unmoved(order, _) => order.status(),
    }
}

#[test]
fn every_code_of_the_table_moves_a_submitted_order_where_its_class_says() {
    for (code, listed) in CODES.iter() {
        let status = match listed.class {
            Class::Success | Class::Partial => Status::Active,
            Class::FixAndResend => Status::Mismatch,
            Class::HeldByOther => Status::HeldByOther,
            Class::Never => Status::Refused,
            Class::Retry | Class::TooLate => Status::Submitted,
        };
        assert_eq!(after(order(State::Submitted), &answer(code.as_str())), status, "{code}");
    }
    let waiting = order(State::Submitted);
    let unlisted = hear(waiting.clone(), &answer("4242"), &Asked::Stop);
    assert_eq!(unlisted, Heard::Unmoved(waiting, Unmoved::NotUnderstood));
}

#[test]
fn what_the_balance_covers_is_held_where_the_bank_does_not_say() {
    let with = |balance: i64, held: Option<i64>| {
        let answer = BankAnswer { balance: Some(fen(balance)), held: held.map(fen), ..answer("0000") };
        let Heard::Moved(order) = hear(order(State::Submitted), &answer, &Asked::Stop) else { panic!() };
        (order.status(), order.hold().map(|hold| hold.held.fen()))
    };
    assert_eq!(with(99_900_000, None), (Status::Active, Some(12_800_000)));
    assert_eq!(with(5_000_000, None), (Status::Partial, Some(5_000_000)));
    assert_eq!(with(0, None), (Status::Empty, None));
    assert_eq!(with(12_800_000, Some(1_000_000)), (Status::Partial, Some(1_000_000)));
}

#[test]
fn the_stop_ends_48_hours_after_the_banks_time_and_not_after_ours() {
    let Heard::Moved(active) = hear(order(State::Submitted), &answer("0000"), &Asked::Stop) else { panic!() };
    let ends = NOW + TimeDelta::seconds(2) + TimeDelta::hours(48);
    assert_eq!(active.hold().unwrap().expires_at(), ends);
    assert!(active.clone().expire(ends - TimeDelta::microseconds(1)).is_err());
    assert_eq!(active.expire(ends).unwrap().status(), Status::Expired);
}

#[test]
fn an_answer_after_giving_up_is_still_an_answer() {
    assert_eq!(after(order(State::Failed), &answer("0000")), Status::Active);
}

#[test]
fn a_draft_lists_what_is_missing_and_leaves_when_nothing_is() {
    let mut draft = order(State::Draft);
    draft.transfer.payee = None;
    draft.transfer.amount = None;
    let reachable = |_: &BankCode| true;
    assert_eq!(draft.missing(reachable), [Fact::Account, Fact::Holder, Fact::Amount, Fact::BankCode]);
    let left = draft.complete(transfer(), reachable, NOW).unwrap();
    assert_eq!(left.status(), Status::Submitted);
    assert!(left.complete(transfer(), reachable, NOW).is_err());
}

#[test]
fn a_stop_is_renewed_once_and_never_twice() {
    let hold = Hold { balance: None, held: fen(12_800_000), stopped_at: NOW };
    let renewal = Asked::Followup(Followup::Renew);
    let Heard::Moved(renewed) = hear(order(State::Active(hold)), &answer("0000"), &renewal) else { panic!() };
    assert_eq!(renewed.round, 2);
    for rounds in [Rounds::default(), Rounds { extension_counts: false, ..Rounds::default() }] {
        let used = RoundsUsed { stops: 1, extensions: 1, exceeded: false };
        assert_eq!(renewed.may_renew(rounds, used), Err(Refusal::NoRoundLeft(used)));
    }
    let again = hear(renewed.clone(), &answer("0000"), &renewal);
    assert_eq!(again, Heard::Unmoved(renewed, Unmoved::NotDone));
}

#[test]
fn whether_an_extension_is_left_depends_on_what_counts() {
    let hold = Hold { balance: None, held: fen(1), stopped_at: NOW };
    let held = order(State::Partial(hold));
    let left = |max, extension_counts, stops, extensions| {
        let used = RoundsUsed { stops, extensions, exceeded: false };
        held.may_renew(Rounds { max, extension_counts }, used).is_ok()
    };
    assert!(left(2, true, 1, 0), "the first stop of the account");
    assert!(!left(2, true, 2, 0), "stopped before by another order: the second stop is this one");
    assert!(!left(1, true, 1, 0), "a place that stops once");
    assert!(left(2, false, 2, 0), "an extension uses up nothing");
    let told = RoundsUsed { stops: 1, extensions: 0, exceeded: true };
    for extension_counts in [true, false] {
        let rounds = Rounds { max: 2, extension_counts };
        assert_eq!(held.may_renew(rounds, told), Err(Refusal::NoRoundLeft(told)), "its bank has said so");
        assert!(!rounds.may_stop(told));
    }
    assert!(Rounds::default().may_stop(RoundsUsed { exceeded: false, ..told }));
    let twice = RoundsUsed { stops: 1, extensions: 1, exceeded: false };
    assert!(!Rounds::default().may_stop(twice));
    assert!(Rounds { max: 2, extension_counts: false }.may_stop(twice));
}

#[test]
fn alarms_go_before_the_end_and_each_is_due_once() {
    let hold = Hold { balance: None, held: fen(1), stopped_at: NOW };
    let hours = TimeDelta::hours;
    let (mut at, mut due) = (NOW, vec![]);
    while let Some(next) = hold.next_alarm(at) {
        assert!(next > at);
        due.push((next - NOW, hold.alarm_due(next)));
        at = next;
    }
    assert_eq!(
        due,
        [
            (hours(24), Some(hours(24))),
            (hours(42), Some(hours(6))),
            (hours(46), Some(hours(2))),
            (TimeDelta::minutes(47 * 60 + 30), Some(TimeDelta::minutes(30))),
        ]
    );
    assert_eq!(hold.alarm_due(NOW), None);
    assert_eq!(hold.next_alarm(NOW + hours(43)), Some(NOW + hours(46)), "what was slept through is over");
}

fn any_state() -> impl Strategy<Value = State> {
    let hold = Hold { balance: Some(fen(5)), held: fen(5), stopped_at: NOW };
    let freeze =
        Freeze { case_number: "1".to_owned(), document: "1".to_owned(), terms: FreezeTerms::default() };
    prop::sample::select(vec![
        State::Draft,
        State::Submitted,
        State::Active(hold),
        State::Partial(hold),
        State::Empty,
        State::Mismatch,
        State::HeldByOther,
        State::Refused,
        State::Frozen(hold, StandingFreeze::begin(freeze, NOW)),
        State::Released(hold),
        State::Expired(hold),
        State::Failed,
    ])
}

proptest! {
    #[test]
    fn the_same_answer_twice_moves_an_order_once(state in any_state(), code in 0_u16..2_000, balance in 0_i64..20_000_000) {
        let answer = BankAnswer { balance: Some(fen(balance)), ..answer(&format!("{code:04}")) };
        let (Heard::Moved(once) | Heard::Unmoved(once, _)) = hear(order(state), &answer, &Asked::Stop);
        let (Heard::Moved(twice) | Heard::Unmoved(twice, _)) = hear(once.clone(), &answer, &Asked::Stop);
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn a_final_state_has_no_exit(state in any_state(), code in 0_u16..2_000) {
        let before = order(state);
        let is_final = !matches!(
            before.status(),
            Status::Draft | Status::Submitted | Status::Failed | Status::Active | Status::Partial
        );
        prop_assume!(is_final);
        let answer = answer(&format!("{code:04}"));
        let Heard::Unmoved(after, _) = hear(before.clone(), &answer, &Asked::Stop) else { panic!() };
        prop_assert_eq!(after, before);
    }

    #[test]
    fn nothing_more_than_claimed_counts_as_held_unless_the_bank_says_so(balance in 0_i64..i64::MAX / 2) {
        let answer = BankAnswer { balance: Some(fen(balance)), ..answer("0000") };
        let (Heard::Moved(order) | Heard::Unmoved(order, _)) = hear(order(State::Submitted), &answer, &Asked::Stop);
        prop_assert!(order.hold().is_none_or(|hold| hold.held <= fen(12_800_000)));
    }
}
