use domain::message::Receipt;
use rusmpp::values::MessageState;

use super::*;
use crate::sms::smpp::{Password, parts};

fn account() -> Account {
    Account {
        host: "127.0.0.1".to_owned(),
        port: 2775,
        system_id: "lanjie".to_owned(),
        password: Password::new("secret08".to_owned()),
        sender: Some("10690110".to_owned()),
        numbers: Numbers::National,
    }
}

fn text(to: &str, text: &str, flash: bool) -> Text {
    Text {
        message_id: "0195518b-f1a0-7000-8000-000000000004".parse().unwrap(),
        to: PhoneNumber::parse(to).unwrap(),
        text: text.to_owned(),
        flash,
    }
}

fn submitted(account: &Account, text: &Text) -> Vec<SubmitSm> {
    let parts = parts::cut(&text.text, 9);
    let pdus = parts.iter().map(|part| submission(account, text, part).unwrap());
    pdus.map(|pdu| match pdu {
        Pdu::SubmitSm(submission) => submission,
        other => panic!("{other:?}"),
    })
    .collect()
}

/// A PDU as it comes off the wire.
fn frame(id: u32, status: u32, body: &[u8]) -> BytesMut {
    let length = u32::try_from(HEADER_OCTETS + body.len()).unwrap();
    let words = [length, id, status, 5].map(u32::to_be_bytes).concat();
    BytesMut::from(&[&words, body].concat()[..])
}

fn delivered(delivery: &DeliverSm) -> BytesMut {
    let mut octets = vec![0; delivery.length()];
    delivery.encode(&mut octets);
    frame(0x5, 0, &octets)
}

#[test]
fn a_short_text_is_plain_ucs2_with_a_receipt_wanted() {
    let sent = submitted(&account(), &text("13847200001", "请挂断", false)).remove(0);
    assert_eq!(sent.destination_addr.as_str(), "13847200001");
    assert_eq!(sent.source_addr.as_str(), "10690110");
    assert_eq!(u8::from(sent.esm_class), 0x00);
    assert_eq!(u8::from(sent.registered_delivery), 0x01);
    assert_eq!(u8::from(sent.data_coding), 0x08);
    assert_eq!(sent.short_message().as_ref(), [0x8B, 0xF7, 0x63, 0x02, 0x65, 0xAD]);
}

#[test]
fn a_long_flash_text_is_of_class_0_with_a_header_in_every_part() {
    let sent = submitted(&account(), &text("13847200001", &"请".repeat(100), true));
    assert_eq!(sent.len(), 2);
    for (place, part) in (1..).zip(&sent) {
        assert_eq!(u8::from(part.data_coding), 0x18);
        assert_eq!(u8::from(part.esm_class), 0x40);
        assert_eq!(part.short_message().as_ref()[..6], [5, 0, 3, 9, 2, place]);
    }
}

#[test]
fn a_number_is_written_as_the_provider_wants_it() {
    let international =
        Account { numbers: Numbers::International, sender: Some("LANJIE".to_owned()), ..account() };
    for (account, number, ton, written) in [
        (account(), "04725550007", Ton::Unknown, "04725550007"),
        (account(), "+85261234567", Ton::International, "85261234567"),
        (international.clone(), "13847200001", Ton::International, "8613847200001"),
        (international.clone(), "04725550007", Ton::International, "864725550007"),
        (international, "+85261234567", Ton::International, "85261234567"),
    ] {
        let sent = submitted(&account, &text(number, "请挂断", false)).remove(0);
        assert_eq!((sent.dest_addr_ton, sent.destination_addr.as_str()), (ton, written));
        let alphanumeric = account.sender.as_deref() == Some("LANJIE");
        assert_eq!(sent.source_addr_ton == Ton::Alphanumeric, alphanumeric);
    }
}

#[test]
fn the_bind_holds_a_password_that_is_longer_than_specified() {
    let account = Account { password: Password::new("a long password".to_owned()), ..account() };
    let octets = encode(0, 1, bind(&account));
    assert_eq!(octets[..12], [0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 1]);
    assert_eq!(octets[12..], *b"lanjie\0a long password\0\0\x34\0\0\0");
}

#[test]
fn an_answer_is_read_with_its_reference_and_without() {
    let Incoming::Answer { sequence: 5, status: 0, reference } = decode(frame(0x8000_0004, 0, b"7f3c\0"))
    else {
        panic!("an answer");
    };
    assert_eq!(reference.as_deref(), Some("7f3c"));
    for (id, body) in [(0x8000_0004, &b"\0"[..]), (0x8000_0004, b""), (0x8000_0000, b"")] {
        let read = decode(frame(id, 0x58, body));
        assert!(matches!(read, Incoming::Answer { status: 0x58, reference: None, .. }), "{read:?}");
    }
}

#[test]
fn a_receipt_is_read_from_its_parameters_or_its_words() {
    let words = OctetString::from_slice(b"id:161 sub:001 stat:UNDELIV err:011 text:").unwrap();
    let in_words = DeliverSm::builder().esm_class(EsmClass::from(IS_RECEIPT)).short_message(words).build();
    let mut with_parameters = DeliverSm::builder().esm_class(EsmClass::from(IS_RECEIPT)).build();
    with_parameters.set_tlvs(vec![
        rusmpp::tlvs::MessageDeliveryRequestTlvValue::ReceiptedMessageId(super::octets("A1").unwrap()),
        rusmpp::tlvs::MessageDeliveryRequestTlvValue::MessageState(MessageState::Delivered),
    ]);
    for (delivery, provider_ref, receipt, code) in [
        (in_words, "161", Receipt::Failed, "UNDELIV 011"),
        (with_parameters, "A1", Receipt::Delivered, "DELIVRD"),
    ] {
        let Incoming::Receipt { sequence: 5, told: Some(told) } = decode(delivered(&delivery)) else {
            panic!("a receipt");
        };
        assert_eq!(
            (told.provider_ref.as_str(), told.receipt, told.code.as_deref()),
            (provider_ref, receipt, Some(code))
        );
    }
}

#[test]
fn what_cannot_be_read_ends_no_session_and_is_kept() {
    let garbage = decode(frame(0x5, 0, &[0xFF; 40]));
    assert!(matches!(&garbage, Incoming::Other { sequence: 5, body } if body.len() == 40), "{garbage:?}");
    assert!(matches!(decode(frame(0x103, 0, b"")), Incoming::Foreign { sequence: 5 }));
}

#[test]
fn the_stream_is_cut_at_whole_pdus_and_what_has_no_such_length_is_refused() {
    let mut whole = frame(0x15, 0, b"");
    let mut half = whole.split_off(10);
    assert!(Framing.decode(&mut whole).unwrap().is_none());
    whole.unsplit(half.split());
    assert_eq!(Framing.decode(&mut whole).unwrap().unwrap().len(), HEADER_OCTETS);
    for length in [0_u32, 15, 70_001] {
        let mut stream = BytesMut::from(&length.to_be_bytes()[..]);
        assert!(Framing.decode(&mut stream).is_err(), "{length}");
    }
}

#[test]
fn a_text_from_a_phone_is_no_receipt() {
    let words = OctetString::from_slice(b"TD").unwrap();
    let delivery = DeliverSm::builder().esm_class(EsmClass::from(PLAIN)).short_message(words).build();
    let read = decode(delivered(&delivery));
    assert!(matches!(read, Incoming::Other { .. }), "{read:?}");
}
