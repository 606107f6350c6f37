//! The keeper of deadlines: woken by notice and by clock, takes no input, may run twice. It finds what is due
//! from the rows alone and does what the plan or the rule says; each thing in an act of its own, so that one
//! that fails holds up no other.

use chrono::TimeDelta;
use domain::approval::LAPSES_AFTER;
use domain::attention::{FOLLOW_UP_ATTEMPTS, FOLLOW_UP_SPACING, next_follow_up};
use domain::call_block::{CallBlock, Status as BlockStatus};
use domain::contact::Role;
use domain::dispatch::Desk;
use domain::id::{ApprovalId, IncidentId, MeasureId};
use domain::incident::State;
use domain::person::PhoneNumber;
use domain::timeline::Happening;
use serde_json::json;
use store::{approvals, call_blocks, dispatches, exports, hand_overs, incidents, measures};

use crate::act::Act;
use crate::advance_plan;
use crate::arrange_duty::on_duty;
use crate::block_number::lift;
use crate::centre::Centre;
use crate::close_incident::lapse;
use crate::error::{Error, Result};
use crate::hand_over_incident::fall_due;
use crate::order_measures::{self, Reach, Tries};
use crate::watch_stops::watch_stops;

/// How many of each kind one round takes.
const BATCH: i64 = 100;
/// When an incident whose data is wrong is tried again.
const SET_ASIDE_FOR: TimeDelta = TimeDelta::minutes(1);

/// Does everything that is due; returns how much that was.
///
/// # Errors
/// [`crate::Error::Store`] when the database is away; what was not done is still due.
pub async fn keep_deadlines(centre: &Centre) -> Result<usize> {
    let plans = wake_plans(centre).await?;
    let stops = watch_stops(centre).await?;
    let now = centre.now();
    let mut db = centre.store.read().await?;
    let unsigned = dispatches::unsigned(&mut db, now, BATCH).await?;
    let ended_blocks = call_blocks::ended(&mut db, now, BATCH).await?;
    let to_follow_up = incidents::to_follow_up(&mut db, now, BATCH).await?;
    let unanswered = hand_overs::due(&mut db, now, BATCH).await?;
    let undecided = approvals::waiting_since(&mut db, now - LAPSES_AFTER, BATCH).await?;
    exports::throw_away(&mut db, now).await?;
    drop(db);
    for (incident, id) in &unsigned {
        escalate(centre, *incident, *id).await?;
    }
    for (incident, id) in &ended_blocks {
        restore_line(centre, *incident, *id).await?;
    }
    for (incident, made) in &to_follow_up {
        follow_up(centre, *incident, *made).await?;
    }
    for (incident, id) in &unanswered {
        fall_due(centre, *incident, *id).await?;
    }
    for (incident, id) in &undecided {
        let_lapse(centre, *incident, *id).await?;
    }
    let due = unsigned.len() + ended_blocks.len() + to_follow_up.len();
    Ok(plans + stops + due + unanswered.len() + undecided.len())
}

/// Whether a plan's next moment has come, in somebody's hands or not.
///
/// # Errors
/// [`crate::Error::Store`] when the database is away.
pub async fn waits(centre: &Centre) -> Result<bool> {
    let mut db = centre.store.read().await?;
    Ok(incidents::any_awake(&mut db, centre.now()).await?)
}

/// Lets the plans of a batch of incidents go on whose next moment has come.
async fn wake_plans(centre: &Centre) -> Result<usize> {
    let mut act = Act::ours(centre).await?;
    let awake = incidents::lock_awake(&mut act.tx, act.now, BATCH).await?;
    if awake.is_empty() {
        return Ok(0);
    }
    for incident in &awake {
        match advance_plan::advance(&mut act, incident, None).await {
            Ok(()) => {}
            Err(Error::Store(store::Error::Inconsistent { .. })) => {
                drop(act);
                let ids: Vec<IncidentId> = awake.iter().map(|incident| incident.id).collect();
                return wake_one_by_one(centre, &ids).await;
            }
            Err(error) => return Err(error),
        }
    }
    act.commit().await?;
    Ok(awake.len())
}

/// One incident's data is wrong: it is set aside for a while and must hold up no other.
async fn wake_one_by_one(centre: &Centre, ids: &[IncidentId]) -> Result<usize> {
    for id in ids {
        let mut act = Act::ours(centre).await?;
        let incident = act.lock(*id).await?;
        match advance_plan::advance(&mut act, &incident, None).await {
            Ok(()) => act.commit().await?,
            Err(error @ Error::Store(store::Error::Inconsistent { .. })) => {
                tracing::error!(incident_id = %id, %error, "a plan cannot go on: a person must look");
                drop(act);
                let mut act = Act::ours(centre).await?;
                let again_at = act.now + SET_ASIDE_FOR;
                incidents::wake_at(&mut act.tx, *id, Some(again_at)).await?;
                act.commit().await?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(ids.len())
}

/// Nobody signed for a dispatch in time: the desk above must see to it.
async fn escalate(centre: &Centre, incident: IncidentId, id: MeasureId) -> Result<()> {
    let mut act = Act::ours(centre).await?;
    act.lock(incident).await?;
    let Some(dispatch) = dispatches::get(&mut act.tx, id).await? else { return Ok(()) };
    let from = dispatch.desk();
    let Some(escalated) = dispatch.escalate(act.now) else { return Ok(()) };
    dispatches::save(&mut act.tx, &escalated).await?;
    if escalated.desk() == Desk::CommandCentre {
        tracing::error!(dispatch_id = %id, station_id = %escalated.station_id, "nobody has signed for a dispatch; the command centre must send somebody");
    }
    // whoever is on duty by now
    let duty = on_duty(centre, &mut act.tx, &escalated.station_id, act.now).await?;
    let phone = duty.as_ref().and_then(|duty| duty.phone.as_ref()).map(PhoneNumber::reveal);
    let data = json!({ "dispatch_id": id, "status": escalated.status, "station_id": escalated.station_id.as_str(),
        "from": from, "desk": escalated.desk(), "why": "not signed for in time: ring the station", "phone": phone,
        "accept_due_at": escalated.accept_due_at });
    act.note(incident, Happening::DispatchChanged, data);
    act.commit().await
}

/// A block's time is over: the number is freed, whatever happened to us in between.
async fn restore_line(centre: &Centre, incident: IncidentId, id: MeasureId) -> Result<()> {
    let mut act = Act::ours(centre).await?;
    act.lock(incident).await?;
    let Some(block) = call_blocks::get(&mut act.tx, id).await? else { return Ok(()) };
    if block.until > act.now {
        return Ok(());
    }
    let may_be_cut = match block.status {
        BlockStatus::Blocked => true,
        BlockStatus::Requested | BlockStatus::Failed => measures::may_be_carried_out(&mut act.tx, id).await?,
        // somebody was quicker
        BlockStatus::AwaitingApproval
        | BlockStatus::Refused
        | BlockStatus::Lifting
        | BlockStatus::Lifted
        | BlockStatus::Cancelled => return Ok(()),
    };
    if may_be_cut {
        lift(&mut act, block).await?;
    } else {
        // nobody cut it, so nobody need restore it
        drop_block(&mut act, block).await?;
    }
    act.commit().await
}

/// The subject of a closed incident is called: the fraudster calls again too.
async fn follow_up(centre: &Centre, id: IncidentId, made: usize) -> Result<()> {
    let mut act = Act::ours(centre).await?;
    let incident = act.lock(id).await?;
    let next = match &incident.state {
        State::Open => None,
        State::Closed(closing) => {
            let made_since = incidents::to_follow_up(&mut act.tx, act.now, BATCH).await?;
            if !made_since.contains(&(id, made)) {
                return Ok(());
            }
            let newest = advance_plan::lines_of(&mut act, &incident).await?.into_iter().next();
            let reach = Reach {
                step: None,
                role: Role::Subject,
                place: 0,
                name: incident.subject.name.clone(),
                phone: newest.unwrap_or_else(|| incident.subject.phone.clone()),
                tries: Tries { attempts: FOLLOW_UP_ATTEMPTS, spacing: FOLLOW_UP_SPACING, pick_up: None },
            };
            order_measures::contact(&mut act, &incident, reach).await?;
            next_follow_up(closing, incident.grade, made + 1)
        }
    };
    incidents::follow_up_at(&mut act.tx, id, next, made + 1).await?;
    act.commit().await
}

/// The carrier has never heard of it, and will not.
async fn drop_block(act: &mut Act<'_>, mut block: CallBlock) -> Result<()> {
    block.status = BlockStatus::Cancelled;
    call_blocks::save(&mut act.tx, &block).await?;
    measures::dequeue(&mut act.tx, &[block.id]).await?;
    let data = json!({ "call_block_id": block.id, "status": block.status });
    act.note(block.incident_id, Happening::CallBlockChanged, data);
    Ok(())
}

/// Nobody decided on a request in time.
async fn let_lapse(centre: &Centre, incident: Option<IncidentId>, id: ApprovalId) -> Result<()> {
    let mut act = Act::ours(centre).await?;
    match incident {
        Some(incident) => drop(act.lock(incident).await?),
        None => approvals::lock(&mut act.tx, id).await?,
    }
    let Some(approval) = approvals::get(&mut act.tx, id).await? else { return Ok(()) };
    if approval.status == domain::approval::Status::Waiting {
        if let domain::approval::Act::CutSubjectLine(block) = approval.act
            && let Some(block) = call_blocks::get(&mut act.tx, block).await?
        {
            drop_block(&mut act, block).await?;
        }
        lapse(&mut act, approval).await?;
        act.commit().await?;
    }
    Ok(())
}
