use StepOutcome::{Convinced, Doubtful, Refused, Seen, Sent, Unreachable};

use super::*;

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
    assert_eq!(story.ask().wake_at, Some(START + minutes(10)));
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
    assert_eq!(story.ask().wake_at, Some(START + minutes(15)));
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
        .simulate(START, FACTS, 2, &imagined)
        .iter()
        .map(|passage| format!("{:>3} {} {}", passage.after.num_minutes(), passage.step, passage.happening))
        .collect();
    assert_eq!(
        told,
        [
            "  0 sms_subject starts: sms to subject",
            "  0 sms_subject ends: sent",
            "  0 block_suspect starts: call_block",
            "  0 block_suspect ends: blocked",
            "  0 call_subject starts: contact to subject",
            "  0 call_subject call 1: no_answer",
            "  5 call_subject call 2: off",
            "  5 visit starts: dispatch",
            " 10 call_subject call 3: no_answer",
            " 10 call_subject ends: unreachable",
            " 10 sms_relatives starts: sms to relatives",
            " 10 sms_relatives ends: sent",
            " 10 call_relatives starts: contact to relatives",
            " 10 call_relatives call 1: wrong_number",
            " 10 call_relatives call 1 of the next relative (2): reached_doubtful",
            " 10 call_relatives ends: doubtful",
            " 35 visit ends: not_seen",
            " 95 visit_again starts: dispatch",
            "125 visit_again ends: seen",
        ]
    );
}
