//! `GET /v1/result-codes`: what the banks' codes mean.

use axum::Json;
use axum::extract::State;
use utoipa::IntoParams;

use crate::access::{Allowed, RuleReader};
use crate::app::App;
use crate::openapi::ReadRefusals;
use crate::parameters::Query;
use crate::problem::Problem;
use crate::reading::request;
use crate::wire::result_codes::ResultCodes;
use crate::wire::spelled::BankCode;
use crate::wire::text::Text;

request! {
    /// Whose codes.
    #[derive(Debug, IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Filter {
        /// As this bank speaks; absent: the table of every bank without one of its own.
        bank: Option<BankCode>,
    }
}

/// Read the result codes
///
/// What each code of a bank does to an order, and what the desk does next. A code that is not listed changes nothing and
/// raises an alarm.
#[utoipa::path(get, path = "/v1/result-codes", tag = "rules", params(Filter),
    responses((status = OK, description = "The table.", body = ResultCodes), ReadRefusals))]
pub(super) async fn result_codes(
    State(app): State<App>,
    Allowed(_reader): Allowed<RuleReader>,
    Query(query): Query<Filter>,
) -> Result<Json<ResultCodes>, Problem> {
    let bank = query.bank.map(|Text(code)| code);
    Ok(Json(app.centre.result_codes.of(bank.as_ref()).into()))
}
