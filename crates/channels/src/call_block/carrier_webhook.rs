//! A carrier that takes blocks as signed webhooks and answers in the response or at
//! `/v1/webhooks/carriers/{carrier}`.

mod wire;

use domain::clock::Instant;

use super::{BlockAnswer, BlockRequest, BlockResult};
use crate::{Caller, Endpoint, Malformed, Told};

/// Sends one request. A carrier cannot be asked what became of it: after silence the same request is sent again.
pub async fn request(
    caller: &Caller,
    endpoint: &Endpoint,
    request: &BlockRequest,
    now: Instant,
) -> Told<BlockAnswer> {
    caller.post(endpoint, &request.message_id, &wire::event(request), now).await.look_for(
        wire::DECISIVE,
        |body| {
            let result = read_result(body).map_err(|malformed| malformed.to_string())?;
            if result.block_id == request.block_id {
                Ok(result.answer)
            } else {
                Err("/data/block_id: names another block".to_owned())
            }
        },
    )
}

/// Reads a `call_block.result`, from a response or from the callback.
///
/// # Errors
/// [`Malformed`] names every field that is wrong.
pub fn read_result(body: &[u8]) -> Result<BlockResult, Malformed> {
    wire::read_result(body)
}

#[cfg(test)]
mod tests;
