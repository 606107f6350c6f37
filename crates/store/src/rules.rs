//! The versions of the grading rules, which of them counts, and which rules were stopped.

use domain::clock::Instant;
use domain::grading::Runaway;
use domain::words::UnknownWord;
use sqlx::PgConnection;

use crate::Result;
use crate::decode::Row;

/// A version without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// SHA-256 of its text.
    pub hash: String,
    /// When it was first kept.
    pub created_at: Instant,
    /// The operator who sent it, or `lanjie` for a configured file.
    pub created_by: String,
}

/// Keeps a text; the same text is kept once. Returns whether it is new.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn keep(db: &mut PgConnection, hash: &str, text: &str, by: &str, now: Instant) -> Result<bool> {
    let kept = sqlx::query!(
        "-- rules_version.keep
        INSERT INTO rules_version (hash, body, created_at, created_by) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        hash,
        text,
        now,
        by,
    )
    .execute(db)
    .await?;
    Ok(kept.rows_affected() > 0)
}

/// The text of a version.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn text(db: &mut PgConnection, hash: &str) -> Result<Option<String>> {
    let found =
        sqlx::query_scalar!("-- rules_version.text\nSELECT body FROM rules_version WHERE hash = $1", hash);
    Ok(found.fetch_optional(db).await?)
}

/// The newest versions.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn versions(db: &mut PgConnection, limit: i64) -> Result<Vec<Version>> {
    let rows = sqlx::query_as!(
        Version,
        "-- rules_version.list
        SELECT hash, created_at, created_by FROM rules_version ORDER BY created_at DESC, hash LIMIT $1",
        limit,
    );
    Ok(rows.fetch_all(db).await?)
}

/// What stands where: `None` where nothing was published, or no shadow is on trial.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The version that counts.
    pub live: Option<String>,
    /// The one that is tried beside it.
    pub shadow: Option<String>,
}

/// What stands where.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn standing(db: &mut PgConnection) -> Result<Standing> {
    let found = sqlx::query_as!(
        Standing,
        "-- rules_publication.standing
        SELECT (SELECT hash FROM rules_publication WHERE place = 'live' ORDER BY id DESC LIMIT 1) AS live,
            (SELECT hash FROM rules_publication WHERE place = 'shadow' ORDER BY id DESC LIMIT 1) AS shadow",
    );
    Ok(found.fetch_one(db).await?)
}

/// Waits until nobody else changes what stands where, until the transaction ends.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn lock(db: &mut PgConnection) -> Result<()> {
    sqlx::query!("-- rules_publication.lock\nLOCK TABLE rules_publication IN SHARE ROW EXCLUSIVE MODE")
        .execute(db)
        .await?;
    Ok(())
}

/// What was done to what stands where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicationAct {
    /// A version counts from then on, two persons having agreed.
    Published,
    /// The former one counts again.
    RolledBack,
    /// A version is tried beside the one that counts.
    ShadowBegun,
    /// The trial ended.
    ShadowEnded,
}

impl PublicationAct {
    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::RolledBack => "rolled_back",
            Self::ShadowBegun => "shadow_begun",
            Self::ShadowEnded => "shadow_ended",
        }
    }

    fn place(self) -> &'static str {
        match self {
            Self::Published | Self::RolledBack => "live",
            Self::ShadowBegun | Self::ShadowEnded => "shadow",
        }
    }
}

impl std::str::FromStr for PublicationAct {
    type Err = UnknownWord;

    fn from_str(word: &str) -> std::result::Result<Self, UnknownWord> {
        let all = [Self::Published, Self::RolledBack, Self::ShadowBegun, Self::ShadowEnded];
        let expected = "published, rolled_back, shadow_begun, shadow_ended";
        all.into_iter().find(|act| act.as_str() == word).ok_or(UnknownWord { expected })
    }
}

/// One change of what stands where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// What was done.
    pub act: PublicationAct,
    /// What stands there since; `None` where a trial ended.
    pub hash: Option<String>,
    /// What stood there before.
    pub former: Option<String>,
    /// When.
    pub at: Instant,
    /// Who asked for it.
    pub asked_by: String,
    /// The second person, of what takes two.
    pub approved_by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// Writes a change; every version it names is kept before.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn publish(db: &mut PgConnection, publication: &Publication) -> Result<()> {
    sqlx::query!(
        "-- rules_publication.insert
        INSERT INTO rules_publication (place, hash, former_hash, act, at, asked_by, approved_by, reason)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        publication.act.place(),
        publication.hash,
        publication.former,
        publication.act.as_str(),
        publication.at,
        publication.asked_by,
        publication.approved_by,
        publication.reason,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The last changes, newest first.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn publications(db: &mut PgConnection, limit: i64) -> Result<Vec<Publication>> {
    let rows = sqlx::query!(
        "-- rules_publication.list
        SELECT id, act, hash, former_hash, at, asked_by, approved_by, reason
        FROM rules_publication ORDER BY id DESC LIMIT $1",
        limit,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "rules_publication", id: &found.id };
            Ok(Publication {
                act: row.word("act", &found.act)?,
                hash: found.hash,
                former: found.former_hash,
                at: found.at,
                asked_by: found.asked_by,
                approved_by: found.approved_by,
                reason: found.reason,
            })
        })
        .collect()
}

/// What stood in the live place before the version that does now; `None` where nothing was published.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn former(db: &mut PgConnection) -> Result<Option<String>> {
    let found = sqlx::query_scalar!(
        "-- rules_publication.former
        SELECT former_hash FROM rules_publication WHERE place = 'live' ORDER BY id DESC LIMIT 1",
    );
    Ok(found.fetch_optional(db).await?.flatten())
}

/// A rule that is stopped.
#[derive(Debug, Clone, PartialEq)]
pub struct Stop {
    /// Its id.
    pub rule: String,
    /// Since when.
    pub stopped_at: Instant,
    /// How often it had fired.
    pub hits: i32,
    /// In how many gradings.
    pub gradings: i32,
    /// The share it should have kept to.
    pub max_rate: f64,
}

/// The rules of a version that are stopped.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn stops(db: &mut PgConnection, rules_version: &str) -> Result<Vec<Stop>> {
    let rows = sqlx::query_as!(
        Stop,
        "-- rule_stop.present
        SELECT rule, stopped_at, hits, gradings, max_rate FROM rule_stop
        WHERE rules_version = $1 AND reset_at IS NULL ORDER BY rule",
        rules_version,
    );
    Ok(rows.fetch_all(db).await?)
}

/// Stops a rule; returns whether it was not stopped before.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn stop(
    db: &mut PgConnection,
    rules_version: &str,
    runaway: &Runaway,
    now: Instant,
) -> Result<bool> {
    let number = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
    let stopped = sqlx::query!(
        "-- rule_stop.insert
        INSERT INTO rule_stop (rules_version, rule, stopped_at, hits, gradings, max_rate) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (rules_version, rule) WHERE reset_at IS NULL DO NOTHING",
        rules_version,
        runaway.rule,
        now,
        number(runaway.hits),
        number(runaway.of),
        runaway.max_rate,
    )
    .execute(db)
    .await?;
    Ok(stopped.rows_affected() > 0)
}

/// Lets a rule count again; returns whether it was stopped.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn reset(
    db: &mut PgConnection,
    rules_version: &str,
    rule: &str,
    (by, reason): (&str, &str),
    now: Instant,
) -> Result<bool> {
    let reset = sqlx::query!(
        "-- rule_stop.reset
        UPDATE rule_stop SET reset_at = $3, reset_by = $4, reset_reason = $5
        WHERE rules_version = $1 AND rule = $2 AND reset_at IS NULL",
        rules_version,
        rule,
        now,
        by,
        reason,
    )
    .execute(db)
    .await?;
    Ok(reset.rows_affected() > 0)
}
