//! Everything that can happen to the town, and drawing it from a seed.

use chrono::TimeDelta;
use domain::contact_outcome::ContactOutcome;
use domain::incident::Outcome;
use domain::measure_kind::MeasureKind;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

/// How many people live in the town.
pub(super) const PEOPLE: usize = 5;
/// How many accounts take the fraudsters' money.
pub(super) const MULES: usize = 3;

/// One thing that happens. Numbers choose among people, accounts and parties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    /// An alert about a person comes in; `again`: the last one, once more.
    Alert { person: usize, danger: Danger, again: bool },
    /// A person calls 110 and has paid; without the holder's name the order stays a draft.
    Call { person: usize, mule: usize, complete: bool },
    /// The desk dials whoever is next.
    Dial { outcome: ContactOutcome },
    /// A dispatcher claims whoever is next and walks away.
    ClaimAndForget,
    /// The officers of some dispatch go one stage on; at the last stage they have `seen` the subject or not.
    Patrol { which: usize, seen: bool },
    /// A station gives a dispatch back.
    GiveBack { which: usize },
    /// The desk closes a person's incident; the rules may say no.
    Close { person: usize, outcome: Outcome },
    /// Somebody asks for a person's incident to be graded low.
    AskToLower { person: usize },
    /// Somebody asks for a person's own line to be cut.
    AskToCutLine { person: usize },
    /// A second person decides on whatever waits.
    Decide { approve: bool },
    /// The first stop that stands is renewed.
    Renew,
    /// Somebody asks for the first stop that stands to be released.
    AskToRelease,
    /// An outside party behaves so from now on.
    Outside { party: Party, manner: Conduct },
    /// A worker takes what is due and dies before it speaks.
    WorkerDies { kind: MeasureKind },
    /// A worker takes what is due and comes back with it much later.
    WorkerIsLate { kind: MeasureKind },
    /// The late worker goes on where it was.
    LateWorkerComesBack,
    /// Time passes, and whatever becomes due happens.
    Passes { secs: i64 },
    /// Time passes while no process runs.
    SleepsThrough { secs: i64 },
    /// Every process is stopped and started again, with other plans for new incidents.
    Upgrade,
}

/// How bad an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Danger {
    Low,
    Medium,
    High,
}

/// Who is outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Party {
    Bank,
    Carrier,
    SmsCentre,
}

/// How a party behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Conduct {
    /// Does as asked and says so.
    Well,
    /// Is away.
    Down,
    /// Does as asked; nobody hears of it.
    LosesAnswer,
}

/// The operations of a life.
pub(super) fn drawn(seed: u64, length: usize) -> Vec<Operation> {
    let mut rng = StdRng::seed_from_u64(seed);
    (0..length).map(|_| one(&mut rng)).collect()
}

fn one(rng: &mut StdRng) -> Operation {
    let person = rng.random_range(0..PEOPLE);
    let which = rng.random_range(0..4);
    match rng.random_range(0..100) {
        0..18 => {
            let danger = of(rng, &[Danger::Low, Danger::Medium, Danger::High, Danger::High]);
            Operation::Alert { person, danger, again: rng.random_bool(0.15) }
        }
        18..25 => {
            Operation::Call { person, mule: rng.random_range(0..MULES), complete: rng.random_bool(0.8) }
        }
        25..41 => Operation::Dial { outcome: of(rng, ContactOutcome::ALL) },
        41..44 => Operation::ClaimAndForget,
        44..54 => Operation::Patrol { which, seen: rng.random_bool(0.7) },
        54..56 => Operation::GiveBack { which },
        56..62 => Operation::Close { person, outcome: of(rng, Outcome::ALL) },
        62..63 => Operation::AskToLower { person },
        63..66 => Operation::AskToCutLine { person },
        66..70 => Operation::Decide { approve: rng.random_bool(0.7) },
        70..71 => Operation::Renew,
        71..73 => Operation::AskToRelease,
        73..79 => Operation::Outside {
            party: of(rng, &[Party::Bank, Party::Carrier, Party::SmsCentre]),
            manner: of(rng, &[Conduct::Well, Conduct::Down, Conduct::LosesAnswer]),
        },
        79..82 => Operation::WorkerDies { kind: told(rng) },
        82..84 => Operation::WorkerIsLate { kind: told(rng) },
        84..86 => Operation::LateWorkerComesBack,
        86..96 => Operation::Passes { secs: of(rng, &[1, 20, 120, 300, 600, 1_800, 7_200, 90_000]) },
        96..98 => Operation::SleepsThrough { secs: of(rng, &[30, 900, 7_200]) },
        _ => Operation::Upgrade,
    }
}

fn of<T: Copy>(rng: &mut StdRng, choice: &[T]) -> T {
    *choice.choose(rng).expect("there is a choice")
}

/// The kinds that workers tell the outside of.
fn told(rng: &mut StdRng) -> MeasureKind {
    of(rng, &[MeasureKind::StopPayment, MeasureKind::Sms, MeasureKind::CallBlock, MeasureKind::Dispatch])
}

/// `secs` as a span.
pub(super) fn span(secs: i64) -> TimeDelta {
    TimeDelta::seconds(secs)
}
