//! `POST /v1/approvals/{id}/approve`: the second person says yes.

use axum::extract::State;
use axum::response::Response;

use super::decide;
use crate::access::{Allowed, Supervisor};
use crate::acting::{Acting, Refusal};
use crate::app::App;
use crate::body::OptionalBody;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::wire::approval::{Approval, Decision};
use crate::wire::spelled::ApprovalId;

/// Approve
///
/// The act is done in the same moment. Nobody approves their own request.
#[utoipa::path(post, path = "/v1/approvals/{id}/approve", tag = "approvals", params(("id" = ApprovalId, Path)),
    request_body(content = Option<Decision>, description = "May be left out."),
    responses((status = OK, description = "Decided.", body = Approval), WriteRefusals))]
pub(super) async fn approve(
    app: State<App>,
    Allowed(supervisor): Allowed<Supervisor>,
    Path(id): Path<domain::id::ApprovalId>,
    acting: Acting,
    body: OptionalBody<Decision>,
) -> Result<Response, Refusal> {
    decide(app, supervisor, id, acting, body, true).await
}
