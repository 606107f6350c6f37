use domain::account::{Account, AccountKind, AccountNumber, BankCode};
use domain::id::{IncidentId, MeasureId};
use domain::money::Fen;
use domain::person::PersonName;
use domain::stop_payment::{Freeze, FreezeTerms, StopOrder};
use proptest::prelude::*;

use super::definitions::{CANCELLATION_REQUEST, STATUS_REQUEST};
use super::structure::{MAX_BYTES, at, check, parse, text_of};
use super::wire::{CAMT_029, CAMT_056, PACS_004, PACS_028, message};
use super::*;
use crate::outside::now;
use crate::stop_payment::{BankResult, RequestedBy};

const ORDER: &str = "0195518bf1a070008000000000000001";

fn order() -> StopOrder {
    let order_id: MeasureId = "0195518b-f1a0-7000-8000-000000000001".parse().unwrap();
    let incident_id: IncidentId = "0195518b-f1a0-7000-8000-000000000002".parse().unwrap();
    let bank = |code: &str| BankCode::parse(code).unwrap();
    StopOrder {
        order_id,
        incident_id,
        round: 1,
        hop: 0,
        kind: AccountKind::BankCard,
        number: AccountNumber::parse("6221882601815908309").unwrap(),
        holder: Some(PersonName::parse("李某 <甲> & 乙").unwrap()),
        bank_code: bank("PSBC"),
        claim: None,
        amount: Fen::parse("128000.00").unwrap(),
        transferred_at: "2026-03-01T16:05:00Z".parse().unwrap(),
        payer: Some(Account {
            kind: AccountKind::BankCard,
            number: Some(AccountNumber::parse("6222020200112233440").unwrap()),
            holder: Some(PersonName::parse("王芳").unwrap()),
            bank_code: Some(bank("ICBC")),
        }),
    }
}

fn asking(ask: Ask) -> StopRequest {
    StopRequest {
        message_id: "0195518b-f1a0-7000-8000-000000000001.inquire.2".to_owned(),
        asked_at: now(),
        ask,
        order: order(),
        requested_by: RequestedBy {
            operator: "指挥中心".to_owned(),
            organisation: "150200000000".to_owned(),
        },
    }
}

/// What is at a path of a message that we wrote, after holding it against its definition.
fn written(request: &StopRequest, definition: &str, path: &[&str]) -> String {
    let body = message(request);
    let document = parse(&body).unwrap();
    let root = document.root_element();
    assert_eq!(
        root.tag_name().namespace(),
        Some(format!("urn:iso:std:iso:20022:tech:xsd:{definition}").as_str())
    );
    let mut faults = vec![];
    let shape = if definition == CAMT_056 { &CANCELLATION_REQUEST } else { &STATUS_REQUEST };
    check(at(root, &path[..1]).unwrap(), shape, "", &mut faults);
    assert_eq!(faults, []);
    text_of(at(root, path).unwrap()).to_owned()
}

#[test]
fn an_order_is_a_recall_for_fraud_with_the_four_facts() {
    let stop = asking(Ask::Stop);
    let found = |path: &[&str]| written(&stop, CAMT_056, &[&["FIToFIPmtCxlReq"], path].concat());
    for id in [&["Assgnmt", "Id"][..], &["Case", "Id"], &["Undrlyg", "TxInf", "CxlId"]] {
        assert_eq!(found(id), ORDER, "an identifier has at most 35 characters");
    }
    let payment = |path: &[&str]| found(&[&["Undrlyg", "TxInf"], path].concat());
    assert_eq!(payment(&["CxlRsnInf", "Rsn", "Cd"]), "FRAD");
    assert_eq!(payment(&["OrgnlIntrBkSttlmAmt"]), "128000.00");
    assert_eq!(payment(&["OrgnlIntrBkSttlmDt"]), "2026-03-02", "the day in China");
    assert_eq!(payment(&["OrgnlTxRef", "ReqdExctnDt", "DtTm"]), "2026-03-02T00:05:00+08:00");
    assert_eq!(payment(&["OrgnlTxRef", "Cdtr", "Pty", "Nm"]), "李某 <甲> & 乙");
    assert_eq!(payment(&["OrgnlTxRef", "CdtrAcct", "Id", "Othr", "Id"]), "6221882601815908309");
    assert_eq!(payment(&["OrgnlTxRef", "CdtrAgt", "FinInstnId", "Othr", "Id"]), "PSBC");
    assert_eq!(payment(&["OrgnlTxRef", "Dbtr", "Pty", "Nm"]), "王芳");
}

#[test]
fn a_question_is_a_status_request_about_the_recall() {
    let question = asking(Ask::Status);
    let found = |path: &[&str]| written(&question, PACS_028, &[&["FIToFIPmtStsReq"], path].concat());
    assert_eq!(found(&["OrgnlGrpInf", "OrgnlMsgId"]), ORDER);
    assert_eq!(found(&["OrgnlGrpInf", "OrgnlMsgNmId"]), CAMT_056);
    let other = StopRequest { message_id: "another".to_owned(), ..asking(Ask::Status) };
    assert_ne!(message(&question), message(&other), "every question has an id of its own");
}

#[test]
fn what_the_standard_cannot_say_is_not_said() {
    let freeze =
        Freeze { case_number: "A1".to_owned(), document: "D1".to_owned(), terms: FreezeTerms::default() };
    for ask in [Ask::Renew, Ask::Release { reason: "误报".to_owned() }, Ask::Freeze(freeze)] {
        assert!(cannot_say(&ask, &order()).is_some(), "{ask:?}");
    }
    assert_eq!(cannot_say(&Ask::Stop, &order()), None);
    let long = StopOrder { number: AccountNumber::parse(&"1".repeat(35)).unwrap(), ..order() };
    assert!(cannot_say(&Ask::Stop, &long).is_some());
}

const PARTIES: &str =
    "<Assgnr><Agt><FinInstnId><Nm>B</Nm></FinInstnId></Agt></Assgnr><Assgne><Pty><Nm>P</Nm></Pty></Assgne>";

/// A camt.029 with this status and these details of the transaction.
fn resolution(status: &str, details: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
        <Document xmlns="urn:iso:std:iso:20022:tech:xsd:{CAMT_029}"><RsltnOfInvstgtn>
        <Assgnmt><Id>R1</Id>{PARTIES}<CreDtTm>2026-03-01T22:14:00+08:00</CreDtTm></Assgnmt>
        <RslvdCase><Id>{ORDER}</Id><Cretr><Pty><Nm>P</Nm></Pty></Cretr></RslvdCase>
        <Sts>{status}</Sts><CxlDtls><TxInfAndSts>{details}</TxInfAndSts></CxlDtls>
        </RsltnOfInvstgtn></Document>"#
    )
}

fn rejected(reason: &str) -> String {
    resolution(
        "<Conf>RJCR</Conf>",
        &format!(
            "<TxCxlSts>RJCR</TxCxlSts><CxlStsRsnInf><Rsn><Cd>{reason}</Cd></Rsn><AddtlInf>资金已转出</AddtlInf></CxlStsRsnInf>"
        ),
    )
}

fn result(body: &str) -> BankResult {
    match read_answer(body.as_bytes()) {
        Ok(BankSaid::Result(result)) => result,
        other => panic!("{other:?}"),
    }
}

fn pointers(body: &str) -> Vec<String> {
    match read_answer(body.as_bytes()) {
        Err(Malformed::Fields(fields)) => fields.into_iter().map(|field| field.pointer).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_recall_that_was_carried_out_holds_what_it_says_or_everything() {
    let whole = result(&resolution("<Conf>CNCL</Conf>", "<TxCxlSts>ACCR</TxCxlSts>"));
    assert_eq!(whole.order_id, order().order_id);
    assert_eq!((whole.answer.result_code.as_str(), whole.answer.held), ("0000", None));
    assert_eq!(whole.answer.stopped_at, Some("2026-03-01T14:14:00Z".parse().unwrap()), "by the bank's clock");
    let money = r#"<TxCxlSts>ACCR</TxCxlSts><RsltnRltdInf><IntrBkSttlmAmt Ccy="CNY">1000.5</IntrBkSttlmAmt></RsltnRltdInf>"#;
    let part = result(&resolution("<Conf>PECR</Conf>", money));
    assert_eq!(
        (part.answer.result_code.as_str(), part.answer.held),
        ("1200", Some(Fen::parse("1000.50").unwrap()))
    );
    let untold = resolution("<Conf>PECR</Conf>", "<TxCxlSts>ACCR</TxCxlSts>");
    assert_eq!(pointers(&untold), ["/Document/RsltnOfInvstgtn/RsltnRltdInf/IntrBkSttlmAmt"]);
}

#[test]
fn every_reason_of_a_rejection_has_its_four_digits() {
    for (reason, code) in [
        ("AM04", "1200"),
        ("AC04", "0300"),
        ("AC01", "0301"),
        ("NOOR", "0400"),
        ("ARDT", "0900"),
        ("CUST", "1099"),
        ("NOAS", "1099"),
        ("LEGL", "1099"),
        ("AGNT", "1099"),
        ("XXXX", "1099"),
    ] {
        let answer = result(&rejected(reason)).answer;
        assert_eq!(answer.result_code.as_str(), code, "{reason}");
        assert_eq!(answer.held, (reason == "AM04").then_some(Fen::ZERO), "a rejection holds nothing");
        assert_eq!(answer.remark.as_deref(), Some(format!("{reason} 资金已转出").as_str()));
    }
}

#[test]
fn what_is_pending_or_told_twice_is_no_answer_yet() {
    let pending = resolution("<Conf>PDCR</Conf>", "<TxCxlSts>PDCR</TxCxlSts>");
    let case = format!("<DplctOf><Id>{ORDER}</Id><Cretr><Pty><Nm>P</Nm></Pty></Cretr></DplctOf>");
    for body in [pending, resolution(&case, "")] {
        assert_eq!(read_answer(body.as_bytes()), Ok(BankSaid::Pending(order().order_id)));
    }
}

/// A pacs.004 that returns so much in answer to our recall.
fn returned(amount: &str) -> String {
    format!(
        r#"<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{PACS_004}"><PmtRtr>
        <GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-01T22:14:00</CreDtTm><NbOfTxs>1</NbOfTxs><SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr>
        <TxInf><OrgnlGrpInf><OrgnlMsgId>{ORDER}</OrgnlMsgId><OrgnlMsgNmId>camt.056.001.08</OrgnlMsgNmId></OrgnlGrpInf>
        {amount}<RtrRsnInf><Rsn><Cd>FOCR</Cd></Rsn></RtrRsnInf></TxInf></PmtRtr></Document>"#
    )
}

#[test]
fn a_return_is_money_that_was_caught() {
    let answer = result(&returned(r#"<RtrdIntrBkSttlmAmt Ccy="CNY">127990.00</RtrdIntrBkSttlmAmt>"#)).answer;
    assert_eq!((answer.result_code.as_str(), answer.held), ("0000", Some(Fen::parse("127990.00").unwrap())));
    assert_eq!(
        answer.stopped_at,
        Some("2026-03-01T14:14:00Z".parse().unwrap()),
        "without an offset it is China's"
    );
    assert_eq!(answer.remark.as_deref(), Some("returned FOCR"));
    let amount = "/Document/PmtRtr/TxInf/RtrdIntrBkSttlmAmt";
    assert_eq!(pointers(&returned("")), [amount]);
    for bad in [r#"Ccy="USD">1.00"#, r#"Ccy="CNY">1.001"#, r#"Ccy="CNY">100000000000000.00"#] {
        let body = returned(&format!("<RtrdIntrBkSttlmAmt {bad}</RtrdIntrBkSttlmAmt>"));
        assert_eq!(pointers(&body), [amount], "{bad}");
    }
    let other = returned(r#"<RtrdIntrBkSttlmAmt Ccy="CNY">1.00</RtrdIntrBkSttlmAmt>"#);
    let of_a_transfer = other.replace("camt.056.001.08", "pacs.008.001.08");
    assert_eq!(pointers(&of_a_transfer), ["/Document/PmtRtr/TxInf/OrgnlGrpInf/OrgnlMsgId"]);
}

#[test]
fn what_the_definition_does_not_allow_is_named_where_it_stands() {
    let sound = resolution("<Conf>CNCL</Conf>", "<TxCxlSts>ACCR</TxCxlSts>");
    let root = "/Document/RsltnOfInvstgtn";
    for (part, instead, place) in [
        ("<Sts><Conf>CNCL</Conf></Sts>", "", "/Sts"),
        ("<Sts><Conf>CNCL</Conf></Sts>", "<Sts><Conf>CNCL</Conf><Conf>CNCL</Conf></Sts>", "/Sts"),
        ("<Conf>CNCL</Conf>", "<Conf>INFO</Conf>", "/Sts"),
        ("<Conf>CNCL</Conf>", "<Conf>CANCELLED</Conf>", "/Sts/Conf"),
        ("<Conf>CNCL</Conf>", "<Conf>RJCR</Conf>", "/CxlDtls/TxInfAndSts/TxCxlSts"),
        ("<TxCxlSts>ACCR</TxCxlSts>", "<TxCxlSts>DONE</TxCxlSts>", "/CxlDtls/TxInfAndSts/TxCxlSts"),
        ("<Id>R1</Id>", "", "/Assgnmt/Id"),
        ("<Id>R1</Id>", &format!("<Id>{}</Id>", "R".repeat(36)), "/Assgnmt/Id"),
        ("22:14:00+08:00", "10 o'clock", "/Assgnmt/CreDtTm"),
        ("<CxlDtls>", "<Oops/><CxlDtls>", ""),
        (ORDER, "0195518b-f1a0-7000-8000-00000000000", "/RslvdCase/Id"),
    ] {
        let body = sound.replace(part, instead);
        assert_ne!(body, sound);
        assert!(pointers(&body).contains(&format!("{root}{place}")), "{instead}: {:?}", pointers(&body));
    }
    let twice = format!(
        "<RslvdCase><Id>{}</Id><Cretr><Pty/></Cretr></RslvdCase><TxCxlSts>ACCR</TxCxlSts>",
        ORDER.replace('1', "2")
    );
    assert_eq!(pointers(&resolution("<Conf>CNCL</Conf>", &twice)), [format!("{root}/RslvdCase/Id")]);
    let of_another_version = sound.replace(CAMT_029, "camt.029.001.02");
    assert_eq!(pointers(&of_another_version), ["/Document"]);
}

#[test]
fn nothing_in_a_message_expands_leads_elsewhere_or_overflows() {
    let bomb = r#"<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><Document>&b;</Document>"#;
    let elsewhere = r#"<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><Document>&a;</Document>"#;
    let deep = "<a>".repeat(20_000);
    let wide = format!("<Document>{}</Document>", "<a/>".repeat(5_000));
    let long = format!("<Document>{}</Document>", " ".repeat(MAX_BYTES));
    let undeclared = "<Document>&b;</Document>";
    for body in [bomb, elsewhere, &deep, &wide, &long, undeclared, "", "{}", "<Document>", "\u{feff}"] {
        assert_eq!(pointers(body), [""], "{}", &body[..body.len().min(60)]);
    }
    assert!(matches!(read_answer(b"\xff\xfe<"), Err(Malformed::Fields(_))));
}

proptest! {
    #[test]
    fn no_body_whatever_makes_it_panic(body in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read_answer(&body);
    }

    #[test]
    fn no_message_with_a_hole_in_it_makes_it_panic(from in 0_usize..600, length in 0_usize..60) {
        let mut body = rejected("AM04").into_bytes();
        let from = from.min(body.len());
        let to = (from + length).min(body.len());
        body.drain(from..to);
        let _ = read_answer(&body);
    }
}
