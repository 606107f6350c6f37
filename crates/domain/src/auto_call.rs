//! A call by a machine (自动语音劝阻): a provider dials, speaks a text and says how it went. It warns many at once;
//! whoever asks for a person gets one. It replaces no dispatcher where the danger is high.

use chrono::TimeDelta;

use crate::clock::Instant;
use crate::id::{IncidentId, MeasureId};
use crate::person::PhoneNumber;
use crate::plan::{Signal, StepOutcome};
use crate::words::words;

/// What is spoken, as BCP 47 names it.
pub const LANGUAGE: &str = "zh-CN";
/// The longest a provider may speak and listen.
pub const MAX_SECONDS: u32 = 60;
/// A provider that has taken a call and says nothing about it is asked after so long.
pub const RESULT_WITHIN: TimeDelta = TimeDelta::minutes(5);
/// The most keys that are kept of what the person pressed.
pub const KEYS_MAX: usize = 32;

words! {
    /// How an automatic call ended, in the provider's words.
    pub enum Outcome {
        /// They listened to the end.
        Listened = "listened",
        /// They hung up before the end.
        HungUp = "hung_up",
        /// 无人接听
        NoAnswer = "no_answer",
        /// 占线：很可能正与诈骗分子通话
        Busy = "busy",
        /// 关机
        Off = "off",
        /// 呼叫转移
        Forwarded = "forwarded",
        /// They asked for a person.
        WantedAPerson = "wanted_a_person",
    }
}

impl Outcome {
    /// How the plan's step ends.
    #[must_use]
    pub fn step_outcome(self) -> StepOutcome {
        match self {
            Self::Listened => StepOutcome::Heard,
            Self::HungUp => StepOutcome::HungUp,
            Self::WantedAPerson => StepOutcome::WantedAPerson,
            Self::NoAnswer | Self::Busy | Self::Off | Self::Forwarded => StepOutcome::Unreachable,
        }
    }

    /// What it tells about the line, as a dispatcher would have heard it.
    #[must_use]
    pub fn signal(self) -> Option<Signal> {
        match self {
            Self::Busy => Some(Signal::Busy),
            Self::Off => Some(Signal::Off),
            Self::Forwarded => Some(Signal::Forwarded),
            Self::Listened | Self::HungUp | Self::NoAnswer | Self::WantedAPerson => None,
        }
    }
}

words! {
    /// Where an automatic call stands.
    pub enum Status {
        /// The provider is still to be told.
        Queued = "queued",
        /// The provider has it and dials.
        Calling = "calling",
        /// The provider said how it ended.
        Done = "done",
        /// Given up: a person must call.
        Failed = "failed",
        /// No longer wanted.
        Cancelled = "cancelled",
    }
}

/// What the provider said about a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// How it ended.
    pub outcome: Outcome,
    /// How long they were on the line.
    pub seconds: Option<u32>,
    /// What they pressed.
    pub keys: Option<String>,
}

/// Where an automatic call stands, with the facts that exist there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// The provider is still to be told.
    Queued,
    /// The provider has it.
    Calling,
    /// The provider said how it ended.
    Done {
        /// How.
        answer: Answer,
        /// When we heard of it.
        at: Instant,
    },
    /// Given up.
    Failed {
        /// When.
        at: Instant,
    },
    /// No longer wanted.
    Cancelled {
        /// Since when.
        at: Instant,
    },
}

/// One automatic call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AutoCall {
    /// Its id; the provider knows the call by it.
    pub id: MeasureId,
    /// Whom it protects.
    pub incident_id: IncidentId,
    /// The plan's step that ordered it.
    pub step: Option<String>,
    /// Whom to dial.
    pub phone: PhoneNumber,
    /// The template of what is spoken.
    pub template: String,
    /// What is spoken.
    pub script: String,
    /// When it was ordered.
    pub created_at: Instant,
    /// Where it stands.
    pub state: State,
}

impl AutoCall {
    /// The word for where it stands.
    #[must_use]
    pub fn status(&self) -> Status {
        match self.state {
            State::Queued => Status::Queued,
            State::Calling => Status::Calling,
            State::Done { .. } => Status::Done,
            State::Failed { .. } => Status::Failed,
            State::Cancelled { .. } => Status::Cancelled,
        }
    }

    /// The provider has taken it.
    #[must_use]
    pub fn taken(mut self) -> Self {
        if self.state == State::Queued {
            self.state = State::Calling;
        }
        self
    }

    /// The provider says how it ended. The first answer stands, and one that comes after everything was given up still
    /// tells how it was; a call that is no longer wanted stays so.
    #[must_use]
    pub fn hear(mut self, answer: Answer, now: Instant) -> Self {
        match self.state {
            State::Queued | State::Calling | State::Failed { .. } => {
                self.state = State::Done { answer, at: now };
            }
            State::Done { .. } | State::Cancelled { .. } => {}
        }
        self
    }

    /// Nobody says how it ended.
    #[must_use]
    pub fn give_up(mut self, now: Instant) -> Self {
        match self.state {
            State::Queued | State::Calling => self.state = State::Failed { at: now },
            State::Done { .. } | State::Failed { .. } | State::Cancelled { .. } => {}
        }
        self
    }

    /// The incident is closed.
    #[must_use]
    pub fn cancel(mut self, now: Instant) -> Self {
        match self.state {
            State::Queued | State::Calling => self.state = State::Cancelled { at: now },
            State::Done { .. } | State::Failed { .. } | State::Cancelled { .. } => {}
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Instant = Instant::UNIX_EPOCH;

    fn call() -> AutoCall {
        AutoCall {
            id: MeasureId::new(START),
            incident_id: IncidentId::new(START),
            step: Some("auto_call".to_owned()),
            phone: PhoneNumber::parse("13847200001").unwrap(),
            template: "say_subject".to_owned(),
            script: "请勿转账".to_owned(),
            created_at: START,
            state: State::Queued,
        }
    }

    fn answer(outcome: Outcome) -> Answer {
        Answer { outcome, seconds: Some(41), keys: None }
    }

    #[test]
    fn the_first_answer_stands() {
        let done = call().taken().hear(answer(Outcome::Listened), START);
        assert_eq!(done.status(), Status::Done);
        assert_eq!(done.clone().hear(answer(Outcome::Busy), START), done);
        assert_eq!(done.clone().give_up(START).cancel(START).taken(), done, "what is done is done");
    }

    #[test]
    fn a_late_answer_tells_how_it_was_unless_nobody_wants_to_know() {
        let late = call().give_up(START).hear(answer(Outcome::Listened), START);
        assert_eq!(late.status(), Status::Done);
        let closed = call().cancel(START);
        assert_eq!(closed.clone().hear(answer(Outcome::Listened), START), closed);
    }

    #[test]
    fn a_busy_line_is_heard_as_a_dispatcher_would_hear_it() {
        assert_eq!(Outcome::Busy.signal(), Some(Signal::Busy));
        assert_eq!(Outcome::Listened.step_outcome(), StepOutcome::Heard);
        for outcome in Outcome::ALL {
            let unreachable = outcome.step_outcome() == StepOutcome::Unreachable;
            assert!(unreachable || outcome.signal().is_none(), "{outcome}");
        }
    }
}
