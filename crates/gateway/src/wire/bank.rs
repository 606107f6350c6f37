//! Banks and how they answer.

use domain::account;
use domain::person::PhoneNumber as Phone;
use interception::look_up::BankAnswers;
use serde::Serialize;
use utoipa::ToSchema;

use super::spelled::{BankAdapter, BankCode, CircuitStatus, PhoneNumber, Time};
use super::text::Text;

/// A bank or payment institution.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Bank {
    code: BankCode,
    name: String,
    /// Answered day and night: for when the bank's system does not answer.
    phone: Option<PhoneNumber>,
    /// How it is spoken to.
    adapter: BankAdapter,
    /// Whether orders to it can leave; one for a bank that cannot be reached stays `draft`.
    reachable: bool,
    /// `open`: it has answered none of the last ten tries.
    circuit: CircuitStatus,
    /// Orders and questions that wait for it or for its answer.
    open_orders: u64,
    /// When an answer of its last changed an order.
    last_answer_at: Option<Time>,
    /// How fast it answered in the last hour; null where it answered nothing.
    answer: Option<AnswerTime>,
    /// Its other way, where it has one.
    second: Option<SecondRoute>,
}

/// A second way: after a set silence of the first the same order goes by it too, under the same id.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SecondRoute {
    /// How the bank is spoken to there.
    adapter: BankAdapter,
    /// How long the first way may be silent, in seconds.
    after_secs: u64,
    /// `open`: it has answered none of the last ten tries.
    circuit: CircuitStatus,
}

/// From an order's leaving to the bank's first answer to it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
#[schema(as = BankAnswerTime)]
pub struct AnswerTime {
    /// Half were faster, in seconds.
    p50_secs: f64,
    /// Nine in ten were faster, in seconds.
    p90_secs: f64,
}

impl Bank {
    /// A configured bank, and what the rows say of it.
    #[must_use]
    pub fn of(code: &account::BankCode, bank: &interception::Bank, answers: &BankAnswers) -> Self {
        let phone = bank.phone.as_deref().and_then(|phone| Phone::parse(phone).ok());
        let rows = &answers.rows;
        let time = rows.answer_p50_secs.zip(rows.answer_p90_secs);
        Self {
            code: Text(code.clone()),
            name: bank.name.clone(),
            phone: phone.map(Text),
            adapter: Text(bank.adapter),
            reachable: bank.reachable,
            circuit: Text(answers.circuit),
            open_orders: rows.open_requests.unsigned_abs(),
            last_answer_at: rows.last_answer_at.map(Text),
            answer: time.map(|(p50_secs, p90_secs)| AnswerTime { p50_secs, p90_secs }),
            second: bank.second.as_ref().map(|second| SecondRoute {
                adapter: Text(second.adapter),
                after_secs: second.after.num_seconds().unsigned_abs(),
                circuit: Text(answers.second_circuit),
            }),
        }
    }
}
