//! The wire form: PDUs of SMPP 3.4 as the `rusmpp` codec writes and reads them, and the one mapping to ours.

use std::io;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use domain::person::{Line, PhoneNumber};
use rusmpp::decode::DecodeWithLength;
use rusmpp::encode::{Encode, Length};
use rusmpp::pdus::{DeliverSm, DeliverSmResp, SubmitSm};
use rusmpp::tlvs::TlvValue;
use rusmpp::types::{AnyOctetString, COctetString, OctetString};
use rusmpp::values::{DataCoding, EsmClass, Npi, RegisteredDelivery, Ton};
use rusmpp::{Command, CommandId, CommandStatus, Pdu};
use tokio_util::codec::{Decoder, Encoder};

use super::parts::Part;
use super::receipt::{self, News};
use super::{Account, Numbers};
use crate::sms::Text;

/// The length and three more words.
const HEADER_OCTETS: usize = 16;
/// The largest PDU that is read: a message payload may have 64 KiB.
const PDU_MAX_OCTETS: usize = 70_000;
const VERSION_3_4: u8 = 0x34;
/// Store and forward, no special type: the crate's own default asks for an acknowledgement besides.
const PLAIN: u8 = 0x00;
const WITH_HEADER: u8 = 0x40;
/// The type bits of a message that is a delivery receipt.
const IS_RECEIPT: u8 = 0x04;
const TYPE_BITS: u8 = 0x3C;
/// UCS-2, and the same of class 0: shown at once and not stored.
const UCS2: u8 = 0x08;
const UCS2_FLASH: u8 = 0x18;
/// A receipt at the end, whichever it is.
const RECEIPT_WANTED: u8 = 0x01;

/// Cuts the stream into PDUs. Each is decoded apart from the others, so that one which cannot be read ends no session.
#[derive(Debug)]
pub(super) struct Framing;

impl Decoder for Framing {
    type Item = BytesMut;
    type Error = io::Error;

    fn decode(&mut self, stream: &mut BytesMut) -> io::Result<Option<BytesMut>> {
        let Some(length) = stream.first_chunk().map(|length| u32::from_be_bytes(*length)) else {
            return Ok(None);
        };
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if !(HEADER_OCTETS..=PDU_MAX_OCTETS).contains(&length) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "what came is no PDU"));
        }
        if stream.len() < length {
            stream.reserve(length - stream.len());
            return Ok(None);
        }
        Ok(Some(stream.split_to(length)))
    }
}

/// Writes a PDU behind its length, which counts its own four octets.
impl Encoder<Bytes> for Framing {
    type Error = io::Error;

    fn encode(&mut self, pdu: Bytes, stream: &mut BytesMut) -> io::Result<()> {
        let length = u32::try_from(pdu.len() + 4).map_err(io::Error::other)?;
        stream.put_u32(length);
        stream.put(pdu);
        Ok(())
    }
}

/// What the SMS centre sent.
#[derive(Debug)]
pub(super) enum Incoming {
    /// An answer to what we asked under that number; the reference of an accepted part.
    Answer { sequence: u32, status: u32, reference: Option<String> },
    /// An answer to an enquiry, a bind or an unbind: of use by its being there.
    Alive { sequence: u32, status: u32 },
    /// It wants to know whether we are there.
    Enquiry { sequence: u32 },
    /// It ends the session.
    Farewell { sequence: u32 },
    /// What became of a part; `None`: not the end yet.
    Receipt { sequence: u32, told: Option<domain::message::PartReceipt> },
    /// A text from a phone, or what cannot be read as a receipt.
    Other { sequence: u32, body: Vec<u8> },
    /// A request that a client need not understand.
    Foreign { sequence: u32 },
}

/// The bind, field by field: the codec holds a password to the specification's eight octets, vendors do not.
pub(super) fn bind(account: &Account) -> Pdu {
    let mut body = vec![];
    let system_type = "";
    for text in [account.system_id.as_str(), account.password.reveal(), system_type] {
        body.extend(text.as_bytes());
        body.push(0);
    }
    // the addresses we serve: none in particular
    body.extend([VERSION_3_4, 0, 0, 0]);
    Pdu::Other { command_id: CommandId::BindTransceiver, body: AnyOctetString::from_vec(body) }
}

/// One part of a text. `None`: an address that no SMPP field holds.
pub(super) fn submission(account: &Account, text: &Text, part: &Part) -> Option<Pdu> {
    let (dest_ton, dest) = destination(&text.to, account.numbers);
    let (source_ton, source_npi) = match account.sender.as_deref() {
        None => (Ton::Unknown, Npi::Unknown),
        Some(sender) if sender.bytes().all(|byte| byte.is_ascii_digit()) => (Ton::Unknown, Npi::Isdn),
        Some(_) => (Ton::Alphanumeric, Npi::Unknown),
    };
    let submission = SubmitSm::builder()
        .source_addr_ton(source_ton)
        .source_addr_npi(source_npi)
        .source_addr(octets(account.sender.as_deref().unwrap_or_default())?)
        .dest_addr_ton(dest_ton)
        .dest_addr_npi(Npi::Isdn)
        .destination_addr(octets(&dest)?)
        .esm_class(EsmClass::from(if part.has_header { WITH_HEADER } else { PLAIN }))
        .registered_delivery(RegisteredDelivery::from(RECEIPT_WANTED))
        .data_coding(DataCoding::from(if text.flash { UCS2_FLASH } else { UCS2 }))
        .short_message(OctetString::from_slice(&part.octets).ok()?);
    Some(submission.build().into())
}

/// A Chinese number as it is dialled in China, or with its country code; a foreign one always with its own.
fn destination(phone: &PhoneNumber, numbers: Numbers) -> (Ton, String) {
    let number = phone.reveal();
    match (phone.line(), numbers) {
        (Line::Foreign, _) => (Ton::International, number.trim_start_matches('+').to_owned()),
        (Line::Mobile, Numbers::International) => (Ton::International, format!("86{number}")),
        (Line::Landline, Numbers::International) => {
            (Ton::International, format!("86{}", number.trim_start_matches('0')))
        }
        (Line::Mobile | Line::Landline, Numbers::National) | (Line::Service, _) => {
            (Ton::Unknown, number.to_owned())
        }
    }
}

/// Whether a receipt or a text from a phone was kept.
pub(super) fn heard(sequence: u32, status: u32) -> Bytes {
    encode(status, sequence, DeliverSmResp::default().into())
}

/// A whole PDU but its length, which the framing writes.
pub(super) fn encode(status: u32, sequence: u32, pdu: Pdu) -> Bytes {
    let command = Command::new(CommandStatus::from(status), sequence, pdu);
    let mut octets = BytesMut::zeroed(command.length());
    command.encode(&mut octets);
    octets.freeze()
}

/// Reads one PDU, which has a whole header.
pub(super) fn decode(mut frame: BytesMut) -> Incoming {
    let mut header = &frame[4..HEADER_OCTETS];
    let (id, status, sequence) = (header.get_u32(), header.get_u32(), header.get_u32());
    frame.advance(4);
    let body = frame[HEADER_OCTETS - 4..].to_vec();
    let length = frame.len();
    let command = Command::decode(&mut frame, length).ok();
    let pdu = command.as_ref().and_then(|(command, _)| command.pdu());
    match (id, pdu) {
        (id::SUBMIT_SM_RESP, pdu) => {
            let reference = match pdu {
                Some(Pdu::SubmitSmResp(answer)) => Some(answer.message_id().as_str().to_owned()),
                _ => None,
            };
            let reference = reference.filter(|reference| !reference.is_empty());
            Incoming::Answer { sequence, status, reference }
        }
        (id::GENERIC_NACK, _) => Incoming::Answer { sequence, status, reference: None },
        (id::ENQUIRE_LINK_RESP | id::UNBIND_RESP | id::BIND_TRANSCEIVER_RESP, _) => {
            Incoming::Alive { sequence, status }
        }
        (id::ENQUIRE_LINK, _) => Incoming::Enquiry { sequence },
        (id::UNBIND, _) => Incoming::Farewell { sequence },
        (id::DELIVER_SM, Some(Pdu::DeliverSm(delivery))) => match read_receipt(delivery) {
            Some(News::Final(told)) => Incoming::Receipt { sequence, told: Some(told) },
            Some(News::NotYet) => Incoming::Receipt { sequence, told: None },
            None => Incoming::Other { sequence, body },
        },
        (id::DELIVER_SM, _) => Incoming::Other { sequence, body },
        _ => Incoming::Foreign { sequence },
    }
}

/// Numbers of PDUs (SMPP 3.4, 5.1.2.1).
mod id {
    pub(super) const GENERIC_NACK: u32 = 0x8000_0000;
    pub(super) const SUBMIT_SM_RESP: u32 = 0x8000_0004;
    pub(super) const DELIVER_SM: u32 = 0x0000_0005;
    pub(super) const UNBIND: u32 = 0x0000_0006;
    pub(super) const UNBIND_RESP: u32 = 0x8000_0006;
    pub(super) const BIND_TRANSCEIVER_RESP: u32 = 0x8000_0009;
    pub(super) const ENQUIRE_LINK: u32 = 0x0000_0015;
    pub(super) const ENQUIRE_LINK_RESP: u32 = 0x8000_0015;
}

fn read_receipt(delivery: &DeliverSm) -> Option<News> {
    let (mut id, mut state, mut payload) = (None, None, None);
    for value in delivery.tlvs().iter().filter_map(|tlv| tlv.value()) {
        match value {
            TlvValue::ReceiptedMessageId(told) => id = Some(told.as_str()),
            TlvValue::MessageState(told) => state = Some(u8::from(*told)),
            TlvValue::MessagePayload(told) => payload = Some(told.value.as_ref()),
            _ => {}
        }
    }
    let marked = u8::from(delivery.esm_class) & TYPE_BITS == IS_RECEIPT;
    // some vendors do not mark their receipts; then the words must be a receipt's, or the parameters
    let words = payload.unwrap_or_else(|| delivery.short_message().as_ref());
    let words = String::from_utf8_lossy(words);
    receipt::read(&words, id, state)
        .or_else(|| (marked && state.is_some_and(is_under_way)).then_some(News::NotYet))
}

/// Scheduled, on its way or accepted.
fn is_under_way(state: u8) -> bool {
    matches!(state, 0 | 1 | 6)
}

fn octets<const MIN: usize, const MAX: usize>(text: &str) -> Option<COctetString<MIN, MAX>> {
    let mut octets = text.as_bytes().to_vec();
    octets.push(0);
    COctetString::from_vec(octets).ok()
}

#[cfg(test)]
mod tests;
