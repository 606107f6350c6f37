//! Somebody writes something down.

use domain::id::IncidentId;
use domain::timeline::Happening;
use serde_json::json;

use crate::act::Act;
use crate::error::Result;

/// Adds a note to an incident's timeline, open or closed.
///
/// # Errors
/// [`crate::Error`] when the incident is unknown.
pub async fn note_incident(act: &mut Act<'_>, id: IncidentId, text: &str) -> Result<()> {
    act.lock(id).await?;
    act.note(id, Happening::NoteAdded, json!({ "text": text }));
    Ok(())
}
