//! Incidents, and what the desk does about one by hand.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

mod assess;
mod block_number;
mod close;
mod confirm_hand_over;
mod export;
mod file;
mod filing;
mod hand_over;
mod list;
mod money;
mod note;
mod order_dispatch;
mod order_stop_payment;
mod read;

/// The routes of incidents.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(read::read))
        .routes(routes!(money::money))
        .routes(routes!(note::note))
        .routes(routes!(assess::assess))
        .routes(routes!(close::close))
        .routes(routes!(filing::filing, file::file))
        .routes(routes!(hand_over::hand_over))
        .routes(routes!(confirm_hand_over::confirm_hand_over))
        .routes(routes!(export::export))
        .routes(routes!(order_stop_payment::order_stop_payment))
        .routes(routes!(order_dispatch::order_dispatch))
        .routes(routes!(block_number::block_number))
}
