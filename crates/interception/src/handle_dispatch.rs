//! Station officers handle their dispatches: sign, leave, arrive, feed back, or give back what is not theirs. The
//! desk does the same by hand when a station has phoned it in, and gives a dispatch that nobody signs for to
//! another station.

use domain::dispatch::{Dispatch, Feedback, Status};
use domain::id::{IncidentId, MeasureId};
use domain::incident::Incident;
use domain::measure::Request;
use domain::operator::Post;
use domain::plan::StepOutcome;
use domain::station::StationId;
use domain::timeline::Happening;
use serde_json::json;
use store::{dispatches, incidents, measures};

use crate::act::Act;
use crate::advance_plan;
use crate::error::{Error, Result};
use crate::hand_over_incident::responsible;
use crate::order_measures::{self as order, Visit, tell_station};

/// The station signs for it.
///
/// # Errors
/// [`Error`] when it is not this station's, or not new.
pub async fn accept_dispatch(act: &mut Act<'_>, id: MeasureId) -> Result<Dispatch> {
    let (incident, dispatch) = lock(act, id).await?;
    let dispatch = dispatch.accept(act.now)?;
    save(act, &dispatch).await?;
    if let Some(step) = dispatch.step.as_deref().filter(|_| incident.is_open()) {
        advance_plan::pick_up(act, &incident, step).await?;
    }
    Ok(dispatch)
}

/// The officers leave.
///
/// # Errors
/// [`Error`] when it is not this station's, or was not signed for.
pub async fn depart_dispatch(act: &mut Act<'_>, id: MeasureId) -> Result<Dispatch> {
    let (_, dispatch) = lock(act, id).await?;
    let dispatch = dispatch.depart(act.now)?;
    save(act, &dispatch).await?;
    Ok(dispatch)
}

/// The officers are at the door.
///
/// # Errors
/// [`Error`] when it is not this station's, or was not signed for.
pub async fn arrive_dispatch(act: &mut Act<'_>, id: MeasureId) -> Result<Dispatch> {
    let (_, dispatch) = lock(act, id).await?;
    let dispatch = dispatch.arrive(act.now)?;
    save(act, &dispatch).await?;
    Ok(dispatch)
}

/// The officers report what they found, and the plan goes on.
///
/// # Errors
/// [`Error`] when it is not this station's, or was not signed for.
pub async fn complete_dispatch(act: &mut Act<'_>, id: MeasureId, feedback: Feedback) -> Result<Dispatch> {
    let (incident, dispatch) = lock(act, id).await?;
    let (seen, loss) = (feedback.seen, feedback.loss_so_far);
    let dispatch = dispatch.complete(feedback, act.now)?;
    save(act, &dispatch).await?;
    if let Some(loss) = loss {
        // the dissuasion came too late for this money: somebody must chase it
        let data = json!({ "dispatch_id": dispatch.id, "loss_so_far": loss.to_string(),
            "note": "the subject has paid: take down the transfers and order the stop-payments" });
        act.note(incident.id, Happening::SubjectPaid, data);
    }
    if let Some(step) = &dispatch.step {
        let outcome = if seen { StepOutcome::Seen } else { StepOutcome::NotSeen };
        advance_plan::advance(act, &incident, Some((step, outcome))).await?;
    }
    Ok(dispatch)
}

/// The wrong station gives it back; the right one has it in the same act.
///
/// # Errors
/// [`Error`] when it is not this station's, or is over.
pub async fn return_dispatch(act: &mut Act<'_>, id: MeasureId, reason: &str) -> Result<(Dispatch, Dispatch)> {
    let (mut incident, dispatch) = lock(act, id).await?;
    let returned = dispatch.give_back(act.now)?;
    let mut declined: Vec<StationId> = dispatches::of_incident(&mut act.tx, incident.id)
        .await?
        .into_iter()
        .filter(|dispatch| matches!(dispatch.status, Status::Returned | Status::Reassigned))
        .map(|dispatch| dispatch.station_id)
        .collect();
    declined.push(returned.station_id.clone());
    let station = responsible(act, &incident, &declined).await?;
    incident.station_id = station.clone();
    incidents::save(&mut act.tx, &mut incident).await?;
    let successor = send_on(act, &incident, returned.clone(), station, reason).await?;
    Ok((returned, successor))
}

/// The desk gives a dispatch to another station, usually because nobody signs for it; nothing is lost.
///
/// # Errors
/// [`Error`] when it is unknown or over, or the station is not on the map or has it already.
pub async fn reassign_dispatch(
    act: &mut Act<'_>,
    id: MeasureId,
    station: StationId,
    reason: &str,
) -> Result<(Dispatch, Dispatch)> {
    let (mut incident, dispatch) = lock(act, id).await?;
    let station = on_the_map(act, station)?;
    if station == dispatch.station_id {
        let detail = "this station has it already".to_owned();
        return Err(Error::Invalid { pointer: "/station_id", detail });
    }
    let reassigned = dispatch.reassign(act.now)?;
    incident.station_id = station.clone();
    incidents::save(&mut act.tx, &mut incident).await?;
    let successor = send_on(act, &incident, reassigned.clone(), station, reason).await?;
    Ok((reassigned, successor))
}

/// A dispatch that ended at one station goes on at another, for the same step of the plan. A station that did not
/// give it back itself is told that it need not go.
pub(crate) async fn send_on(
    act: &mut Act<'_>,
    incident: &Incident,
    ended: Dispatch,
    station: StationId,
    reason: &str,
) -> Result<Dispatch> {
    save(act, &ended).await?;
    measures::dequeue(&mut act.tx, &[ended.id]).await?;
    if ended.status == Status::Reassigned {
        tell_station(act, &ended, Request::Cancel).await?;
    }
    let mut visit = Visit::by(station);
    visit.step = ended.step.as_deref();
    visit.reason = Some(reason.to_owned());
    visit.previous = Some(ended.id);
    order::dispatch(act, incident, visit).await
}

/// The desk orders somebody out by hand: the named station, or the one whose area it is.
///
/// # Errors
/// [`Error`] when the incident is unknown or closed, or the station is not on the map.
pub async fn order_dispatch(
    act: &mut Act<'_>,
    incident: IncidentId,
    station: Option<StationId>,
    reason: Option<String>,
) -> Result<Dispatch> {
    let incident = act.lock_open(incident).await?;
    let station = match station {
        Some(named) => on_the_map(act, named)?,
        None => responsible(act, &incident, &[]).await?,
    };
    order::dispatch(act, &incident, Visit { reason, ..Visit::by(station) }).await
}

fn on_the_map(act: &Act<'_>, station: StationId) -> Result<StationId> {
    match act.centre.stations.get(&station) {
        Some(known) => Ok(known.id.clone()),
        None => {
            Err(Error::Invalid { pointer: "/station_id", detail: "no such station on the map".to_owned() })
        }
    }
}

/// An officer sees only what is their station's; to others there is no such dispatch.
async fn lock(act: &mut Act<'_>, id: MeasureId) -> Result<(Incident, Dispatch)> {
    let unknown = || Error::Unknown("dispatch");
    let seen = dispatches::get(&mut act.tx, id).await?.ok_or_else(unknown)?;
    if let Post::StationOfficer(station) = &act.operator()?.post
        && *station != seen.station_id
    {
        return Err(unknown());
    }
    let incident = act.lock(seen.incident_id).await?;
    let dispatch = dispatches::get(&mut act.tx, id).await?.ok_or_else(unknown)?;
    Ok((incident, dispatch))
}

async fn save(act: &mut Act<'_>, dispatch: &Dispatch) -> Result<()> {
    dispatches::save(&mut act.tx, dispatch).await?;
    // the desk writes down what the station has phoned in, or gives it to another
    let by_desk = act.operator().is_ok_and(|operator| !matches!(operator.post, Post::StationOfficer(_)));
    let data = json!({ "dispatch_id": dispatch.id, "station_id": dispatch.station_id.as_str(),
        "status": dispatch.status, "by_desk": by_desk });
    act.note(dispatch.incident_id, Happening::DispatchChanged, data);
    Ok(())
}

/// Nobody needs to go any more.
pub(crate) async fn cancel(act: &mut Act<'_>, mut dispatch: Dispatch) -> Result<()> {
    dispatch.status = Status::Cancelled;
    dispatch.ended_at = Some(act.now);
    save(act, &dispatch).await?;
    measures::dequeue(&mut act.tx, &[dispatch.id]).await?;
    tell_station(act, &dispatch, Request::Cancel).await
}
