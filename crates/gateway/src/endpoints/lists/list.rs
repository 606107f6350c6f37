//! `GET /v1/lists`: what is listed.

use axum::Json;
use axum::extract::State;
use interception::keep_lists;
use utoipa::IntoParams;

use crate::access::{Allowed, Reader};
use crate::app::App;
use crate::openapi::ReadRefusals;
use crate::page::{After, AfterListed, LimitText, Page, limit};
use crate::parameters::Query;
use crate::problem::Problem;
use crate::reading::request;
use crate::wire::listed::Listed;
use crate::wire::spelled::{ListKind, ListName, Reference};
use crate::wire::text::Text;

request! {
    /// Which entries.
    #[derive(Debug, IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Filter {
        /// On this list only.
        list: Option<ListName>,
        /// Of this kind only.
        kind: Option<ListKind>,
        /// About this very number, account or address, as alerts keep it.
        value: Option<Reference>,
        /// How many.
        limit: Option<LimitText>,
        /// The `next` of the page before.
        after: Option<AfterListed>,
    }
}

/// List the listed
///
/// Newest first, those that have expired among them.
#[utoipa::path(get, path = "/v1/lists", tag = "lists", params(Filter),
    responses((status = OK, description = "One page.", body = Page<Listed>), ReadRefusals))]
pub(super) async fn list(
    State(app): State<App>,
    Allowed(_reader): Allowed<Reader>,
    Query(query): Query<Filter>,
) -> Result<Json<Page<Listed>>, Problem> {
    let filter = keep_lists::Filter {
        list: query.list.map(|Text(list)| list),
        kind: query.kind.map(|Text(kind)| kind),
        value: query.value.map(String::from),
        after: query.after.map(|Text(After(id))| id),
    };
    let limit = limit(query.limit);
    let found = keep_lists::entries(&app.centre, &filter, limit.and_one_more()).await?;
    Ok(Json(Page::of(found, limit, |entry| entry.id, |entry| Listed::from(&entry))))
}
