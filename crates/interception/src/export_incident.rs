//! An incident's whole record leaves the house: one asks, another allows, and both may fetch it for a day.
//!
//! What is handed out is made when it is first fetched, kept to the byte and handed out again as it was, because
//! evidence that differs from one copy to the next is none, and the incident goes on meanwhile. After the day the
//! content is thrown away: a second copy of personal data must not lie around. Its hash, and who fetched it when
//! and why, stays.

use domain::approval::{Act as Approvable, Approval, EXPORT_LASTS, Status};
use domain::clock::Instant;
use domain::id::{ApprovalId, IncidentId};
use domain::operator::Operator;
use domain::timeline::Happening;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::approvals;
use store::exports::{self, Export};

use crate::act::Act;
use crate::ask_approval::ask_approval;
use crate::error::{Error, Result};
use crate::look_up::{WholeIncident, whole};

/// Puts an export before the second person. Also a closed incident's record may be needed.
///
/// # Errors
/// [`Error`] when the incident is unknown, or an export of it waits already.
pub async fn ask_export(act: &mut Act<'_>, id: IncidentId, reason: &str) -> Result<Approval> {
    act.lock(id).await?;
    let waiting = approvals::Filter {
        incident: Some(id),
        status: Some(Status::Waiting),
        ..approvals::Filter::default()
    };
    let waiting = approvals::list(&mut act.tx, &waiting, i64::MAX).await?;
    if waiting.iter().any(|approval| approval.act == Approvable::ExportIncident) {
        return Err(Error::conflict("approval_waiting", "an export of it waits for a second person already"));
    }
    ask_approval(act, id, Approvable::ExportIncident, reason).await
}

/// What an export says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    /// The approval that allowed it, decided.
    pub approval: Approval,
    /// When it is made.
    pub made_at: Instant,
    /// How long it may be fetched.
    pub good_until: Instant,
}

/// Hands an export out to one of the two who allowed it; each time is a line in the timeline. `write` spells the
/// record the first time.
///
/// # Errors
/// [`Error::Unknown`] when there is none or it is not theirs; a conflict while it is not approved;
/// [`Error::Gone`] after its time.
pub async fn fetch_export(
    act: &mut Act<'_>,
    id: ApprovalId,
    write: impl FnOnce(&Cover, WholeIncident) -> Result<Vec<u8>>,
) -> Result<Vec<u8>> {
    let seen = readable(act, id).await?;
    let incident = act.lock(seen.incident_id).await?;
    let approval = readable(act, id).await?;
    let decided_at = match (approval.status, approval.decided_at) {
        (Status::Approved, Some(at)) => at,
        (status, _) => {
            return Err(Error::conflict(
                "export_not_approved",
                format!("the export is {status}, not approved"),
            ));
        }
    };
    let good_until = decided_at + EXPORT_LASTS;
    if good_until <= act.now {
        return Err(Error::Gone("the export was to be fetched within 24 hours; ask for a new one"));
    }
    let kept = exports::get(&mut act.tx, id).await?;
    let (sha256, document) = match kept.and_then(|(export, document)| Some((export.sha256, document?))) {
        Some(kept) => kept,
        None => {
            let cover = Cover { approval: approval.clone(), made_at: act.now, good_until };
            let incident_id = incident.id;
            let document = write(&cover, whole(&mut act.tx, act.now, incident).await?)?;
            let sha256: [u8; 32] = Sha256::digest(&document).into();
            let made = Export { id, incident_id, made_at: act.now, good_until, sha256 };
            exports::insert(&mut act.tx, &made, &document).await?;
            (sha256, document)
        }
    };
    let hash: String = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
    let data = json!({ "export_id": id, "to": act.actor, "reason": approval.reason, "sha256": hash });
    act.note(approval.incident_id, Happening::ExportFetched, data);
    Ok(document)
}

/// The approval of an export, to one of the two persons. To others there is none.
async fn readable(act: &mut Act<'_>, id: ApprovalId) -> Result<Approval> {
    let unknown = || Error::Unknown("export");
    let approval = approvals::get(&mut act.tx, id).await?.ok_or_else(unknown)?;
    let Operator { id: by, .. } = act.operator()?;
    let theirs =
        approval.asked_by.id == *by || approval.decided_by.as_ref().is_some_and(|second| second.id == *by);
    if approval.act == Approvable::ExportIncident && theirs { Ok(approval) } else { Err(unknown()) }
}
