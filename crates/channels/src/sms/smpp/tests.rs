use domain::message::Receipt;
use domain::person::PhoneNumber;
use futures::{SinkExt, StreamExt};
use rusmpp::pdus::{DeliverSm, SubmitSmResp};
use rusmpp::types::{COctetString, OctetString};
use rusmpp::values::EsmClass;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::codec::Framed;

use super::*;

const SUBMIT_SM: u32 = 0x4;
const UNBIND: u32 = 0x6;
const BIND_TRANSCEIVER: u32 = 0x9;
const ENQUIRE_LINK: u32 = 0x15;
const DELIVER_SM_RESP: u32 = 0x8000_0005;

/// The other side of one connection, played by the test.
struct Centre(Framed<TcpStream, wire::Framing>);

impl Centre {
    /// Waits for somebody to bind and lets them.
    async fn bound(listener: &TcpListener) -> Self {
        let (stream, _) = listener.accept().await.unwrap();
        let mut centre = Self(Framed::new(stream, wire::Framing));
        let sequence = centre.next(BIND_TRANSCEIVER).await.0;
        centre.send(status::OK, sequence, rusmpp::pdus::BindTransceiverResp::default().into()).await;
        centre
    }

    /// The next PDU, which is to be of this kind: its number and status.
    async fn next(&mut self, id: u32) -> (u32, u32) {
        let next = tokio::time::timeout(Duration::from_secs(10), self.0.next());
        let frame = next.await.unwrap().unwrap().unwrap();
        let words: Vec<u32> =
            frame[..16].chunks(4).map(|word| u32::from_be_bytes(word.try_into().unwrap())).collect();
        assert_eq!(words[1], id, "{:#x} came", words[1]);
        (words[3], words[2])
    }

    async fn send(&mut self, status: u32, sequence: u32, pdu: Pdu) {
        self.0.send(wire::encode(status, sequence, pdu)).await.unwrap();
    }

    /// Answers the next submission.
    async fn answer(&mut self, status: u32, reference: &str) {
        let (sequence, _) = self.next(SUBMIT_SM).await;
        let reference = COctetString::from_vec([reference.as_bytes(), &[0]].concat()).unwrap();
        self.send(status, sequence, SubmitSmResp::builder().message_id(reference).build().into()).await;
    }

    async fn tell_receipt(&mut self) {
        let words = OctetString::from_slice(b"id:7 stat:DELIVRD err:000").unwrap();
        let receipt = DeliverSm::builder().esm_class(EsmClass::from(0x04)).short_message(words).build();
        self.send(status::OK, 77, receipt.into()).await;
    }
}

fn terms() -> Terms {
    Terms {
        rate_per_sec: NonZeroU32::new(1_000).unwrap(),
        window: 2,
        enquire_every: Duration::from_secs(30),
        answers_within: Duration::from_millis(300),
    }
}

/// A session with a centre of this test's own, kept in the background.
async fn session(terms: Terms, keeper: Keeper) -> (Session, TcpListener, CancellationToken) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let account = Account {
        host: "127.0.0.1".to_owned(),
        port: listener.local_addr().unwrap().port(),
        system_id: "lanjie".to_owned(),
        password: Password::new("secret08".to_owned()),
        sender: None,
        numbers: Numbers::National,
    };
    let (session, stop) = (Session::new("MAIN", account, terms), CancellationToken::new());
    let (kept, stopped) = (session.clone(), stop.clone());
    tokio::spawn(async move { kept.run(keeper, stopped).await });
    (session, listener, stop)
}

fn keeps_all() -> Keeper {
    Arc::new(|_| Box::pin(async { Kept::Safe }))
}

fn text() -> Text {
    Text {
        message_id: "0195518b-f1a0-7000-8000-000000000004".parse().unwrap(),
        to: PhoneNumber::parse("13847200001").unwrap(),
        text: "请立即挂断".to_owned(),
        flash: false,
    }
}

#[tokio::test]
async fn a_text_is_taken_under_the_providers_reference() {
    let (session, listener, _stop) = session(terms(), keeps_all()).await;
    let mut centre = Centre::bound(&listener).await;
    session.bound().await;
    let (text, answered) = (text(), centre.answer(status::OK, "7f3c"));
    let (told, ()) = tokio::join!(session.submit(&text), answered);
    assert_eq!(told, Told::Answered(vec!["7f3c".to_owned()]));
}

#[tokio::test]
async fn a_session_that_is_not_bound_takes_nothing_and_costs_no_time() {
    let (session, _listener, _stop) = session(terms(), keeps_all()).await;
    assert!(!session.is_bound());
    assert!(matches!(session.submit(&text()).await, Told::NotDelivered { .. }));
}

#[tokio::test]
async fn where_there_is_no_room_the_part_comes_again_and_where_it_is_refused_it_does_not() {
    let (session, listener, _stop) = session(terms(), keeps_all()).await;
    let mut centre = Centre::bound(&listener).await;
    session.bound().await;
    let text = text();
    let throttled = async {
        centre.answer(status::THROTTLED, "").await;
        centre.answer(status::OK, "8").await;
    };
    let (told, ()) = tokio::join!(session.submit(&text), throttled);
    assert_eq!(told, Told::Answered(vec!["8".to_owned()]));
    let (told, ()) = tokio::join!(session.submit(&text), centre.answer(0x0B, ""));
    assert!(matches!(told, Told::Refused { status: 0x0B, .. }), "{told:?}");
    let (told, ()) = tokio::join!(session.submit(&text), centre.answer(0x08, ""));
    assert!(matches!(told, Told::NotDelivered { .. }), "{told:?}");
}

#[tokio::test]
async fn what_left_without_an_answer_is_unknown_and_the_session_begins_again() {
    let (session, listener, _stop) = session(terms(), keeps_all()).await;
    let mut centre = Centre::bound(&listener).await;
    session.bound().await;
    let text = text();
    let (told, _) = tokio::join!(session.submit(&text), centre.next(SUBMIT_SM));
    assert!(matches!(told, Told::Unknown { .. }), "silence: {told:?}");
    let breaks = async {
        centre.next(SUBMIT_SM).await;
        drop(centre);
    };
    let (told, ()) = tokio::join!(session.submit(&text), breaks);
    assert!(matches!(told, Told::Unknown { .. }), "a broken connection: {told:?}");
    let mut centre = Centre::bound(&listener).await;
    session.bound().await;
    let (told, ()) = tokio::join!(session.submit(&text), centre.answer(status::OK, "9"));
    assert_eq!(told, Told::Answered(vec!["9".to_owned()]));
}

#[tokio::test]
async fn a_receipt_is_answered_once_it_is_kept_and_is_told_again_where_it_could_not_be() {
    let kept = watch::Sender::new(vec![]);
    let keeper: Keeper = {
        let kept = kept.clone();
        Arc::new(move |heard| {
            kept.send_modify(|kept: &mut Vec<Heard>| kept.push(heard));
            let first = kept.borrow().len() == 1;
            Box::pin(async move { if first { Kept::Later } else { Kept::Safe } })
        })
    };
    let (_session, listener, _stop) = session(terms(), keeper).await;
    let mut centre = Centre::bound(&listener).await;
    centre.tell_receipt().await;
    assert_eq!(centre.next(DELIVER_SM_RESP).await, (77, status::TEMPORARY));
    centre.tell_receipt().await;
    assert_eq!(centre.next(DELIVER_SM_RESP).await, (77, status::OK));
    let told = PartReceipt {
        provider_ref: "7".to_owned(),
        receipt: Receipt::Delivered,
        code: Some("DELIVRD".to_owned()),
    };
    assert_eq!(*kept.borrow(), [Heard::Receipt(told.clone()), Heard::Receipt(told)]);
}

#[tokio::test]
async fn a_centre_that_says_nothing_for_long_is_asked_and_then_given_up() {
    let terms = Terms { enquire_every: Duration::from_millis(50), ..terms() };
    let (_session, listener, _stop) = session(terms, keeps_all()).await;
    let mut centre = Centre::bound(&listener).await;
    let (sequence, _) = centre.next(ENQUIRE_LINK).await;
    centre.send(status::OK, sequence, Pdu::EnquireLinkResp).await;
    centre.next(ENQUIRE_LINK).await;
    assert!(centre.0.next().await.is_none(), "given up");
    Centre::bound(&listener).await;
}

#[tokio::test]
async fn the_session_says_farewell_at_the_end() {
    let (session, listener, stop) = session(terms(), keeps_all()).await;
    let mut centre = Centre::bound(&listener).await;
    session.bound().await;
    stop.cancel();
    let (sequence, _) = centre.next(UNBIND).await;
    assert!(!session.is_bound());
    centre.send(status::OK, sequence, Pdu::UnbindResp).await;
    assert!(centre.0.next().await.is_none());
}

#[tokio::test]
async fn no_more_leave_than_the_provider_allows_and_the_others_come_back() {
    let terms = Terms { rate_per_sec: NonZeroU32::MIN, ..terms() };
    let (session, listener, _stop) = session(terms, keeps_all()).await;
    let mut centre = Centre::bound(&listener).await;
    session.bound().await;
    let text = text();
    let answers = async {
        for _ in 0..3 {
            centre.answer(status::OK, "1").await;
        }
    };
    let texts = async { futures::future::join_all((0..6).map(|_| session.submit(&text))).await };
    let told = tokio::select! {
        told = texts => told,
        () = async { answers.await; std::future::pending().await } => vec![],
    };
    let back =
        told.iter().filter(|told| matches!(told, Told::NotDelivered { retry_after: Some(_), .. })).count();
    assert!(back >= 3, "one at once and one in each of two seconds: {told:?}");
    assert!(told.contains(&Told::Answered(vec!["1".to_owned()])));
}
