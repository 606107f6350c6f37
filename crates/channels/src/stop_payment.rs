//! Telling a bank or payment institution to stop an account (紧急止付), and hearing what it did.

pub mod bank_webhook;
pub mod iso20022;

use domain::account::Adapter;
use domain::clock::Instant;
use domain::id::MeasureId;
use domain::stop_payment::{BankAnswer, Freeze, StopOrder};

use crate::{Caller, Endpoint, Told};

/// Why a bank with this adapter cannot be asked something at all; `None` where it can. Then a person must phone it.
#[must_use]
pub fn cannot_say(adapter: Adapter, ask: &Ask, order: &StopOrder) -> Option<&'static str> {
    match adapter {
        Adapter::Webhook => None,
        Adapter::Iso20022 => iso20022::cannot_say(ask, order),
    }
}

/// Sends one request that [`cannot_say`] has nothing against.
pub async fn request(
    adapter: Adapter,
    caller: &Caller,
    endpoint: &Endpoint,
    request: &StopRequest,
    now: Instant,
) -> Told<BankAnswer> {
    match adapter {
        Adapter::Webhook => bank_webhook::request(caller, endpoint, request, now).await,
        Adapter::Iso20022 => iso20022::request(caller, endpoint, request, now).await,
    }
}

/// What a bank is asked about one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopRequest {
    /// The same on every try of the same request, so that the bank does it once.
    pub message_id: String,
    /// When the request was decided; the same on every try.
    pub asked_at: Instant,
    /// What is wanted.
    pub ask: Ask,
    /// The order it is about.
    pub order: StopOrder,
    /// Who answers for it.
    pub requested_by: RequestedBy,
}

/// What is wanted of the bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Stop the account.
    Stop,
    /// What became of the order?
    Status,
    /// A second 48 hours: the round after the order's.
    Renew,
    /// Let go.
    Release {
        /// Why.
        reason: String,
    },
    /// Turn the stop into the freeze of a filed case.
    Freeze(Freeze),
    /// Freeze for a further term, by a further notice.
    ExtendFreeze(Freeze),
    /// End the freeze, by the notice that lifts it.
    LiftFreeze {
        /// The case, and that notice.
        notice: Freeze,
        /// Why.
        reason: String,
    },
    /// Nothing: the stop or the freeze has ended by itself, and the bank is told that we count on it no more.
    Expired,
}

/// The police officer and organisation a bank must be able to name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestedBy {
    /// Who ordered it.
    pub operator: String,
    /// Of which organisation: its twelve-digit code.
    pub organisation: String,
}

/// A bank's answer with the order it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankResult {
    /// The order.
    pub order_id: MeasureId,
    /// The answer.
    pub answer: BankAnswer,
}

/// What a bank said about an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BankSaid {
    /// Its answer.
    Result(BankResult),
    /// It has the order and has not decided: as good as silence.
    Pending(MeasureId),
}

impl BankSaid {
    /// The order it is about.
    #[must_use]
    pub fn order_id(&self) -> MeasureId {
        match self {
            Self::Result(result) => result.order_id,
            Self::Pending(order_id) => *order_id,
        }
    }
}
