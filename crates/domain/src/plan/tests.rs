//! The shipped plans, told as stories; what `parse` refuses; and what holds for any plan.

mod any_plan;
mod faults;
mod shipped;

use chrono::TimeDelta;

use super::*;
use crate::clock::Instant;
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
};

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
