//! The hold that kept a claim from its account is over: the claim takes the account over. Its order leaves at once, as a
//! new one in its place. Of several claims the first goes, the others wait for the end of its hold.

use domain::appeal;
use domain::id::{IncidentId, MeasureId};
use domain::incident::{self, Closing, Outcome};
use domain::stop_payment::{AlarmKind, State, StopPayment};
use domain::timeline::Happening;
use serde_json::json;
use store::{appeals, stop_payments};

use crate::act::Act;
use crate::centre::Centre;
use crate::error::Result;
use crate::order_measures::{self as order, Money};
use crate::sound_alarm::sound_alarm;
use crate::watch_stops::{on_same_account, rounds_used};

/// Lets a claim whose holder is over take the account over, wait for whoever was quicker, or be put before a person.
pub(crate) async fn take_over_account(centre: &Centre, incident: IncidentId, id: MeasureId) -> Result<()> {
    let mut act = Act::ours(centre).await?;
    let incident = act.lock(incident).await?;
    let Some(recorded) = stop_payments::get(&mut act.tx, id).await? else { return Ok(()) };
    let Some(holder_id) = recorded.held_by_id else { return Ok(()) };
    let Some(holder) = stop_payments::get(&mut act.tx, holder_id).await? else { return Ok(()) };
    let (claim, holder) = (recorded.order, holder.order);
    if keeps(&holder) {
        return Ok(());
    }
    if let Some(next) = on_same_account(&mut act, &claim).await?.iter().find(|other| keeps(other)) {
        stop_payments::set_holder(&mut act.tx, id, Some(next.id)).await?;
        note(&mut act, &claim, next, "the account is held for another claim now");
        return act.commit().await;
    }
    stop_payments::set_holder(&mut act.tx, id, None).await?;
    if is_pointless(&incident.state) {
        return act.commit().await;
    }
    let granted = appeals::Filter {
        stop_payment: Some(holder.id),
        status: Some(appeal::Status::Granted),
        ..appeals::Filter::default()
    };
    let appeal_granted = !appeals::list(&mut act.tx, &granted, 1).await?.is_empty();
    let used = rounds_used(&mut act.tx, &claim, incident.drill).await?;
    if let Err(why) = claim.may_take_over(&holder, appeal_granted, centre.rounds, used) {
        let facts = json!({ "why": why.to_string(), "holder": { "stop_payment_id": holder.id,
            "incident_id": holder.incident_id, "status": holder.status() } });
        sound_alarm(&mut act, &claim, AlarmKind::HolderLetGo, facts);
        return act.commit().await;
    }
    let money = Money {
        origin: None,
        parent: claim.parent_id,
        corrects: Some(id),
        hop: claim.hop,
        claim: claim.claim,
    };
    let ordered = order::stop_payment(&mut act, incident.id, claim.transfer.clone(), money).await?;
    note(&mut act, &claim, &ordered, "the holder let go: this order takes the account over");
    act.commit().await
}

/// Whether an order keeps others from its account, or is about to.
pub(crate) fn keeps(order: &StopPayment) -> bool {
    order.holds() || order.state == State::Submitted
}

/// Where there was no fraud, or another incident handles it, nobody's account is to be stopped.
fn is_pointless(state: &incident::State) -> bool {
    match state {
        incident::State::Closed(Closing { outcome: Outcome::NotFraud | Outcome::Duplicate, .. }) => true,
        incident::State::Open | incident::State::Closed(_) => false,
    }
}

fn note(act: &mut Act<'_>, claim: &StopPayment, other: &StopPayment, why: &str) {
    let data = json!({ "stop_payment_id": claim.id, "status": claim.status(), "why": why,
        "by": { "stop_payment_id": other.id, "incident_id": other.incident_id } });
    act.note(claim.incident_id, Happening::StopPaymentChanged, data);
}
