//! Orders to stop an account.

use domain::account::BankCode;
use domain::stop_payment;
use domain::stop_payment::ResultCodes;
use interception::look_up::{self, KeptAnswer, Recorded, WholeStopPayment};
use serde::Serialize;
use utoipa::ToSchema;

use super::money::{Money, Sum};
use super::spelled::{
    AnswerEffect, AttemptId, AttemptRequest, AttemptResult, AttemptRoute, CallId, IncidentId, MeasureId,
    PhoneNumber, ResultClass, StopPaymentFact, StopPaymentStatus, Time,
};
use super::text::Text;
use super::transfer::Transfer;

mod papers;

pub use papers::{Extension, Freeze, Frozen, Release, Returned};

/// Where the disputed money is. The figures always add up: `claimed + over_held = caught + escaped + open` and
/// `caught = held + frozen + returned + released + expired`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StopPaymentSums {
    /// What the victim paid in.
    claimed: Sum,
    /// What the bank caught, whatever became of it.
    caught: Sum,
    /// Caught beyond the claim.
    over_held: Sum,
    /// Had left before the stop.
    escaped: Sum,
    /// Nothing is caught, and nobody said that it has left.
    open: Sum,
    /// Stopped at this moment.
    held: Sum,
    /// Frozen, and not given back yet.
    frozen: Sum,
    /// Given back to the victim.
    returned: Sum,
    /// Let go by two persons, or left out of the freeze that took the stop's place.
    released: Sum,
    /// Let go by the end of the stop or of the freeze.
    expired: Sum,
}

impl From<stop_payment::Sums> for StopPaymentSums {
    fn from(sums: stop_payment::Sums) -> Self {
        Self {
            claimed: sums.claimed.into(),
            caught: sums.caught.into(),
            over_held: sums.over_held.into(),
            escaped: sums.escaped.into(),
            open: sums.open.into(),
            held: sums.held.into(),
            frozen: sums.frozen.into(),
            returned: sums.returned.into(),
            released: sums.released.into(),
            expired: sums.expired.into(),
        }
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
    /// The order whose place this one takes: a mismatched one, with its facts corrected, or one that another stop kept from
    /// the account until it was over.
    corrects_id: Option<MeasureId>,
    /// How many accounts the money passed before this one.
    hop: u8,
    /// 1, or 2 after a renewal.
    round: u8,
    /// What the bank is told.
    transfer: Transfer,
    /// What is to be held at most: what the victim paid in; of a next hop, what of that the transfer carries.
    claimed: Option<Money>,
    /// In the account before the stop, where the bank told.
    balance: Option<Sum>,
    /// What can no longer leave.
    held: Option<Sum>,
    /// Where the disputed money is, in figures that add up.
    sums: StopPaymentSums,
    /// The filled form to print, seal and fax, for a bank that does not answer.
    paper_form: String,
    /// When the facts were complete and the order was due to leave.
    submitted_at: Option<Time>,
    /// When the bank's first answer was stored.
    answered_at: Option<Time>,
    /// The four digits of the bank's last answer.
    result_code: Option<String>,
    /// What that code means in the bank's table; null where it is not listed: then a person asks the bank.
    result_says: Option<ResultSays>,
    /// The bank's words with it.
    remark: Option<String>,
    /// By the bank's clock.
    stopped_at: Option<Time>,
    /// 48 hours after that; of a freeze see `freeze.ends_at`.
    expires_at: Option<Time>,
    /// When somebody is told next that the stop ends: 24 h, 6 h, 2 h and 30 min before; that the freeze ends: 30 days,
    /// 7 days and 1 day before.
    next_alarm_at: Option<Time>,
    /// What the bank holds beyond the disputed sum.
    over_held: Option<Sum>,
    /// A transfer at a machine is booked only then; until then the victim can cancel it at their own bank, which
    /// comes before any stop.
    revocable_until: Option<Time>,
    /// The freeze that took the stop's place, also where it has ended.
    freeze: Option<Frozen>,
    /// Why it was, or is to be, released.
    release_reason: Option<String>,
    /// The bank's 24-hour number, for whoever must phone it.
    bank_phone: Option<PhoneNumber>,
    /// Everything real except the outside; never counted.
    drill: bool,
}

/// A bank or payment institution as far as an order needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bank<'a> {
    /// Its 24-hour number, where one is configured.
    pub phone: Option<domain::person::PhoneNumber>,
    /// The table it speaks by.
    pub codes: &'a ResultCodes,
}

/// What a result code means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ResultSays {
    /// What the order does with it.
    class: ResultClass,
    /// In the bank's language.
    zh: String,
    /// In English.
    en: String,
    /// What the desk does next.
    next: Option<String>,
}

impl From<stop_payment::Listed<stop_payment::Class>> for ResultSays {
    fn from(listed: stop_payment::Listed<stop_payment::Class>) -> Self {
        Self { class: Text(listed.class), zh: listed.zh, en: listed.en, next: listed.next }
    }
}

impl StopPayment {
    /// `bank` finds a bank we can reach; `drill` whether it is an order of a drill.
    #[must_use]
    pub fn of<'a>(recorded: &Recorded, drill: bool, bank: impl Fn(&BankCode) -> Option<Bank<'a>>) -> Self {
        let order = &recorded.order;
        let hold = order.hold();
        let missing = match order.status() {
            stop_payment::Status::Draft => order.missing(|code| bank(code).is_some()),
            _ => Vec::new(),
        };
        let code = order.transfer.payee.as_ref().and_then(|payee| payee.bank_code.as_ref());
        let its_bank = code.and_then(&bank);
        let says = recorded.result_code.as_deref().and_then(|code| its_bank.as_ref()?.codes.get(code));
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
            claimed: order.claimed().map(Into::into),
            balance: recorded.balance.map(Into::into),
            held: hold.map(|hold| hold.held.into()),
            sums: order.sums().into(),
            paper_form: format!("/v1/stop-payments/{}/form", order.id),
            submitted_at: order.submitted_at.map(Text),
            answered_at: recorded.answered_at.map(Text),
            result_code: recorded.result_code.clone(),
            result_says: says.map(Into::into),
            remark: recorded.remark.clone(),
            stopped_at: hold.map(|hold| Text(hold.stopped_at)),
            expires_at: hold.map(|hold| Text(hold.expires_at())),
            next_alarm_at: recorded.next_alarm_at.map(Text),
            over_held: order.over_held().map(Into::into),
            revocable_until: order.transfer.revocable_until().map(Text),
            freeze: recorded.freeze.as_ref().map(Into::into),
            release_reason: recorded.release_reason.clone(),
            bank_phone: its_bank.and_then(|bank| bank.phone).map(Text),
            drill,
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
    /// The order that took this one's place: with corrected facts, or because the stop that kept it away is over.
    pub corrected_by_id: Option<MeasureId>,
    /// Who keeps a `held_by_other` from the account, where it is one of ours: one hold, several claims. When that hold is
    /// over, the first claim takes the account over with an order of its own. Null with that status: an authority we do
    /// not know holds it, and a queued freeze is to be prepared.
    pub held_by: Option<OtherOrder>,
    /// Our orders that this one keeps from the account.
    pub also_claimed_by: Vec<OtherOrder>,
    /// Other incidents' orders for the same account, the first first.
    pub shared_with_ids: Vec<MeasureId>,
    /// Whether there is a further 48 hours for a stop that stands.
    pub renewable: bool,
    /// Why there is none.
    pub not_renewable_because: Option<String>,
    /// Every try to reach the bank, oldest first.
    pub attempts: Vec<Attempt>,
    /// Every answer of the bank, oldest first; the first explicit one stands.
    pub answers: Vec<Answer>,
}

/// An order to the same account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OtherOrder {
    stop_payment_id: MeasureId,
    incident_id: IncidentId,
    status: StopPaymentStatus,
}

impl From<&Recorded> for OtherOrder {
    fn from(recorded: &Recorded) -> Self {
        let order = &recorded.order;
        Self {
            stop_payment_id: Text(order.id),
            incident_id: Text(order.incident_id),
            status: Text(order.status()),
        }
    }
}

/// One answer of the bank, with what it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BankAnswer)]
pub struct Answer {
    /// When it was first heard.
    created_at: Time,
    /// When it was last heard, without another between.
    last_heard_at: Time,
    /// How often.
    times: u32,
    /// What the bank had been asked last.
    asked: AttemptRequest,
    /// Four digits.
    result_code: String,
    /// What it did to the order.
    effect: AnswerEffect,
    balance: Option<Sum>,
    held: Option<Sum>,
    stopped_at: Option<Time>,
    remark: Option<String>,
}

impl From<KeptAnswer> for Answer {
    fn from(kept: KeptAnswer) -> Self {
        Self {
            created_at: Text(kept.first_heard_at),
            last_heard_at: Text(kept.last_heard_at),
            times: kept.times,
            asked: Text(kept.asked),
            result_code: kept.result_code,
            effect: Text(kept.effect),
            balance: kept.balance.map(Into::into),
            held: kept.held.map(Into::into),
            stopped_at: kept.stopped_at.map(Text),
            remark: kept.remark,
        }
    }
}

impl StopPaymentDetail {
    /// `bank` finds a bank we can reach.
    #[must_use]
    pub fn of<'a>(whole: WholeStopPayment, bank: impl Fn(&BankCode) -> Option<Bank<'a>>) -> Self {
        let order = |recorded: &Recorded| StopPayment::of(recorded, whole.drill, &bank);
        let waits = |recorded: &Recorded| recorded.order.status() == stop_payment::Status::HeldByOther;
        let others = whole.same_account.iter();
        let kept_by = |other: &&Recorded| Some(other.order.id) == whole.recorded.held_by_id;
        let holder =
            others.clone().find(kept_by).or_else(|| others.clone().find(|other| other.order.holds()));
        let holder = holder.filter(|_| waits(&whole.recorded));
        let claims = others.filter(|other| whole.recorded.order.holds() && waits(other));
        let incident = whole.recorded.order.incident_id;
        let shared = whole.same_account.iter().rev().filter(|other| other.order.incident_id != incident);
        Self {
            order: order(&whole.recorded),
            parent: whole.parent.as_ref().map(order),
            children: whole.children.iter().map(order).collect(),
            corrected_by_id: whole.corrected_by.map(Text),
            held_by: holder.map(Into::into),
            also_claimed_by: claims.map(Into::into).collect(),
            answers: whole.answers.into_iter().map(Into::into).collect(),
            renewable: whole.not_renewable.is_none(),
            not_renewable_because: whole.not_renewable.map(|why| why.to_string()),
            shared_with_ids: shared.map(|other| Text(other.order.id)).collect(),
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
