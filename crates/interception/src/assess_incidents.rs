//! Grading: a batch of incidents with new facts, their history in one query, the pure rules, one commit.

use std::collections::HashMap;

use domain::grading::{GradingFacts, History, Rules, Runaway, Verdict};
use domain::id::{AssessmentId, IncidentId};
use domain::incident::Incident;
use domain::tier::Grade;
use domain::timeline::Happening;
use serde_json::{Value, json};
use store::alerts::{self, AlertRecord};
use store::assessments::{self, Assessment};
use store::{incidents, rules};

use crate::act::Act;
use crate::advance_plan;
use crate::centre::Centre;
use crate::error::{Error, Result};
use crate::rules_in_use::{self, Present};

/// How many incidents one commit grades.
const BATCH: i64 = 100;

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
    let rules = act.centre.rules.present(&mut act.tx).await?;
    rules_in_use::keep(&mut act.tx, &rules.live, act.now).await?;
    let histories = alerts::histories(&mut act.tx, &ids, act.now).await?;
    let mut evidence: HashMap<IncidentId, Vec<AlertRecord>> = HashMap::new();
    for alert in alerts::of_incidents(&mut act.tx, &ids).await? {
        evidence.entry(alert.incident_id).or_default().push(alert);
    }
    incidents::mark_new_facts(&mut act.tx, &ids, false).await?;
    for incident in waiting {
        let history = histories.get(&incident.id).copied().unwrap_or_default();
        let alerts = evidence.remove(&incident.id).unwrap_or_default();
        assess(act, incident, &alerts, history, &rules).await?;
    }
    if let Some(last) = ids.last() {
        brake_rules(act, &rules.live, *last).await?;
    }
    Ok(())
}

async fn assess(
    act: &mut Act<'_>,
    mut incident: Incident,
    alerts: &[AlertRecord],
    history: History,
    rules: &Present,
) -> Result<()> {
    let known_type = incident.scam_type;
    let facts = alerts.iter().map(|alert| {
        let history = history.with_protected(alert.suspect.phone.as_ref(), &act.centre.protected);
        let text = alert.text.as_deref().map(|text| act.centre.texts.read(text));
        let mut facts = GradingFacts::of(alert.evidence(), history, text);
        facts.scam_type = facts.scam_type.or(known_type);
        facts
    });
    let facts: Vec<GradingFacts> = facts.collect();
    let shadow = rules.shadow.as_ref().and_then(|shadow| worst(&facts, |facts| shadow.assess(facts)));
    let judged = worst(&facts, |facts| rules.live.assess_without(facts, &rules.stopped));
    let Some((facts, verdict)) = judged else {
        // a 110 call alone came with its grade; what remains is to begin its plan
        return match incident.grade {
            Some(grade) => raise(act, incident, grade).await,
            None => Ok(()),
        };
    };
    incident.scam_type = incident.scam_type.or_else(|| facts.text.as_ref().and_then(|text| text.scam_type));
    let shadow = shadow.map(|(_, verdict)| verdict);
    if let Some(shadow) = &shadow {
        let differs = if shadow.grade() == verdict.grade() { "no" } else { "yes" };
        metrics::counter!("grading_shadow_total", "differs" => differs).increment(1);
    }
    record(act, &incident, (facts, &verdict), rules, shadow).await?;
    raise(act, incident, verdict.grade()).await
}

/// The facts that are judged worst, with the judgement.
fn worst(
    facts: &[GradingFacts],
    judge: impl Fn(&GradingFacts) -> Verdict,
) -> Option<(&GradingFacts, Verdict)> {
    let judged = facts.iter().map(|facts| (facts, judge(facts)));
    judged.max_by_key(|(_, verdict)| (verdict.grade(), verdict.score))
}

/// Stops the rules that fired beyond their bound. The line on the timeline is where people see it first.
async fn brake_rules(act: &mut Act<'_>, live: &Rules, last: IncidentId) -> Result<()> {
    let Some(window) = live.brake_window() else { return Ok(()) };
    let (hits, gradings) = assessments::hits(&mut act.tx, &live.version, window).await?;
    for runaway in live.runaways(&hits, gradings) {
        if rules::stop(&mut act.tx, &live.version, &runaway, act.now).await? {
            let Runaway { rule, hits, of, max_rate } = &runaway;
            tracing::error!(rule, hits, of, max_rate, "a grading rule fired beyond its bound and is stopped");
            metrics::counter!("grading_rules_stopped_total").increment(1);
            let data = json!({ "rule": rule, "hits": hits, "gradings": of, "max_rate": max_rate, "rules_version": live.version });
            act.note(last, Happening::RuleStopped, data);
        }
    }
    Ok(())
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
    (facts, verdict): (&GradingFacts, &Verdict),
    rules: &Present,
    shadow: Option<Verdict>,
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
        stopped: rules.stopped.iter().cloned().collect(),
        shadow: shadow.map(|verdict| json(serde_json::to_value(verdict))),
    };
    assessments::insert(&mut act.tx, &assessment).await?;
    let data = json!({ "assessment_id": assessment.id, "tier": verdict.tier, "urgent": verdict.urgent, "score": verdict.score, "reasons": assessment.reasons });
    act.note(incident.id, Happening::IncidentAssessed, data);
    Ok(())
}
