//! A provider that takes texts over SMPP 3.4 and reports in the same session.
//!
//! A session is kept by one task ([`Session::run`]): it connects, binds as a transceiver, enquires whether the other
//! side is there, and begins again when it is not. Everybody else holds a handle and submits. So many parts wait for
//! their answer at once (the window), and no more leave in a second than the provider allows; what could not leave soon
//! comes back as not delivered, so that nothing waits here longer than its lease lasts.

mod link;
mod parts;
mod receipt;
mod status;
mod wire;

use std::fmt;
use std::num::NonZeroU32;
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use domain::message::PartReceipt;
use governor::clock::{Clock, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use rusmpp::Pdu;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

use super::Text;
use crate::told::Told;
use parts::Part;
use status::Meaning;

/// The longest system id, in octets (SMPP 3.4, 5.2.1).
pub const SYSTEM_ID_MAX: usize = 15;
/// The longest password, in octets. SMPP 3.4 (5.2.2) stops at 8; vendors hand out longer ones all the same.
pub const PASSWORD_MAX: usize = 64;
/// The longest address of a sender, in octets (SMPP 3.4, 5.2.8).
pub const SENDER_MAX: usize = 20;
/// How long the first part of a text waits for the provider's rate and window.
pub const LEAVES_WITHIN: Duration = Duration::from_secs(2);
/// How long a whole text may take with the answers to all its parts; together with the first wait shorter than a lease.
pub const TAKEN_WITHIN: Duration = Duration::from_secs(10);
/// How long nothing leaves after the provider said that it has no room.
const BREATHES_FOR: Duration = Duration::from_millis(500);
/// This fraction of the rate may leave at once after a rest, and is taken off the rate: in no second, wherever it
/// begins, does more leave than the provider allows.
const BURST_DIVISOR: u32 = 20;

/// How a provider is reached, and as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// A name or address.
    pub host: String,
    /// Its port; 2775 is the registered one.
    pub port: u16,
    /// As whom we bind.
    pub system_id: String,
    /// What proves it.
    pub password: Password,
    /// The address that texts come from; `None`: the provider puts its own.
    pub sender: Option<String>,
    /// How the provider wants Chinese numbers.
    pub numbers: Numbers,
}

/// How a provider wants Chinese numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Numbers {
    /// As dialled in China: 13847200001.
    #[default]
    National,
    /// With the country code: 8613847200001.
    International,
}

/// What the provider allows, and how patient we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Parts in a second.
    pub rate_per_sec: NonZeroU32,
    /// Parts that wait for their answer at once.
    pub window: usize,
    /// How long a session may be quiet before the other side is asked whether it is there.
    pub enquire_every: Duration,
    /// How long an answer may take.
    pub answers_within: Duration,
}

/// A password; it is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Keeps a password.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("****")
    }
}

/// What a session hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// What became of a part.
    Receipt(PartReceipt),
    /// A text from a phone, or what nobody can read: for a person to see.
    Other(Vec<u8>),
}

/// Whether what was heard is in safe keeping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is; the provider may forget it.
    Safe,
    /// Not now: the provider is to tell it again.
    Later,
}

/// Keeps what a session hears; the provider has its answer only then.
pub type Keeper = Arc<dyn Fn(Heard) -> Pin<Box<dyn Future<Output = Kept> + Send>> + Send + Sync>;

/// A provider's session; clones are the same one.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

type Rate = RateLimiter<NotKeyed, InMemoryState, MonotonicClock, NoOpMiddleware<std::time::Instant>>;

struct Inner {
    id: String,
    account: Account,
    terms: Terms,
    /// Where parts go while the session is bound.
    link: watch::Sender<Option<mpsc::Sender<Outgoing>>>,
    window: Semaphore,
    rate: Rate,
    breathes_until: Mutex<Instant>,
    next_reference: AtomicU8,
    /// Held by whoever keeps the session: it is bound once, however often it is run.
    kept: tokio::sync::Mutex<()>,
}

/// One part on its way to the task that keeps the session.
struct Outgoing {
    pdu: Pdu,
    answer: oneshot::Sender<Answer>,
}

/// What became of a part that left. A sender dropped without one: it never left.
enum Answer {
    Status {
        status: u32,
        reference: Option<String>,
    },
    /// The session ended before the answer came.
    Broken,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Account { host, port, system_id, .. } = &self.0.account;
        write!(f, "Session({system_id}@{host}:{port})")
    }
}

impl Session {
    /// The session of the provider `id`; it is not bound until somebody runs it.
    #[must_use]
    pub fn new(id: &str, account: Account, terms: Terms) -> Self {
        let rate = terms.rate_per_sec.get();
        let burst = NonZeroU32::new(rate / BURST_DIVISOR).unwrap_or(NonZeroU32::MIN);
        let steady = NonZeroU32::new(rate - burst.get()).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(steady).allow_burst(burst);
        Self(Arc::new(Inner {
            id: id.to_owned(),
            account,
            terms,
            link: watch::Sender::new(None),
            window: Semaphore::new(terms.window.max(1)),
            rate: RateLimiter::direct_with_clock(quota, MonotonicClock),
            breathes_until: Mutex::new(Instant::now()),
            next_reference: AtomicU8::new(rand::random()),
            kept: tokio::sync::Mutex::default(),
        }))
    }

    /// Whether texts can leave now.
    #[must_use]
    pub fn is_bound(&self) -> bool {
        self.0.link.borrow().is_some()
    }

    /// Waits until texts can leave.
    pub async fn bound(&self) {
        // the sender lives as long as `self`: this never fails
        let _ = self.0.link.subscribe().wait_for(Option::is_some).await;
    }

    /// Parts in a second that the provider allows.
    #[must_use]
    pub fn rate_per_sec(&self) -> NonZeroU32 {
        self.0.terms.rate_per_sec
    }

    /// Keeps the session until `stop`, and begins it again whenever it ends; then says farewell. Whoever runs it while
    /// another does waits until that one has stopped.
    pub async fn run(&self, keeper: Keeper, stop: CancellationToken) {
        tokio::select! {
            () = stop.cancelled() => {}
            _alone = self.0.kept.lock() => link::keep(&self.0, &keeper, &stop).await,
        }
    }

    /// Hands over one text, part by part, each after the one before was taken; the answer is the provider's reference
    /// of each part. Where a later part was not taken, neither was the text: a phone shows no text that lacks a part.
    pub async fn submit(&self, text: &Text) -> Told<Vec<String>> {
        let begun_at = Instant::now();
        let reference = self.0.next_reference.fetch_add(1, Ordering::Relaxed);
        let mut references = vec![];
        for part in parts::cut(&text.text, reference) {
            let leaves_by = begun_at + if references.is_empty() { LEAVES_WITHIN } else { TAKEN_WITHIN };
            let told = self.0.submit(text, &part, leaves_by, begun_at + TAKEN_WITHIN).await;
            match told {
                Told::Answered(reference) => references.push(reference),
                not_taken => return not_taken.map(|_| vec![]),
            }
        }
        Told::Answered(references)
    }
}

fn not_now(detail: &str) -> Told<String> {
    Told::NotDelivered { detail: detail.to_owned(), retry_after: None }
}

impl Inner {
    async fn submit(&self, text: &Text, part: &Part, leaves_by: Instant, taken_by: Instant) -> Told<String> {
        let Some(pdu) = wire::submission(&self.account, text, part) else {
            return Told::Refused { status: 0, detail: "the number does not fit an SMPP address".to_owned() };
        };
        loop {
            let link = self.link.borrow().clone();
            let Some(link) = link else { return not_now("not bound") };
            let Some(_place) = self.wait_for_turn(leaves_by).await else {
                return Told::NotDelivered {
                    detail: "the provider's rate or window is used up".to_owned(),
                    retry_after: Some(TimeDelta::seconds(1)),
                };
            };
            let answers_by = taken_by.min(Instant::now() + self.terms.answers_within);
            let (answer, answered) = oneshot::channel();
            if link.send(Outgoing { pdu: pdu.clone(), answer }).await.is_err() {
                return not_now("the session ended before the text left");
            }
            let (status, reference) = match timeout_at(answers_by, answered).await {
                Ok(Ok(Answer::Status { status, reference })) => (status, reference),
                Ok(Ok(Answer::Broken)) => {
                    return Told::Unknown { detail: "the session ended before the answer".to_owned() };
                }
                Ok(Err(_)) => return not_now("the session ended before the text left"),
                Err(_) => return Told::Unknown { detail: "no answer in time".to_owned() },
            };
            match status::meaning(status) {
                Meaning::Taken => {
                    // without a reference the text is taken and its receipts can be matched to nothing
                    return reference.map_or(Told::Accepted, Told::Answered);
                }
                Meaning::Busy => {
                    metrics::counter!("sms_throttled_total", "provider" => self.id.clone()).increment(1);
                    self.breathe();
                }
                Meaning::NotNow => return not_now(&format!("the provider answered {status:#010x}")),
                Meaning::Refused(why) => {
                    let detail = format!("{why} ({status:#010x})");
                    return Told::Refused { status: u16::try_from(status).unwrap_or(u16::MAX), detail };
                }
            }
        }
    }

    /// Waits for the provider's rate and a place in the window; `None`: not within `leaves_by`.
    async fn wait_for_turn(&self, leaves_by: Instant) -> Option<tokio::sync::SemaphorePermit<'_>> {
        let place = timeout_at(leaves_by, self.window.acquire()).await.ok()?.ok()?;
        loop {
            let breathes_until = *self.breathes_until.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let go_at = if breathes_until > now {
                breathes_until
            } else {
                match self.rate.check() {
                    Ok(()) => return Some(place),
                    Err(too_soon) => now + too_soon.wait_time_from(MonotonicClock.now()),
                }
            };
            if go_at > leaves_by {
                return None;
            }
            sleep_until(go_at).await;
        }
    }

    /// Nothing leaves for a moment: the provider has no room.
    fn breathe(&self) {
        let mut until = self.breathes_until.lock().unwrap_or_else(PoisonError::into_inner);
        *until = Instant::now() + BREATHES_FOR;
    }
}

#[cfg(test)]
mod tests;
