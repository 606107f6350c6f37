//! Alerts come in: one transaction for the whole batch; a single alert is a batch of one.

use std::collections::{BTreeMap, HashSet};

use domain::alert::{Alert, Disposition};
use domain::id::{AlertId, IncidentId};
use domain::incident::Origin;
use domain::timeline::Happening;
use serde_json::json;
use store::{alerts, incidents};

use crate::act::{Act, Work};
use crate::advance_plan::warn_new_lines;
use crate::error::Result;
use crate::join_incident::{JoinedIncidents, join, learn_subject};

/// What became of one alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// The alert; of a duplicate, the first one.
    pub alert_id: AlertId,
    /// The incident it opened or joined.
    pub incident_id: IncidentId,
    /// What became of it.
    pub disposition: Disposition,
}

/// Stores the alerts of one source, joins them to their subjects' incidents and marks those for grading.
/// The answers come in the order of the alerts. An alert that came before, in this batch or another,
/// changes nothing.
///
/// # Errors
/// [`crate::Error::Store`] when the database is away.
pub async fn receive_alerts(act: &mut Act<'_>, source: &str, batch: Vec<Alert>) -> Result<Vec<Received>> {
    let refs: Vec<String> = batch.iter().map(|alert| alert.source_ref.clone()).collect();
    let mut known = alerts::known(&mut act.tx, source, &refs).await?;
    let mut seen = HashSet::new();
    let (new, _): (Vec<Alert>, Vec<Alert>) = batch
        .into_iter()
        .partition(|alert| !known.contains_key(&alert.source_ref) && seen.insert(alert.source_ref.clone()));

    let mut joined = join(act, new.iter().map(|alert| alert.subject.clone()), Origin::Alert).await?;
    let mut opened: HashSet<IncidentId> =
        joined.all().filter(|joined| joined.opened).map(|joined| joined.incident.id).collect();
    let with_incidents: Vec<(Alert, IncidentId)> = new
        .into_iter()
        .filter_map(|alert| {
            joined.of(&alert.subject.phone).map(|joined| joined.incident.id).map(|id| (alert, id))
        })
        .collect();
    let written: HashSet<AlertId> = alerts::insert(&mut act.tx, &with_incidents).await?.into_iter().collect();

    let mut dispositions = BTreeMap::new();
    for (alert, incident_id) in with_incidents.iter().filter(|(alert, _)| written.contains(&alert.id)) {
        let disposition = if opened.remove(incident_id) { Disposition::Opened } else { Disposition::Joined };
        dispositions.insert(alert.id, disposition);
        known.insert(alert.source_ref.clone(), (alert.id, *incident_id));
        learn(act, &mut joined, alert).await?;
    }
    for known in joined.all().filter(|known| !known.new_lines.is_empty()) {
        warn_new_lines(act, &known.incident, &known.new_lines).await?;
    }
    let touched: Vec<IncidentId> = with_incidents.iter().map(|(_, incident)| *incident).collect();
    if !touched.is_empty() {
        incidents::mark_new_facts(&mut act.tx, &touched, true).await?;
        act.wake(Work::Assess);
    }
    // an alert that another door wrote this instant is known by now
    if written.len() < with_incidents.len() {
        known.extend(alerts::known(&mut act.tx, source, &refs).await?);
    }
    Ok(refs
        .iter()
        .filter_map(|source_ref| known.get(source_ref))
        .map(|(alert_id, incident_id)| Received {
            alert_id: *alert_id,
            incident_id: *incident_id,
            // only the first of its kind in the batch finds its disposition here
            disposition: dispositions.remove(alert_id).unwrap_or(Disposition::Duplicate),
        })
        .collect())
}

/// What an alert tells about its subject is kept with the incident.
async fn learn(act: &mut Act<'_>, joined: &mut JoinedIncidents, alert: &Alert) -> Result<()> {
    let Some(joined) = joined.of_mut(&alert.subject.phone) else { return Ok(()) };
    let incident = &mut joined.incident;
    let before = (incident.subject.clone(), incident.scam_type);
    learn_subject(act, incident, alert.subject.clone()).await?;
    incident.scam_type = incident.scam_type.or(alert.scam_type);
    if before != (incident.subject.clone(), incident.scam_type) {
        incidents::save(&mut act.tx, incident).await?;
    }
    incidents::add_relatives(&mut act.tx, incident.id, &alert.relatives).await?;
    let data = json!({ "alert_id": alert.id, "source": alert.source, "source_ref": alert.source_ref, "kind": alert.kind, "source_level": alert.source_level });
    act.note(incident.id, Happening::AlertReceived, data);
    Ok(())
}
