//! `POST /v1/grading/explain`: what the rules would say.

use axum::Json;
use axum::extract::State;
use domain::id::AlertId;
use interception::explain_grading::explain_grading;

use crate::access::{Allowed, Reader};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::problem::Problem;
use crate::wire::alert::{Arrival, Notice};
use crate::wire::rules::Explanation;

/// Explain a grading
///
/// Grades an alert as if it came in now, with the reasons. Nothing is stored.
#[utoipa::path(post, path = "/v1/grading/explain", tag = "rules", request_body = Notice,
    responses((status = OK, description = "The verdict.", body = Explanation), WriteRefusals))]
pub(super) async fn explain(
    State(app): State<App>,
    Allowed(reader): Allowed<Reader>,
    body: Body<Notice>,
) -> Result<Json<Explanation>, Problem> {
    let received_at = app.centre.now();
    let source = reader.operator.name;
    let arrival = Arrival { id: AlertId::new(received_at), source, received_at, raw: body.raw };
    let (verdict, text) = explain_grading(&app.centre, &body.value.into_domain(arrival)).await?;
    Ok(Json(Explanation::of(verdict, text)))
}
