//! `GET /v1/stop-payments`: which orders there are.

use axum::Json;
use axum::extract::State;
use interception::look_up::{self, StopPaymentFilter};
use utoipa::IntoParams;

use super::spelled;
use crate::access::{Allowed, Reader};
use crate::app::App;
use crate::openapi::ReadRefusals;
use crate::page::{After, AfterMeasure, LimitText, Page, limit};
use crate::parameters::Query;
use crate::problem::Problem;
use crate::reading::request;
use crate::wire::spelled::{IncidentId, StopPaymentStatus};
use crate::wire::stop_payment::StopPayment;
use crate::wire::text::Text;

request! {
    /// Which orders.
    #[derive(Debug, IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Filter {
        /// In this status only.
        status: Option<StopPaymentStatus>,
        /// Of this incident only.
        incident: Option<IncidentId>,
        /// How many.
        limit: Option<LimitText>,
        /// The `next` of the page before.
        after: Option<AfterMeasure>,
    }
}

/// List stop-payments
///
/// Newest first.
#[utoipa::path(get, path = "/v1/stop-payments", tag = "stop_payments", params(Filter),
    responses((status = OK, description = "One page.", body = Page<StopPayment>), ReadRefusals))]
pub(super) async fn list(
    State(app): State<App>,
    Allowed(_reader): Allowed<Reader>,
    Query(query): Query<Filter>,
) -> Result<Json<Page<StopPayment>>, Problem> {
    let filter = StopPaymentFilter {
        status: query.status.map(|Text(status)| status),
        incident: query.incident.map(|Text(id)| id),
        after: query.after.map(|Text(After(id))| id),
        ..StopPaymentFilter::default()
    };
    let limit = limit(query.limit);
    let found = look_up::stop_payments(&app.centre, &filter, limit.and_one_more()).await?;
    let incidents = found.iter().map(|recorded| recorded.order.incident_id);
    let drills = look_up::drills(&app.centre, incidents).await?;
    let item = |recorded: look_up::Recorded| {
        spelled(&app.centre, &recorded, drills.contains(&recorded.order.incident_id))
    };
    Ok(Json(Page::of(found, limit, |recorded| recorded.order.id, item)))
}
