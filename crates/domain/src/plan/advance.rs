//! What a plan asks for next.

use chrono::TimeDelta;

use super::{Act, Event, Heard, Plan, PlanFacts, Start, Step, StepRun, StepState, Trigger};
use crate::clock::Instant;

/// What is to be done now. It is a finding, not a doing: until the caller has saved the new states the
/// same question has the same answer, and afterwards there is nothing left to start or skip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advance<'a> {
    /// Start these.
    pub start: Vec<&'a Step>,
    /// Skip these: they are not needed or can no longer happen.
    pub skip: Vec<&'a Step>,
    /// Ids of the steps that run past their due time, as long as they do; the caller remembers which it has
    /// reported.
    pub overdue: Vec<String>,
    /// Ids of the steps that nobody had taken on by their `pick_up`, as long as they run.
    pub not_picked_up: Vec<String>,
    /// When to ask again at the latest. `None`: only persons and the outside are awaited.
    pub wake_at: Option<Instant>,
    /// Nothing runs and nothing waits.
    pub finished: bool,
}

/// What becomes of a step that waits.
#[derive(Clone, Copy)]
enum Fate {
    Start,
    Skip,
    /// Until then at the latest, where a time is known.
    Wait(Option<Instant>),
}

/// When a trigger lets its step start.
#[derive(Clone, Copy)]
enum Moment {
    At(Instant),
    /// Something must happen first, by this time where it is a matter of time.
    Open(Option<Instant>),
    Never,
}

/// The plan's runs as they will stand once everything found so far is done.
struct Foreseen<'plan, 'run> {
    plan: &'plan Plan,
    begun_at: Instant,
    facts: &'run PlanFacts,
    now: Instant,
    states: Vec<(&'run str, StepState, Heard)>,
}

impl Plan {
    /// What is to be done at `now` for an incident whose plan began at `begun_at` and stands as `runs` say.
    /// A step without a run waits; a run without a step (left over from a former plan) is only awaited.
    #[must_use]
    pub fn advance(
        &self,
        begun_at: Instant,
        runs: &[StepRun],
        facts: &PlanFacts,
        now: Instant,
    ) -> Advance<'_> {
        let without_run = self.steps.iter().filter(|step| runs.iter().all(|run| run.step != step.id));
        let mut foreseen = Foreseen {
            plan: self,
            begun_at,
            facts,
            now,
            states: runs
                .iter()
                .map(|run| (run.step.as_str(), run.state, run.heard))
                .chain(without_run.map(|step| (step.id.as_str(), StepState::Waiting, Heard::default())))
                .collect(),
        };
        let (mut start, mut skip) = (Vec::new(), Vec::new());
        while let Some((step, fate)) = foreseen.next_decided() {
            if matches!(fate, Fate::Start) {
                start.push(step);
                foreseen.set(step, StepState::started(step, now));
            } else {
                skip.push(step);
                foreseen.set(step, StepState::Skipped { at: now });
            }
        }
        Advance {
            start,
            skip,
            overdue: runs
                .iter()
                .filter(|run| is_overdue(run.state, now))
                .map(|run| run.step.clone())
                .collect(),
            not_picked_up: runs
                .iter()
                .filter(|run| matches!(foreseen.not_picked_up(&run.step), Moment::At(at) if at <= now))
                .filter(|run| matches!(run.state, StepState::Running { .. }))
                .map(|run| run.step.clone())
                .collect(),
            wake_at: foreseen.wake_at(),
            finished: foreseen.states.iter().all(|(_, state, _)| state.is_final()),
        }
    }
}

impl<'plan> Foreseen<'plan, '_> {
    /// The first waiting step, in the plan's order, that need wait no longer.
    fn next_decided(&self) -> Option<(&'plan Step, Fate)> {
        self.waiting()
            .map(|step| (step, self.fate(step)))
            .find(|(_, fate)| matches!(fate, Fate::Start | Fate::Skip))
    }

    fn waiting(&self) -> impl Iterator<Item = &'plan Step> {
        self.plan.steps.iter().filter(|step| self.state(&step.id) == StepState::Waiting)
    }

    fn state(&self, id: &str) -> StepState {
        self.states.iter().find(|(step, ..)| *step == id).map_or(StepState::Waiting, |(_, state, _)| *state)
    }

    fn heard(&self, id: &str) -> Heard {
        self.states.iter().find(|(step, ..)| *step == id).map(|(_, _, heard)| *heard).unwrap_or_default()
    }

    /// Whether an `end` step is done: nothing starts any more.
    fn is_over(&self) -> bool {
        let ends = self.plan.steps.iter().filter(|step| step.act == Act::End);
        ends.map(|step| self.state(&step.id)).any(|state| matches!(state, StepState::Ended { .. }))
    }

    fn set(&mut self, step: &Step, to: StepState) {
        for (id, state, _) in &mut self.states {
            if *id == step.id {
                *state = to;
            }
        }
    }

    /// A step starts at the first of its moments at which its condition holds. While a moment is still to
    /// come it waits, for its condition may come true until then; when all have passed it is skipped.
    fn fate(&self, step: &Step) -> Fate {
        let has_happened =
            |trigger| matches!(self.moment(trigger, TimeDelta::zero()), Moment::At(at) if at <= self.now);
        if self.is_over() || step.unless.iter().any(has_happened) {
            return Fate::Skip;
        }
        let moments = self.moments(step);
        let has_come = |moment: &Moment| matches!(moment, Moment::At(at) if *at <= self.now);
        if moments.iter().any(has_come) && step.when.holds(self.facts, self.now) {
            return Fate::Start;
        }
        let still_to_come = moments.iter().filter_map(|moment| match moment {
            Moment::At(at) => (*at > self.now).then_some(Some(*at)),
            Moment::Open(by) => Some(*by),
            Moment::Never => None,
        });
        let mut still_to_come = still_to_come.peekable();
        if still_to_come.peek().is_none() { Fate::Skip } else { Fate::Wait(still_to_come.flatten().min()) }
    }

    fn moments(&self, step: &Step) -> Vec<Moment> {
        match &step.start {
            Start::AtOnce => vec![Moment::At(self.begun_at)],
            Start::Later { on, wait, after } => on
                .iter()
                .map(|trigger| self.moment(trigger, *wait))
                .chain(after.map(|after| Moment::At(self.begun_at + after)))
                .collect(),
        }
    }

    /// When `wait` after `trigger` is.
    fn moment(&self, trigger: &Trigger, wait: TimeDelta) -> Moment {
        let at = |happened_at: Instant| Moment::At(happened_at + wait);
        if let Event::Heard(signal) = trigger.event
            && let Some(heard_at) = self.heard(&trigger.step).at(signal)
        {
            return at(heard_at);
        }
        if trigger.event == Event::NotPickedUp {
            return match self.not_picked_up(&trigger.step) {
                Moment::At(at) => Moment::At(at + wait),
                open => open,
            };
        }
        match (self.state(&trigger.step), trigger.event) {
            (StepState::Waiting, _) | (StepState::Running { .. }, Event::Ended(_) | Event::Heard(_)) => {
                Moment::Open(None)
            }
            (StepState::Running { started_at, .. } | StepState::Ended { started_at, .. }, Event::Started) => {
                at(started_at)
            }
            (StepState::Running { due_at: Some(due_at), .. }, Event::Overdue) if due_at <= self.now => {
                at(due_at)
            }
            (StepState::Running { due_at: Some(due_at), .. }, Event::Overdue) => Moment::Open(Some(due_at)),
            (StepState::Ended { ended_at, outcome, .. }, Event::Ended(wanted)) if outcome == wanted => {
                at(ended_at)
            }
            (StepState::Skipped { at: skipped_at }, Event::Skipped) => at(skipped_at),
            (StepState::Running { .. }, Event::Skipped | Event::Overdue | Event::NotPickedUp)
            | (
                StepState::Ended { .. },
                Event::Skipped | Event::Overdue | Event::NotPickedUp | Event::Heard(_) | Event::Ended(_),
            )
            | (
                StepState::Skipped { .. },
                Event::Started | Event::Overdue | Event::NotPickedUp | Event::Heard(_) | Event::Ended(_),
            )
            | (StepState::Cancelled { .. }, _) => Moment::Never,
        }
    }

    /// When it was said, or will be, that nobody had taken the step on in time.
    fn not_picked_up(&self, id: &str) -> Moment {
        let Some(pick_up) = self.plan.step(id).and_then(|step| step.pick_up) else { return Moment::Never };
        let in_time = |by: Instant| self.heard(id).picked_up.is_some_and(|at| at <= by);
        match self.state(id) {
            StepState::Waiting => Moment::Open(None),
            StepState::Running { started_at, .. } if in_time(started_at + pick_up) => Moment::Never,
            StepState::Running { started_at, .. } if started_at + pick_up <= self.now => {
                Moment::At(started_at + pick_up)
            }
            StepState::Running { started_at, .. } => Moment::Open(Some(started_at + pick_up)),
            StepState::Ended { started_at, ended_at, .. }
                if ended_at <= started_at + pick_up || in_time(started_at + pick_up) =>
            {
                Moment::Never
            }
            StepState::Ended { started_at, .. } => Moment::At(started_at + pick_up),
            StepState::Skipped { .. } | StepState::Cancelled { .. } => Moment::Never,
        }
    }

    fn wake_at(&self) -> Option<Instant> {
        let starts = self.waiting().filter_map(|step| match self.fate(step) {
            Fate::Wait(until) => until,
            Fate::Start | Fate::Skip => None,
        });
        let dues = self.states.iter().filter_map(|(_, state, _)| match state {
            StepState::Running { due_at, .. } => due_at.filter(|due_at| *due_at > self.now),
            StepState::Waiting
            | StepState::Ended { .. }
            | StepState::Skipped { .. }
            | StepState::Cancelled { .. } => None,
        });
        let pick_ups = self.states.iter().filter_map(|(id, ..)| match self.not_picked_up(id) {
            Moment::Open(by) => by,
            Moment::At(_) | Moment::Never => None,
        });
        starts.chain(dues).chain(pick_ups).min()
    }
}

fn is_overdue(state: StepState, now: Instant) -> bool {
    matches!(state, StepState::Running { due_at: Some(due_at), .. } if due_at <= now)
}
