//! `GET /v1/banks`: which banks there are and how they answer.

use axum::Json;
use axum::extract::State;
use interception::look_up;

use crate::access::{Allowed, RuleReader};
use crate::app::App;
use crate::openapi::ReadRefusals;
use crate::page::Page;
use crate::problem::Problem;
use crate::wire::bank::Bank;

/// List the banks
///
/// All that are configured, by code, each with its 24-hour number and how it answers now: a bank whose circuit is `open`
/// met ten tries in a row with silence and is only probed, about once a second; phone it.
#[utoipa::path(get, path = "/v1/banks", tag = "stop_payments",
    responses((status = OK, description = "All of them.", body = Page<Bank>), ReadRefusals))]
pub(super) async fn list(
    State(app): State<App>,
    Allowed(_reader): Allowed<RuleReader>,
) -> Result<Json<Page<Bank>>, Problem> {
    let answering = look_up::banks(&app.urgent).await?;
    let banks = answering.iter().filter_map(|answering| {
        let (code, bank) = app.centre.outside.banks.get_key_value(&answering.code)?;
        Some(Bank::of(code, bank, answering))
    });
    Ok(Json(Page::whole(banks.collect())))
}
