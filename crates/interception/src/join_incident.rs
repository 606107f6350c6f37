//! Finding the open incident of each person, taking up one that was closed lately, or opening one: what makes many
//! alerts and calls one incident. A person is known by phone, and by identity number over several phones.
//!
//! Two requests may tell of one person in the same instant. Each line and each identity number is held by at most one
//! open incident, so whoever comes second waits for the first, finds its incident and joins it. Incidents are locked
//! in the order of their ids and marks are claimed in the order of their values, by everybody.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::attention::ATTENTION_LASTS;
use domain::id::IncidentId;
use domain::incident::{Incident, Origin, Relation, State, Subject};
use domain::person::PhoneNumber;
use domain::same_person::{Found, Mark, Person, persons, unite};
use domain::timeline::Happening;
use serde_json::json;
use store::incidents::{self, KnownMark};

use crate::act::{Act, Work};
use crate::close_incident::close_as_duplicate;
use crate::error::{Error, Result};
use crate::reopen_incident::reopen;

/// A person's open incident, locked.
pub(crate) struct Joined {
    pub(crate) incident: Incident,
    /// It is new.
    pub(crate) opened: bool,
    /// Lines it had not known before.
    pub(crate) new_lines: Vec<PhoneNumber>,
}

/// The incidents of several persons.
#[derive(Default)]
pub(crate) struct JoinedIncidents {
    incidents: BTreeMap<IncidentId, Joined>,
    of_phone: HashMap<PhoneNumber, IncidentId>,
}

impl JoinedIncidents {
    /// The incident of whoever has this phone.
    pub(crate) fn of(&self, phone: &PhoneNumber) -> Option<&Joined> {
        self.of_phone.get(phone).and_then(|id| self.incidents.get(id))
    }

    /// The same, to be changed.
    pub(crate) fn of_mut(&mut self, phone: &PhoneNumber) -> Option<&mut Joined> {
        self.of_phone.get(phone).and_then(|id| self.incidents.get_mut(id))
    }

    /// Takes the incident of whoever has this phone.
    pub(crate) fn take(mut self, phone: &PhoneNumber) -> Option<Joined> {
        self.of_phone.get(phone).and_then(|id| self.incidents.remove(id))
    }

    /// All of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Joined> {
        self.incidents.values()
    }

    fn assign(&mut self, person: &Person, id: IncidentId) {
        self.of_phone.extend(person.phones.iter().map(|phone| (phone.clone(), id)));
    }
}

/// How often somebody else may open the same incident between our look and our insert.
const MAX_RACES: u8 = 3;

/// Locks the open incident of every person, opening those that are missing.
pub(crate) async fn join(
    act: &mut Act<'_>,
    subjects: impl IntoIterator<Item = Subject>,
    origin: Origin,
) -> Result<JoinedIncidents> {
    let mut joined = JoinedIncidents::default();
    let mut left = persons(subjects);
    for _ in 0..MAX_RACES {
        if left.is_empty() {
            return Ok(joined);
        }
        left = join_once(act, left, origin, &mut joined).await?;
    }
    if left.is_empty() {
        Ok(joined)
    } else {
        Err(Error::Store(store::Error::Stale { table: "incident", id: "of a subject".to_owned() }))
    }
}

/// Joins whoever can be joined now; back come those whose incident somebody else is opening at this moment.
async fn join_once(
    act: &mut Act<'_>,
    persons: Vec<Person>,
    origin: Origin,
    joined: &mut JoinedIncidents,
) -> Result<Vec<Person>> {
    let marks: Vec<Mark> = persons.iter().flat_map(Person::marks).collect();
    for incident in incidents::lock_open_of(&mut act.tx, &marks, act.drill).await? {
        let found = Joined { incident, opened: false, new_lines: vec![] };
        joined.incidents.entry(found.incident.id).or_insert(found);
    }
    let mut known = marks_of(act, joined).await?;
    let unknown: Vec<&Person> =
        persons.iter().filter(|person| matching(person, joined, &known).is_empty()).collect();
    take_up(act, &unknown, origin, joined, &mut known).await?;

    let mut claims: Vec<(IncidentId, Mark)> = vec![];
    let mut new: Vec<(Person, Incident)> = vec![];
    let mut seen: Vec<(IncidentId, Mark)> = vec![];
    for person in persons {
        let found = matching(&person, joined, &known);
        let Some(id) = settle(act, &found, joined, &mut claims).await? else {
            let incident = born(act, person.subject.clone(), origin);
            claims.extend(person.marks().into_iter().map(|mark| (incident.id, mark)));
            new.push((person, incident));
            continue;
        };
        joined.assign(&person, id);
        let has =
            |mark: &Mark| known.get(&id).is_some_and(|marks| marks.iter().any(|known| known.mark == *mark));
        let (old, told): (Vec<Mark>, Vec<Mark>) = person.marks().into_iter().partition(has);
        seen.extend(old.into_iter().map(|mark| (id, mark)));
        claims.extend(told.into_iter().map(|mark| (id, mark)));
    }
    let now = act.now;
    let claimed: HashSet<(IncidentId, Mark)> = if claims.is_empty() {
        HashSet::new()
    } else {
        incidents::claim_marks(&mut act.tx, &claims, act.drill, now).await?.into_iter().collect()
    };
    if !seen.is_empty() {
        incidents::see_marks(&mut act.tx, &seen, now).await?;
    }
    for (id, mark) in &claimed {
        if let (Mark::Phone(phone), Some(joined)) = (mark, joined.incidents.get_mut(id)) {
            joined.new_lines.push(phone.clone());
            act.note(*id, Happening::LineLearnt, json!({ "phone": phone.to_string() }));
        }
    }
    open(act, new, origin, &claimed, joined).await
}

async fn marks_of(
    act: &mut Act<'_>,
    joined: &JoinedIncidents,
) -> Result<HashMap<IncidentId, Vec<KnownMark>>> {
    let ids: Vec<IncidentId> = joined.incidents.keys().copied().collect();
    if ids.is_empty() { Ok(HashMap::new()) } else { Ok(incidents::marks_of(&mut act.tx, &ids).await?) }
}

fn matching(
    person: &Person,
    joined: &JoinedIncidents,
    known: &HashMap<IncidentId, Vec<KnownMark>>,
) -> Vec<IncidentId> {
    let marks = person.marks();
    let is_theirs = |id: &IncidentId| {
        known.get(id).is_some_and(|known| known.iter().any(|known| marks.contains(&known.mark)))
    };
    joined.incidents.keys().copied().filter(is_theirs).collect()
}

/// Takes up the last incident of each of these persons that was closed lately.
async fn take_up(
    act: &mut Act<'_>,
    persons: &[&Person],
    origin: Origin,
    joined: &mut JoinedIncidents,
    known: &mut HashMap<IncidentId, Vec<KnownMark>>,
) -> Result<()> {
    if persons.is_empty() {
        return Ok(());
    }
    let marks: Vec<Mark> = persons.iter().flat_map(|person| person.marks()).collect();
    let since = act.now - ATTENTION_LASTS;
    let closed = incidents::lock_closed_of(&mut act.tx, &marks, since, act.drill).await?;
    if closed.is_empty() {
        return Ok(());
    }
    let ids: Vec<IncidentId> = closed.iter().map(|incident| incident.id).collect();
    let mut marks = incidents::marks_of(&mut act.tx, &ids).await?;
    let why = match origin {
        Origin::Alert => "a new alert",
        Origin::Call => "a 110 call",
    };
    let mut closed: BTreeMap<IncidentId, Incident> =
        closed.into_iter().map(|incident| (incident.id, incident)).collect();
    for person in persons {
        let theirs = person.marks();
        let is_theirs = |id: &IncidentId| {
            marks.get(id).is_some_and(|marks| marks.iter().any(|known| theirs.contains(&known.mark)))
        };
        let last = closed
            .values()
            .filter(|incident| is_theirs(&incident.id))
            .max_by_key(|incident| closed_at(incident));
        if !matching(person, joined, known).is_empty() {
            continue;
        }
        let Some(id) = last.map(|incident| incident.id) else { continue };
        if let Some(incident) = closed.remove(&id) {
            let incident = reopen(act, incident, why).await?;
            known.insert(id, marks.remove(&id).unwrap_or_default());
            joined.incidents.insert(id, Joined { incident, opened: false, new_lines: vec![] });
        }
    }
    Ok(())
}

fn closed_at(incident: &Incident) -> Option<domain::clock::Instant> {
    match &incident.state {
        State::Open => None,
        State::Closed(closing) => Some(closing.closed_at),
    }
}

/// Of several incidents that turn out to be about one person one goes on; it claims what the others were known by.
async fn settle(
    act: &mut Act<'_>,
    found: &[IncidentId],
    joined: &mut JoinedIncidents,
    claims: &mut Vec<(IncidentId, Mark)>,
) -> Result<Option<IncidentId>> {
    if found.len() < 2 {
        return Ok(found.first().copied());
    }
    let now = act.now;
    let under_way = incidents::under_way(&mut act.tx, found, now).await?;
    let candidates: Vec<Found> = found
        .iter()
        .filter_map(|id| joined.incidents.get(id))
        .map(|joined| Found {
            id: joined.incident.id,
            grade: joined.incident.grade,
            is_under_way: under_way.contains(&joined.incident.id),
        })
        .collect();
    let Some(united) = unite(&candidates) else { return Ok(None) };
    for duplicate in &united.duplicates {
        absorb(act, united.kept, *duplicate, joined, claims).await?;
    }
    for other in &united.beside {
        link(act, united.kept, *other, (Relation::SamePerson, Relation::SamePerson)).await?;
    }
    Ok(Some(united.kept))
}

/// Closes an incident as a duplicate of another of the same person, which takes over what is known. Its alerts stay
/// with it: evidence is not moved.
async fn absorb(
    act: &mut Act<'_>,
    kept: IncidentId,
    duplicate: IncidentId,
    joined: &mut JoinedIncidents,
    claims: &mut Vec<(IncidentId, Mark)>,
) -> Result<()> {
    let (Some(other), Some(into)) = (joined.incidents.remove(&duplicate), joined.incidents.get_mut(&kept))
    else {
        return Ok(());
    };
    let marks = incidents::marks_of(&mut act.tx, &[duplicate]).await?.remove(&duplicate).unwrap_or_default();
    let relatives = incidents::relatives(&mut act.tx, duplicate).await?;
    into.incident = into.incident.clone().united_with(&other.incident);
    incidents::save(&mut act.tx, &mut into.incident).await?;
    incidents::add_relatives(&mut act.tx, kept, &relatives).await?;
    incidents::mark_new_facts(&mut act.tx, &[kept], true).await?;
    act.wake(Work::Assess);
    close_as_duplicate(act, other.incident, kept).await?;
    link(act, kept, duplicate, (Relation::Duplicate, Relation::DuplicateOf)).await?;
    claims.retain(|(id, _)| *id != duplicate);
    claims.extend(marks.into_iter().map(|known| (kept, known.mark)));
    for id in joined.of_phone.values_mut().filter(|id| **id == duplicate) {
        *id = kept;
    }
    Ok(())
}

/// Links two incidents, each with how the other stands to it.
pub(crate) async fn link(
    act: &mut Act<'_>,
    one: IncidentId,
    other: IncidentId,
    (to_one, to_other): (Relation, Relation),
) -> Result<()> {
    let now = act.now;
    for (id, linked, relation) in [(one, other, to_one), (other, one, to_other)] {
        if incidents::link(&mut act.tx, id, linked, relation, now).await? {
            let data = json!({ "incident_id": linked, "relation": relation });
            act.note(id, Happening::IncidentLinked, data);
        }
    }
    Ok(())
}

/// Opens the incidents whose marks are all claimed; the persons of the others come back.
async fn open(
    act: &mut Act<'_>,
    new: Vec<(Person, Incident)>,
    origin: Origin,
    claimed: &HashSet<(IncidentId, Mark)>,
    joined: &mut JoinedIncidents,
) -> Result<Vec<Person>> {
    if new.is_empty() {
        return Ok(vec![]);
    }
    let has_all = |person: &Person, id| person.marks().into_iter().all(|mark| claimed.contains(&(id, mark)));
    let (whole, mut lost): (Vec<_>, Vec<_>) =
        new.into_iter().partition(|(person, incident)| has_all(person, incident.id));
    let incidents: Vec<Incident> = whole.iter().map(|(_, incident)| incident.clone()).collect();
    let opened = incidents::open(&mut act.tx, &incidents).await?;
    let (whole, raced): (Vec<_>, Vec<_>) =
        whole.into_iter().partition(|(_, incident)| opened.contains(&incident.id));
    lost.extend(raced);
    for (person, incident) in whole {
        let data = json!({ "origin": origin, "station_id": incident.station_id.as_str() });
        act.note(incident.id, Happening::IncidentOpened, data);
        joined.assign(&person, incident.id);
        joined.incidents.insert(incident.id, Joined { incident, opened: true, new_lines: vec![] });
    }
    let ids: Vec<IncidentId> = lost.iter().map(|(_, incident)| incident.id).collect();
    if !ids.is_empty() {
        incidents::drop_marks(&mut act.tx, &ids, None).await?;
    }
    Ok(lost.into_iter().map(|(person, _)| person).collect())
}

/// Keeps what is told about an incident's subject; the incident is not saved. A new identity number takes the place
/// of the old one; where another open incident has it, both go on and are linked.
pub(crate) async fn learn_subject(act: &mut Act<'_>, incident: &mut Incident, told: Subject) -> Result<()> {
    let before = incident.subject.id_number.clone();
    incident.subject = incident.subject.clone().learn(told);
    let Some(number) = incident.subject.id_number.clone().filter(|number| before.as_ref() != Some(number))
    else {
        return Ok(());
    };
    let (now, id) = (act.now, incident.id);
    if let Some(wrong) = before {
        incidents::drop_marks(&mut act.tx, &[id], Some(&Mark::IdNumber(wrong))).await?;
    }
    let mark = Mark::IdNumber(number);
    let known = incidents::marks_of(&mut act.tx, &[id]).await?.remove(&id).unwrap_or_default();
    if known.iter().any(|known| known.mark == mark) {
        return Ok(());
    }
    let claimed = incidents::claim_marks(&mut act.tx, &[(id, mark.clone())], incident.drill, now).await?;
    if claimed.is_empty()
        && let Some(other) = incidents::holder_of(&mut act.tx, &mark, incident.drill).await?
    {
        link(act, id, other, (Relation::SamePerson, Relation::SamePerson)).await?;
    }
    Ok(())
}

fn born(act: &Act<'_>, subject: Subject, origin: Origin) -> Incident {
    Incident {
        id: IncidentId::new(act.now),
        created_at: act.now,
        origin,
        station_id: act.centre.station_of(&subject, &[]).id.clone(),
        subject,
        grade: None,
        scam_type: None,
        state: State::Open,
        plan: None,
        drill: act.drill,
        version: 1,
    }
}
