//! Who calls, and what they may do.
//!
//! A handler names the witness it needs, as `Allowed(officer): Allowed<DeskOfficer>`, and cannot run
//! without it. Only the SHA-256 of a token is ever looked up or kept.

use std::fmt;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use domain::operator::{Operator, Post};
use domain::station::StationId;
use futures::future::BoxFuture;
use interception::access::hash;

use crate::problem::Problem;

/// Looks up who holds the token of a hash.
#[derive(Clone)]
pub struct TokenHolders(Arc<dyn Fn([u8; 32], Lane) -> Lookup + Send + Sync>);

/// On whose connections a caller is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// People at work, whom nothing may hold up.
    Urgent,
    /// Machines that post alerts, however many.
    Alerts,
}

/// The holder of a token, `None` where nobody holds it, or a problem where that cannot be told now.
pub type Lookup = BoxFuture<'static, Result<Option<Operator>, Problem>>;

impl TokenHolders {
    /// Asks `find` for each request.
    pub fn new(find: impl Fn([u8; 32], Lane) -> Lookup + Send + Sync + 'static) -> Self {
        Self(Arc::new(find))
    }
}

impl fmt::Debug for TokenHolders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHolders")
    }
}

/// A caller who showed a valid token and may be what `W` says.
#[derive(Debug)]
pub struct Allowed<W>(pub W);

/// The proof that an operator may do something.
pub trait Witness: Sized {
    /// The roles that have it, for the refusal.
    const ROLES: &str;
    /// On whose connections they are looked up.
    const LANE: Lane = Lane::Urgent;

    /// The proof, where the operator's post gives it.
    fn of(operator: Operator) -> Option<Self>;
}

impl<S, W> FromRequestParts<S> for Allowed<W>
where
    S: Send + Sync,
    W: Witness,
    TokenHolders: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let hash = token_hash(&parts.headers)?;
        let TokenHolders(find) = TokenHolders::from_ref(state);
        let operator = find(hash, W::LANE).await?.ok_or_else(Problem::unauthenticated)?;
        match W::of(operator) {
            Some(witness) => Ok(Self(witness)),
            None => Err(Problem::forbidden(format!("this is for: {}", W::ROLES))),
        }
    }
}

fn token_hash(headers: &HeaderMap) -> Result<[u8; 32], Problem> {
    let header = headers.get(AUTHORIZATION).ok_or_else(Problem::unauthenticated)?;
    let credentials = header.to_str().ok().and_then(|text| text.split_once(' '));
    match credentials {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty() => {
            Ok(hash(token.trim()))
        }
        _ => Err(Problem::unauthenticated()),
    }
}

/// Takes calls and works the phone queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskOfficer {
    /// Who it is.
    pub operator: Operator,
}

impl Witness for DeskOfficer {
    const ROLES: &str = "dispatcher, supervisor";

    fn of(operator: Operator) -> Option<Self> {
        match operator.post {
            Post::Dispatcher | Post::Supervisor => Some(Self { operator }),
            Post::StationOfficer(_) | Post::Source(_) | Post::Auditor | Post::Admin => None,
        }
    }
}

/// Decides as the second person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supervisor {
    /// Who it is.
    pub operator: Operator,
}

impl Witness for Supervisor {
    const ROLES: &str = "supervisor";

    fn of(operator: Operator) -> Option<Self> {
        match operator.post {
            Post::Supervisor => Some(Self { operator }),
            Post::Dispatcher | Post::StationOfficer(_) | Post::Source(_) | Post::Auditor | Post::Admin => {
                None
            }
        }
    }
}

/// Moves dispatches on: an officer those of their station, the desk by hand what a station has phoned in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatrolDesk {
    /// Who it is.
    pub operator: Operator,
}

impl Witness for PatrolDesk {
    const ROLES: &str = "station_officer, dispatcher, supervisor";

    fn of(operator: Operator) -> Option<Self> {
        match operator.post {
            Post::StationOfficer(_) | Post::Dispatcher | Post::Supervisor => Some(Self { operator }),
            Post::Source(_) | Post::Auditor | Post::Admin => None,
        }
    }
}

/// Posts alerts under one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Who it is.
    pub operator: Operator,
    /// The name its alerts bear.
    pub name: String,
}

impl Witness for Source {
    const ROLES: &str = "source";
    const LANE: Lane = Lane::Alerts;

    fn of(operator: Operator) -> Option<Self> {
        match &operator.post {
            Post::Source(name) => Some(Self { name: name.clone(), operator }),
            Post::Dispatcher | Post::Supervisor | Post::StationOfficer(_) | Post::Auditor | Post::Admin => {
                None
            }
        }
    }
}

/// Reads everything about incidents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// Who it is.
    pub operator: Operator,
}

impl Witness for Reader {
    const ROLES: &str = "dispatcher, supervisor, auditor";

    fn of(operator: Operator) -> Option<Self> {
        match operator.post {
            Post::Dispatcher | Post::Supervisor | Post::Auditor => Some(Self { operator }),
            Post::StationOfficer(_) | Post::Source(_) | Post::Admin => None,
        }
    }
}

/// Reads what its station may see, or everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Onlooker {
    /// Who it is.
    pub operator: Operator,
    /// Only this station's, where there is one.
    pub only: Option<StationId>,
}

impl Witness for Onlooker {
    const ROLES: &str = "dispatcher, supervisor, auditor, station_officer";

    fn of(operator: Operator) -> Option<Self> {
        let only = match &operator.post {
            Post::Dispatcher | Post::Supervisor | Post::Auditor => None,
            Post::StationOfficer(station) => Some(station.clone()),
            Post::Source(_) | Post::Admin => return None,
        };
        Some(Self { operator, only })
    }
}

/// Reads the plans, the rules and the list of banks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleReader {
    /// Who it is.
    pub operator: Operator,
}

impl Witness for RuleReader {
    const ROLES: &str = "dispatcher, supervisor, auditor, admin";

    fn of(operator: Operator) -> Option<Self> {
        match operator.post {
            Post::Dispatcher | Post::Supervisor | Post::Auditor | Post::Admin => Some(Self { operator }),
            Post::StationOfficer(_) | Post::Source(_) => None,
        }
    }
}

/// Looks after people and configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admin {
    /// Who it is.
    pub operator: Operator,
}

impl Witness for Admin {
    const ROLES: &str = "admin";

    fn of(operator: Operator) -> Option<Self> {
        match operator.post {
            Post::Admin => Some(Self { operator }),
            Post::Dispatcher
            | Post::Supervisor
            | Post::StationOfficer(_)
            | Post::Source(_)
            | Post::Auditor => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::http::StatusCode;
    use axum::http::header::WWW_AUTHENTICATE;
    use axum::routing::get;
    use domain::clock::Instant;
    use domain::id::OperatorId;

    use super::*;
    use crate::testing::{self, send};

    /// `gate-<role>` is the token of an operator of that role.
    fn app() -> Router {
        let posts = [
            ("dispatcher", Post::Dispatcher),
            ("supervisor", Post::Supervisor),
            ("station_officer", Post::StationOfficer(StationId::new("150203001"))),
            ("source", Post::Source("CMCC".to_owned())),
            ("auditor", Post::Auditor),
            ("admin", Post::Admin),
        ];
        let holders = TokenHolders::new(move |found, _| {
            let held = posts.iter().find(|(role, _)| found == hash(&format!("gate-{role}")));
            let operator = held.map(|(role, post)| Operator {
                id: OperatorId::new(Instant::UNIX_EPOCH),
                name: (*role).to_owned(),
                post: post.clone(),
                created_at: Instant::UNIX_EPOCH,
            });
            Box::pin(async { Ok(operator) })
        });
        let routes = Router::new()
            .route("/desk", get(async |_: Allowed<DeskOfficer>| ()))
            .route("/second", get(async |_: Allowed<Supervisor>| ()))
            .route("/station", get(async |_: Allowed<PatrolDesk>| ()))
            .route("/alerts", get(async |_: Allowed<Source>| ()))
            .route("/incidents", get(async |_: Allowed<Reader>| ()))
            .route("/dispatches", get(async |_: Allowed<Onlooker>| ()))
            .route("/rules", get(async |_: Allowed<RuleReader>| ()))
            .route("/people", get(async |_: Allowed<Admin>| ()))
            .with_state(holders);
        crate::layers::surround(routes)
    }

    async fn status(path: &str, authorization: &str) -> StatusCode {
        let mut request = testing::get(path);
        request.headers_mut().insert(AUTHORIZATION, authorization.parse().unwrap());
        send(app(), request).await.status
    }

    #[tokio::test]
    async fn each_door_opens_to_its_roles_and_to_no_other() {
        let doors = [
            ("/desk", DeskOfficer::ROLES),
            ("/second", Supervisor::ROLES),
            ("/station", PatrolDesk::ROLES),
            ("/alerts", Source::ROLES),
            ("/incidents", Reader::ROLES),
            ("/dispatches", Onlooker::ROLES),
            ("/rules", RuleReader::ROLES),
            ("/people", Admin::ROLES),
        ];
        for (path, roles) in doors {
            for role in domain::operator::Role::ALL {
                let opens = roles.split(", ").any(|admitted| admitted == role.as_str());
                let expected = if opens { StatusCode::OK } else { StatusCode::FORBIDDEN };
                assert_eq!(status(path, &format!("Bearer gate-{role}")).await, expected, "{path} {role}");
            }
        }
    }

    #[tokio::test]
    async fn without_a_token_that_somebody_holds_there_is_a_401_that_asks_for_one() {
        for wrong in ["Bearer unknown", "Bearer ", "Bearer", "Basic gate-admin", "gate-admin"] {
            assert_eq!(status("/people", wrong).await, StatusCode::UNAUTHORIZED, "{wrong}");
        }
        let answer = send(app(), testing::get("/people")).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(answer.headers[WWW_AUTHENTICATE].to_str().unwrap().starts_with("Bearer"));
        assert_eq!(answer.json()["code"], "unauthenticated");
    }

    #[tokio::test]
    async fn the_scheme_may_be_written_in_either_case() {
        assert_eq!(status("/people", "bearer gate-admin").await, StatusCode::OK);
    }
}
