//! Questions that change nothing. What a station officer may not see does not exist for them.

use std::collections::HashSet;

use chrono::TimeDelta;
use domain::account::BankCode;
use domain::appeal::Appeal;
use domain::approval::Approval;
use domain::auto_call::AutoCall;
use domain::call::Call;
use domain::call_block::CallBlock;
use domain::circuit::CircuitStatus;
use domain::dispatch::Dispatch;
use domain::hand_over::HandOver;
use domain::id::{ApprovalId, CallId, IncidentId};
use domain::incident::Incident;
use domain::measure::Route;
use domain::message::Message;
use domain::money_graph::MoneyGraph;
use domain::operator::{Operator, Post};
use domain::person::Relative;
use domain::plan::StepRun;
use domain::station::StationId;
use domain::timeline::Entry;
use serde_json::Value;
use store::{
    alerts, appeals, approvals, assessments, auto_calls, banks, call_blocks, calls, contacts, dispatches,
    hand_overs, incidents, messages, statistics, steps, stop_payments, timeline,
};

mod grading;
mod on_paper;
mod orders;

pub use on_paper::{OnPaper, stop_payment_on_paper};
pub use orders::{WholeStopPayment, stop_payment, stop_payments};

pub use grading::{Grading, Publication, Stop, Version, grading, rules_text, shadow};
pub use store::alerts::AlertRecord;
pub use store::appeals::Filter as AppealFilter;
pub use store::approvals::Filter as ApprovalFilter;
pub use store::assessments::{Assessment, Difference};
pub use store::bank_answers::KeptAnswer;
pub use store::call_blocks::Filter as CallBlockFilter;
pub use store::contacts::{Filter as ContactFilter, Place as ContactPlace, Queued};
pub use store::dispatches::Filter as DispatchFilter;
pub use store::incidents::{Filter as IncidentFilter, KnownLine, Link};
pub use store::measures::Attempt;
pub use store::messages::Filter as MessageFilter;
pub use store::statistics::{Backlog, By, Counts, Percentiles};
pub use store::stop_payments::{Filter as StopPaymentFilter, Recorded};
pub use store::timeline::{Event, Place};

use crate::centre::Centre;
use crate::error::{Error, Result};
use crate::follow_money;

/// An incident with all its parts.
#[derive(Debug, Clone)]
pub struct WholeIncident {
    /// The incident.
    pub incident: Incident,
    /// The subject's lines, the one that was named last first.
    pub lines: Vec<KnownLine>,
    /// Other incidents of the same person.
    pub links: Vec<Link>,
    /// The subject paid although an alert had come before.
    pub cheated_after_alert: bool,
    /// Who else may be called, in order.
    pub relatives: Vec<Relative>,
    /// What machines saw, each with its body as it came, oldest first.
    pub alerts: Vec<(AlertRecord, Value)>,
    /// What people said.
    pub calls: Vec<Call>,
    /// How it was graded.
    pub assessments: Vec<Assessment>,
    /// How far its plan has come.
    pub steps: Vec<StepRun>,
    /// Reaching people by voice.
    pub contacts: Vec<Queued>,
    /// Calls by machines, oldest first.
    pub auto_calls: Vec<AutoCall>,
    /// Warning texts, oldest first.
    pub messages: Vec<Message>,
    /// Blocked numbers, oldest first.
    pub call_blocks: Vec<CallBlock>,
    /// Orders to stations, oldest first.
    pub dispatches: Vec<Dispatch>,
    /// Orders to banks, oldest first.
    pub stop_payments: Vec<Recorded>,
    /// Where it was handed over to, oldest first.
    pub hand_overs: Vec<HandOver>,
    /// What became of the victim's money.
    pub money: MoneyGraph,
    /// What waits or waited for a second person, oldest first.
    pub approvals: Vec<Approval>,
    /// The record, in order.
    pub timeline: Vec<(i64, Entry)>,
}

/// Reads an incident with all its parts.
///
/// # Errors
/// [`Error::Unknown`] when there is none, or it is not for this operator to see.
pub async fn incident(centre: &Centre, by: &Operator, id: IncidentId) -> Result<WholeIncident> {
    let mut db = centre.store.read().await?;
    let incident = visible(&mut db, by, id).await?;
    whole(&mut db, centre.now(), incident).await
}

/// Gathers all parts of an incident.
pub(crate) async fn whole(
    db: &mut store::Db,
    now: domain::clock::Instant,
    incident: Incident,
) -> Result<WholeIncident> {
    let id = incident.id;
    let alerts = alerts::of_incidents(db, &[id]).await?;
    let mut bodies = alerts::bodies(db, id).await?;
    let of = Some(id);
    let every = i64::MAX;
    let mut messages =
        messages::list(db, &MessageFilter { incident: of, ..MessageFilter::default() }, every).await?;
    messages.reverse();
    let mut call_blocks =
        call_blocks::list(db, &CallBlockFilter { incident: of, ..CallBlockFilter::default() }, every).await?;
    call_blocks.reverse();
    let mut approvals =
        approvals::list(db, &ApprovalFilter { incident: of, ..ApprovalFilter::default() }, every).await?;
    approvals.reverse();
    let contacts = ContactFilter { incident: of, ..ContactFilter::default() };
    let stop_payments = stop_payments::of_incident(db, id).await?;
    Ok(WholeIncident {
        money: follow_money::graph(db, id, &stop_payments).await?,
        lines: incidents::lines_of(db, id).await?,
        links: incidents::links_of(db, id).await?,
        cheated_after_alert: incidents::is_cheated(db, id).await?,
        auto_calls: auto_calls::of_incident(db, id).await?,
        relatives: incidents::relatives(db, id).await?,
        alerts: alerts
            .into_iter()
            .filter_map(|alert| bodies.remove(&alert.id).map(|body| (alert, body)))
            .collect(),
        calls: calls::of_incident(db, id).await?,
        assessments: assessments::of_incident(db, id).await?,
        steps: steps::of_incidents(db, &[id]).await?.into_iter().map(|(_, run)| run).collect(),
        contacts: contacts::list(db, &contacts, now, every).await?,
        stop_payments,
        timeline: timeline::of_incident(db, id).await?,
        hand_overs: hand_overs::of_incident(db, id).await?,
        dispatches: dispatches::of_incident(db, id).await?,
        incident,
        messages,
        call_blocks,
        approvals,
    })
}

/// The incident, where this operator may see it.
async fn visible(db: &mut store::Db, by: &Operator, id: IncidentId) -> Result<Incident> {
    let unknown = || Error::Unknown("incident");
    let incident = incidents::get(db, id).await?.ok_or_else(unknown)?;
    let dispatches = dispatches::of_incident(db, id).await?;
    if let Post::StationOfficer(station) = &by.post
        && incident.station_id != *station
        && !dispatches.iter().any(|dispatch| dispatch.station_id == *station)
    {
        return Err(unknown());
    }
    Ok(incident)
}

/// The money of an incident: where it went and what became of it.
///
/// # Errors
/// [`Error::Unknown`] when there is no such incident, or it is not for this operator to see.
pub async fn money(centre: &Centre, by: &Operator, id: IncidentId) -> Result<MoneyGraph> {
    let mut db = centre.store.read().await?;
    visible(&mut db, by, id).await?;
    let ordered = stop_payments::of_incident(&mut db, id).await?;
    follow_money::graph(&mut db, id, &ordered).await
}

/// One page of incidents, newest first. An officer gets their station's only.
///
/// # Errors
/// [`Error::Store`] when the database is away.
pub async fn incidents(
    centre: &Centre,
    by: &Operator,
    mut filter: IncidentFilter,
    after: Option<IncidentId>,
    limit: i64,
) -> Result<Vec<Incident>> {
    if let Some(own) = station_of(by) {
        if filter.station.as_ref().is_some_and(|asked| *asked != own) {
            return Ok(vec![]);
        }
        filter.station = Some(own);
    }
    let mut db = centre.store.read().await?;
    Ok(incidents::list(&mut db, &filter, after, limit).await?)
}

fn station_of(by: &Operator) -> Option<StationId> {
    match &by.post {
        Post::StationOfficer(station) => Some(station.clone()),
        Post::Dispatcher | Post::Supervisor | Post::Source(_) | Post::Auditor | Post::Admin => None,
    }
}

/// Reads a call.
///
/// # Errors
/// [`Error::Unknown`] when there is none.
pub async fn call(centre: &Centre, id: CallId) -> Result<Call> {
    let mut db = centre.store.read().await?;
    calls::get(&mut db, id).await?.ok_or(Error::Unknown("call"))
}

/// Which of these incidents are drills, so that what is shown of them is marked.
///
/// # Errors
/// [`Error::Store`] when the database is away.
pub async fn drills(
    centre: &Centre,
    incidents: impl Iterator<Item = IncidentId>,
) -> Result<HashSet<IncidentId>> {
    let ids: Vec<IncidentId> = incidents.collect::<HashSet<_>>().into_iter().collect();
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let mut db = centre.store.read().await?;
    Ok(incidents::drills_among(&mut db, &ids).await?)
}

/// One page of the phone queue, most urgent first.
///
/// # Errors
/// [`Error::Store`] when the database is away.
pub async fn contacts(centre: &Centre, filter: &ContactFilter, limit: i64) -> Result<Vec<Queued>> {
    let mut db = centre.store.read().await?;
    Ok(contacts::list(&mut db, filter, centre.now(), limit).await?)
}

/// One page of approvals, newest first.
///
/// # Errors
/// [`Error::Store`] when the database is away.
pub async fn approvals(centre: &Centre, filter: &ApprovalFilter, limit: i64) -> Result<Vec<Approval>> {
    let mut db = centre.store.read().await?;
    Ok(approvals::list(&mut db, filter, limit).await?)
}

/// Reads one approval.
///
/// # Errors
/// [`Error::Unknown`] when there is none.
pub async fn approval(centre: &Centre, id: ApprovalId) -> Result<Approval> {
    let mut db = centre.store.read().await?;
    approvals::get(&mut db, id).await?.ok_or(Error::Unknown("approval"))
}

/// One page of call blocks, newest first.
///
/// # Errors
/// [`Error::Store`] when the database is away.
pub async fn call_blocks(centre: &Centre, filter: &CallBlockFilter, limit: i64) -> Result<Vec<CallBlock>> {
    let mut db = centre.store.read().await?;
    Ok(call_blocks::list(&mut db, filter, limit).await?)
}

/// One page of messages, newest first.
///
/// # Errors
/// [`Error::Store`] when the database is away.
pub async fn messages(centre: &Centre, filter: &MessageFilter, limit: i64) -> Result<Vec<Message>> {
    let mut db = centre.store.read().await?;
    Ok(messages::list(&mut db, filter, limit).await?)
}

/// One page of dispatches, newest first. An officer gets their station's only.
///
/// # Errors
/// [`Error::Store`] when the database is away.
pub async fn dispatches(
    centre: &Centre,
    by: &Operator,
    mut filter: DispatchFilter,
    limit: i64,
) -> Result<Vec<Dispatch>> {
    if let Some(own) = station_of(by) {
        if filter.station.as_ref().is_some_and(|asked| *asked != own) {
            return Ok(vec![]);
        }
        filter.station = Some(own);
    }
    let mut db = centre.store.read().await?;
    Ok(dispatches::list(&mut db, &filter, limit).await?)
}

/// One page of appeals, newest first.
///
/// # Errors
/// [`Error::Store`] when the database is away.
pub async fn appeals(centre: &Centre, filter: &AppealFilter, limit: i64) -> Result<Vec<Appeal>> {
    let mut db = centre.store.read().await?;
    Ok(appeals::list(&mut db, filter, limit).await?)
}

/// The counts of a window, in total or broken down.
///
/// # Errors
/// [`Error::Store`] when the database is away.
pub async fn counts(
    centre: &Centre,
    from: domain::clock::Instant,
    to: domain::clock::Instant,
    by: By,
) -> Result<std::collections::BTreeMap<String, Counts>> {
    let mut db = centre.store.read().await?;
    Ok(statistics::count(&mut db, from, to, by).await?)
}

/// How one bank answers.
#[derive(Debug, Clone, PartialEq)]
pub struct BankAnswers {
    /// The bank.
    pub code: BankCode,
    /// What waits for it and how fast it answered lately.
    pub rows: banks::Answers,
    /// Whether it answers at all, told from its latest tries in all processes.
    pub circuit: CircuitStatus,
    /// The same of its second way.
    pub second_circuit: CircuitStatus,
}

/// How every configured bank answers, by code; the times are those of the last hour.
///
/// # Errors
/// [`Error::Store`] when the database is away.
pub async fn banks(centre: &Centre) -> Result<Vec<BankAnswers>> {
    let mut db = centre.store.read().await?;
    let codes: Vec<String> = centre.outside.banks.keys().map(|code| code.as_str().to_owned()).collect();
    let mut answering = vec![];
    for rows in banks::answers(&mut db, &codes, centre.now() - TimeDelta::hours(1)).await? {
        let circuit = banks::circuit(&mut db, &rows.code, Route::First).await?.status();
        let second_circuit = banks::circuit(&mut db, &rows.code, Route::Second).await?.status();
        // the codes are those that were asked for
        let Ok(code) = BankCode::parse(&rows.code) else { continue };
        answering.push(BankAnswers { code, rows, circuit, second_circuit });
    }
    Ok(answering)
}

/// What waits at this moment.
///
/// # Errors
/// [`Error::Store`] when the database is away.
pub async fn backlog(centre: &Centre) -> Result<Backlog> {
    let mut db = centre.store.read().await?;
    Ok(statistics::backlog(&mut db, centre.now()).await?)
}

/// How long things took in a window.
///
/// # Errors
/// [`Error::Store`] when the database is away.
pub async fn times(
    centre: &Centre,
    from: domain::clock::Instant,
    to: domain::clock::Instant,
) -> Result<std::collections::BTreeMap<String, Percentiles>> {
    let mut db = centre.store.read().await?;
    Ok(statistics::times(&mut db, from, to).await?)
}

/// The present end of the event stream.
///
/// # Errors
/// [`Error::Store`] when the database is away.
pub async fn end_of_events(centre: &Centre) -> Result<Place> {
    let mut db = centre.store.read().await?;
    Ok(timeline::end(&mut db).await?)
}

/// The events behind a place; of their station's incidents only for an officer.
///
/// # Errors
/// [`Error::Store`] when the database is away.
pub async fn events_behind(centre: &Centre, by: &Operator, place: Place, limit: i64) -> Result<Vec<Event>> {
    let mut db = centre.store.read().await?;
    Ok(timeline::behind(&mut db, place, station_of(by).as_ref(), limit).await?)
}

/// Whether the database answers and has every migration.
///
/// # Errors
/// [`Error::Store`] when it does not answer.
pub async fn is_ready(centre: &Centre) -> Result<bool> {
    Ok(centre.store.is_ready().await?)
}
