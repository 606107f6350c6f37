//! People and machine clients: adding them, and giving them tokens.

use anyhow::{Context, bail, ensure};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::clock::Instant;
use domain::id::OperatorId;
use domain::operator::{Operator, Post, Role};
use domain::station::{StationId, Stations};
use domain::text::{REFERENCE_MAX_CHARS, bounded};
use interception::access::hash;
use store::{Store, operators};

/// By this a token that leaked is recognised, and found by those who search for such.
const TOKEN_PREFIX: &str = "lj_";
/// Nobody guesses 256 bits, so a plain hash of the token is enough to keep.
const TOKEN_BYTES: usize = 32;

/// A bearer token. It is shown once, with [`Token::reveal`]; only its hash is kept.
pub struct Token(String);

impl Token {
    /// A fresh one.
    #[must_use]
    pub fn generate() -> Self {
        let bytes: [u8; TOKEN_BYTES] = rand::random();
        Self(format!("{TOKEN_PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The token itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        hash(&self.0)
    }
}

/// The post of a role, with what that role needs and nothing else.
///
/// # Errors
/// What is missing, too much, or not on the map.
pub fn post(
    role: Role,
    station: Option<&str>,
    source: Option<&str>,
    stations: &Stations,
) -> anyhow::Result<Post> {
    let station = station.map(StationId::new);
    if let Some(station) = &station {
        ensure!(stations.get(station).is_some(), "--station: {station} is not on the map of stations");
    }
    let source = source.map(|source| bounded(source, REFERENCE_MAX_CHARS)).transpose().context("--source")?;
    Post::of(role, station, source).with_context(|| match role {
        Role::StationOfficer => "station_officer needs --station, and no --source".to_owned(),
        Role::Source => "source needs --source, and no --station".to_owned(),
        Role::Dispatcher | Role::Supervisor | Role::Auditor | Role::Admin => {
            format!("{role} goes with neither --station nor --source")
        }
    })
}

/// Adds a person or machine.
///
/// # Errors
/// When the name is unfit or taken, or the database is away.
pub async fn add(store: &Store, name: &str, post: Post, now: Instant) -> anyhow::Result<Operator> {
    let operator = new(name, post, now)?;
    let mut tx = store.begin().await?;
    match operators::insert(&mut tx, &operator).await {
        Err(store::Error::Taken { .. }) => bail!("the name {} is taken", operator.name),
        inserted => inserted?,
    }
    tx.commit().await?;
    Ok(operator)
}

/// Gives a token to the operator of that name, who is added if there is none. Without a name it is a client of
/// its own: two of them are two persons wherever a second one has to agree.
///
/// # Errors
/// When the operator of that name has another post, or the database is away.
pub async fn grant(
    store: &Store,
    name: Option<&str>,
    post: Post,
    now: Instant,
) -> anyhow::Result<(Operator, Token)> {
    let client = format!("{} {}", post.role(), OperatorId::new(now));
    let operator = new(name.unwrap_or(&client), post, now)?;
    let mut tx = store.begin().await?;
    let id = match operators::id_of(&mut tx, &operator.name).await? {
        Some(id) => id,
        None => {
            operators::insert(&mut tx, &operator).await?;
            operator.id
        }
    };
    let token = Token::generate();
    operators::insert_token(&mut tx, id, &token.hash(), now).await?;
    let holder = operators::of_token(&mut tx, &token.hash()).await?.context("the token was not kept")?;
    ensure!(
        holder.post == operator.post,
        "{} has another post ({}) than the one asked for",
        holder.name,
        holder.post.role()
    );
    tx.commit().await?;
    Ok((holder, token))
}

fn new(name: &str, post: Post, now: Instant) -> anyhow::Result<Operator> {
    let name = bounded(name, REFERENCE_MAX_CHARS).context("--name")?;
    Ok(Operator { id: OperatorId::new(now), name, post, created_at: now })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use embedded_postgres::throwaway;

    use super::*;
    use crate::config::Config;
    use crate::loaded::stations;

    /// 2026-03-01T22:13:05+08:00
    fn now() -> Instant {
        DateTime::from_timestamp(1_772_374_385, 0).unwrap()
    }

    /// All tests share the database: each uses names of its own.
    async fn store() -> Store {
        let store = Store::open(&throwaway::shared().url("postgres"), 2).unwrap();
        store.migrate().await.unwrap();
        store
    }

    async fn holder(store: &Store, token: &Token) -> Operator {
        let mut connection = store.read().await.unwrap();
        operators::of_token(&mut connection, &token.hash()).await.unwrap().unwrap()
    }

    #[test]
    fn a_role_takes_what_it_needs_and_nothing_else() {
        let stations = stations(&Config::read(None, []).unwrap()).unwrap();
        let post = |role, station, source| post(role, station, source, &stations);
        let officer = Post::StationOfficer(StationId::new("150203001"));
        assert_eq!(post(Role::StationOfficer, Some("150203001"), None).unwrap(), officer);
        assert_eq!(post(Role::Source, None, Some("CMCC")).unwrap(), Post::Source("CMCC".to_owned()));
        assert_eq!(post(Role::Admin, None, None).unwrap(), Post::Admin);
        for (role, station, source, named) in [
            (Role::StationOfficer, None, None, "--station"),
            (Role::StationOfficer, Some("150203999"), None, "150203999"),
            (Role::Source, None, None, "--source"),
            (Role::Source, None, Some(" "), "--source"),
            (Role::Dispatcher, Some("150203001"), None, "--station"),
        ] {
            let refusal = post(role, station, source).unwrap_err().to_string();
            assert!(refusal.contains(named), "{refusal}");
        }
    }

    #[tokio::test]
    async fn a_person_is_added_once_and_may_have_several_tokens() {
        let store = store().await;
        let added = add(&store, "赵警官", Post::Dispatcher, now()).await.unwrap();
        let again = add(&store, "赵警官", Post::Dispatcher, now()).await.unwrap_err();
        assert_eq!(again.to_string(), "the name 赵警官 is taken");
        let (_, first) = grant(&store, Some("赵警官"), Post::Dispatcher, now()).await.unwrap();
        let (_, second) = grant(&store, Some("赵警官"), Post::Dispatcher, now()).await.unwrap();
        assert_ne!(first.reveal(), second.reveal());
        assert_eq!(holder(&store, &first).await, added);
        assert_eq!(holder(&store, &second).await, added);
    }

    #[tokio::test]
    async fn a_token_never_gives_a_person_another_post() {
        let store = store().await;
        add(&store, "钱警官", Post::Dispatcher, now()).await.unwrap();
        let refusal = grant(&store, Some("钱警官"), Post::Supervisor, now()).await.err().unwrap();
        assert!(refusal.to_string().contains("dispatcher"), "{refusal}");
    }

    #[tokio::test]
    async fn clients_without_a_name_are_different_persons() {
        let store = store().await;
        let (first, token) = grant(&store, None, Post::Supervisor, now()).await.unwrap();
        let (second, _) = grant(&store, None, Post::Supervisor, now()).await.unwrap();
        assert_ne!(first.id, second.id);
        assert_eq!(holder(&store, &token).await, first);
        assert!(token.reveal().starts_with(TOKEN_PREFIX));
    }
}
