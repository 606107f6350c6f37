//! An SMS centre that speaks SMPP 3.4: it puts the parts of texts together on phones that remember, and reports in the
//! session. It numbers the parts it takes in hexadecimal and names them in decimal in its receipts, as some do.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use domain::clock::Instant;
use domain::message::Receipt;
use domain::person::PhoneNumber;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};

use crate::sms_centre::Sms;
use crate::surroundings::Surroundings;
use wire::{ANSWER, Pdu, Submission};

mod wire;

/// The first part's number: large enough that hexadecimal and decimal differ.
const FIRST_ID: u32 = 0x0A00_0000;
/// How long the centre waits until it tells a receipt again that was not answered.
const TELLS_AGAIN_AFTER: Duration = Duration::from_millis(200);

/// A running SMS centre; clones are the same one.
#[derive(Clone)]
pub struct SmppCentre(Arc<Running>);

struct Running {
    id: &'static str,
    address: SocketAddr,
    password: String,
    books: watch::Sender<Books>,
    surroundings: Surroundings,
}

/// How the centre treats whoever is bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmppManner {
    /// Takes a text, delivers it, and sends the receipts after a while.
    SendsReceipts {
        /// How long they take.
        after: Duration,
    },
    /// Takes a text and delivers it; nobody hears of it.
    NoReceipts,
    /// Sends the receipt of a part first, and only when it was answered says that it took the part.
    ReceiptFirst,
    /// Takes only so many parts in a second and says so of the others.
    Throttles {
        /// How many.
        per_sec: usize,
    },
    /// Takes and delivers what it is sent, and never answers.
    Silent,
    /// Knows no phone.
    KnowsNobody,
    /// Ends every session and lets nobody bind.
    Down,
}

/// A part that the centre took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmsPart {
    /// Its number here.
    pub id: u32,
    /// Whose phone.
    pub to: PhoneNumber,
    /// Its piece of the text.
    pub text: String,
    /// Which part it is, from 1.
    pub place: u8,
    /// Of how many.
    pub total: u8,
}

struct Books {
    manner: SmppManner,
    parts: Vec<SmsPart>,
    taken: Vec<Sms>,
    /// Parts of texts that lack some yet, by phone and reference.
    unfinished: HashMap<(PhoneNumber, u8), BTreeMap<u8, String>>,
    switched_off: HashSet<PhoneNumber>,
    requests: usize,
    throttled: usize,
    enquiries: usize,
    lately: VecDeque<Moment>,
    /// Where PDUs to whoever is bound go.
    sessions: BTreeMap<u64, mpsc::UnboundedSender<Vec<u8>>>,
    sessions_opened: u64,
    next_sequence: u32,
    /// Receipts that were answered, by their numbers.
    answered: HashMap<u32, u32>,
    receipts: usize,
}

impl SmppCentre {
    pub(crate) async fn start(
        id: &'static str,
        password: String,
        surroundings: &Surroundings,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let books = Books {
            manner: SmppManner::SendsReceipts { after: Duration::ZERO },
            parts: vec![],
            taken: vec![],
            unfinished: HashMap::new(),
            switched_off: HashSet::new(),
            requests: 0,
            throttled: 0,
            enquiries: 0,
            lately: VecDeque::new(),
            sessions: BTreeMap::new(),
            sessions_opened: 0,
            next_sequence: 1,
            answered: HashMap::new(),
            receipts: 0,
        };
        let centre = Self(Arc::new(Running {
            id,
            address: listener.local_addr()?,
            password,
            books: watch::Sender::new(books),
            surroundings: surroundings.clone(),
        }));
        let this = centre.clone();
        surroundings.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let session = this.clone();
                this.0.surroundings.spawn(async move {
                    // a session that breaks is the other side's affair
                    let _ = session.serve(stream).await;
                });
            }
        });
        Ok(centre)
    }

    /// `smpp`
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.0.id
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// As whom to bind: the only one it knows.
    #[must_use]
    pub fn system_id(&self) -> &'static str {
        "lanjie"
    }

    /// What proves it.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.0.password
    }

    /// How it treats whoever is bound from now on.
    pub fn set_manner(&self, manner: SmppManner) {
        self.change(|books| books.manner = manner);
        if manner == SmppManner::Down {
            self.drop_sessions();
        }
    }

    /// Ends every session without a word, as a network does.
    pub fn drop_sessions(&self) {
        self.change(|books| books.sessions.clear());
    }

    /// From now on nothing reaches this phone.
    pub fn switch_off(&self, phone: PhoneNumber) {
        self.change(|books| books.switched_off.insert(phone));
    }

    /// The texts on a phone, in the order in which they were complete.
    #[must_use]
    pub fn inbox(&self, phone: &PhoneNumber) -> Vec<String> {
        let books = self.0.books.borrow();
        let arrived = books.taken.iter().filter(|sms| sms.to == *phone && sms.receipt == Receipt::Delivered);
        arrived.map(|sms| sms.text.clone()).collect()
    }

    /// Every whole text it took, in that order.
    #[must_use]
    pub fn taken(&self) -> Vec<Sms> {
        self.0.books.borrow().taken.clone()
    }

    /// Every part it took, in that order.
    #[must_use]
    pub fn parts(&self) -> Vec<SmsPart> {
        self.0.books.borrow().parts.clone()
    }

    /// How many parts were offered, taken or not.
    #[must_use]
    pub fn requests_seen(&self) -> usize {
        self.0.books.borrow().requests
    }

    /// How many parts were turned away because they came too fast.
    #[must_use]
    pub fn throttled(&self) -> usize {
        self.0.books.borrow().throttled
    }

    /// How many sessions were bound, one after another or at once.
    #[must_use]
    pub fn sessions_opened(&self) -> u64 {
        self.0.books.borrow().sessions_opened
    }

    /// How many receipts were told and answered as kept.
    #[must_use]
    pub fn receipts_kept(&self) -> usize {
        self.0.books.borrow().receipts
    }

    /// Waits for a moment in which `found` finds something in what was taken.
    pub async fn wait_for<T>(&self, mut found: impl FnMut(&[Sms]) -> Option<T>) -> T {
        let mut books = self.0.books.subscribe();
        loop {
            if let Some(thing) = found(&books.borrow_and_update().taken) {
                return thing;
            }
            // the sender lives as long as `self`: this never fails
            let _ = books.changed().await;
        }
    }

    /// Waits until so many parts were offered.
    pub async fn wait_for_requests(&self, count: usize) {
        // the sender lives as long as `self`: this never fails
        let _ = self.0.books.subscribe().wait_for(|books| books.requests >= count).await;
    }

    fn change<R>(&self, act: impl FnOnce(&mut Books) -> R) -> R {
        let mut result = None;
        self.0.books.send_modify(|books| result = Some(act(books)));
        #[expect(clippy::unwrap_used, reason = "send_modify calls its closure exactly once")]
        result.unwrap()
    }

    /// One session, from bind to end.
    async fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let (mut reading, mut writing) = stream.split();
        let bind = wire::read(&mut reading).await?;
        let known = wire::read_bind(&bind.body)
            .is_some_and(|(id, password)| id == self.system_id() && password == self.0.password);
        let welcome =
            known && bind.id == wire::BIND_TRANSCEIVER && self.0.books.borrow().manner != SmppManner::Down;
        let status = if welcome { wire::OK } else { wire::BIND_FAILED };
        let body = if welcome { b"world\0".to_vec() } else { vec![] };
        let answer = Pdu { id: bind.id | ANSWER, status, sequence: bind.sequence, body };
        writing.write_all(&wire::write(&answer)).await?;
        if !welcome {
            return Ok(());
        }
        let (to_them, mut from_us) = mpsc::unbounded_channel();
        let number = self.change(|books| {
            books.sessions_opened += 1;
            books.sessions.insert(books.sessions_opened, to_them);
            books.sessions_opened
        });
        // each runs on where it stopped: a PDU of which half was read is not begun anew
        let telling = async {
            while let Some(octets) = from_us.recv().await {
                writing.write_all(&octets).await?;
            }
            // dropped
            io::Result::Ok(())
        };
        let hearing = async {
            loop {
                self.hear(number, wire::read(&mut reading).await?);
            }
        };
        let ended = tokio::select! {
            ended = telling => ended,
            ended = hearing => ended,
        };
        self.change(|books| books.sessions.remove(&number));
        ended
    }

    fn hear(&self, session: u64, pdu: Pdu) {
        let Pdu { id, status, sequence, body } = pdu;
        match id {
            wire::SUBMIT_SM => self.submitted(session, sequence, &body),
            wire::ENQUIRE_LINK => {
                self.change(|books| books.enquiries += 1);
                self.tell(session, &Pdu { id: id | ANSWER, status: wire::OK, sequence, body: vec![] });
            }
            wire::UNBIND => {
                self.tell(session, &Pdu { id: id | ANSWER, status: wire::OK, sequence, body: vec![] });
                self.change(|books| books.sessions.remove(&session));
            }
            _ if id == wire::DELIVER_SM | ANSWER => self.change(|books| {
                books.receipts += usize::from(status == wire::OK);
                books.answered.insert(sequence, status);
            }),
            _ if id & ANSWER != 0 => {}
            _ => {
                let nack =
                    Pdu { id: wire::GENERIC_NACK, status: wire::INVALID_COMMAND, sequence, body: vec![] };
                self.tell(session, &nack);
            }
        }
    }

    fn submitted(&self, session: u64, sequence: u32, body: &[u8]) {
        let id = wire::SUBMIT_SM | ANSWER;
        let (manner, taken) = self.change(|books| {
            books.requests += 1;
            (books.manner, books.take(wire::read_submission(body), self.0.surroundings.clock.now()))
        });
        let (part, receipt) = match taken {
            Ok(taken) => taken,
            Err(status) => return self.tell(session, &Pdu { id, status, sequence, body: vec![] }),
        };
        let answer = Pdu { id, status: wire::OK, sequence, body: format!("{:08x}\0", part.id).into_bytes() };
        let told = wire::receipt(part.to.reveal(), part.id, receipt);
        match manner {
            SmppManner::Silent => {}
            SmppManner::NoReceipts => self.tell(session, &answer),
            SmppManner::SendsReceipts { after } => {
                self.tell(session, &answer);
                self.report(told, after);
            }
            SmppManner::Throttles { .. } | SmppManner::KnowsNobody | SmppManner::Down => {
                self.tell(session, &answer);
                self.report(told, Duration::ZERO);
            }
            SmppManner::ReceiptFirst => {
                let this = self.clone();
                self.0.surroundings.spawn(async move {
                    this.tell_until_answered(told).await;
                    this.tell(session, &answer);
                });
            }
        }
    }

    fn report(&self, told: Vec<u8>, after: Duration) {
        let this = self.clone();
        self.0.surroundings.spawn(async move {
            tokio::time::sleep(after).await;
            this.tell_until_answered(told).await;
        });
    }

    /// Tells a receipt to whoever is bound, again and again until it is answered as kept.
    async fn tell_until_answered(&self, body: Vec<u8>) {
        loop {
            let mut books = self.0.books.subscribe();
            let _ = books.wait_for(|books| !books.sessions.is_empty()).await;
            let sequence = self.change(|books| {
                books.next_sequence += 1;
                books.next_sequence
            });
            let newest = self.0.books.borrow().sessions.keys().next_back().copied();
            let Some(newest) = newest else { continue };
            self.tell(newest, &Pdu { id: wire::DELIVER_SM, status: wire::OK, sequence, body: body.clone() });
            let answered = books.wait_for(|books| books.answered.contains_key(&sequence));
            let answered = tokio::time::timeout(TELLS_AGAIN_AFTER, answered).await.is_ok();
            if answered && self.change(|books| books.answered.remove(&sequence)) == Some(wire::OK) {
                return;
            }
            tokio::time::sleep(TELLS_AGAIN_AFTER).await;
        }
    }

    fn tell(&self, session: u64, pdu: &Pdu) {
        if let Some(session) = self.0.books.borrow().sessions.get(&session) {
            // a session that just ended hears nothing more
            let _ = session.send(wire::write(pdu));
        }
    }
}

impl Books {
    /// Takes a part, or says with which status it does not.
    fn take(&mut self, submission: Option<Submission>, now: Instant) -> Result<(SmsPart, Receipt), u32> {
        let submission = submission.ok_or(wire::NOT_BOUND)?;
        let to = PhoneNumber::parse(&submission.to)
            .or_else(|_| PhoneNumber::parse(&format!("+{}", submission.to)))
            .map_err(|_| wire::INVALID_DESTINATION)?;
        let manner = self.manner;
        match manner {
            SmppManner::KnowsNobody => return Err(wire::INVALID_DESTINATION),
            SmppManner::Throttles { per_sec } if self.is_too_fast(per_sec) => {
                self.throttled += 1;
                return Err(wire::THROTTLED);
            }
            SmppManner::Throttles { .. }
            | SmppManner::SendsReceipts { .. }
            | SmppManner::NoReceipts
            | SmppManner::ReceiptFirst
            | SmppManner::Silent
            | SmppManner::Down => {}
        }
        let id = FIRST_ID + u32::try_from(self.parts.len()).unwrap_or_default();
        let off = self.switched_off.contains(&to);
        let receipt = if off { Receipt::Failed } else { Receipt::Delivered };
        let (reference, total, place) = submission.concatenation.unwrap_or((0, 1, 1));
        let part = SmsPart { id, to: to.clone(), text: submission.text, place, total };
        self.parts.push(part.clone());
        let key = (to.clone(), reference);
        let pieces = self.unfinished.entry(key.clone()).or_default();
        pieces.insert(place, part.text.clone());
        if pieces.len() == usize::from(total) {
            let text = self.unfinished.remove(&key).unwrap_or_default().into_values().collect();
            let message_id = format!("{id:08x}");
            self.taken.push(Sms { message_id, to, text, flash: submission.flash, receipt, at: now });
        }
        Ok((part, receipt))
    }

    /// Whether so many parts were taken within a second.
    fn is_too_fast(&mut self, per_sec: usize) -> bool {
        let now = Moment::now();
        while self.lately.front().is_some_and(|taken| now - *taken >= Duration::from_secs(1)) {
            self.lately.pop_front();
        }
        if self.lately.len() >= per_sec {
            return true;
        }
        self.lately.push_back(now);
        false
    }
}
