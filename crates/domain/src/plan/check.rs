//! What a plan must be, beyond its form: every step can start, and no two wait for each other.

use std::collections::BTreeSet;
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
        if let Some(circle) = circle(&placed.step, steps) {
            faults.note(&placed.place, format!("waits for itself: {circle}"));
        }
    }
    // what waits in a circle has no beginning to reason from
    if faults.is_empty() {
        for placed in unreachable(steps) {
            faults.note(&placed.place, "this step can never start");
        }
    }
}

/// The steps that no course of events could start.
fn unreachable(steps: &[PlacedStep]) -> Vec<&PlacedStep> {
    let mut dead: Vec<&PlacedStep> = vec![];
    loop {
        let is_dead = |id: &str| dead.iter().any(|placed| placed.step.id == id);
        let newly: Vec<&PlacedStep> = (0..steps.len())
            .filter(|number| !is_dead(&steps[*number].step.id) && !can_start(*number, steps, is_dead))
            .map(|number| &steps[number])
            .collect();
        if newly.is_empty() {
            return dead;
        }
        dead.extend(newly);
    }
}

/// Whether some course of events starts a step, given which others never do.
fn can_start(number: usize, steps: &[PlacedStep], is_dead: impl Fn(&str) -> bool) -> bool {
    let step = &steps[number].step;
    if step.when.is_impossible() {
        return false;
    }
    // what has happened for certain at each of the step's moments that may come
    let by_then = |trigger: &Trigger| certain_at(trigger, steps);
    let moments: Vec<BTreeSet<Trigger>> = match &step.start {
        Start::AtOnce => vec![BTreeSet::new()],
        Start::Later { on, after, .. } => on
            .iter()
            .filter(|trigger| trigger.event == Event::Skipped || !is_dead(&trigger.step))
            .map(by_then)
            .chain(after.map(|_| BTreeSet::new()))
            .collect(),
    };
    // steps that start when the plan begins have started before any later moment, and before those behind them
    let at_once = steps.iter().enumerate().filter(|(place, other)| {
        let first = *place < number || step.start != Start::AtOnce;
        first && other.step.start == Start::AtOnce && !can_be_skipped(&other.step) && other.step.id != step.id
    });
    let begun: BTreeSet<Trigger> = at_once.map(|(_, other)| started(&other.step.id)).collect();
    let called_off = |certain: &BTreeSet<Trigger>| {
        step.unless.iter().any(|trigger| certain.contains(trigger) || begun.contains(trigger))
    };
    moments.iter().any(|certain| !called_off(certain))
}

fn started(id: &str) -> Trigger {
    Trigger { step: id.to_owned(), event: Event::Started }
}

/// Everything that must have happened when `trigger` happens.
fn certain_at(trigger: &Trigger, steps: &[PlacedStep]) -> BTreeSet<Trigger> {
    let mut certain = BTreeSet::from([trigger.clone()]);
    let step = find(steps, &trigger.step).filter(|_| trigger.event != Event::Skipped);
    let Some(step) = step else { return certain };
    certain.insert(started(&step.id));
    if let Start::Later { on, after: None, .. } = &step.start {
        let ways = on.iter().map(|trigger| certain_at(trigger, steps));
        certain.extend(ways.reduce(|all, way| all.intersection(&way).cloned().collect()).unwrap_or_default());
    }
    certain
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
    let needs_answers = matches!(step.act, Act::Contact { .. } | Act::AutoCall { .. } | Act::Dispatch { .. });
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
        Event::NotPickedUp if step.pick_up.is_some() => Ok(()),
        Event::NotPickedUp => Err(format!("{:?} has no `pick_up`, so nobody is late for it", step.id)),
        Event::Heard(_) if matches!(step.act, Act::Contact { .. } | Act::AutoCall { .. }) => Ok(()),
        Event::Heard(signal) => Err(format!(
            "only a contact or an auto_call hears {signal}, and {:?} is of the kind {}",
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
