//! A holder appeals against a stop. A second person decides; where they grant it, the release leaves in the same
//! transaction: their decision is the approval.

use domain::appeal::{Appeal, Appellant, DECIDE_WITHIN, State, Status};
use domain::id::{AppealId, MeasureId};
use domain::measure::Request;
use domain::stop_payment::{self, AlarmKind};
use domain::timeline::Happening;
use serde_json::json;
use store::{appeals, measures, stop_payments};

use crate::act::Act;
use crate::error::{Error, Result};
use crate::follow_stop_payment::{ask_to_release, lock};
use crate::sound_alarm::sound_alarm;

/// Writes an appeal down.
///
/// # Errors
/// [`Error`] when there is no such stop, nothing is stopped, or an appeal against it waits already.
pub async fn register_appeal(
    act: &mut Act<'_>,
    id: MeasureId,
    appellant: Appellant,
    reason: String,
    materials: Vec<String>,
) -> Result<Appeal> {
    let (incident, recorded) = lock(act, id).await?;
    if !recorded.order.holds() {
        return Err(Error::conflict(
            "nothing_held",
            format!("a stop-payment that is {} keeps no money from its holder", recorded.order.status()),
        ));
    }
    let appeal = Appeal {
        id: AppealId::new(act.now),
        stop_payment_id: id,
        incident_id: incident.id,
        appellant,
        reason,
        materials,
        registered_by: act.operator_id()?,
        created_at: act.now,
        state: State::Open,
    };
    appeals::insert(&mut act.tx, &appeal).await.map_err(|error| match error {
        store::Error::Taken { .. } => {
            Error::conflict("appeal_open", "an appeal against this stop waits already")
        }
        other => Error::Store(other),
    })?;
    let data = json!({ "appeal_id": appeal.id, "stop_payment_id": id, "due_at": appeal.due_at(),
        "materials": appeal.materials.len() });
    act.note(incident.id, Happening::AppealRegistered, data);
    Ok(appeal)
}

/// Decides an appeal. A freeze is not released by it: a notice lifts it, and somebody is told.
///
/// # Errors
/// [`Error`] when there is none, it is decided, this person registered it or ordered the stop, or the bank is being
/// asked something else about the stop at this moment.
pub async fn decide_appeal(act: &mut Act<'_>, id: AppealId, grant: bool, reason: &str) -> Result<Appeal> {
    let unknown = || Error::Unknown("appeal");
    let stop = appeals::get(&mut act.tx, id).await?.ok_or_else(unknown)?.stop_payment_id;
    let (incident, recorded) = lock(act, stop).await?;
    let appeal = appeals::get(&mut act.tx, id).await?.ok_or_else(unknown)?;
    let ordered_by = measures::ordered_by(&mut act.tx, stop).await?.unwrap_or_default();
    let by = act.operator()?.clone();
    let organisation = act.centre.organisation.operator.clone();
    let decided =
        appeal.decide(grant, reason, &by, (&recorded.order, &ordered_by), &organisation, act.now)?;
    appeals::save(&mut act.tx, &decided).await?;
    let release = grant && recorded.order.must_hold("released").is_ok();
    // a release that is under way already needs no second one
    let under_way = measures::pending_request(&mut act.tx, stop).await? == Some(Request::Release);
    if release && !under_way {
        ask_to_release(act, stop, reason).await?;
    }
    let data = json!({ "appeal_id": id, "stop_payment_id": stop, "status": decided.status(), "reason": reason,
        "release_requested": release });
    act.note(incident.id, Happening::AppealDecided, data);
    if grant && matches!(recorded.order.state, stop_payment::State::Frozen(..)) {
        // within three days (程序规定 Art. 247), by the head who approved it (Art. 241)
        let facts = json!({ "appeal_id": id, "due_at": decided.decision().map(|decision| decision.at + DECIDE_WITHIN) });
        sound_alarm(act, &recorded.order, AlarmKind::FreezeToLift, facts);
    }
    Ok(decided)
}

/// An appeal is overdue: somebody is told, once.
pub(crate) async fn remind(act: &mut Act<'_>, id: AppealId) -> Result<bool> {
    let Some(appeal) = appeals::get(&mut act.tx, id).await? else { return Ok(false) };
    let due = appeal.status() == Status::Open && appeal.due_at() <= act.now;
    if !due || !appeals::reminded(&mut act.tx, id).await? {
        return Ok(false);
    }
    let Some(recorded) = stop_payments::get(&mut act.tx, appeal.stop_payment_id).await? else {
        return Ok(false);
    };
    let facts = json!({ "appeal_id": id, "due_at": appeal.due_at() });
    sound_alarm(act, &recorded.order, AlarmKind::AppealOverdue, facts);
    Ok(true)
}
