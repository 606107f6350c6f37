//! `GET /v1/stop-payments/{id}`: one order, whole.

use axum::Json;
use axum::extract::State;
use interception::look_up;

use super::bank;
use crate::access::{Allowed, Reader};
use crate::app::App;
use crate::openapi::ReadRefusals;
use crate::parameters::Path;
use crate::problem::Problem;
use crate::wire::spelled::MeasureId;
use crate::wire::stop_payment::StopPaymentDetail;

/// Read a stop-payment
///
/// With every try to reach the bank, the order before it and those of the next hop.
#[utoipa::path(get, path = "/v1/stop-payments/{id}", tag = "stop_payments", params(("id" = MeasureId, Path)),
    responses((status = OK, description = "The order.", body = StopPaymentDetail), ReadRefusals))]
pub(super) async fn read(
    State(app): State<App>,
    Allowed(_reader): Allowed<Reader>,
    Path(id): Path<domain::id::MeasureId>,
) -> Result<Json<StopPaymentDetail>, Problem> {
    let whole = look_up::stop_payment(&app.centre, id).await?;
    Ok(Json(StopPaymentDetail::of(whole, |code| bank(&app.centre, code))))
}
