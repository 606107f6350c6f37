//! One database a test, copied from a template that is migrated once a run.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use embedded_postgres::throwaway;
use store::Store;

const TEMPLATE: &str = "lanjie_template";

/// The address of a fresh, migrated database.
pub(crate) async fn fresh() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let cluster = tokio::task::spawn_blocking(|| {
        migrate_template();
        throwaway::shared()
    })
    .await
    .expect("PostgreSQL starts");
    let name = format!("town_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let admin = Store::open(&cluster.url("postgres"), 1).expect("the cluster has an address");
    admin.create_database(&name, Some(TEMPLATE)).await.expect("a database can be made");
    admin.close().await;
    cluster.url(&name)
}

/// In a runtime of its own: the first test that needs the template may end before the others.
fn migrate_template() {
    static MIGRATED: OnceLock<()> = OnceLock::new();
    MIGRATED.get_or_init(|| {
        let cluster = throwaway::shared();
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
        runtime.block_on(async {
            let admin = Store::open(&cluster.url("postgres"), 1).expect("the cluster has an address");
            admin.create_database(TEMPLATE, None).await.expect("the template can be made");
            admin.close().await;
            let template = Store::open(&cluster.url(TEMPLATE), 1).expect("the template has an address");
            template.migrate().await.expect("the migrations run");
            template.close().await;
        });
    });
}
