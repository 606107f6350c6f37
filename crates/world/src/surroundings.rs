//! What every party of the world shares: the clock, the way back to the gateway, and the end of it all.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use domain::clock::Clock;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::signature::Secret;

/// How long an outside party waits before it tells a deaf gateway again; after the last it gives up.
const CALLBACK_DELAYS_SECS: [u64; 6] = [1, 2, 4, 8, 15, 30];
/// How long one request of the outside may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);

/// Handed to every party; clones share everything.
#[derive(Clone)]
pub(crate) struct Surroundings {
    pub(crate) clock: Arc<dyn Clock>,
    client: reqwest::Client,
    callback_base: watch::Sender<Option<String>>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// Something a party says of its own accord.
pub(crate) struct Callback {
    /// Below the gateway's address: `/v1/webhooks/banks/ABC`.
    pub(crate) path: String,
    /// The `webhook-id`: the same for the same statement.
    pub(crate) id: String,
    pub(crate) secret: Secret,
    pub(crate) media_type: &'static str,
    pub(crate) body: String,
    pub(crate) after: Duration,
}

impl Surroundings {
    pub(crate) fn new(callback_base: Option<String>, clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            client: http_client(),
            callback_base: watch::Sender::new(callback_base),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        }
    }

    pub(crate) fn set_callback_base(&self, url: String) {
        self.callback_base.send_replace(Some(url));
    }

    /// Takes a free port of this machine; also the address it is reached at.
    pub(crate) async fn listen(&self) -> io::Result<(TcpListener, String)> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        Ok((listener, endpoint))
    }

    /// Serves in the background until the end.
    pub(crate) fn serve(&self, listener: TcpListener, router: Router) {
        let server =
            axum::serve(listener, router).with_graceful_shutdown(self.stop.clone().cancelled_owned());
        self.tasks.spawn(async move {
            if let Err(error) = server.await {
                tracing::error!(%error, "a party of the world stopped listening");
            }
        });
    }

    /// Does something in the background until it is done, or the end.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            stop.run_until_cancelled(work).await;
        });
    }

    /// Speaks to the gateway in the background, until it listens or patience ends.
    pub(crate) fn call_back(&self, callback: Callback) {
        let this = self.clone();
        self.spawn(async move { this.deliver(callback).await });
    }

    /// Never answers; returns only at the end of the world.
    pub(crate) async fn hang(&self) {
        self.stop.cancelled().await;
    }

    pub(crate) async fn end(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    async fn deliver(&self, callback: Callback) {
        tokio::time::sleep(callback.after).await;
        let mut base = self.callback_base.subscribe();
        let Ok(base) = base.wait_for(Option::is_some).await.map(|base| base.clone()) else {
            return;
        };
        let url = format!("{}{}", base.unwrap_or_default(), callback.path);
        let body = callback.body.clone();
        for delay_secs in CALLBACK_DELAYS_SECS {
            if self.told(&url, &callback, body.clone()).await {
                return;
            }
            tokio::time::sleep(Duration::from_secs(delay_secs)).await;
        }
        tracing::warn!(path = callback.path, "the gateway never took a callback");
    }

    /// Whether telling again is pointless: it was taken, or refused for good.
    async fn told(&self, url: &str, callback: &Callback, body: String) -> bool {
        let timestamp_secs = self.clock.now().timestamp();
        let signature = callback.secret.sign(&callback.id, timestamp_secs, body.as_bytes());
        let sent = self
            .client
            .post(url)
            .header("content-type", callback.media_type)
            .header("webhook-id", &callback.id)
            .header("webhook-timestamp", timestamp_secs)
            .header("webhook-signature", signature)
            .body(body)
            .send()
            .await;
        // an order can overtake its own record: 404 is worth another try
        sent.is_ok_and(|response| response.status().is_success() || response.status() == 422)
    }
}

/// A client for plain HTTP on this machine.
pub(crate) fn http_client() -> reqwest::Client {
    // reqwest is built without a TLS provider of its own; an error means that one is already installed
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().timeout(REQUEST_TIMEOUT).no_proxy().build().unwrap_or_default()
}
