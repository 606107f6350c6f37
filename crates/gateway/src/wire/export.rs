//! An incident's whole record, as it leaves the house.

use std::collections::BTreeMap;

use interception::export_incident::Cover;
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::incident::IncidentDetail;
use super::spelled::{ApprovalId, IncidentId, Note, Time};
use super::text::Text;
use crate::reading::request;

request! {
    /// Why an incident's record is to leave the house.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = ExportRequest)]
    pub struct Request {
        /// To whom it goes and what for.
        pub reason: Note,
    }
}

/// The name of the part that holds the incident's own facts; every list of an incident is a part of its name.
const INCIDENT: &str = "incident";

/// One document: what it is, a manifest, and the parts. A part's hash is that of its JSON written compactly in
/// UTF-8, the members of each object in the order of their names: as the parts stand in this document.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Export {
    export: About,
    /// Every part with its hash, in the order of their names.
    manifest: Vec<Part>,
    /// `incident` with its own facts; `alerts`, `calls`, `timeline` and every other list of an incident, unmasked.
    #[schema(value_type = BTreeMap<String, Object>)]
    parts: BTreeMap<String, Value>,
}

/// Who wanted it, who allowed it, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ExportCover)]
pub struct About {
    id: ApprovalId,
    incident_id: IncidentId,
    /// Why.
    reason: String,
    asked_by: String,
    asked_at: Time,
    approved_by: Option<String>,
    approved_at: Option<Time>,
    /// When the content was put together; it is the same at every fetch.
    made_at: Time,
    /// Until then it may be fetched.
    good_until: Time,
    /// The police organisation it comes from, twelve digits.
    organisation: String,
}

/// One part of the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ExportPart)]
pub struct Part {
    part: String,
    /// SHA-256, in hex.
    sha256: String,
    /// How long its JSON is.
    bytes: usize,
}

impl Export {
    /// Takes an incident apart.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn of(cover: &Cover, detail: &IncidentDetail, organisation: &str) -> serde_json::Result<Self> {
        let approval = &cover.approval;
        let mut parts = BTreeMap::new();
        let mut own = Map::new();
        if let Value::Object(members) = serde_json::to_value(detail)? {
            for (name, member) in members {
                match member {
                    Value::Array(_) => drop(parts.insert(name, member)),
                    fact => drop(own.insert(name, fact)),
                }
            }
        }
        parts.insert(INCIDENT.to_owned(), Value::Object(own));
        let manifest: serde_json::Result<Vec<Part>> =
            parts.iter().map(|(name, part)| listed(name, part)).collect();
        Ok(Self {
            export: About {
                id: Text(approval.id),
                incident_id: Text(approval.incident_id),
                reason: approval.reason.clone(),
                asked_by: approval.asked_by.name.clone(),
                asked_at: Text(approval.created_at),
                approved_by: approval.decided_by.as_ref().map(|person| person.name.clone()),
                approved_at: approval.decided_at.map(Text),
                made_at: Text(cover.made_at),
                good_until: Text(cover.good_until),
                organisation: organisation.to_owned(),
            },
            manifest: manifest?,
            parts,
        })
    }
}

fn listed(name: &str, part: &Value) -> serde_json::Result<Part> {
    let written = serde_json::to_vec(part)?;
    let sha256 = Sha256::digest(&written).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Part { part: name.to_owned(), sha256, bytes: written.len() })
}
