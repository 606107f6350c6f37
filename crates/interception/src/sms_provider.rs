//! The providers of texts: how each is reached, and which is asked first.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use channels::Endpoint;
use channels::sms::smpp::Session;
use channels::webhook::Secrets;
use domain::circuit::Circuit;
use domain::clock::Instant;

/// The place of a provider that is given none.
pub const USUAL_PRIORITY: u16 = 100;

/// Most warnings are two parts long.
const PARTS_AS_A_RULE: u32 = 2;

/// A provider of texts; clones are the same one.
#[derive(Debug, Clone)]
pub struct SmsProvider {
    /// The lowest is asked first; of equals, the first by id.
    pub priority: u16,
    /// How it is reached.
    pub way: SmsWay,
    /// What checks its receipts where they come to the gateway.
    pub callback_secrets: Secrets,
    circuit: Arc<Mutex<Circuit>>,
}

/// How a provider is reached.
#[derive(Debug, Clone)]
pub enum SmsWay {
    /// Not by this process.
    Elsewhere,
    /// Over HTTP, signed. It knows a text again by our id.
    Http(Endpoint),
    /// Over SMPP. It knows a text by an id of its own, so that the same one again is a new one.
    Smpp(Session),
}

impl SmsProvider {
    /// A provider that has failed at nothing yet.
    #[must_use]
    pub fn new(priority: u16, way: SmsWay, callback_secrets: Secrets) -> Self {
        Self { priority, way, callback_secrets, circuit: Arc::default() }
    }

    /// Whether asking it now is likely to lead to nothing.
    fn is_down(&self, now: Instant) -> bool {
        let bound = match &self.way {
            SmsWay::Smpp(session) => session.is_bound(),
            SmsWay::Elsewhere | SmsWay::Http(_) => true,
        };
        !bound || self.circuit().room(0, now) == 0
    }

    /// It is about to be asked.
    pub(crate) fn tried(&self, now: Instant) {
        let mut circuit = self.circuit();
        *circuit = circuit.tried(now);
    }

    /// Remembers how asking it went.
    pub(crate) fn note(&self, served: bool, now: Instant) {
        let mut circuit = self.circuit();
        *circuit = if served { circuit.answered() } else { circuit.met_silence(now) };
    }

    fn circuit(&self) -> MutexGuard<'_, Circuit> {
        self.circuit.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The providers this process speaks to, in the order in which they are asked: those that are down come last, so that
/// they cost no time and are still there when nobody else is.
pub(crate) fn in_order(
    providers: &BTreeMap<String, SmsProvider>,
    now: Instant,
) -> Vec<(&String, &SmsProvider)> {
    let spoken_to = providers.iter().filter(|(_, provider)| !matches!(provider.way, SmsWay::Elsewhere));
    let mut order: Vec<_> = spoken_to.collect();
    order.sort_by_key(|(id, provider)| (provider.is_down(now), provider.priority, *id));
    order
}

/// How many texts can leave within a second: nothing is leased that could not, and nothing at all while every session is
/// down, so that a text which waits uses up no try.
pub(crate) fn room(providers: &BTreeMap<String, SmsProvider>, now: Instant) -> u32 {
    match in_order(providers, now).first().map(|(_, provider)| &provider.way) {
        Some(SmsWay::Smpp(session)) if !session.is_bound() => 0,
        Some(SmsWay::Smpp(session)) => (session.rate_per_sec().get() / PARTS_AS_A_RULE).max(1),
        Some(SmsWay::Http(_) | SmsWay::Elsewhere) | None => u32::MAX,
    }
}

#[cfg(test)]
mod tests {
    use domain::circuit::{OPENS_AFTER, PROBE_EVERY};

    use super::*;

    fn over_http(priority: u16) -> SmsProvider {
        let secret =
            channels::webhook::Secret::parse("whsec_bGFuamllIHRlc3Qga2V5LCAzMiBieXRlcyBsb25nLi4=").unwrap();
        let endpoint = Endpoint::parse("http://127.0.0.1:9", vec![secret]).unwrap();
        SmsProvider::new(priority, SmsWay::Http(endpoint), Secrets::default())
    }

    fn order(providers: &BTreeMap<String, SmsProvider>, now: Instant) -> Vec<&str> {
        in_order(providers, now).into_iter().map(|(id, _)| id.as_str()).collect()
    }

    #[test]
    fn the_lowest_priority_is_asked_first_and_whoever_is_down_last() {
        let now = Instant::UNIX_EPOCH;
        let providers = BTreeMap::from([
            ("A".to_owned(), over_http(100)),
            ("B".to_owned(), over_http(100)),
            ("C".to_owned(), over_http(1)),
            ("D".to_owned(), SmsProvider::new(1, SmsWay::Elsewhere, Secrets::default())),
        ]);
        assert_eq!(order(&providers, now), ["C", "A", "B"]);
        for _ in 0..OPENS_AFTER {
            providers["C"].note(false, now);
        }
        assert_eq!(order(&providers, now), ["A", "B", "C"]);
        let later = now + PROBE_EVERY;
        assert_eq!(order(&providers, later), ["C", "A", "B"], "it is tried again");
        providers["C"].tried(later);
        assert_eq!(order(&providers, later), ["A", "B", "C"], "with one text");
        providers["C"].note(true, now);
        assert_eq!(order(&providers, now), ["C", "A", "B"]);
    }
}
