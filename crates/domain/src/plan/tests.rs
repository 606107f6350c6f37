//! The shipped plans, told as stories; what `parse` refuses; and what holds for any plan.

mod any_plan;
mod faults;
mod shipped;

use chrono::TimeDelta;

use super::*;
use crate::clock::Instant;
use crate::person::{PersonName, PhoneNumber, Relation, Relative};
use crate::scam_type::ScamType;
use crate::template::Templates;
use crate::tier::Tier;

const START: Instant = Instant::UNIX_EPOCH;

const FACTS: PlanFacts = PlanFacts {
    grade: Grade { urgent: false, tier: Tier::High },
    scam_type: None,
    has_relatives: true,
    has_suspect_number: true,
    sources: Vec::new(),
    age: None,
    amount_at_risk: None,
};

/// 王芳 with a husband and a sister.
fn people() -> simulate::People {
    let relative = |name: &str, relation, phone: &str| Relative {
        name: PersonName::parse(name).ok(),
        relation: Some(relation),
        phone: PhoneNumber::parse(phone).unwrap(),
    };
    simulate::People {
        subject: PersonName::parse("王芳").ok(),
        phone: PhoneNumber::parse("13847200001").unwrap(),
        relatives: vec![
            relative("王强", Relation::Spouse, "13847200009"),
            relative("李梅", Relation::Sibling, "13847200008"),
        ],
    }
}

fn templates() -> Templates {
    Templates::parse("templates.toml", include_str!("../../../../config/templates.toml")).unwrap()
}

/// One incident on its plan, with a clock moved by hand; the test plays the outside.
struct Story {
    plan: Plan,
    begun_at: Instant,
    runs: Vec<StepRun>,
    facts: PlanFacts,
    now: Instant,
    started: Vec<String>,
}

impl Story {
    fn begin(plan: Plan, facts: PlanFacts) -> Self {
        let runs = plan.begin();
        let mut story = Self { plan, begun_at: START, runs, facts, now: START, started: Vec::new() };
        story.go_on();
        story
    }

    /// Does what the plan asks for, as the engine would.
    fn go_on(&mut self) {
        let advance = self.plan.advance(self.begun_at, &self.runs, &self.facts, self.now);
        for step in &advance.start {
            let run = self.runs.iter_mut().find(|run| run.step == step.id).unwrap();
            assert_eq!(run.state, StepState::Waiting, "{} starts once", step.id);
            run.state = StepState::started(step, self.now);
            self.started.push(step.id.clone());
        }
        for step in &advance.skip {
            let run = self.runs.iter_mut().find(|run| run.step == step.id).unwrap();
            assert_eq!(run.state, StepState::Waiting, "{} is skipped while it waits", step.id);
            run.state = StepState::Skipped { at: self.now };
        }
    }

    fn after(&mut self, span: TimeDelta) -> &mut Self {
        self.now += span;
        self.go_on();
        self
    }

    fn ends(&mut self, step: &str, outcome: StepOutcome) -> &mut Self {
        let now = self.now;
        let run = self.runs.iter_mut().find(|run| run.step == step).unwrap();
        run.state = run.state.ended(outcome, now);
        self.go_on();
        self
    }

    fn is_picked_up(&mut self, step: &str) -> &mut Self {
        let now = self.now;
        let run = self.runs.iter_mut().find(|run| run.step == step).unwrap();
        run.heard = run.heard.and_picked_up(now);
        self.go_on();
        self
    }

    fn hears(&mut self, step: &str, signal: Signal) -> &mut Self {
        let now = self.now;
        let run = self.runs.iter_mut().find(|run| run.step == step).unwrap();
        run.heard = run.heard.and(signal, now);
        self.go_on();
        self
    }

    /// What started since the last question.
    fn started(&mut self) -> Vec<String> {
        std::mem::take(&mut self.started)
    }

    fn status(&self, step: &str) -> StepStatus {
        self.runs.iter().find(|run| run.step == step).unwrap().state.status()
    }

    fn ask(&self) -> Advance<'_> {
        self.plan.advance(self.begun_at, &self.runs, &self.facts, self.now)
    }
}
