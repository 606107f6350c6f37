//! The states of approvals, and what two persons let out.

use domain::approval::{self, Act, Approval, Person};
use domain::id::ApprovalId;
use domain::tier::{Grade, Tier};

use super::*;
use crate::exports::Export;
use crate::{approvals, exports};

#[tokio::test]
async fn an_export_is_kept_to_the_byte_until_it_is_thrown_away() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    let asked_by = operator(&mut tx, "dispatcher-1", Post::Dispatcher).await;
    let approval = Approval {
        id: ApprovalId::new(now()),
        incident_id: incident,
        act: Act::ExportIncident,
        reason: "检察院调取".to_owned(),
        asked_by: Person { id: asked_by, name: "dispatcher-1".to_owned() },
        created_at: now(),
        decided_by: None,
        decided_at: None,
        decision_reason: None,
        status: approval::Status::Waiting,
    };
    approvals::insert(&mut tx, &approval).await.unwrap();
    let made = Export {
        id: approval.id,
        incident_id: incident,
        made_at: now(),
        good_until: later(),
        sha256: [7; 32],
    };
    exports::insert(&mut tx, &made, b"{}").await.unwrap();
    let read = exports::get(&mut tx, approval.id).await.unwrap();
    assert_eq!(read, Some((made.clone(), Some(b"{}".to_vec()))));
    assert_eq!(exports::throw_away(&mut tx, now()).await.unwrap(), 0);
    assert_eq!(exports::throw_away(&mut tx, later()).await.unwrap(), 1);
    assert_eq!(exports::get(&mut tx, approval.id).await.unwrap(), Some((made, None)));
}

#[tokio::test]
async fn approvals_of_every_act_and_status() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    let asked_by = Person {
        id: operator(&mut tx, "dispatcher-1", Post::Dispatcher).await,
        name: "dispatcher-1".to_owned(),
    };
    let second = Person {
        id: operator(&mut tx, "supervisor-1", Post::Supervisor).await,
        name: "supervisor-1".to_owned(),
    };
    let block = measure(&mut tx, incident, MeasureKind::CallBlock).await;
    let order = measure(&mut tx, incident, MeasureKind::StopPayment).await;
    for act in [
        Act::LowerTier(Grade { urgent: false, tier: Tier::Medium }),
        Act::CutSubjectLine(block),
        Act::ReleaseStopPayment(order),
        Act::ExportIncident,
    ] {
        for status in approval::Status::ALL {
            let waiting = Approval {
                id: ApprovalId::new(now()),
                incident_id: incident,
                act: act.clone(),
                reason: "核实无误".to_owned(),
                asked_by: asked_by.clone(),
                created_at: now(),
                decided_by: None,
                decided_at: None,
                decision_reason: None,
                status: approval::Status::Waiting,
            };
            approvals::insert(&mut tx, &waiting).await.unwrap();
            let mut saved = Approval { status: *status, ..waiting };
            if *status != approval::Status::Waiting {
                (saved.decided_by, saved.decided_at) = (Some(second.clone()), Some(later()));
                saved.decision_reason = Some("已核实".to_owned());
            }
            approvals::save(&mut tx, &saved).await.unwrap();
            assert_eq!(approvals::get(&mut tx, saved.id).await.unwrap().unwrap(), saved);
        }
    }
}
