//! Cheated after an alert: the subject paid although they had been warned, or should have been. The later payment is
//! linked to what came before, by phone or identity number, and counted: it is the figure that judges the warnings.

use domain::clock::Instant;
use domain::incident::{Incident, Relation};
use domain::same_person::{Mark, REMEMBERED_FOR};
use domain::timeline::Happening;
use serde_json::json;
use store::{alerts, incidents};

use crate::act::Act;
use crate::error::Result;
use crate::join_incident;

/// Links an incident whose subject had paid by `paid_by` to the alerts that had come until then: its own, and those
/// of other incidents of the same person that were open within [`REMEMBERED_FOR`]. The incident is locked.
pub(crate) async fn link(act: &mut Act<'_>, incident: &Incident, paid_by: Instant) -> Result<()> {
    if incident.drill {
        return Ok(());
    }
    let (id, now) = (incident.id, act.now);
    let own =
        alerts::of_incidents(&mut act.tx, &[id]).await?.iter().any(|alert| alert.received_at <= paid_by);
    let known = incidents::marks_of(&mut act.tx, &[id]).await?.remove(&id).unwrap_or_default();
    let marks: Vec<Mark> = known.into_iter().map(|known| known.mark).collect();
    let since = paid_by - REMEMBERED_FOR;
    let earlier = incidents::alerted_before(&mut act.tx, id, &marks, since, paid_by).await?;
    for other in &earlier {
        join_incident::link(act, id, *other, (Relation::Earlier, Relation::Later)).await?;
    }
    if (own || !earlier.is_empty()) && incidents::mark_cheated(&mut act.tx, id, now).await? {
        let data = json!({ "alerted_in_this_incident": own, "earlier_incident_ids": earlier });
        act.note(id, Happening::CheatedAfterAlert, data);
    }
    Ok(())
}
