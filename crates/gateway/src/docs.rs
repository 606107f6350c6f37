//! `/openapi.json`, and `/docs`, which shows it. Everything is served from here; nothing is loaded from the
//! internet.

use axum::Router;
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::{Config, SwaggerUi};

/// The document and its pages.
pub fn router<S: Clone + Send + Sync + 'static>(document: OpenApi) -> Router<S> {
    // the badge would send the document's address to a validator on the internet
    let config = Config::default().validator_url("none");
    SwaggerUi::new("/docs").url("/openapi.json", document).config(config).into()
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use utoipa::OpenApi;

    use super::*;
    use crate::openapi::Frame;
    use crate::testing::{get, send};

    #[tokio::test]
    async fn the_document_is_openapi_3_1_and_its_pages_load_nothing_from_elsewhere() {
        let app = router::<()>(Frame::openapi());
        let document = send(app.clone(), get("/openapi.json")).await;
        assert_eq!(document.status, StatusCode::OK);
        assert!(document.json()["openapi"].as_str().unwrap().starts_with("3.1"));
        for page in ["/docs/", "/docs/swagger-initializer.js"] {
            let page = send(app.clone(), get(page)).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(!page.text().contains("https://"), "{}", page.text());
        }
    }
}
