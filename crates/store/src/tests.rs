//! Every state goes in and comes out.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::TimeDelta;
use domain::clock::Instant;
use domain::id::{IncidentId, MeasureId, OperatorId};
use domain::incident::{Incident, Origin, State, Subject};
use domain::measure_kind::MeasureKind;
use domain::money::Fen;
use domain::operator::{Operator, Post};
use domain::person::PhoneNumber;
use domain::station::StationId;
use embedded_postgres::throwaway;

use crate::measures::NewMeasure;
use crate::{Store, Tx, incidents, measures, operators};

mod appeals_and_filings;
mod approvals;
mod bank_answers;
mod bank_directories;
mod dispatches;
mod incidents_and_alerts;
mod lessons;
mod money;
mod people;
mod queue;
mod rules;
mod states;
mod texts;

/// A database of this test's own, migrated.
async fn database() -> Store {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    static TEMPLATE: OnceLock<()> = OnceLock::new();
    const MIGRATED: &str = "store_template";
    let cluster = tokio::task::spawn_blocking(|| {
        let cluster = throwaway::shared();
        TEMPLATE.get_or_init(|| {
            // in a runtime of its own: the first test may end before the others
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                Store::open(&cluster.url("postgres"), 1)
                    .unwrap()
                    .create_database(MIGRATED, None)
                    .await
                    .unwrap();
                let template = Store::open(&cluster.url(MIGRATED), 1).unwrap();
                template.migrate().await.unwrap();
                template.close().await;
            });
        });
        cluster
    })
    .await
    .unwrap();
    let name = format!("store_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let admin = Store::open(&cluster.url("postgres"), 1).unwrap();
    admin.create_database(&name, Some(MIGRATED)).await.unwrap();
    admin.close().await;
    Store::open(&cluster.url(&name), 4).unwrap()
}

fn now() -> Instant {
    "2026-03-01T14:20:00Z".parse().unwrap()
}

fn later() -> Instant {
    now() + TimeDelta::minutes(7)
}

fn fen(fen: i64) -> Fen {
    Fen::new(fen).unwrap()
}

fn phone() -> PhoneNumber {
    PhoneNumber::parse("13847200001").unwrap()
}

fn incident() -> Incident {
    Incident {
        id: IncidentId::new(now()),
        created_at: now(),
        origin: Origin::Alert,
        subject: Subject {
            phone: phone(),
            name: None,
            id_number: None,
            address: None,
            division_code: None,
            location: None,
            age: None,
        },
        grade: None,
        scam_type: None,
        station_id: StationId::new("150203001"),
        state: State::Open,
        plan: None,
        drill: false,
        version: 1,
    }
}

async fn opened(tx: &mut Tx) -> IncidentId {
    incidents::open(tx, &[incident()]).await.unwrap()[0]
}

async fn measure(tx: &mut Tx, incident_id: IncidentId, kind: MeasureKind) -> MeasureId {
    measure_at(tx, incident_id, kind, now()).await
}

async fn measure_at(tx: &mut Tx, incident_id: IncidentId, kind: MeasureKind, at: Instant) -> MeasureId {
    let id = MeasureId::new(at);
    let new =
        NewMeasure { id, incident_id, kind, step: Some("a_step"), ordered_by: "lanjie", created_at: at };
    measures::insert(tx, &new).await.unwrap();
    id
}

async fn operator(tx: &mut Tx, name: &str, post: Post) -> OperatorId {
    let operator = Operator { id: OperatorId::new(now()), name: name.to_owned(), post, created_at: now() };
    operators::insert(tx, &operator).await.unwrap();
    operator.id
}
