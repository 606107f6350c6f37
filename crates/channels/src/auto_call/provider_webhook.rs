//! A provider of automatic calls that takes them as signed webhooks and answers in the response or at
//! `/v1/webhooks/auto-calls/{provider}`. It knows a call by `contact_id` and dials once for each.

mod wire;

use domain::auto_call::Answer;
use domain::clock::Instant;

use super::{Ask, CallRequest, CallResult};
use crate::{Caller, Endpoint, Malformed, Told};

/// Sends one request.
pub async fn request(
    caller: &Caller,
    endpoint: &Endpoint,
    request: &CallRequest,
    now: Instant,
) -> Told<Answer> {
    let told = caller.post(endpoint, &request.message_id, &wire::event(request), now).await.look_for(
        wire::DECISIVE,
        |body| {
            let result = read_result(body).map_err(|malformed| malformed.to_string())?;
            if result.contact_id == request.contact_id {
                Ok(result.answer)
            } else {
                Err("/data/contact_id: names another call".to_owned())
            }
        },
    );
    match (told, request.ask) {
        (Told::Refused { status: 404, .. }, Ask::Status) => Told::UnknownOrder,
        (told, _) => told,
    }
}

/// Reads an `auto_call.result`, from a response or from the callback.
///
/// # Errors
/// [`Malformed`] names every field that is wrong.
pub fn read_result(body: &[u8]) -> Result<CallResult, Malformed> {
    wire::read_result(body)
}

#[cfg(test)]
mod tests;
