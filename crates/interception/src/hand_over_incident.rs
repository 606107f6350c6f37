//! An incident goes to another jurisdiction: within our map to the right station, else to whoever answers there.
//! Nothing that is under way stops for it (see [`domain::hand_over`]).

use domain::dispatch::Dispatch;
use domain::hand_over::{HandOver, NotPending, State, To};
use domain::id::{HandOverId, IncidentId};
use domain::incident::{Incident, Outcome};
use domain::station::{DivisionCode, StationId};
use domain::timeline::Happening;
use serde_json::json;
use store::{dispatches, hand_overs, incidents};

use crate::act::{Act, Work};
use crate::centre::Centre;
use crate::close_incident::close_incident;
use crate::error::{Error, Result};
use crate::handle_dispatch::send_on;

/// To whom an incident is to go, as the desk names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Elsewhere {
    /// To whoever answers for this district, on our map or not.
    Division(DivisionCode),
    /// To an organisation by its name.
    Organisation(String),
}

/// Hands an incident over.
///
/// # Errors
/// [`Error`] when it is unknown or closed, is there already, or waits for another jurisdiction's answer.
pub async fn hand_over_incident(
    act: &mut Act<'_>,
    id: IncidentId,
    to: Elsewhere,
    reason: &str,
) -> Result<(HandOver, Incident)> {
    let mut incident = act.lock_open(id).await?;
    let waits = |hand_over: &HandOver| matches!(hand_over.state, State::Pending { .. });
    if hand_overs::of_incident(&mut act.tx, id).await?.iter().any(waits) {
        return Err(Error::conflict(
            "hand_over_pending",
            "the incident waits for another jurisdiction's answer",
        ));
    }
    let to = match to {
        Elsewhere::Organisation(name) => To::Organisation(name),
        Elsewhere::Division(division) => {
            let there = act.centre.stations.of_division(&division, incident.subject.location);
            match there.map(|station| station.id.clone()) {
                Some(station) => To::Station { division, station },
                None => To::Division(division),
            }
        }
    };
    if let To::Station { division, station } = &to {
        let present = act.centre.stations.get(&incident.station_id);
        if present.is_some_and(|present| present.division_code == *division) {
            return Err(Error::conflict("hand_over_pointless", "the incident is with that division already"));
        }
        move_to(act, &mut incident, station, reason).await?;
    }
    let hand_over = HandOver::begin(id, to, reason.to_owned(), act.now);
    hand_overs::insert(&mut act.tx, &hand_over).await?;
    note(act, &hand_over, Happening::HandOverBegun, json!({ "reason": reason }));
    act.wake(Work::Deadlines);
    Ok((hand_over, incident))
}

/// The incident is the other station's from here on, and so is everybody who is to go.
async fn move_to(
    act: &mut Act<'_>,
    incident: &mut Incident,
    station: &StationId,
    reason: &str,
) -> Result<()> {
    incident.station_id = station.clone();
    incidents::save(&mut act.tx, incident).await?;
    for open in dispatches::of_incident(&mut act.tx, incident.id).await?.into_iter().filter(Dispatch::is_open)
    {
        if open.station_id != *station {
            let given_up = open.reassign(act.now)?;
            send_on(act, incident, given_up, station.clone(), reason).await?;
        }
    }
    Ok(())
}

/// The other jurisdiction has it: the incident closes as handed over. A high one whose subject nobody has seen or
/// heard stays open: whose case it is does not make the person safe.
///
/// # Errors
/// [`Error`] when the incident is unknown or closed, or no hand-over waits.
pub async fn confirm_hand_over(
    act: &mut Act<'_>,
    id: IncidentId,
    reference: Option<String>,
    note: Option<String>,
) -> Result<(HandOver, Incident)> {
    let incident = act.lock_open(id).await?;
    let confirmed = end_pending(act, id, |hand_over, now| hand_over.confirm(reference, now)).await?;
    let Some(confirmed) = confirmed else {
        return Err(Error::conflict("no_hand_over_pending", "no hand-over waits for an answer"));
    };
    match close_incident(act, id, Outcome::HandedOver, None, note).await {
        Ok(closed) => Ok((confirmed, closed)),
        Err(Error::Conflict { code: "subject_not_contacted", .. }) => Ok((confirmed, incident)),
        Err(error) => Err(error),
    }
}

/// The incident is closed: a hand-over that still waits was answered by that, or is pointless.
pub(crate) async fn end_on_closing(act: &mut Act<'_>, id: IncidentId, outcome: Outcome) -> Result<()> {
    end_pending(act, id, |hand_over, now| match outcome {
        Outcome::HandedOver => hand_over.confirm(None, now),
        Outcome::Prevented
        | Outcome::NotFraud
        | Outcome::BecameVictim
        | Outcome::Unreachable
        | Outcome::Duplicate => hand_over.withdraw(now),
    })
    .await?;
    Ok(())
}

async fn end_pending(
    act: &mut Act<'_>,
    id: IncidentId,
    end: impl FnOnce(HandOver, domain::clock::Instant) -> std::result::Result<HandOver, NotPending>,
) -> Result<Option<HandOver>> {
    let hand_overs = hand_overs::of_incident(&mut act.tx, id).await?;
    let pending = hand_overs.into_iter().find(|hand_over| matches!(hand_over.state, State::Pending { .. }));
    let Some(pending) = pending else { return Ok(None) };
    let ended = end(pending, act.now)?;
    hand_overs::save(&mut act.tx, &ended).await?;
    note(act, &ended, Happening::HandOverChanged, json!({}));
    Ok(Some(ended))
}

/// Nobody answered within the day: a person must phone the other side.
pub(crate) async fn fall_due(centre: &Centre, incident: IncidentId, id: HandOverId) -> Result<()> {
    let mut act = Act::ours(centre).await?;
    act.lock(incident).await?;
    let hand_overs = hand_overs::of_incident(&mut act.tx, incident).await?;
    let due = hand_overs.into_iter().find(|hand_over| hand_over.id == id);
    let Some(late) = due.and_then(|hand_over| hand_over.fall_due(act.now)) else { return Ok(()) };
    hand_overs::save(&mut act.tx, &late).await?;
    tracing::error!(incident_id = %incident, hand_over_id = %id, "another jurisdiction has not taken over a case within a day: a person must phone it");
    note(
        &mut act,
        &late,
        Happening::HandOverChanged,
        json!({ "why": "not answered within 24 hours: phone them" }),
    );
    act.commit().await
}

/// The station that answers for an incident: the one it was handed over to, unless that one has declined, else
/// the one whose area it is.
pub(crate) async fn responsible(
    act: &mut Act<'_>,
    incident: &Incident,
    declined: &[StationId],
) -> Result<StationId> {
    let hand_overs = hand_overs::of_incident(&mut act.tx, incident.id).await?;
    let moved = hand_overs.into_iter().rev().find_map(|hand_over| match hand_over.to {
        To::Station { station, .. } => Some(station),
        To::Division(_) | To::Organisation(_) => None,
    });
    match moved.filter(|station| !declined.contains(station) && act.centre.stations.get(station).is_some()) {
        Some(station) => Ok(station),
        None => Ok(act.centre.station_of(&incident.subject, declined).id.clone()),
    }
}

fn note(act: &mut Act<'_>, hand_over: &HandOver, happening: Happening, more: serde_json::Value) {
    let (division, station, organisation) = match &hand_over.to {
        To::Station { division, station } => (Some(division.as_str()), Some(station.as_str()), None),
        To::Division(division) => (Some(division.as_str()), None, None),
        To::Organisation(name) => (None, None, Some(name.as_str())),
    };
    let (due_at, reference) = match &hand_over.state {
        State::Pending { due_at, .. } => (Some(*due_at), None),
        State::Confirmed { reference, .. } => (None, reference.as_deref()),
        State::Moved | State::Withdrawn { .. } => (None, None),
    };
    let mut data = json!({ "hand_over_id": hand_over.id, "status": hand_over.status(), "division_code": division,
        "station_id": station, "organisation": organisation, "due_at": due_at, "reference": reference });
    if let (Some(data), serde_json::Value::Object(more)) = (data.as_object_mut(), more) {
        data.extend(more);
    }
    act.note(hand_over.incident_id, happening, data);
}
