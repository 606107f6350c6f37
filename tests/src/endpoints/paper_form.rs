//! `/v1/stop-payments/{id}/form`.

use reqwest::{Method, StatusCode};
use serde_json::json;
use tests::{Town, reports};

use super::{MULE, VICTIM};

#[tokio::test(flavor = "multi_thread")]
async fn the_form_is_filled_from_draft_on_and_what_people_wrote_is_text() {
    let town = Town::start().await;
    let mut report = reports::call(VICTIM, MULE, "128000.00", town.now());
    report["transfers"][0]["payee"]["holder"] = json!("<img src=x>李某");
    report["transfers"][0]["reference"] = json!("\"><script>alert(1)</script>");
    report["transfers"][0].as_object_mut().unwrap().remove("amount");
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    let order = &taken["stop_payments"][0];
    assert_eq!(order["status"], "draft");
    let path = order["paper_form"].as_str().unwrap();
    let response = town.auditor().request(Method::GET, path).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    assert!(response.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
    let page = response.text().await.unwrap();
    for part in [
        "紧急止付申请表",
        MULE,
        "95599",
        "中国农业银行",
        "王芳",
        "dispatcher-1",
        "协办民警",
        "盖章",
        "冒充电商物流客服",
    ] {
        assert!(page.contains(part), "{part}");
    }
    for markup in ["<script", "<img", "http://", "https://"] {
        assert!(!page.contains(markup), "{markup}");
    }
    assert!(page.contains("&lt;script&gt;"));
}
