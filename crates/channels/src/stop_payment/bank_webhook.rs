//! A bank that takes orders as signed webhooks and answers in the response or at
//! `/v1/webhooks/banks/{bank_code}`.

mod wire;

use domain::clock::Instant;
use domain::stop_payment::BankAnswer;

use super::{Ask, BankResult, StopRequest};
use crate::{Caller, Endpoint, Malformed, Told};

/// Sends one request.
pub async fn request(
    caller: &Caller,
    endpoint: &Endpoint,
    request: &StopRequest,
    now: Instant,
) -> Told<BankAnswer> {
    let told = caller.post(endpoint, &request.message_id, &wire::event(request), now).await.look_for(
        wire::DECISIVE,
        |body| {
            let result = read_result(body).map_err(|malformed| malformed.to_string())?;
            if result.order_id == request.order.order_id {
                Ok(result.answer)
            } else {
                Err("/data/order_id: names another order".to_owned())
            }
        },
    );
    match (told, &request.ask) {
        (Told::Refused { status: 404, .. }, Ask::Status) => Told::UnknownOrder,
        (told, _) => told,
    }
}

/// Reads a `stop_payment.result`, from a response or from the callback.
///
/// # Errors
/// [`Malformed`] names every field that is wrong.
pub fn read_result(body: &[u8]) -> Result<BankResult, Malformed> {
    wire::read_result(body)
}

#[cfg(test)]
mod tests;
