//! The auditor: proves from the rows alone that every step that was due ran, and raises an alarm where one did not.
//!
//! It trusts nothing that the engine wrote about its own progress: for every open incident it asks the plan again
//! what should have happened by a little while ago. Whatever that is, it should be in the rows. What is missing is
//! told, counted and handed to the keeper of deadlines at once. The engine's heartbeat is written here too, and only
//! while grading and deadlines go round.

use std::fmt;

use chrono::TimeDelta;
use domain::clock::Instant;
use domain::id::IncidentId;
use domain::incident::Incident;
use store::{audits, incidents};

use crate::act::{Act, Work};
use crate::advance_plan;
use crate::centre::Centre;
use crate::error::{Error, Result};

/// How late a step may be before it counts as missed.
pub const GRACE: TimeDelta = TimeDelta::seconds(15);
/// Whoever has not been heard of for so long has stopped.
pub const SILENT_AFTER: TimeDelta = TimeDelta::seconds(30);
/// How many incidents one look covers.
const PAGE: i64 = 50;
/// The role whose heart beats.
const ENGINE: &str = "engine";

/// Something that was due and did not happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// Whose plan it is in.
    pub incident_id: IncidentId,
    /// What is wrong.
    pub why: Why,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Nobody has graded it.
    Ungraded,
    /// It is graded, and no plan was begun.
    NoPlan,
    /// The step was due and is neither started nor skipped.
    NotStarted(String),
    /// The step runs, and nothing is under way that could end it.
    Abandoned(String),
    /// Its rows contradict each other.
    Unreadable(String),
}

/// One look at a part of the open incidents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// What was missed.
    pub missed: Vec<Missed>,
    /// Where to look next; `None`: everything has been looked at.
    pub next: Option<IncidentId>,
}

/// Looks at the open incidents behind `after`.
///
/// # Errors
/// [`Error::Store`] when the database is away.
pub async fn audit_plans(centre: &Centre, after: Option<IncidentId>) -> Result<Look> {
    let mut act = Act::ours(centre).await?;
    let (now, due_before) = (act.now, act.now - GRACE);
    let page = incidents::settled(&mut act.tx, after, due_before, now, PAGE).await?;
    let is_last = i64::try_from(page.len()).is_ok_and(|found| found < PAGE);
    let next = page.last().map(|incident| incident.id).filter(|_| !is_last);
    let mut missed = vec![];
    if after.is_none() {
        let ungraded = audits::ungraded(&mut act.tx, due_before, PAGE).await?;
        missed.extend(ungraded.into_iter().map(|incident_id| Missed { incident_id, why: Why::Ungraded }));
    }
    let mut suspects = vec![];
    for incident in &page {
        if !found_wrong(&mut act, incident, due_before).await?.is_empty() {
            suspects.push(incident.id);
        }
    }
    drop(act);
    // what was read without a lock may have been half of two truths
    for id in suspects {
        missed.extend(examine(centre, id, due_before).await?);
    }
    missed.iter().for_each(alarm);
    Ok(Look { missed, next })
}

/// Looks at one incident with nobody at it, and has its plan go on if anything was missed.
async fn examine(centre: &Centre, id: IncidentId, due_before: Instant) -> Result<Vec<Missed>> {
    let mut act = Act::ours(centre).await?;
    act.lock(id).await?;
    let before_it = IncidentId::from(uuid::Uuid::from_u128(id.uuid().as_u128().saturating_sub(1)));
    let now = act.now;
    let still = incidents::settled(&mut act.tx, Some(before_it), due_before, now, 1).await?;
    let Some(incident) = still.into_iter().find(|incident| incident.id == id) else { return Ok(vec![]) };
    let missed = found_wrong(&mut act, &incident, due_before).await?;
    let can_go_on = |missed: &Missed| matches!(missed.why, Why::NotStarted(_));
    if missed.iter().any(can_go_on) {
        incidents::wake_at(&mut act.tx, id, Some(now)).await?;
        act.wake(Work::Deadlines);
    }
    if missed.iter().any(|missed| missed.why == Why::NoPlan) {
        incidents::mark_new_facts(&mut act.tx, &[id], true).await?;
        act.wake(Work::Assess);
    }
    act.commit().await?;
    Ok(missed)
}

async fn found_wrong(act: &mut Act<'_>, incident: &Incident, due_before: Instant) -> Result<Vec<Missed>> {
    let missed = |why| Missed { incident_id: incident.id, why };
    if incident.plan.is_none() {
        let graded = incident.grade.is_some() && incident.created_at < due_before;
        return Ok(if graded { vec![missed(Why::NoPlan)] } else { vec![] });
    }
    let overdue = match advance_plan::due_by(act, incident, due_before).await {
        Ok(steps) => steps.into_iter().map(Why::NotStarted),
        Err(Error::Store(store::Error::Inconsistent { detail, .. })) => {
            return Ok(vec![missed(Why::Unreadable(detail))]);
        }
        Err(error) => return Err(error),
    };
    let abandoned = audits::steps_without_measure(&mut act.tx, &[incident.id]).await?;
    let abandoned = abandoned.into_iter().map(|(_, step)| Why::Abandoned(step));
    Ok(overdue.chain(abandoned).map(missed).collect())
}

fn alarm(missed: &Missed) {
    metrics::counter!("plan_steps_missed_total").increment(1);
    tracing::error!(incident_id = %missed.incident_id, why = %missed.why, "something that was due did not happen: a person must look");
}

/// Says that the engine is at work.
///
/// # Errors
/// [`Error::Store`] when the database is away.
pub async fn beat(centre: &Centre) -> Result<()> {
    let mut act = Act::ours(centre).await?;
    let now = act.now;
    audits::beat(&mut act.tx, ENGINE, now).await?;
    act.commit().await
}

/// How long ago the engine said so; `None`: it never has.
///
/// # Errors
/// [`Error::Store`] when the database is away.
pub async fn since_last_beat(centre: &Centre) -> Result<Option<TimeDelta>> {
    let mut db = centre.store.read().await?;
    let last = audits::last_beat(&mut db, ENGINE).await?;
    Ok(last.map(|at| centre.now() - at))
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ungraded => f.write_str("it was not graded"),
            Self::NoPlan => f.write_str("no plan was begun"),
            Self::NotStarted(step) => write!(f, "step {step} did not start"),
            Self::Abandoned(step) => write!(f, "step {step} runs and nothing can end it"),
            Self::Unreadable(detail) => write!(f, "its rows contradict each other: {detail}"),
        }
    }
}
