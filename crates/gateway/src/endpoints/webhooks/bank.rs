//! `POST /v1/webhooks/banks/{bank_code}`: a bank answers an order.

use axum::Json;
use axum::extract::State;
use channels::stop_payment::bank_webhook::read_result;
use domain::account::BankCode;
use interception::Act;
use interception::hear_bank::{Effect, hear_bank};

use super::letter::Letter;
use super::{stored, unreadable};
use crate::app::App;
use crate::openapi::CallbackRefusals;
use crate::parameters::Path;
use crate::problem::Problem;
use crate::wire::spelled;
use crate::wire::webhook::Stored;

/// Hear a bank
///
/// A `stop_payment.result`, signed as the Standard Webhooks text says with the bank's own secret. What cannot be read
/// is kept for a person to see.
#[utoipa::path(post, path = "/v1/webhooks/banks/{bank_code}", tag = "webhooks",
    params(("bank_code" = spelled::BankCode, Path)), request_body(content = Object), security(()),
    responses((status = OK, description = "Stored.", body = Stored), CallbackRefusals))]
pub(super) async fn hear(
    State(app): State<App>,
    Path(code): Path<String>,
    letter: Letter,
) -> Result<Json<Stored>, Problem> {
    let code = BankCode::parse(&code).map_err(|_| Problem::not_found())?;
    let bank = app.centre.outside.banks.get(&code).ok_or_else(Problem::not_found)?;
    let believed = letter.believe(&bank.party.callback_secrets, app.centre.now())?;
    let party = format!("bank:{code}");
    let result = match read_result(&believed.body) {
        Ok(result) => result,
        Err(malformed) => return Err(unreadable(&app, &party, &believed.body, malformed).await),
    };
    let mut act = Act::of(&app.urgent, party).await?;
    let effect = hear_bank(&mut act, code.as_str(), &believed.id, &result).await?;
    act.commit().await?;
    Ok(stored(effect == Effect::Moved))
}
