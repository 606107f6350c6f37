//! Ordering measures: each is one row in the shared queue, one of its own kind, and a line in the timeline,
//! all in the act that orders it.

use chrono::TimeDelta;
use domain::auto_call::{self, AutoCall};
use domain::call::Transfer;
use domain::call_block::{self, CallBlock, Line};
use domain::clock::Instant;
use domain::contact::{self, Contact};
use domain::dispatch::{ACCEPT_WITHIN, Climb, Dispatch};
use domain::fatigue::{self, Withheld};
use domain::id::{CallId, IncidentId, MeasureId};
use domain::incident::Incident;
use domain::measure::Request;
use domain::measure_kind::MeasureKind;
use domain::message::{self, Message};
use domain::money::Fen;
use domain::person::{PersonName, PhoneNumber};
use domain::station::StationId;
use domain::stop_payment::{self, BankAnswer, StopPayment};
use domain::timeline::{Happening, OURSELVES};
use serde_json::json;
use store::measures::{self, NewMeasure};
use store::{auto_calls, call_blocks, contacts, dispatches, messages, second_routes, stop_payments};

use crate::act::{Act, Work};
use crate::advance_plan::lines_of;
use crate::arrange_duty::on_duty;
use crate::error::Result;

/// Texts and blocks go to whichever party the process that speaks to them is configured with.
const ANY_PROVIDER: &str = "";

async fn measure(
    act: &mut Act<'_>,
    kind: MeasureKind,
    incident: IncidentId,
    step: Option<&str>,
) -> Result<MeasureId> {
    let id = MeasureId::new(act.now);
    let ordered_by = act.operator().map_or(OURSELVES, |operator| &operator.name).to_owned();
    let new =
        NewMeasure { id, incident_id: incident, kind, step, ordered_by: &ordered_by, created_at: act.now };
    measures::insert(&mut act.tx, &new).await?;
    Ok(id)
}

/// Whom a contact is to reach, and how often it is tried.
#[derive(Debug, Clone)]
pub(crate) struct Reach<'a> {
    /// Of the plan; `None`: a follow-up after closing.
    pub(crate) step: Option<&'a str>,
    pub(crate) role: contact::Role,
    /// Among the relatives, or among the subject's lines.
    pub(crate) place: i16,
    pub(crate) name: Option<PersonName>,
    pub(crate) phone: PhoneNumber,
    pub(crate) tries: Tries,
}

/// How often and how soon.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tries {
    pub(crate) attempts: u32,
    pub(crate) spacing: TimeDelta,
    /// By when somebody must have claimed it, once it is due.
    pub(crate) pick_up: Option<TimeDelta>,
}

/// Puts a person into the desk's phone queue.
///
/// Whoever was called often enough is left in peace for a while, unless the danger is urgent.
pub(crate) async fn contact(act: &mut Act<'_>, incident: &Incident, reach: Reach<'_>) -> Result<()> {
    let urgent = incident.grade.is_some_and(|grade| grade.urgent);
    let phones = phones_of(act, incident, reach.role, &reach.phone).await?;
    let incident = incident.id;
    let lately = contacts::lately(&mut act.tx, &phones, act.now - fatigue::WINDOW).await?;
    let due_at = fatigue::may_dial_at(&lately, urgent, act.now);
    let id = measure(act, MeasureKind::Contact, incident, reach.step).await?;
    let contact = Contact {
        id,
        incident_id: incident,
        step: reach.step.map(str::to_owned),
        role: reach.role,
        name: reach.name,
        phone: reach.phone,
        attempts: 0,
        max_attempts: reach.tries.attempts,
        spacing: reach.tries.spacing,
        pick_up: reach.tries.pick_up,
        due_at,
        created_at: act.now,
        three_way_with: None,
        state: contact::State::Pending,
    };
    contacts::insert(&mut act.tx, &contact, reach.place).await?;
    let data =
        json!({ "contact_id": id, "role": contact.role, "step": contact.step, "due_at": contact.due_at });
    act.note(incident, Happening::ContactRequested, data);
    Ok(())
}

/// Every phone of the person who has this one: what they bear is counted over all of them.
async fn phones_of(
    act: &mut Act<'_>,
    incident: &Incident,
    role: contact::Role,
    phone: &PhoneNumber,
) -> Result<Vec<PhoneNumber>> {
    match role {
        contact::Role::Subject => lines_of(act, incident).await,
        contact::Role::Relative => Ok(vec![phone.clone()]),
    }
}

/// A warning text to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Warning<'a> {
    /// Of the plan; `None`: a line that was learnt after the step had ended.
    pub(crate) step: Option<&'a str>,
    pub(crate) role: contact::Role,
    pub(crate) phone: PhoneNumber,
    pub(crate) template: &'a str,
    pub(crate) text: String,
    pub(crate) flash: bool,
}

/// Sends a text, unless the person has had it or has had enough.
pub(crate) async fn text(
    act: &mut Act<'_>,
    incident: &Incident,
    warning: Warning<'_>,
) -> Result<std::result::Result<(), Withheld>> {
    let urgent = incident.grade.is_some_and(|grade| grade.urgent);
    let phones = phones_of(act, incident, warning.role, &warning.phone).await?;
    let incident = incident.id;
    let lately = messages::lately(&mut act.tx, &phones, act.now - fatigue::WINDOW).await?;
    if let Err(withheld) = fatigue::may_text(&lately, &warning.phone, &warning.text, urgent) {
        let why = match withheld {
            Withheld::SameText => "sent within a day",
            Withheld::TooMany => "enough texts within a day",
        };
        let data =
            json!({ "role": warning.role, "template": warning.template, "step": warning.step, "why": why });
        act.note(incident, Happening::MessageWithheld, data);
        return Ok(Err(withheld));
    }
    let id = measure(act, MeasureKind::Sms, incident, warning.step).await?;
    let message = Message {
        id,
        incident_id: incident,
        step: warning.step.map(str::to_owned),
        role: warning.role,
        phone: warning.phone,
        template: warning.template.to_owned(),
        text: warning.text,
        flash: warning.flash,
        provider: None,
        provider_ref: None,
        receipt_code: None,
        created_at: act.now,
        state: message::State::Queued,
    };
    messages::insert(&mut act.tx, &message).await?;
    measures::enqueue(&mut act.tx, id, Request::Submit, ANY_PROVIDER, act.now).await?;
    let data =
        json!({ "message_id": id, "role": message.role, "template": message.template, "step": message.step });
    act.note(incident, Happening::MessageQueued, data);
    act.wake(Work::Sms);
    Ok(Ok(()))
}

/// Why no machine calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoAutoCall {
    NoProvider,
    CalledEnough,
}

/// Has a machine call the subject on the line they were named with last, unless nobody is there who could, or they
/// were called enough.
pub(crate) async fn auto_call(
    act: &mut Act<'_>,
    incident: &Incident,
    step: &str,
    (template, script): (&str, String),
) -> Result<std::result::Result<(), NoAutoCall>> {
    let urgent = incident.grade.is_some_and(|grade| grade.urgent);
    let phones = lines_of(act, incident).await?;
    let (now, incident) = (act.now, incident.id);
    let lately = contacts::lately(&mut act.tx, &phones, now - fatigue::WINDOW).await?;
    let withheld = if !act.centre.outside.makes_auto_calls() {
        Some((NoAutoCall::NoProvider, "no provider of automatic calls is configured"))
    } else if fatigue::may_dial_at(&lately, urgent, now) > now {
        Some((NoAutoCall::CalledEnough, "enough calls within a day"))
    } else {
        None
    };
    let phone = phones.into_iter().next();
    let (None, Some(phone)) = (withheld, phone) else {
        let (why, says) = withheld.unwrap_or((NoAutoCall::NoProvider, "no line is known"));
        act.note(incident, Happening::AutoCallWithheld, json!({ "step": step, "why": says }));
        return Ok(Err(why));
    };
    let id = measure(act, MeasureKind::Contact, incident, Some(step)).await?;
    let call = AutoCall {
        id,
        incident_id: incident,
        step: Some(step.to_owned()),
        phone,
        template: template.to_owned(),
        script,
        created_at: now,
        state: auto_call::State::Queued,
    };
    auto_calls::insert(&mut act.tx, &call).await?;
    measures::enqueue(&mut act.tx, id, Request::Submit, ANY_PROVIDER, now).await?;
    let data = json!({ "contact_id": id, "channel": "auto", "template": template, "step": step });
    act.note(incident, Happening::AutoCallRequested, data);
    act.wake(Work::AutoCall);
    Ok(Ok(()))
}

/// A number to be blocked.
#[derive(Debug, Clone)]
pub(crate) struct Block<'a> {
    pub(crate) step: Option<&'a str>,
    pub(crate) number: PhoneNumber,
    pub(crate) line: Line,
    pub(crate) until: Instant,
    pub(crate) reason: Option<String>,
}

/// Blocks a number: a suspect's at once, the subject's own only once a second person has agreed.
pub(crate) async fn block(act: &mut Act<'_>, incident: IncidentId, block: Block<'_>) -> Result<CallBlock> {
    let id = measure(act, MeasureKind::CallBlock, incident, block.step).await?;
    let status = match block.line {
        Line::Suspect => call_block::Status::Requested,
        Line::Subject => call_block::Status::AwaitingApproval,
    };
    let ordered = CallBlock {
        id,
        incident_id: incident,
        step: block.step.map(str::to_owned),
        number: block.number,
        line: block.line,
        until: block.until,
        reason: block.reason,
        created_at: act.now,
        blocked_at: None,
        status,
    };
    call_blocks::insert(&mut act.tx, &ordered).await?;
    if status == call_block::Status::Requested {
        tell_carrier(act, id, Request::Submit).await?;
    }
    let data = json!({ "call_block_id": id, "line": ordered.line, "until": ordered.until, "status": status, "step": ordered.step });
    act.note(incident, Happening::CallBlockRequested, data);
    Ok(ordered)
}

/// Puts a block's request into the carriers' queue.
pub(crate) async fn tell_carrier(act: &mut Act<'_>, block: MeasureId, request: Request) -> Result<()> {
    measures::enqueue(&mut act.tx, block, request, ANY_PROVIDER, act.now).await?;
    act.wake(Work::CallBlock);
    Ok(())
}

/// Where somebody is to go.
#[derive(Debug, Clone)]
pub(crate) struct Visit<'a> {
    pub(crate) step: Option<&'a str>,
    pub(crate) station: StationId,
    pub(crate) reason: Option<String>,
    /// The dispatch that was returned or reassigned to make this one.
    pub(crate) previous: Option<MeasureId>,
    /// How long the station may take to sign.
    pub(crate) accept_within: TimeDelta,
}

impl<'a> Visit<'a> {
    /// A visit by the station, with the usual time to sign.
    pub(crate) fn by(station: StationId) -> Self {
        Self { step: None, station, reason: None, previous: None, accept_within: ACCEPT_WITHIN }
    }

    /// Ordered by a plan's step.
    pub(crate) fn for_step(self, step: &'a str) -> Self {
        Self { step: Some(step), ..self }
    }
}

/// Orders a station out.
pub(crate) async fn dispatch(act: &mut Act<'_>, incident: &Incident, visit: Visit<'_>) -> Result<Dispatch> {
    let id = measure(act, MeasureKind::Dispatch, incident.id, visit.step).await?;
    let duty = on_duty(act.centre, &mut act.tx, &visit.station, act.now).await?;
    let dispatch = Dispatch {
        id,
        incident_id: incident.id,
        step: visit.step.map(str::to_owned),
        station_id: visit.station,
        climb: Climb::AtStation,
        reason: visit.reason,
        accept_due_at: act.now + visit.accept_within,
        duty,
        previous_id: visit.previous,
        created_at: act.now,
        accepted_at: None,
        departed_at: None,
        arrived_at: None,
        ended_at: None,
        feedback: None,
        status: domain::dispatch::Status::Created,
    };
    dispatches::insert(&mut act.tx, &dispatch).await?;
    tell_station(act, &dispatch, Request::Submit).await?;
    let data = json!({ "dispatch_id": id, "station_id": dispatch.station_id.as_str(), "accept_due_at": dispatch.accept_due_at, "step": dispatch.step, "previous_id": dispatch.previous_id,
        "on_duty": on_duty_names(&dispatch) });
    act.note(incident.id, Happening::DispatchCreated, data);
    act.wake(Work::Deadlines);
    Ok(dispatch)
}

fn on_duty_names(dispatch: &Dispatch) -> Vec<&str> {
    dispatch.duty.iter().flat_map(|duty| &duty.officers).map(|officer| officer.name.as_str()).collect()
}

/// Tells the station's own system; whether it has one is known where systems are spoken to.
pub(crate) async fn tell_station(act: &mut Act<'_>, dispatch: &Dispatch, request: Request) -> Result<()> {
    measures::enqueue(&mut act.tx, dispatch.id, request, dispatch.station_id.as_str(), act.now).await?;
    act.wake(Work::Dispatch);
    Ok(())
}

/// Where the money of a stop-payment came from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Money {
    pub(crate) origin: Option<(CallId, u16)>,
    pub(crate) parent: Option<MeasureId>,
    pub(crate) corrects: Option<MeasureId>,
    pub(crate) hop: u8,
    /// What of the transfer is claimed, where that is not all.
    pub(crate) claim: Option<Fen>,
}

/// Draws up a stop-payment and, when no fact is missing, submits it at once.
pub(crate) async fn stop_payment(
    act: &mut Act<'_>,
    incident: IncidentId,
    transfer: Transfer,
    money: Money,
) -> Result<StopPayment> {
    let id = measure(act, MeasureKind::StopPayment, incident, None).await?;
    let draft = StopPayment {
        id,
        incident_id: incident,
        origin: money.origin,
        parent_id: money.parent,
        corrects_id: money.corrects,
        hop: money.hop,
        round: 1,
        transfer: transfer.clone(),
        claim: money.claim,
        created_at: act.now,
        submitted_at: None,
        returned: Fen::ZERO,
        state: stop_payment::State::Draft,
    };
    let outside = &act.centre.outside;
    let transfer = Transfer { payee: transfer.payee.map(|payee| outside.with_bank(payee)), ..transfer };
    let order = draft.complete(transfer, |bank| act.reaches(bank), act.now)?;
    stop_payments::insert(&mut act.tx, &order).await?;
    advise_cancelling(act, &order);
    let order = refuse_white_listed(act, order).await?;
    tell_bank_of(act, &order).await?;
    Ok(order)
}

/// A transfer at a machine can still be cancelled by the victim at their own bank: better than any stop, so it comes
/// first. The stop goes out all the same.
pub(crate) fn advise_cancelling(act: &mut Act<'_>, order: &StopPayment) {
    if order.hop > 0 || order.corrects_id.is_some() || !order.transfer.may_be_revoked(act.now) {
        return;
    }
    let own_bank = order.transfer.payer.clone().map(|payer| act.centre.outside.with_bank(payer));
    let code = own_bank.and_then(|payer| payer.bank_code);
    let phone = code.as_ref().and_then(|code| act.centre.outside.phone(code));
    let data = json!({ "stop_payment_id": order.id, "until": order.transfer.revocable_until(),
        "bank_code": code.as_ref().map(|code| code.as_str()), "phone": phone });
    act.note(order.incident_id, Happening::CancellationAdvised, data);
}

/// An account on its bank's white list is never stopped: the desk is told at once what the bank would answer.
pub(crate) async fn refuse_white_listed(act: &mut Act<'_>, order: StopPayment) -> Result<StopPayment> {
    let in_use = act.centre.outside.directory.in_use();
    let listed = order.transfer.payee.as_ref().is_some_and(|payee| in_use.directory.is_white_listed(payee));
    if !listed || order.state != stop_payment::State::Submitted {
        return Ok(order);
    }
    let answer = BankAnswer::white_listed();
    let refused = StopPayment { state: stop_payment::State::Refused, ..order };
    stop_payments::save(&mut act.tx, &refused).await?;
    stop_payments::keep_answer(&mut act.tx, refused.id, &answer, act.now).await?;
    let data = json!({ "stop_payment_id": refused.id, "status": refused.status(),
        "result_code": answer.result_code.as_str(), "remark": answer.remark });
    act.note(refused.incident_id, Happening::StopPaymentChanged, data);
    Ok(refused)
}

/// Puts a submitted order into the banks' queue, and says how it stands.
pub(crate) async fn tell_bank_of(act: &mut Act<'_>, order: &StopPayment) -> Result<()> {
    if order.state == stop_payment::State::Submitted {
        tell_bank(act, order, Request::Submit).await?;
    }
    let missing = order.missing(|bank| act.reaches(bank));
    let data = json!({ "stop_payment_id": order.id, "status": order.status(), "missing": missing, "hop": order.hop,
        "amount": order.transfer.amount.map(|amount| amount.to_string()), "claimed": order.claimed().map(|claim| claim.to_string()),
        "bank_code": order.transfer.payee.as_ref().and_then(|payee| payee.bank_code.as_ref()).map(|code| code.as_str()) });
    act.note(order.incident_id, Happening::StopPaymentOrdered, data);
    Ok(())
}

/// Puts a request about an order into the banks' queue. Those of drills wait in a lane of their own: no bank's is filled,
/// probed or judged by them.
pub(crate) async fn tell_bank(act: &mut Act<'_>, order: &StopPayment, request: Request) -> Result<()> {
    let code = order.transfer.payee.as_ref().and_then(|payee| payee.bank_code.as_ref());
    if act.drill {
        measures::enqueue(&mut act.tx, order.id, request, channels::drill::PARTY, act.now).await?;
        act.wake(Work::StopPayment);
        return Ok(());
    }
    let bank = code.map(|code| code.as_str()).unwrap_or_default();
    measures::enqueue(&mut act.tx, order.id, request, bank, act.now).await?;
    let second = code.and_then(|code| act.centre.outside.banks.get(code)?.second.as_ref());
    if let (Request::Submit, Some(second)) = (request, second) {
        second_routes::plan(&mut act.tx, order.id, bank, act.now + second.after).await?;
    }
    act.wake(Work::StopPayment);
    Ok(())
}
