//! The race for the money (竞速): victims who report late, mules who move on, banks that take their time, and a desk
//! that is fast or slow, in virtual time.
//!
//! What the desk decides is decided by `domain`, as in earnest: whether an order's facts are complete, when a silent
//! bank is told again, what its answer means, and which account is next. Everything else is drawn from
//! [`Assumptions`], a commented file, and the same for every desk. Start at [`run`]; then [`case`] for one victim's
//! money, [`scheme`] for what the fraudsters have planned.

mod assumptions;
mod case;
mod picture;
mod scheme;

use std::fmt;

use domain::money::Fen;
use domain::pursuit::Limits;
use domain::stop_payment::CodeTables;
use rand::SeedableRng;
use rand::rngs::StdRng;

pub use assumptions::{Assumptions, Desk};
pub use case::Run;
pub use picture::picture;
use scheme::Scheme;

/// The share's uncertainty is judged from so many parts of the cases.
const PARTS: usize = 20;
/// 95 of 100 such ranges hold the share that endless cases would have.
const NORMAL_95: f64 = 1.96;

/// What every desk of the race decides by, beside the code that decides.
#[derive(Debug, Clone)]
pub struct Rules {
    /// What the banks' result codes mean.
    pub result_codes: CodeTables,
    /// How far money is followed.
    pub pursuit: Limits,
}

/// How a race went.
#[derive(Debug, Clone)]
pub struct Race {
    /// What it was drawn from.
    pub seed: u64,
    /// How many victims there were.
    pub cases: usize,
    /// What they paid.
    pub paid: Fen,
    /// How each desk did, in the assumptions' order.
    pub desks: Vec<Standing>,
}

/// How one desk did.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The desk.
    pub desk: Desk,
    /// What was held in the end.
    pub held: Fen,
    /// The share of what was paid, 0 to 1.
    pub share: f64,
    /// Half the width of the range that holds the true share with 95 %.
    pub give_or_take: f64,
    /// By how much that is less than the first desk's share: of the same cases, so that the luck of the draw cancels.
    pub behind: f64,
    /// Half the width of the range that holds the true difference with 95 %.
    pub behind_give_or_take: f64,
    /// The share of cases in which anything was held.
    pub cases_with_money: f64,
    /// Orders that left.
    pub orders: usize,
}

/// Runs the race of this seed for every desk of the assumptions.
#[must_use]
pub fn run(seed: u64, assumptions: &Assumptions, rules: &Rules) -> Race {
    let schemes = schemes(seed, assumptions);
    let runs: Vec<Vec<Run>> = assumptions.desks.iter().map(|desk| runs(&schemes, desk, rules)).collect();
    let first = runs.first().map_or(&[][..], Vec::as_slice);
    let desks = assumptions.desks.iter().zip(&runs).map(|(desk, runs)| standing(desk, runs, first)).collect();
    Race { seed, cases: schemes.len(), paid: schemes.iter().map(|scheme| scheme.paid).sum(), desks }
}

/// One victim's payment, as far as it can be told to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payment {
    /// How much.
    pub paid: Fen,
    /// Over so many more accounts the fraudsters mean to move it.
    pub accounts_behind: u8,
}

/// The payments of this seed, in the victims' order.
#[must_use]
pub fn payments(seed: u64, assumptions: &Assumptions) -> Vec<Payment> {
    let schemes = schemes(seed, assumptions);
    schemes
        .iter()
        .map(|scheme| Payment { paid: scheme.paid, accounts_behind: scheme.accounts_behind() })
        .collect()
}

/// What the fraudsters of this seed have planned.
fn schemes(seed: u64, assumptions: &Assumptions) -> Vec<Scheme> {
    let mut rng = StdRng::seed_from_u64(seed);
    (0..assumptions.cases).map(|_| Scheme::draw(&mut rng, assumptions)).collect()
}

fn runs(schemes: &[Scheme], desk: &Desk, rules: &Rules) -> Vec<Run> {
    schemes.iter().map(|scheme| case::run(scheme, desk, rules)).collect()
}

/// How a desk did in the same cases as the `first`.
fn standing(desk: &Desk, runs: &[Run], first: &[Run]) -> Standing {
    let share_of = |without: Option<usize>| share(runs, without);
    let behind = |without: Option<usize>| share(first, without) - share(runs, without);
    let with_money = runs.iter().filter(|run| run.held > Fen::ZERO).count();
    Standing {
        desk: desk.clone(),
        held: runs.iter().map(|run| run.held).sum(),
        share: share_of(None),
        give_or_take: give_or_take(share_of),
        behind: behind(None),
        behind_give_or_take: give_or_take(behind),
        cases_with_money: ratio(with_money, runs.len()),
        orders: runs.iter().map(|run| run.orders).sum(),
    }
}

/// What was held of what was paid, one of the [`PARTS`] of the cases left out.
fn share(runs: &[Run], without: Option<usize>) -> f64 {
    let counted = || runs.iter().enumerate().filter(|(place, _)| Some(place % PARTS) != without);
    let paid: f64 = counted().map(|(_, run)| yuan(run.paid)).sum();
    let held: f64 = counted().map(|(_, run)| yuan(run.held)).sum();
    if paid > 0.0 { held / paid } else { 0.0 }
}

/// By the jackknife over [`PARTS`] parts: a few large cases carry most of the money, and this says so.
fn give_or_take(told: impl Fn(Option<usize>) -> f64) -> f64 {
    let told: Vec<f64> = (0..PARTS).map(|part| told(Some(part))).collect();
    let (parts, sum) = (told.len() as f64, told.iter().sum::<f64>());
    let squares: f64 = told.iter().map(|one| (one - sum / parts).powi(2)).sum();
    NORMAL_95 * (squares * (parts - 1.0) / parts).sqrt()
}

fn yuan(amount: Fen) -> f64 {
    amount.fen() as f64 / 100.0
}

fn million(amount: Fen) -> f64 {
    yuan(amount) / 1e6
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

impl fmt::Display for Race {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "seed {}: {} victims paid {:.2} million yuan",
            self.seed,
            self.cases,
            million(self.paid)
        )?;
        writeln!(f)?;
        let head =
            ["desk", "held, million", "of what was paid", "less than the first", "orders", "cases saved"];
        let [desk, held, share, behind, orders, saved] = head;
        writeln!(f, "{desk:<14}{held:>15}{share:>18}{behind:>22}{orders:>9}{saved:>13}")?;
        for standing in &self.desks {
            let give = |share: f64, or_take: f64| format!("{:.1} ± {:.1} %", share * 100.0, or_take * 100.0);
            let behind = if standing.behind == 0.0 {
                "-".to_owned()
            } else {
                give(standing.behind, standing.behind_give_or_take)
            };
            let saved = format!("{:.1} %", standing.cases_with_money * 100.0);
            writeln!(
                f,
                "{:<14}{:>15.2}{:>18}{behind:>22}{:>9}{saved:>13}",
                standing.desk.name,
                million(standing.held),
                give(standing.share, standing.give_or_take),
                standing.orders,
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
