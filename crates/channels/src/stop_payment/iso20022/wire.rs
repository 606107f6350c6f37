//! The wire form of orders and answers in ISO 20022, and the one mapping between it and ours.
//!
//! - An order is a camt.056 with reason `FRAD`. Its id, without hyphens since identifiers have at most 35 characters, is
//!   the assignment, the case and the cancellation; a bank answers about any of them. We know the payment by its
//!   accounts, amount and time alone: the original message was never ours.
//! - The question what became of it is a pacs.028 about that camt.056, as the European schemes ask after a recall.
//! - A return (pacs.004) answers our camt.056 and names it as the original message.

use chrono::{DateTime, SecondsFormat, SubsecRound};
use domain::account::{Account, AccountKind};
use domain::clock::{Instant, at_the_glass};
use domain::id::MeasureId;
use domain::money::Fen;
use domain::stop_payment::{BankAnswer, ResultCode, StopOrder};
use domain::text::{NOTE_MAX_CHARS, bounded};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use roxmltree::Node;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::definitions::{PAYMENT_RETURN, RESOLUTION_OF_INVESTIGATION};
use super::structure::{all, at, check, parse, text_of};
use crate::form::{BadField, Malformed};
use crate::stop_payment::{Ask, BankResult, BankSaid, StopRequest};

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:";
pub(super) const CAMT_056: &str = "camt.056.001.08";
pub(super) const PACS_028: &str = "pacs.028.001.03";
pub(super) const CAMT_029: &str = "camt.029.001.09";
pub(super) const PACS_004: &str = "pacs.004.001.09";
/// The longest identification of an account that is no IBAN.
const ACCOUNT_MAX_CHARS: usize = 34;
/// The longest name of a party, and of an account's holder.
const NAME_MAX_CHARS: usize = 140;
/// The longest line of additional information.
const LINE_MAX_CHARS: usize = 105;

/// Whether an account of the order does not fit into the standard's.
pub(super) fn is_too_long(order: &StopOrder) -> bool {
    order.number.reveal().chars().count() > ACCOUNT_MAX_CHARS
}

/// An order is known by this.
fn id(order: MeasureId) -> String {
    order.uuid().simple().to_string()
}

/// The message of a request.
pub(super) fn message(request: &StopRequest) -> Vec<u8> {
    // a person phones for what cannot be said: it never comes here
    if matches!(request.ask, Ask::Status) { status_request(request) } else { cancellation_request(request) }
}

fn cancellation_request(request: &StopRequest) -> Vec<u8> {
    let (order, id) = (&request.order, id(request.order.order_id));
    let mut xml = Xml::document(CAMT_056, "FIToFIPmtCxlReq");
    xml.within("Assgnmt", |xml| {
        xml.text("Id", &id);
        xml.within("Assgnr", |xml| police(xml, request));
        xml.within("Assgne", |xml| xml.within("Agt", |xml| bank(xml, order.bank_code.as_str())));
        xml.text("CreDtTm", &moment(request.asked_at));
    });
    xml.within("Case", |xml| {
        xml.text("Id", &id);
        xml.within("Cretr", |xml| police(xml, request));
    });
    xml.within("CtrlData", |xml| xml.text("NbOfTxs", "1"));
    xml.within("Undrlyg", |xml| {
        xml.within("TxInf", |xml| {
            xml.text("CxlId", &id);
            xml.money("OrgnlIntrBkSttlmAmt", order.amount);
            xml.text(
                "OrgnlIntrBkSttlmDt",
                &at_the_glass(order.transferred_at).format("%Y-%m-%d").to_string(),
            );
            xml.within("CxlRsnInf", |xml| {
                xml.within("Orgtr", |xml| {
                    xml.text("Nm", short(&request.requested_by.operator, NAME_MAX_CHARS));
                });
                xml.within("Rsn", |xml| xml.text("Cd", "FRAD"));
                let at_most = order.claim.map(|claim| format!("/MAX/{claim}")).unwrap_or_default();
                xml.text("AddtlInf", &format!("/ROUND/{}/HOP/{}{at_most}", order.round, order.hop));
            });
            xml.within("OrgnlTxRef", |xml| transfer(xml, order));
        });
    });
    xml.finish()
}

/// The payment as its victim knows it.
fn transfer(xml: &mut Xml, order: &StopOrder) {
    // an interbank date has no hour, and the hour is one of the facts a bank must check
    xml.within("ReqdExctnDt", |xml| xml.text("DtTm", &moment(order.transferred_at)));
    let payer = order.payer.as_ref();
    if let Some(name) = payer.and_then(|payer| payer.holder.as_ref()) {
        party(xml, "Dbtr", name.reveal());
    }
    if let Some((payer, number)) = payer.and_then(|payer| Some((payer, fitting(payer)?))) {
        account(xml, "DbtrAcct", payer.kind, number);
    }
    if let Some(code) = payer.and_then(|payer| payer.bank_code.as_ref()) {
        xml.within("DbtrAgt", |xml| bank(xml, code.as_str()));
    }
    xml.within("CdtrAgt", |xml| bank(xml, order.bank_code.as_str()));
    if let Some(holder) = &order.holder {
        party(xml, "Cdtr", holder.reveal());
    }
    account(xml, "CdtrAcct", order.kind, order.number.reveal());
}

/// The victim's own number helps the bank to find the payment; one that does not fit is left out.
fn fitting(account: &Account) -> Option<&str> {
    account.number.as_ref().map(|number| number.reveal()).filter(|number| number.len() <= ACCOUNT_MAX_CHARS)
}

fn status_request(request: &StopRequest) -> Vec<u8> {
    let order = &request.order;
    let mut xml = Xml::document(PACS_028, "FIToFIPmtStsReq");
    xml.within("GrpHdr", |xml| {
        // every question has an id of its own, which is too long for the standard as it is
        let digest = Sha256::digest(request.message_id.as_bytes());
        let half: [u8; 16] = std::array::from_fn(|place| digest[place]);
        xml.text("MsgId", &Uuid::from_bytes(half).simple().to_string());
        xml.text("CreDtTm", &moment(request.asked_at));
        xml.within("InstdAgt", |xml| bank(xml, order.bank_code.as_str()));
    });
    xml.within("OrgnlGrpInf", |xml| {
        xml.text("OrgnlMsgId", &id(order.order_id));
        xml.text("OrgnlMsgNmId", CAMT_056);
    });
    xml.finish()
}

fn police(xml: &mut Xml, request: &StopRequest) {
    xml.within("Pty", |xml| {
        xml.text("Nm", short(&request.requested_by.operator, NAME_MAX_CHARS));
        xml.within("Id", |xml| {
            xml.within("OrgId", |xml| {
                xml.within("Othr", |xml| xml.text("Id", &request.requested_by.organisation));
            });
        });
    });
}

fn bank(xml: &mut Xml, code: &str) {
    xml.within("FinInstnId", |xml| xml.within("Othr", |xml| xml.text("Id", code)));
}

fn party(xml: &mut Xml, name: &str, holder: &str) {
    xml.within(name, |xml| xml.within("Pty", |xml| xml.text("Nm", short(holder, NAME_MAX_CHARS))));
}

/// What the number is stands in the name of its scheme, in the contract's word.
fn account(xml: &mut Xml, name: &str, kind: AccountKind, number: &str) {
    xml.within(name, |xml| {
        xml.within("Id", |xml| {
            xml.within("Othr", |xml| {
                xml.text("Id", number);
                xml.within("SchmeNm", |xml| xml.text("Prtry", kind.as_str()));
            });
        });
    });
}

fn short(text: &str, chars: usize) -> &str {
    text.char_indices().nth(chars).map_or(text, |(end, _)| &text[..end])
}

/// As a person in China reads it.
fn moment(instant: Instant) -> String {
    at_the_glass(instant).to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

/// A message under way.
struct Xml(Writer<Vec<u8>>, &'static str);

#[expect(clippy::unwrap_used, reason = "writing into memory does not fail")]
impl Xml {
    fn document(definition: &str, root: &'static str) -> Self {
        let mut xml = Self(Writer::new(Vec::new()), root);
        let namespace = format!("{NAMESPACE}{definition}");
        xml.0.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None))).unwrap();
        let document = BytesStart::new("Document").with_attributes([("xmlns", namespace.as_str())]);
        xml.0.write_event(Event::Start(document)).unwrap();
        xml.0.write_event(Event::Start(BytesStart::new(root))).unwrap();
        xml
    }

    fn within(&mut self, name: &str, write: impl FnOnce(&mut Self)) {
        self.0.write_event(Event::Start(BytesStart::new(name))).unwrap();
        write(self);
        self.0.write_event(Event::End(BytesEnd::new(name))).unwrap();
    }

    fn text(&mut self, name: &str, text: &str) {
        self.within(name, |xml| xml.0.write_event(Event::Text(BytesText::new(text))).unwrap());
    }

    fn money(&mut self, name: &str, amount: Fen) {
        let start = BytesStart::new(name).with_attributes([("Ccy", "CNY")]);
        self.0.write_event(Event::Start(start)).unwrap();
        self.0.write_event(Event::Text(BytesText::new(&amount.to_string()))).unwrap();
        self.0.write_event(Event::End(BytesEnd::new(name))).unwrap();
    }

    fn finish(mut self) -> Vec<u8> {
        for name in [self.1, "Document"] {
            self.0.write_event(Event::End(BytesEnd::new(name))).unwrap();
        }
        self.0.into_inner()
    }
}

/// Reads an answer of either kind.
pub(super) fn read_answer(body: &[u8]) -> Result<BankSaid, Malformed> {
    let document = parse(body).map_err(|fault| Malformed::Fields(vec![fault]))?;
    let root = document.root_element();
    let of = |definition: &str, name: &str| {
        let ours = root.tag_name().namespace() == Some(format!("{NAMESPACE}{definition}").as_str());
        at(root, &[name]).filter(|_| ours && root.tag_name().name() == "Document")
    };
    let mut reading = Reading::default();
    let said = if let Some(resolution) = of(CAMT_029, "RsltnOfInvstgtn") {
        let place = "/Document/RsltnOfInvstgtn";
        check(resolution, &RESOLUTION_OF_INVESTIGATION, place, &mut reading.faults);
        reading.resolution(resolution, place)
    } else if let Some(returned) = of(PACS_004, "PmtRtr") {
        let place = "/Document/PmtRtr";
        check(returned, &PAYMENT_RETURN, place, &mut reading.faults);
        reading.payment_return(returned, place)
    } else {
        let detail = format!("expected a Document of {CAMT_029} or {PACS_004}");
        reading.fault("/Document", detail);
        None
    };
    match said {
        Some(said) if reading.faults.is_empty() => Ok(said),
        _ => Err(Malformed::Fields(reading.faults)),
    }
}

/// Takes notes of what is wrong while reading on.
#[derive(Default)]
struct Reading {
    faults: Vec<BadField>,
}

impl Reading {
    fn fault(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.faults.push(BadField { pointer: pointer.into(), detail: detail.into() });
    }

    fn resolution(&mut self, node: Node<'_, '_>, place: &str) -> Option<BankSaid> {
        let details: Vec<_> = all(node, "CxlDtls").flat_map(|details| all(details, "TxInfAndSts")).collect();
        if details.len() > 1 {
            self.fault(format!("{place}/CxlDtls"), "answers more than the one order of its case");
        }
        let detail = details.first().copied();
        let status = at(node, &["Sts"])?;
        let cases = [at(node, &["RslvdCase", "Id"]), at(status, &["DplctOf", "Id"])];
        let of_detail = [&["RslvdCase", "Id"][..], &["OrgnlGrpInf", "OrgnlMsgId"]];
        let of_detail = of_detail.into_iter().map(|path| at(detail?, path));
        let order_id =
            self.order_id(cases.into_iter().chain(of_detail).flatten(), &format!("{place}/RslvdCase/Id"))?;
        let word = at(status, &["Conf"]).map(text_of);
        let of_transaction = detail.and_then(|detail| at(detail, &["TxCxlSts"])).map(text_of);
        let outcome = match (word, at(status, &["DplctOf"])) {
            (Some("CNCL"), _) => Outcome::Done,
            (Some("PECR"), _) => Outcome::InPart,
            (Some("RJCR"), _) => Outcome::Rejected,
            (Some("PDCR"), _) => Outcome::Pending,
            // what was told twice is under way
            (None, Some(_)) => Outcome::Pending,
            (_, _) => {
                self.fault(format!("{place}/Sts"), "expected Conf of CNCL, PECR, RJCR or PDCR, or DplctOf");
                return None;
            }
        };
        if of_transaction.is_some_and(|word| word != outcome.of_transaction()) {
            let detail = format!("expected {}, as Sts says", outcome.of_transaction());
            self.fault(format!("{place}/CxlDtls/TxInfAndSts/TxCxlSts"), detail);
        }
        let amount = [detail.and_then(|detail| at(detail, &["RsltnRltdInf", "IntrBkSttlmAmt"]))];
        let amount = amount.into_iter().flatten().chain(at(node, &["RsltnRltdInf", "IntrBkSttlmAmt"])).next();
        let money_at = format!("{place}/RsltnRltdInf/IntrBkSttlmAmt");
        let held = amount.and_then(|amount| self.yuan(amount, &money_at));
        let reasons: Vec<_> = detail.into_iter().flat_map(|detail| all(detail, "CxlStsRsnInf")).collect();
        let remark = remark(&reasons);
        let code = match outcome {
            Outcome::Pending => return Some(BankSaid::Pending(order_id)),
            Outcome::Done => "0000",
            Outcome::InPart => {
                if amount.is_none() {
                    self.fault(money_at, "is required where a part was stopped");
                }
                "1200"
            }
            Outcome::Rejected => our_code(reason(&reasons)),
        };
        // nothing was stopped where a recall was rejected, whatever the message says besides
        let held = if outcome == Outcome::Rejected { (code == "1200").then_some(Fen::ZERO) } else { held };
        let stopped_at = at(node, &["Assgnmt", "CreDtTm"]).and_then(|node| read_moment(text_of(node)));
        let stopped_at = stopped_at.filter(|_| outcome != Outcome::Rejected);
        self.result(order_id, code, held, stopped_at, remark)
    }

    fn payment_return(&mut self, node: Node<'_, '_>, place: &str) -> Option<BankSaid> {
        let transactions: Vec<_> = all(node, "TxInf").collect();
        let [transaction] = transactions.as_slice() else {
            self.fault(format!("{place}/TxInf"), "expected one: the return of one payment");
            return None;
        };
        let named = [at(*transaction, &["OrgnlGrpInf"]), at(node, &["OrgnlGrpInf"])].into_iter().flatten();
        let ours = named.filter(|group| {
            at(*group, &["OrgnlMsgNmId"]).is_some_and(|name| text_of(name).starts_with("camt.056"))
        });
        let ids = ours.filter_map(|group| at(group, &["OrgnlMsgId"]));
        let order_id = self.order_id(ids, &format!("{place}/TxInf/OrgnlGrpInf/OrgnlMsgId"));
        let returned = at(*transaction, &["RtrdIntrBkSttlmAmt"])?;
        let returned = self.yuan(returned, &format!("{place}/TxInf/RtrdIntrBkSttlmAmt"));
        let reasons: Vec<_> = all(*transaction, "RtrRsnInf").collect();
        let remark = ["returned", &remark(&reasons).unwrap_or_default()].join(" ").trim().to_owned();
        let stopped_at = at(node, &["GrpHdr", "CreDtTm"]).and_then(|node| read_moment(text_of(node)));
        self.result(order_id?, "0000", Some(returned?), stopped_at, Some(remark))
    }

    fn result(
        &mut self,
        order_id: MeasureId,
        code: &str,
        held: Option<Fen>,
        stopped_at: Option<Instant>,
        remark: Option<String>,
    ) -> Option<BankSaid> {
        let result_code = ResultCode::parse(code).ok()?;
        let answer = BankAnswer {
            result_code,
            balance: None,
            held,
            stopped_at,
            remark,
            onward: vec![],
            transactions: vec![],
        };
        Some(BankSaid::Result(BankResult { order_id, answer }))
    }

    /// The order that every given identifier names.
    fn order_id<'a>(&mut self, ids: impl Iterator<Item = Node<'a, 'a>>, place: &str) -> Option<MeasureId> {
        let mut named = None;
        for node in ids {
            let id = Uuid::try_parse(text_of(node)).map(MeasureId::from);
            match (id, named) {
                (Ok(id), None) => named = Some(id),
                (Ok(id), Some(before)) if id == before => {}
                (Ok(_), Some(_)) => {
                    self.fault(place, "names another order than the rest of the message");
                    return None;
                }
                (Err(_), _) => {
                    self.fault(place, "expected the identifier of our order, 32 hexadecimal digits");
                    return None;
                }
            }
        }
        if named.is_none() {
            self.fault(place, "is required: which order is answered?");
        }
        named
    }

    fn yuan(&mut self, node: Node<'_, '_>, place: &str) -> Option<Fen> {
        if node.attribute("Ccy") != Some("CNY") {
            self.fault(place, "expected CNY");
            return None;
        }
        // the standard allows five decimals, the currency has two
        let (whole, decimal) = text_of(node).split_once('.').unwrap_or((text_of(node), ""));
        let decimal = decimal.trim_end_matches('0');
        let fen = Fen::parse_or_zero(&format!("{whole}.{decimal:0<2}"));
        fen.map_err(|error| self.fault(place, error.to_string())).ok()
    }
}

/// What came of a recall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Done,
    InPart,
    Rejected,
    Pending,
}

impl Outcome {
    /// The same in the word of a single transaction.
    fn of_transaction(self) -> &'static str {
        match self {
            Self::Done | Self::InPart => "ACCR",
            Self::Rejected => "RJCR",
            Self::Pending => "PDCR",
        }
    }
}

/// A rejection's reason in the four digits of our table. An explicit no whose reason is in no list is still a no.
fn our_code(reason: Option<&str>) -> &'static str {
    match reason {
        // the money had gone
        Some("AM04") => "1200",
        // no such account, or closed; another number or name; no such payment
        Some("AC04" | "AC06") => "0300",
        Some("AC01" | "AC03" | "BE01" | "BE05") => "0301",
        Some("NOOR") => "0400",
        // already returned, or already cancelled
        Some("ARDT" | "ARJT" | "DUPL") => "0900",
        // the customer or the bank says no, or the law does
        Some("CUST" | "NOAS" | "LEGL" | "AGNT") => "1099",
        Some(_) | None => "1099",
    }
}

fn reason<'a>(reasons: &[Node<'a, 'a>]) -> Option<&'a str> {
    let reason = reasons.first().and_then(|reason| at(*reason, &["Rsn"]))?;
    at(reason, &["Cd"]).or_else(|| at(reason, &["Prtry"])).map(text_of)
}

/// The reason and the bank's words, for a person.
fn remark(reasons: &[Node<'_, '_>]) -> Option<String> {
    let lines = reasons.iter().flat_map(|reason| {
        let word =
            at(*reason, &["Rsn"]).into_iter().flat_map(|reason| reason.children().filter(Node::is_element));
        word.chain(all(*reason, "AddtlInf")).map(|node| short(text_of(node), LINE_MAX_CHARS))
    });
    let words = lines.collect::<Vec<&str>>().join(" ");
    let words = short(words.trim(), NOTE_MAX_CHARS);
    if words.is_empty() { None } else { bounded(words, NOTE_MAX_CHARS).ok() }
}

/// With its offset; without one it is China's time, like every time between banks here.
fn read_moment(text: &str) -> Option<Instant> {
    let with_offset = DateTime::parse_from_rfc3339(text).ok();
    let at_the_bank = || DateTime::parse_from_rfc3339(&format!("{text}+08:00")).ok();
    with_offset.or_else(at_the_bank).map(|moment| moment.to_utc().trunc_subsecs(6))
}
