//! What one gang has planned for one victim's money, drawn before anybody reports it.

use chrono::TimeDelta;
use domain::money::Fen;
use rand::RngExt;
use rand::rngs::StdRng;

use super::assumptions::{Assumptions, Quantiles};

/// A scheme has no more accounts than this: three parts over four hops, and room.
const ACCOUNTS_MAX: usize = 160;
/// How often the same bank may be silent before it is heard.
const SILENCES_MAX: u32 = 20;

/// One victim's money and what becomes of it if nobody stops it.
#[derive(Debug, Clone)]
pub(super) struct Scheme {
    /// What the victim paid, at the scheme's beginning.
    pub(super) paid: Fen,
    /// When the victim dials 110.
    pub(super) reported_after: TimeDelta,
    /// When the account's facts are typed in, after that.
    pub(super) facts_after: TimeDelta,
    /// The accounts; the first receives the payment, and money only moves to later ones.
    pub(super) accounts: Vec<Mule>,
}

/// One account of the scheme.
#[derive(Debug, Clone)]
pub(super) struct Mule {
    /// How long money rests in it.
    pub(super) dwell: TimeDelta,
    /// Where it goes then, in equal parts; nowhere: it leaves the banks for good.
    pub(super) onward: Vec<usize>,
    /// How long its bank takes to stop it once it hears.
    pub(super) answers_after: TimeDelta,
    /// How many tries its bank does not hear.
    pub(super) silences: u32,
}

impl Scheme {
    pub(super) fn draw(rng: &mut StdRng, assumptions: &Assumptions) -> Self {
        let victim = &assumptions.victim;
        let fen = (victim.amount_yuan.at(rng.random()) * 100.0).round() as i64;
        Self {
            paid: Fen::new(fen).unwrap_or_default(),
            reported_after: span(&victim.reports_after_secs, rng),
            facts_after: span(&victim.facts_after_secs, rng),
            accounts: accounts(rng, assumptions),
        }
    }
}

impl Scheme {
    /// How many accounts the money passes behind the first, by the first of its parts.
    pub(super) fn accounts_behind(&self) -> u8 {
        let next = |account: &usize| self.accounts.get(*account)?.onward.first().copied();
        let behind = std::iter::successors(next(&0), next).count();
        u8::try_from(behind).unwrap_or(u8::MAX)
    }
}

/// Level by level: the accounts of one hop, then those behind them.
fn accounts(rng: &mut StdRng, assumptions: &Assumptions) -> Vec<Mule> {
    let mut accounts = vec![mule(rng, assumptions, 0)];
    let mut level = 0..1;
    for hop in 1..=assumptions.mule.hops_max {
        let first_of_next = accounts.len();
        for from in level.clone() {
            if rng.random_bool(assumptions.mule.cash_out_share) {
                continue;
            }
            for _ in 0..parts(rng, &assumptions.mule.parts_share) {
                let others = accounts.len() - first_of_next;
                let merges = others > 0 && rng.random_bool(assumptions.mule.merge_share);
                let to = if merges || accounts.len() >= ACCOUNTS_MAX {
                    first_of_next + rng.random_range(0..others.max(1))
                } else {
                    accounts.push(mule(rng, assumptions, hop));
                    accounts.len() - 1
                };
                if to < accounts.len() {
                    accounts[from].onward.push(to);
                }
            }
        }
        level = first_of_next..accounts.len();
    }
    accounts
}

fn mule(rng: &mut StdRng, assumptions: &Assumptions, hop: u8) -> Mule {
    let dwells = &assumptions.mule.dwell_secs;
    let dwell = &dwells[usize::from(hop).min(dwells.len() - 1)];
    let mut silences = 0;
    while silences < SILENCES_MAX && rng.random_bool(assumptions.bank.silent_share) {
        silences += 1;
    }
    Mule {
        dwell: span(dwell, rng),
        onward: vec![],
        answers_after: span(&assumptions.bank.answer_secs, rng),
        silences,
    }
}

/// How many parts money is split into.
fn parts(rng: &mut StdRng, shares: &[f64]) -> usize {
    let mut left = rng.random::<f64>() * shares.iter().sum::<f64>();
    let reached = shares.iter().position(|share| {
        left -= share;
        left < 0.0
    });
    reached.map_or(shares.len(), |place| place + 1)
}

fn span(of: &Quantiles, rng: &mut StdRng) -> TimeDelta {
    seconds(of.at(rng.random()))
}

/// A span of so many seconds, to the millisecond.
pub(super) fn seconds(secs: f64) -> TimeDelta {
    TimeDelta::milliseconds((secs * 1_000.0).round() as i64)
}
