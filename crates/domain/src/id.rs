//! The registry of identifiers: one newtype per thing, all UUIDv7, so that an id sorts by its birth
//! and an incident's id can never be passed where an alert's is wanted.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::{NoContext, Timestamp, Uuid};

use crate::clock::Instant;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A fresh id born at `now`.
            #[must_use]
            pub fn new(now: Instant) -> Self {
                Self(born_at(now))
            }

            /// The bare UUID, for the wire and the database.
            #[must_use]
            pub fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    )+};
}

ids! {
    /// A citizen's report taken at the 110 desk.
    CallId,
    /// A machine's notice that a person is being defrauded.
    AlertId,
    /// One suspected fraud against one person.
    IncidentId,
    /// One grading of an incident.
    AssessmentId,
    /// One ordered act for one incident; contacts, messages, call blocks, dispatches and
    /// stop-payments are all measures and carry this id.
    MeasureId,
    /// One transfer out of a stopped account.
    MoveId,
    /// One try to carry a measure out.
    AttemptId,
    /// An act that waits for its second person; an approved export is fetched under it.
    ApprovalId,
    /// What a holder says against a stop.
    AppealId,
    /// One handing of an incident to another jurisdiction.
    HandOverId,
    /// Somebody who stands in for whom a roster names.
    RosterOverrideId,
    /// A person or machine that may use Lanjie.
    OperatorId,
    /// A bearer token of an operator.
    TokenId,
}

fn born_at(now: Instant) -> Uuid {
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
    let nanos = u32::try_from(millis % 1000).unwrap_or(0) * 1_000_000;
    Uuid::new_v7(Timestamp::from_unix(NoContext, millis / 1000, nanos))
}
