//! The sessions with SMS providers, for as long as this process sends texts: what a provider reports in one ends in the
//! same place as what comes to the gateway.

use std::sync::Arc;

use channels::sms::smpp::{Heard, Keeper, Kept};
use futures::future::join_all;
use tokio_util::sync::CancellationToken;

use crate::centre::Centre;
use crate::hear_sms::hear_part;
use crate::keep_letter::keep_letter;
use crate::sms_provider::SmsWay;

/// Keeps every session that the configuration names until `stop`.
pub async fn keep_sms_sessions(centre: Arc<Centre>, stop: CancellationToken) {
    let sessions = centre.outside.sms.iter().filter_map(|(id, provider)| match &provider.way {
        SmsWay::Smpp(session) => Some(session.run(keeper(Arc::clone(&centre), id.clone()), stop.clone())),
        SmsWay::Elsewhere | SmsWay::Http(_) => None,
    });
    join_all(sessions).await;
}

/// Keeps what a session hears; the provider is told so only after the commit.
fn keeper(centre: Arc<Centre>, provider: String) -> Keeper {
    Arc::new(move |heard| {
        let (centre, provider) = (Arc::clone(&centre), provider.clone());
        Box::pin(async move {
            let kept = match heard {
                Heard::Receipt(told) => hear_part(&centre, &provider, &told).await,
                Heard::Other(body) => {
                    keep_letter(&centre, &format!("sms:{provider}"), "it is no delivery receipt", &body).await
                }
            };
            match kept {
                Ok(()) => Kept::Safe,
                Err(error) => {
                    tracing::warn!(provider, %error, "a receipt could not be kept; it is to be told again");
                    Kept::Later
                }
            }
        })
    })
}
