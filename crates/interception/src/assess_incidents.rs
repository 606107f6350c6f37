//! Grading: a batch of incidents with new facts, their history in one query, the pure rules, one commit.

use std::collections::HashMap;

use chrono::TimeDelta;
use domain::grading::{GradingFacts, History, Verdict};
use domain::id::{AssessmentId, IncidentId};
use domain::incident::Incident;
use domain::tier::Grade;
use domain::timeline::Happening;
use serde_json::{Value, json};
use store::alerts::{self, AlertRecord};
use store::assessments::{self, Assessment};
use store::incidents;

use crate::act::Act;
use crate::advance_plan;
use crate::centre::Centre;
use crate::error::{Error, Result};

/// How many incidents one commit grades.
const BATCH: i64 = 100;
/// How far back the history of a person or a number is counted.
pub(crate) const HISTORY_WINDOW: TimeDelta = TimeDelta::days(30);

/// Grades a batch of incidents with new facts and begins or raises their plans; returns how many.
///
/// # Errors
/// [`crate::Error::Store`] when the database is away; nothing was graded then.
pub async fn assess_incidents(centre: &Centre) -> Result<usize> {
    let mut act = Act::ours(centre).await?;
    let waiting = incidents::lock_unassessed(&mut act.tx, BATCH).await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let ids: Vec<IncidentId> = waiting.iter().map(|incident| incident.id).collect();
    match assess_all(&mut act, waiting).await {
        Ok(()) => {
            act.commit().await?;
            Ok(ids.len())
        }
        Err(Error::Store(store::Error::Inconsistent { .. })) => {
            drop(act);
            one_by_one(centre, &ids).await
        }
        Err(error) => Err(error),
    }
}

/// Whether an incident still waits to be graded, in somebody's hands or not.
///
/// # Errors
/// [`crate::Error::Store`] when the database is away.
pub async fn waits(centre: &Centre) -> Result<bool> {
    let mut db = centre.store.read().await?;
    Ok(incidents::any_unassessed(&mut db).await?)
}

/// One incident's data is wrong: it must hold up no other.
async fn one_by_one(centre: &Centre, ids: &[IncidentId]) -> Result<usize> {
    let mut graded = 0;
    for id in ids {
        let mut act = Act::ours(centre).await?;
        let incident = act.lock(*id).await?;
        match assess_all(&mut act, vec![incident]).await {
            Ok(()) => {
                act.commit().await?;
                graded += 1;
            }
            Err(error @ Error::Store(store::Error::Inconsistent { .. })) => {
                tracing::error!(incident_id = %id, %error, "an incident cannot be graded: a person must look");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(graded)
}

async fn assess_all(act: &mut Act<'_>, waiting: Vec<Incident>) -> Result<()> {
    let ids: Vec<IncidentId> = waiting.iter().map(|incident| incident.id).collect();
    let histories = alerts::histories(&mut act.tx, &ids, act.now - HISTORY_WINDOW).await?;
    let mut evidence: HashMap<IncidentId, Vec<AlertRecord>> = HashMap::new();
    for alert in alerts::of_incidents(&mut act.tx, &ids).await? {
        evidence.entry(alert.incident_id).or_default().push(alert);
    }
    incidents::mark_new_facts(&mut act.tx, &ids, false).await?;
    for incident in waiting {
        let history = histories.get(&incident.id).copied().unwrap_or_default();
        let alerts = evidence.remove(&incident.id).unwrap_or_default();
        assess(act, incident, &alerts, history).await?;
    }
    Ok(())
}

async fn assess(
    act: &mut Act<'_>,
    mut incident: Incident,
    alerts: &[AlertRecord],
    history: History,
) -> Result<()> {
    let Centre { rules, texts, .. } = act.centre;
    let known_type = incident.scam_type;
    let worst = alerts
        .iter()
        .map(|alert| {
            let text = alert.text.as_deref().map(|text| texts.read(text));
            let mut facts = GradingFacts::of(alert.evidence(), history, text);
            facts.scam_type = facts.scam_type.or(known_type);
            let verdict = rules.assess(&facts);
            (facts, verdict)
        })
        .max_by_key(|(_, verdict)| (verdict.grade(), verdict.score));
    let Some((facts, verdict)) = worst else {
        // a 110 call alone came with its grade; what remains is to begin its plan
        return match incident.grade {
            Some(grade) => raise(act, incident, grade).await,
            None => Ok(()),
        };
    };
    incident.scam_type = incident.scam_type.or_else(|| facts.text.as_ref().and_then(|text| text.scam_type));
    record(act, &incident, &facts, &verdict).await?;
    raise(act, incident, verdict.grade()).await
}

/// Raises the incident to a grade and its plan with it. What is already as high stays where it is, but what
/// was learnt may let a waiting step begin.
pub(crate) async fn raise(act: &mut Act<'_>, incident: Incident, grade: Grade) -> Result<()> {
    let mut incident = incident.raised_to(grade);
    incidents::save(&mut act.tx, &mut incident).await?;
    let raised_to = incident.grade.unwrap_or(grade);
    advance_plan::pin(act, &mut incident, raised_to).await
}

async fn record(
    act: &mut Act<'_>,
    incident: &Incident,
    facts: &GradingFacts,
    verdict: &Verdict,
) -> Result<()> {
    let json = |value: serde_json::Result<Value>| value.unwrap_or(Value::Null);
    let assessment = Assessment {
        id: AssessmentId::new(act.now),
        incident_id: incident.id,
        created_at: act.now,
        grade: verdict.grade(),
        score: Some(verdict.score),
        rules_version: Some(verdict.rules_version.clone()),
        reasons: json(serde_json::to_value(&verdict.reasons)),
        facts: json(serde_json::to_value(facts)),
        made_by: act.actor.clone(),
    };
    assessments::insert(&mut act.tx, &assessment).await?;
    let data = json!({ "assessment_id": assessment.id, "tier": verdict.tier, "urgent": verdict.urgent, "score": verdict.score, "reasons": assessment.reasons });
    act.note(incident.id, Happening::IncidentAssessed, data);
    Ok(())
}
