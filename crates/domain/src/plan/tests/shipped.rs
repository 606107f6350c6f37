use StepOutcome::{Convinced, Doubtful, Refused, Seen, Sent, Unreachable};

use super::*;
use crate::money::Fen;

fn minutes(minutes: i64) -> TimeDelta {
    TimeDelta::minutes(minutes)
}

fn shipped(text: &str) -> Plan {
    Plan::parse("shipped.toml", text, &templates()).unwrap()
}

fn high() -> Plan {
    shipped(include_str!("../../../../../config/plans/high.toml"))
}

fn medium() -> Plan {
    shipped(include_str!("../../../../../config/plans/medium.toml"))
}

fn low() -> Plan {
    shipped(include_str!("../../../../../config/plans/low.toml"))
}

#[test]
fn a_high_incident_is_called_texted_and_its_suspect_blocked_at_once() {
    let mut story = Story::begin(high(), FACTS);
    assert_eq!(story.started(), ["sms_subject", "block_suspect", "call_subject"]);
    assert_eq!(story.ask().wake_at, Some(START + minutes(2)));
}

#[test]
fn a_subject_who_is_convinced_gets_no_patrol_and_no_relative_is_told() {
    let mut story = Story::begin(high(), FACTS);
    story.ends("call_subject", Convinced).after(minutes(120));
    for step in ["sms_relatives", "call_relatives", "visit"] {
        assert_eq!(story.status(step), StepStatus::Skipped, "{step}");
    }
    story.ends("sms_subject", Sent).ends("block_suspect", StepOutcome::Blocked);
    assert!(story.ask().finished);
}

#[test]
fn an_unreachable_subject_leads_to_relatives_and_then_to_a_patrol() {
    let mut story = Story::begin(high(), FACTS);
    story.started();
    story.after(minutes(6)).ends("call_subject", Unreachable);
    assert_eq!(story.started(), ["sms_relatives", "call_relatives"]);
    story.ends("call_relatives", Unreachable);
    assert_eq!(story.started(), ["visit"]);
}

#[test]
fn where_no_relative_may_be_told_the_patrol_goes_when_the_subject_is_unreachable() {
    let alone = PlanFacts { has_relatives: false, ..FACTS };
    let ashamed = PlanFacts { scam_type: Some(ScamType::Sextortion), ..FACTS };
    for facts in [alone, ashamed] {
        let mut story = Story::begin(high(), facts);
        story.started();
        story.after(minutes(11));
        assert!(story.started().is_empty(), "the third try is still to come");
        story.ends("call_subject", Unreachable);
        assert_eq!(story.started(), ["visit"]);
    }
}

#[test]
fn a_subject_who_is_not_convinced_is_visited_at_once() {
    for outcome in [Doubtful, Refused] {
        let mut story = Story::begin(high(), FACTS);
        story.started();
        story.ends("call_subject", outcome);
        assert_eq!(story.started(), ["visit"]);
    }
}

#[test]
fn when_the_desk_does_not_call_relatives_are_called_at_10_and_a_patrol_goes_at_15_minutes() {
    let mut story = Story::begin(high(), FACTS);
    story.started();
    story.after(minutes(10));
    assert_eq!(story.started(), ["sms_relatives", "call_relatives"]);
    assert_eq!(story.ask().wake_at, Some(START + minutes(12)), "when the relatives' call should be claimed");
    story.after(minutes(5));
    assert_eq!(story.started(), ["visit"]);
    assert_eq!(story.ask().overdue, ["call_subject"]);
}

#[test]
fn a_relative_learnt_of_late_is_still_called() {
    let mut story = Story::begin(high(), PlanFacts { has_relatives: false, ..FACTS });
    story.after(minutes(12));
    story.started();
    story.facts.has_relatives = true;
    story.after(TimeDelta::zero());
    assert_eq!(story.started(), ["sms_relatives", "call_relatives"]);
}

#[test]
fn a_medium_incident_is_texted_called_and_its_suspect_blocked_and_visited_only_when_that_fails() {
    let mut story = Story::begin(medium(), FACTS);
    assert_eq!(story.started(), ["sms_subject", "block_suspect", "call_subject"]);
    story.ends("call_subject", Unreachable);
    assert_eq!(story.started(), ["call_relatives"]);
    story.ends("call_relatives", Convinced);
    assert_eq!(story.status("visit"), StepStatus::Skipped);
}

#[test]
fn a_low_incident_is_texted_and_nothing_is_blocked_where_no_number_is_known() {
    let mut story = Story::begin(low(), PlanFacts { has_suspect_number: false, ..FACTS });
    assert_eq!(story.started(), ["sms_subject"]);
    assert_eq!(story.ends("sms_subject", Sent).status("block_suspect"), StepStatus::Skipped);
    story.ends("auto_call", StepOutcome::Heard);
    assert!(story.ask().finished);
}

#[test]
fn a_raised_tier_repeats_nothing_and_loses_nothing() {
    let mut story = Story::begin(medium(), FACTS);
    story.after(minutes(20)).ends("sms_subject", Sent);
    let carried = carry_over(&story.runs, &medium(), &high(), story.now);
    assert!(carried.renamed.is_empty());
    story.started();
    (story.plan, story.begun_at, story.runs) = (high(), story.now, carried.runs);
    story.go_on();
    assert!(story.started().is_empty(), "the text, the block and the call were ordered before");
    let due_at = Some(START + minutes(35));
    assert!(story.runs.iter().any(|run| run.state == StepState::Running { started_at: START, due_at }));
    story.ends("call_subject", Doubtful);
    assert_eq!(story.started(), ["visit"]);
    story.after(minutes(5)).ends("visit", Seen);
    assert_eq!(story.status("visit"), StepStatus::Ended);
}

#[test]
fn a_raised_tier_starts_what_the_lower_plan_had_not() {
    let story = Story::begin(low(), FACTS);
    let carried = carry_over(&story.runs, &low(), &high(), START);
    let high = high();
    let advance = high.advance(START, &carried.runs, &FACTS, START);
    let started: Vec<&str> = advance.start.iter().map(|step| step.id.as_str()).collect();
    assert_eq!(started, ["call_subject"]);
}

#[test]
fn a_deed_that_goes_by_another_id_in_the_higher_plan_is_not_repeated() {
    let renamed =
        shipped(&include_str!("../../../../../config/plans/low.toml").replace("sms_subject", "greet"));
    let story = Story::begin(renamed.clone(), FACTS);
    let carried = carry_over(&story.runs, &renamed, &high(), START);
    assert_eq!(carried.renamed, [("greet".to_owned(), "sms_subject".to_owned())]);
}

#[test]
fn what_the_higher_plan_lacks_goes_on_if_it_runs_and_is_skipped_if_it_waits() {
    let mut story = Story::begin(high(), FACTS);
    story.after(minutes(1));
    let carried = carry_over(&story.runs, &high(), &low(), story.now);
    let status = |step: &str| carried.runs.iter().find(|run| run.step == step).unwrap().state.status();
    assert_eq!(status("call_subject"), StepStatus::Running);
    assert_eq!(status("visit"), StepStatus::Skipped);
    let low = low();
    assert!(!low.advance(START, &carried.runs, &FACTS, story.now).finished, "the call is awaited");
}

#[test]
fn a_phone_that_is_off_or_forwarded_brings_a_patrol_while_the_desk_goes_on_dialling() {
    for (plan, signal) in [(high(), Signal::Off), (high(), Signal::Forwarded), (medium(), Signal::Off)] {
        let mut story = Story::begin(plan, FACTS);
        story.started();
        story.hears("call_subject", signal);
        assert_eq!(story.started(), ["visit"]);
        assert_eq!(story.status("call_subject"), StepStatus::Running);
        story.hears("call_subject", signal);
        assert!(story.started().is_empty(), "one patrol is enough");
    }
}

#[test]
fn nobody_at_the_door_means_a_second_visit() {
    let mut story = Story::begin(high(), FACTS);
    story.ends("call_subject", Refused).ends("visit", StepOutcome::NotSeen);
    story.started();
    story.after(minutes(61));
    assert!(story.started().contains(&"visit_again".to_owned()));
}

#[test]
fn whoever_was_convinced_of_a_medium_danger_is_called_again_the_next_day() {
    let mut story = Story::begin(medium(), FACTS);
    story.ends("call_subject", Convinced);
    story.started();
    story.after(TimeDelta::hours(24));
    assert_eq!(story.started(), ["call_next_day"]);
    story.ends("call_next_day", Doubtful);
    assert_eq!(story.started(), ["visit_next_day"]);
}

#[test]
fn a_victim_is_met_advised_and_called_the_next_day() {
    let mut story = Story::begin(shipped(include_str!("../../../../../config/plans/victim.toml")), FACTS);
    assert_eq!(story.started(), ["sms_subject", "block_suspect", "visit"]);
    story.ends("visit", Seen).after(TimeDelta::hours(24));
    assert_eq!(story.started(), ["call_next_day"]);
}

#[test]
fn an_end_skips_whatever_waits_and_a_raise_is_done_once() {
    let plan = shipped(
        "name = 'p'\ntitle = 'P'\n\
         [[step]]\nid = 'raise'\nact = 'raise'\nto = 'urgent'\nwhen = { urgent = false }\n\
         [[step]]\nid = 'over'\nact = 'end'\nafter = '1h'\n\
         [[step]]\nid = 'late'\nact = 'dispatch'\ndue = '1h'\nafter = '2h'\nrest = ['seen', 'not_seen']\n",
    );
    let mut story = Story::begin(plan, FACTS);
    assert_eq!(story.started(), ["raise"]);
    story.ends("raise", StepOutcome::Done).after(TimeDelta::hours(1)).ends("over", StepOutcome::Done);
    assert_eq!(story.status("late"), StepStatus::Skipped);
    assert!(story.ask().finished);
}

#[test]
fn a_simulation_tells_what_the_engine_would_do() {
    let imagined: Vec<simulate::Imagined> =
        ["no_answer", "off", "no_answer", "wrong_number", "reached_doubtful", "not_seen"]
            .map(|word| word.parse().unwrap())
            .into();
    let told: Vec<String> = high()
        .simulate(START, FACTS, &people(), &imagined)
        .iter()
        .map(|passage| format!("{:>3} {} {}", passage.after.num_minutes(), passage.step, passage.happening))
        .collect();
    assert_eq!(
        told,
        [
            "  0 sms_subject starts: sms to subject 王* 138****0001",
            "  0 sms_subject ends: sent",
            "  0 block_suspect starts: call_block",
            "  0 block_suspect ends: blocked",
            "  0 call_subject starts: contact to subject 王* 138****0001",
            "  0 call_subject call 1 to subject 王* 138****0001: no_answer",
            "  5 call_subject call 2 to subject 王* 138****0001: off",
            "  5 visit_isolated skipped",
            "  5 visit_company skipped",
            "  5 visit_believer skipped",
            "  5 visit starts: dispatch to the station",
            " 10 call_subject call 3 to subject 王* 138****0001: no_answer",
            " 10 call_subject ends: unreachable",
            " 10 sms_relatives_at_once skipped",
            " 10 call_relatives_at_once skipped",
            " 10 sms_relatives starts: sms to relative 1 (spouse) 王* 138****0009, relative 2 (sibling) 李* 138****0008",
            " 10 sms_relatives ends: sent",
            " 10 call_relatives starts: contact to relative 1 (spouse) 王* 138****0009, relative 2 (sibling) 李* 138****0008",
            " 10 call_relatives call 1 to relative 1 (spouse) 王* 138****0009: wrong_number",
            " 10 call_relatives call 1 to relative 2 (sibling) 李* 138****0008: reached_doubtful",
            " 10 call_relatives ends: doubtful",
            " 15 flash_subject skipped",
            " 35 visit ends: not_seen",
            " 95 visit_again starts: dispatch to the station",
            "125 visit_again ends: seen",
            "125 search skipped",
        ]
    );
}

#[test]
fn an_urgent_incident_calls_and_texts_relatives_at_once_but_never_in_sextortion() {
    let urgent = PlanFacts { grade: Grade::URGENT, ..FACTS };
    let mut story = Story::begin(high(), urgent.clone());
    let started = story.started();
    for step in ["call_subject", "sms_relatives_at_once", "call_relatives_at_once"] {
        assert!(started.contains(&step.to_owned()), "{step}");
    }
    story.after(minutes(15));
    assert_eq!(
        story.started(),
        ["visit"],
        "the patrol goes at 15 minutes, and relatives are not called twice"
    );

    let ashamed = PlanFacts { scam_type: Some(ScamType::Sextortion), ..urgent };
    let mut story = Story::begin(high(), ashamed);
    story.ends("call_subject", Unreachable).after(minutes(60));
    let started = story.started();
    assert!(started.iter().all(|step| !step.contains("relatives")), "{started:?}");
    assert!(started.contains(&"visit".to_owned()));
}

#[test]
fn a_relative_called_at_once_who_is_not_convinced_brings_a_patrol() {
    let urgent = PlanFacts { grade: Grade::URGENT, ..FACTS };
    for outcome in [Doubtful, Refused] {
        let mut story = Story::begin(high(), urgent.clone());
        story.started();
        story.ends("call_relatives_at_once", outcome);
        assert_eq!(story.started(), ["visit"]);
    }
}

#[test]
fn an_incident_that_turns_urgent_does_not_keep_relatives_waiting() {
    let mut story = Story::begin(high(), FACTS);
    story.after(minutes(3));
    story.started();
    story.facts.grade = Grade::URGENT;
    story.after(TimeDelta::zero());
    assert_eq!(story.started(), ["sms_relatives_at_once", "call_relatives_at_once"]);
}

#[test]
fn whoever_is_told_they_are_wanted_by_the_police_is_visited_while_the_desk_dials() {
    let isolated = PlanFacts { scam_type: Some(ScamType::ImpersonatingAuthorities), ..FACTS };
    let mut story = Story::begin(high(), isolated.clone());
    assert!(story.started().contains(&"visit_isolated".to_owned()));
    story.ends("call_subject", Refused);
    assert_eq!(story.status("visit"), StepStatus::Skipped, "one patrol is enough");

    // the kind of fraud is learnt while the desk dials
    let mut story = Story::begin(high(), FACTS);
    story.after(minutes(2));
    story.started();
    story.facts = isolated;
    story.after(TimeDelta::zero());
    assert_eq!(story.started(), ["visit_isolated"]);
}

#[test]
fn a_company_about_to_pay_a_large_sum_is_visited_at_once_and_a_small_one_is_called() {
    let boss = Some(ScamType::ImpersonatingAcquaintance);
    let with = |yuan| PlanFacts { scam_type: boss, amount_at_risk: Fen::parse(yuan).ok(), ..FACTS };
    assert!(Story::begin(high(), with("200000.00")).started().contains(&"visit_company".to_owned()));
    assert!(!Story::begin(high(), with("199999.99")).started().contains(&"visit_company".to_owned()));
}

#[test]
fn whoever_was_groomed_for_months_is_seen_although_they_say_yes() {
    let groomed = PlanFacts { scam_type: Some(ScamType::FakeInvestment), ..FACTS };
    let mut story = Story::begin(high(), groomed);
    story.started();
    story.ends("call_subject", Convinced);
    assert_eq!(story.started(), ["visit_believer"]);
}

#[test]
fn a_shared_screen_gets_a_flash_text() {
    let shared = PlanFacts { scam_type: Some(ScamType::FakeCreditRecord), ..FACTS };
    assert!(Story::begin(high(), shared).started().contains(&"flash_subject".to_owned()));
}

#[test]
fn twice_nobody_at_the_door_goes_to_the_county_desk() {
    let mut story = Story::begin(high(), FACTS);
    story.ends("call_subject", Refused).ends("visit", StepOutcome::NotSeen).after(minutes(61));
    story.started();
    story.ends("visit_again", StepOutcome::NotSeen);
    assert_eq!(story.started(), ["search"]);
    assert!(matches!(story.plan.step("search").unwrap().act, Act::Dispatch { to: Desk::County }));
}

#[test]
fn a_contact_nobody_claims_is_told_once_the_time_to_pick_it_up_is_over() {
    let mut story = Story::begin(high(), FACTS);
    assert_eq!(story.ask().wake_at, Some(START + minutes(2)));
    story.after(minutes(2));
    assert_eq!(story.ask().not_picked_up, ["call_subject"]);
    let mut claimed = Story::begin(high(), FACTS);
    claimed.after(minutes(1)).is_picked_up("call_subject").after(minutes(1));
    assert!(claimed.ask().not_picked_up.is_empty());
}

#[test]
fn a_plan_may_answer_that_nobody_picked_a_step_up() {
    let plan = shipped(
        "name = 'p'\ntitle = 'P'\n\
         [[step]]\nid = 'call'\nact = 'contact'\nwhom = 'subject'\nattempts = 1\nspacing = '1m'\npick_up = '2m'\ndue = '15m'\n\
         rest = ['convinced', 'doubtful', 'refused', 'unreachable']\n\
         [[step]]\nid = 'visit'\nact = 'dispatch'\nto = 'county_desk'\ndue = '1h'\non = ['call.not_picked_up']\nwait = '3m'\nrest = ['seen', 'not_seen']\n",
    );
    let mut late = Story::begin(plan.clone(), FACTS);
    late.after(minutes(3)).is_picked_up("call").ends("call", Convinced).started();
    assert_eq!(late.after(minutes(2)).started(), ["visit"], "it was picked up too late");
    let mut in_time = Story::begin(plan, FACTS);
    in_time.after(minutes(1)).is_picked_up("call").after(minutes(20));
    assert_eq!(in_time.status("visit"), StepStatus::Skipped);
}

#[test]
fn a_machine_calls_the_low_by_day_and_whoever_asks_for_a_person_gets_one() {
    let mut story = Story::begin(low(), FACTS);
    story.ends("sms_subject", Sent);
    assert!(story.started().contains(&"auto_call".to_owned()));
    story.ends("auto_call", StepOutcome::WantedAPerson);
    assert_eq!(story.started(), ["call_subject"]);
    story.ends("call_subject", Refused);
    assert_eq!(story.started(), ["visit_after_call"]);

    let mut night = Story::begin(low(), FACTS);
    night.after(TimeDelta::hours(14)).ends("sms_subject", Sent);
    assert_eq!(night.status("auto_call"), StepStatus::Skipped);
}

#[test]
fn a_machine_calls_the_younger_of_a_medium_danger_and_the_desk_follows() {
    let young = PlanFacts { age: Some(59), ..FACTS };
    let mut story = Story::begin(medium(), young.clone());
    assert_eq!(story.started(), ["sms_subject", "block_suspect", "auto_call"]);
    story.ends("auto_call", StepOutcome::Heard).after(minutes(59));
    assert!(story.started().is_empty());
    story.after(minutes(1));
    assert_eq!(story.started(), ["call_subject"]);
    for outcome in [StepOutcome::HungUp, StepOutcome::WantedAPerson, Unreachable, StepOutcome::Failed] {
        let mut story = Story::begin(medium(), young.clone());
        story.started();
        story.ends("auto_call", outcome);
        assert_eq!(story.started(), ["call_subject"], "{outcome}");
    }
    let old = PlanFacts { age: Some(60), ..FACTS };
    assert!(Story::begin(medium(), old).started().contains(&"call_subject".to_owned()));
}
