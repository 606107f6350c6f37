//! The outside of a drill (演练): answers at once, as everybody hopes the outside would, and calls nobody.
//!
//! Chosen where the incident is a drill. It takes what the real channels take, so that nothing before it
//! differs.

use std::convert::Infallible;

use domain::auto_call::{Answer, Outcome};
use domain::call_block::CarrierResult;
use domain::clock::Instant;
use domain::stop_payment::{BankAnswer, ResultCode};

use crate::auto_call::CallRequest;
use crate::call_block::{self, BlockAnswer, BlockRequest};
use crate::dispatch::DispatchNotice;
use crate::sms::Text;
use crate::stop_payment::{self, StopRequest};
use crate::told::Told;

/// Success, with the whole claim held.
#[must_use]
pub fn stop_payment(request: &StopRequest, now: Instant) -> Told<BankAnswer> {
    #[expect(clippy::unwrap_used, reason = "four digits")]
    let done = ResultCode::parse("0000").unwrap();
    let claim = match request.ask {
        stop_payment::Ask::Stop | stop_payment::Ask::Status => {
            Some(request.order.claim.unwrap_or(request.order.amount))
        }
        stop_payment::Ask::Renew
        | stop_payment::Ask::Release { .. }
        | stop_payment::Ask::Freeze(_)
        | stop_payment::Ask::ExtendFreeze(_)
        | stop_payment::Ask::LiftFreeze { .. }
        | stop_payment::Ask::Expired => None,
    };
    Told::Answered(BankAnswer {
        result_code: done,
        balance: claim,
        held: claim,
        stopped_at: claim.map(|_| now),
        remark: None,
        onward: vec![],
        transactions: vec![],
    })
}

/// As asked.
#[must_use]
pub fn call_block(request: &BlockRequest) -> Told<BlockAnswer> {
    Told::Answered(BlockAnswer {
        result: match request.ask {
            call_block::Ask::Block => CarrierResult::Blocked,
            call_block::Ask::Lift => CarrierResult::Lifted,
        },
        remark: None,
    })
}

/// They listen to the end.
#[must_use]
pub fn auto_call(_request: &CallRequest) -> Told<Answer> {
    Told::Answered(Answer { outcome: Outcome::Listened, seconds: None, keys: None })
}

/// Taken, under a reference that says so; no receipt follows.
#[must_use]
pub fn sms(text: &Text) -> Told<String> {
    Told::Answered(format!("drill-{}", text.message_id))
}

/// Taken.
#[must_use]
pub fn dispatch(_notice: &DispatchNotice) -> Told<Infallible> {
    Told::Accepted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outside::{asking, now};

    #[test]
    fn in_a_drill_the_whole_claim_is_held() {
        let request = asking(stop_payment::Ask::Stop);
        let Told::Answered(answer) = stop_payment(&request, now()) else {
            panic!("a drill answers at once");
        };
        assert_eq!(answer.held, Some(request.order.amount));
        assert_eq!(answer.stopped_at, Some(now()));
    }

    #[test]
    fn in_a_drill_a_renewal_is_done_and_holds_nothing_new() {
        let Told::Answered(answer) = stop_payment(&asking(stop_payment::Ask::Renew), now()) else {
            panic!("a drill answers at once");
        };
        assert_eq!(answer.result_code.as_str(), "0000");
        assert_eq!(answer.held, None);
    }
}
