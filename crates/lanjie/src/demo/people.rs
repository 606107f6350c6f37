//! The people and machines of the demo, with their tokens: made once, written to `demo.json`, used again.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::Context;
use domain::operator::Post;
use interception::Centre;
use interception::access::{find_operator, hash};
use serde::{Deserialize, Serialize};

use crate::operators::grant;
use crate::serve::Services;

/// Only its owner reads the file: it holds tokens.
const OWNER_ONLY: u32 = 0o600;

/// Who may use the demo.
#[derive(Debug)]
pub(super) struct People {
    pub(super) dispatchers: Vec<String>,
    pub(super) source: String,
    /// By station.
    pub(super) officers: BTreeMap<String, String>,
    written: Written,
}

/// `demo.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Written {
    base_url: String,
    ops_url: String,
    /// For the commands of an analyst or an auditor: `DATABASE_URL`.
    #[serde(default)]
    database_url: String,
    logins: Vec<Login>,
    tokens: Tokens,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Login {
    name: String,
    role: String,
    token: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Tokens {
    dispatcher: Vec<String>,
    supervisor: Vec<String>,
    auditor: Vec<String>,
    admin: Vec<String>,
    source: BTreeMap<String, String>,
    station_officer: BTreeMap<String, String>,
}

impl People {
    /// The people of an earlier start where their tokens are still good, else new ones; either way they are
    /// written to `file` with the present addresses.
    pub(super) async fn settle(
        centre: &Centre,
        file: &Path,
        services: &Services,
        database_url: String,
    ) -> anyhow::Result<Self> {
        let tokens = match earlier(file) {
            Some(tokens) if are_good(centre, &tokens).await? => tokens,
            _ => give_out(centre).await?,
        };
        let login = |name: &str, role: &str, token: &String| Login {
            name: name.to_owned(),
            role: role.to_owned(),
            token: token.clone(),
        };
        let logins = [
            ("dispatcher", &tokens.dispatcher),
            ("supervisor", &tokens.supervisor),
            ("auditor", &tokens.auditor),
            ("admin", &tokens.admin),
        ];
        let written = Written {
            base_url: format!("http://{}", services.gateway),
            ops_url: format!("http://{}", services.operations),
            database_url,
            logins: logins
                .iter()
                .flat_map(|(role, tokens)| {
                    (1..)
                        .zip(tokens.iter())
                        .map(move |(number, token)| login(&format!("{role}-{number}"), role, token))
                })
                .collect(),
            tokens,
        };
        write(file, &written).with_context(|| format!("cannot write {}", file.display()))?;
        let tokens = &written.tokens;
        Ok(Self {
            dispatchers: tokens.dispatcher.clone(),
            source: tokens
                .source
                .get(world::CARRIER)
                .cloned()
                .context("demo.json lacks the source's token")?,
            officers: tokens.station_officer.clone(),
            written,
        })
    }

    /// What the demo says when it is up.
    pub(super) fn greeting(&self, base: &str, data_dir: &Path, log: &Path) -> String {
        let logins = self.written.logins.iter().map(|login| format!("  {:<14}{}", login.name, login.token));
        format!(
            "Lanjie is up.\n  API           {base}\n  documentation {base}/docs\n  operations    {}\n  database      \
             {}\n  tokens        {}\n  log           {}\n\n{}\n  {:<14}{}\n",
            self.written.ops_url,
            self.written.database_url,
            data_dir.join("demo.json").display(),
            log.display(),
            logins.collect::<Vec<_>>().join("\n"),
            world::CARRIER,
            self.source,
        )
    }
}

fn earlier(file: &Path) -> Option<Tokens> {
    let text = std::fs::read_to_string(file).ok()?;
    serde_json::from_str::<Written>(&text).ok().map(|written| written.tokens)
}

async fn are_good(centre: &Centre, tokens: &Tokens) -> anyhow::Result<bool> {
    let people =
        [&tokens.dispatcher, &tokens.supervisor, &tokens.auditor, &tokens.admin].into_iter().flatten();
    let stations: Vec<&str> = centre.stations.iter().map(|station| station.id.as_str()).collect();
    let every_station = stations.iter().all(|station| tokens.station_officer.contains_key(*station));
    let enough = tokens.dispatcher.len() >= 2 && tokens.source.contains_key(world::CARRIER) && every_station;
    for token in people.chain(tokens.source.values()).chain(tokens.station_officer.values()) {
        if find_operator(centre, &hash(token)).await?.is_none() {
            return Ok(false);
        }
    }
    Ok(enough)
}

async fn give_out(centre: &Centre) -> anyhow::Result<Tokens> {
    let token = async |name: String, post: Post| -> anyhow::Result<String> {
        let (_, token) = grant(&centre.store, Some(&name), post, centre.now()).await?;
        Ok(token.reveal().to_owned())
    };
    let source = token(world::CARRIER.to_owned(), Post::Source(world::CARRIER.to_owned())).await?;
    let mut station_officer = BTreeMap::new();
    for station in centre.stations.iter() {
        let officer = Post::StationOfficer(station.id.clone());
        station_officer
            .insert(station.id.to_string(), token(format!("officer-{}", station.id), officer).await?);
    }
    Ok(Tokens {
        dispatcher: vec![
            token("dispatcher-1".to_owned(), Post::Dispatcher).await?,
            token("dispatcher-2".to_owned(), Post::Dispatcher).await?,
        ],
        supervisor: vec![
            token("supervisor-1".to_owned(), Post::Supervisor).await?,
            token("supervisor-2".to_owned(), Post::Supervisor).await?,
        ],
        auditor: vec![token("auditor-1".to_owned(), Post::Auditor).await?],
        admin: vec![token("admin-1".to_owned(), Post::Admin).await?],
        source: BTreeMap::from([(world::CARRIER.to_owned(), source)]),
        station_officer,
    })
}

fn write(file: &Path, written: &Written) -> std::io::Result<()> {
    // whole or not at all: a reader never finds half a file
    let draft = file.with_extension("json.new");
    let mut open =
        OpenOptions::new().create(true).truncate(true).write(true).mode(OWNER_ONLY).open(&draft)?;
    open.write_all(serde_json::to_string_pretty(written)?.as_bytes())?;
    open.sync_all()?;
    std::fs::rename(draft, file)
}
