//! How far an incident's plan has come.

use domain::plan::{StepRun, StepState};
use serde::Serialize;
use utoipa::ToSchema;

use super::spelled::{StepOutcome, StepStatus, Time};
use super::text::Text;

/// One step of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Step {
    /// Its id in the plan.
    step: String,
    status: StepStatus,
    started_at: Option<Time>,
    /// When it becomes overdue, while it runs.
    due_at: Option<Time>,
    /// When somebody claimed its contact or signed for its dispatch.
    picked_up_at: Option<Time>,
    /// When it ended, was skipped or cancelled.
    ended_at: Option<Time>,
    outcome: Option<StepOutcome>,
}

impl From<StepRun> for Step {
    fn from(run: StepRun) -> Self {
        let (started_at, due_at, ended_at, outcome) = match run.state {
            StepState::Waiting => (None, None, None, None),
            StepState::Running { started_at, due_at } => (Some(started_at), due_at, None, None),
            StepState::Ended { started_at, ended_at, outcome } => {
                (Some(started_at), None, Some(ended_at), Some(outcome))
            }
            StepState::Skipped { at } | StepState::Cancelled { at } => (None, None, Some(at), None),
        };
        Self {
            step: run.step,
            status: Text(run.state.status()),
            started_at: started_at.map(Text),
            due_at: due_at.map(Text),
            picked_up_at: run.heard.picked_up.map(Text),
            ended_at: ended_at.map(Text),
            outcome: outcome.map(Text),
        }
    }
}
