//! `GET /v1/stop-payments/{id}/form`: the order on paper.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::response::{Html, IntoResponse};
use interception::look_up;

use crate::access::{Allowed, Reader};
use crate::app::App;
use crate::openapi::ReadRefusals;
use crate::paper_form::{Facts, page};
use crate::parameters::Path;
use crate::problem::Problem;
use crate::wire::spelled::MeasureId;

/// Nothing but the page's own styles: it runs no script and loads nothing.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// Print a stop-payment
///
/// The filled form of the order (紧急止付申请表) as a page to print, seal and fax when the bank does not answer.
#[utoipa::path(get, path = "/v1/stop-payments/{id}/form", tag = "stop_payments", params(("id" = MeasureId, Path)),
    responses((status = OK, description = "A page of A4.", body = String, content_type = "text/html"), ReadRefusals))]
pub(super) async fn form(
    State(app): State<App>,
    Allowed(_reader): Allowed<Reader>,
    Path(id): Path<domain::id::MeasureId>,
) -> Result<impl IntoResponse, Problem> {
    let paper = look_up::stop_payment_on_paper(&app.centre, id).await?;
    let code = paper.order.transfer.payee.as_ref().and_then(|payee| payee.bank_code.as_ref());
    let bank = code.and_then(|code| app.centre.outside.banks.get(code));
    let facts = Facts { paper: &paper, bank, organisation: &app.centre.organisation, now: app.centre.now() };
    Ok(([(CONTENT_SECURITY_POLICY, POLICY), (CACHE_CONTROL, "no-store")], Html(page(&facts))))
}
