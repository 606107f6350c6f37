//! Gradings of an incident.

use interception::look_up;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::spelled::{AssessmentId, Tier, Time};
use super::text::Text;

/// One grading, by the rules or by a person.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Assessment {
    id: AssessmentId,
    created_at: Time,
    tier: Tier,
    urgent: bool,
    /// The points; null where a person decided.
    score: Option<i32>,
    /// The hash of the rules; null where a person decided.
    rules_version: Option<String>,
    /// Each rule that fired, with `rule`, `value`, `weight` and what it `says`.
    #[schema(value_type = Vec<Object>)]
    reasons: Value,
    /// The operator, or `lanjie`.
    made_by: String,
}

impl From<look_up::Assessment> for Assessment {
    fn from(assessment: look_up::Assessment) -> Self {
        Self {
            id: Text(assessment.id),
            created_at: Text(assessment.created_at),
            tier: Text(assessment.grade.tier),
            urgent: assessment.grade.urgent,
            score: assessment.score,
            rules_version: assessment.rules_version,
            reasons: assessment.reasons,
            made_by: assessment.made_by,
        }
    }
}
