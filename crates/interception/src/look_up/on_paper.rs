//! A stop-payment as it goes onto paper, for a bank that does not answer.

use domain::id::MeasureId;
use domain::incident::Incident;
use domain::stop_payment::StopPayment;
use domain::timeline::OURSELVES;
use store::{filings, incidents, measures, stop_payments};

use crate::centre::Centre;
use crate::error::{Error, Result};

/// A stop-payment as it goes onto paper.
#[derive(Debug, Clone)]
pub struct OnPaper {
    /// The order.
    pub order: StopPayment,
    /// Who ordered it: an operator, or Lanjie itself.
    pub ordered_by: String,
    /// Its incident.
    pub incident: Incident,
    /// The filed case, where there is one.
    pub case_number: Option<String>,
}

/// Reads a stop-payment as it goes onto paper.
///
/// # Errors
/// [`Error::Unknown`] when there is none.
pub async fn stop_payment_on_paper(centre: &Centre, id: MeasureId) -> Result<OnPaper> {
    let mut db = centre.store.read().await?;
    let unknown = || Error::Unknown("stop-payment");
    let order = stop_payments::get(&mut db, id).await?.ok_or_else(unknown)?.order;
    let ordered_by = measures::ordered_by(&mut db, id).await?.ok_or_else(unknown)?;
    let incident = incidents::get(&mut db, order.incident_id).await?.ok_or_else(unknown)?;
    let filed = filings::get(&mut db, order.incident_id).await?;
    let case_number = filed.and_then(|recorded| recorded.filing.case_number().map(str::to_owned));
    let ordered_by = match ordered_by.as_str() {
        OURSELVES => centre.organisation.operator.clone(),
        _ => ordered_by,
    };
    Ok(OnPaper { order, ordered_by, incident, case_number })
}
