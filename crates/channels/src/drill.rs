//! The outside of a drill (演练): answers at once, as everybody hopes the outside would, and calls nobody.
//!
//! Chosen where the incident is a drill. It takes what the real channels take, so that nothing before it
//! differs.

use std::convert::Infallible;

use domain::account::{Account, AccountNumber};
use domain::auto_call::{Answer, Outcome};
use domain::call_block::CarrierResult;
use domain::clock::Instant;
use domain::money::Fen;
use domain::stop_payment::{BankAnswer, Onward, ResultCode, StopOrder};

use crate::auto_call::CallRequest;
use crate::call_block::{self, BlockAnswer, BlockRequest};
use crate::dispatch::DispatchNotice;
use crate::sms::Text;
use crate::stop_payment::{self, StopRequest};
use crate::told::Told;

/// Who "takes" what is sent in a drill, as the rows name it.
pub const PARTY: &str = "drill";

/// The number of an account of a drill out of which money has moved on over so many more accounts, up to nine: the
/// drill's bank keeps no books, so the number tells it what to find.
#[must_use]
pub fn account_number(accounts_behind: u8, serial: u64) -> String {
    format!("{MOVING}{}{serial:012}", accounts_behind.min(9))
}

/// No bank's number begins like this.
const MOVING: &str = "000";

/// Success: the whole claim is held. Of an account by [`account_number`] one half is, and the other has moved on.
#[must_use]
pub fn stop_payment(request: &StopRequest, now: Instant) -> Told<BankAnswer> {
    let claim = match request.ask {
        stop_payment::Ask::Stop | stop_payment::Ask::Status => {
            request.order.claim.unwrap_or(request.order.amount)
        }
        stop_payment::Ask::Renew
        | stop_payment::Ask::Release { .. }
        | stop_payment::Ask::Freeze(_)
        | stop_payment::Ask::ExtendFreeze(_)
        | stop_payment::Ask::LiftFreeze { .. }
        | stop_payment::Ask::Expired => return Told::Answered(answer("0000")),
    };
    let onward = next_account(&request.order).map(|account| {
        let half = Fen::new(claim.fen() / 2).unwrap_or_default();
        (
            half,
            Onward {
                account,
                amount: Some(claim.saturating_sub(half)),
                transferred_at: Some(now),
                reference: Some(format!("drill-{}", request.order.order_id)),
            },
        )
    });
    let held = onward.as_ref().map_or(claim, |(rests, _)| *rests);
    Told::Answered(BankAnswer {
        balance: Some(held),
        held: Some(held),
        stopped_at: Some(now),
        onward: onward.into_iter().map(|(_, onward)| onward).collect(),
        ..answer(if held < claim { "1200" } else { "0000" })
    })
}

fn answer(code: &str) -> BankAnswer {
    #[expect(clippy::unwrap_used, reason = "four digits")]
    let result_code = ResultCode::parse(code).unwrap();
    BankAnswer {
        result_code,
        balance: None,
        held: None,
        stopped_at: None,
        remark: None,
        onward: vec![],
        transactions: vec![],
    }
}

/// Where the money went, by the account's number.
fn next_account(order: &StopOrder) -> Option<Account> {
    let (behind, serial) = order.number.reveal().strip_prefix(MOVING)?.split_at_checked(1)?;
    let behind = behind.parse::<u8>().ok()?.checked_sub(1)?;
    let number = account_number(behind, serial.parse().ok()?);
    Some(Account {
        kind: order.kind,
        number: AccountNumber::parse(&number).ok(),
        holder: order.holder.clone(),
        bank_code: Some(order.bank_code.clone()),
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
    fn in_a_drill_money_moves_on_from_account_to_account_and_none_is_lost() {
        let mut request = asking(stop_payment::Ask::Stop);
        let paid = request.order.amount;
        request.order.number = AccountNumber::parse(&account_number(2, 7)).unwrap();
        let mut held = vec![];
        loop {
            let Told::Answered(answer) = stop_payment(&request, now()) else {
                panic!("a drill answers at once");
            };
            held.extend(answer.held);
            let Some(onward) = answer.onward.first() else { break };
            request.order.number = onward.account.number.clone().unwrap();
            request.order.amount = onward.amount.unwrap();
        }
        assert_eq!((held.len(), held.into_iter().sum::<Fen>()), (3, paid));
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
