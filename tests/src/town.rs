//! The town itself: how it is set up, how time passes in it, and what can be asked of it.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::account::{AccountNumber, BankCode};
use domain::clock::{Clock, HandClock, Instant};
use domain::id::OperatorId;
use domain::measure_kind::MeasureKind;
use domain::money::Fen;
use domain::operator::{Operator, Post};
use domain::person::PersonName;
use gateway::pace::Pace;
use gateway::server::listen;
use interception::assess_incidents::assess_incidents;
use interception::audit_plans::{GRACE, Missed, audit_plans};
use interception::bank_directory;
use interception::carry_out_measures::carry_out_measures;
use interception::keep_deadlines::keep_deadlines;
use interception::keep_sms_sessions::keep_sms_sessions;
use interception::look_up::{self, DispatchFilter};
use interception::seal_record::{seal_record, verify_record};
use interception::workers::{self, Notices, Role};
use interception::{Centre, SmsWay};
use reqwest::StatusCode;
use serde_json::Value;
use store::{Store, operators};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use world::World;
use world::bank::BankAccount;
use world::sms_centre::SmsManner;

use self::centre::{PATIENCE, centre, outside, over_smpp};
use crate::client::Client;
use crate::database;
use crate::expectations::{Expected, Thing};

mod centre;

/// How the clock goes on where a story waits for workers.
const TICK: Duration = Duration::from_millis(100);
/// More rounds than any story needs: a town that never comes to rest is a defect.
const MAX_ROUNDS: usize = 200;

/// A whole Lanjie in a simulated world.
pub struct Town {
    /// The command centre.
    pub centre: Arc<Centre>,
    /// Everybody outside.
    pub world: World,
    /// The gateway's address.
    pub base: String,
    clock: Arc<HandClock>,
    notices: Arc<Notices>,
    expected: Expected,
    stop: CancellationToken,
}

impl Town {
    /// A town at 22:13 on 1 March 2026, China time, where nothing has happened yet.
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// A town whose centre was changed before it began.
    pub async fn with(change: impl FnOnce(&mut Centre)) -> Self {
        Self::begun(|centre, _| change(centre)).await
    }

    /// A town whose texts go over SMPP, and over HTTP where that is down.
    pub async fn with_two_sms_providers() -> Self {
        Self::with_smpp(PATIENCE).await
    }

    /// The same, for many texts at once: however busy the machine, the provider has time to answer.
    pub async fn for_a_campaign() -> Self {
        Self::with_smpp(Duration::from_secs(10)).await
    }

    async fn with_smpp(answers_within: Duration) -> Self {
        let town = Self::begun(|centre, world| {
            let smpp = world.smpp_centre();
            centre.outside.sms.insert(smpp.id().to_uppercase(), over_smpp(smpp, answers_within));
        })
        .await;
        town.bound().await;
        town
    }

    async fn begun(change: impl FnOnce(&mut Centre, &World)) -> Self {
        let start: DateTime<Utc> = "2026-03-01T22:13:05+08:00".parse().expect("a time");
        let clock = Arc::new(HandClock::new(start));
        let world =
            World::start(1, None, Arc::clone(&clock) as Arc<dyn Clock>).await.expect("the world opens");
        // a receipt that comes when it likes would make stories depend on the machine
        world.sms_centre().set_manner(SmsManner::NoReceipts);
        let store = Store::open(&database::fresh().await, 8).expect("the database has an address");
        let mut centre = centre(store, Arc::clone(&clock) as Arc<dyn Clock>, outside(&world));
        change(&mut centre, &world);
        let town = Self::open(centre, world, clock, Expected::default()).await;
        town.settle_people().await;
        town
    }

    /// The same town after an upgrade: every process was stopped and started again with a changed centre.
    pub async fn restarted(self, change: impl FnOnce(&mut Centre)) -> Self {
        self.stop.cancel();
        let mut centre = Centre::clone(&self.centre);
        change(&mut centre);
        Self::open(centre, self.world, self.clock, self.expected).await
    }

    async fn open(centre: Centre, world: World, clock: Arc<HandClock>, expected: Expected) -> Self {
        let centre = Arc::new(centre);
        let (notices, stop) = (Arc::new(Notices::default()), CancellationToken::new());
        let app = gateway::app::App::new(
            Arc::clone(&centre),
            Arc::clone(&notices),
            Arc::new(Pace::new(NonZeroU32::MAX)),
            stop.clone(),
        );
        let routes = gateway::app::router(app);
        let address = ([127, 0, 0, 1], 0).into();
        let (address, serving) = listen(address, routes, stop.clone()).await.expect("a port is free");
        let base = format!("http://{address}");
        world.set_callback_base(base.clone());
        tokio::spawn(serving);
        tokio::spawn(interception::workers::listen(Arc::clone(&centre), Arc::clone(&notices), stop.clone()));
        tokio::spawn(bank_directory::watch(Arc::clone(&centre), Arc::clone(&notices), stop.clone()));
        tokio::spawn(keep_sms_sessions(Arc::clone(&centre), stop.clone()));
        Self { centre, world, base, clock, notices, expected, stop }
    }

    async fn settle_people(&self) {
        let posts = [
            ("dispatcher-1", Post::Dispatcher),
            ("dispatcher-2", Post::Dispatcher),
            ("supervisor-1", Post::Supervisor),
            ("supervisor-2", Post::Supervisor),
            ("auditor", Post::Auditor),
            ("admin", Post::Admin),
            ("CMCC", Post::Source("CMCC".to_owned())),
        ];
        let officers = self
            .centre
            .stations
            .iter()
            .map(|station| (station.id.as_str().to_owned(), Post::StationOfficer(station.id.clone())));
        let people = posts.into_iter().map(|(name, post)| (name.to_owned(), post)).chain(officers);
        let mut tx = self.centre.store.begin().await.expect("the database answers");
        let now = self.now();
        for (name, post) in people {
            let operator = Operator { id: OperatorId::new(now), name: name.clone(), post, created_at: now };
            operators::insert(&mut tx, &operator).await.expect("people are new");
            let hash = interception::access::hash(&token(&name));
            operators::insert_token(&mut tx, operator.id, &hash, now).await.expect("tokens are new");
        }
        tx.commit().await.expect("people settle");
    }

    fn who(&self, name: &str) -> Client {
        Client::new(&self.base, Some(&token(name)))
    }

    /// A dispatcher of the 110 desk.
    #[must_use]
    pub fn dispatcher(&self) -> Client {
        self.who("dispatcher-1")
    }

    /// Another dispatcher.
    #[must_use]
    pub fn second_dispatcher(&self) -> Client {
        self.who("dispatcher-2")
    }

    /// A supervisor.
    #[must_use]
    pub fn supervisor(&self) -> Client {
        self.who("supervisor-1")
    }

    /// Another supervisor.
    #[must_use]
    pub fn second_supervisor(&self) -> Client {
        self.who("supervisor-2")
    }

    /// The auditor.
    #[must_use]
    pub fn auditor(&self) -> Client {
        self.who("auditor")
    }

    /// The administrator.
    #[must_use]
    pub fn admin(&self) -> Client {
        self.who("admin")
    }

    /// The carrier CMCC as a source of alerts.
    #[must_use]
    pub fn source(&self) -> Client {
        self.who("CMCC")
    }

    /// An officer of a station.
    #[must_use]
    pub fn officer(&self, station: &str) -> Client {
        self.who(station)
    }

    /// Somebody without a token.
    #[must_use]
    pub fn stranger(&self) -> Client {
        Client::new(&self.base, None)
    }

    /// The town's time.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Lets everything be ordered that is due at this moment, and nothing leave.
    pub async fn order_everything(&self) {
        while assess_incidents(&self.centre).await.expect("incidents are graded")
            + keep_deadlines(&self.centre).await.expect("deadlines are kept")
            > 0
        {}
    }

    /// Lets everything happen that is due at this moment.
    pub async fn settle(&self) {
        let worker = Uuid::now_v7();
        for _ in 0..MAX_ROUNDS {
            let mut done = assess_incidents(&self.centre).await.expect("incidents are graded");
            done += keep_deadlines(&self.centre).await.expect("deadlines are kept");
            for kind in [
                MeasureKind::StopPayment,
                MeasureKind::Sms,
                MeasureKind::Contact,
                MeasureKind::CallBlock,
                MeasureKind::Dispatch,
            ] {
                done += carry_out_measures(&self.centre, kind, worker).await.expect("the outside is told");
            }
            if done == 0 {
                return;
            }
        }
        panic!("the town never comes to rest");
    }

    /// Waits until every session with an SMS provider is bound.
    pub async fn bound(&self) {
        for provider in self.centre.outside.sms.values() {
            if let SmsWay::Smpp(session) = &provider.way {
                let bound = tokio::time::timeout(Duration::from_secs(20), session.bound());
                bound.await.expect("the provider lets us bind");
            }
        }
    }

    /// Sends whatever texts are due, as a process of the role does, until `done`; then finishes what is under way. The
    /// town's clock goes on, so that what could not leave at once is offered again.
    pub async fn send_texts_until<T>(&self, done: impl Future<Output = T>) -> T {
        let (centre, notices) = (Arc::clone(&self.centre), Arc::clone(&self.notices));
        let stop = CancellationToken::new();
        let mut ticks = tokio::time::interval(TICK);
        let passing = async {
            loop {
                ticks.tick().await;
                self.clock.advance(TimeDelta::from_std(TICK).expect("a tick is short"));
            }
        };
        let done = async {
            let found = tokio::select! {
                found = done => found,
                () = passing => unreachable!("time does not end"),
            };
            stop.cancel();
            found
        };
        let role = Role::Carrier(MeasureKind::Sms);
        tokio::join!(workers::work(centre, role, notices, stop.clone()), done).1
    }

    /// Moves the clock without letting anything happen: the workers are away.
    pub fn sleep_through(&self, time: TimeDelta) {
        self.clock.advance(time);
    }

    /// Lets time pass and everything happen that becomes due.
    pub async fn advance(&self, time: TimeDelta) {
        self.clock.advance(time);
        self.settle().await;
    }

    /// A bank of the world.
    #[must_use]
    pub fn bank(&self, code: &str) -> &world::bank::Bank {
        self.world.bank(&BankCode::parse(code).expect("a code")).expect("the world has this bank")
    }

    /// Opens an account of 李某 at ABC with so many yuan in it.
    pub fn open_mule(&self, number: &str, yuan: &str) -> AccountNumber {
        let number = AccountNumber::parse(number).expect("a number");
        self.bank("ABC").open_account(BankAccount {
            number: number.clone(),
            holder: PersonName::parse("李某").expect("a name"),
            balance: Fen::parse_or_zero(yuan).expect("an amount"),
            whitelisted: false,
            received: vec![],
            onward: vec![],
        });
        number
    }

    /// The whole incident that an answer names.
    pub async fn incident(&self, answer: &Value) -> Value {
        let id = answer["incident"]["id"].as_str().expect("the answer names an incident");
        self.auditor().get(&format!("/v1/incidents/{id}")).await.expect(StatusCode::OK)
    }

    /// Waits until `found` finds something in the outside's memory; for what comes back over HTTP by itself.
    pub async fn until<T, F: Future<Output = Option<T>>>(&self, mut found: impl FnMut() -> F) -> T {
        let search = async {
            loop {
                if let Some(thing) = found().await {
                    return thing;
                }
                tokio::task::yield_now().await;
                self.notices.wait(interception::Work::Events).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), search).await.expect("it happens at last")
    }

    /// The account is held now; each hold is expected once.
    #[track_caller]
    pub fn expect_hold(&self, number: &AccountNumber) {
        let holds = self.holds();
        self.expected.expect(Thing::Hold, number.reveal(), &holds);
    }

    /// One more text has reached this phone.
    #[track_caller]
    pub fn expect_sms(&self, phone: &str) {
        self.expected.expect(Thing::Text, phone, &self.texts());
    }

    /// A machine has called this phone once more.
    #[track_caller]
    pub fn expect_auto_call(&self, phone: &str) {
        self.expected.expect(Thing::AutoCall, phone, &self.auto_calls());
    }

    /// The carrier has blocked this number once more.
    #[track_caller]
    pub fn expect_block(&self, number: &str) {
        self.expected.expect(Thing::Block, number, &self.blocks());
    }

    /// One more patrol was ordered from this station.
    pub async fn expect_patrol(&self, station: &str) {
        let patrols = self.patrols().await;
        self.expected.expect(Thing::Patrol, station, &patrols);
    }

    /// What the auditor finds undone in all open incidents.
    pub async fn audit(&self) -> Vec<Missed> {
        let (mut missed, mut after) = (vec![], None);
        loop {
            let look = audit_plans(&self.centre, after).await.expect("the plans are audited");
            missed.extend(look.missed);
            after = look.next;
            if after.is_none() {
                return missed;
            }
        }
    }

    /// Ends the story: nothing else may have happened, and nothing may be left undone.
    pub async fn end(self) {
        self.settle().await;
        self.clock.advance(GRACE);
        self.settle().await;
        assert_eq!(self.audit().await, [], "the auditor finds nothing");
        while seal_record(&self.centre).await.expect("the record is sealed") {}
        let walked = verify_record(&self.centre.store, None).await.expect("the record is walked");
        assert_eq!(walked.broken, None, "the record is whole");
        self.expected.nothing_else(Thing::Text, &self.texts());
        self.expected.nothing_else(Thing::AutoCall, &self.auto_calls());
        self.expected.nothing_else(Thing::Hold, &self.holds());
        self.expected.nothing_else(Thing::Block, &self.blocks());
        self.expected.nothing_else(Thing::Patrol, &self.patrols().await);
        self.leave().await;
    }

    /// Ends without a word about what happened; for whoever has looked at everything already.
    pub async fn leave(self) {
        self.stop.cancel();
        self.world.end().await;
        self.centre.store.close().await;
    }

    fn texts(&self) -> Vec<String> {
        let taken = [self.world.sms_centre().taken(), self.world.smpp_centre().taken()].concat();
        taken.iter().map(|text| text.to.reveal().to_owned()).collect()
    }

    fn auto_calls(&self) -> Vec<String> {
        self.world.auto_caller().made().iter().map(|call| call.to.reveal().to_owned()).collect()
    }

    fn holds(&self) -> Vec<String> {
        let banks = self.world.banks().iter();
        banks.flat_map(world::bank::Bank::holds).map(|hold| hold.number.reveal().to_owned()).collect()
    }

    fn blocks(&self) -> Vec<String> {
        let acts = self.world.carrier().history();
        let blocked = acts.iter().filter(|act| act.result == domain::call_block::CarrierResult::Blocked);
        blocked.map(|act| act.number.reveal().to_owned()).collect()
    }

    async fn patrols(&self) -> Vec<String> {
        let everybody = Operator {
            id: OperatorId::new(self.now()),
            name: "the town".to_owned(),
            post: Post::Auditor,
            created_at: self.now(),
        };
        let found = look_up::dispatches(&self.centre, &everybody, DispatchFilter::default(), i64::MAX).await;
        found.expect("the database answers").iter().map(|dispatch| dispatch.station_id.to_string()).collect()
    }
}

/// A person's token: their name, which nobody else has.
fn token(name: &str) -> String {
    format!("town-{name}")
}
