//! `GET /v1/appeals`: which appeals wait, and what became of the rest.

use axum::Json;
use axum::extract::State;
use interception::look_up::{self, AppealFilter};
use utoipa::IntoParams;

use crate::access::{Allowed, Reader};
use crate::app::App;
use crate::openapi::ReadRefusals;
use crate::page::{After, AfterAppeal, LimitText, Page, limit};
use crate::parameters::Query;
use crate::problem::Problem;
use crate::reading::request;
use crate::wire::appeal::Appeal;
use crate::wire::spelled::{AppealStatus, IncidentId};
use crate::wire::text::Text;

request! {
    /// Which appeals.
    #[derive(Debug, IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Filter {
        /// In this status only.
        status: Option<AppealStatus>,
        /// Of this incident only.
        incident: Option<IncidentId>,
        /// How many.
        limit: Option<LimitText>,
        /// The `next` of the page before.
        after: Option<AfterAppeal>,
    }
}

/// List appeals
///
/// Newest first; `status=open` is what somebody must decide.
#[utoipa::path(get, path = "/v1/appeals", tag = "stop_payments", params(Filter),
    responses((status = OK, description = "One page.", body = Page<Appeal>), ReadRefusals))]
pub(super) async fn list(
    State(app): State<App>,
    Allowed(_reader): Allowed<Reader>,
    Query(query): Query<Filter>,
) -> Result<Json<Page<Appeal>>, Problem> {
    let filter = AppealFilter {
        status: query.status.map(|Text(status)| status),
        incident: query.incident.map(|Text(id)| id),
        after: query.after.map(|Text(After(id))| id),
        ..AppealFilter::default()
    };
    let limit = limit(query.limit);
    let found = look_up::appeals(&app.centre, &filter, limit.and_one_more()).await?;
    Ok(Json(Page::of(found, limit, |appeal| appeal.id, |appeal| Appeal::from(&appeal))))
}
