//! Every order in which answers can come: twice, late, contradictory, after the end and after a release.

use super::*;

/// What comes in, and when.
enum Step {
    /// The bank says this, about the stop.
    Says(BankAnswer),
    /// The bank says this, after it was asked that.
    SaysOf(Followup, BankAnswer),
    /// The tries are used up.
    GivesUp,
    /// The 48 hours are over.
    Ends,
}

use Step::{Ends, GivesUp, Says, SaysOf};

fn says(code: &str) -> Step {
    Says(BankAnswer { balance: None, stopped_at: Some(NOW), ..answer(code) })
}

/// A result that names what is held.
fn holds(held: i64) -> Step {
    Says(BankAnswer { balance: None, held: Some(fen(held)), stopped_at: Some(NOW), ..answer("0000") })
}

fn to(followup: Followup, code: &str) -> Step {
    SaysOf(followup, BankAnswer { balance: None, stopped_at: None, ..answer(code) })
}

fn freeze() -> Followup {
    Followup::Freeze(Freeze {
        case_number: "A1".to_owned(),
        document: "D1".to_owned(),
        terms: FreezeTerms::default(),
    })
}

/// Where an order ends, and what the last answer did: `None` moved it.
fn play(steps: Vec<Step>) -> (Status, Option<Unmoved>) {
    let (mut at, mut last) = (order(State::Submitted), None);
    for step in steps {
        let heard = match step {
            Says(answer) => hear(at, &answer, &Asked::Stop),
            SaysOf(followup, answer) => hear(at, &answer, &Asked::Followup(followup)),
            GivesUp => Heard::Moved(at.give_up().unwrap()),
            Ends => Heard::Moved(at.expire(NOW + STOP_LASTS).unwrap()),
        };
        (at, last) = match heard {
            Heard::Moved(order) => (order, None),
            Heard::Unmoved(order, why) => (order, Some(why)),
        };
    }
    (at.status(), last)
}

#[test]
fn the_first_explicit_answer_stands_and_a_contradiction_is_told_apart_from_a_repetition() {
    let repeated = Some(Unmoved::Repeated);
    let contradicts = Some(Unmoved::Contradicts);
    for (case, steps, status, last) in [
        ("twice", vec![holds(12_800_000), holds(12_800_000)], Status::Active, repeated),
        ("again without figures", vec![holds(1), says("1200")], Status::Partial, repeated),
        ("two different helds", vec![holds(100), holds(200)], Status::Partial, contradicts),
        ("refused after held", vec![holds(1), says("0302")], Status::Partial, contradicts),
        ("mismatch after held", vec![holds(1), says("0301")], Status::Partial, contradicts),
        ("expired, though nobody asked", vec![holds(1), says("1800")], Status::Partial, contradicts),
        ("held after refused", vec![says("0302"), holds(1)], Status::Refused, contradicts),
        ("refused for another reason", vec![says("0302"), says("1304")], Status::Refused, repeated),
        ("held after mismatch", vec![says("0301"), holds(1)], Status::Mismatch, contradicts),
        ("another fact", vec![says("0301"), says("0300")], Status::Mismatch, repeated),
        ("held after held by other", vec![says("1301"), holds(1)], Status::HeldByOther, contradicts),
        ("held by other twice", vec![says("1301"), says("1303")], Status::HeldByOther, repeated),
        ("held after empty", vec![holds(0), holds(5)], Status::Empty, contradicts),
        ("empty twice", vec![holds(0), holds(0)], Status::Empty, repeated),
        ("not able, after the answer", vec![holds(1), says("1100")], Status::Partial, repeated),
        ("not able, before it", vec![says("1100"), holds(1)], Status::Partial, None),
        ("a code nobody lists, before it", vec![says("4242"), holds(1)], Status::Partial, None),
        (
            "a code nobody lists, after it",
            vec![holds(1), says("4242")],
            Status::Partial,
            Some(Unmoved::NotUnderstood),
        ),
    ] {
        assert_eq!(play(steps), (status, last), "{case}");
    }
}

/// An order that stands so; what is or was held is one fen less than was claimed where it is partial.
fn standing(status: Status) -> StopPayment {
    let hold = |held| Hold { balance: None, held: fen(held), stopped_at: NOW };
    let Followup::Freeze(paper) = freeze() else { unreachable!() };
    order(match status {
        Status::Draft => State::Draft,
        Status::Submitted => State::Submitted,
        Status::Active => State::Active(hold(12_800_000)),
        Status::Partial => State::Partial(hold(12_799_999)),
        Status::Empty => State::Empty,
        Status::Mismatch => State::Mismatch,
        Status::HeldByOther => State::HeldByOther,
        Status::Refused => State::Refused,
        Status::Frozen => State::Frozen(hold(12_800_000), StandingFreeze::begin(paper, NOW)),
        Status::Released => State::Released(hold(12_800_000)),
        Status::Expired => State::Expired(hold(12_800_000)),
        Status::Failed => State::Failed,
    })
}

/// What each code of the shipped table does to an order that stands so: where it goes, or why it stays.
fn check(table: &[(Status, [&str; 7])], asked: &Asked) {
    for (status, told) in table {
        for (code, listed) in CODES.iter() {
            let place = [
                Class::Success,
                Class::Partial,
                Class::FixAndResend,
                Class::HeldByOther,
                Class::Never,
                Class::Retry,
                Class::TooLate,
            ]
            .iter()
            .position(|class| *class == listed.class)
            .unwrap();
            let bare = BankAnswer { balance: None, stopped_at: Some(NOW), ..answer(code.as_str()) };
            let before = standing(*status);
            let did = match hear(before.clone(), &bare, asked) {
                Heard::Moved(after) => after.status().as_str(),
                heard @ Heard::Unmoved(..) => {
                    let effect = heard.effect().as_str();
                    let Heard::Unmoved(after, _) = heard else { unreachable!() };
                    assert_eq!(after, before, "{code} to an order that is {status} changes nothing");
                    effect
                }
            };
            assert_eq!(did, told[place], "{code} to an order that is {status}, after {asked:?}");
        }
        let unlisted = hear(standing(*status), &answer("4242"), asked).effect();
        assert_eq!(unlisted.as_str(), "not_understood", "an unlisted code to an order that is {status}");
    }
}

#[test]
fn every_code_does_to_an_order_in_every_state_what_the_table_says() {
    #[rustfmt::skip]
    let table = [
        //                     success        partial        fix and resend held by other    never          retry        too late
        (Status::Draft,       ["not_asked",   "not_asked",   "not_asked",   "not_asked",     "not_asked",   "not_asked", "not_asked"]),
        (Status::Submitted,   ["active",      "active",      "mismatch",    "held_by_other", "refused",     "ask_again", "not_understood"]),
        (Status::Failed,      ["active",      "active",      "mismatch",    "held_by_other", "refused",     "ask_again", "not_understood"]),
        (Status::Active,      ["repeated",    "repeated",    "contradicts", "contradicts",   "contradicts", "repeated",  "contradicts"]),
        (Status::Partial,     ["repeated",    "repeated",    "contradicts", "contradicts",   "contradicts", "repeated",  "contradicts"]),
        (Status::Empty,       ["contradicts", "contradicts", "contradicts", "contradicts",   "contradicts", "repeated",  "contradicts"]),
        (Status::Mismatch,    ["contradicts", "contradicts", "repeated",    "contradicts",   "contradicts", "repeated",  "contradicts"]),
        (Status::HeldByOther, ["contradicts", "contradicts", "contradicts", "repeated",      "contradicts", "repeated",  "contradicts"]),
        (Status::Refused,     ["contradicts", "contradicts", "contradicts", "contradicts",   "repeated",    "repeated",  "contradicts"]),
        (Status::Frozen,      ["repeated",    "repeated",    "contradicts", "contradicts",   "contradicts", "repeated",  "contradicts"]),
        (Status::Released,    ["repeated",    "repeated",    "contradicts", "contradicts",   "contradicts", "repeated",  "repeated"]),
        (Status::Expired,     ["repeated",    "repeated",    "contradicts", "contradicts",   "contradicts", "repeated",  "repeated"]),
    ];
    assert_eq!(table.len(), Status::ALL.len(), "every state has its line");
    check(&table, &Asked::Stop);
}

#[test]
fn every_code_does_to_a_stop_that_was_asked_something_what_the_table_says() {
    for (followup, held, expired) in [
        (
            Followup::Renew,
            ["active", "not_done", "not_done", "not_done", "not_done", "ask_again", "expired"],
            ["active", "not_done", "not_done", "not_done", "not_done", "ask_again", "repeated"],
        ),
        (
            Followup::Release,
            ["released", "not_done", "not_done", "not_done", "not_done", "ask_again", "expired"],
            ["repeated", "repeated", "contradicts", "contradicts", "contradicts", "repeated", "repeated"],
        ),
        (
            freeze(),
            ["frozen", "not_done", "not_done", "not_done", "not_done", "ask_again", "not_done"],
            ["frozen", "not_done", "not_done", "not_done", "not_done", "ask_again", "not_done"],
        ),
    ] {
        check(&[(Status::Active, held), (Status::Expired, expired)], &Asked::Followup(followup));
    }
}

#[test]
fn what_comes_after_giving_up_still_counts_once() {
    for (case, steps, status, last) in [
        ("held", vec![GivesUp, holds(1)], Status::Partial, None),
        ("refused", vec![GivesUp, says("0302")], Status::Refused, None),
        ("mismatch", vec![GivesUp, says("0301")], Status::Mismatch, None),
        ("not able", vec![GivesUp, says("1100")], Status::Failed, Some(Unmoved::AskAgain)),
        ("unlisted", vec![GivesUp, says("4242")], Status::Failed, Some(Unmoved::NotUnderstood)),
        (
            "held, then otherwise",
            vec![GivesUp, holds(1), holds(2)],
            Status::Partial,
            Some(Unmoved::Contradicts),
        ),
    ] {
        assert_eq!(play(steps), (status, last), "{case}");
    }
}

#[test]
fn what_comes_after_the_end_or_a_release_changes_nothing_but_what_was_asked_in_time() {
    let repeated = Some(Unmoved::Repeated);
    let contradicts = Some(Unmoved::Contradicts);
    let released = || to(Followup::Release, "0000");
    let later_round = || {
        Says(BankAnswer {
            stopped_at: Some(NOW + TimeDelta::hours(40)),
            held: Some(fen(1)),
            ..answer("0000")
        })
    };
    for (case, steps, status, last) in [
        ("the first answer again", vec![holds(1), Ends, holds(1)], Status::Expired, repeated),
        ("nothing held any more", vec![holds(1), Ends, holds(0)], Status::Expired, repeated),
        ("held otherwise", vec![holds(1), Ends, holds(2)], Status::Expired, contradicts),
        ("held since later", vec![holds(1), Ends, later_round()], Status::Expired, contradicts),
        ("that it has expired", vec![holds(1), Ends, says("1800")], Status::Expired, repeated),
        ("refused", vec![holds(1), Ends, says("0302")], Status::Expired, contradicts),
        ("a renewal in time", vec![holds(1), Ends, to(Followup::Renew, "0000")], Status::Partial, None),
        ("a freeze in time", vec![holds(1), Ends, to(freeze(), "0000")], Status::Frozen, None),
        ("a renewal too late", vec![holds(1), Ends, to(Followup::Renew, "1800")], Status::Expired, repeated),
        ("a release after the end", vec![holds(1), Ends, released()], Status::Expired, repeated),
        ("released, told again", vec![holds(1), released(), holds(0)], Status::Released, repeated),
        (
            "released, the first answer again",
            vec![holds(1), released(), holds(1)],
            Status::Released,
            repeated,
        ),
        (
            "released, yet held since later",
            vec![holds(1), released(), later_round()],
            Status::Released,
            contradicts,
        ),
        ("released, then refused", vec![holds(1), released(), says("0302")], Status::Released, contradicts),
        ("frozen, told again", vec![holds(1), to(freeze(), "0000"), holds(1)], Status::Frozen, repeated),
        (
            "frozen, held otherwise",
            vec![holds(1), to(freeze(), "0000"), holds(2)],
            Status::Frozen,
            contradicts,
        ),
    ] {
        assert_eq!(play(steps), (status, last), "{case}");
    }
}

#[test]
fn what_is_asked_of_a_stop_that_stands_is_done_or_leaves_it_as_it_stood() {
    let not_done = Some(Unmoved::NotDone);
    let held = || holds(12_800_000);
    for (case, steps, status, last) in [
        ("renewed", vec![held(), to(Followup::Renew, "0000")], Status::Active, None),
        ("no round left there", vec![held(), to(Followup::Renew, "1304")], Status::Active, not_done),
        ("frozen by another", vec![held(), to(Followup::Renew, "1303")], Status::Active, not_done),
        ("over by the bank's clock", vec![held(), to(Followup::Renew, "1800")], Status::Expired, None),
        ("released", vec![held(), to(Followup::Release, "0000")], Status::Released, None),
        ("nothing to release", vec![held(), to(Followup::Release, "1900")], Status::Expired, None),
        ("not released", vec![held(), to(Followup::Release, "1999")], Status::Active, not_done),
        ("not able to", vec![held(), to(Followup::Release, "1101")], Status::Active, Some(Unmoved::AskAgain)),
        ("frozen", vec![held(), to(freeze(), "0000")], Status::Frozen, None),
        ("a paper is missing", vec![held(), to(freeze(), "0600")], Status::Active, not_done),
        ("unlisted", vec![held(), to(freeze(), "4242")], Status::Active, Some(Unmoved::NotUnderstood)),
    ] {
        assert_eq!(play(steps), (status, last), "{case}");
    }
}

#[test]
fn a_renewal_counts_from_the_banks_time_or_from_the_end_of_the_first() {
    let renewed = |stopped_at: Option<crate::clock::Instant>| {
        let hold = Hold { balance: None, held: fen(12_800_000), stopped_at: NOW };
        let answer = BankAnswer { stopped_at, ..answer("0000") };
        let Heard::Moved(order) =
            hear(order(State::Active(hold)), &answer, &Asked::Followup(Followup::Renew))
        else {
            panic!()
        };
        order.hold().unwrap().stopped_at - NOW
    };
    assert_eq!(renewed(Some(NOW + TimeDelta::hours(40))), TimeDelta::hours(40));
    assert_eq!(renewed(None), STOP_LASTS);
    assert_eq!(renewed(Some(NOW)), STOP_LASTS, "the first stop's time is no new one");
}

#[test]
fn more_than_was_disputed_is_told_apart() {
    let Heard::Moved(held) = hear(
        order(State::Submitted),
        &BankAnswer { held: Some(fen(12_800_001)), ..answer("0000") },
        &Asked::Stop,
    ) else {
        panic!()
    };
    assert_eq!((held.status(), held.over_held()), (Status::Active, Some(fen(1))));
    assert_eq!(order(State::Active(Hold { balance: None, held: fen(5), stopped_at: NOW })).over_held(), None);
}
