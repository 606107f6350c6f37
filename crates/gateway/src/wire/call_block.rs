//! Numbers kept from calling.

use domain::call_block;
use serde::Serialize;
use utoipa::ToSchema;

use super::spelled::{CallBlockLine, CallBlockStatus, IncidentId, MeasureId, Note, PhoneNumber, Time};
use super::text::Text;
use crate::reading::request;

request! {
    /// A number to block. Cutting the subject's own line waits for a second person.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = CallBlockRequest)]
    pub struct Request {
        /// The suspect's number, or the subject's own.
        pub number: PhoneNumber,
        /// When it ends by itself: 30 days from now where it is not given, 30 minutes for the subject's line.
        pub until: Option<Time>,
        /// Why.
        pub reason: Note,
    }
}

/// One number kept from calling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CallBlock {
    id: MeasureId,
    incident_id: IncidentId,
    created_at: Time,
    status: CallBlockStatus,
    /// The plan's step that ordered it.
    step: Option<String>,
    number: PhoneNumber,
    /// Whose line it is.
    line: CallBlockLine,
    /// When it ends by itself.
    until: Time,
    reason: Option<String>,
    /// When the carrier had done it.
    blocked_at: Option<Time>,
    /// Everything real except the outside; never counted.
    drill: bool,
}

impl CallBlock {
    /// The block, in a drill or in earnest.
    #[must_use]
    pub fn of(block: &call_block::CallBlock, drill: bool) -> Self {
        Self {
            id: Text(block.id),
            incident_id: Text(block.incident_id),
            created_at: Text(block.created_at),
            status: Text(block.status),
            step: block.step.clone(),
            number: Text(block.number.clone()),
            line: Text(block.line),
            until: Text(block.until),
            reason: block.reason.clone(),
            blocked_at: block.blocked_at.map(Text),
            drill,
        }
    }
}
