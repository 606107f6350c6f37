//! The bank that speaks ISO 20022: the same books behind another tongue. A recall (camt.056) comes in as a stop, a status
//! request (pacs.028) as a question, and results leave as resolutions (camt.029).

use chrono::{DateTime, SecondsFormat};
use roxmltree::{Document, Node};
use serde_json::{Value, json};

use crate::party::Tongue;

const CAMT_056: &str = "urn:iso:std:iso:20022:tech:xsd:camt.056.001.08";
const PACS_028: &str = "urn:iso:std:iso:20022:tech:xsd:pacs.028.001.03";
const CAMT_029: &str = "urn:iso:std:iso:20022:tech:xsd:camt.029.001.09";

pub(super) const TONGUE: Tongue = Tongue { media_type: "application/xml", read, write, later };

/// What a message asks for, in the words of the books.
fn read(body: &[u8]) -> Option<(String, Value)> {
    let document = Document::parse(std::str::from_utf8(body).ok()?).ok()?;
    let root = document.root_element();
    match root.tag_name().namespace()? {
        CAMT_056 => Some(("stop_payment.requested".to_owned(), stop(root)?)),
        PACS_028 => {
            let asked = find(root, &["FIToFIPmtStsReq", "OrgnlGrpInf"])?;
            let is_recall = text(asked, &["OrgnlMsgNmId"])?.starts_with("camt.056");
            let data = json!({ "order_id": hyphenated(&text(asked, &["OrgnlMsgId"])?)? });
            is_recall.then_some(("stop_payment.status_requested".to_owned(), data))
        }
        _ => None,
    }
}

fn stop(root: Node<'_, '_>) -> Option<Value> {
    let recall = find(root, &["FIToFIPmtCxlReq"])?;
    let payment = find(recall, &["Undrlyg", "TxInf"])?;
    let transfer = find(payment, &["OrgnlTxRef"])?;
    if text(payment, &["CxlRsnInf", "Rsn", "Cd"])? != "FRAD" {
        return None;
    }
    let amount = find(payment, &["OrgnlIntrBkSttlmAmt"])?;
    Some(json!({
        "order_id": hyphenated(&text(recall, &["Case", "Id"])?)?,
        "account": {
            "kind": text(transfer, &["CdtrAcct", "Id", "Othr", "SchmeNm", "Prtry"])?,
            "number": text(transfer, &["CdtrAcct", "Id", "Othr", "Id"])?,
            "holder": text(transfer, &["Cdtr", "Pty", "Nm"]),
        },
        "amount": { "amount": amount.text()?, "currency": amount.attribute("Ccy")? },
        "transferred_at": text(transfer, &["ReqdExctnDt", "DtTm"]),
    }))
}

fn find<'a, 'input>(node: Node<'a, 'input>, path: &[&str]) -> Option<Node<'a, 'input>> {
    path.iter().try_fold(node, |node, name| {
        node.children()
            .find(|child| child.has_tag_name((node.tag_name().namespace().unwrap_or_default(), *name)))
    })
}

fn text(node: Node<'_, '_>, path: &[&str]) -> Option<String> {
    find(node, path)?.text().map(str::to_owned)
}

/// The books keep ids as the other bank's requests spell them.
fn hyphenated(id: &str) -> Option<String> {
    uuid::Uuid::try_parse(id).ok().map(|id| id.hyphenated().to_string())
}

/// A result of the books as a resolution.
fn write(result: &Value) -> String {
    let data = &result["data"];
    let held = data["held"]["amount"].as_str();
    let has_held = held.is_some_and(|held| held != "0.00");
    let (status, reason) = match (data["result_code"].as_str().unwrap_or_default(), has_held) {
        ("0000", _) => ("CNCL", None),
        ("1200", true) => ("PECR", None),
        ("1200", false) => ("RJCR", Some("AM04")),
        ("0300", _) => ("RJCR", Some("AC04")),
        ("0301", _) => ("RJCR", Some("AC01")),
        ("0400", _) => ("RJCR", Some("NOOR")),
        ("1301" | "1303", _) => ("RJCR", Some("ARDT")),
        (_, _) => ("RJCR", Some("LEGL")),
    };
    let at = data["stopped_at"].as_str().or(result["timestamp"].as_str()).unwrap_or_default();
    resolution(data["order_id"].as_str().unwrap_or_default(), at, status, reason, held.filter(|_| has_held))
}

/// The bank has the recall and has not decided.
fn later(result: &Value) -> String {
    let (order, at) = (result["data"]["order_id"].as_str(), result["timestamp"].as_str());
    resolution(order.unwrap_or_default(), at.unwrap_or_default(), "PDCR", None, None)
}

fn resolution(order: &str, at: &str, status: &str, reason: Option<&str>, held: Option<&str>) -> String {
    let case = order.replace('-', "");
    let of_payment = match status {
        "CNCL" | "PECR" => "ACCR",
        other => other,
    };
    let reason = reason.map(|code| format!("<CxlStsRsnInf><Rsn><Cd>{code}</Cd></Rsn></CxlStsRsnInf>"));
    let held = held.map(|held| {
        format!(r#"<RsltnRltdInf><IntrBkSttlmAmt Ccy="CNY">{held}</IntrBkSttlmAmt></RsltnRltdInf>"#)
    });
    let bank = "<Agt><FinInstnId><Nm>中国邮政储蓄银行</Nm></FinInstnId></Agt>";
    let police = "<Pty><Nm>反诈中心</Nm></Pty>";
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{CAMT_029}"><RsltnOfInvstgtn><Assgnmt><Id>R{}</Id><Assgnr>{bank}</Assgnr><Assgne>{police}</Assgne><CreDtTm>{}</CreDtTm></Assgnmt><RslvdCase><Id>{case}</Id><Cretr>{police}</Cretr></RslvdCase><Sts><Conf>{status}</Conf></Sts><CxlDtls><TxInfAndSts><TxCxlSts>{of_payment}</TxCxlSts>{}{}</TxInfAndSts></CxlDtls></RsltnOfInvstgtn></Document>"#,
        &case[..case.len().min(34)],
        iso_moment(at),
        reason.unwrap_or_default(),
        held.unwrap_or_default(),
    )
}

fn iso_moment(at: &str) -> String {
    DateTime::parse_from_rfc3339(at)
        .map_or_else(|_| at.to_owned(), |at| at.to_rfc3339_opts(SecondsFormat::Micros, false))
}
