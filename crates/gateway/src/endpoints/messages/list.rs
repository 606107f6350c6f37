//! `GET /v1/messages`: which texts were sent, and whether they arrived.

use axum::Json;
use axum::extract::State;
use interception::look_up::{self, MessageFilter};
use utoipa::IntoParams;

use crate::access::{Allowed, Reader};
use crate::app::App;
use crate::openapi::ReadRefusals;
use crate::page::{After, AfterMeasure, LimitText, Page, limit};
use crate::parameters::Query;
use crate::problem::Problem;
use crate::reading::request;
use crate::wire::message::Message;
use crate::wire::spelled::{IncidentId, MessageStatus};
use crate::wire::text::Text;

request! {
    /// Which messages.
    #[derive(Debug, IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Filter {
        /// Of this incident only.
        incident: Option<IncidentId>,
        /// In this status only.
        status: Option<MessageStatus>,
        /// How many.
        limit: Option<LimitText>,
        /// The `next` of the page before.
        after: Option<AfterMeasure>,
    }
}

/// List messages
///
/// Newest first, with the provider's receipts.
#[utoipa::path(get, path = "/v1/messages", tag = "messages", params(Filter),
    responses((status = OK, description = "One page.", body = Page<Message>), ReadRefusals))]
pub(super) async fn list(
    State(app): State<App>,
    Allowed(_reader): Allowed<Reader>,
    Query(query): Query<Filter>,
) -> Result<Json<Page<Message>>, Problem> {
    let filter = MessageFilter {
        incident: query.incident.map(|Text(id)| id),
        status: query.status.map(|Text(status)| status),
        after: query.after.map(|Text(After(id))| id),
        ..MessageFilter::default()
    };
    let limit = limit(query.limit);
    let found = look_up::messages(&app.centre, &filter, limit.and_one_more()).await?;
    let drills = look_up::drills(&app.centre, found.iter().map(|message| message.incident_id)).await?;
    let item =
        |message: domain::message::Message| Message::of(&message, drills.contains(&message.incident_id));
    Ok(Json(Page::of(found, limit, |message| message.id, item)))
}
