//! The ordered response to an incident (预案), as versioned data.
//!
//! A plan is a file (`config/plans/*.toml`) of steps. Each step orders one act and says when:
//!
//! ```toml
//! name = "high"
//! title = "高危预警处置预案"
//!
//! [[step]]
//! id = "call_subject"          # starts at once, for it names no other moment
//! act = "contact"              # contact | auto_call | sms | call_block | dispatch | raise | end
//! whom = "subject"             # contact, sms: subject | relatives
//! attempts = 3                 # contact: how often to dial ...
//! spacing = "5m"               # ... and how long between
//! pick_up = "2m"               # contact, dispatch: by when somebody must have taken it on
//! due = "15m"                  # by when it must have ended; later it is overdue
//! # auto_call: template = "say_subject": a provider dials the subject once and speaks it
//! # sms: template = "warn_subject_high", flash = true; call_block: lasts = "7d";
//! # dispatch: to = "station" | "county_desk" | "command_centre"
//!
//! [[step]]
//! id = "call_relatives"
//! act = "contact"
//! whom = "relatives"
//! on = ["call_subject.unreachable"]        # starts when one of these has happened,
//! wait = "1m"                              # so long after it,
//! after = "10m"                            # or so long after the plan began, whichever comes first,
//! when = { has_relatives = true }          # provided that this holds,
//! unless = ["call_subject.convinced"]      # and none of these has happened
//! rest = ["convinced"]         # contact, dispatch: the outcomes after which nothing more is to be done
//! ```
//!
//! `step.event` names what happened to a step: one of its act's outcomes ([`StepOutcome`]), what a call (by a person
//! or a machine) heard on the line ([`Signal`]: the step goes on dialling), or `started`, `skipped`, `overdue`, `not_picked_up` (nobody
//! has claimed the contact or signed for the dispatch by its `pick_up`; it still may be). Waits are written
//! `500ms`, `30s`, `10m`, `2h`, `7d`. What `when` may ask is in [`Condition`]. Two acts are done in the moment
//! they start: `raise` lifts the incident to the grade `to` (and so onto that tier's plan), `end` skips
//! whatever still waits. A subject with several lines is called on one after the other, the one named last first.
//!
//! [`Plan::parse`] refuses a plan that could hang, leaves an outcome unanswered or holds a step that can never
//! start. [`Plan::begin`] gives
//! the runs of a new incident; from then on [`Plan::advance`] says what is to be done next, as often as it is
//! asked, and changes nothing itself. [`carry_over`] moves an incident onto a higher plan.

use chrono::TimeDelta;

use crate::contact;
use crate::contact_outcome::ContactOutcome;
use crate::dispatch::Desk;
use crate::template::Addressee;
use crate::tier::Grade;
use crate::words::words;

mod advance;
mod carry_over;
mod check;
mod condition;
mod parse;
mod run;
pub mod simulate;
mod wait;

pub use advance::Advance;
pub use carry_over::{CarriedOver, carry_over};
pub use condition::{Condition, Hours, PlanFacts};
pub use run::{Heard, StepRun, StepState, StepStatus};

/// One version of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What it is called, such as `high`.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// SHA-256 of the text, in hex: an incident keeps the version it was born with.
    pub hash: String,
    /// The file as it was read, to be stored under its hash.
    pub text: String,
    /// In the file's order.
    pub steps: Vec<Step>,
}

/// One ordered act and its moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Unique in its plan.
    pub id: String,
    /// What is done.
    pub act: Act,
    /// The moment it starts.
    pub start: Start,
    /// It is skipped once one of these has happened.
    pub unless: Vec<Trigger>,
    /// What must hold when it starts.
    pub when: Condition,
    /// How long after its start somebody must have taken it on: a contact claimed, a dispatch accepted.
    pub pick_up: Option<TimeDelta>,
    /// How long after its start it must have ended.
    pub due: Option<TimeDelta>,
    /// The outcomes after which nothing more is to be done.
    pub rest: Vec<StepOutcome>,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Reach somebody by voice.
    Contact {
        /// Whom to dial.
        whom: Addressee,
        /// How often, before they count as unreachable.
        attempts: u32,
        /// How long between two tries.
        spacing: TimeDelta,
    },
    /// Have a machine call the subject.
    AutoCall {
        /// The template of what is spoken.
        template: String,
    },
    /// Send a text.
    Sms {
        /// Who receives it.
        whom: Addressee,
        /// The template's name.
        template: String,
        /// Shown at once and not stored; `None`: to a subject who is on the phone.
        flash: Option<bool>,
    },
    /// Block the suspect's number.
    CallBlock {
        /// For how long.
        lasts: TimeDelta,
    },
    /// Send officers to see the subject.
    Dispatch {
        /// The desk that must see to it that somebody goes.
        to: Desk,
    },
    /// Lift the incident to a grade, and so onto that tier's plan.
    Raise {
        /// At least so high.
        to: Grade,
    },
    /// Skip whatever still waits.
    End,
}

words! {
    /// What a step does, in a word.
    pub enum ActKind {
        /// 电话劝阻
        Contact = "contact",
        /// 自动语音劝阻
        AutoCall = "auto_call",
        /// 劝阻短信
        Sms = "sms",
        /// 通话阻断
        CallBlock = "call_block",
        /// 派警、见面劝阻
        Dispatch = "dispatch",
        /// 升级
        Raise = "raise",
        /// 结束
        End = "end",
    }
}

words! {
    /// What a call that reached nobody heard on the line.
    pub enum Signal {
        /// 占线
        Busy = "busy",
        /// 关机
        Off = "off",
        /// 呼叫转移
        Forwarded = "forwarded",
    }
}

/// When a step starts: at the earliest of its moments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// When the plan begins.
    AtOnce,
    /// At an event or at a time, whichever comes first.
    Later {
        /// Any of these.
        on: Vec<Trigger>,
        /// How long after the event.
        wait: TimeDelta,
        /// How long after the plan began.
        after: Option<TimeDelta>,
    },
}

/// Something that happened to a step, written `step.event`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trigger {
    /// The step's id.
    pub step: String,
    /// What happened to it.
    pub event: Event,
}

/// What can happen to a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// It started.
    Started,
    /// It was skipped.
    Skipped,
    /// It runs past its due time. Once it has ended its outcome speaks instead.
    Overdue,
    /// Nobody had taken it on by its `pick_up`.
    NotPickedUp,
    /// One of its calls heard this; it may still be dialling.
    Heard(Signal),
    /// It ended so.
    Ended(StepOutcome),
}

words! {
    /// How a step ended.
    pub enum StepOutcome {
        /// Contact: reached, will not pay.
        Convinced = "convinced",
        /// Contact: reached, wavers.
        Doubtful = "doubtful",
        /// Contact: reached, will not listen. Call block: the carrier said no.
        Refused = "refused",
        /// Contact: tried as often as the step allows, or the number is wrong. Automatic call: nobody was on the line.
        Unreachable = "unreachable",
        /// Automatic call: they listened to the end. It is no proof that they believe it.
        Heard = "heard",
        /// Automatic call: they hung up before the end.
        HungUp = "hung_up",
        /// Automatic call: they asked for a person.
        WantedAPerson = "wanted_a_person",
        /// Text: the provider took it.
        Sent = "sent",
        /// Text, call block, automatic call: given up, or nobody is there who could.
        Failed = "failed",
        /// Call block: in force.
        Blocked = "blocked",
        /// Dispatch: the officers saw the subject.
        Seen = "seen",
        /// Dispatch: they did not.
        NotSeen = "not_seen",
        /// Raise, end: as it started.
        Done = "done",
    }
}

impl Plan {
    /// The step of that id.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// The runs of an incident whose plan begins: every step waits.
    #[must_use]
    pub fn begin(&self) -> Vec<StepRun> {
        self.steps.iter().map(|step| StepRun::waiting(&step.id)).collect()
    }
}

impl Act {
    /// The word for it.
    #[must_use]
    pub fn kind(&self) -> ActKind {
        match self {
            Self::Contact { .. } => ActKind::Contact,
            Self::AutoCall { .. } => ActKind::AutoCall,
            Self::Sms { .. } => ActKind::Sms,
            Self::CallBlock { .. } => ActKind::CallBlock,
            Self::Dispatch { .. } => ActKind::Dispatch,
            Self::Raise { .. } => ActKind::Raise,
            Self::End => ActKind::End,
        }
    }

    /// How it can end.
    #[must_use]
    pub fn outcomes(&self) -> &'static [StepOutcome] {
        use StepOutcome::{
            Blocked, Convinced, Done, Doubtful, Failed, Heard, HungUp, NotSeen, Refused, Seen, Sent,
            Unreachable, WantedAPerson,
        };
        match self {
            Self::Contact { .. } => &[Convinced, Doubtful, Refused, Unreachable],
            Self::AutoCall { .. } => &[Heard, HungUp, WantedAPerson, Unreachable, Failed],
            Self::Sms { .. } => &[Sent, Failed],
            Self::CallBlock { .. } => &[Blocked, Refused, Failed],
            Self::Dispatch { .. } => &[Seen, NotSeen],
            Self::Raise { .. } | Self::End => &[Done],
        }
    }

    /// Whether both are the same to whom they reach: another text, or more tries, is no other deed.
    fn same_deed(&self, other: &Self) -> bool {
        self.kind() == other.kind() && self.whom() == other.whom()
    }

    /// Whom it reaches, where it reaches a person by phone.
    #[must_use]
    pub fn whom(&self) -> Option<Addressee> {
        match self {
            Self::Contact { whom, .. } | Self::Sms { whom, .. } => Some(*whom),
            Self::AutoCall { .. } => Some(Addressee::Subject),
            Self::CallBlock { .. } | Self::Dispatch { .. } | Self::Raise { .. } | Self::End => None,
        }
    }
}

impl From<contact::Verdict> for StepOutcome {
    fn from(verdict: contact::Verdict) -> Self {
        match verdict {
            contact::Verdict::Convinced => Self::Convinced,
            contact::Verdict::Doubtful => Self::Doubtful,
            contact::Verdict::Refused => Self::Refused,
            contact::Verdict::Unreachable => Self::Unreachable,
        }
    }
}

impl Signal {
    /// What the outcome of a try tells about the line, if anything.
    #[must_use]
    pub fn of(outcome: ContactOutcome) -> Option<Self> {
        match outcome {
            ContactOutcome::Busy => Some(Self::Busy),
            ContactOutcome::Off => Some(Self::Off),
            ContactOutcome::Forwarded => Some(Self::Forwarded),
            ContactOutcome::ReachedConvinced
            | ContactOutcome::ReachedDoubtful
            | ContactOutcome::ReachedRefused
            | ContactOutcome::NoAnswer
            | ContactOutcome::WrongNumber => None,
        }
    }
}

impl std::fmt::Display for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Started => f.write_str("started"),
            Self::Skipped => f.write_str("skipped"),
            Self::Overdue => f.write_str("overdue"),
            Self::NotPickedUp => f.write_str("not_picked_up"),
            Self::Heard(signal) => signal.fmt(f),
            Self::Ended(outcome) => outcome.fmt(f),
        }
    }
}

impl std::fmt::Display for Trigger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.step, self.event)
    }
}

#[cfg(test)]
mod tests;
