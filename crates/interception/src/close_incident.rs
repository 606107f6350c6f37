//! Closing cancels everything that is pending, also what a worker holds this moment: the worker finds its lease
//! gone and sends nothing.

use domain::attention;
use domain::call_block;
use domain::contact::{self, Verdict};
use domain::dispatch::Dispatch;
use domain::id::{IncidentId, MeasureId};
use domain::incident::{Closing, Contacted, Incident, Outcome, State};
use domain::message;
use domain::money::Fen;
use domain::plan::StepRun;
use domain::stop_payment;
use domain::timeline::Happening;
use serde_json::json;
use store::{
    approvals, auto_calls, call_blocks, calls, contacts, dispatches, incidents, measures, messages, steps,
    stop_payments,
};

use crate::act::Act;
use crate::block_number::lift;
use crate::error::Result;
use crate::hand_over_incident::end_on_closing;
use crate::handle_dispatch;
use crate::hear_auto_call;
use crate::link_payment;

/// Closes an incident.
///
/// # Errors
/// [`crate::Error`] when it is unknown or closed, or high and nobody has seen or heard the subject.
pub async fn close_incident(
    act: &mut Act<'_>,
    id: IncidentId,
    outcome: Outcome,
    prevented: Option<Fen>,
    note: Option<String>,
) -> Result<Incident> {
    let incident = act.lock(id).await?;
    let contacted = contacted(act, id).await?;
    let closing = Closing { outcome, prevented, note, closed_at: act.now };
    let mut incident = incident.close(closing.clone(), contacted)?;
    incidents::save(&mut act.tx, &mut incident).await?;
    let follow_up = attention::next_follow_up(&closing, incident.grade, 0);
    incidents::follow_up_at(&mut act.tx, id, follow_up, 0).await?;
    cancel_all(act, &incident, outcome).await?;
    let data = json!({ "outcome": outcome, "prevented": prevented.map(|amount| amount.to_string()), "follow_up_at": follow_up });
    act.note(id, Happening::IncidentClosed, data);
    // a call with a transfer has decided it when it came
    if outcome == Outcome::BecameVictim && stop_payments::of_incident(&mut act.tx, id).await?.is_empty() {
        let now = act.now;
        link_payment::link(act, &incident, now).await?;
    }
    Ok(incident)
}

/// Closes an incident that another one of the same person goes on with. Both are locked.
pub(crate) async fn close_as_duplicate(
    act: &mut Act<'_>,
    mut incident: Incident,
    of: IncidentId,
) -> Result<()> {
    let closing = Closing { outcome: Outcome::Duplicate, prevented: None, note: None, closed_at: act.now };
    incident.state = State::Closed(closing);
    incidents::save(&mut act.tx, &mut incident).await?;
    cancel_all(act, &incident, Outcome::Duplicate).await?;
    let data = json!({ "outcome": Outcome::Duplicate, "duplicate_of": of });
    act.note(incident.id, Happening::IncidentClosed, data);
    Ok(())
}

/// Cancels everything that is pending, and gives free what the incident was found by.
async fn cancel_all(act: &mut Act<'_>, incident: &Incident, outcome: Outcome) -> Result<()> {
    let id = incident.id;
    incidents::hold_marks(&mut act.tx, id, false).await?;
    cancel_steps(act, id).await?;
    cancel_contacts(act, id).await?;
    cancel_auto_calls(act, id).await?;
    cancel_messages(act, id).await?;
    cancel_call_blocks(act, id).await?;
    for dispatch in dispatches::of_incident(&mut act.tx, id).await?.into_iter().filter(Dispatch::is_open) {
        handle_dispatch::cancel(act, dispatch).await?;
    }
    if matches!(outcome, Outcome::NotFraud | Outcome::Duplicate) {
        recall_stop_payments(act, id).await?;
    }
    lapse_approvals(act, id).await?;
    end_on_closing(act, id, outcome).await
}

/// Who has made sure of the subject, from the rows alone. Whoever called 110 has been heard.
async fn contacted(act: &mut Act<'_>, id: IncidentId) -> Result<Contacted> {
    let seen_in_person = dispatches::of_incident(&mut act.tx, id)
        .await?
        .iter()
        .any(|dispatch| dispatch.feedback.as_ref().is_some_and(|feedback| feedback.seen));
    let filter = contacts::Filter { incident: Some(id), ..contacts::Filter::default() };
    let called = !calls::of_incident(&mut act.tx, id).await?.is_empty();
    let reached = contacts::list(&mut act.tx, &filter, act.now, i64::MAX).await?.iter().any(|queued| {
        let contact = &queued.contact;
        let spoken_with = matches!(
            contact.state,
            contact::State::Done { verdict: Verdict::Convinced | Verdict::Doubtful | Verdict::Refused, .. }
        );
        spoken_with && contact.role == contact::Role::Subject
    });
    Ok(Contacted { seen_in_person, reached_by_voice: called || reached })
}

async fn cancel_steps(act: &mut Act<'_>, id: IncidentId) -> Result<()> {
    let now = act.now;
    let runs: Vec<StepRun> = steps::of_incidents(&mut act.tx, &[id])
        .await?
        .into_iter()
        .map(|(_, run)| StepRun { state: run.state.cancelled(now), ..run })
        .collect();
    Ok(steps::save(&mut act.tx, id, &runs).await?)
}

async fn cancel_contacts(act: &mut Act<'_>, id: IncidentId) -> Result<()> {
    let filter = contacts::Filter { incident: Some(id), ..contacts::Filter::default() };
    for queued in contacts::list(&mut act.tx, &filter, act.now, i64::MAX).await? {
        if matches!(queued.contact.state, contact::State::Pending | contact::State::Claimed { .. }) {
            let cancelled = contact::Contact { state: contact::State::Cancelled, ..queued.contact };
            contacts::save(&mut act.tx, &cancelled, act.now).await?;
        }
    }
    Ok(())
}

async fn cancel_auto_calls(act: &mut Act<'_>, id: IncidentId) -> Result<()> {
    for call in auto_calls::of_incident(&mut act.tx, id).await? {
        let cancelled = call.clone().cancel(act.now);
        if cancelled.state != call.state {
            hear_auto_call::save(act, &cancelled).await?;
            measures::dequeue(&mut act.tx, &[cancelled.id]).await?;
        }
    }
    Ok(())
}

async fn cancel_messages(act: &mut Act<'_>, id: IncidentId) -> Result<()> {
    let filter = messages::Filter { incident: Some(id), ..messages::Filter::default() };
    for message in messages::list(&mut act.tx, &filter, i64::MAX).await? {
        if message.state == message::State::Queued {
            let cancelled = message::Message { state: message::State::Cancelled, ..message };
            messages::save(&mut act.tx, &cancelled).await?;
            measures::dequeue(&mut act.tx, &[cancelled.id]).await?;
        }
    }
    Ok(())
}

/// A suspect's block in force stays until its time: it protects others too. The subject's own line is restored at
/// once: nothing is left to protect them from. A block that the carrier may have carried out without our knowing
/// is lifted; one that it never heard of is dropped.
async fn cancel_call_blocks(act: &mut Act<'_>, id: IncidentId) -> Result<()> {
    let filter = call_blocks::Filter { incident: Some(id), ..call_blocks::Filter::default() };
    for mut block in call_blocks::list(&mut act.tx, &filter, i64::MAX).await? {
        let pending = match block.status {
            call_block::Status::AwaitingApproval | call_block::Status::Requested => true,
            call_block::Status::Blocked | call_block::Status::Failed => {
                block.line == call_block::Line::Subject
            }
            call_block::Status::Refused
            | call_block::Status::Lifting
            | call_block::Status::Lifted
            | call_block::Status::Cancelled => false,
        };
        if pending && measures::may_be_carried_out(&mut act.tx, block.id).await? {
            lift(act, block).await?;
        } else if pending {
            block.status = call_block::Status::Cancelled;
            call_blocks::save(&mut act.tx, &block).await?;
            measures::dequeue(&mut act.tx, &[block.id]).await?;
            let data = json!({ "call_block_id": block.id, "status": block.status });
            act.note(id, Happening::CallBlockChanged, data);
        }
    }
    Ok(())
}

/// Where there was no fraud, nobody's account is to be stopped any more. Money that was paid is chased on.
async fn recall_stop_payments(act: &mut Act<'_>, id: IncidentId) -> Result<()> {
    let waiting: Vec<MeasureId> = stop_payments::of_incident(&mut act.tx, id)
        .await?
        .into_iter()
        .filter(|recorded| recorded.order.state == stop_payment::State::Submitted)
        .map(|recorded| recorded.order.id)
        .collect();
    for order in waiting {
        if !measures::may_have_arrived(&mut act.tx, order).await? {
            measures::dequeue(&mut act.tx, &[order]).await?;
            let recorded = stop_payments::get(&mut act.tx, order).await?;
            if let Some(recorded) = recorded {
                let given_up = recorded.order.give_up()?;
                stop_payments::save(&mut act.tx, &given_up).await?;
                let data = json!({ "stop_payment_id": order, "status": given_up.status(), "why": "recalled on closing" });
                act.note(id, Happening::StopPaymentChanged, data);
            }
        }
    }
    Ok(())
}

async fn lapse_approvals(act: &mut Act<'_>, id: IncidentId) -> Result<()> {
    let filter = approvals::Filter {
        incident: Some(id),
        status: Some(domain::approval::Status::Waiting),
        ..approvals::Filter::default()
    };
    for approval in approvals::list(&mut act.tx, &filter, i64::MAX).await? {
        match approval.act {
            domain::approval::Act::LowerTier(_) | domain::approval::Act::CutSubjectLine(_) => {
                lapse(act, approval).await?;
            }
            // a stop that stands may still have to be released, and a record handed out, after closing; rules are no
            // incident's
            domain::approval::Act::ReleaseStopPayment(_)
            | domain::approval::Act::ExportIncident
            | domain::approval::Act::PublishRules(_) => {}
        }
    }
    Ok(())
}

/// Nobody decided, and nobody needs to any more.
pub(crate) async fn lapse(act: &mut Act<'_>, mut approval: domain::approval::Approval) -> Result<()> {
    approval.status = domain::approval::Status::Lapsed;
    approval.decided_at = Some(act.now);
    approvals::save(&mut act.tx, &approval).await?;
    let data = json!({ "approval_id": approval.id, "kind": approval.act.kind(), "status": approval.status });
    if let Some(incident) = approval.incident_id {
        act.note(incident, Happening::ApprovalDecided, data);
    }
    Ok(())
}
