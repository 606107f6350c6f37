//! The wire form of orders to a bank and of its results.

use domain::account::{Account, AccountNumber, BankCode};
use domain::bank_statement::{MAX_TRANSACTIONS, Transaction};
use domain::id::{IncidentId, MeasureId};
use domain::money::Fen;
use domain::person::PersonName;
use domain::stop_payment::{BankAnswer, FreezeTerms, Onward, ResultCode, StopOrder};
use domain::text::{NOTE_MAX_CHARS, REFERENCE_MAX_CHARS};
use serde::Serialize;

use crate::event::{Event, Money, WireAccount, moment};
use crate::form::{self, Field, Form, Malformed, measure_id, text, word};
use crate::stop_payment::{Ask, BankResult, StopRequest};

const RESULT: &str = "stop_payment.result";
/// Without a result code a response is no answer.
pub(super) const DECISIVE: &str = "result_code";
/// The most transfers one result may name.
const MAX_ONWARD: usize = 50;

#[derive(Serialize)]
pub(super) struct OrderData<'a> {
    order_id: MeasureId,
    incident_id: IncidentId,
    case_number: Option<&'a str>,
    round: u8,
    hop: u8,
    urgency: &'static str,
    account: WireAccount<'a>,
    amount: Money,
    #[serde(skip_serializing_if = "Option::is_none")]
    hold_at_most: Option<Money>,
    transferred_at: String,
    payer: Option<WireAccount<'a>>,
    requested_by: Requester<'a>,
    reply_to: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    terms: Option<Terms<'a>>,
}

/// What the notice states beside the account, as far as it was written down.
#[derive(Serialize)]
struct Terms<'a> {
    approved_by: Option<&'a str>,
    amount: Option<Money>,
    term_months: Option<u8>,
    scope: Option<&'a str>,
    includes_yield: Option<bool>,
}

impl<'a> Terms<'a> {
    fn of(terms: &'a FreezeTerms) -> Option<Self> {
        (*terms != FreezeTerms::default()).then(|| Self {
            approved_by: terms.approved_by.as_deref(),
            amount: terms.amount.map(Into::into),
            term_months: terms.term_months,
            scope: terms.scope.as_deref(),
            includes_yield: terms.includes_yield,
        })
    }
}

#[derive(Serialize)]
struct Requester<'a> {
    operator: &'a str,
    organisation: &'a str,
}

pub(super) fn event(request: &StopRequest) -> Event<OrderData<'_>> {
    let (kind, reason, freeze) = match &request.ask {
        Ask::Stop => ("stop_payment.requested", None, None),
        Ask::Status => ("stop_payment.status_requested", None, None),
        Ask::Renew => ("stop_payment.renewal_requested", None, None),
        Ask::Release { reason } => ("stop_payment.release_requested", Some(reason.as_str()), None),
        Ask::Freeze(freeze) => ("stop_payment.freeze_requested", None, Some(freeze)),
        Ask::ExtendFreeze(freeze) => ("stop_payment.freeze_extension_requested", None, Some(freeze)),
        Ask::LiftFreeze { notice, reason } => {
            ("stop_payment.freeze_release_requested", Some(reason.as_str()), Some(notice))
        }
        Ask::Expired => ("stop_payment.expired", None, None),
    };
    let order = &request.order;
    // A renewal names the round it asks for, so that hearing it twice renews once.
    let round = match request.ask {
        Ask::Renew => order.round.saturating_add(1),
        Ask::Stop
        | Ask::Status
        | Ask::Release { .. }
        | Ask::Freeze(_)
        | Ask::ExtendFreeze(_)
        | Ask::LiftFreeze { .. }
        | Ask::Expired => order.round,
    };
    Event {
        kind,
        timestamp: moment(request.asked_at),
        data: OrderData {
            order_id: order.order_id,
            incident_id: order.incident_id,
            case_number: freeze.map(|freeze| freeze.case_number.as_str()),
            round,
            hop: order.hop,
            // every stop is a race
            urgency: "urgent",
            account: account_to_stop(order),
            amount: order.amount.into(),
            // of a next hop's transfer only a part may be the victim's
            hold_at_most: order.claim.map(Into::into),
            transferred_at: moment(order.transferred_at),
            payer: order.payer.as_ref().map(WireAccount::from),
            requested_by: Requester {
                operator: &request.requested_by.operator,
                organisation: &request.requested_by.organisation,
            },
            reply_to: format!("/v1/webhooks/banks/{}", order.bank_code),
            reason,
            document: freeze.map(|freeze| freeze.document.as_str()),
            terms: freeze.and_then(|freeze| Terms::of(&freeze.terms)),
        },
    }
}

fn account_to_stop(order: &StopOrder) -> WireAccount<'_> {
    WireAccount {
        kind: order.kind,
        number: Some(order.number.reveal()),
        holder: order.holder.as_ref().map(PersonName::reveal),
        bank_code: Some(order.bank_code.as_str()),
    }
}

pub(super) fn read_result(body: &[u8]) -> Result<BankResult, Malformed> {
    form::read(body, |form, event| {
        let data = form.data_of(event, RESULT);
        let order_id = form.required(&data.get("order_id"), measure_id);
        let result_code = form.required(&data.get(DECISIVE), text(ResultCode::parse));
        let balance = form.money(&data.get("balance"));
        let held = form.money(&data.get("held"));
        let stopped_at = form.optional(&data.get("stopped_at"), form::moment);
        // Checked and let go: the rules say when a stop ends, 48 hours from `stopped_at`.
        form.optional(&data.get("expires_at"), form::moment);
        let remark = form.free_text(&data.get("remark"), NOTE_MAX_CHARS);
        let places = form.list(&data.get("onward"), MAX_ONWARD);
        let onward = places.iter().filter_map(|place| read_onward(form, place)).collect();
        let lines = form.list(&data.get("transactions"), MAX_TRANSACTIONS);
        let transactions = lines.iter().filter_map(|line| read_transaction(form, line)).collect();
        Some(BankResult {
            order_id: order_id?,
            answer: BankAnswer {
                result_code: result_code?,
                balance,
                held,
                stopped_at,
                remark,
                onward,
                transactions,
            },
        })
    })
}

fn read_onward(form: &mut Form, transfer: &Field<'_>) -> Option<Onward> {
    form.object(transfer);
    let account = read_account(form, &transfer.get("account"));
    // The next order claims this amount, and nothing cannot be claimed: zero is as good as untold.
    let amount = form.money(&transfer.get("amount")).filter(|amount| *amount > Fen::ZERO);
    let transferred_at = form.optional(&transfer.get("transferred_at"), form::moment);
    let reference = form.free_text(&transfer.get("reference"), REFERENCE_MAX_CHARS);
    Some(Onward { account: account?, amount, transferred_at, reference })
}

/// As the desk enters it: `direction`, `counterparty`, `amount`, `at`, `reference`.
fn read_transaction(form: &mut Form, line: &Field<'_>) -> Option<Transaction> {
    form.object(line);
    let direction = form.required(&line.get("direction"), word);
    let counterparty = read_account(form, &line.get("counterparty"));
    let amount = form.required_money(&line.get("amount"));
    let at = form.required(&line.get("at"), form::moment);
    let reference = form.free_text(&line.get("reference"), REFERENCE_MAX_CHARS);
    Some(Transaction {
        direction: direction?,
        counterparty: counterparty?,
        amount: amount?,
        at: at?,
        reference,
    })
}

fn read_account(form: &mut Form, account: &Field<'_>) -> Option<Account> {
    form.object(account);
    let kind = form.required(&account.get("kind"), word);
    let number = form.optional(&account.get("number"), text(AccountNumber::parse));
    let holder = form.optional(&account.get("holder"), text(PersonName::parse));
    let bank_code = form.optional(&account.get("bank_code"), text(BankCode::parse));
    Some(Account { kind: kind?, number, holder, bank_code })
}
