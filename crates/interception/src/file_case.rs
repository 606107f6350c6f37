//! From the stop to the freeze: whether the case is filed, and the papers that were left out in the haste.

use domain::clock::Instant;
use domain::filing::{Debt, Delivered, Filing, Line, Paper, checklist, next_due};
use domain::id::{IncidentId, MeasureId};
use domain::stop_payment::{AlarmKind, Freeze, StopPayment};
use domain::timeline::Happening;
use serde_json::json;
use store::filings::{self, Recorded};
use store::{Tx, stop_payments};

use crate::act::Act;
use crate::centre::Centre;
use crate::error::{Error, Result};
use crate::follow_stop_payment::lock;
use crate::sound_alarm::sound_alarm;

/// How far an incident is on its way from stop to freeze.
#[derive(Debug, Clone)]
pub struct FilingDesk {
    /// The incident.
    pub incident_id: IncidentId,
    /// What was decided; `None`: nobody has.
    pub recorded: Option<Recorded>,
    /// When the first stop ends that stands: after it there is nothing to freeze.
    pub due_at: Option<Instant>,
    /// What each of its stops owes, in the orders' order.
    pub papers: Vec<(StopPayment, Vec<Line>)>,
}

/// Reads how far an incident is.
///
/// # Errors
/// [`Error::Unknown`] when there is none.
pub async fn filing_desk(centre: &Centre, id: IncidentId) -> Result<FilingDesk> {
    let mut tx = centre.store.begin().await?;
    store::incidents::get(&mut tx, id).await?.ok_or(Error::Unknown("incident"))?;
    read(&mut tx, id, centre.now()).await
}

/// Reads how far an incident is in this act.
///
/// # Errors
/// [`Error::Store`] when the database is away.
pub async fn filing_desk_of(act: &mut Act<'_>, id: IncidentId) -> Result<FilingDesk> {
    let now = act.now;
    read(&mut act.tx, id, now).await
}

async fn read(tx: &mut Tx, id: IncidentId, now: Instant) -> Result<FilingDesk> {
    let recorded = filings::get(tx, id).await?;
    let mut papers = vec![];
    for recorded in stop_payments::of_incident(tx, id).await? {
        let delivered = filings::delivered(tx, recorded.order.id).await?;
        let lines = checklist(&recorded.order, &delivered, now);
        if !lines.is_empty() {
            papers.push((recorded.order, lines));
        }
    }
    let standing = papers.iter().filter(|(order, _)| order.must_hold("frozen").is_ok());
    let due_at = standing.filter_map(|(order, _)| order.hold()).map(|hold| hold.expires_at()).min();
    Ok(FilingDesk { incident_id: id, recorded, due_at, papers })
}

/// Writes down what was decided about filing the case.
///
/// # Errors
/// [`Error`] when the incident is unknown or its case is filed under another number.
pub async fn record_filing(act: &mut Act<'_>, id: IncidentId, filing: Filing) -> Result<()> {
    act.lock(id).await?;
    let before = filings::get(&mut act.tx, id).await?;
    if let Some(number) = before.as_ref().and_then(|before| before.filing.case_number()) {
        if filing.case_number().is_some_and(|other| other != number) {
            return Err(Error::conflict("filed_otherwise", "the case is filed under another number"));
        }
        if filing.case_number().is_none() {
            return Err(Error::conflict("filed_already", "the case is filed; it cannot be refused any more"));
        }
    }
    let recorded = Recorded { filing, recorded_by: act.operator()?.name.clone(), recorded_at: act.now };
    filings::save(&mut act.tx, id, &recorded).await?;
    let data = json!({ "status": recorded.filing.status(), "case_number": recorded.filing.case_number() });
    act.note(id, Happening::CaseFiled, data);
    Ok(())
}

/// A freeze names the filed case; where nobody wrote it down before, that is how it is known.
pub(crate) async fn file_by_freeze(act: &mut Act<'_>, order: &StopPayment, freeze: &Freeze) -> Result<()> {
    match filings::get(&mut act.tx, order.incident_id).await?.map(|recorded| recorded.filing) {
        None => {
            let filing = Filing::Filed {
                case_number: freeze.case_number.clone(),
                filed_at: act.now,
                approved_by: freeze.terms.approved_by.clone(),
            };
            record_filing(act, order.incident_id, filing).await?;
        }
        Some(Filing::Filed { case_number, .. }) if case_number == freeze.case_number => {}
        Some(Filing::Filed { .. }) => {
            return Err(Error::conflict("filed_otherwise", "the case is filed under another number"));
        }
        Some(Filing::Refused { .. }) => {
            return Err(Error::conflict("filing_refused", "the case was not filed: nothing may be frozen"));
        }
    }
    for (paper, reference) in
        [(Paper::FilingDecision, &freeze.case_number), (Paper::FreezeNotice, &freeze.document)]
    {
        deliver(act, order, paper, reference.clone()).await?;
    }
    Ok(())
}

/// Writes down that a paper is there.
///
/// # Errors
/// [`Error`] when there is no such stop, it owes no papers, or the paper is there already.
pub async fn deliver_paper(
    act: &mut Act<'_>,
    id: MeasureId,
    paper: Paper,
    reference: String,
) -> Result<Vec<Line>> {
    let (_, recorded) = lock(act, id).await?;
    if recorded.order.hold().is_none() {
        return Err(Error::conflict("owes_no_papers", "nothing was stopped: the order owes no papers"));
    }
    if !deliver(act, &recorded.order, paper, reference).await? {
        return Err(Error::conflict("paper_delivered", "the paper is there already"));
    }
    let delivered = filings::delivered(&mut act.tx, id).await?;
    Ok(checklist(&recorded.order, &delivered, act.now))
}

async fn deliver(act: &mut Act<'_>, order: &StopPayment, paper: Paper, reference: String) -> Result<bool> {
    let by = act.operator()?.name.clone();
    let delivered = Delivered { paper, reference, by, at: act.now };
    let is_new = filings::deliver(&mut act.tx, order.id, &delivered).await?;
    if is_new {
        let data = json!({ "stop_payment_id": order.id, "paper": paper, "reference": delivered.reference });
        act.note(order.incident_id, Happening::PaperDelivered, data);
        expect_papers(act, order).await?;
    }
    Ok(is_new)
}

/// Sets when somebody is told next that an order owes a paper.
pub(crate) async fn expect_papers(act: &mut Act<'_>, order: &StopPayment) -> Result<()> {
    let delivered = filings::delivered(&mut act.tx, order.id).await?;
    let next = next_due(&checklist(order, &delivered, act.now));
    Ok(filings::set_due(&mut act.tx, order.id, next).await?)
}

/// Papers have fallen due: somebody is told once which are missing.
pub(crate) async fn tell_of_papers(act: &mut Act<'_>, id: MeasureId) -> Result<bool> {
    let Some(due_at) = filings::due_at(&mut act.tx, id).await?.filter(|at| *at <= act.now) else {
        return Ok(false);
    };
    let Some(recorded) = stop_payments::get(&mut act.tx, id).await? else { return Ok(false) };
    let delivered = filings::delivered(&mut act.tx, id).await?;
    let lines = checklist(&recorded.order, &delivered, act.now);
    filings::set_due(&mut act.tx, id, next_due(&lines)).await?;
    let missing: Vec<Paper> = lines
        .iter()
        .filter(|line| line.debt == Debt::Overdue && line.due_at >= due_at)
        .map(|line| line.paper)
        .collect();
    if !missing.is_empty() {
        sound_alarm(act, &recorded.order, AlarmKind::PapersOverdue, json!({ "papers": missing }));
    }
    Ok(true)
}
