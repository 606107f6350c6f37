//! Orders to stations, as their officers and the desk handle them.

use axum::http::StatusCode;
use axum::response::Response;
use domain::dispatch::Dispatch;
use interception::Act;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::acting::{Refusal, answer};
use crate::app::App;
use crate::wire;

mod accept;
mod arrive;
mod depart;
mod feed_back;
mod give_back;
mod list;
mod reassign;

/// The routes of dispatches.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(accept::accept))
        .routes(routes!(depart::depart))
        .routes(routes!(arrive::arrive))
        .routes(routes!(feed_back::feed_back))
        .routes(routes!(give_back::give_back))
        .routes(routes!(reassign::reassign))
}

/// Commits, and answers how the dispatch stands.
async fn answer_with(act: Act<'_>, dispatch: &Dispatch) -> Result<Response, Refusal> {
    let spelled = wire::dispatch::Dispatch::of(dispatch, act.is_drill(), &act.centre.stations);
    answer(act, StatusCode::OK, &spelled).await
}
