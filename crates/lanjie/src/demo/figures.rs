//! The demo's figures: one line while the day runs, and a table beside the published ones at its end.

use std::fmt::Write;

use chrono::{NaiveTime, TimeDelta};
use domain::clock::Instant;
use interception::look_up::{self, By, Counts};
use interception::{Centre, Result};
use world::day::{ALERTS_PER_DAY, BLOCKS_PER_DAY, SMS_PER_DAY, STOPS_PER_DAY, YUAN_STOPPED_PER_DAY};
use world::replay::Played;

/// What has happened since the demo began its day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figures(Counts);

impl Figures {
    pub(super) async fn since(centre: &Centre, from: Instant) -> Result<Self> {
        let to = centre.now() + TimeDelta::seconds(1);
        let mut counts = look_up::counts(centre, from, to, By::Total).await?;
        Ok(Self(counts.remove("").unwrap_or_default()))
    }

    /// One line for a terminal.
    pub(super) fn line(&self, played: Played, day_begins_hour: u8) -> String {
        let begin = NaiveTime::from_hms_opt(u32::from(day_begins_hour), 0, 0).unwrap_or_default();
        let time = begin + played.elapsed;
        let Counts { alerts_received, sms_sent, calls_blocked, dispatches, seen_in_person, .. } = self.0;
        let Counts { stop_payments_submitted, stop_payments_succeeded, amount_stopped, .. } = self.0;
        format!(
            "{}  alerts {alerts_received}  calls {}  SMS {sms_sent}  blocks {calls_blocked}  stop-payments \
             {stop_payments_succeeded}/{stop_payments_submitted}  stopped ¥{amount_stopped}  dispatches {dispatches}  \
             seen {seen_in_person}",
            time.format("%H:%M"),
            played.calls,
        )
    }

    /// The day beside the mean day of the two published years.
    pub(super) fn beside_the_reference(&self) -> String {
        #[expect(clippy::cast_precision_loss, reason = "a day's money is far below 2^53 fen")]
        let stopped = self.0.amount_stopped.fen() as f64 / 100.0;
        #[expect(clippy::cast_precision_loss, reason = "a day's counts are small")]
        let count = |count: i64| count as f64;
        let rows = [
            ("alerts received", count(self.0.alerts_received), ALERTS_PER_DAY),
            ("warning SMS", count(self.0.sms_sent), SMS_PER_DAY),
            ("calls blocked", count(self.0.calls_blocked), BLOCKS_PER_DAY),
            ("stop-payments submitted", count(self.0.stop_payments_submitted), STOPS_PER_DAY),
            ("yuan stopped", stopped, YUAN_STOPPED_PER_DAY),
        ];
        let mut table = format!("{:<26}{:>12}{:>14}\n", "the day", "here", "reference");
        for (name, here, reference) in rows {
            let _ = writeln!(table, "{name:<26}{here:>12.0}{reference:>14.1}");
        }
        table.push_str(
            "reference: the mean day of the published two years (170,000 alerts, 150,000 SMS, 27,000 blocks,\n\
             2,397 stop-payments, 32 million yuan). One day of money varies widely: most sums are small, a few are large.\n\
             The services go on; Ctrl-C stops them.",
        );
        table
    }
}
