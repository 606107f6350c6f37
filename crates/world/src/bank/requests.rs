//! What the bank reads of a request and writes in a result.

use chrono::{DateTime, FixedOffset};
use domain::account::{AccountKind, AccountNumber};
use domain::clock::Instant;
use domain::money::Fen;
use domain::person::PersonName;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Hold, Onward, Standing, StopOrder};
use crate::wire::{self, Money};

/// The data of `stop_payment.requested`. A fact the bank must check may be missing: that is an answer,
/// not an error.
#[derive(Debug, Deserialize)]
pub(super) struct StopRequest {
    pub(super) order_id: String,
    account: RequestedAccount,
    amount: Option<Money>,
    hold_at_most: Option<Money>,
    transferred_at: Option<DateTime<FixedOffset>>,
}

#[derive(Debug, Deserialize)]
struct RequestedAccount {
    kind: AccountKind,
    number: AccountNumber,
    holder: Option<PersonName>,
}

/// The facts a bank checks besides the number (银发〔2016〕86号: account name, number, amount, time).
#[derive(Debug)]
pub(super) struct Facts {
    /// Not told with an order number or a receipt's serial: those are one payment's.
    pub(super) holder: Option<PersonName>,
    pub(super) amount: Fen,
    pub(super) transferred_at: Instant,
}

impl StopRequest {
    pub(super) fn number(&self) -> &AccountNumber {
        &self.account.number
    }

    /// What is claimed; nothing where the amount is missing or unreadable.
    pub(super) fn claimed(&self) -> Fen {
        let amount = self.amount.as_ref().and_then(Money::fen).unwrap_or_default();
        self.hold_at_most.as_ref().and_then(Money::fen).map_or(amount, |most| most.min(amount))
    }

    /// The facts, or `None` where one is missing.
    pub(super) fn facts(&self) -> Option<Facts> {
        let holder = self.account.holder.clone();
        if holder.is_none() && !self.account.kind.names_a_payment() {
            return None;
        }
        Some(Facts {
            holder,
            amount: self.amount.as_ref()?.fen()?,
            transferred_at: self.transferred_at?.to_utc(),
        })
    }
}

/// The data of every later request about an order.
#[derive(Debug, Deserialize)]
pub(super) struct LaterRequest {
    pub(super) order_id: String,
    /// Which round a renewal asks for.
    pub(super) round: Option<u8>,
    /// The filed case a freeze rests on.
    pub(super) case_number: Option<String>,
    /// The notice by which a freeze is made, extended or lifted.
    pub(super) document: Option<String>,
}

/// `stop_payment.result`
pub(super) fn result(order: &StopOrder, code: &str, onward: &[Onward], now: Instant) -> Value {
    let hold = order.hold.as_ref();
    let held = |hold: &Hold| if hold.stands(now) { hold.held } else { Fen::ZERO };
    let expires_at = hold.and_then(|hold| match hold.standing {
        Standing::Stopped { until } => Some(until),
        Standing::Frozen => None,
        Standing::Released { at } => Some(at),
    });
    let data = json!({
        "order_id": order.order_id,
        "result_code": code,
        "balance": hold.map(|_| wire::money(order.balance)),
        "held": hold.map(held).map(wire::money),
        "stopped_at": hold.map(|hold| wire::moment(hold.stopped_at)),
        "expires_at": expires_at.map(wire::moment),
        "remark": remark(code),
        "onward": onward.iter().map(onward_step).collect::<Vec<_>>(),
    });
    wire::event("stop_payment.result", now, data)
}

fn onward_step(step: &Onward) -> Value {
    json!({
        "account": wire::account(&step.to),
        "amount": wire::money(step.amount),
        "transferred_at": wire::moment(step.at),
        "reference": step.reference,
    })
}

/// What a clerk would add to the four digits (business result codes seen in public code of 2016).
fn remark(code: &str) -> Option<&'static str> {
    match code {
        "0300" => Some("账户不存在"),
        "0301" => Some("户名、账号、金额或时间不符"),
        "0302" => Some("白名单账户"),
        "0400" => Some("未找到原止付记录"),
        "0500" => Some("必填项缺失"),
        "0600" => Some("缺少法律文书"),
        "1200" => Some("已限额止付，余额不足"),
        "1301" => Some("该账户已被止付"),
        "1303" => Some("该账户已被冻结"),
        "1304" => Some("止付次数超限"),
        "1800" => Some("止付已到期，延期失败"),
        "1900" => Some("止付已到期，解除失败"),
        _ => None,
    }
}
