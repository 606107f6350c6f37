//! The append-only record of an incident (处置时间线): the evidence.

use serde_json::Value;

use crate::clock::Instant;
use crate::id::IncidentId;
use crate::words::words;

words! {
    /// Everything that can happen to an incident; the list is closed.
    pub enum Happening {
        /// A 110 call was saved.
        CallReceived = "call.received",
        /// A 110 call was completed with later facts.
        CallCompleted = "call.completed",
        /// An alert came in.
        AlertReceived = "alert.received",
        /// The incident came into being.
        IncidentOpened = "incident.opened",
        /// It was closed and is taken up again.
        IncidentReopened = "incident.reopened",
        /// Another incident turned out to be about the same person.
        IncidentLinked = "incident.linked",
        /// A new line of the subject was told.
        LineLearnt = "incident.line_learnt",
        /// The subject paid although an alert had come before.
        CheatedAfterAlert = "incident.cheated_after_alert",
        /// It was graded.
        IncidentAssessed = "incident.assessed",
        /// A plan was pinned.
        PlanBegun = "plan.begun",
        /// A step of the plan began.
        StepStarted = "step.started",
        /// A step of the plan ended.
        StepEnded = "step.ended",
        /// A step was passed over, and why.
        StepSkipped = "step.skipped",
        /// A step should have ended by now.
        StepOverdue = "step.overdue",
        /// Nobody has claimed the contact, or signed for the dispatch, by the time the plan gives.
        StepNotPickedUp = "step.not_picked_up",
        /// Somebody wrote something down.
        NoteAdded = "note.added",
        /// It was closed; all that was pending is cancelled.
        IncidentClosed = "incident.closed",
        /// A person is to be reached by voice.
        ContactRequested = "contact.requested",
        /// A dispatcher dials.
        ContactClaimed = "contact.claimed",
        /// How one try ended.
        ContactReported = "contact.reported",
        /// A machine is to call the subject.
        AutoCallRequested = "auto_call.requested",
        /// No machine calls: nobody is there who could, or the person was called enough.
        AutoCallWithheld = "auto_call.withheld",
        /// The provider has taken it, said how it went, or nobody did.
        AutoCallChanged = "auto_call.changed",
        /// A text was ordered.
        MessageQueued = "message.queued",
        /// A text was not sent: the person has had it, or enough.
        MessageWithheld = "message.withheld",
        /// The provider has it.
        MessageSubmitted = "message.submitted",
        /// It is on the phone.
        MessageDelivered = "message.delivered",
        /// It will not arrive.
        MessageFailed = "message.failed",
        /// A number is to be blocked.
        CallBlockRequested = "call_block.requested",
        /// A carrier answered, or nobody did.
        CallBlockChanged = "call_block.changed",
        /// A stop-payment was drawn up or ordered.
        StopPaymentOrdered = "stop_payment.ordered",
        /// One try to reach the bank.
        StopPaymentAttempted = "stop_payment.attempted",
        /// The bank answered, time ran out, or the tries did.
        StopPaymentChanged = "stop_payment.changed",
        /// A person must see to a stop-payment now.
        StopPaymentAlarm = "stop_payment.alarm",
        /// Frozen money went back to the victim.
        MoneyReturned = "stop_payment.returned",
        /// A holder says that a stop is wrong.
        AppealRegistered = "appeal.registered",
        /// A second person decided on that.
        AppealDecided = "appeal.decided",
        /// The case was filed, or will not be.
        CaseFiled = "case.filed",
        /// A paper that a stop owed is there.
        PaperDelivered = "paper.delivered",
        /// The victim can still cancel the transfer at their own bank, and is told so first.
        CancellationAdvised = "stop_payment.cancellation_advised",
        /// A bank told where money went from a stopped account.
        MoneyMoved = "money.moved",
        /// A station was ordered out.
        DispatchCreated = "dispatch.created",
        /// The station or the clock moved it.
        DispatchChanged = "dispatch.changed",
        /// The officers found that money is lost already.
        SubjectPaid = "subject.paid",
        /// An act waits for a second person.
        ApprovalAsked = "approval.asked",
        /// The second person decided.
        ApprovalDecided = "approval.decided",
        /// The incident's whole record was handed out: to whom, what and why.
        ExportFetched = "export.fetched",
        /// The incident goes to another jurisdiction.
        HandOverBegun = "hand_over.begun",
        /// The other side has it, nobody answered in time, or it stays after all.
        HandOverChanged = "hand_over.changed",
        /// A grading rule fired beyond its bound and counts no more: somebody must look.
        RuleStopped = "rule.stopped",
    }
}

/// One line of the timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Whose record it is part of.
    pub incident_id: IncidentId,
    /// When it happened.
    pub at: Instant,
    /// What happened.
    pub happening: Happening,
    /// Who did it: an operator's name, a source, a bank, or `lanjie` itself.
    pub actor: String,
    /// The particulars.
    pub data: Value,
}

/// The name under which Lanjie itself acts.
pub const OURSELVES: &str = "lanjie";
