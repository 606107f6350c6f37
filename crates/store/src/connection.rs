//! The pool, its transactions, and the notices that shorten a worker's wait.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgListener, PgPoolOptions};
use sqlx::{Pool, Postgres, Transaction};

use crate::{Error, Result};

/// How long a request waits for a free connection before it is told that the database is away.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
/// No statement of ours is meant to take longer; one that does is given up, not waited for.
const STATEMENT_TIMEOUT_MS: u32 = 15_000;
/// The one channel of notices; its payload is the name of the work that waits.
const NOTICES: &str = "lanjie";

const DUPLICATE_DATABASE: &str = "42P04";

/// The database.
#[derive(Debug, Clone)]
pub struct Store {
    pool: Pool<Postgres>,
    /// For what may wait behind nothing else; the same pool where none was reserved.
    reserved: Pool<Postgres>,
}

/// A transaction; dropped without [`Tx::commit`], nothing happened.
#[derive(Debug)]
pub struct Tx(Transaction<'static, Postgres>);

/// A connection for reading.
#[derive(Debug)]
pub struct Connection(PoolConnection<Postgres>);

impl Store {
    /// Connects, lazily: a database that is away is met by the first statement, not here.
    ///
    /// # Errors
    /// [`Error::Fault`] if `url` is no PostgreSQL address.
    pub fn open(url: &str, max_connections: u32) -> Result<Self> {
        let options: PgConnectOptions = url.parse()?;
        let options = options.application_name("lanjie").options([
            ("statement_timeout", STATEMENT_TIMEOUT_MS.to_string()),
            ("timezone", "UTC".to_owned()),
        ]);
        let pool = pool(options, max_connections);
        Ok(Self { reserved: pool.clone(), pool })
    }

    /// The same database with so many more connections, which only [`Store::urgent`] hands out.
    #[must_use]
    pub fn reserving(self, connections: u32) -> Self {
        let options = PgConnectOptions::clone(&self.pool.connect_options());
        Self { reserved: pool(options, connections), pool: self.pool }
    }

    /// The database by its reserved connections: whatever else this process does, it can never use them up.
    #[must_use]
    pub fn urgent(&self) -> Self {
        Self { pool: self.reserved.clone(), reserved: self.reserved.clone() }
    }

    /// Brings the database to this version. Safe to run twice and at the same time.
    ///
    /// # Errors
    /// [`Error::Fault`] when the database is away or a migration was changed after it had run.
    pub async fn migrate(&self) -> Result<()> {
        sqlx::migrate!("../../migrations").run(&self.pool).await.map_err(|error| Error::Fault(error.into()))
    }

    /// Whether the database answers and has every migration of this version.
    ///
    /// # Errors
    /// [`Error::Fault`] when it does not answer.
    pub async fn is_ready(&self) -> Result<bool> {
        let expected = sqlx::migrate!("../../migrations").iter().count();
        let applied: i64 =
            sqlx::query_scalar("-- store.is_ready\nSELECT count(*) FROM _sqlx_migrations WHERE success")
                .fetch_one(&self.pool)
                .await?;
        Ok(usize::try_from(applied).is_ok_and(|applied| applied >= expected))
    }

    /// Makes a database beside this one, as a copy of `template` where one is named. One that is there stays as
    /// it is.
    ///
    /// # Errors
    /// [`Error::Fault`] when the database is away or the name has other characters than a-z, 0-9 and _.
    pub async fn create_database(&self, name: &str, template: Option<&str>) -> Result<()> {
        let plain = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !plain(name) || !template.is_none_or(plain) {
            return Err(Error::Fault(sqlx::Error::Protocol("not a plain database name".to_owned())));
        }
        let template = template.map(|template| format!(" TEMPLATE {template}")).unwrap_or_default();
        // a database's name cannot be a parameter
        let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}{template}"));
        match sqlx::query(create).execute(&self.pool).await {
            Err(sqlx::Error::Database(told)) if told.code().as_deref() == Some(DUPLICATE_DATABASE) => Ok(()),
            created => Ok(created.map(|_| ())?),
        }
    }

    /// Begins a transaction.
    ///
    /// # Errors
    /// [`Error::Fault`] when the database is away.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(Tx(self.pool.begin().await?))
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// [`Error::Fault`] when the database is away.
    pub async fn read(&self) -> Result<Connection> {
        Ok(Connection(self.pool.acquire().await?))
    }

    /// Listens for notices of waiting work.
    ///
    /// # Errors
    /// [`Error::Fault`] when the database is away.
    pub async fn listen(&self) -> Result<Listener> {
        let mut listener = PgListener::connect_with(&self.pool).await?;
        listener.listen(NOTICES).await?;
        Ok(Listener(listener))
    }

    /// Closes every connection.
    pub async fn close(&self) {
        self.pool.close().await;
        self.reserved.close().await;
    }
}

fn pool(options: PgConnectOptions, max_connections: u32) -> Pool<Postgres> {
    PgPoolOptions::new()
        .max_connections(max_connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_lazy_with(options)
}

impl Tx {
    /// Makes everything in it true at once.
    ///
    /// # Errors
    /// [`Error::Fault`] when the database is away; whether it was committed is then unknown.
    pub async fn commit(self) -> Result<()> {
        Ok(self.0.commit().await?)
    }

    /// Tells the workers, on commit, that work of that name waits.
    ///
    /// # Errors
    /// [`Error::Fault`] when the database is away.
    pub async fn notify(&mut self, work: &str) -> Result<()> {
        sqlx::query!("-- store.notify\nSELECT pg_notify($1, $2)", NOTICES, work).execute(&mut **self).await?;
        Ok(())
    }
}

/// Notices of waiting work. They shorten the wait; the clock guarantees it.
#[derive(Debug)]
pub struct Listener(PgListener);

impl Listener {
    /// The name of the next work that waits.
    ///
    /// # Errors
    /// [`Error::Fault`] when the connection is lost; notices may have been missed.
    pub async fn next(&mut self) -> Result<String> {
        Ok(self.0.recv().await?.payload().to_owned())
    }
}

impl Deref for Tx {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.0
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.0
    }
}

impl Deref for Connection {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.0
    }
}

impl DerefMut for Connection {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.0
    }
}
