//! Moving an incident onto a higher plan: nothing is done twice and nothing under way is lost.

use super::{Act, Plan, Step, StepRun, StepState};
use crate::clock::Instant;

/// An incident's runs on its new plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedOver {
    /// The new plan's runs in its order, then what is left over from the old plan.
    pub runs: Vec<StepRun>,
    /// Old and new id of each run that goes by another id now: measures ordered under the old one must
    /// follow, or their receipts would find no step.
    pub renamed: Vec<(String, String)>,
}

/// The runs of an incident that moves from `old_plan` to `new_plan` at `now`, when the new plan begins.
///
/// A step of the new plan whose deed (the act, and whom it reaches) was already started takes over that
/// run: it is not repeated, its outcome counts, and while it runs it is due at the earlier of both plans' times.
/// Of the old plan's other steps, those under way stay and are awaited; those that had not started are skipped.
#[must_use]
pub fn carry_over(old_runs: &[StepRun], old_plan: &Plan, new_plan: &Plan, now: Instant) -> CarriedOver {
    let mut left: Vec<&StepRun> = old_runs.iter().collect();
    let mut renamed = Vec::new();
    let mut runs: Vec<StepRun> = Vec::new();
    for step in &new_plan.steps {
        let is_same = |run: &&StepRun| was_begun(run.state) && does_the_same(run, old_plan, step);
        let same = left
            .iter()
            .position(|run| run.step == step.id && is_same(run))
            .or_else(|| left.iter().position(is_same));
        runs.push(same.map_or(StepRun::waiting(&step.id), |place| {
            let run = left.remove(place);
            if run.step != step.id {
                renamed.push((run.step.clone(), step.id.clone()));
            }
            StepRun { step: step.id.clone(), state: hurried(run.state, step, now), heard: run.heard }
        }));
    }
    for run in left {
        let id_is_taken = runs.iter().any(|taken| taken.step == run.step);
        let (step, state) = match (was_begun(run.state), id_is_taken) {
            (true, false) => (run.step.clone(), run.state),
            (true, true) => {
                let apart = format!("{}:{}", old_plan.name, run.step);
                renamed.push((run.step.clone(), apart.clone()));
                (apart, run.state)
            }
            (false, false) => (run.step.clone(), StepState::Skipped { at: now }),
            (false, true) => continue,
        };
        runs.push(StepRun { step, state, heard: run.heard });
    }
    CarriedOver { runs, renamed }
}

/// What was skipped may be wanted by the new plan, so it counts as never begun.
fn was_begun(state: StepState) -> bool {
    match state {
        StepState::Running { .. } | StepState::Ended { .. } | StepState::Cancelled { .. } => true,
        StepState::Waiting | StepState::Skipped { .. } => false,
    }
}

fn does_the_same(run: &StepRun, old_plan: &Plan, step: &Step) -> bool {
    let is_done_at_once = matches!(step.act, Act::Raise { .. } | Act::End);
    !is_done_at_once && old_plan.step(&run.step).is_some_and(|old_step| old_step.act.same_deed(&step.act))
}

fn hurried(state: StepState, step: &Step, now: Instant) -> StepState {
    match state {
        StepState::Running { started_at, due_at } => StepState::Running {
            started_at,
            due_at: due_at.into_iter().chain(step.due.map(|due| now + due)).min(),
        },
        StepState::Waiting
        | StepState::Ended { .. }
        | StepState::Skipped { .. }
        | StepState::Cancelled { .. } => state,
    }
}
