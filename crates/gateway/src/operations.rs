//! Health, readiness and metrics, on the operations address: no token, loopback by default.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use futures::future::BoxFuture;
use metrics_exporter_prometheus::PrometheusHandle;

/// Prometheus' own format.
const EXPOSITION: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Tells whether requests can be served now, and if not, what is missing.
pub type Readiness = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// `/healthz` (the process answers), `/readyz` (it can also do its work), `/heartbeat` (some engine is at work, here
/// or elsewhere: for a monitor outside to watch) and `/metrics`.
pub fn router(metrics: PrometheusHandle, readiness: Readiness, heartbeat: Readiness) -> Router {
    Router::new()
        .route("/healthz", get(async || "healthy\n"))
        .route("/readyz", get(move || answer("ready", readiness.clone())))
        .route("/heartbeat", get(move || answer("beating", heartbeat.clone())))
        .route("/metrics", get(async move || ([(CONTENT_TYPE, EXPOSITION)], metrics.render())))
}

async fn answer(good: &str, asked: Readiness) -> impl IntoResponse {
    match asked().await {
        Ok(()) => (StatusCode::OK, format!("{good}\n")),
        Err(missing) => (StatusCode::SERVICE_UNAVAILABLE, format!("not {good}: {missing}\n")),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use metrics_exporter_prometheus::PrometheusBuilder;
    use tower::ServiceExt;

    use super::*;

    async fn status_of(path: &str, missing: Option<&'static str>) -> StatusCode {
        let readiness: Readiness =
            Arc::new(move || Box::pin(async move { missing.map_or(Ok(()), |what| Err(what.to_owned())) }));
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        let request = Request::get(path).body(Body::empty()).unwrap();
        router(metrics, readiness.clone(), readiness).oneshot(request).await.unwrap().status()
    }

    #[tokio::test]
    async fn a_process_without_its_database_is_healthy_but_not_ready() {
        assert_eq!(status_of("/healthz", Some("database")).await, StatusCode::OK);
        assert_eq!(status_of("/readyz", Some("database")).await, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(status_of("/readyz", None).await, StatusCode::OK);
        assert_eq!(status_of("/heartbeat", Some("silent")).await, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(status_of("/heartbeat", None).await, StatusCode::OK);
        assert_eq!(status_of("/metrics", None).await, StatusCode::OK);
    }
}
