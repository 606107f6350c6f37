//! A closed incident is taken up again: the fraudster has called again, or a follow-up found the subject in doubt.
//! Its record goes on; its plan begins anew.

use domain::id::IncidentId;
use domain::incident::{Incident, State};
use domain::timeline::Happening;
use serde_json::json;
use store::{incidents, measures, steps};

use crate::act::{Act, Work};
use crate::error::Result;

/// Opens a closed incident again and has it graded. The incident is locked.
pub(crate) async fn reopen(act: &mut Act<'_>, mut incident: Incident, why: &str) -> Result<Incident> {
    let id: IncidentId = incident.id;
    let State::Closed(closing) = std::mem::replace(&mut incident.state, State::Open) else {
        return Ok(incident);
    };
    incident.plan = None;
    incidents::follow_up_at(&mut act.tx, id, None, 0).await?;
    incidents::save(&mut act.tx, &mut incident).await?;
    incidents::hold_marks(&mut act.tx, id, true).await?;
    // the timeline keeps how the former plan went
    steps::save(&mut act.tx, id, &[]).await?;
    measures::part_from_steps(&mut act.tx, id).await?;
    incidents::mark_new_facts(&mut act.tx, &[id], true).await?;
    let data = json!({ "why": why, "outcome": closing.outcome, "closed_at": closing.closed_at, "note": closing.note });
    act.note(id, Happening::IncidentReopened, data);
    act.wake(Work::Assess);
    Ok(incident)
}
