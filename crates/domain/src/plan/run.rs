//! How far one step of one incident has come.

use chrono::TimeDelta;

use super::{Signal, Step, StepOutcome};
use crate::clock::Instant;
use crate::words::words;

words! {
    /// Where a step stands.
    pub enum StepStatus {
        /// Its moment has not come.
        Waiting = "waiting",
        /// Ordered; its end is awaited.
        Running = "running",
        /// Its outcome is known.
        Ended = "ended",
        /// It will not be needed.
        Skipped = "skipped",
        /// Called off with the incident.
        Cancelled = "cancelled",
    }
}

/// One step of one incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRun {
    /// The step's id.
    pub step: String,
    /// Where it stands.
    pub state: StepState,
    /// What was heard of it while it ran.
    pub heard: Heard,
}

/// When the calls of a step first heard each signal, and when somebody first took it on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Heard {
    /// 占线
    pub busy: Option<Instant>,
    /// 关机
    pub off: Option<Instant>,
    /// 呼叫转移
    pub forwarded: Option<Instant>,
    /// A contact was claimed, or a dispatch signed for.
    pub picked_up: Option<Instant>,
}

/// Where a step stands, with the facts that exist there. `Ended`, `Skipped` and `Cancelled` are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// Its moment has not come.
    Waiting,
    /// Ordered; its end is awaited.
    Running {
        /// When it started.
        started_at: Instant,
        /// When it becomes overdue, if ever.
        due_at: Option<Instant>,
    },
    /// Its outcome is known.
    Ended {
        /// When it started.
        started_at: Instant,
        /// When it ended.
        ended_at: Instant,
        /// How.
        outcome: StepOutcome,
    },
    /// It will not be needed.
    Skipped {
        /// Since when.
        at: Instant,
    },
    /// Called off with the incident.
    Cancelled {
        /// When.
        at: Instant,
    },
}

impl StepState {
    /// The state of `step` when it starts.
    #[must_use]
    pub fn started(step: &Step, now: Instant) -> Self {
        Self::Running { started_at: now, due_at: step.due.map(|due: TimeDelta| now + due) }
    }

    /// The state after the act's outcome became known. Only a running step can end: the first outcome
    /// stands, and a late one changes nothing.
    #[must_use]
    pub fn ended(self, outcome: StepOutcome, now: Instant) -> Self {
        match self {
            Self::Running { started_at, .. } => Self::Ended { started_at, ended_at: now, outcome },
            Self::Waiting | Self::Ended { .. } | Self::Skipped { .. } | Self::Cancelled { .. } => self,
        }
    }

    /// The state after the incident was closed.
    #[must_use]
    pub fn cancelled(self, now: Instant) -> Self {
        if self.is_final() { self } else { Self::Cancelled { at: now } }
    }

    /// Whether nothing can happen to it any more.
    #[must_use]
    pub fn is_final(self) -> bool {
        match self {
            Self::Waiting | Self::Running { .. } => false,
            Self::Ended { .. } | Self::Skipped { .. } | Self::Cancelled { .. } => true,
        }
    }

    /// The word for it.
    #[must_use]
    pub fn status(self) -> StepStatus {
        match self {
            Self::Waiting => StepStatus::Waiting,
            Self::Running { .. } => StepStatus::Running,
            Self::Ended { .. } => StepStatus::Ended,
            Self::Skipped { .. } => StepStatus::Skipped,
            Self::Cancelled { .. } => StepStatus::Cancelled,
        }
    }
}

impl StepRun {
    /// A step whose moment has not come.
    #[must_use]
    pub fn waiting(step: &str) -> Self {
        Self { step: step.to_owned(), state: StepState::Waiting, heard: Heard::default() }
    }
}

impl Heard {
    /// When this was first heard, if it was.
    #[must_use]
    pub fn at(self, signal: Signal) -> Option<Instant> {
        match signal {
            Signal::Busy => self.busy,
            Signal::Off => self.off,
            Signal::Forwarded => self.forwarded,
        }
    }

    /// What was heard once a call heard `signal` as well: the first time stands.
    #[must_use]
    pub fn and(mut self, signal: Signal, now: Instant) -> Self {
        let place = match signal {
            Signal::Busy => &mut self.busy,
            Signal::Off => &mut self.off,
            Signal::Forwarded => &mut self.forwarded,
        };
        place.get_or_insert(now);
        self
    }

    /// What was heard once somebody had taken the step on: the first time stands.
    #[must_use]
    pub fn and_picked_up(mut self, now: Instant) -> Self {
        self.picked_up.get_or_insert(now);
        self
    }
}
