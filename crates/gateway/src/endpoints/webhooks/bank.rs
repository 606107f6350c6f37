//! `POST /v1/webhooks/banks/{bank_code}`: a bank answers an order.

use axum::Json;
use axum::extract::State;
use channels::stop_payment::{BankSaid, bank_webhook, iso20022};
use domain::account::{Adapter, BankCode};
use interception::hear_bank::{Effect, hear_bank, hear_pending};
use interception::{Act, Bank};

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
/// A `stop_payment.result`, which may name where the money went in `onward`, or send the account's `transactions` (lines of
/// `direction`, `counterparty`, `amount`, `at` and `reference`) and leave the reading to us; or, of a bank that is spoken to in ISO 20022, a camt.029 or pacs.004 as `application/xml`.
/// Either is signed as the Standard Webhooks text says with the bank's own secret. What cannot be read is kept for a
/// person to see.
#[utoipa::path(post, path = "/v1/webhooks/banks/{bank_code}", tag = "webhooks",
    params(("bank_code" = spelled::BankCode, Path)), request_body(content((Object = "application/json"), (String = "application/xml"))), security(()),
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
    let read = match adapter(bank, believed.is_xml)? {
        Adapter::Webhook => bank_webhook::read_result(&believed.body).map(BankSaid::Result),
        Adapter::Iso20022 => iso20022::read_answer(&believed.body),
    };
    let said = match read {
        Ok(said) => said,
        Err(malformed) => return Err(unreadable(&app, &party, &believed.body, malformed).await),
    };
    let mut act = Act::of(&app.urgent, party).await?;
    let effect = match said {
        BankSaid::Result(result) => hear_bank(&mut act, code.as_str(), &believed.id, &result).await?,
        BankSaid::Pending(order) => hear_pending(&mut act, code.as_str(), &believed.id, order).await?,
    };
    act.commit().await?;
    Ok(stored(effect == Effect::Moved))
}

/// How a bank speaks: as it is spoken to by either of its ways.
fn adapter(bank: &Bank, is_xml: bool) -> Result<Adapter, Problem> {
    let speaks = |adapter| {
        bank.adapter == adapter || bank.second.as_ref().is_some_and(|second| second.adapter == adapter)
    };
    match (is_xml, speaks(Adapter::Iso20022), speaks(Adapter::Webhook)) {
        (true, true, _) => Ok(Adapter::Iso20022),
        (false, _, true) => Ok(Adapter::Webhook),
        (true, false, _) => Err(Problem::wrong_type("application/json")),
        (false, _, false) => Err(Problem::wrong_type("application/xml")),
    }
}
