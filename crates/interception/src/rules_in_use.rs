//! Which grading rules count now.
//!
//! Once a version was published, the database says which: every process asks it in the transaction it grades in, so
//! all change over at the same commit, and a grading never sees half of a change. Before the first publication the
//! configured file counts, and a changed file is taken up without a restart; afterwards it is what `lanjie check`
//! shows, no more. A file that cannot be used changes nothing and is told about.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use domain::clock::Instant;
use domain::grading::Rules;
use domain::timeline::OURSELVES;
use store::Db;
use store::rules::{self, Standing};

use crate::error::Result;

/// The rules of this process.
#[derive(Debug, Clone)]
pub struct RulesInUse {
    configured: Arc<RwLock<Configured>>,
    /// Versions out of the database, read once each; `None` for one that this program cannot read.
    known: Arc<RwLock<BTreeMap<String, Option<Arc<Rules>>>>>,
}

/// The configured file.
#[derive(Debug, Clone)]
pub struct Configured {
    /// What it said when it was last right.
    pub rules: Arc<Rules>,
    /// What is wrong with it now.
    pub error: Option<String>,
}

/// What counts at one moment.
#[derive(Debug, Clone)]
pub struct Present {
    /// The rules that count.
    pub live: Arc<Rules>,
    /// Those that are tried beside them.
    pub shadow: Option<Arc<Rules>>,
    /// The live rules that are stopped.
    pub stopped: BTreeSet<String>,
    /// Whether the live rules were published, or are the configured file's.
    pub published: bool,
}

impl RulesInUse {
    /// Those of the configured file.
    #[must_use]
    pub fn new(configured: Rules) -> Self {
        let configured = Configured { rules: Arc::new(configured), error: None };
        Self { configured: Arc::new(RwLock::new(configured)), known: Arc::default() }
    }

    /// The configured file, as it is now.
    #[must_use]
    pub fn configured(&self) -> Configured {
        self.configured.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes up a file that was changed. One that cannot be used leaves the rules as they are; its fault is kept to
    /// be shown.
    pub fn take_up(&self, read: std::result::Result<Rules, String>) {
        let mut configured = self.configured.write().unwrap_or_else(PoisonError::into_inner);
        match read {
            Ok(rules) => *configured = Configured { rules: Arc::new(rules), error: None },
            Err(fault) => configured.error = Some(fault),
        }
    }

    /// The version of that hash; `None` where it is not kept, or this program cannot read it.
    pub(crate) async fn version(&self, db: &mut Db, hash: &str) -> Result<Option<Arc<Rules>>> {
        let configured = self.configured().rules;
        if configured.version == hash {
            return Ok(Some(configured));
        }
        if let Some(known) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(hash) {
            return Ok(known.clone());
        }
        let Some(text) = rules::text(db, hash).await? else { return Ok(None) };
        let read = Rules::parse(hash, &text).map(Arc::new).map_err(|faults| {
            let fault = faults.first().map(ToString::to_string);
            tracing::error!(fault, "kept grading rules cannot be read by this program");
        });
        let read = read.ok();
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(hash.to_owned(), read.clone());
        Ok(read)
    }

    /// What counts now.
    pub(crate) async fn present(&self, db: &mut Db) -> Result<Present> {
        let Standing { live, shadow } = rules::standing(db).await?;
        let published = match live {
            Some(hash) => self.version(db, &hash).await?,
            None => None,
        };
        let shadow = match shadow {
            Some(hash) => self.version(db, &hash).await?,
            None => None,
        };
        let is_published = published.is_some();
        let live = published.unwrap_or_else(|| self.configured().rules);
        let stops = rules::stops(db, &live.version).await?;
        let stopped = stops.into_iter().map(|stop| stop.rule).collect();
        Ok(Present { live, shadow, stopped, published: is_published })
    }
}

/// Keeps the text of rules that grade, so that their gradings can be replayed.
pub(crate) async fn keep(db: &mut Db, rules: &Rules, now: Instant) -> Result<()> {
    rules::keep(db, &rules.version, &rules.text, OURSELVES, now).await?;
    Ok(())
}
