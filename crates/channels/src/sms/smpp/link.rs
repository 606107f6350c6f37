//! The task that keeps a session: one connection after another, each bound, served and ended.

use std::collections::HashMap;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::stream::FuturesUnordered;
use futures::{SinkExt, StreamExt};
use rusmpp::Pdu;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::codec::Framed;
use tokio_util::sync::CancellationToken;

use super::wire::{self, Incoming};
use super::{Answer, Heard, Inner, Keeper, Kept, Outgoing, status};
use crate::caller::CONNECT_WITHIN;

/// The first wait before a new connection, doubled after each that fails.
const RECONNECTS_AFTER: Duration = Duration::from_millis(500);
const RECONNECTS_AFTER_MAX: Duration = Duration::from_secs(30);
/// How long the other side may take to say farewell.
const FAREWELL_WITHIN: Duration = Duration::from_secs(2);
/// So many receipts are being kept at once; further ones wait in the connection.
const KEEPING_MAX: usize = 64;
/// Numbers of PDUs go up to here and begin again.
const SEQUENCE_MAX: u32 = 0x7FFF_FFFF;

type Connection = Framed<TcpStream, wire::Framing>;

pub(super) async fn keep(session: &Inner, keeper: &Keeper, stop: &CancellationToken) {
    let mut wait = RECONNECTS_AFTER;
    let up = metrics::gauge!("sms_provider_up", "provider" => session.id.clone());
    up.set(0);
    while !stop.is_cancelled() {
        let opened = tokio::select! {
            () = stop.cancelled() => return,
            opened = open(session) => opened,
        };
        let ended = match opened {
            Ok(connection) => {
                tracing::info!(provider = session.id, "bound");
                wait = RECONNECTS_AFTER;
                up.set(1);
                let ended = Link::new(session, connection).serve(keeper, stop).await;
                up.set(0);
                ended
            }
            Err(why) => why,
        };
        if stop.is_cancelled() {
            return;
        }
        tracing::warn!(provider = session.id, why = ended, "not bound; it is tried again");
        // a part of chance, so that many do not come back to a provider in the same moment
        let jitter = wait.mul_f64(rand::random::<f64>() / 2.0);
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait + jitter) => {}
        }
        wait = (wait * 2).min(RECONNECTS_AFTER_MAX);
    }
}

/// Connects and binds.
async fn open(session: &Inner) -> Result<Connection, String> {
    let account = &session.account;
    let connecting = TcpStream::connect((account.host.as_str(), account.port));
    let stream = timeout(CONNECT_WITHIN, connecting).await.map_err(|_| "no connection in time".to_owned())?;
    let stream = stream.map_err(|error| error.to_string())?;
    // a text is small and waits for no other
    stream.set_nodelay(true).map_err(|error| error.to_string())?;
    let mut connection = Framed::new(stream, wire::Framing);
    let bind = wire::bind(account);
    let bound = async {
        connection.send(wire::encode(status::OK, 1, bind)).await.map_err(|error| error.to_string())?;
        loop {
            let frame = connection.next().await.ok_or("closed while binding")?;
            match wire::decode(frame.map_err(|error| error.to_string())?) {
                Incoming::Alive { sequence: 1, status: status::OK } => return Ok(()),
                Incoming::Alive { sequence: 1, status } | Incoming::Answer { sequence: 1, status, .. } => {
                    return Err(format!("the bind was answered with {status:#010x}"));
                }
                // nothing else is of use before
                Incoming::Answer { .. }
                | Incoming::Alive { .. }
                | Incoming::Enquiry { .. }
                | Incoming::Farewell { .. }
                | Incoming::Receipt { .. }
                | Incoming::Other { .. }
                | Incoming::Foreign { .. } => {}
            }
        }
    };
    timeout(session.terms.answers_within, bound)
        .await
        .map_err(|_| "no answer to the bind in time".to_owned())??;
    Ok(connection)
}

/// A bound connection.
struct Link<'a> {
    session: &'a Inner,
    connection: Connection,
    last_sequence: u32,
    waiting: HashMap<u32, oneshot::Sender<Answer>>,
    /// When the other side is asked whether it is there, or given up.
    check_at: Instant,
    asked: bool,
    said_farewell: bool,
}

impl<'a> Link<'a> {
    fn new(session: &'a Inner, connection: Connection) -> Self {
        Self {
            session,
            connection,
            last_sequence: 1,
            waiting: HashMap::new(),
            check_at: Instant::now() + session.terms.enquire_every,
            asked: false,
            said_farewell: false,
        }
    }

    /// Serves until the connection breaks or `stop`; says why it ended.
    async fn serve(mut self, keeper: &Keeper, stop: &CancellationToken) -> String {
        let (parts, mut queue) = mpsc::channel(self.session.terms.window.max(1));
        self.session.link.send_replace(Some(parts));
        let ended = self.work(keeper, &mut queue, stop).await;
        self.session.link.send_replace(None);
        // what had left may have arrived; what is still in the queue is dropped with it, and had not left
        for (_, answer) in self.waiting.drain() {
            let _ = answer.send(Answer::Broken);
        }
        ended.map_or_else(|why| why, |()| "ended".to_owned())
    }

    async fn work(
        &mut self,
        keeper: &Keeper,
        queue: &mut mpsc::Receiver<Outgoing>,
        stop: &CancellationToken,
    ) -> Result<(), String> {
        let mut keeping = FuturesUnordered::new();
        loop {
            tokio::select! {
                () = stop.cancelled(), if !self.said_farewell => {
                    self.said_farewell = true;
                    self.session.link.send_replace(None);
                    self.check_at = Instant::now() + FAREWELL_WITHIN;
                    self.ask(Pdu::Unbind).await?;
                }
                Some(outgoing) = queue.recv(), if !self.said_farewell => self.submit(outgoing).await?,
                Some((sequence, kept)) = keeping.next(), if !keeping.is_empty() => {
                    let status = match kept {
                        Kept::Safe => status::OK,
                        Kept::Later => status::TEMPORARY,
                    };
                    self.send(wire::heard(sequence, status)).await?;
                }
                frame = self.connection.next(), if keeping.len() < KEEPING_MAX => {
                    let frame = frame.ok_or("closed by the provider")?.map_err(|error| error.to_string())?;
                    match self.hear(frame).await? {
                        Some((sequence, heard)) => {
                            let kept = keeper(heard);
                            keeping.push(async move { (sequence, kept.await) });
                        }
                        None if self.said_farewell && self.waiting.is_empty() && !self.asked => return Ok(()),
                        None => {}
                    }
                }
                () = sleep_until(self.check_at) => self.check().await?,
            }
        }
    }

    /// Takes in one PDU; gives back what is to be kept before it is answered.
    async fn hear(&mut self, frame: BytesMut) -> Result<Option<(u32, Heard)>, String> {
        if !self.said_farewell {
            self.check_at = Instant::now() + self.session.terms.enquire_every;
        }
        self.asked = false;
        match wire::decode(frame) {
            Incoming::Answer { sequence, status, reference } => {
                if let Some(answer) = self.waiting.remove(&sequence) {
                    // whoever waited may have given up; then the text is offered again and this answer helps nobody
                    let _ = answer.send(Answer::Status { status, reference });
                }
            }
            Incoming::Alive { .. } => {}
            Incoming::Enquiry { sequence } => self.answer(status::OK, sequence, Pdu::EnquireLinkResp).await?,
            Incoming::Farewell { sequence } => {
                self.answer(status::OK, sequence, Pdu::UnbindResp).await?;
                return Err("the provider said farewell".to_owned());
            }
            Incoming::Receipt { sequence, told: Some(told) } => {
                return Ok(Some((sequence, Heard::Receipt(told))));
            }
            Incoming::Receipt { sequence, told: None } => {
                self.send(wire::heard(sequence, status::OK)).await?;
            }
            Incoming::Other { sequence, body } => return Ok(Some((sequence, Heard::Other(body)))),
            Incoming::Foreign { sequence } => {
                self.answer(status::UNKNOWN_COMMAND, sequence, Pdu::GenericNack).await?;
            }
        }
        Ok(None)
    }

    async fn submit(&mut self, outgoing: Outgoing) -> Result<(), String> {
        self.last_sequence = if self.last_sequence == SEQUENCE_MAX { 1 } else { self.last_sequence + 1 };
        self.waiting.insert(self.last_sequence, outgoing.answer);
        self.send(wire::encode(status::OK, self.last_sequence, outgoing.pdu)).await
    }

    /// The other side was quiet: it is asked whether it is there; if it was asked before, it is not.
    async fn check(&mut self) -> Result<(), String> {
        if self.asked || self.said_farewell {
            return Err("the provider fell silent".to_owned());
        }
        // whoever gave up waiting needs no place here
        self.waiting.retain(|_, answer| !answer.is_closed());
        self.check_at = Instant::now() + self.session.terms.answers_within;
        self.ask(Pdu::EnquireLink).await
    }

    /// Asks what is answered by a PDU without a body.
    async fn ask(&mut self, pdu: Pdu) -> Result<(), String> {
        self.asked = true;
        self.last_sequence = if self.last_sequence == SEQUENCE_MAX { 1 } else { self.last_sequence + 1 };
        self.send(wire::encode(status::OK, self.last_sequence, pdu)).await
    }

    async fn answer(&mut self, status: u32, sequence: u32, pdu: Pdu) -> Result<(), String> {
        self.send(wire::encode(status, sequence, pdu)).await
    }

    /// Writes; a provider that reads nothing for so long is gone.
    async fn send(&mut self, pdu: Bytes) -> Result<(), String> {
        let sent = timeout(self.session.terms.answers_within, self.connection.send(pdu)).await;
        sent.map_err(|_| "the provider reads nothing".to_owned())?.map_err(|error| error.to_string())
    }
}
