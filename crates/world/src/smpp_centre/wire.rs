//! SMPP 3.4 as an SMS centre needs it: whole PDUs in, whole PDUs out.

use std::io;

use domain::message::Receipt;
use tokio::io::{AsyncRead, AsyncReadExt};

pub(super) const GENERIC_NACK: u32 = 0x8000_0000;
pub(super) const SUBMIT_SM: u32 = 0x0000_0004;
pub(super) const DELIVER_SM: u32 = 0x0000_0005;
pub(super) const UNBIND: u32 = 0x0000_0006;
pub(super) const BIND_TRANSCEIVER: u32 = 0x0000_0009;
pub(super) const ENQUIRE_LINK: u32 = 0x0000_0015;
/// Set in every answer.
pub(super) const ANSWER: u32 = 0x8000_0000;

pub(super) const OK: u32 = 0;
pub(super) const INVALID_COMMAND: u32 = 0x03;
pub(super) const NOT_BOUND: u32 = 0x04;
pub(super) const INVALID_DESTINATION: u32 = 0x0B;
pub(super) const BIND_FAILED: u32 = 0x0D;
pub(super) const THROTTLED: u32 = 0x58;

const HEADER_OCTETS: usize = 16;
/// No PDU of ours is longer.
const PDU_MAX_OCTETS: usize = 4_096;
/// Of the message class in a data coding: shown at once and not stored.
const CLASS_0: u8 = 0x10;
const HAS_HEADER: u8 = 0x40;
const IS_RECEIPT: u8 = 0x04;

/// One PDU.
pub(super) struct Pdu {
    pub(super) id: u32,
    pub(super) status: u32,
    pub(super) sequence: u32,
    pub(super) body: Vec<u8>,
}

/// A part of a text, as it was submitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Submission {
    pub(super) to: String,
    pub(super) text: String,
    pub(super) flash: bool,
    /// Which text it belongs to, of how many parts, and which of them it is, from 1.
    pub(super) concatenation: Option<(u8, u8, u8)>,
    pub(super) wants_receipt: bool,
}

pub(super) async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Pdu> {
    let length = usize::try_from(from.read_u32().await?).unwrap_or(usize::MAX);
    if !(HEADER_OCTETS..=PDU_MAX_OCTETS).contains(&length) {
        return Err(io::Error::other("a PDU of that length is none"));
    }
    let (id, status, sequence) = (from.read_u32().await?, from.read_u32().await?, from.read_u32().await?);
    let mut body = vec![0; length - HEADER_OCTETS];
    from.read_exact(&mut body).await?;
    Ok(Pdu { id, status, sequence, body })
}

pub(super) fn write(pdu: &Pdu) -> Vec<u8> {
    let length = u32::try_from(HEADER_OCTETS + pdu.body.len()).unwrap_or(u32::MAX);
    let words = [length, pdu.id, pdu.status, pdu.sequence].map(u32::to_be_bytes);
    words.as_flattened().iter().copied().chain(pdu.body.iter().copied()).collect()
}

/// The system id and the password of a bind.
pub(super) fn read_bind(body: &[u8]) -> Option<(String, String)> {
    let mut fields = Fields(body);
    Some((fields.text()?, fields.text()?))
}

/// A part; `None`: not one that a phone could show.
pub(super) fn read_submission(body: &[u8]) -> Option<Submission> {
    let mut fields = Fields(body);
    fields.text()?; // service type
    fields.octets(2)?;
    fields.text()?; // source address
    fields.octets(2)?;
    let to = fields.text()?;
    let esm_class = fields.octet()?;
    fields.octets(2)?; // protocol, priority
    fields.text()?; // schedule
    fields.text()?; // validity
    let wants_receipt = fields.octet()? & 0x03 == 1;
    fields.octet()?; // replace if present
    let coding = fields.octet()?;
    fields.octet()?; // canned message
    let length = fields.octet()?;
    let mut message = fields.octets(length.into())?;
    // UCS-2, with a class or without
    if coding & 0x0C != 0x08 || message.len() > 140 {
        return None;
    }
    let mut concatenation = None;
    if esm_class & HAS_HEADER != 0 {
        let (header, rest) = message.split_at_checked(6)?;
        let &[5, 0, 3, reference, total, place] = header else { return None };
        (concatenation, message) = (Some((reference, total, place)), rest);
    }
    let units: Vec<u16> =
        message.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    let text = String::from_utf16(&units).ok().filter(|_| message.len() % 2 == 0)?;
    Some(Submission { to, text, flash: coding & CLASS_0 != 0, concatenation, wants_receipt })
}

/// A receipt in the words of the specification's appendix, with the id written in decimal.
pub(super) fn receipt(to: &str, id: u32, receipt: Receipt) -> Vec<u8> {
    let (delivered, stat, error) = match receipt {
        Receipt::Delivered => (1, "DELIVRD", 0),
        Receipt::Failed => (0, "UNDELIV", 11),
    };
    let words = format!(
        "id:{id:010} sub:001 dlvrd:{delivered:03} submit date:2603012213 done date:2603012213 stat:{stat} err:{error:03} text:"
    );
    let mut body = vec![0, 1, 1];
    body.extend(to.as_bytes());
    // end of the source; destination: none; the class; protocol, priority; schedule, validity; flags, coding, canned
    body.extend([0, 0, 0, 0, IS_RECEIPT, 0, 0, 0, 0, 0, 0, 0, 0]);
    body.push(u8::try_from(words.len()).unwrap_or(u8::MAX));
    body.extend(words.as_bytes());
    body
}

struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn text(&mut self) -> Option<String> {
        let end = self.0.iter().position(|octet| *octet == 0)?;
        let text = String::from_utf8(self.0[..end].to_vec()).ok()?;
        self.0 = &self.0[end + 1..];
        Some(text)
    }

    fn octet(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn octets(&mut self, count: usize) -> Option<&[u8]> {
        let (octets, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(octets)
    }
}
