//! What a plan would do, told in advance: the same decisions as in earnest, with a made-up outside.

use std::collections::VecDeque;
use std::fmt;

use chrono::TimeDelta;

use super::{Act, ActKind, Event, Plan, PlanFacts, Signal, StepOutcome, StepRun, StepState};
use crate::clock::Instant;
use crate::contact::Verdict;
use crate::contact_outcome::ContactOutcome;
use crate::dispatch::Desk;
use crate::person::{PersonName, PhoneNumber, Relative};
use crate::template::Addressee;

/// How long after it was ordered the officers of an imagined visit report.
pub const VISIT_TAKES: TimeDelta = TimeDelta::minutes(30);
/// Nothing is told beyond this.
const HORIZON: TimeDelta = TimeDelta::days(30);

/// How something ended in an imagined outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imagined {
    /// One try to reach a person.
    Call(ContactOutcome),
    /// A text, a block or a visit.
    Step(StepOutcome),
}

/// One line of what would happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// How long after the plan began.
    pub after: TimeDelta,
    /// The step's id.
    pub step: String,
    /// What happens to it.
    pub happening: Happening,
}

/// What happens to a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// It starts.
    Starts {
        /// What it does.
        act: ActKind,
        /// Who is reached, or told to go, each with role and masked phone; nobody where a number is blocked.
        whom: Vec<String>,
    },
    /// A person is dialled.
    Dials {
        /// Counted from 1, for this person.
        attempt: u32,
        /// Whom, with role and masked phone.
        whom: String,
        /// How it goes.
        outcome: ContactOutcome,
    },
    /// Something else happens to it.
    Is(Event),
}

/// The people a plan could reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct People {
    /// The subject's name, where known.
    pub subject: Option<PersonName>,
    /// Their phone.
    pub phone: PhoneNumber,
    /// Who else may be called, in order.
    pub relatives: Vec<Relative>,
}

impl People {
    fn subject(&self) -> String {
        masked("subject", self.subject.as_ref(), &self.phone)
    }

    fn relative(&self, place: usize) -> String {
        let number = place + 1;
        match self.relatives.get(place) {
            Some(known) => {
                let relation = known.relation.map(|relation| format!(" ({relation})")).unwrap_or_default();
                masked(&format!("relative {number}{relation}"), known.name.as_ref(), &known.phone)
            }
            None => format!("relative {number}, who is not known"),
        }
    }

    fn all(&self, whom: Addressee) -> Vec<String> {
        match whom {
            Addressee::Subject => vec![self.subject()],
            Addressee::Relatives => (0..self.relatives.len()).map(|place| self.relative(place)).collect(),
        }
    }
}

fn masked(role: &str, name: Option<&PersonName>, phone: &PhoneNumber) -> String {
    match name {
        Some(name) => format!("{role} {name} {phone}"),
        None => format!("{role} {phone}"),
    }
}

/// The word is none that an imagined outside understands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no outcome: expected one of a call, such as no_answer, or of a text, a block or a visit, such as not_seen"
)]
pub struct NotImagined(String);

impl std::str::FromStr for Imagined {
    type Err = NotImagined;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let call = word.parse().map(Self::Call);
        call.or_else(|_| word.parse().map(Self::Step)).map_err(|_| NotImagined(word.to_owned()))
    }
}

/// What is going on at a moment of the simulation.
struct Simulation<'a> {
    plan: &'a Plan,
    begun_at: Instant,
    now: Instant,
    facts: PlanFacts,
    people: &'a People,
    calls: VecDeque<ContactOutcome>,
    others: VecDeque<StepOutcome>,
    runs: Vec<StepRun>,
    dials: Vec<Dial>,
    visits: Vec<(Instant, String)>,
    told: Vec<Passage>,
}

/// A person who is still to be dialled.
struct Dial {
    at: Instant,
    step: String,
    place: usize,
    attempt: u32,
}

impl Plan {
    /// What would happen from `begun_at` on to these people. The imagined outcomes are
    /// used up in their order, those of calls by calls and the others by the first act that can end so; after
    /// that nobody answers a person, everybody listens to a machine, texts are sent, blocks take effect and visits meet the subject.
    #[must_use]
    pub fn simulate(
        &self,
        begun_at: Instant,
        facts: PlanFacts,
        people: &People,
        imagined: &[Imagined],
    ) -> Vec<Passage> {
        let mut simulation = Simulation {
            plan: self,
            begun_at,
            now: begun_at,
            facts,
            people,
            calls: VecDeque::new(),
            others: VecDeque::new(),
            runs: self.begin(),
            dials: Vec::new(),
            visits: Vec::new(),
            told: Vec::new(),
        };
        for outcome in imagined {
            match outcome {
                Imagined::Call(outcome) => simulation.calls.push_back(*outcome),
                Imagined::Step(outcome) => simulation.others.push_back(*outcome),
            }
        }
        simulation.run();
        simulation.told
    }
}

impl Simulation<'_> {
    fn run(&mut self) {
        loop {
            while self.act() {}
            let next = self.plan.advance(self.begun_at, &self.runs, &self.facts, self.now);
            for step in &next.overdue {
                let passage = Happening::Is(Event::Overdue);
                if !self.told.iter().any(|told| told.step == *step && told.happening == passage) {
                    self.tell(step, passage);
                }
            }
            let dials = self.dials.iter().map(|dial| dial.at);
            let visits = self.visits.iter().map(|(at, _)| *at);
            match dials.chain(visits).chain(next.wake_at).min() {
                Some(at) if at <= self.begun_at + HORIZON => self.now = at.max(self.now),
                _ => return,
            }
        }
    }

    /// Does one thing that is due now; `false`: there is none.
    fn act(&mut self) -> bool {
        if let Some(due) = self.dials.iter().position(|dial| dial.at <= self.now) {
            let dial = self.dials.remove(due);
            self.dial(dial);
            return true;
        }
        if let Some(due) = self.visits.iter().position(|(at, _)| *at <= self.now) {
            let (_, step) = self.visits.remove(due);
            let outcome = self.imagined(&[StepOutcome::Seen, StepOutcome::NotSeen], StepOutcome::Seen);
            self.end(&step, outcome);
            return true;
        }
        let plan = self.plan;
        let next = plan.advance(self.begun_at, &self.runs, &self.facts, self.now);
        for step in &next.skip {
            self.set(&step.id, StepState::Skipped { at: self.now });
            self.tell(&step.id, Happening::Is(Event::Skipped));
        }
        for step in &next.start {
            self.set(&step.id, StepState::started(step, self.now));
            let whom = match &step.act {
                Act::Contact { whom, .. } | Act::Sms { whom, .. } => self.people.all(*whom),
                Act::AutoCall { .. } => self.people.all(Addressee::Subject),
                Act::Dispatch { to: Desk::Station } => vec!["the station".to_owned()],
                Act::Dispatch { to: Desk::County } => vec!["the county desk".to_owned()],
                Act::Dispatch { to: Desk::CommandCentre } => vec!["the command centre".to_owned()],
                Act::CallBlock { .. } | Act::Raise { .. } | Act::End => vec![],
            };
            self.tell(&step.id, Happening::Starts { act: step.act.kind(), whom });
            self.start(&step.id, &step.act);
        }
        !next.start.is_empty() || !next.skip.is_empty()
    }

    fn start(&mut self, step: &str, act: &Act) {
        // in an imagined outside everything is taken on at once
        let now = self.now;
        for run in self.runs.iter_mut().filter(|run| run.step == step) {
            run.heard = run.heard.and_picked_up(now);
        }
        match act {
            Act::Contact { whom: Addressee::Relatives, .. } if self.people.relatives.is_empty() => {
                self.end(step, StepOutcome::Unreachable);
            }
            Act::Contact { .. } => {
                self.dials.push(Dial { at: self.now, step: step.to_owned(), place: 0, attempt: 1 });
            }
            Act::Dispatch { .. } => self.visits.push((self.now + VISIT_TAKES, step.to_owned())),
            Act::AutoCall { .. } => {
                let outcome = self.imagined(act.outcomes(), StepOutcome::Heard);
                self.end(step, outcome);
            }
            Act::Sms { .. } => {
                let outcome = self.imagined(act.outcomes(), StepOutcome::Sent);
                self.end(step, outcome);
            }
            Act::CallBlock { .. } => {
                let outcome = self.imagined(act.outcomes(), StepOutcome::Blocked);
                self.end(step, outcome);
            }
            Act::Raise { to } => {
                self.facts.grade = self.facts.grade.max(*to);
                self.end(step, StepOutcome::Done);
            }
            Act::End => self.end(step, StepOutcome::Done),
        }
    }

    fn dial(&mut self, dial: Dial) {
        let Some(Act::Contact { whom, attempts, spacing }) = self.plan.step(&dial.step).map(|step| &step.act)
        else {
            return;
        };
        let outcome = self.calls.pop_front().unwrap_or(ContactOutcome::NoAnswer);
        let Dial { step, place, attempt, .. } = dial;
        let who = match whom {
            Addressee::Subject => self.people.subject(),
            Addressee::Relatives => self.people.relative(place),
        };
        self.tell(&step, Happening::Dials { attempt, whom: who, outcome });
        let signal = Signal::of(outcome).filter(|_| *whom == Addressee::Subject);
        if let (Some(signal), Some(run)) = (signal, self.runs.iter_mut().find(|run| run.step == step)) {
            run.heard = run.heard.and(signal, self.now);
        }
        let next_relative = *whom == Addressee::Relatives && place + 1 < self.people.relatives.len();
        match Verdict::of(outcome, attempt >= *attempts) {
            None => {
                self.dials.push(Dial { at: self.now + *spacing, step, place, attempt: attempt + 1 });
            }
            Some(Verdict::Unreachable) if next_relative => {
                self.dials.push(Dial { at: self.now, step, place: place + 1, attempt: 1 });
            }
            Some(verdict) => self.end(&step, verdict.into()),
        }
    }

    /// The first imagined outcome that is one of `possible`.
    fn imagined(&mut self, possible: &[StepOutcome], otherwise: StepOutcome) -> StepOutcome {
        let place = self.others.iter().position(|outcome| possible.contains(outcome));
        place.and_then(|place| self.others.remove(place)).unwrap_or(otherwise)
    }

    fn end(&mut self, step: &str, outcome: StepOutcome) {
        let now = self.now;
        for run in self.runs.iter_mut().filter(|run| run.step == step) {
            run.state = run.state.ended(outcome, now);
        }
        self.tell(step, Happening::Is(Event::Ended(outcome)));
    }

    fn set(&mut self, step: &str, state: StepState) {
        for run in self.runs.iter_mut().filter(|run| run.step == step) {
            run.state = state;
        }
    }

    fn tell(&mut self, step: &str, happening: Happening) {
        let after = self.now - self.begun_at;
        self.told.push(Passage { after, step: step.to_owned(), happening });
    }
}

impl fmt::Display for Happening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Starts { act, whom } if whom.is_empty() => write!(f, "starts: {act}"),
            Self::Starts { act, whom } => write!(f, "starts: {act} to {}", whom.join(", ")),
            Self::Dials { attempt, whom, outcome } => write!(f, "call {attempt} to {whom}: {outcome}"),
            Self::Is(event @ Event::Ended(_)) => write!(f, "ends: {event}"),
            Self::Is(event) => event.fmt(f),
        }
    }
}
