//! `GET /v1/bank-directory`: what is known of banks.

use axum::Json;
use axum::extract::State;

use crate::access::{Allowed, RuleReader};
use crate::app::App;
use crate::openapi::ReadRefusals;
use crate::wire::bank_directory::BankDirectory;

/// Read the bank directory
///
/// The version in use: who issues which card, head offices, 24-hour numbers. Accounts that are never stopped are
/// counted, not shown.
#[utoipa::path(get, path = "/v1/bank-directory", tag = "bank_directory",
    responses((status = OK, description = "The directory in use.", body = BankDirectory), ReadRefusals))]
pub(super) async fn read(
    State(app): State<App>,
    Allowed(_reader): Allowed<RuleReader>,
) -> Json<BankDirectory> {
    let outside = &app.centre.outside;
    Json(BankDirectory::of(&outside.directory.in_use(), |code| outside.reaches(code)))
}
