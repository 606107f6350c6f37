//! A drill (演练) on the running services: calls are taken, orders leave, money is followed from account to account and
//! every stop is released again, all by the services themselves. Only the outside is not real: no bank, carrier,
//! provider or station hears of it. Everything is marked as a drill and nothing of it is counted.

use std::fmt;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use channels::drill::account_number;
use chrono::TimeDelta;
use domain::account::{Account, AccountKind, AccountNumber, BankCode};
use domain::call::{CallReport, Reporter, Transfer};
use domain::id::IncidentId;
use domain::incident::Outcome;
use domain::money::Fen;
use domain::operator::{Operator, Post};
use domain::person::{PersonName, PhoneNumber};
use domain::stop_payment::Status;
use interception::close_incident::close_incident;
use interception::decide_approval::decide_approval;
use interception::follow_stop_payment::release_stop_payment;
use interception::look_up::{self, Recorded, StopPaymentFilter};
use interception::take_call::take_call;
use interception::{Act, Centre};
use serde_json::json;
use tokio::time::{Instant as Moment, sleep};
use world::race::{Desk, Payment};

use crate::operators;

/// Who takes the calls of a drill, and who agrees that its stops are released.
const DESK: &str = "演练";
const SECOND: &str = "演练复核";
/// What the timeline says of it.
const SAID: &str = "演练";
/// The bank of a drill: none has this code.
const BANK: &str = "DRILL";
/// A country code that is nobody's: no phone in the world rings when a dispatcher dials such a number.
const NOBODYS_COUNTRY: &str = "+888";
/// What tells one call of all drills from another has so many digits: for 31 years none comes twice.
const SERIALS: u64 = 1_000_000_000_000;
/// In a drill the banks answer at once, so only our own services take time.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often the orders are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// What a drill found.
#[derive(Debug, Default)]
pub struct Drilled {
    /// Calls that were taken.
    pub calls: usize,
    /// What they were about, all of it held.
    pub held: Fen,
    /// From an order's saving with its call to its answer, as the rows say.
    pub first: Times,
    /// From an account's answer to the answer of the next one.
    pub next_hop: Times,
    /// From a call to the answer of the last account that its money had reached.
    pub whole: Times,
}

/// How long something took each time.
#[derive(Debug, Default)]
pub struct Times(Vec<TimeDelta>);

/// Reports the payments to the running services one after the other, and ends each incident before the next. This
/// process tells nobody anything: where no service runs, it says so.
///
/// # Errors
/// When the database is away, the services do not answer in time, or money is missing in the end.
pub async fn drive(centre: &Centre, payments: &[Payment]) -> anyhow::Result<Drilled> {
    let desk = operator(centre, DESK, Post::Dispatcher).await?;
    let second = operator(centre, SECOND, Post::Supervisor).await?;
    let mut drilled = Drilled::default();
    let began = centre.now().timestamp().unsigned_abs() * 1_000 % SERIALS;
    for (serial, payment) in (began..).zip(payments) {
        let incident = report(centre, &desk, serial, payment).await?;
        let held = until_held(centre, incident, payment.paid).await;
        let released = match &held {
            Ok(orders) => release(centre, &desk, &second, incident, orders).await,
            Err(_) => Ok(()),
        };
        // whatever went wrong, nobody is left with work that is none
        end(centre, &desk, incident).await?;
        drilled.note(&held?, payment.paid);
        released?;
    }
    Ok(drilled)
}

/// One of the operators of every drill: added with the first one, and without a token, so that nobody can sign in so.
async fn operator(centre: &Centre, name: &str, post: Post) -> anyhow::Result<Operator> {
    let mut db = centre.store.read().await?;
    let known = store::operators::id_of(&mut db, name).await?;
    drop(db);
    match known {
        Some(id) => Ok(Operator { id, name: name.to_owned(), post, created_at: centre.now() }),
        None => operators::add(&centre.store, name, post, centre.now()).await,
    }
}

async fn report(
    centre: &Centre,
    desk: &Operator,
    serial: u64,
    payment: &Payment,
) -> anyhow::Result<IncidentId> {
    let mut act = Act::begin(centre, desk, None).await?.as_drill();
    let report = call(centre, serial, payment)?;
    let body = json!({ "caller_phone": report.caller_phone.reveal(), "narrative": SAID });
    let taken = take_call(&mut act, report, body).await?;
    act.commit().await?;
    Ok(taken.incident.id)
}

/// A synthetic victim who has paid.
fn call(centre: &Centre, serial: u64, payment: &Payment) -> anyhow::Result<CallReport> {
    let payee = Account {
        kind: AccountKind::BankAccount,
        number: Some(AccountNumber::parse(&account_number(payment.accounts_behind, serial))?),
        holder: Some(PersonName::parse("演练账户")?),
        bank_code: Some(BankCode::parse(BANK)?),
    };
    let transfer = Transfer {
        payer: None,
        payee: Some(payee),
        amount: Some(payment.paid),
        transferred_at: Some(centre.now()),
        channel: None,
        reference: None,
    };
    let victim = Reporter {
        name: Some(PersonName::parse("演练受害人")?),
        id_number: None,
        phone: None,
        address: None,
    };
    Ok(CallReport {
        call_ref: None,
        received_at: centre.now(),
        caller_phone: PhoneNumber::parse(&format!("{NOBODYS_COUNTRY}{serial:012}"))?,
        reporter: Some(victim),
        scam_type: None,
        narrative: Some(SAID.to_owned()),
        location: None,
        division_code: None,
        relatives: vec![],
        transfers: vec![transfer],
    })
}

/// The orders of the incident once every one is answered: together they must hold what was paid.
async fn until_held(centre: &Centre, incident: IncidentId, paid: Fen) -> anyhow::Result<Vec<Recorded>> {
    let orders = until(centre, incident, |status| status != Status::Submitted)
        .await
        .context("no answer: are the engine and stop-payment roles running against this database?")?;
    let held: Fen = orders.iter().filter_map(|recorded| Some(recorded.order.hold()?.held)).sum();
    ensure!(held == paid, "of ¥{paid} that were paid in the drill ¥{held} are held: see incident {incident}");
    Ok(orders)
}

/// The orders of the incident, oldest first, once they all stand so.
async fn until(
    centre: &Centre,
    incident: IncidentId,
    stands: impl Fn(Status) -> bool,
) -> anyhow::Result<Vec<Recorded>> {
    let begun = Moment::now();
    let filter = StopPaymentFilter { incident: Some(incident), ..StopPaymentFilter::default() };
    while begun.elapsed() < PATIENCE {
        let mut orders = look_up::stop_payments(centre, &filter, i64::MAX).await?;
        if orders.iter().all(|recorded| stands(recorded.order.status())) {
            orders.reverse();
            return Ok(orders);
        }
        sleep(LOOK_EVERY).await;
    }
    bail!("incident {incident} stands where it stood {} s ago", PATIENCE.as_secs())
}

/// Lets every stop go again, as it is done in earnest: one asks, another agrees, the bank does it.
async fn release(
    centre: &Centre,
    desk: &Operator,
    second: &Operator,
    incident: IncidentId,
    orders: &[Recorded],
) -> anyhow::Result<()> {
    for recorded in orders {
        let mut act = Act::begin(centre, desk, None).await?;
        let approval = release_stop_payment(&mut act, recorded.order.id, SAID, None).await?;
        act.commit().await?;
        let mut act = Act::begin(centre, second, None).await?;
        let _ = decide_approval(&mut act, approval.id, true, Some(SAID.to_owned())).await?;
        act.commit().await?;
    }
    until(centre, incident, |status| status == Status::Released).await.context("a stop is not released")?;
    Ok(())
}

async fn end(centre: &Centre, desk: &Operator, incident: IncidentId) -> anyhow::Result<()> {
    let mut act = Act::begin(centre, desk, None).await?;
    let _ = close_incident(&mut act, incident, Outcome::NotFraud, None, Some(SAID.to_owned())).await?;
    Ok(act.commit().await?)
}

impl Drilled {
    fn note(&mut self, orders: &[Recorded], paid: Fen) {
        self.calls += 1;
        self.held = [self.held, paid].into_iter().sum();
        for Recorded { order, answered_at, .. } in orders {
            let Some(answered_at) = *answered_at else { continue };
            let took = answered_at - order.created_at;
            if order.parent_id.is_some() { self.next_hop.0.push(took) } else { self.first.0.push(took) }
        }
        let last = orders.iter().filter_map(|recorded| recorded.answered_at).max();
        let began = orders.first().map(|recorded| recorded.order.created_at);
        self.whole.0.extend(last.zip(began).map(|(last, began)| last - began));
    }

    /// The drill in words, beside what the race assumes of this desk.
    #[must_use]
    pub fn beside<'a>(&'a self, assumed: Option<&'a Desk>) -> impl fmt::Display + 'a {
        Beside { drilled: self, assumed }
    }
}

impl Times {
    /// The time within which that share of all cases was done, in milliseconds.
    fn within(&self, share: f64) -> f64 {
        let mut millis: Vec<i64> = self.0.iter().filter_map(TimeDelta::num_microseconds).collect();
        millis.sort_unstable();
        let place = (millis.len().saturating_sub(1) as f64 * share).round() as usize;
        millis.get(place).copied().unwrap_or_default() as f64 / 1_000.0
    }
}

struct Beside<'a> {
    drilled: &'a Drilled,
    assumed: Option<&'a Desk>,
}

impl fmt::Display for Beside<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Drilled { calls, held, first, next_hop, whole } = self.drilled;
        let orders = first.0.len() + next_hop.0.len();
        writeln!(
            f,
            "drill: {calls} calls, {orders} orders, all ¥{held} held and released again; marked as drills, never counted"
        )?;
        writeln!(f)?;
        writeln!(
            f,
            "{:<38}{:>9}{:>13}{:>9}{:>15}",
            "milliseconds", "median", "nine of ten", "slowest", "race assumes"
        )?;
        let assumed = |of: fn(&Desk) -> f64| self.assumed.map(|desk| of(desk) * 1_000.0);
        let lines = [
            ("from a saved call to its order's answer", first, assumed(|desk| desk.first_secs)),
            ("from there to the next account's answer", next_hop, assumed(|desk| desk.next_hop_secs)),
            ("from a saved call to the last answer", whole, None),
        ];
        for (what, times, assumed) in lines {
            if times.0.is_empty() {
                continue;
            }
            let assumed = assumed.map(|millis| format!("{millis:.0}")).unwrap_or_default();
            writeln!(
                f,
                "{what:<40}{:>7.1}{:>13.1}{:>9.1}{assumed:>15}",
                times.within(0.5),
                times.within(0.9),
                times.within(1.0)
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_by_their_rank() {
        let times = Times([30, 10, 20].map(TimeDelta::milliseconds).to_vec());
        assert_eq!([0.0, 0.5, 1.0].map(|share| times.within(share)), [10.0, 20.0, 30.0]);
        assert!(Times::default().within(0.5).abs() < f64::EPSILON);
    }
}
