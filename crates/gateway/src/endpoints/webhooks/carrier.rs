//! `POST /v1/webhooks/carriers/{carrier}`: a carrier answers a block.

use axum::Json;
use axum::extract::State;
use channels::call_block::carrier_webhook::read_result;
use interception::Act;
use interception::hear_carrier::hear_carrier;

use super::letter::Letter;
use super::{stored, unreadable};
use crate::app::App;
use crate::openapi::CallbackRefusals;
use crate::parameters::Path;
use crate::problem::Problem;
use crate::wire::spelled::Reference;
use crate::wire::webhook::Stored;

/// Hear a carrier
///
/// A `call_block.result`, signed as the Standard Webhooks text says with the carrier's own secret. What cannot be
/// read is kept for a person to see.
#[utoipa::path(post, path = "/v1/webhooks/carriers/{carrier}", tag = "webhooks",
    params(("carrier" = Reference, Path)), request_body(content = Object), security(()),
    responses((status = OK, description = "Stored.", body = Stored), CallbackRefusals))]
pub(super) async fn hear(
    State(app): State<App>,
    Path(carrier): Path<String>,
    letter: Letter,
) -> Result<Json<Stored>, Problem> {
    let id = carrier.to_ascii_uppercase();
    let carrier = app.centre.outside.carriers.get(&id).ok_or_else(Problem::not_found)?;
    let believed = letter.believe(&carrier.callback_secrets, app.centre.now())?;
    let party = format!("carrier:{id}");
    let result = match read_result(&believed.body) {
        Ok(result) => result,
        Err(malformed) => return Err(unreadable(&app, &party, &believed.body, malformed).await),
    };
    let mut act = Act::of(&app.centre, party).await?;
    let changed = hear_carrier(&mut act, &id, &believed.id, &result).await?;
    act.commit().await?;
    Ok(stored(changed))
}
