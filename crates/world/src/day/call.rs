//! One 110 call of the day, and what has become of the money meanwhile.

use chrono::TimeDelta;
use domain::account::{Account, AccountKind, AccountNumber, BankCode};
use domain::clock::{Instant, at_the_glass};
use domain::money::Fen;
use domain::person::PersonName;
use domain::scam_type::ScamType;
use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use serde_json::{Value, json};

use super::{STOPS_PER_DAY, YUAN_STOPPED_PER_DAY, scam_type, yuan};
use crate::bank::{BankAccount, Onward, Received};
use crate::people::{self, Card, Person, weighted};
use crate::scripts::scripts;
use crate::wire;

/// Of a hundred transfers, how many are partly or wholly moved on before the order comes, and how often
/// the caller gets the holder's name wrong.
const PARTIAL_PERCENT: u32 = 5;
const GONE_PERCENT: u32 = 3;
const MISMATCH_PERCENT: u32 = 4;
const FATES: [(Fate, u32); 4] = [
    (Fate::Whole, WHOLE_PERCENT),
    (Fate::Partial, PARTIAL_PERCENT),
    (Fate::Gone, GONE_PERCENT),
    (Fate::Mismatch, MISMATCH_PERCENT),
];
const WHOLE_PERCENT: u32 = 100 - PARTIAL_PERCENT - GONE_PERCENT - MISMATCH_PERCENT;
/// How much of what came to it the second account still has.
const NEXT_HOP_KEEPS: f64 = 0.5;
/// Money that was moved on makes a second order, at the next bank.
const ORDERS_PER_CALL: f64 = 1.0 + (PARTIAL_PERCENT + GONE_PERCENT) as f64 / 100.0;
/// What is caught of a claim on average; a partial one has lost half of it to the next account.
const CAUGHT_SHARE: f64 = (WHOLE_PERCENT as f64
    + PARTIAL_PERCENT as f64 * (0.5 + 0.5 * NEXT_HOP_KEEPS)
    + GONE_PERCENT as f64 * NEXT_HOP_KEEPS)
    / 100.0;

/// Calls with a transfer a day, so that the orders come to the published number.
pub(super) const CALLS_PER_DAY: f64 = STOPS_PER_DAY / ORDERS_PER_CALL;
/// The mean transfer in yuan, so that what is stopped comes to the published sum.
const MEAN_TRANSFER_YUAN: f64 = YUAN_STOPPED_PER_DAY / CALLS_PER_DAY / CAUGHT_SHARE;

/// What the bank finds on the mule's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Everything is still there.
    Whole,
    /// A part has gone on to the next bank.
    Partial,
    /// All of it has.
    Gone,
    /// The caller got the holder's name wrong.
    Mismatch,
}

/// A citizen's report, and the truth behind it.
#[derive(Debug, Clone)]
pub struct Call {
    /// Who calls, and has paid.
    pub victim: Person,
    /// How they were taken in.
    pub scam_type: ScamType,
    /// How much they paid.
    pub amount: Fen,
    /// What the bank will find.
    pub fate: Fate,
    seed: u64,
    place: usize,
    paid_before: TimeDelta,
    mule: Mule,
    next_mule: Mule,
    /// What the first mule moved on to the second.
    moved_on: Fen,
    relative: Value,
    narrative: String,
}

/// Somebody's account in the fraudster's hands.
#[derive(Debug, Clone)]
struct Mule {
    holder: String,
    card: Card,
}

impl Call {
    pub(super) fn generate(rng: &mut StdRng, seed: u64, place: usize) -> Self {
        let victim = people::person(rng);
        let scam_type = scam_type(rng);
        let amount_yuan = yuan(rng, MEAN_TRANSFER_YUAN);
        let fate = weighted(rng, &FATES, |(_, weight)| *weight).0;
        let moved_on_yuan = match fate {
            Fate::Whole | Fate::Mismatch => 0,
            Fate::Partial => amount_yuan * rng.random_range(20..=80) / 100,
            Fate::Gone => amount_yuan,
        };
        let script = scripts(scam_type).choose(rng).copied().unwrap_or_default();
        let said = script.replace("{amount}", &amount_yuan.to_string());
        Self {
            relative: people::relative(rng, &victim),
            victim,
            scam_type,
            amount: fen(amount_yuan),
            fate,
            seed,
            place,
            paid_before: TimeDelta::minutes(rng.random_range(4..=50)),
            mule: Mule::new(rng),
            next_mule: Mule::new(rng),
            moved_on: fen(moved_on_yuan),
            narrative: format!("报警人称被骗转账{amount_yuan}元，对方说：“{said}”"),
        }
    }

    /// The body for `POST /v1/calls`.
    #[must_use]
    pub fn body(&self, received_at: Instant) -> Value {
        let (victim, mule) = (&self.victim, &self.mule);
        let transferred_at = received_at - self.paid_before;
        let said_holder = match self.fate {
            Fate::Whole | Fate::Partial | Fate::Gone => mule.holder.clone(),
            Fate::Mismatch => format!("{}某", mule.holder.chars().take(1).collect::<String>()),
        };
        let stamp = at_the_glass(received_at).format("%Y%m%d-%H%M%S");
        json!({
            "call_ref": format!("110-{stamp}-{:X}-{:02}", self.seed, self.place),
            "received_at": wire::moment(received_at),
            "caller_phone": victim.phone,
            "reporter": {
                "name": victim.name, "id_number": victim.id_number,
                "phone": victim.phone, "address": victim.address,
            },
            "scam_type": self.scam_type,
            "narrative": self.narrative,
            "location": {"lat": victim.location.lat, "lon": victim.location.lon},
            "division_code": victim.division_code,
            "relatives": [self.relative],
            "transfers": [{
                "payer": {
                    "kind": "bank_card", "number": victim.card.number,
                    "bank_code": victim.card.bank_code, "holder": victim.name,
                },
                "payee": {
                    "kind": "bank_card", "number": mule.card.number,
                    "bank_code": mule.card.bank_code, "holder": said_holder,
                },
                "amount": wire::money(self.amount),
                "transferred_at": wire::moment(transferred_at),
                "channel": "mobile_bank",
                "reference": self.reference("1"),
            }],
        })
    }

    /// The accounts the money went through, as their banks keep them when the call comes.
    #[must_use]
    pub fn accounts(&self, received_at: Instant) -> Vec<(&'static str, BankAccount)> {
        let paid_at = received_at - self.paid_before;
        let moved_at = paid_at + TimeDelta::minutes(2);
        let mut first = self.mule.account(self.amount, paid_at);
        if self.moved_on == Fen::ZERO {
            return first.into_iter().collect();
        }
        if let Some((_, account)) = &mut first {
            account.onward.push(Onward {
                to: self.next_mule.known(),
                amount: self.moved_on,
                at: moved_at,
                reference: self.reference("2"),
            });
        }
        let mut second = self.next_mule.account(self.moved_on, moved_at);
        if let Some((_, account)) = &mut second {
            let kept = account.balance.fen() as f64 * NEXT_HOP_KEEPS;
            account.balance = Fen::new(kept as i64).unwrap_or_default();
        }
        first.into_iter().chain(second).collect()
    }

    fn reference(&self, step: &str) -> String {
        format!("{:X}{:04}{step}", self.seed, self.place)
    }
}

impl Mule {
    fn new(rng: &mut StdRng) -> Self {
        Self { holder: people::name(rng), card: people::card(rng) }
    }

    fn known(&self) -> Account {
        Account {
            kind: AccountKind::BankCard,
            number: AccountNumber::parse(&self.card.number).ok(),
            holder: PersonName::parse(&self.holder).ok(),
            bank_code: BankCode::parse(self.card.bank_code).ok(),
        }
    }

    /// With its bank's code; `None` never happens to a generated card.
    fn account(&self, received: Fen, at: Instant) -> Option<(&'static str, BankAccount)> {
        let account = BankAccount {
            number: AccountNumber::parse(&self.card.number).ok()?,
            holder: PersonName::parse(&self.holder).ok()?,
            balance: received,
            whitelisted: false,
            received: vec![Received { amount: received, at }],
            onward: vec![],
        };
        Some((self.card.bank_code, account))
    }
}

fn fen(yuan: i64) -> Fen {
    Fen::new(yuan * 100).unwrap_or_default()
}
