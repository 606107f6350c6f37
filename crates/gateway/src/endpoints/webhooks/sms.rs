//! `POST /v1/webhooks/sms/{provider}`: a provider reports what became of a text.

use axum::Json;
use axum::extract::State;
use channels::sms::http::read_receipt;
use interception::Act;
use interception::hear_sms::hear_sms;

use super::letter::Letter;
use super::{stored, unreadable};
use crate::app::App;
use crate::openapi::CallbackRefusals;
use crate::parameters::Path;
use crate::problem::Problem;
use crate::wire::spelled::Reference;
use crate::wire::webhook::Stored;

/// Hear an SMS provider
///
/// A `sms.receipt`, signed as the Standard Webhooks text says with the provider's own secret. What cannot be read is
/// kept for a person to see.
#[utoipa::path(post, path = "/v1/webhooks/sms/{provider}", tag = "webhooks",
    params(("provider" = Reference, Path)), request_body(content = Object), security(()),
    responses((status = OK, description = "Stored.", body = Stored), CallbackRefusals))]
pub(super) async fn hear(
    State(app): State<App>,
    Path(provider): Path<String>,
    letter: Letter,
) -> Result<Json<Stored>, Problem> {
    let id = provider.to_ascii_uppercase();
    let provider = app.centre.outside.sms.get(&id).ok_or_else(Problem::not_found)?;
    let believed = letter.believe(&provider.callback_secrets, app.centre.now())?;
    let party = format!("sms:{id}");
    let delivery = match read_receipt(&believed.body) {
        Ok(delivery) => delivery,
        Err(malformed) => return Err(unreadable(&app, &party, &believed.body, malformed).await),
    };
    let mut act = Act::of(&app.centre, party).await?;
    let changed = hear_sms(&mut act, &id, &believed.id, &delivery).await?;
    act.commit().await?;
    Ok(stored(changed))
}
