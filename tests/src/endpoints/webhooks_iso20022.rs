//! `/v1/webhooks/banks/{bank_code}` of a bank that speaks ISO 20022.

use channels::webhook::{ID_HEADER, SIGNATURE_HEADER, Secret, TIMESTAMP_HEADER, sign};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{Answer, Town, reports};
use world::Manner;

use super::{MULE, NOTHING, VICTIM};

const XML: &str = "application/xml; charset=utf-8";

async fn send(town: &Town, bank: &str, media_type: &str, id: &str, body: &str) -> Answer {
    let secrets = [Secret::parse(&town.bank(bank).callback_secret()).unwrap()];
    let request = town
        .stranger()
        .request(Method::POST, &format!("/v1/webhooks/banks/{bank}"))
        .header("content-type", media_type)
        .header(ID_HEADER, id)
        .header(TIMESTAMP_HEADER, town.now().timestamp().to_string())
        .header(SIGNATURE_HEADER, sign(&secrets, id, town.now(), body.as_bytes()))
        .body(body.to_owned());
    town.stranger().send(request).await
}

/// An order that PSBC has taken without a word.
async fn submitted(town: &Town, number: usize) -> String {
    town.bank("PSBC").set_manner(Manner::Silent);
    let mut report = reports::call(VICTIM, MULE, "1.00", town.now());
    let account = format!("62218826018159{number:05}");
    report["transfers"] = json!([reports::transfer_to("PSBC", &account, "128000.00", town.now())]);
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    taken["stop_payments"][0]["id"].as_str().unwrap().to_owned()
}

async fn status(town: &Town, order: &str) -> Value {
    let path = format!("/v1/stop-payments/{order}");
    town.auditor().get(&path).await.expect(StatusCode::OK)["status"].clone()
}

/// A camt.029 about an order.
fn resolution(order: &str, status: &str, reason: &str) -> String {
    let case = order.replace('-', "");
    let (bank, police) = ("<Agt><FinInstnId><Nm>B</Nm></FinInstnId></Agt>", "<Pty><Nm>P</Nm></Pty>");
    let reason = match reason {
        "" => String::new(),
        code => format!(
            "<CxlDtls><TxInfAndSts><CxlStsRsnInf><Rsn><Cd>{code}</Cd></Rsn></CxlStsRsnInf></TxInfAndSts></CxlDtls>"
        ),
    };
    format!(
        r#"<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.029.001.09"><RsltnOfInvstgtn><Assgnmt><Id>R1</Id><Assgnr>{bank}</Assgnr><Assgne>{police}</Assgne><CreDtTm>2026-03-01T22:14:00+08:00</CreDtTm></Assgnmt><RslvdCase><Id>{case}</Id><Cretr>{police}</Cretr></RslvdCase><Sts><Conf>{status}</Conf></Sts>{reason}</RsltnOfInvstgtn></Document>"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_moves_its_order_and_pending_moves_nothing() {
    let town = Town::start().await;
    for (number, (answer, reason, expected)) in [
        ("CNCL", "", "active"),
        ("RJCR", "AM04", "empty"),
        ("RJCR", "AC04", "mismatch"),
        ("RJCR", "NOOR", "mismatch"),
        ("RJCR", "ARDT", "held_by_other"),
        ("RJCR", "CUST", "refused"),
        ("RJCR", "LEGL", "refused"),
        ("RJCR", "NOAS", "refused"),
        ("PDCR", "", "submitted"),
    ]
    .into_iter()
    .enumerate()
    {
        let order = submitted(&town, number).await;
        let id = format!("w-{number}");
        let told = send(&town, "PSBC", XML, &id, &resolution(&order, answer, reason)).await;
        assert_eq!(told.expect(StatusCode::OK)["changed"], answer != "PDCR", "{answer} {reason}");
        assert_eq!(status(&town, &order).await, expected, "{answer} {reason}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_comes_twice_or_after_the_end_changes_nothing() {
    let town = Town::start().await;
    let order = submitted(&town, 1).await;
    let changed = async |id: &str, body: &str| {
        send(&town, "PSBC", XML, id, body).await.expect(StatusCode::OK)["changed"].clone()
    };
    assert_eq!(changed("w-0", &resolution(&order, "PDCR", "")).await, false);
    let done = resolution(&order, "CNCL", "");
    assert_eq!(changed("w-1", &done).await, true, "what was pending is resolved");
    assert_eq!(changed("w-1", &done).await, false, "the same message");
    assert_eq!(changed("w-2", &resolution(&order, "RJCR", "CUST")).await, false, "after the end");
    assert_eq!(status(&town, &order).await, "active");
    let unknown = send(&town, "PSBC", XML, "w-3", &resolution(NOTHING, "PDCR", "")).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_named_and_kept() {
    let town = Town::start().await;
    let order = submitted(&town, 1).await;
    let sound = resolution(&order, "CNCL", "");
    let bomb = r#"<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Document>&b;</Document>"#;
    for (id, body, pointer) in [
        ("w-1", sound.replace("</Document>", ""), ""),
        ("w-2", bomb.to_owned(), ""),
        ("w-3", sound.replace("<Sts><Conf>CNCL</Conf></Sts>", ""), "/Document/RsltnOfInvstgtn/Sts"),
        ("w-4", sound.replace("camt.029.001.09", "camt.029.001.01"), "/Document"),
        ("w-5", "{}".to_owned(), ""),
    ] {
        let refused = send(&town, "PSBC", XML, id, &body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{id}");
        assert_eq!(refused.pointers(), [pointer], "{id}");
        assert!(!refused.body.to_string().contains("aaaa"), "nothing of the body is repeated");
    }
    assert_eq!(status(&town, &order).await, "submitted");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_bank_is_heard_in_its_own_tongue_only() {
    let town = Town::start().await;
    let order = submitted(&town, 1).await;
    let xml = resolution(&order, "CNCL", "");
    let to_webhook = send(&town, "ABC", XML, "w-1", &xml).await;
    assert_eq!(to_webhook.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let json = json!({ "type": "stop_payment.result", "data": { "order_id": order, "result_code": "0000" } });
    let to_iso = send(&town, "PSBC", "application/json", "w-2", &json.to_string()).await;
    assert_eq!(to_iso.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(status(&town, &order).await, "submitted");
    let banks = town.admin().list("/v1/banks").await;
    let adapters: Vec<(&str, &str)> = banks
        .iter()
        .map(|bank| (bank["code"].as_str().unwrap(), bank["adapter"].as_str().unwrap()))
        .collect();
    assert!(
        adapters.contains(&("PSBC", "iso20022")) && adapters.contains(&("ABC", "webhook")),
        "{adapters:?}"
    );
}
