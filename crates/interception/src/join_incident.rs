//! Finding the open incident of each person, taking up one that was closed lately, or opening one: what makes many alerts and calls one incident.

use std::collections::BTreeMap;

use domain::attention::ATTENTION_LASTS;
use domain::id::IncidentId;
use domain::incident::{Incident, Origin, State, Subject};
use domain::person::PhoneNumber;
use domain::timeline::Happening;
use serde_json::json;
use store::incidents;

use crate::act::Act;
use crate::error::{Error, Result};
use crate::reopen_incident::reopen;

/// A person's open incident, locked; `opened` if it is new.
pub(crate) struct Joined {
    pub(crate) incident: Incident,
    pub(crate) opened: bool,
}

/// How often somebody else may open the same incident between our look and our insert.
const MAX_RACES: u8 = 3;

/// Locks the open incident of every subject, opening those that are missing, in one order for everybody.
pub(crate) async fn join(
    act: &mut Act<'_>,
    subjects: BTreeMap<PhoneNumber, Subject>,
    origin: Origin,
) -> Result<BTreeMap<PhoneNumber, Joined>> {
    let mut joined: BTreeMap<PhoneNumber, Joined> = BTreeMap::new();
    for _ in 0..MAX_RACES {
        let missing: Vec<&Subject> =
            subjects.values().filter(|subject| !joined.contains_key(&subject.phone)).collect();
        if missing.is_empty() {
            return Ok(joined);
        }
        let phones: Vec<String> = missing.iter().map(|subject| subject.phone.reveal().to_owned()).collect();
        for incident in incidents::lock_open_of(&mut act.tx, &phones, false).await? {
            joined.insert(incident.subject.phone.clone(), Joined { incident, opened: false });
        }
        let left: Vec<String> =
            phones.into_iter().filter(|phone| joined.keys().all(|known| known.reveal() != phone)).collect();
        let since = act.now - ATTENTION_LASTS;
        for incident in incidents::lock_closed_of(&mut act.tx, &left, since, false).await? {
            let why = match origin {
                Origin::Alert => "a new alert",
                Origin::Call => "a 110 call",
            };
            let incident = reopen(act, incident, why).await?;
            joined.insert(incident.subject.phone.clone(), Joined { incident, opened: false });
        }
        let new: Vec<Incident> = missing
            .into_iter()
            .filter(|subject| !joined.contains_key(&subject.phone))
            .map(|subject| born(act, subject.clone(), origin))
            .collect();
        let opened = incidents::open(&mut act.tx, &new).await?;
        for incident in new.into_iter().filter(|incident| opened.contains(&incident.id)) {
            let data = json!({ "origin": origin, "station_id": incident.station_id.as_str() });
            act.note(incident.id, Happening::IncidentOpened, data);
            joined.insert(incident.subject.phone.clone(), Joined { incident, opened: true });
        }
    }
    match subjects.keys().find(|phone| !joined.contains_key(phone)) {
        None => Ok(joined),
        Some(_) => {
            Err(Error::Store(store::Error::Stale { table: "incident", id: "of a subject".to_owned() }))
        }
    }
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
        drill: false,
        version: 1,
    }
}
