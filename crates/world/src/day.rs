//! A day of traffic as a pure function of a seed: which alerts and which 110 calls come, and when.
//!
//! The mix follows the figures published for this city over two years and the frequencies of police case
//! texts; the rest (hours, kinds, what a mule leaves) is plausible and no more.

mod alert;
mod call;

pub use alert::Alert;
pub use call::{Call, Fate};

use chrono::TimeDelta;
use domain::scam_type::ScamType;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::people::weighted;

/// The published figures cover two years.
const PUBLISHED_DAYS: f64 = 730.0;
/// Alerts handled a day: 170,000 in two years (published by the city's police).
pub const ALERTS_PER_DAY: f64 = 170_000.0 / PUBLISHED_DAYS;
/// Warning texts sent a day: 150,000 in two years.
pub const SMS_PER_DAY: f64 = 150_000.0 / PUBLISHED_DAYS;
/// Numbers blocked a day: 27,000 in two years.
pub const BLOCKS_PER_DAY: f64 = 27_000.0 / PUBLISHED_DAYS;
/// Stop-payments a day: 2,397 in two years.
pub const STOPS_PER_DAY: f64 = 2_397.0 / PUBLISHED_DAYS;
/// Yuan stopped a day: 32 million in two years.
pub const YUAN_STOPPED_PER_DAY: f64 = 32_000_000.0 / PUBLISHED_DAYS;

/// One text goes out for every person warned: alerts beyond that are about somebody warned already.
const NEW_SUBJECT_SHARE: f64 = SMS_PER_DAY / ALERTS_PER_DAY;
/// Alerts a source sends twice because it missed the answer.
const SENT_TWICE_SHARE: f64 = 0.02;

/// How often each kind of fraud is met: police case texts of CCL2023-FCC.
pub const SCAM_TYPE_CASES: [(ScamType, u32); 12] = [
    (ScamType::BrushingRebate, 28_367),
    (ScamType::ImpersonatingCustomerService, 11_018),
    (ScamType::FakeInvestment, 9_469),
    (ScamType::FakeLoan, 8_883),
    (ScamType::FakeCreditRecord, 6_771),
    (ScamType::FakeShopping, 5_647),
    (ScamType::ImpersonatingAuthorities, 3_651),
    (ScamType::ImpersonatingAcquaintance, 3_525),
    (ScamType::GameTrading, 1_723),
    (ScamType::Romance, 1_324),
    (ScamType::Sextortion, 958),
    (ScamType::ImpersonatingMilitary, 874),
];

/// How busy each hour is against the others.
const HOURS: [u32; 24] =
    [9, 5, 3, 2, 2, 3, 8, 18, 38, 58, 68, 62, 46, 48, 62, 66, 60, 52, 46, 54, 58, 50, 34, 18];

/// The traffic of one day, in order.
#[derive(Debug, Clone)]
pub struct Day {
    /// What happens, earliest first.
    pub events: Vec<Event>,
}

/// Something that reaches Lanjie from outside.
#[derive(Debug, Clone)]
pub struct Event {
    /// Since the day's beginning.
    pub at: TimeDelta,
    /// What it is.
    pub what: What,
}

/// What reaches Lanjie from outside.
#[derive(Debug, Clone)]
pub enum What {
    /// A machine's notice.
    Alert(Box<Alert>),
    /// A citizen's report.
    Call(Box<Call>),
}

impl Day {
    /// The day of this seed, from midnight to midnight. References are unique to the seed.
    #[must_use]
    pub fn generate(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut events = alerts(&mut rng, seed);
        let calls = whole_number_near(&mut rng, call::CALLS_PER_DAY);
        events.extend((0..calls).map(|place| Event {
            at: time_of_day(&mut rng),
            what: What::Call(Box::new(Call::generate(&mut rng, seed, place))),
        }));
        events.sort_by_key(|event| event.at);
        Self { events }
    }

    /// The same day begun at `hour` (0 to 23): what lies before comes at its end.
    #[must_use]
    pub fn begun_at(mut self, hour: u8) -> Self {
        let begin = TimeDelta::hours(i64::from(hour));
        for event in &mut self.events {
            event.at -= begin;
            if event.at < TimeDelta::zero() {
                event.at += TimeDelta::days(1);
            }
        }
        self.events.sort_by_key(|event| event.at);
        self
    }
}

fn alerts(rng: &mut StdRng, seed: u64) -> Vec<Event> {
    // as many as independent notices would be: the variance of a count is its mean
    let count = (ALERTS_PER_DAY + normal(rng) * ALERTS_PER_DAY.sqrt()).round().max(1.0) as usize;
    let mut times: Vec<_> = (0..count).map(|_| time_of_day(rng)).collect();
    times.sort();
    let mut alerts: Vec<Alert> = Vec::with_capacity(count);
    let mut events = Vec::with_capacity(count);
    for (place, at) in times.into_iter().enumerate() {
        let source_ref = format!("CMCC-NM-{seed:X}-{place:04}");
        let alert = if alerts.is_empty() || rng.random_bool(NEW_SUBJECT_SHARE) {
            let known = alerts.len();
            let colleague = alerts.get(rng.random_range(0..known.max(1)));
            Alert::generate(rng, source_ref, colleague)
        } else {
            alerts[rng.random_range(0..alerts.len())].repeated(rng, source_ref)
        };
        if rng.random_bool(SENT_TWICE_SHARE) {
            events.push(Event {
                at: (at + TimeDelta::seconds(rng.random_range(5..300))).min(TimeDelta::days(1)),
                what: What::Alert(Box::new(alert.clone())),
            });
        }
        alerts.push(alert.clone());
        events.push(Event { at, what: What::Alert(Box::new(alert)) });
    }
    events
}

fn time_of_day(rng: &mut StdRng) -> TimeDelta {
    let hours: [usize; 24] = std::array::from_fn(|hour| hour);
    let hour = *weighted(rng, &hours, |hour| HOURS[*hour]);
    TimeDelta::hours(hour as i64) + TimeDelta::milliseconds(rng.random_range(0..3_600_000))
}

fn scam_type(rng: &mut StdRng) -> ScamType {
    weighted(rng, &SCAM_TYPE_CASES, |(_, cases)| *cases).0
}

/// `mean` rounded up or down, so that its own mean is `mean`.
fn whole_number_near(rng: &mut StdRng, mean: f64) -> usize {
    mean as usize + usize::from(rng.random_bool(mean.fract()))
}

/// A standard normal number (Box and Muller).
fn normal(rng: &mut StdRng) -> f64 {
    let (radius, angle): (f64, f64) = (rng.random_range(f64::EPSILON..1.0), rng.random());
    (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
}

/// Whole yuan, log-normal: many small sums and a few very large ones.
fn yuan(rng: &mut StdRng, mean: f64) -> i64 {
    const SPREAD: f64 = 1.0;
    const LEAST: f64 = 100.0;
    let middle = mean.ln() - SPREAD * SPREAD / 2.0;
    (middle + SPREAD * normal(rng)).exp().max(LEAST).round() as i64
}

#[cfg(test)]
mod tests;
