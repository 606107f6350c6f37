//! `GET /v1/plans`: what is done for each tier.

use axum::Json;
use axum::extract::State;

use crate::access::{Allowed, RuleReader};
use crate::app::App;
use crate::openapi::ReadRefusals;
use crate::page::Page;
use crate::wire::rules::Plan;

/// Read the plans
///
/// Those that new incidents are born with, the highest tier first; older incidents keep theirs.
#[utoipa::path(get, path = "/v1/plans", tag = "rules",
    responses((status = OK, description = "All of them.", body = Page<Plan>), ReadRefusals))]
pub(super) async fn plans(State(app): State<App>, Allowed(_reader): Allowed<RuleReader>) -> Json<Page<Plan>> {
    Json(Page::whole(app.centre.plans.all().into_iter().map(|plan| Plan::from(&**plan)).collect()))
}
