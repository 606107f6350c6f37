//! Dispatchers work the phone queue: one claims a contact, dials, and reports how it went. The plan goes on
//! from there in the same act.

use domain::contact::{Contact, Role, State, Verdict};
use domain::contact_outcome::ContactOutcome;
use domain::id::MeasureId;
use domain::incident::{Incident, Relation};
use domain::plan::{Act as Deed, Signal, StepOutcome};
use domain::same_person::Mark;
use domain::tier::Grade;
use domain::timeline::Happening;
use serde_json::json;
use store::{contacts, incidents};

use crate::act::Act;
use crate::advance_plan::{self, contact_relative, contact_subject};
use crate::assess_incidents::raise;
use crate::error::{Error, Result};
use crate::join_incident::link;
use crate::order_measures::Tries;
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
    pick_up(act, &incident, &contact).await?;
    Ok((incident, contact))
}

/// What the dispatcher adds to an outcome.
#[derive(Debug, Clone, Copy, Default)]
pub struct Told<'a> {
    /// In their words.
    pub note: Option<&'a str>,
    /// Who was on the line as well, such as `96110` or a bank.
    pub three_way_with: Option<&'a str>,
}

/// Takes in how one try ended and lets the plan go on.
///
/// # Errors
/// [`Error`] when the contact is unknown, over, or in another's hands.
pub async fn report_contact(
    act: &mut Act<'_>,
    id: MeasureId,
    outcome: ContactOutcome,
    told: Told<'_>,
) -> Result<(Incident, Contact)> {
    let (incident, contact) = lock(act, id).await?;
    let reported = contact.report(outcome, act.operator_id()?, act.now)?;
    let mut contact = reported.contact;
    contact.three_way_with = told.three_way_with.map(str::to_owned).or(contact.three_way_with);
    contacts::save(&mut act.tx, &contact, act.now).await?;
    let data = json!({ "contact_id": id, "role": contact.role, "outcome": outcome, "attempt": contact.attempts, "note": told.note, "three_way_with": told.three_way_with });
    act.note(incident.id, Happening::ContactReported, data);
    // whoever dials without claiming has taken it on too
    pick_up(act, &incident, &contact).await?;
    let incident = act.lock(contact.incident_id).await?;

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

async fn pick_up(act: &mut Act<'_>, incident: &Incident, contact: &Contact) -> Result<()> {
    match contact.step.as_deref().filter(|_| incident.is_open()) {
        Some(step) => advance_plan::pick_up(act, incident, step).await,
        None => Ok(()),
    }
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
            take_up(act, incident.clone()).await?;
        }
        return Ok(());
    };
    if verdict == Verdict::Unreachable
        && incident.is_open()
        && next_line(act, incident, contact, step_id).await?
    {
        return Ok(());
    }
    advance_plan::advance(act, incident, Some((step_id, StepOutcome::from(verdict)))).await
}

/// A follow-up found the subject in doubt: the incident is taken up again, unless another one has taken its place.
async fn take_up(act: &mut Act<'_>, incident: Incident) -> Result<()> {
    let phone = Mark::Phone(incident.subject.phone.clone());
    match incidents::holder_of(&mut act.tx, &phone, incident.drill).await? {
        Some(other) if other != incident.id => {
            link(act, incident.id, other, (Relation::SamePerson, Relation::SamePerson)).await
        }
        Some(_) | None => reopen(act, incident, "a follow-up found the subject in doubt").await.map(|_| ()),
    }
}

/// Calls the next relative, or the subject on their next line, within the same step; `false`: there is none.
async fn next_line(act: &mut Act<'_>, incident: &Incident, contact: &Contact, step_id: &str) -> Result<bool> {
    let step = advance_plan::step_of(act, incident, step_id).await?;
    let Some(step) = step else { return Ok(false) };
    let Deed::Contact { attempts, spacing, .. } = step.act else { return Ok(false) };
    let tries = Tries { attempts, spacing, pick_up: step.pick_up };
    match contact.role {
        Role::Subject => {
            let lines = advance_plan::lines_of(act, incident).await?;
            contact_subject(act, incident, step_id, &lines, tries).await
        }
        Role::Relative => {
            let relatives = incidents::relatives(&mut act.tx, incident.id).await?;
            let called = relatives.iter().position(|relative| relative.phone == contact.phone);
            let next = called.map_or(0, |place| place + 1);
            contact_relative(act, incident, step_id, &relatives, next, tries).await
        }
    }
}
