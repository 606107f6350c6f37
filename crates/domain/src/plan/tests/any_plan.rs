use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

fn acts() -> impl Strategy<Value = Act> {
    let whom = Addressee::Subject;
    prop_oneof![
        Just(Act::Raise { to: Grade::URGENT }),
        Just(Act::End),
        Just(Act::Contact { whom, attempts: 3, spacing: TimeDelta::minutes(5) }),
        Just(Act::Sms { whom, template: "warn_subject_low".to_owned(), flash: None }),
        Just(Act::AutoCall { template: "say_subject".to_owned() }),
        Just(Act::CallBlock { lasts: TimeDelta::days(1) }),
        Just(Act::Dispatch { to: Desk::Station }),
        Just(Act::Dispatch { to: Desk::County }),
    ]
}

/// An event of one of the earlier steps, so that no two steps wait for each other.
fn trigger(earlier: &[Step], which: Index, event: Index) -> Trigger {
    let step = &earlier[which.index(earlier.len())];
    let mut events = vec![Event::Started, Event::Skipped, Event::Overdue, Event::NotPickedUp];
    events.extend(Signal::ALL.iter().copied().map(Event::Heard));
    events.extend(step.act.outcomes().iter().copied().map(Event::Ended));
    Trigger { step: step.id.clone(), event: events[event.index(events.len())] }
}

fn plans() -> impl Strategy<Value = Plan> {
    let picks = || prop::collection::vec(any::<(Index, Index)>(), 0..3);
    let minutes = || prop::option::of((0_i64..30).prop_map(TimeDelta::minutes));
    let step = (
        (acts(), minutes()),
        picks(),
        picks(),
        minutes(),
        minutes(),
        minutes(),
        prop::option::of(any::<bool>()),
    );
    prop::collection::vec(step, 1..8).prop_map(|drawn| {
        let mut steps: Vec<Step> = Vec::new();
        for ((act, pick_up), on, unless, wait, after, due, urgent) in drawn {
            let triggers = |picks: Vec<(Index, Index)>| -> Vec<Trigger> {
                let picks = picks.into_iter().filter(|_| !steps.is_empty());
                picks.map(|(which, event)| trigger(&steps, which, event)).collect()
            };
            let (on, unless) = (triggers(on), triggers(unless));
            let start = if on.is_empty() && after.is_none() {
                Start::AtOnce
            } else {
                Start::Later { on, wait: wait.unwrap_or_default(), after }
            };
            let when = Condition { urgent, ..Condition::default() };
            steps.push(Step {
                id: format!("s{}", steps.len()),
                act,
                start,
                unless,
                when,
                pick_up,
                due,
                rest: Vec::new(),
            });
        }
        Plan { name: "any".into(), title: String::new(), hash: String::new(), text: String::new(), steps }
    })
}

/// What the outside does between two questions.
#[derive(Debug, Clone)]
enum Happening {
    StepEnds(Index, Index),
    StepHears(Index, Index),
    StepIsPickedUp(Index),
    TimePasses(i64),
    UntilWoken,
    TurnsUrgent,
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let happening = prop_oneof![
        4 => any::<(Index, Index)>().prop_map(|(step, outcome)| Happening::StepEnds(step, outcome)),
        2 => any::<(Index, Index)>().prop_map(|(step, signal)| Happening::StepHears(step, signal)),
        1 => any::<Index>().prop_map(Happening::StepIsPickedUp),
        2 => (0_i64..20).prop_map(Happening::TimePasses),
        2 => Just(Happening::UntilWoken),
        1 => Just(Happening::TurnsUrgent),
    ];
    prop::collection::vec(happening, 0..30)
}

fn running(story: &Story, which: &Index) -> Option<String> {
    let running = |run: &&StepRun| run.state.status() == StepStatus::Running;
    let running: Vec<&StepRun> = story.runs.iter().filter(running).collect();
    (!running.is_empty()).then(|| running[which.index(running.len())].step.clone())
}

fn happen(story: &mut Story, happening: &Happening) {
    match happening {
        Happening::StepHears(step, signal) => {
            if let Some(id) = running(story, step) {
                story.hears(&id, Signal::ALL[signal.index(Signal::ALL.len())]);
            }
        }
        Happening::StepIsPickedUp(step) => {
            if let Some(id) = running(story, step) {
                story.is_picked_up(&id);
            }
        }
        Happening::StepEnds(step, outcome) => {
            if let Some(id) = &running(story, step) {
                let outcomes = story.plan.step(id).unwrap().act.outcomes();
                story.ends(id, outcomes[outcome.index(outcomes.len())]);
            }
        }
        Happening::TimePasses(minutes) => {
            story.after(TimeDelta::minutes(*minutes));
        }
        Happening::UntilWoken => {
            let until = story.ask().wake_at.unwrap_or(story.now);
            story.after(until - story.now);
        }
        Happening::TurnsUrgent => {
            story.facts.grade = Grade::URGENT;
            story.go_on();
        }
    }
}

proptest! {
    // `Story` itself asserts that a step starts and is skipped at most once, and only while it waits.
    #[test]
    fn a_plan_neither_hangs_nor_repeats_itself(plan in plans(), happenings in happenings()) {
        let mut story = Story::begin(plan, FACTS);
        let mut was_finished = false;
        for happening in &happenings {
            happen(&mut story, happening);
            let again = story.ask();
            prop_assert!(again.start.is_empty() && again.skip.is_empty(), "asked again, it asks for nothing new");
            prop_assert!(again.wake_at.is_none_or(|at| at > story.now), "it never asks to be woken in the past");
            let runs = story.runs.iter().any(|run| run.state.status() == StepStatus::Running);
            prop_assert!(again.finished || runs || again.wake_at.is_some(), "an open plan has something to wait for");
            prop_assert!(again.finished || !was_finished, "what is finished stays finished");
            was_finished = again.finished;
        }
    }

    #[test]
    fn the_same_question_has_the_same_answer(plan in plans(), minutes in 0_i64..60) {
        let now = START + TimeDelta::minutes(minutes);
        let runs = plan.begin();
        prop_assert_eq!(plan.advance(START, &runs, &FACTS, now), plan.advance(START, &runs, &FACTS, now));
    }

    #[test]
    fn whatever_the_outside_answers_nobody_is_dialled_more_often_than_the_plan_allows_and_every_step_starts_once(
        plan in plans(),
        calls in prop::collection::vec(prop::sample::select(ContactOutcome::ALL), 0..12),
    ) {
        let imagined: Vec<simulate::Imagined> = calls.into_iter().map(simulate::Imagined::Call).collect();
        let told = plan.simulate(START, FACTS, &people(), &imagined);
        for step in &plan.steps {
            let of_step: Vec<_> = told.iter().filter(|passage| passage.step == step.id).map(|passage| &passage.happening).collect();
            let starts = of_step.iter().filter(|happening| matches!(happening, simulate::Happening::Starts { .. })).count();
            prop_assert!(starts <= 1);
            let dials = of_step.iter().filter(|happening| matches!(happening, simulate::Happening::Dials { .. })).count();
            let allowed = match step.act {
                Act::Contact { attempts, .. } => usize::try_from(attempts).unwrap(),
                Act::AutoCall { .. }
                | Act::Sms { .. }
                | Act::CallBlock { .. }
                | Act::Dispatch { .. }
                | Act::Raise { .. }
                | Act::End => 0,
            };
            prop_assert!(dials <= allowed);
            let ends = of_step.iter().filter(|happening| matches!(happening, simulate::Happening::Is(Event::Ended(_)))).count();
            prop_assert_eq!(ends, starts, "what starts ends, for somebody answers or the tries are used up");
        }
    }

    #[test]
    fn nothing_starts_after_closing(plan in plans(), happenings in happenings(), later in 0_i64..600) {
        let mut story = Story::begin(plan, FACTS);
        happenings.iter().for_each(|happening| happen(&mut story, happening));
        story.started();
        let now = story.now;
        story.runs.iter_mut().for_each(|run| run.state = run.state.cancelled(now));
        story.after(TimeDelta::minutes(later));
        prop_assert!(story.started().is_empty() && story.ask().finished);
    }

    #[test]
    fn moving_to_another_plan_never_repeats_a_deed_under_way(old in plans(), new in plans(), happenings in happenings()) {
        let mut story = Story::begin(old.clone(), FACTS);
        happenings.iter().for_each(|happening| happen(&mut story, happening));
        let carried = carry_over(&story.runs, &old, &new, story.now);
        let running = |runs: &[StepRun]| runs.iter().filter(|run| run.state.status() == StepStatus::Running).count();
        prop_assert_eq!(running(&story.runs), running(&carried.runs), "nothing under way is lost");
        for (number, run) in carried.runs.iter().enumerate() {
            prop_assert!(carried.runs[..number].iter().all(|earlier| earlier.step != run.step), "ids stay unique");
        }
        let carried_state = |step: &Step| carried.runs.iter().find(|run| run.step == step.id).unwrap().state;
        for deed in new.steps.iter().map(|step| &step.act) {
            let begun = story.runs.iter().filter(|run| {
                matches!(run.state, StepState::Running { .. } | StepState::Ended { .. })
                    && !matches!(deed, Act::Raise { .. } | Act::End)
                    && old.step(&run.step).unwrap().act.same_deed(deed)
            });
            let same = || new.steps.iter().filter(|step| step.act.same_deed(deed));
            let taken_over = same().filter(|step| carried_state(step) != StepState::Waiting).count();
            prop_assert_eq!(taken_over, begun.count().min(same().count()), "what was begun is not begun again");
        }
    }
}
