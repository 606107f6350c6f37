//! Who is the same person: whoever has the same phone, or the same identity number over several phones.

use std::cmp::Reverse;

use chrono::TimeDelta;

use crate::id::IncidentId;
use crate::incident::Subject;
use crate::person::{PhoneNumber, ResidentId};
use crate::tier::Grade;
use crate::words::words;

/// A payment counts as made after an alert for so long after that alert's incident was closed: the follow-ups are
/// over after three days, and a grooming fraud, which is the slowest, comes back within a season. Our proposal; no
/// rule of the field is published.
pub const REMEMBERED_FOR: TimeDelta = TimeDelta::days(90);

words! {
    /// What a person is known by, in a word.
    pub enum MarkKind {
        /// One of their lines.
        Phone = "phone",
        /// 身份证号
        IdNumber = "id_number",
    }
}

/// What a person is known by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Mark {
    /// One of their lines.
    Phone(PhoneNumber),
    /// Their identity number.
    IdNumber(ResidentId),
}

impl Mark {
    /// The word for it.
    #[must_use]
    pub fn kind(&self) -> MarkKind {
        match self {
            Self::Phone(_) => MarkKind::Phone,
            Self::IdNumber(_) => MarkKind::IdNumber,
        }
    }

    /// The number itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        match self {
            Self::Phone(phone) => phone.reveal(),
            Self::IdNumber(number) => number.reveal(),
        }
    }
}

/// One person, as several notices tell of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// Everything told about them; the phone is the one that was named first.
    pub subject: Subject,
    /// Every line they were named with, in that order.
    pub phones: Vec<PhoneNumber>,
}

impl Person {
    /// Everything they are known by.
    #[must_use]
    pub fn marks(&self) -> Vec<Mark> {
        let phones = self.phones.iter().cloned().map(Mark::Phone);
        phones.chain(self.subject.id_number.clone().map(Mark::IdNumber)).collect()
    }

    fn and(self, newer: Self) -> Self {
        let mut phones = self.phones;
        for phone in newer.phones {
            if !phones.contains(&phone) {
                phones.push(phone);
            }
        }
        Self { subject: self.subject.learn(newer.subject), phones }
    }

    fn is(&self, subject: &Subject) -> bool {
        self.phones.contains(&subject.phone)
            || subject.id_number.is_some() && self.subject.id_number == subject.id_number
    }
}

/// Each person once, with everything that is told about them. Two who turn out to be one become one.
#[must_use]
pub fn persons(told: impl IntoIterator<Item = Subject>) -> Vec<Person> {
    let mut persons: Vec<Person> = vec![];
    for subject in told {
        let (same, mut others): (Vec<Person>, Vec<Person>) =
            persons.into_iter().partition(|person| person.is(&subject));
        let newest = Person { phones: vec![subject.phone.clone()], subject };
        others.extend(same.into_iter().chain([newest]).reduce(Person::and));
        persons = others;
    }
    persons
}

/// An open incident that is found for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The incident; ids rise with time.
    pub id: IncidentId,
    /// How bad it is.
    pub grade: Option<Grade>,
    /// Something is under way that must not be broken off: a call with its orders, a patrol, a dispatcher dialling.
    pub is_under_way: bool,
}

/// What becomes of several open incidents that turn out to be about one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct United {
    /// The one that goes on and is joined.
    pub kept: IncidentId,
    /// Those that are closed as its duplicates.
    pub duplicates: Vec<IncidentId>,
    /// Those that go on beside it, for something is under way in them.
    pub beside: Vec<IncidentId>,
}

/// Decides which incident goes on: one in which something is under way, else the gravest, else the oldest. Another
/// in which something is under way goes on beside it: no patrol is called back because two files are one.
#[must_use]
pub fn unite(found: &[Found]) -> Option<United> {
    let kept = found.iter().max_by_key(|found| (found.is_under_way, found.grade, Reverse(found.id)))?.id;
    let (beside, duplicates): (Vec<&Found>, Vec<&Found>) =
        found.iter().filter(|found| found.id != kept).partition(|found| found.is_under_way);
    let ids = |found: Vec<&Found>| found.into_iter().map(|found| found.id).collect();
    Some(United { kept, duplicates: ids(duplicates), beside: ids(beside) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clock::Instant;
    use crate::tier::Tier;

    fn told(phone: u8, id_number: Option<u8>) -> Subject {
        let id_number = id_number.map(|number| format!("1502031990030712{number:02}"));
        Subject {
            phone: PhoneNumber::parse(&format!("138472000{phone:02}")).unwrap(),
            name: None,
            id_number: id_number.map(|number| ResidentId::parse(&number).unwrap()),
            address: None,
            division_code: None,
            location: None,
            age: None,
        }
    }

    #[test]
    fn two_phones_with_one_identity_number_are_one_person() {
        let found = persons([told(1, Some(7)), told(2, None), told(3, Some(7))]);
        let phones: Vec<usize> = found.iter().map(|person| person.phones.len()).collect();
        assert_eq!(phones, [1, 2]);
        assert_eq!(found[1].marks().len(), 3);
    }

    #[test]
    fn two_persons_become_one_when_it_is_told_that_they_are() {
        let found = persons([told(1, None), told(2, Some(7)), told(1, Some(7))]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].phones.len(), 2);
    }

    proptest! {
        #[test]
        fn everybody_told_of_is_exactly_one_person(all in prop::collection::vec((0_u8..6, prop::option::of(0_u8..4)), 0..12)) {
            let found = persons(all.iter().map(|(phone, number)| told(*phone, *number)));
            for (phone, _) in &all {
                let phone = told(*phone, None).phone;
                let owners = found.iter().filter(|person| person.phones.contains(&phone)).count();
                prop_assert_eq!(owners, 1);
            }
            for person in &found {
                let mut phones = person.phones.clone();
                phones.sort();
                phones.dedup();
                prop_assert_eq!(phones.len(), person.phones.len());
            }
        }
    }

    #[test]
    fn what_is_under_way_goes_on_and_the_gravest_before_the_oldest() {
        let id = |millis| IncidentId::new(Instant::UNIX_EPOCH + TimeDelta::milliseconds(millis));
        let (first, second, third) = (id(1), id(2), id(3));
        let found =
            |id, tier, is_under_way| Found { id, grade: Some(Grade { tier, urgent: false }), is_under_way };
        let united = |all: &[Found]| unite(all).unwrap();
        let low = found(first, Tier::Low, false);
        let high = found(second, Tier::High, false);
        assert_eq!(united(&[low, high]), United { kept: second, duplicates: vec![first], beside: vec![] });
        let low_too = found(third, Tier::Low, false);
        assert_eq!(united(&[low, low_too]), United { kept: first, duplicates: vec![third], beside: vec![] });
        let patrolled = found(first, Tier::Low, true);
        assert_eq!(
            united(&[patrolled, high]),
            United { kept: first, duplicates: vec![second], beside: vec![] }
        );
        let called = found(second, Tier::High, true);
        assert_eq!(
            united(&[patrolled, called]),
            United { kept: second, duplicates: vec![], beside: vec![first] }
        );
        assert_eq!(unite(&[]), None);
    }
}
