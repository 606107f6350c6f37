//! `GET /v1/call-blocks`: which numbers are, or were, kept from calling.

use axum::Json;
use axum::extract::State;
use interception::look_up::{self, CallBlockFilter};
use utoipa::IntoParams;

use crate::access::{Allowed, Reader};
use crate::app::App;
use crate::openapi::ReadRefusals;
use crate::page::{After, AfterMeasure, LimitText, Page, limit};
use crate::parameters::Query;
use crate::problem::Problem;
use crate::reading::request;
use crate::wire::call_block::CallBlock;
use crate::wire::spelled::{CallBlockStatus, IncidentId};
use crate::wire::text::Text;

request! {
    /// Which call blocks.
    #[derive(Debug, IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Filter {
        /// In this status only.
        status: Option<CallBlockStatus>,
        /// Of this incident only.
        incident: Option<IncidentId>,
        /// How many.
        limit: Option<LimitText>,
        /// The `next` of the page before.
        after: Option<AfterMeasure>,
    }
}

/// List call blocks
///
/// Newest first.
#[utoipa::path(get, path = "/v1/call-blocks", tag = "call_blocks", params(Filter),
    responses((status = OK, description = "One page.", body = Page<CallBlock>), ReadRefusals))]
pub(super) async fn list(
    State(app): State<App>,
    Allowed(_reader): Allowed<Reader>,
    Query(query): Query<Filter>,
) -> Result<Json<Page<CallBlock>>, Problem> {
    let filter = CallBlockFilter {
        status: query.status.map(|Text(status)| status),
        incident: query.incident.map(|Text(id)| id),
        after: query.after.map(|Text(After(id))| id),
        ..CallBlockFilter::default()
    };
    let limit = limit(query.limit);
    let found = look_up::call_blocks(&app.centre, &filter, limit.and_one_more()).await?;
    let drills = look_up::drills(&app.centre, found.iter().map(|block| block.incident_id)).await?;
    let item =
        |block: domain::call_block::CallBlock| CallBlock::of(&block, drills.contains(&block.incident_id));
    Ok(Json(Page::of(found, limit, |block| block.id, item)))
}
