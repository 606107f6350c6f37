//! `GET /v1/approvals`: what waits for a second person, and what became of the rest.

use axum::Json;
use axum::extract::State;
use interception::look_up::{self, ApprovalFilter};
use utoipa::IntoParams;

use crate::access::{Allowed, Reader};
use crate::app::App;
use crate::openapi::ReadRefusals;
use crate::page::{After, AfterApproval, LimitText, Page, limit};
use crate::parameters::Query;
use crate::problem::Problem;
use crate::reading::request;
use crate::wire::approval::Approval;
use crate::wire::spelled::{ApprovalStatus, IncidentId};
use crate::wire::text::Text;

request! {
    /// Which approvals.
    #[derive(Debug, IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Filter {
        /// In this status only.
        status: Option<ApprovalStatus>,
        /// Of this incident only.
        incident: Option<IncidentId>,
        /// How many.
        limit: Option<LimitText>,
        /// The `next` of the page before.
        after: Option<AfterApproval>,
    }
}

/// List approvals
///
/// Newest first; `status=waiting` is what somebody must decide.
#[utoipa::path(get, path = "/v1/approvals", tag = "approvals", params(Filter),
    responses((status = OK, description = "One page.", body = Page<Approval>), ReadRefusals))]
pub(super) async fn list(
    State(app): State<App>,
    Allowed(_reader): Allowed<Reader>,
    Query(query): Query<Filter>,
) -> Result<Json<Page<Approval>>, Problem> {
    let filter = ApprovalFilter {
        status: query.status.map(|Text(status)| status),
        incident: query.incident.map(|Text(id)| id),
        after: query.after.map(|Text(After(id))| id),
        ..ApprovalFilter::default()
    };
    let limit = limit(query.limit);
    let found = look_up::approvals(&app.centre, &filter, limit.and_one_more()).await?;
    let incidents = found.iter().filter_map(|approval| approval.incident_id);
    let drills = look_up::drills(&app.centre, incidents).await?;
    let item = |approval: domain::approval::Approval| {
        Approval::of(&approval, approval.incident_id.is_some_and(|id| drills.contains(&id)))
    };
    Ok(Json(Page::of(found, limit, |approval| approval.id, item)))
}
