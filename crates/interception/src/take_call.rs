//! A 110 call: call, incident, stop-payment orders, dispatch and timeline in one transaction, so that the order
//! leaves the moment it is saved.

use domain::call::{Call, CallReport, Notice};
use domain::dispatch::Dispatch;
use domain::id::CallId;
use domain::incident::{Incident, Origin};
use domain::read_back::asks;
use domain::stop_payment::Status;
use domain::text_reading::TextReading;
use domain::tier::{Grade, Tier};
use domain::timeline::Happening;
use serde_json::{Value, json};
use store::stop_payments::Recorded;
use store::{calls, dispatches, incidents};

use crate::act::{Act, Work};
use crate::error::{Error, Result};
use crate::hand_over_incident::responsible;
use crate::join_incident::{join, learn_subject};
use crate::link_payment;
use crate::order_measures::{self as order, Money, Visit};

/// What a call set going.
#[derive(Debug, Clone)]
pub struct TakenCall {
    /// The call.
    pub call: Call,
    /// The incident it opened or joined.
    pub incident: Incident,
    /// One order for each transfer, in the transfers' order.
    pub stop_payments: Vec<Recorded>,
    /// Who is on the way.
    pub dispatch: Dispatch,
    /// What to read back to the caller.
    pub notices: Vec<Notice>,
    /// What the narrative tells, where there is one. It changes nothing: the kind of fraud is what a person names.
    pub text: Option<TextReading>,
}

/// Takes a call. `body` is the report as the contract spells it, kept for later completion.
///
/// # Errors
/// [`Error::Conflict`] when the `call_ref` is known; [`Error::Store`] when the database is away.
pub async fn take_call(act: &mut Act<'_>, report: CallReport, body: Value) -> Result<TakenCall> {
    let subject = report.subject();
    let phone = subject.phone.clone();
    let joined = join(act, [subject], Origin::Call).await?;
    let joined = joined.take(&phone).ok_or(Error::Unknown("incident"))?;
    let call = Call {
        id: CallId::new(act.now),
        incident_id: joined.incident.id,
        taken_by: act.operator_id()?,
        created_at: act.now,
        version: 1,
        body,
    };
    calls::insert(&mut act.tx, &call, report.call_ref.as_deref(), report.received_at)
        .await
        .map_err(known_call)?;
    let data = json!({ "call_id": call.id, "transfers": report.transfers.len() });
    act.note(call.incident_id, Happening::CallReceived, data);

    let mut incident = learn(act, joined.incident, &report).await?;
    let mut stop_payments = vec![];
    for (place, transfer) in (0_u16..).zip(report.transfers.iter().cloned()) {
        let money = Money { origin: Some((call.id, place)), ..Money::default() };
        stop_payments.push(order::stop_payment(act, incident.id, transfer, money).await?.into());
    }
    if !report.transfers.is_empty() {
        link_payment::link(act, &incident, call.created_at).await?;
    }
    let dispatch = dispatch(act, &mut incident).await?;
    // its plan begins in a moment: the orders wait for nothing
    incidents::mark_new_facts(&mut act.tx, &[incident.id], true).await?;
    act.wake(Work::Assess);
    let (notices, text) = (notices(act, &report, &stop_payments), read_narrative(act, &report));
    Ok(TakenCall { call, incident, stop_payments, dispatch, notices, text })
}

pub(crate) fn read_narrative(act: &Act<'_>, report: &CallReport) -> Option<TextReading> {
    report.narrative.as_deref().map(|narrative| act.centre.texts.read(narrative))
}

/// What to tell the caller, with the name and number of their own bank; what to read back; and what to ask for so
/// that the drafts can leave.
pub(crate) fn notices(act: &Act<'_>, report: &CallReport, ordered: &[Recorded]) -> Vec<Notice> {
    let outside = &act.centre.outside;
    let in_use = outside.directory.in_use();
    let asked = ordered.iter().enumerate().flat_map(|(place, Recorded { order, .. })| {
        let is_draft = order.status() == Status::Draft;
        let missing = if is_draft { order.missing(|bank| act.reaches(bank)) } else { vec![] };
        let unreached = outside.unreached(order.transfer.payee.as_ref());
        asks(place, order, &missing, unreached.as_ref(), &in_use.directory)
    });
    let told = report.notices(act.now, |payer| {
        let code = outside.with_bank(payer.clone()).bank_code?;
        Some(
            format!("{} {}", outside.name(&code), outside.phone(&code).unwrap_or_default()).trim().to_owned(),
        )
    });
    told.into_iter().chain(asked).collect()
}

pub(crate) fn known_call(error: store::Error) -> Error {
    match error {
        store::Error::Taken { .. } => {
            Error::conflict("call_ref_known", "a call with this call_ref was saved before")
        }
        other => Error::Store(other),
    }
}

/// What a report tells is kept with the incident; whoever has paid is urgent, whoever calls is high.
pub(crate) async fn learn(act: &mut Act<'_>, incident: Incident, report: &CallReport) -> Result<Incident> {
    let grade = Grade { tier: Tier::High, urgent: !report.transfers.is_empty() };
    let mut incident = incident.raised_to(grade);
    learn_subject(act, &mut incident, report.subject()).await?;
    incident.scam_type = report.scam_type.or(incident.scam_type);
    incidents::save(&mut act.tx, &mut incident).await?;
    incidents::add_relatives(&mut act.tx, incident.id, &report.relatives).await?;
    Ok(incident)
}

/// Somebody receives the victim: whoever is on the way already, else the station whose area it is.
async fn dispatch(act: &mut Act<'_>, incident: &mut Incident) -> Result<Dispatch> {
    let station = responsible(act, incident, &[]).await?;
    if incident.station_id != station {
        incident.station_id = station.clone();
        incidents::save(&mut act.tx, incident).await?;
    }
    let on_the_way =
        dispatches::of_incident(&mut act.tx, incident.id).await?.into_iter().rfind(Dispatch::is_open);
    match on_the_way {
        Some(dispatch) => Ok(dispatch),
        None => order::dispatch(act, incident, Visit::by(station)).await,
    }
}
