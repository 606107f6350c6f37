//! The command centre: everything a use case needs beside its facts, made once at the start.

use std::collections::BTreeMap;
use std::sync::Arc;

use channels::webhook::Secret;
use channels::{Caller, Endpoint};
use domain::account::{Account, AccountKind, BankCode};
use domain::clock::{Clock, Instant};
use domain::grading::Rules;
use domain::plan::Plan;
use domain::station::{Station, StationId, Stations};
use domain::stop_payment::{CodeTables, Rounds};
use domain::template::Templates;
use domain::text_reading::TextReader;
use domain::tier::Tier;
use store::Store;

use crate::lanes::Lanes;

/// The command centre.
#[derive(Debug, Clone)]
pub struct Centre {
    /// The database.
    pub store: Store,
    /// The present moment.
    pub clock: Arc<dyn Clock>,
    /// The map of stations.
    pub stations: Stations,
    /// The grading rules.
    pub rules: Rules,
    /// What reads messages, transcripts and narratives.
    pub texts: Arc<TextReader>,
    /// The plans new incidents are born with.
    pub plans: Plans,
    /// What warning texts are made from.
    pub templates: Templates,
    /// What the banks' result codes mean.
    pub result_codes: CodeTables,
    /// How often an account may be stopped.
    pub rounds: Rounds,
    /// Banks, carriers, providers and stations' systems.
    pub outside: Outside,
    /// Speaks to banks, which must answer soon.
    pub bank_caller: Caller,
    /// Speaks to everybody else.
    pub caller: Caller,
    /// Who we are, as banks must be told.
    pub organisation: Organisation,
    /// How the banks are answering this process.
    pub lanes: Arc<Lanes>,
}

/// The police organisation this is.
#[derive(Debug, Clone)]
pub struct Organisation {
    /// Its twelve digits.
    pub code: String,
    /// Who answers for an order that no person gave.
    pub operator: String,
}

/// The present plan of each tier, and that of whoever has paid.
#[derive(Debug, Clone)]
pub struct Plans {
    /// After a 110 call, whatever the tier.
    pub victim: Arc<Plan>,
    /// Urgent included.
    pub high: Arc<Plan>,
    /// Medium.
    pub medium: Arc<Plan>,
    /// Low.
    pub low: Arc<Plan>,
}

impl Plans {
    /// The plan of a tier.
    #[must_use]
    pub fn of(&self, tier: Tier) -> &Arc<Plan> {
        match tier {
            Tier::High => &self.high,
            Tier::Medium => &self.medium,
            Tier::Low => &self.low,
        }
    }

    /// All of them: the tiers', the highest first, then the victims'.
    #[must_use]
    pub fn all(&self) -> [&Arc<Plan>; 4] {
        [&self.high, &self.medium, &self.low, &self.victim]
    }
}

/// The outside parties.
#[derive(Debug, Clone, Default)]
pub struct Outside {
    /// By code.
    pub banks: BTreeMap<BankCode, Bank>,
    /// By upper-case id.
    pub carriers: BTreeMap<String, Party>,
    /// By upper-case id; the first serves.
    pub sms: BTreeMap<String, Party>,
    /// Providers of automatic calls, by upper-case id; the first serves.
    pub auto_calls: BTreeMap<String, AutoCaller>,
    /// Stations' own systems.
    pub station_systems: BTreeMap<StationId, Party>,
}

/// A party that is told things and answers at a callback.
#[derive(Debug, Clone, Default)]
pub struct Party {
    /// Where it is told; `None` where this process does not speak to it.
    pub endpoint: Option<Endpoint>,
    /// What checks its callbacks.
    pub callback_secrets: Vec<Secret>,
}

/// A bank or payment institution.
#[derive(Debug, Clone, Default)]
pub struct Bank {
    /// Its name.
    pub name: String,
    /// Its 24-hour number, for when it does not answer.
    pub phone: Option<String>,
    /// The first digits of the cards it issues.
    pub issuers: Vec<String>,
    /// How it is reached.
    pub party: Party,
    /// Whether it can be reached at all, by this process or another.
    pub reachable: bool,
}

/// A provider of automatic calls.
#[derive(Debug, Clone, Default)]
pub struct AutoCaller {
    /// How it is reached.
    pub party: Party,
    /// Whether it can be reached at all, by this process or another.
    pub reachable: bool,
}

impl Centre {
    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// The same centre on the connections that are kept for calls, banks and people at work: no flood of alerts can
    /// use those up.
    #[must_use]
    pub fn urgent(&self) -> Self {
        Self { store: self.store.urgent(), ..self.clone() }
    }

    /// The station that answers for a place.
    #[must_use]
    pub fn station_of(&self, subject: &domain::incident::Subject, declined: &[StationId]) -> &Station {
        self.stations.responsible(subject.location, subject.division_code.as_ref(), declined)
    }
}

impl Outside {
    /// Whether orders to this bank can leave.
    #[must_use]
    pub fn reaches(&self, bank: &BankCode) -> bool {
        self.banks.get(bank).is_some_and(|bank| bank.reachable)
    }

    /// The account with its bank, found from a card's issuer number where it was not named.
    #[must_use]
    pub fn with_bank(&self, mut account: Account) -> Account {
        if account.bank_code.is_none() && account.kind == AccountKind::BankCard {
            account.bank_code =
                account.number.as_ref().and_then(|number| self.issuer_of(number.reveal())).cloned();
        }
        account
    }

    /// The bank with the longest issuer number that the card begins with.
    fn issuer_of(&self, card: &str) -> Option<&BankCode> {
        let issuers =
            self.banks.iter().flat_map(|(code, bank)| bank.issuers.iter().map(move |issuer| (issuer, code)));
        issuers
            .filter(|(issuer, _)| card.starts_with(issuer.as_str()))
            .max_by_key(|(issuer, _)| issuer.len())
            .map(|(_, code)| code)
    }

    /// Where numbers are blocked: the first carrier that this process speaks to.
    #[must_use]
    pub fn carrier(&self) -> Option<&Endpoint> {
        self.carriers.values().find_map(|carrier| carrier.endpoint.as_ref())
    }

    /// Where automatic calls are ordered: the first provider that this process speaks to.
    #[must_use]
    pub fn auto_call_provider(&self) -> Option<&Endpoint> {
        self.auto_calls.values().find_map(|provider| provider.party.endpoint.as_ref())
    }

    /// Whether anybody makes automatic calls for us.
    #[must_use]
    pub fn makes_auto_calls(&self) -> bool {
        self.auto_calls.values().any(|provider| provider.reachable)
    }

    /// Where texts are sent: the first provider that this process speaks to.
    #[must_use]
    pub fn sms_provider(&self) -> Option<&Endpoint> {
        self.sms.values().find_map(|provider| provider.endpoint.as_ref())
    }
}
