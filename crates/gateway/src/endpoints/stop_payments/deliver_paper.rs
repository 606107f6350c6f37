//! `POST /v1/stop-payments/{id}/paperwork`: a paper that was owed is there.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::file_case::deliver_paper as deliver;

use crate::access::{Allowed, DeskOfficer};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::page::Page;
use crate::parameters::Path;
use crate::wire::filing::{PaperDelivery, PaperLine};
use crate::wire::spelled::MeasureId;

/// Deliver a paper
///
/// Answers with the checklist of this stop.
#[utoipa::path(post, path = "/v1/stop-payments/{id}/paperwork", tag = "stop_payments",
    params(("id" = MeasureId, Path)), request_body = PaperDelivery,
    responses((status = OK, description = "The checklist.", body = Page<PaperLine>), WriteRefusals))]
pub(super) async fn deliver_paper(
    State(app): State<App>,
    Allowed(officer): Allowed<DeskOfficer>,
    Path(id): Path<domain::id::MeasureId>,
    acting: Acting,
    body: Body<PaperDelivery>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &body.digest).await?;
    let PaperDelivery { paper, reference } = body.value;
    let lines = deliver(&mut act, id, paper.0, reference.into()).await?;
    let lines: Vec<PaperLine> = lines.into_iter().map(Into::into).collect();
    answer(act, StatusCode::OK, &Page::whole(lines)).await
}
