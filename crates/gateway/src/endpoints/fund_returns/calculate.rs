//! `POST /v1/fund-returns/calculate`: who gets what of a frozen sum.

use axum::Json;

use crate::access::{Allowed, Reader};
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::problem::Problem;
use crate::wire::fund_return::{Case, Division};

/// Calculate a fund return
///
/// One deposit goes back whole; deposits that time tells apart go back each to its victim; what is mixed is shared by
/// loss. To the fen. Nothing is stored.
#[utoipa::path(post, path = "/v1/fund-returns/calculate", tag = "stop_payments", request_body = Case,
    responses((status = OK, description = "Who gets what.", body = Division), WriteRefusals))]
pub(super) async fn calculate(
    Allowed(_reader): Allowed<Reader>,
    body: Body<Case>,
) -> Result<Json<Division>, Problem> {
    let division = body.value.divide();
    division.map(Json).map_err(|(pointer, detail)| Problem::invalid_field(pointer, detail))
}
