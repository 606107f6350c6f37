//! Dispatchers work the phone queue: one claims a contact, dials, and reports how it went. The plan goes on
//! from there in the same act.

use domain::contact::{Contact, Role, State, Verdict};
use domain::contact_outcome::ContactOutcome;
use domain::id::MeasureId;
use domain::incident::Incident;
use domain::plan::{Act as Deed, Signal, StepOutcome};
use domain::tier::Grade;
use domain::timeline::Happening;
use serde_json::json;
use store::{contacts, incidents};

use crate::act::Act;
use crate::advance_plan::{self, contact_relative};
use crate::assess_incidents::raise;
use crate::error::{Error, Result};
use crate::reopen_incident::reopen;

/// Gives a contact to the operator, so that two never dial the same person. Its incident comes with it: the grade
/// says how urgent the call is.
///
/// # Errors
/// [`Error`] when it is unknown, over, or in another's hands.
pub async fn claim_contact(act: &mut Act<'_>, id: MeasureId) -> Result<(Incident, Contact)> {
    let (incident, contact) = lock(act, id).await?;
    let contact = contact.claim(act.operator_id()?, act.now)?;
    contacts::save(&mut act.tx, &contact, act.now).await?;
    act.note(contact.incident_id, Happening::ContactClaimed, json!({ "contact_id": id }));
    Ok((incident, contact))
}

/// Takes in how one try ended and lets the plan go on.
///
/// # Errors
/// [`Error`] when the contact is unknown, over, or in another's hands.
pub async fn report_contact(
    act: &mut Act<'_>,
    id: MeasureId,
    outcome: ContactOutcome,
    note: Option<&str>,
) -> Result<(Incident, Contact)> {
    let (incident, contact) = lock(act, id).await?;
    let reported = contact.report(outcome, act.operator_id()?, act.now)?;
    let contact = reported.contact;
    contacts::save(&mut act.tx, &contact, act.now).await?;
    let data = json!({ "contact_id": id, "role": contact.role, "outcome": outcome, "attempt": contact.attempts, "note": note });
    act.note(incident.id, Happening::ContactReported, data);

    let mut incident = incident;
    if reported.makes_urgent && incident.is_open() {
        raise(act, incident, Grade::URGENT).await?;
        incident = act.lock(contact.incident_id).await?;
    }
    // a higher plan may know the step by another name
    let contact = contacts::get(&mut act.tx, id, act.now).await?.map_or(contact, |queued| queued.contact);
    let heard = Signal::of(outcome).filter(|_| contact.role == Role::Subject);
    if let (Some(signal), Some(step)) = (heard, contact.step.as_deref()) {
        advance_plan::hear(act, &incident, step, signal).await?;
    }
    if let State::Done { verdict, .. } = contact.state {
        end_of(act, &incident, &contact, verdict).await?;
    }
    Ok((incident, contact))
}

async fn lock(act: &mut Act<'_>, id: MeasureId) -> Result<(Incident, Contact)> {
    let unknown = || Error::Unknown("contact");
    let seen = contacts::get(&mut act.tx, id, act.now).await?.ok_or_else(unknown)?;
    let incident = act.lock(seen.contact.incident_id).await?;
    let contact = contacts::get(&mut act.tx, id, act.now).await?.ok_or_else(unknown)?.contact;
    Ok((incident, contact))
}

/// A contact is over: the next relative is called, or the plan's step ends.
async fn end_of(act: &mut Act<'_>, incident: &Incident, contact: &Contact, verdict: Verdict) -> Result<()> {
    let Some(step_id) = contact.step.as_deref() else {
        // a follow-up after closing
        if matches!(verdict, Verdict::Doubtful | Verdict::Refused) && !incident.is_open() {
            reopen(act, incident.clone(), "a follow-up found the subject in doubt").await?;
        }
        return Ok(());
    };
    if contact.role == Role::Relative && verdict == Verdict::Unreachable && incident.is_open() {
        let step = advance_plan::step_of(act, incident, step_id).await?;
        if let Some(Deed::Contact { attempts, spacing, .. }) = step.as_ref().map(|step| step.act.clone()) {
            let relatives = incidents::relatives(&mut act.tx, incident.id).await?;
            let next = relatives
                .iter()
                .position(|relative| relative.phone == contact.phone)
                .map_or(0, |place| place + 1);
            if contact_relative(act, incident, step_id, &relatives, next, (attempts, spacing)).await? {
                return Ok(());
            }
        }
    }
    advance_plan::advance(act, incident, Some((step_id, StepOutcome::from(verdict)))).await
}
