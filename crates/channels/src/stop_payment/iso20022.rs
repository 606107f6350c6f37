//! A bank that takes orders as ISO 20022 messages: it stops by recalling the payment (camt.056) and answers with the
//! resolution of the investigation (camt.029) or with the money (pacs.004), in the response or at
//! `/v1/webhooks/banks/{bank_code}` as `application/xml`. Either way the body is signed as the JSON webhooks are.
//!
//! What the standard cannot say is not said: it knows no second 48 hours, no release of an account and no freeze. Such
//! a request is refused before it leaves, and the desk phones the bank.

mod definitions;
mod structure;
mod wire;

use domain::clock::Instant;
use domain::stop_payment::{BankAnswer, StopOrder};

use super::{Ask, BankSaid, StopRequest};
use crate::{Caller, Endpoint, Malformed, Told};

/// Sends one request that [`cannot_say`] has nothing against.
pub async fn request(
    caller: &Caller,
    endpoint: &Endpoint,
    request: &StopRequest,
    now: Instant,
) -> Told<BankAnswer> {
    let message = wire::message(request);
    let told = caller.post_xml(endpoint, &request.message_id, message, now).await.and_then(|body| {
        if body.trim_ascii().is_empty() {
            return Told::Accepted;
        }
        match read_answer(&body) {
            Ok(said) if said.order_id() != request.order.order_id => {
                Told::Unreadable { detail: "names another order".to_owned() }
            }
            Ok(BankSaid::Result(result)) => Told::Answered(result.answer),
            Ok(BankSaid::Pending(_)) => Told::Accepted,
            Err(malformed) => Told::Unreadable { detail: malformed.to_string() },
        }
    });
    match (told, &request.ask) {
        (Told::Refused { status: 404, .. }, Ask::Status) => Told::UnknownOrder,
        (told, _) => told,
    }
}

/// Why the standard has no words for a request; `None` where it has.
#[must_use]
pub fn cannot_say(ask: &Ask, order: &StopOrder) -> Option<&'static str> {
    match ask {
        Ask::Stop | Ask::Status if wire::is_too_long(order) => {
            Some("an account of ISO 20022 has at most 34 characters")
        }
        Ask::Stop | Ask::Status => None,
        Ask::Renew => Some("ISO 20022 knows no second term of a stop"),
        Ask::Release { .. } => Some("ISO 20022 knows no release of an account"),
        Ask::Freeze(_) | Ask::ExtendFreeze(_) | Ask::LiftFreeze { .. } => Some("ISO 20022 knows no freeze"),
        Ask::Expired => Some("ISO 20022 knows no notice of a stop's end"),
    }
}

/// Reads a camt.029 or a pacs.004, from a response or from the callback.
///
/// # Errors
/// [`Malformed`] names everything that its definition does not allow, and what we need beyond it.
pub fn read_answer(body: &[u8]) -> Result<BankSaid, Malformed> {
    wire::read_answer(body)
}

#[cfg(test)]
mod tests;
