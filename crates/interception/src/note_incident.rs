//! Somebody writes something down.

use domain::id::IncidentId;
use domain::timeline::{Entry, Happening};
use serde_json::json;

use crate::act::Act;
use crate::error::Result;

/// Adds a note to an incident's timeline, open or closed.
///
/// # Errors
/// [`crate::Error`] when the incident is unknown.
pub async fn note_incident(act: &mut Act<'_>, id: IncidentId, text: &str) -> Result<Entry> {
    act.lock(id).await?;
    let data = json!({ "text": text });
    act.note(id, Happening::NoteAdded, data.clone());
    Ok(Entry {
        incident_id: id,
        at: act.now,
        happening: Happening::NoteAdded,
        actor: act.actor.clone(),
        data,
    })
}
