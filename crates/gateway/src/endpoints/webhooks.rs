//! What banks, carriers and providers of texts and automatic calls answer. They hold no token: their signature says who they are.

use axum::Json;
use channels::Malformed;
use interception::keep_letter::keep_letter;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::problem::{FieldFault, Problem};
use crate::wire::webhook::Stored;

mod auto_call;
mod bank;
mod carrier;
mod letter;
mod sms;

/// The routes of callbacks.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(bank::hear))
        .routes(routes!(carrier::hear))
        .routes(routes!(sms::hear))
        .routes(routes!(auto_call::hear))
}

/// Keeps what nobody can read for a person to see, and tells its sender what is wrong with it.
async fn unreadable(app: &App, party: &str, body: &[u8], malformed: Malformed) -> Problem {
    if let Err(error) = keep_letter(&app.centre, party, &malformed.to_string(), body).await {
        return error.into();
    }
    match malformed {
        Malformed::NotJson => Problem::unreadable("the body is not JSON in UTF-8"),
        Malformed::Fields(fields) => Problem::invalid(
            fields
                .into_iter()
                .map(|field| FieldFault { pointer: field.pointer, detail: field.detail })
                .collect(),
        ),
    }
}

/// 200: it is stored, whether or not it changed anything.
fn stored(changed: bool) -> Json<Stored> {
    Json(Stored { changed })
}
