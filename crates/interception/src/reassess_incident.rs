//! A person grades an incident: raising takes one, lowering a second.

use domain::approval::{Act as Approvable, Approval};
use domain::id::{AssessmentId, IncidentId};
use domain::incident::Incident;
use domain::tier::Grade;
use domain::timeline::Happening;
use serde_json::json;
use store::assessments::{self, Assessment};
use store::incidents;

use crate::act::Act;
use crate::ask_approval::ask_approval;
use crate::assess_incidents::raise;
use crate::error::Result;

/// What became of a person's grading.
#[derive(Debug, Clone, PartialEq)]
pub enum Reassessed {
    /// It holds.
    Raised(Box<Incident>),
    /// It waits for a second person.
    AwaitsApproval(Box<Approval>),
}

/// Grades an incident by hand.
///
/// # Errors
/// [`crate::Error`] when the incident is unknown or closed.
pub async fn reassess_incident(
    act: &mut Act<'_>,
    id: IncidentId,
    grade: Grade,
    reason: &str,
) -> Result<Reassessed> {
    let incident = act.lock_open(id).await?;
    if incident.grade.is_some_and(|present| grade < present) {
        let approval = ask_approval(act, id, Approvable::LowerTier(grade), reason).await?;
        return Ok(Reassessed::AwaitsApproval(Box::new(approval)));
    }
    record(act, &incident, grade, reason).await?;
    raise(act, incident, grade).await?;
    Ok(Reassessed::Raised(Box::new(act.lock(id).await?)))
}

/// Lowers an incident, two persons having agreed. Its plan stays: what is under way is not called back.
pub(crate) async fn lower(
    act: &mut Act<'_>,
    mut incident: Incident,
    grade: Grade,
    reason: &str,
) -> Result<()> {
    record(act, &incident, grade, reason).await?;
    incident.grade = Some(grade);
    Ok(incidents::save(&mut act.tx, &mut incident).await?)
}

async fn record(act: &mut Act<'_>, incident: &Incident, grade: Grade, reason: &str) -> Result<()> {
    let assessment = Assessment {
        id: AssessmentId::new(act.now),
        incident_id: incident.id,
        created_at: act.now,
        grade,
        score: None,
        rules_version: None,
        reasons: json!([{ "rule": "person", "value": act.actor, "weight": 0, "says": reason }]),
        facts: json!({}),
        made_by: act.actor.clone(),
        stopped: vec![],
        shadow: None,
    };
    assessments::insert(&mut act.tx, &assessment).await?;
    let data = json!({ "assessment_id": assessment.id, "tier": grade.tier, "urgent": grade.urgent, "reason": reason });
    act.note(incident.id, Happening::IncidentAssessed, data);
    Ok(())
}
