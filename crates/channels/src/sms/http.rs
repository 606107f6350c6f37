//! A provider that takes texts over HTTP, signed, and reports at `/v1/webhooks/sms/{provider}`.

mod wire;

use domain::clock::Instant;

use super::{Delivery, Text};
use crate::{Caller, Endpoint, Malformed, Told};

/// Hands over one text, under its own id however often; the answer is the provider's reference.
pub async fn submit(caller: &Caller, endpoint: &Endpoint, text: &Text, now: Instant) -> Told<String> {
    caller
        .post(endpoint, &text.message_id.to_string(), &wire::submission(text), now)
        .await
        .look_for(wire::DECISIVE, |body| {
            wire::read_reference(body).map_err(|malformed| malformed.to_string())
        })
}

/// Reads a `sms.receipt`.
///
/// # Errors
/// [`Malformed`] names every field that is wrong.
pub fn read_receipt(body: &[u8]) -> Result<Delivery, Malformed> {
    wire::read_receipt(body)
}

#[cfg(test)]
mod tests;
