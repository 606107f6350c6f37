//! Plans and grading rules.

use domain::grading::{self, Verdict};
use domain::plan;
use domain::text_reading::TextReading;
use serde::Serialize;
use utoipa::ToSchema;

use super::spelled::{PlanAct, ScamType, Tier};
use super::text::Text;

/// A version of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Plan {
    name: String,
    title: String,
    /// SHA-256 of `text`, in hex: incidents keep the version they were born with.
    hash: String,
    steps: Vec<PlanStep>,
    /// The file (TOML) with all the conditions, as it was read.
    text: String,
}

/// A step of a plan, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanStep {
    step: String,
    /// What it does.
    act: PlanAct,
}

impl From<&plan::Plan> for Plan {
    fn from(plan: &plan::Plan) -> Self {
        let step = |step: &plan::Step| PlanStep { step: step.id.clone(), act: Text(step.act.kind()) };
        Self {
            name: plan.name.clone(),
            title: plan.title.clone(),
            hash: plan.hash.clone(),
            steps: plan.steps.iter().map(step).collect(),
            text: plan.text.clone(),
        }
    }
}

/// What the rules say to an alert, and why.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = GradingExplanation)]
pub struct Explanation {
    tier: Tier,
    urgent: bool,
    /// The weights of all reasons, added up.
    score: i32,
    rules_version: String,
    /// The rules that fired, in the file's order.
    reasons: Vec<Reason>,
    /// What the text tells by its words; null where there is none.
    text: Option<Reading>,
}

/// One rule that fired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = GradingReason)]
pub struct Reason {
    /// Its id; `cap:` and a group's id where its rules came to more than its cap.
    rule: String,
    /// Of the rule's first signal.
    value: String,
    weight: i32,
    says: String,
    says_en: String,
}

/// What a text tells by its words: a suggestion, a person's choice stands.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = TextReading)]
pub struct Reading {
    fraud: bool,
    #[schema(minimum = 0, maximum = 1)]
    probability: f64,
    scam_type: Option<ScamType>,
    /// The words that decided, as they stand in the text.
    words: Vec<String>,
    /// The version of what read it.
    model: Option<String>,
}

impl Explanation {
    /// The verdict, with what the text told.
    #[must_use]
    pub fn of(verdict: Verdict, text: Option<TextReading>) -> Self {
        let reason = |reason: grading::Reason| Reason {
            rule: reason.rule,
            value: reason.value,
            weight: reason.weight,
            says: reason.says,
            says_en: reason.says_en,
        };
        Self {
            tier: Text(verdict.tier),
            urgent: verdict.urgent,
            score: verdict.score,
            rules_version: verdict.rules_version,
            reasons: verdict.reasons.into_iter().map(reason).collect(),
            text: text.map(Reading::from),
        }
    }
}

impl From<TextReading> for Reading {
    fn from(text: TextReading) -> Self {
        let TextReading { fraud, probability, scam_type, words, model } = text;
        Self { fraud, probability, scam_type: scam_type.map(Text), words, model }
    }
}
