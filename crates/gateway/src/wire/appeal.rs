//! Appeals against stops.

use domain::appeal::{self, MAX_MATERIALS};
use serde::Serialize;
use utoipa::ToSchema;

use super::list::{List, items};
use super::spelled::{
    AppealId, AppealStatus, IncidentId, MeasureId, Note, OperatorId, PersonName, PhoneNumber, Reference,
    ResidentId, Time,
};
use super::text::Text;
use crate::reading::request;

/// What a holder brought.
pub type Materials = List<Reference, MAX_MATERIALS>;

request! {
    /// Who appeals.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Appellant {
        /// Their name.
        name: PersonName,
        /// Where they are reached.
        phone: PhoneNumber,
        /// Their identity number, where given.
        id_number: Option<ResidentId>,
    }
}

impl From<Appellant> for appeal::Appellant {
    fn from(wire: Appellant) -> Self {
        Self { name: wire.name.0, phone: wire.phone.0, id_number: wire.id_number.map(|Text(number)| number) }
    }
}

impl From<&appeal::Appellant> for Appellant {
    fn from(appellant: &appeal::Appellant) -> Self {
        Self {
            name: Text(appellant.name.clone()),
            phone: Text(appellant.phone.clone()),
            id_number: appellant.id_number.clone().map(Text),
        }
    }
}

request! {
    /// What a holder says against a stop.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = AppealRegistration)]
    pub struct Registration {
        /// Who appeals.
        pub appellant: Appellant,
        /// Why, in their words.
        pub reason: Note,
        /// What they brought.
        pub materials: Option<Materials>,
    }
}

impl Registration {
    /// The parts of it as the domain has them.
    #[must_use]
    pub fn into_domain(self) -> (appeal::Appellant, String, Vec<String>) {
        (self.appellant.into(), self.reason.into(), items(self.materials))
    }
}

request! {
    /// The second person's decision.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = AppealDecision)]
    pub struct Decision {
        /// True: the appeal holds good and the stop is lifted at once. False: the stop stands.
        pub grant: bool,
        /// Why; the holder is told.
        pub reason: Note,
    }
}

/// One appeal against one stop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Appeal {
    id: AppealId,
    stop_payment_id: MeasureId,
    incident_id: IncidentId,
    created_at: Time,
    status: AppealStatus,
    appellant: Appellant,
    /// Why, in the holder's words.
    reason: String,
    /// What they brought.
    materials: Vec<String>,
    /// Who wrote it down; somebody else decides.
    registered_by_id: OperatorId,
    /// By when it is to be decided: three days.
    due_at: Time,
    decided_by_id: Option<OperatorId>,
    decided_at: Option<Time>,
    /// Why it was decided so.
    decision: Option<String>,
    /// What the holder is told: decision, reason, where to turn, what to bring.
    notice: Option<String>,
}

impl From<&appeal::Appeal> for Appeal {
    fn from(appeal: &appeal::Appeal) -> Self {
        let decision = appeal.decision();
        Self {
            id: Text(appeal.id),
            stop_payment_id: Text(appeal.stop_payment_id),
            incident_id: Text(appeal.incident_id),
            created_at: Text(appeal.created_at),
            status: Text(appeal.status()),
            appellant: (&appeal.appellant).into(),
            reason: appeal.reason.clone(),
            materials: appeal.materials.clone(),
            registered_by_id: Text(appeal.registered_by),
            due_at: Text(appeal.due_at()),
            decided_by_id: decision.map(|decision| Text(decision.by)),
            decided_at: decision.map(|decision| Text(decision.at)),
            decision: decision.map(|decision| decision.reason.clone()),
            notice: decision.map(|decision| decision.notice.clone()),
        }
    }
}
