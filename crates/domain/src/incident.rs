//! One suspected fraud against one person (警情), from the first alert or call to closing.

use crate::clock::Instant;
use crate::id::IncidentId;
use crate::money::Fen;
use crate::person::{Address, PersonName, PhoneNumber, ResidentId};
use crate::scam_type::ScamType;
use crate::station::{DivisionCode, StationId};
use crate::tier::{Grade, Tier};
use crate::words::words;

/// A point on the map, WGS-84 degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Location {
    /// North, -90 to 90.
    pub lat: f64,
    /// East, -180 to 180.
    pub lon: f64,
}

impl Location {
    /// A point on the globe, or `None` outside it.
    #[must_use]
    pub fn new(lat: f64, lon: f64) -> Option<Self> {
        let on_the_globe = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon);
        on_the_globe.then_some(Self { lat, lon })
    }
}

/// The person to protect (机主 / 受害人).
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// What an incident is joined by.
    pub phone: PhoneNumber,
    /// Name, where known.
    pub name: Option<PersonName>,
    /// Identity number, where known.
    pub id_number: Option<ResidentId>,
    /// Home, where known.
    pub address: Option<Address>,
    /// District, where known.
    pub division_code: Option<DivisionCode>,
    /// Where they are, where known.
    pub location: Option<Location>,
    /// In years, where known.
    pub age: Option<u8>,
}

impl Subject {
    /// What is known after hearing `newer` as well: new facts fill gaps and replace old ones, never erase.
    #[must_use]
    pub fn learn(self, newer: Subject) -> Subject {
        Subject {
            phone: self.phone,
            name: newer.name.or(self.name),
            id_number: newer.id_number.or(self.id_number),
            address: newer.address.or(self.address),
            division_code: newer.division_code.or(self.division_code),
            location: newer.location.or(self.location),
            age: newer.age.or(self.age),
        }
    }
}

words! {
    /// What brought the incident into being.
    pub enum Origin {
        /// A citizen called 110.
        Call = "call",
        /// A machine gave notice.
        Alert = "alert",
    }
}

words! {
    /// Whether anything is still to be done.
    pub enum Status {
        /// Being handled.
        Open = "open",
        /// Done; its record stays.
        Closed = "closed",
    }
}

words! {
    /// How an incident ended; the label that gradings are later judged by.
    pub enum Outcome {
        /// The subject kept the money.
        Prevented = "prevented",
        /// There was no fraud.
        NotFraud = "not_fraud",
        /// The subject paid.
        BecameVictim = "became_victim",
        /// Nobody was found.
        Unreachable = "unreachable",
        /// Another incident handles it.
        Duplicate = "duplicate",
        /// Another jurisdiction handles it.
        HandedOver = "handed_over",
    }
}

words! {
    /// How another incident of the same person stands to one.
    pub enum Relation {
        /// It was closed as a duplicate of this one, which has its lines and relatives.
        Duplicate = "duplicate",
        /// This one was closed as its duplicate.
        DuplicateOf = "duplicate_of",
        /// It goes on beside this one: something is under way in both.
        SamePerson = "same_person",
        /// It warned the person before they paid here.
        Earlier = "earlier",
        /// The person paid there after being warned here.
        Later = "later",
    }
}

/// How and by whom an incident was closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// The label.
    pub outcome: Outcome,
    /// What the subject kept, where it is known.
    pub prevented: Option<Fen>,
    /// In the closer's words.
    pub note: Option<String>,
    /// When.
    pub closed_at: Instant,
}

/// Open, or closed with its closing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Being handled.
    Open,
    /// Done.
    Closed(Closing),
}

/// An incident.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// Its id.
    pub id: IncidentId,
    /// When the first alert or call came.
    pub created_at: Instant,
    /// What that was.
    pub origin: Origin,
    /// Whom it protects.
    pub subject: Subject,
    /// How bad it is; `None` until the first assessment.
    pub grade: Option<Grade>,
    /// What kind of fraud, as far as known.
    pub scam_type: Option<ScamType>,
    /// Whose area it is.
    pub station_id: StationId,
    /// Open or closed.
    pub state: State,
    /// The plan it was born with or raised to.
    pub plan: Option<PinnedPlan>,
    /// Everything real except the outside; never counted.
    pub drill: bool,
    /// Goes up with every change; a stale writer is refused.
    pub version: i64,
}

/// The version of a plan that an incident keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinnedPlan {
    /// The plan's name.
    pub name: String,
    /// The hash of its text.
    pub hash: String,
    /// When its first steps were due.
    pub begun_at: Instant,
}

/// Why an incident cannot be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CloseRefusal {
    /// It is closed.
    #[error("the incident is already closed")]
    AlreadyClosed,
    /// A high incident needs its subject seen or heard.
    #[error("a high incident closes only after the subject was seen in person or reached by voice")]
    NobodySawOrHeardTheSubject,
}

/// Who has made sure of the subject.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Contacted {
    /// An officer stood before the subject.
    pub seen_in_person: bool,
    /// The subject spoke with the desk.
    pub reached_by_voice: bool,
}

impl Incident {
    /// Whether anything may still be done.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }

    /// The status word.
    #[must_use]
    pub fn status(&self) -> Status {
        match self.state {
            State::Open => Status::Open,
            State::Closed(_) => Status::Closed,
        }
    }

    /// Takes a new grade. It may rise and never falls: lowering is a second person's act.
    #[must_use]
    pub fn raised_to(mut self, grade: Grade) -> Self {
        self.grade = self.grade.max(Some(grade));
        self
    }

    /// Closes the incident. The subject of a call has been heard by the desk.
    ///
    /// # Errors
    /// [`CloseRefusal`] when it is closed, or high and nobody has made sure of the subject.
    pub fn close(mut self, closing: Closing, contacted: Contacted) -> Result<Self, CloseRefusal> {
        if !self.is_open() {
            return Err(CloseRefusal::AlreadyClosed);
        }
        let made_sure = contacted.seen_in_person || contacted.reached_by_voice || self.origin == Origin::Call;
        if self.grade.is_some_and(|grade| grade.tier == Tier::High) && !made_sure {
            return Err(CloseRefusal::NobodySawOrHeardTheSubject);
        }
        self.state = State::Closed(closing);
        Ok(self)
    }

    /// Takes in what another incident knows about the same person: it fills gaps, and the grade is the higher one.
    #[must_use]
    pub fn united_with(mut self, other: &Self) -> Self {
        let phone = self.subject.phone.clone();
        self.subject = Subject { phone, ..other.subject.clone().learn(self.subject) };
        self.scam_type = self.scam_type.or(other.scam_type);
        self.grade = self.grade.max(other.grade);
        self
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn subject() -> Subject {
        Subject {
            phone: PhoneNumber::parse("13847200001").unwrap(),
            name: None,
            id_number: None,
            address: None,
            division_code: None,
            location: None,
            age: Some(67),
        }
    }

    fn incident(grade: Option<Grade>, origin: Origin) -> Incident {
        let now = Instant::UNIX_EPOCH;
        Incident {
            id: IncidentId::new(now),
            created_at: now,
            origin,
            subject: subject(),
            grade,
            scam_type: None,
            station_id: StationId::new("150203001"),
            state: State::Open,
            plan: None,
            drill: false,
            version: 1,
        }
    }

    fn closing() -> Closing {
        Closing { outcome: Outcome::Prevented, prevented: None, note: None, closed_at: Instant::UNIX_EPOCH }
    }

    const HIGH: Grade = Grade { tier: Tier::High, urgent: false };
    const LOW: Grade = Grade { tier: Tier::Low, urgent: false };

    #[test]
    fn a_high_incident_closes_only_when_somebody_made_sure_of_the_subject() {
        let nobody = Contacted::default();
        let heard = Contacted { reached_by_voice: true, ..nobody };
        let seen = Contacted { seen_in_person: true, ..nobody };
        let close =
            |grade, origin, contacted| incident(grade, origin).close(closing(), contacted).map(|_| ());
        assert_eq!(close(Some(HIGH), Origin::Alert, nobody), Err(CloseRefusal::NobodySawOrHeardTheSubject));
        assert_eq!(close(Some(HIGH), Origin::Alert, heard), Ok(()));
        assert_eq!(close(Some(HIGH), Origin::Alert, seen), Ok(()));
        assert_eq!(close(Some(HIGH), Origin::Call, nobody), Ok(()));
        assert_eq!(close(Some(LOW), Origin::Alert, nobody), Ok(()));
    }

    #[test]
    fn a_closed_incident_is_not_closed_again() {
        let closed = incident(Some(LOW), Origin::Alert).close(closing(), Contacted::default()).unwrap();
        assert_eq!(closed.close(closing(), Contacted::default()), Err(CloseRefusal::AlreadyClosed));
    }

    #[test]
    fn a_grade_rises_and_never_falls() {
        assert_eq!(incident(None, Origin::Alert).raised_to(LOW).grade, Some(LOW));
        assert_eq!(incident(Some(LOW), Origin::Alert).raised_to(HIGH).grade, Some(HIGH));
        assert_eq!(incident(Some(HIGH), Origin::Alert).raised_to(LOW).grade, Some(HIGH));
    }

    #[test]
    fn new_facts_fill_gaps_and_never_erase() {
        let silent = Subject { age: None, ..subject() };
        assert_eq!(subject().learn(silent).age, Some(67));
        let named = Subject { name: PersonName::parse("王芳").ok(), ..subject() };
        assert_eq!(subject().learn(named.clone()).name, named.name);
    }

    #[test]
    fn a_duplicate_lends_what_it_knows_and_its_grade() {
        let named = |name| Subject { name: PersonName::parse(name).ok(), age: None, ..subject() };
        let kept = Incident { subject: named("王芳"), ..incident(Some(LOW), Origin::Alert) };
        let other = Incident {
            subject: Subject {
                phone: PhoneNumber::parse("13847200002").unwrap(),
                age: Some(67),
                ..named("王方")
            },
            ..incident(Some(HIGH), Origin::Alert)
        };
        let united = kept.clone().united_with(&other);
        assert_eq!(united.subject, Subject { age: Some(67), ..kept.subject });
        assert_eq!(united.grade, Some(HIGH));
    }
}
