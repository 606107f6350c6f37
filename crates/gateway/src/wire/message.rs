//! Warning texts.

use domain::message::{self, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::spelled::{ContactRole, IncidentId, MeasureId, MessageStatus, PhoneNumber, Time};
use super::text::Text;

/// A warning text to one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Message {
    id: MeasureId,
    incident_id: IncidentId,
    created_at: Time,
    status: MessageStatus,
    /// The plan's step that ordered it.
    step: Option<String>,
    /// Who reads it.
    role: ContactRole,
    phone: PhoneNumber,
    /// The template it was made from.
    template: String,
    /// What they read.
    text: String,
    /// Shown at once and not stored on the phone.
    flash: bool,
    /// The id of the provider that took it.
    provider: Option<String>,
    /// The provider's reference; of a text in parts, the first part's.
    provider_ref: Option<String>,
    /// The code of the provider's receipt.
    receipt_code: Option<String>,
    /// When the provider took it.
    submitted_at: Option<Time>,
    /// When it was on the phone.
    delivered_at: Option<Time>,
    /// When it was known that it will not arrive.
    failed_at: Option<Time>,
    /// Everything real except the outside; never counted.
    drill: bool,
}

impl Message {
    /// The message, in a drill or in earnest.
    #[must_use]
    pub fn of(message: &message::Message, drill: bool) -> Self {
        let (submitted_at, delivered_at, failed_at) = match message.state {
            State::Queued | State::Cancelled => (None, None, None),
            State::Submitted { at } => (Some(at), None, None),
            State::Delivered { submitted_at, at } => (Some(submitted_at), Some(at), None),
            State::Failed { at } => (None, None, Some(at)),
        };
        Self {
            id: Text(message.id),
            incident_id: Text(message.incident_id),
            created_at: Text(message.created_at),
            status: Text(message.status()),
            step: message.step.clone(),
            role: Text(message.role),
            phone: Text(message.phone.clone()),
            template: message.template.clone(),
            text: message.text.clone(),
            flash: message.flash,
            provider: message.provider.clone(),
            provider_ref: message.provider_ref.clone(),
            receipt_code: message.receipt_code.clone(),
            submitted_at: submitted_at.map(Text),
            delivered_at: delivered_at.map(Text),
            failed_at: failed_at.map(Text),
            drill,
        }
    }
}
