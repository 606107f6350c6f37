//! What a plan must be, beyond its form: every step can start, and no two wait for each other.

use std::ops::Range;

use super::{Act, Condition, Event, Start, Step, StepOutcome, Trigger};
use crate::config_text::{Faults, OneOf};

/// A step and where it stands in its file.
pub(super) struct PlacedStep {
    pub(super) step: Step,
    pub(super) place: Range<usize>,
    pub(super) on_places: Vec<Range<usize>>,
    pub(super) unless_places: Vec<Range<usize>>,
}

/// What must hold of every plan, also of one that was accepted long ago.
pub(super) fn check(steps: &[PlacedStep], faults: &mut Faults<'_>) {
    for (number, placed) in steps.iter().enumerate() {
        if steps[..number].iter().any(|earlier| earlier.step.id == placed.step.id) {
            faults.note(&placed.place, format!("the id {:?} is taken", placed.step.id));
        }
        let on = placed.step.start.events().iter().zip(&placed.on_places);
        let unless = placed.step.unless.iter().zip(&placed.unless_places);
        for (trigger, place) in on.chain(unless) {
            if let Err(cause) = can_happen(trigger, steps) {
                faults.note(place, cause);
            }
        }
        if !can_start(&placed.step) {
            faults.note(&placed.place, "this step can never start");
        }
        if let Some(circle) = circle(&placed.step, steps) {
            faults.note(&placed.place, format!("waits for itself: {circle}"));
        }
    }
}

/// What a new plan must hold as well: every outcome is answered.
pub(super) fn check_answers(steps: &[PlacedStep], faults: &mut Faults<'_>) {
    for placed in steps {
        for outcome in unanswered(&placed.step, steps) {
            let awaited = format!("{}.{outcome}", placed.step.id);
            let cause = format!(
                "nothing follows {awaited:?}: expected a step that starts on it, or {:?} in `rest`",
                outcome.as_str()
            );
            faults.note(&placed.place, cause);
        }
    }
}

/// A person's fate hangs on how a contact or a dispatch ends, so each of its outcomes must lead somewhere.
fn unanswered<'a>(step: &'a Step, steps: &'a [PlacedStep]) -> impl Iterator<Item = StepOutcome> {
    let needs_answers = matches!(step.act, Act::Contact { .. } | Act::Dispatch);
    let leads_on = |outcome: StepOutcome| {
        let event = Event::Ended(outcome);
        let mut awaited = steps.iter().flat_map(|other| other.step.start.events());
        awaited.any(|trigger| trigger.step == step.id && trigger.event == event)
    };
    let outcomes = step.act.outcomes().iter().copied().filter(move |_| needs_answers);
    outcomes.filter(move |outcome| !step.rest.contains(outcome) && !leads_on(*outcome))
}

impl Start {
    fn events(&self) -> &[Trigger] {
        match self {
            Self::AtOnce => &[],
            Self::Later { on, .. } => on,
        }
    }
}

fn find<'a>(steps: &'a [PlacedStep], id: &str) -> Option<&'a Step> {
    steps.iter().map(|placed| &placed.step).find(|step| step.id == id)
}

fn can_happen(trigger: &Trigger, steps: &[PlacedStep]) -> Result<(), String> {
    let step = find(steps, &trigger.step).ok_or_else(|| format!("there is no step {:?}", trigger.step))?;
    match trigger.event {
        Event::Started => Ok(()),
        Event::Overdue if step.due.is_some() => Ok(()),
        Event::Overdue => Err(format!("{:?} has no `due`, so it is never overdue", step.id)),
        Event::Heard(_) if matches!(step.act, Act::Contact { .. }) => Ok(()),
        Event::Heard(signal) => Err(format!(
            "only a contact hears {signal}, and {:?} is of the kind {}",
            step.id,
            step.act.kind()
        )),
        Event::Skipped if can_be_skipped(step) || steps.iter().any(|other| other.step.act == Act::End) => {
            Ok(())
        }
        Event::Skipped => Err(format!("{:?} always starts, so it is never skipped", step.id)),
        Event::Ended(outcome) if step.act.outcomes().contains(&outcome) => Ok(()),
        Event::Ended(outcome) => {
            let words: Vec<&str> = step.act.outcomes().iter().map(|outcome| outcome.as_str()).collect();
            Err(format!("a {} never ends as {outcome}: expected {}", step.act.kind(), OneOf(&words)))
        }
    }
}

fn can_be_skipped(step: &Step) -> bool {
    let Start::Later { after: None, .. } = step.start else {
        return !step.unless.is_empty() || step.when != Condition::default();
    };
    true
}

fn can_start(step: &Step) -> bool {
    let called_off = |trigger: &Trigger| step.unless.contains(trigger);
    let has_moment = match &step.start {
        Start::AtOnce | Start::Later { after: Some(_), .. } => true,
        Start::Later { on, after: None, .. } => !on.iter().all(called_off),
    };
    has_moment && !step.when.is_impossible()
}

/// The way from a step through the events it waits for back to itself, as `a <- b <- a`.
fn circle(step: &Step, steps: &[PlacedStep]) -> Option<String> {
    let mut ways: Vec<Vec<&str>> = vec![vec![&step.id]];
    let mut seen: Vec<&str> = Vec::new();
    while let Some(way) = ways.pop() {
        let awaited = way.last().and_then(|id| find(steps, id)).map_or(&[][..], |last| last.start.events());
        for trigger in awaited {
            let longer: Vec<&str> = way.iter().copied().chain([trigger.step.as_str()]).collect();
            if trigger.step == step.id {
                return Some(longer.join(" <- "));
            }
            if !seen.contains(&trigger.step.as_str()) {
                seen.push(&trigger.step);
                ways.push(longer);
            }
        }
    }
    None
}
