//! The bank's books: it judges an order, makes the stop, and remembers both.

use std::collections::HashMap;

use axum::http::StatusCode;
use chrono::TimeDelta;
use domain::account::AccountNumber;
use domain::clock::Instant;
use domain::money::Fen;
use domain::person::PersonName;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::requests::{self, Facts, LaterRequest, StopRequest};
use super::{BankAccount, Hold, Onward, Received, Standing, StopOrder};
use crate::party::{Answer, Books, Delivery};

/// How long a stop lasts, from the moment it is made (银发〔2016〕86号).
const STOP_TERM: TimeDelta = TimeDelta::hours(48);
/// How often one account may be stopped (银发〔2016〕86号).
const ROUNDS_MAX: u8 = 2;
/// How far a caller's memory of the time may lie from the bank's record.
const TIME_TOLERANCE: TimeDelta = TimeDelta::hours(1);
/// Who holds an account that an order found by one payment alone.
const UNNAMED: &str = "未具名";

#[derive(Default)]
pub(super) struct Ledger {
    /// Whether an account nobody opened is one it has, as an order tells it.
    pub(super) knows_every_account: bool,
    accounts: HashMap<AccountNumber, Kept>,
    orders: Vec<StopOrder>,
    requests: HashMap<String, usize>,
    /// The answers to what is done about an order later, by (webhook id, type): a replayed id has no
    /// second effect. A stop is known by its order.
    answers: HashMap<(String, String), Value>,
}

/// An account and what became of it.
struct Kept {
    account: BankAccount,
    moved_on: Vec<Onward>,
    /// Stops made, whoever ordered them.
    rounds: u8,
}

impl Books for Ledger {
    fn note(&mut self, request: &Delivery) {
        if let Some(order_id) = request.data["order_id"].as_str() {
            *self.requests.entry(order_id.to_owned()).or_default() += 1;
        }
    }

    fn carry_out(&mut self, request: &Delivery, now: Instant) -> Result<Answer, StatusCode> {
        if request.kind == "stop_payment.status_requested" {
            let asked: LaterRequest = read(&request.data)?;
            let result = self.result(&asked.order_id, now);
            return result.map(Answer::from).ok_or(StatusCode::NOT_FOUND);
        }
        if request.kind == "stop_payment.requested" {
            return Ok(self.stop(&read(&request.data)?, now).into());
        }
        let replayed = (request.id.clone(), request.kind.clone());
        if let Some(answer) = self.answers.get(&replayed) {
            return Ok(answer.clone().into());
        }
        let answer = match request.kind.as_str() {
            "stop_payment.renewal_requested" => self.act_on(&read(&request.data)?, now, renew)?,
            "stop_payment.release_requested" => self.act_on(&read(&request.data)?, now, release)?,
            "stop_payment.freeze_requested" => self.act_on(&read(&request.data)?, now, freeze)?,
            "stop_payment.freeze_extension_requested" => {
                self.act_on(&read(&request.data)?, now, extend_freeze)?
            }
            "stop_payment.freeze_release_requested" => {
                self.act_on(&read(&request.data)?, now, lift_freeze)?
            }
            "stop_payment.expired" => self.act_on(&read(&request.data)?, now, end)?,
            _ => return Err(StatusCode::UNPROCESSABLE_ENTITY),
        };
        self.answers.insert(replayed, answer.clone());
        Ok(answer.into())
    }
}

fn read<T: DeserializeOwned>(data: &Value) -> Result<T, StatusCode> {
    T::deserialize(data).map_err(|_| StatusCode::UNPROCESSABLE_ENTITY)
}

impl Ledger {
    pub(super) fn open_account(&mut self, account: BankAccount) {
        let rounds = self.accounts.get(&account.number).map_or(0, |kept| kept.rounds);
        let number = account.number.clone();
        let moved_on = Vec::new();
        self.accounts.insert(number, Kept { account, moved_on, rounds });
    }

    fn open_account_of(&mut self, request: &StopRequest) {
        if let Some(facts) = request.facts()
            && let Some(holder) = facts.holder.or_else(|| PersonName::parse(UNNAMED).ok())
        {
            self.open_account(BankAccount {
                number: request.number().clone(),
                holder,
                balance: facts.amount,
                whitelisted: false,
                received: vec![],
                onward: vec![],
            });
        }
    }

    pub(super) fn orders(&self) -> &[StopOrder] {
        &self.orders
    }

    pub(super) fn order(&self, order_id: &str) -> Option<&StopOrder> {
        self.orders.iter().find(|order| order.order_id == order_id)
    }

    pub(super) fn requests_seen(&self, order_id: &str) -> usize {
        self.requests.get(order_id).copied().unwrap_or_default()
    }

    pub(super) fn orders_asked_about(&self) -> usize {
        self.requests.len()
    }

    pub(super) fn balance(&mut self, number: &AccountNumber, now: Instant) -> Option<Fen> {
        self.settle(number, now);
        self.accounts.get(number).map(|kept| kept.account.balance)
    }

    /// What became of an order, or `None` where it never came.
    pub(super) fn result(&self, order_id: &str, now: Instant) -> Option<Value> {
        self.order(order_id).map(|order| self.result_of(order, now))
    }

    fn result_of(&self, order: &StopOrder, now: Instant) -> Value {
        requests::result(order, order.result_code, self.onward_of(order), now)
    }

    /// Where the money went that an order asked for and did not catch.
    fn onward_of(&self, order: &StopOrder) -> &[Onward] {
        match (&order.hold, self.accounts.get(&order.number)) {
            (Some(hold), Some(kept)) if hold.held < order.claimed => &kept.moved_on,
            _ => &[],
        }
    }

    fn stop(&mut self, request: &StopRequest, now: Instant) -> Value {
        let known = self.orders.iter().position(|order| order.order_id == request.order_id);
        match known {
            None => {
                let order = self.judge(request, now);
                self.orders.push(order);
                self.result_of(&self.orders[self.orders.len() - 1], now)
            }
            // an order that failed for its facts may come back corrected
            Some(place) if is_correctable(self.orders[place].result_code) => {
                self.orders[place] = self.judge(request, now);
                self.result_of(&self.orders[place], now)
            }
            Some(place) => self.result_of(&self.orders[place], now),
        }
    }

    fn judge(&mut self, request: &StopRequest, now: Instant) -> StopOrder {
        if self.knows_every_account && !self.accounts.contains_key(request.number()) {
            self.open_account_of(request);
        }
        self.settle(request.number(), now);
        let objection = self.objection(request, now);
        let mut order = StopOrder {
            order_id: request.order_id.clone(),
            number: request.number().clone(),
            claimed: request.claimed(),
            balance: Fen::ZERO,
            result_code: objection.unwrap_or("0000"),
            executed: 0,
            hold: None,
        };
        if let (None, Some(kept)) = (objection, self.accounts.get_mut(&order.number)) {
            kept.rounds += 1;
            order.balance = kept.account.balance;
            let held = order.balance.min(order.claimed);
            if held < order.claimed {
                order.result_code = "1200";
            }
            order.executed += 1;
            order.hold = Some(Hold {
                held,
                stopped_at: now,
                round: 1,
                standing: Standing::Stopped { until: now + STOP_TERM },
            });
        }
        order
    }

    /// Why the bank must not stop this account, as its four digits.
    fn objection(&self, request: &StopRequest, now: Instant) -> Option<&'static str> {
        let Some(facts) = request.facts() else {
            return Some("0500");
        };
        let Some(kept) = self.accounts.get(request.number()) else {
            return Some("0300");
        };
        if kept.account.whitelisted {
            return Some("0302");
        }
        let other = facts.holder.as_ref().is_some_and(|holder| *holder != kept.account.holder);
        if other || !is_recorded(&kept.account.received, &facts) {
            return Some("0301");
        }
        match self.standing_hold(request.number(), now).map(|hold| hold.standing) {
            Some(Standing::Frozen) => Some("1303"),
            Some(Standing::Stopped { .. } | Standing::Released { .. }) => Some("1301"),
            None if kept.rounds >= ROUNDS_MAX => Some("1304"),
            None => None,
        }
    }

    fn standing_hold(&self, number: &AccountNumber, now: Instant) -> Option<&Hold> {
        let on_account = self.orders.iter().filter(|order| order.number == *number);
        on_account.filter_map(|order| order.hold.as_ref()).find(|hold| hold.stands(now))
    }

    /// Lets the mule move what it had time to move; a standing stop keeps the rest where it is.
    fn settle(&mut self, number: &AccountNumber, now: Instant) {
        if self.standing_hold(number, now).is_some() {
            return;
        }
        let Some(kept) = self.accounts.get_mut(number) else {
            return;
        };
        for step in kept.account.onward.extract_if(.., |step| step.at <= now) {
            if step.amount <= kept.account.balance {
                kept.account.balance = kept.account.balance.saturating_sub(step.amount);
                kept.moved_on.push(step);
            }
        }
    }

    fn act_on(&mut self, request: &LaterRequest, now: Instant, act: Act) -> Result<Value, StatusCode> {
        let order = self
            .orders
            .iter_mut()
            .find(|order| order.order_id == request.order_id)
            .ok_or(StatusCode::NOT_FOUND)?;
        let code = match (&mut order.hold, self.accounts.get_mut(&order.number)) {
            (Some(hold), Some(kept)) => act(hold, kept, request, now),
            (None, _) | (_, None) => "0400",
        };
        Ok(requests::result(order, code, &[], now))
    }
}

/// What is done to a stop that was made; answers with the four digits.
type Act = fn(&mut Hold, &mut Kept, &LaterRequest, Instant) -> &'static str;

fn renew(hold: &mut Hold, kept: &mut Kept, request: &LaterRequest, now: Instant) -> &'static str {
    if hold.standing == Standing::Frozen {
        return "1303";
    }
    if !hold.stands(now) {
        return "1800";
    }
    if request.round == Some(hold.round) {
        // asked for again: this round has begun
        return "0000";
    }
    if kept.rounds >= ROUNDS_MAX {
        return "1304";
    }
    kept.rounds += 1;
    hold.round += 1;
    hold.stopped_at = now;
    hold.standing = Standing::Stopped { until: now + STOP_TERM };
    "0000"
}

fn release(hold: &mut Hold, _: &mut Kept, _: &LaterRequest, now: Instant) -> &'static str {
    if matches!(hold.standing, Standing::Released { .. }) {
        return "0000";
    }
    if !hold.stands(now) {
        return "1900";
    }
    hold.standing = Standing::Released { at: now };
    "0000"
}

/// We count on the stop no more; by the bank's own clock it is over, too. A freeze ends when its end is told.
fn end(hold: &mut Hold, _: &mut Kept, _: &LaterRequest, now: Instant) -> &'static str {
    if hold.standing == Standing::Frozen {
        hold.standing = Standing::Released { at: now };
    }
    "0000"
}

/// A freeze needs a filed case (公安机关办理刑事案件程序规定, articles 174 and 239).
fn freeze(hold: &mut Hold, kept: &mut Kept, request: &LaterRequest, now: Instant) -> &'static str {
    if request.case_number.is_none() {
        return "0600";
    }
    if !hold.stands(now) {
        hold.held = hold.held.min(kept.account.balance);
    }
    hold.standing = Standing::Frozen;
    "0000"
}

/// A freeze lasts on by a further notice (the same rules, article 240).
fn extend_freeze(hold: &mut Hold, _: &mut Kept, request: &LaterRequest, _: Instant) -> &'static str {
    match (&request.document, hold.standing) {
        (None, _) => "0600",
        (Some(_), Standing::Frozen) => "0000",
        (Some(_), Standing::Stopped { .. } | Standing::Released { .. }) => "1800",
    }
}

/// A freeze is lifted by a notice (the same rules, article 241).
fn lift_freeze(hold: &mut Hold, _: &mut Kept, request: &LaterRequest, now: Instant) -> &'static str {
    match (&request.document, hold.standing) {
        (None, _) => "0600",
        (Some(_), Standing::Frozen) => {
            hold.standing = Standing::Released { at: now };
            "0000"
        }
        (Some(_), Standing::Released { .. }) => "0000",
        (Some(_), Standing::Stopped { .. }) => "1900",
    }
}

/// Whether the bank's own record has the transfer the order speaks of.
fn is_recorded(received: &[Received], facts: &Facts) -> bool {
    let close = |at: Instant| (at - facts.transferred_at).abs() <= TIME_TOLERANCE;
    received.is_empty() || received.iter().any(|entry| entry.amount == facts.amount && close(entry.at))
}

fn is_correctable(code: &str) -> bool {
    matches!(code, "0300" | "0301" | "0500")
}
