//! `DELETE /v1/lists/{id}`: something is listed no more.

use axum::extract::State;
use axum::http::StatusCode;
use interception::keep_lists::take_off_list;

use crate::access::{Allowed, Supervisor};
use crate::acting::{Acting, NO_BODY, Refusal};
use crate::app::App;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::wire::spelled::ListedId;

/// Take an entry off its list
#[utoipa::path(delete, path = "/v1/lists/{id}", tag = "lists", params(("id" = ListedId, Path)),
    responses((status = NO_CONTENT, description = "Taken off."), WriteRefusals))]
pub(super) async fn remove(
    State(app): State<App>,
    Allowed(supervisor): Allowed<Supervisor>,
    Path(id): Path<domain::id::ListedId>,
    acting: Acting,
) -> Result<StatusCode, Refusal> {
    let mut act = acting.begin(&app, &supervisor.operator, &NO_BODY).await?;
    take_off_list(&mut act, id).await?;
    act.commit_answering(StatusCode::NO_CONTENT.as_u16(), &serde_json::Value::Null).await?;
    Ok(StatusCode::NO_CONTENT)
}
