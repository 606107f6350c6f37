//! One act: an open transaction with its time, its actor and the lines it will add to the timeline.
//!
//! Every use case reads: lock, decide, save, commit. Nothing outside hears of an act before
//! [`Act::commit`], and an act that is dropped has not happened.

use std::collections::BTreeSet;

use domain::account::BankCode;
use domain::clock::Instant;
use domain::id::{IncidentId, OperatorId};
use domain::incident::Incident;
use domain::operator::Operator;
use domain::timeline::{Entry, Happening, OURSELVES};
use serde_json::Value;
use store::first_answers::{self, Claim};
use store::{Tx, incidents, timeline};

use crate::centre::Centre;
use crate::error::{Error, Result};

/// What waits for a worker after a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Work {
    /// Incidents with new facts.
    Assess,
    /// A deadline may have moved closer.
    Deadlines,
    /// A bank is to be told.
    StopPayment,
    /// A text is to leave.
    Sms,
    /// A machine is to call somebody.
    AutoCall,
    /// A carrier is to be told.
    CallBlock,
    /// A station's system is to be told.
    Dispatch,
    /// The timeline has grown.
    Events,
    /// An administrator loaded a bank directory.
    BankDirectory,
}

impl Work {
    /// Every kind of work.
    pub const ALL: [Self; 9] = [
        Self::Assess,
        Self::Deadlines,
        Self::StopPayment,
        Self::Sms,
        Self::AutoCall,
        Self::CallBlock,
        Self::Dispatch,
        Self::Events,
        Self::BankDirectory,
    ];

    /// The notice's payload.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Assess => "assess",
            Self::Deadlines => "deadlines",
            Self::StopPayment => "stop_payment",
            Self::Sms => "sms",
            Self::AutoCall => "auto_call",
            Self::CallBlock => "call_block",
            Self::Dispatch => "dispatch",
            Self::Events => "events",
            Self::BankDirectory => "bank_directory",
        }
    }
}

/// The `Idempotency-Key` of a request, and what it was sent with.
#[derive(Debug, Clone)]
pub struct Once {
    /// As the client chose it.
    pub key: String,
    /// SHA-256 of method, path and body.
    pub request_hash: [u8; 32],
}

/// One act.
#[derive(Debug)]
pub struct Act<'a> {
    /// Everything it needs beside its facts.
    pub centre: &'a Centre,
    /// When it happens.
    pub now: Instant,
    /// Who does it, as the timeline calls them.
    pub actor: String,
    /// What it is about is a drill: everything real except the outside, and never counted.
    pub(crate) drill: bool,
    pub(crate) tx: Tx,
    operator: Option<Operator>,
    once: Option<Once>,
    lines: Vec<Entry>,
    works: BTreeSet<Work>,
}

impl<'a> Act<'a> {
    /// Begins an act of an operator. A request that was answered before comes back as
    /// [`Error::Replayed`]; its key with another request is a conflict.
    ///
    /// # Errors
    /// Those two, and [`Error::Store`] when the database is away.
    pub async fn begin(centre: &'a Centre, operator: &Operator, once: Option<Once>) -> Result<Self> {
        let mut act = Self::of(centre, operator.name.clone()).await?;
        act.operator = Some(operator.clone());
        if let Some(once) = once {
            match first_answers::claim(&mut act.tx, operator.id, &once.key, &once.request_hash, act.now)
                .await?
            {
                Claim::New => act.once = Some(once),
                Claim::Replay { status, body } => return Err(Error::Replayed { status, body }),
                Claim::OtherRequest => {
                    return Err(Error::conflict(
                        "idempotency_key_reused",
                        "the Idempotency-Key was used with another request",
                    ));
                }
            }
        }
        Ok(act)
    }

    /// Begins an act of Lanjie itself.
    ///
    /// # Errors
    /// [`Error::Store`] when the database is away.
    pub async fn ours(centre: &'a Centre) -> Result<Self> {
        Self::of(centre, OURSELVES.to_owned()).await
    }

    /// Begins an act of an outside party, such as `bank:ABC`.
    ///
    /// # Errors
    /// [`Error::Store`] when the database is away.
    pub async fn of(centre: &'a Centre, actor: String) -> Result<Self> {
        let tx = centre.store.begin().await?;
        let now = centre.now();
        Ok(Self {
            centre,
            now,
            actor,
            drill: false,
            tx,
            operator: None,
            once: None,
            lines: vec![],
            works: BTreeSet::new(),
        })
    }

    /// The same act as a drill (演练): it opens and joins drills alone.
    #[must_use]
    pub fn as_drill(self) -> Self {
        Self { drill: true, ..self }
    }

    /// Whether what the act is about is a drill, which an act knows of the incident that it locked.
    #[must_use]
    pub fn is_drill(&self) -> bool {
        self.drill
    }

    /// Whether a bank can be told: in a drill no bank is, and everyone would be.
    pub(crate) fn reaches(&self, bank: &BankCode) -> bool {
        self.drill || self.centre.outside.reaches(bank)
    }

    /// The operator who acts.
    ///
    /// # Errors
    /// [`Error::Forbidden`] where Lanjie itself or an outside party acts.
    pub fn operator(&self) -> Result<&Operator> {
        self.operator.as_ref().ok_or(Error::Forbidden("only a person may do this"))
    }

    pub(crate) fn operator_id(&self) -> Result<OperatorId> {
        Ok(self.operator()?.id)
    }

    /// Locks the incident that everything in this act is about. Whoever changes an incident or one of its
    /// measures holds this lock.
    pub(crate) async fn lock(&mut self, id: IncidentId) -> Result<Incident> {
        let incident = incidents::lock(&mut self.tx, id).await?.ok_or(Error::Unknown("incident"))?;
        self.drill = incident.drill;
        Ok(incident)
    }

    /// Locks an incident that must be open.
    pub(crate) async fn lock_open(&mut self, id: IncidentId) -> Result<Incident> {
        let incident = self.lock(id).await?;
        if incident.is_open() {
            Ok(incident)
        } else {
            Err(Error::conflict("incident_closed", "the incident is closed"))
        }
    }

    /// Adds a line to the timeline.
    pub(crate) fn note(&mut self, incident: IncidentId, happening: Happening, data: Value) {
        let (at, actor) = (self.now, self.actor.clone());
        self.lines.push(Entry { incident_id: incident, at, happening, actor, data });
        self.works.insert(Work::Events);
    }

    /// Wakes a kind of worker once this is committed.
    pub(crate) fn wake(&mut self, work: Work) {
        self.works.insert(work);
    }

    /// Makes the act true.
    ///
    /// # Errors
    /// [`Error::Store`] when the database is away; whether it became true is then unknown.
    pub async fn commit(self) -> Result<()> {
        self.commit_answering(0, &Value::Null).await
    }

    /// Makes the act true and keeps its answer for the same request to come again.
    ///
    /// # Errors
    /// [`Error::Store`] when the database is away; whether it became true is then unknown.
    pub async fn commit_answering(mut self, status: u16, body: &Value) -> Result<()> {
        if !self.lines.is_empty() {
            timeline::append(&mut self.tx, &self.lines).await?;
        }
        if let (Some(once), Some(operator)) = (&self.once, &self.operator) {
            first_answers::save(&mut self.tx, operator.id, &once.key, status, body).await?;
        }
        for work in &self.works {
            self.tx.notify(work.as_str()).await?;
        }
        Ok(self.tx.commit().await?)
    }
}
