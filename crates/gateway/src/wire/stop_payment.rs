//! Orders to stop an account.

use domain::account::BankCode;
use domain::stop_payment;
use serde::Serialize;
use utoipa::ToSchema;

use super::money::{Money, Sum};
use super::spelled::{
    AttemptId, AttemptRequest, AttemptResult, CallId, IncidentId, MeasureId, Note, PhoneNumber, Reference,
    StopPaymentFact, StopPaymentStatus, Time,
};
use super::text::Text;
use super::transfer::Transfer;
use crate::reading::request;

request! {
    /// Why a stop is to be let go. A second person confirms.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = StopPaymentRelease)]
    pub struct Release {
        /// In the asker's words.
        pub reason: Note,
    }
}

request! {
    /// The paper that turns a stop into a freeze.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = StopPaymentFreeze)]
    pub struct Freeze {
        /// The filed case.
        case_number: Reference,
        /// The notice to assist in freezing.
        document: Reference,
    }
}

impl From<Freeze> for stop_payment::Freeze {
    fn from(wire: Freeze) -> Self {
        Self { case_number: wire.case_number.into(), document: wire.document.into() }
    }
}

/// One order to stop one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StopPayment {
    id: MeasureId,
    incident_id: IncidentId,
    created_at: Time,
    /// Silence of the bank is `submitted`; only its answer moves an order on.
    status: StopPaymentStatus,
    /// The facts a `draft` still lacks.
    missing: Vec<StopPaymentFact>,
    /// The call it came from.
    call_id: Option<CallId>,
    /// The order whose money moved on to this account.
    parent_id: Option<MeasureId>,
    /// The mismatched order that this one corrects.
    corrects_id: Option<MeasureId>,
    /// How many accounts the money passed before this one.
    hop: u8,
    /// 1, or 2 after a renewal.
    round: u8,
    /// What the bank is told.
    transfer: Transfer,
    /// How much the victim paid in.
    claimed: Option<Money>,
    /// In the account before the stop, where the bank told.
    balance: Option<Sum>,
    /// What can no longer leave.
    held: Option<Sum>,
    /// When the facts were complete and the order was due to leave.
    submitted_at: Option<Time>,
    /// By the bank's clock.
    stopped_at: Option<Time>,
    /// 48 hours after that.
    expires_at: Option<Time>,
    /// The bank's 24-hour number, for whoever must phone it.
    bank_phone: Option<PhoneNumber>,
}

/// A bank or payment institution as far as an order needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bank {
    /// Its 24-hour number, where one is configured.
    pub phone: Option<domain::person::PhoneNumber>,
}

impl StopPayment {
    /// `bank` finds a bank we can reach.
    #[must_use]
    pub fn of(order: &stop_payment::StopPayment, bank: impl Fn(&BankCode) -> Option<Bank>) -> Self {
        let hold = order.hold();
        let missing = match order.state {
            stop_payment::State::Draft => order.missing(|code| bank(code).is_some()),
            _ => Vec::new(),
        };
        let code = order.transfer.payee.as_ref().and_then(|payee| payee.bank_code.as_ref());
        Self {
            id: Text(order.id),
            incident_id: Text(order.incident_id),
            created_at: Text(order.created_at),
            status: Text(order.status()),
            missing: missing.into_iter().map(Text).collect(),
            call_id: order.origin.map(|(call, _)| Text(call)),
            parent_id: order.parent_id.map(Text),
            corrects_id: order.corrects_id.map(Text),
            hop: order.hop,
            round: order.round,
            transfer: (&order.transfer).into(),
            claimed: order.transfer.amount.map(Into::into),
            balance: hold.and_then(|hold| hold.balance).map(Into::into),
            held: hold.map(|hold| hold.held.into()),
            submitted_at: order.submitted_at.map(Text),
            stopped_at: hold.map(|hold| Text(hold.stopped_at)),
            expires_at: hold.map(|hold| Text(hold.expires_at())),
            bank_phone: code.and_then(&bank).and_then(|bank| bank.phone).map(Text),
        }
    }
}

/// One order with its place in the chain and every try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StopPaymentDetail {
    /// The order itself.
    #[serde(flatten)]
    pub order: StopPayment,
    /// The order whose money moved on to this account.
    pub parent: Option<StopPayment>,
    /// Where the money went from here.
    pub children: Vec<StopPayment>,
    /// Every try to reach the bank, oldest first.
    pub attempts: Vec<Attempt>,
}

/// One try to reach the bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Attempt {
    /// Its id.
    pub id: AttemptId,
    /// When it left.
    pub created_at: Time,
    /// What the bank was asked.
    pub request: AttemptRequest,
    /// What came of it; null while it is under way.
    pub result: Option<AttemptResult>,
    /// When that was known.
    pub ended_at: Option<Time>,
    /// Why, for a person.
    pub detail: Option<String>,
}
