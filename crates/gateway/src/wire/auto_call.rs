//! Calls by machines.

use domain::auto_call::{self, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::spelled::{AutoCallOutcome, AutoCallStatus, IncidentId, MeasureId, PhoneNumber, Time};
use super::text::Text;

/// A call by a machine; its id is the `contact_id` that the provider knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AutoCall {
    id: MeasureId,
    incident_id: IncidentId,
    created_at: Time,
    status: AutoCallStatus,
    /// The plan's step that ordered it.
    step: Option<String>,
    /// Whom to dial.
    phone: PhoneNumber,
    /// The template of what is spoken.
    template: String,
    /// What is spoken.
    script: String,
    /// How it ended, once the provider has said so.
    outcome: Option<AutoCallOutcome>,
    /// How long they were on the line.
    seconds: Option<u32>,
    /// What they pressed.
    keys: Option<String>,
    /// When it ended, was given up or called off.
    ended_at: Option<Time>,
}

impl From<&auto_call::AutoCall> for AutoCall {
    fn from(call: &auto_call::AutoCall) -> Self {
        let (answer, ended_at) = match &call.state {
            State::Queued | State::Calling => (None, None),
            State::Done { answer, at } => (Some(answer), Some(*at)),
            State::Failed { at } | State::Cancelled { at } => (None, Some(*at)),
        };
        Self {
            id: Text(call.id),
            incident_id: Text(call.incident_id),
            created_at: Text(call.created_at),
            status: Text(call.status()),
            step: call.step.clone(),
            phone: Text(call.phone.clone()),
            template: call.template.clone(),
            script: call.script.clone(),
            outcome: answer.map(|answer| Text(answer.outcome)),
            seconds: answer.and_then(|answer| answer.seconds),
            keys: answer.and_then(|answer| answer.keys.clone()),
            ended_at: ended_at.map(Text),
        }
    }
}
