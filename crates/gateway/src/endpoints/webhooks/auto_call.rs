//! `POST /v1/webhooks/auto-calls/{provider}`: a provider of automatic calls says how one went.

use axum::Json;
use axum::extract::State;
use channels::auto_call::provider_webhook::read_result;
use interception::Act;
use interception::hear_auto_call::hear_auto_call;

use super::letter::Letter;
use super::{stored, unreadable};
use crate::app::App;
use crate::openapi::CallbackRefusals;
use crate::parameters::Path;
use crate::problem::Problem;
use crate::wire::spelled::Reference;
use crate::wire::webhook::Stored;

/// Hear a provider of automatic calls
///
/// An `auto_call.result` with `contact_id`, `outcome` (`listened`, `hung_up`, `no_answer`, `busy`, `off`, `forwarded`
/// or `wanted_a_person`) and, where known, `seconds` and `keys`, signed as the Standard Webhooks text says with the
/// provider's own secret. What cannot be read is kept for a person to see.
#[utoipa::path(post, path = "/v1/webhooks/auto-calls/{provider}", tag = "webhooks",
    params(("provider" = Reference, Path)), request_body(content = Object), security(()),
    responses((status = OK, description = "Stored.", body = Stored), CallbackRefusals))]
pub(super) async fn hear(
    State(app): State<App>,
    Path(provider): Path<String>,
    letter: Letter,
) -> Result<Json<Stored>, Problem> {
    let id = provider.to_ascii_uppercase();
    let provider = app.centre.outside.auto_calls.get(&id).ok_or_else(Problem::not_found)?;
    let believed = letter.believe(&provider.party.callback_secrets, app.centre.now())?;
    let party = format!("auto-call:{id}");
    let result = match read_result(&believed.body) {
        Ok(result) => result,
        Err(malformed) => return Err(unreadable(&app, &party, &believed.body, malformed).await),
    };
    let mut act = Act::of(&app.centre, party).await?;
    let changed = hear_auto_call(&mut act, &id, &believed.id, &result).await?;
    act.commit().await?;
    Ok(stored(changed))
}
