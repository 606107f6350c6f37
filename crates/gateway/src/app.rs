//! The application: what every endpoint shares, and all of them put together.

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use domain::clock::Clock;
use interception::Centre;
use interception::access::find_operator;
use interception::workers::Notices;
use tokio_util::sync::CancellationToken;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::access::{Lane, TokenHolders};
use crate::openapi::Frame;
use crate::pace::Pace;
use crate::{docs, endpoints, layers};

/// What every endpoint shares.
#[derive(Debug, Clone)]
pub struct App {
    /// The command centre.
    pub centre: Arc<Centre>,
    /// The same on its reserved connections: for people at work and for banks, whom no flood of alerts may hold up.
    pub urgent: Arc<Centre>,
    /// Wakes whoever streams events.
    pub notices: Arc<Notices>,
    /// How often one caller may ask.
    pub pace: Arc<Pace>,
    /// Ends the streams, so that a stop is not held up by them.
    pub stop: CancellationToken,
}

impl App {
    /// What endpoints share; `pace` and `stop` as the program has them.
    #[must_use]
    pub fn new(centre: Arc<Centre>, notices: Arc<Notices>, pace: Arc<Pace>, stop: CancellationToken) -> Self {
        Self { urgent: Arc::new(centre.urgent()), centre, notices, pace, stop }
    }

    /// The centre for a caller of this kind.
    #[must_use]
    pub fn centre_for(&self, lane: Lane) -> &Arc<Centre> {
        match lane {
            Lane::Urgent => &self.urgent,
            Lane::Alerts => &self.centre,
        }
    }
}

impl FromRef<App> for Arc<dyn Clock> {
    fn from_ref(app: &App) -> Self {
        Arc::clone(&app.centre.clock)
    }
}

impl FromRef<App> for TokenHolders {
    fn from_ref(app: &App) -> Self {
        let app = app.clone();
        Self::new(move |hash, lane| {
            let (centre, pace) = (Arc::clone(app.centre_for(lane)), Arc::clone(&app.pace));
            Box::pin(async move {
                let found = find_operator(&centre, &hash).await?;
                found.as_ref().map_or(Ok(()), |operator| pace.keep(operator.id))?;
                Ok(found)
            })
        })
    }
}

/// Every route, described and surrounded.
pub fn router(app: App) -> Router {
    let (routes, document) =
        OpenApiRouter::with_openapi(Frame::openapi()).merge(endpoints::routes()).split_for_parts();
    layers::surround(routes.merge(docs::router(document)).with_state(app))
}
