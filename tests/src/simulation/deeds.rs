//! What people and faults do in a life, over the same doors as everybody.

use std::sync::Arc;

use domain::incident::Outcome;
use domain::measure_kind::MeasureKind;
use domain::person::PhoneNumber;
use domain::plan::Plan;
use interception::carry_out_measures::{lease_tries, make_try};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Answer, Client, reports};
use uuid::Uuid;
use world::Manner;
use world::sms_centre::SmsManner;

use super::life::Life;
use super::operation::{Conduct, Danger, Operation, Party, span};

/// Where lives take place; the duty station answers for what nobody else does.
const STATIONS: [&str; 3] = ["150203001", "150202001", "150204001"];
/// As many as a worker leases at once in a life.
const HANDFUL: i64 = 3;
/// No queue of a life is longer.
const PAGE: &str = "limit=100";
/// More rounds than people need to work off what waits.
const ROUNDS: usize = 60;

pub(super) fn phone(person: usize) -> String {
    format!("1384720001{person}")
}

fn mule(number: usize) -> &'static str {
    ["6228482601815908309", "6228480402564890018", "6228480402637874213"][number]
}

/// An answer that is no fault of ours. The rules may say no.
pub(super) fn sound(answer: Answer) -> Answer {
    assert!(!answer.status.is_server_error(), "{}: {:#}", answer.status, answer.body);
    answer
}

async fn act(who: &Client, path: &str, body: Value) -> Answer {
    sound(who.post(path, body).await)
}

fn id(thing: &Value) -> &str {
    thing["id"].as_str().unwrap()
}

impl Life {
    pub(super) async fn act(&mut self, operation: Operation) {
        match operation {
            Operation::Alert { person, danger, again } => self.alert(person, danger, again).await,
            Operation::Call { person, mule, complete } => self.call(person, mule, complete).await,
            Operation::Dial { outcome } => self.dial(outcome.as_str()).await,
            Operation::ClaimAndForget => self.claim_and_forget().await,
            Operation::Patrol { which, seen } => self.patrol(which, seen).await,
            Operation::GiveBack { which } => self.give_back(which).await,
            Operation::Close { person, outcome } => self.close(person, outcome).await,
            Operation::AskToLower { person } => {
                let body = json!({ "tier": "low", "urgent": false, "reason": "误报" });
                self.ask(person, "assessments", body).await;
            }
            Operation::AskToCutLine { person } => {
                let body = json!({ "number": phone(person), "reason": "持续与嫌疑人通话" });
                self.ask(person, "call-blocks", body).await;
            }
            Operation::Decide { approve } => self.decide(approve).await,
            Operation::Renew => self.about_a_stop("renew", json!({})).await,
            Operation::AskToRelease => self.about_a_stop("release", json!({ "reason": "误止付" })).await,
            Operation::Outside { party, manner } => self.conduct(party, manner),
            Operation::LateWorkerComesBack => self.come_back().await,
            Operation::Passes { secs } => self.town().advance(span(secs)).await,
            Operation::Upgrade => self.upgrade().await,
            Operation::SleepsThrough { .. }
            | Operation::WorkerDies { .. }
            | Operation::WorkerIsLate { .. } => unreachable!("these settle nothing"),
        }
    }

    async fn alert(&mut self, person: usize, danger: Danger, again: bool) {
        let again = again && self.alerts > 0;
        self.alerts += usize::from(!again);
        let (reference, at) = (format!("SIM-{}", self.alerts), self.town().now());
        let alert = match danger {
            Danger::Low => reports::low_alert(&reference, &phone(person), at),
            Danger::Medium => reports::medium_alert(&reference, &phone(person), at),
            Danger::High => reports::high_alert(&reference, &phone(person), at),
        };
        let answer = act(&self.town().source(), "/v1/alerts", alert).await;
        let expected = if again { StatusCode::OK } else { StatusCode::CREATED };
        let _ = answer.expect(expected);
    }

    async fn call(&mut self, person: usize, number: usize, complete: bool) {
        let at = self.town().now();
        let mut call = reports::call(&phone(person), mule(number), "5000.00", at);
        if !complete {
            call["transfers"][0]["payee"]["holder"] = Value::Null;
        }
        self.calls += 1;
        let _ = act(&self.town().dispatcher(), "/v1/calls", call).await.expect(StatusCode::CREATED);
    }

    async fn dial(&self, outcome: &str) {
        let desk = self.town().dispatcher();
        let queue = desk.list(&format!("/v1/contacts?status=pending&{PAGE}")).await;
        if let Some(next) = queue.first() {
            let path = format!("/v1/contacts/{}", id(next));
            let _ = act(&desk, &format!("{path}/claim"), json!({})).await;
            let _ = act(&desk, &format!("{path}/outcome"), json!({ "outcome": outcome })).await;
        }
    }

    async fn claim_and_forget(&self) {
        let desk = self.town().second_dispatcher();
        if let Some(next) = desk.list("/v1/contacts?status=pending").await.first() {
            let _ = act(&desk, &format!("/v1/contacts/{}/claim", id(next)), json!({})).await;
        }
    }

    /// Every dispatch that somebody must still go for, with its station's officer.
    async fn dispatches(&self) -> Vec<(Client, Value)> {
        let mut open = vec![];
        for status in ["created", "accepted", "departed", "arrived"] {
            let path = format!("/v1/dispatches?status={status}&{PAGE}");
            for dispatch in self.town().auditor().list(&path).await {
                let officer = self.town().officer(dispatch["station"]["id"].as_str().unwrap());
                open.push((officer, dispatch));
            }
        }
        open
    }

    async fn patrol(&self, which: usize, seen: bool) {
        let open = self.dispatches().await;
        let Some((officer, dispatch)) = open.get(which % open.len().max(1)) else { return };
        let feedback = json!({ "seen": seen, "convinced": seen, "officers": ["警员甲", "警员乙"] });
        let (stage, body) = match dispatch["status"].as_str().unwrap() {
            "created" => ("accept", json!({})),
            "accepted" => ("depart", json!({})),
            "departed" => ("arrive", json!({})),
            _ => ("feedback", feedback),
        };
        let path = format!("/v1/dispatches/{}/{stage}", id(dispatch));
        let _ = act(officer, &path, body).await.expect(StatusCode::OK);
    }

    async fn give_back(&self, which: usize) {
        let open = self.dispatches().await;
        let Some((officer, dispatch)) = open.get(which % open.len().max(1)) else { return };
        let path = format!("/v1/dispatches/{}/return", id(dispatch));
        let _ = act(officer, &path, json!({ "reason": "不在辖区" })).await;
    }

    /// The person's open incident, if any.
    async fn open_incident(&self, person: usize) -> Option<Value> {
        let open = self.town().auditor().list(&format!("/v1/incidents?status=open&{PAGE}")).await;
        open.into_iter().find(|incident| incident["subject"]["phone"] == phone(person))
    }

    async fn ask(&self, person: usize, what: &str, body: Value) {
        if let Some(incident) = self.open_incident(person).await {
            let path = format!("/v1/incidents/{}/{what}", id(&incident));
            let _ = act(&self.town().supervisor(), &path, body).await;
        }
    }

    async fn close(&self, person: usize, outcome: Outcome) {
        self.ask(person, "close", json!({ "outcome": outcome })).await;
    }

    async fn decide(&self, approve: bool) {
        let second = self.town().second_supervisor();
        for waiting in second.list("/v1/approvals?status=waiting").await {
            let decision = if approve { "approve" } else { "reject" };
            let _ = act(&second, &format!("/v1/approvals/{}/{decision}", id(&waiting)), json!({})).await;
        }
    }

    async fn about_a_stop(&self, what: &str, body: Value) {
        let supervisor = self.town().supervisor();
        for status in ["active", "partial"] {
            let standing = supervisor.list(&format!("/v1/stop-payments?status={status}")).await;
            if let Some(stop) = standing.first() {
                let _ = act(&supervisor, &format!("/v1/stop-payments/{}/{what}", id(stop)), body).await;
                return;
            }
        }
    }

    fn conduct(&self, party: Party, conduct: Conduct) {
        let manner = match conduct {
            Conduct::Well => Manner::AnswerInResponse,
            Conduct::Down => Manner::Down,
            Conduct::LosesAnswer => Manner::LosesAnswer,
        };
        let world = &self.town().world;
        match party {
            Party::Bank => world.banks().iter().for_each(|bank| bank.set_manner(manner)),
            Party::Carrier => world.carrier().set_manner(manner),
            Party::SmsCentre => world.sms_centre().set_manner(match conduct {
                Conduct::Well => SmsManner::NoReceipts,
                Conduct::Down => SmsManner::Down,
                Conduct::LosesAnswer => SmsManner::LosesAnswer,
            }),
        }
    }

    pub(super) async fn die(&self, kind: MeasureKind) {
        drop(lease_tries(&self.town().centre, kind, Uuid::now_v7(), HANDFUL).await.unwrap());
    }

    pub(super) async fn be_late(&mut self, kind: MeasureKind) {
        let tries = lease_tries(&self.town().centre, kind, Uuid::now_v7(), HANDFUL).await.unwrap();
        self.late.extend(tries);
    }

    pub(super) async fn come_back(&mut self) {
        for late in std::mem::take(&mut self.late) {
            make_try(&self.town().centre, &late).await.unwrap();
        }
    }

    /// The plans get another version; what they say stays the same.
    async fn upgrade(&mut self) {
        self.upgrades += 1;
        let mark = format!("# {}\n", self.upgrades);
        let town = self.town.take().unwrap();
        let upgraded = town.restarted(|centre| {
            let newer = |plan: &Plan| {
                let text = format!("{mark}{}", plan.text);
                Arc::new(Plan::parse("plan.toml", &text, &centre.templates).unwrap())
            };
            let plans = &centre.plans;
            let (victim, high) = (newer(&plans.victim), newer(&plans.high));
            let (medium, low) = (newer(&plans.medium), newer(&plans.low));
            centre.plans = interception::Plans { victim, high, medium, low };
        });
        self.town = Some(upgraded.await);
    }

    /// The desk convinces everybody who waits, officers see everybody, and what can be closed is closed.
    pub(super) async fn work_everything_off(&self) {
        for _ in 0..ROUNDS {
            let contacts =
                self.town().dispatcher().list(&format!("/v1/contacts?status=pending&{PAGE}")).await;
            let due = contacts.iter().any(|contact| {
                contact["due_at"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap()
                    <= self.town().now()
            });
            if due {
                self.dial("reached_convinced").await;
            }
            let patrols = self.dispatches().await.len();
            if patrols > 0 {
                self.patrol(0, true).await;
            }
            self.town().settle().await;
            if !due && patrols == 0 {
                break;
            }
        }
        for person in 0..super::operation::PEOPLE {
            self.close(person, Outcome::Prevented).await;
        }
        self.town().settle().await;
    }

    /// How often a text of this wording lies on this phone since a day ago, by the world's memory.
    pub(super) fn lately_on(&self, to: &PhoneNumber, text: &str) -> usize {
        let since = self.town().now() - chrono::TimeDelta::hours(24);
        let taken = self.town().world.sms_centre().taken();
        taken.iter().filter(|sms| sms.to == *to && sms.text == text && sms.at > since).count()
    }
}

/// The stations that lives take place at.
#[test]
fn the_stations_of_a_life_are_on_the_map() {
    let map = domain::station::Stations::parse(include_str!("../../../config/stations.geojson"), STATIONS[0]);
    let map = map.unwrap();
    for station in STATIONS {
        assert!(map.get(&domain::station::StationId::new(station)).is_some(), "{station}");
    }
}
