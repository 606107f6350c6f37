//! A station's own system that takes dispatches as signed webhooks. It answers nothing but a status.

mod wire;

use std::convert::Infallible;

use domain::clock::Instant;

use super::DispatchNotice;
use crate::{Caller, Endpoint, Told};

/// Sends one notice; never [`Told::Answered`].
pub async fn notify(
    caller: &Caller,
    endpoint: &Endpoint,
    notice: &DispatchNotice,
    now: Instant,
) -> Told<Infallible> {
    caller
        .post(endpoint, &notice.message_id, &wire::event(notice), now)
        .await
        .and_then(|_body| Told::Accepted)
}

#[cfg(test)]
mod tests;
