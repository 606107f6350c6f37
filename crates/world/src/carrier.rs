//! A telephone carrier: the lines it blocks and lifts, and the history of both.

use std::collections::HashMap;
use std::io;

use axum::http::StatusCode;
use chrono::{DateTime, FixedOffset};
use domain::call_block::CarrierResult;
use domain::clock::Instant;
use domain::person::PhoneNumber;
use serde::Deserialize;
use serde_json::json;

use crate::party::{Answer, Books, Delivery, Identity, Manner, Party};
use crate::signature::Secret;
use crate::surroundings::Surroundings;
use crate::wire;

/// A running carrier; clones are the same carrier.
#[derive(Clone)]
pub struct Carrier {
    code: &'static str,
    party: Party<Lines>,
}

/// One thing the carrier did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineAct {
    /// The order's id.
    pub block_id: String,
    /// The line.
    pub number: PhoneNumber,
    /// What it answered.
    pub result: CarrierResult,
    /// When.
    pub at: Instant,
}

impl Carrier {
    pub(crate) async fn start(
        code: &'static str,
        secret: Secret,
        callback_secret: Secret,
        surroundings: &Surroundings,
    ) -> io::Result<Self> {
        let identity =
            Identity { secret, callback_secret, reply_path: format!("/v1/webhooks/carriers/{code}") };
        let party = Party::open(identity, Lines::default(), surroundings).await?;
        Ok(Self { code, party })
    }

    /// `CMCC`
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Where orders go.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        self.party.endpoint()
    }

    /// The secret that signs orders.
    #[must_use]
    pub fn secret(&self) -> String {
        self.party.secret()
    }

    /// The secret that signs the carrier's callbacks.
    #[must_use]
    pub fn callback_secret(&self) -> String {
        self.party.callback_secret()
    }

    /// How it answers from now on.
    pub fn set_manner(&self, manner: Manner) {
        self.party.set_manner(manner);
    }

    /// Whether a line is cut now.
    #[must_use]
    pub fn is_blocked(&self, number: &PhoneNumber) -> bool {
        let now = self.party.now();
        self.party.read(|lines| lines.is_blocked(number, now))
    }

    /// Everything it did, in that order.
    #[must_use]
    pub fn history(&self) -> Vec<LineAct> {
        self.party.read(|lines| lines.history.clone())
    }

    /// How many well-signed requests about this block came in, answered or not.
    #[must_use]
    pub fn requests_seen(&self, block_id: &str) -> usize {
        self.party.read(|lines| lines.requests.get(block_id).copied().unwrap_or_default())
    }

    /// How many requests were turned away with 401.
    #[must_use]
    pub fn bad_signatures(&self) -> usize {
        self.party.bad_signatures()
    }

    /// Waits for something the carrier did that `wanted` accepts.
    pub async fn wait_for_act(&self, mut wanted: impl FnMut(&LineAct) -> bool) -> LineAct {
        self.party.wait_for(|lines| lines.history.iter().find(|act| wanted(act)).cloned()).await
    }
}

#[derive(Default)]
struct Lines {
    blocks: HashMap<String, Block>,
    history: Vec<LineAct>,
    requests: HashMap<String, usize>,
}

struct Block {
    number: PhoneNumber,
    /// `None`: until it is lifted.
    until: Option<Instant>,
    result: CarrierResult,
}

/// The data of both requests.
#[derive(Deserialize)]
struct Order {
    block_id: String,
    number: PhoneNumber,
    until: Option<DateTime<FixedOffset>>,
}

impl Books for Lines {
    fn note(&mut self, request: &Delivery) {
        if let Some(block_id) = request.data["block_id"].as_str() {
            *self.requests.entry(block_id.to_owned()).or_default() += 1;
        }
    }

    fn carry_out(&mut self, request: &Delivery, now: Instant) -> Result<Answer, StatusCode> {
        let order = Order::deserialize(&request.data).map_err(|_| StatusCode::UNPROCESSABLE_ENTITY)?;
        let result = match request.kind.as_str() {
            "call_block.requested" => self.block(&order, now),
            "call_block.lift_requested" => self.lift(&order, now),
            _ => return Err(StatusCode::UNPROCESSABLE_ENTITY),
        };
        let remark = (result == CarrierResult::Refused).then_some("不予办理");
        let data = json!({"block_id": order.block_id, "result": result, "remark": remark});
        Ok(wire::event("call_block.result", now, data).into())
    }
}

impl Lines {
    fn is_blocked(&self, number: &PhoneNumber, now: Instant) -> bool {
        self.blocks.values().any(|block| {
            block.number == *number
                && block.result == CarrierResult::Blocked
                && block.until.is_none_or(|until| now < until)
        })
    }

    fn block(&mut self, order: &Order, now: Instant) -> CarrierResult {
        if let Some(block) = self.blocks.get(&order.block_id) {
            return block.result;
        }
        let result = if order.number.is_protected() {
            CarrierResult::Refused
        } else if self.is_blocked(&order.number, now) {
            CarrierResult::AlreadyBlocked
        } else {
            CarrierResult::Blocked
        };
        self.write_down(order, result, now);
        result
    }

    /// Lifts a block; what was never blocked cannot be lifted.
    fn lift(&mut self, order: &Order, now: Instant) -> CarrierResult {
        match self.blocks.get(&order.block_id).map(|block| block.result) {
            None | Some(CarrierResult::Refused) => CarrierResult::Refused,
            Some(CarrierResult::Lifted) => CarrierResult::Lifted,
            Some(CarrierResult::Blocked | CarrierResult::AlreadyBlocked) => {
                self.write_down(order, CarrierResult::Lifted, now);
                CarrierResult::Lifted
            }
        }
    }

    fn write_down(&mut self, order: &Order, result: CarrierResult, now: Instant) {
        let block =
            Block { number: order.number.clone(), until: order.until.map(|until| until.to_utc()), result };
        self.blocks.insert(order.block_id.clone(), block);
        self.history.push(LineAct {
            block_id: order.block_id.clone(),
            number: order.number.clone(),
            result,
            at: now,
        });
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use domain::clock::Clock;
    use serde_json::Value;

    use super::*;
    use crate::testing::Gateway;

    async fn ask(gateway: &Gateway, kind: &str, block_id: &str, number: &str) -> Value {
        let carrier = gateway.world.carrier();
        let now = gateway.clock.now();
        let until = wire::moment(now + TimeDelta::minutes(10));
        let data = json!({"block_id": block_id, "number": number, "until": until});
        let body = wire::event(kind, now, data);
        let (_, answer) = gateway.send(carrier.endpoint(), &carrier.secret(), block_id, &body).await;
        answer["data"]["result"].clone()
    }

    #[tokio::test]
    async fn a_line_is_blocked_once_lifted_once_and_free_after_its_time() {
        let gateway = Gateway::start().await;
        let carrier = gateway.world.carrier();
        let line = PhoneNumber::parse("17012345678").unwrap();
        assert_eq!(ask(&gateway, "call_block.requested", "b1", "17012345678").await, "blocked");
        assert_eq!(ask(&gateway, "call_block.requested", "b1", "17012345678").await, "blocked");
        assert_eq!(ask(&gateway, "call_block.requested", "b2", "17012345678").await, "already_blocked");
        assert!(carrier.is_blocked(&line));
        assert_eq!(ask(&gateway, "call_block.lift_requested", "b1", "17012345678").await, "lifted");
        assert!(!carrier.is_blocked(&line));
        assert_eq!(carrier.history().len(), 3);
        assert_eq!(ask(&gateway, "call_block.requested", "b3", "17012345678").await, "blocked");
        gateway.clock.advance(TimeDelta::minutes(10));
        assert!(!carrier.is_blocked(&line));
    }

    #[tokio::test]
    async fn a_public_service_is_never_blocked() {
        let gateway = Gateway::start().await;
        assert_eq!(ask(&gateway, "call_block.requested", "b1", "96110").await, "refused");
        assert_eq!(ask(&gateway, "call_block.lift_requested", "b9", "17012345678").await, "refused");
    }
}
