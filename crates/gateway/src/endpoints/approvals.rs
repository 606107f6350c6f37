//! What waits for a second person.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::ApprovalId;
use interception::decide_approval::decide_approval;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::Supervisor;
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::OptionalBody;
use crate::wire::approval::{Approval, Decision};

mod approve;
mod list;
mod reject;

/// The routes of approvals.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(approve::approve))
        .routes(routes!(reject::reject))
}

/// Says yes or no for the second person.
async fn decide(
    State(app): State<App>,
    supervisor: Supervisor,
    id: ApprovalId,
    acting: Acting,
    body: OptionalBody<Decision>,
    approve: bool,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &supervisor.operator, &body.digest).await?;
    let reason = body.value.and_then(|decision| decision.reason).map(Into::into);
    let approval = decide_approval(&mut act, id, approve, reason).await?;
    let approval = Approval::of(&approval, act.is_drill());
    answer(act, StatusCode::OK, &approval).await
}
