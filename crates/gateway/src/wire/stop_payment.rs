//! Orders to stop an account.

use domain::account::BankCode;
use domain::stop_payment;
use interception::look_up::{self, Recorded, WholeStopPayment};
use serde::Serialize;
use utoipa::ToSchema;

use super::money::{Money, Sum};
use super::spelled::{
    AttemptId, AttemptRequest, AttemptResult, AttemptRoute, CallId, IncidentId, MeasureId, Note, PhoneNumber,
    Reference, StopPaymentFact, StopPaymentStatus, Time,
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
    /// When the bank's first answer was stored.
    answered_at: Option<Time>,
    /// The four digits of the bank's last answer.
    result_code: Option<String>,
    /// The bank's words with it.
    remark: Option<String>,
    /// By the bank's clock.
    stopped_at: Option<Time>,
    /// 48 hours after that.
    expires_at: Option<Time>,
    /// The paper that made it a freeze.
    freeze: Option<Frozen>,
    /// Why it was, or is to be, released.
    release_reason: Option<String>,
    /// The bank's 24-hour number, for whoever must phone it.
    bank_phone: Option<PhoneNumber>,
}

/// The paper of a freeze.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Frozen {
    case_number: String,
    document: String,
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
    pub fn of(recorded: &Recorded, bank: impl Fn(&BankCode) -> Option<Bank>) -> Self {
        let order = &recorded.order;
        let hold = order.hold();
        let missing = match order.status() {
            stop_payment::Status::Draft => order.missing(|code| bank(code).is_some()),
            _ => Vec::new(),
        };
        let freeze = match &order.state {
            stop_payment::State::Frozen(_, freeze) => Some(freeze),
            _ => None,
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
            balance: recorded.balance.map(Into::into),
            held: hold.map(|hold| hold.held.into()),
            submitted_at: order.submitted_at.map(Text),
            answered_at: recorded.answered_at.map(Text),
            result_code: recorded.result_code.clone(),
            remark: recorded.remark.clone(),
            stopped_at: hold.map(|hold| Text(hold.stopped_at)),
            expires_at: hold.map(|hold| Text(hold.expires_at())),
            freeze: freeze.map(|freeze| Frozen {
                case_number: freeze.case_number.clone(),
                document: freeze.document.clone(),
            }),
            release_reason: recorded.release_reason.clone(),
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
    /// The order that corrects this mismatched one.
    pub corrected_by_id: Option<MeasureId>,
    /// Every try to reach the bank, oldest first.
    pub attempts: Vec<Attempt>,
}

impl StopPaymentDetail {
    /// `bank` finds a bank we can reach.
    #[must_use]
    pub fn of(whole: WholeStopPayment, bank: impl Fn(&BankCode) -> Option<Bank>) -> Self {
        let order = |recorded: &Recorded| StopPayment::of(recorded, &bank);
        Self {
            order: order(&whole.recorded),
            parent: whole.parent.as_ref().map(order),
            children: whole.children.iter().map(order).collect(),
            corrected_by_id: whole.corrected_by.map(Text),
            attempts: whole.attempts.into_iter().map(Into::into).collect(),
        }
    }
}

/// One try to reach the bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Attempt {
    /// Its id.
    id: AttemptId,
    /// When it left.
    created_at: Time,
    /// What the bank was asked.
    request: AttemptRequest,
    /// By which of its two ways.
    route: Option<AttemptRoute>,
    /// What came of it; null while it is under way.
    result: Option<AttemptResult>,
    /// When that was known.
    ended_at: Option<Time>,
    /// Why, for a person.
    detail: Option<String>,
}

impl From<look_up::Attempt> for Attempt {
    fn from(attempt: look_up::Attempt) -> Self {
        let (ended_at, result, detail) = match attempt.ended {
            Some((at, result, detail)) => (Some(at), Some(result), detail),
            None => (None, None, None),
        };
        Self {
            id: Text(attempt.id),
            created_at: Text(attempt.started_at),
            request: Text(attempt.request),
            route: attempt.route.map(Text),
            result: result.map(Text),
            ended_at: ended_at.map(Text),
            detail,
        }
    }
}
