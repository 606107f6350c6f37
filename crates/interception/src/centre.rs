//! The command centre: everything a use case needs beside its facts, made once at the start.

use std::collections::BTreeMap;
use std::sync::Arc;

use channels::webhook::Secrets;
use channels::{Caller, Endpoint};
use chrono::TimeDelta;
use domain::account::{Account, AccountKind, Adapter, BankCode};
use domain::clock::{Clock, Instant};
use domain::plan::Plan;
use domain::protected_numbers::ProtectedNumbers;
use domain::pursuit::Limits;
use domain::read_back::Unreached;
use domain::roster::Rosters;
use domain::station::{Station, StationId, Stations};
use domain::stop_payment::{CodeTables, Rounds};
use domain::template::Templates;
use domain::tier::Tier;
use store::Store;

use crate::bank_directory::Directories;
use crate::lanes::Lanes;
use crate::reader_in_use::ReaderInUse;
use crate::rules_in_use::RulesInUse;
use crate::sms_provider::SmsProvider;

/// The command centre.
#[derive(Debug, Clone)]
pub struct Centre {
    /// The database.
    pub store: Store,
    /// The present moment.
    pub clock: Arc<dyn Clock>,
    /// The map of stations.
    pub stations: Stations,
    /// Who is on duty at them.
    pub rosters: Rosters,
    /// The numbers that are never blocked.
    pub protected: ProtectedNumbers,
    /// The grading rules.
    pub rules: RulesInUse,
    /// What reads messages, transcripts and narratives.
    pub texts: ReaderInUse,
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
    /// How far money is followed.
    pub pursuit: Limits,
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
    /// By upper-case id.
    pub sms: BTreeMap<String, SmsProvider>,
    /// Providers of automatic calls, by upper-case id; the first serves.
    pub auto_calls: BTreeMap<String, AutoCaller>,
    /// Stations' own systems.
    pub station_systems: BTreeMap<StationId, Party>,
    /// What is known of banks beyond those we speak to.
    pub directory: Arc<Directories>,
}

/// A party that is told things and answers at a callback.
#[derive(Debug, Clone, Default)]
pub struct Party {
    /// Where it is told; `None` where this process does not speak to it.
    pub endpoint: Option<Endpoint>,
    /// What checks its callbacks.
    pub callback_secrets: Secrets,
}

/// A bank or payment institution.
#[derive(Debug, Clone, Default)]
pub struct Bank {
    /// Its name.
    pub name: String,
    /// Its 24-hour number, for when it does not answer.
    pub phone: Option<String>,
    /// The first digits of the cards it issues, before what the directory says of them.
    pub issuers: Vec<String>,
    /// How it is reached.
    pub party: Party,
    /// How it is spoken to.
    pub adapter: Adapter,
    /// Its other way, where it has one.
    pub second: Option<SecondRoute>,
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

/// A second way to a bank: after a set silence the same order goes by it too, under the same id.
#[derive(Debug, Clone)]
pub struct SecondRoute {
    /// How the bank is spoken to there.
    pub adapter: Adapter,
    /// Where orders go; `None` where this process does not speak to it.
    pub endpoint: Option<Endpoint>,
    /// How long the first way may be silent.
    pub after: TimeDelta,
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

    /// The account with its bank, found by its number where it was not named.
    #[must_use]
    pub fn with_bank(&self, mut account: Account) -> Account {
        if account.bank_code.is_none() {
            account.bank_code = self.keeper(&account);
        }
        account
    }

    /// Who keeps an account: of a card, the bank with the longest issuer number that it begins with, in the
    /// configuration before the directory.
    fn keeper(&self, account: &Account) -> Option<BankCode> {
        let in_use = self.directory.in_use();
        let number = account.number.as_ref()?.reveal();
        if account.kind != AccountKind::BankCard {
            return in_use.directory.keeper(account).cloned();
        }
        let configured = self.issuer_of(number);
        let listed = in_use.directory.issuer(number);
        let listed = listed.filter(|(digits, _)| configured.is_none_or(|(first, _)| first < *digits));
        listed.or(configured).map(|(_, code)| code.clone())
    }

    /// The bank of an order that cannot be reached from here, where it names one.
    #[must_use]
    pub fn unreached(&self, account: Option<&Account>) -> Option<Unreached> {
        let code = account?.bank_code.as_ref().filter(|code| !self.reaches(code))?;
        Some(Unreached { name: self.name(code), phone: self.phone(code) })
    }

    /// A bank's name; its code where nobody knows a name.
    #[must_use]
    pub fn name(&self, code: &BankCode) -> String {
        let configured = self.banks.get(code).map(|bank| &bank.name).filter(|name| *name != code.as_str());
        let in_use = self.directory.in_use();
        let listed = || in_use.directory.get(code).map(|listed| &listed.name);
        configured.or_else(listed).map_or_else(|| code.to_string(), Clone::clone)
    }

    /// A bank's 24-hour number.
    #[must_use]
    pub fn phone(&self, code: &BankCode) -> Option<String> {
        let configured = self.banks.get(code).and_then(|bank| bank.phone.clone());
        configured.or_else(|| {
            let in_use = self.directory.in_use();
            in_use.directory.get(code)?.phone.as_ref().map(|phone| phone.reveal().to_owned())
        })
    }

    /// The bank with the longest issuer number that the card begins with, and how many digits that has.
    fn issuer_of(&self, card: &str) -> Option<(usize, &BankCode)> {
        let issuers =
            self.banks.iter().flat_map(|(code, bank)| bank.issuers.iter().map(move |issuer| (issuer, code)));
        issuers
            .filter(|(issuer, _)| card.starts_with(issuer.as_str()))
            .max_by_key(|(issuer, _)| issuer.len())
            .map(|(issuer, code)| (issuer.len(), code))
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
}
