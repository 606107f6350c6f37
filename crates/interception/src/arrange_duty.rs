//! Who is on duty at a station, by its roster and by who was arranged to stand in.

use domain::clock::Instant;
use domain::id::RosterOverrideId;
use domain::operator::{Operator, Post};
use domain::roster::{Duty, Override};
use domain::station::{Station, StationId};
use store::{Db, rosters};

pub use store::rosters::Arranged;

use crate::act::Act;
use crate::centre::Centre;
use crate::error::{Error, Result};

/// How many that stand in are read for one station: more than anybody arranges for a month.
const MAX_ARRANGED: i64 = 200;

/// Arranges that somebody stands in at a station. Dispatches that are ordered from then on name them.
///
/// # Errors
/// [`Error`] when there is no such station for this operator, or its time makes no sense.
pub async fn arrange_duty(act: &mut Act<'_>, standing_in: Override) -> Result<Arranged> {
    visible(act.centre, act.operator()?, &standing_in.station_id)?;
    standing_in
        .check(act.now)
        .map_err(|error| Error::Invalid { pointer: "/to", detail: error.to_string() })?;
    let arranged = Arranged {
        id: RosterOverrideId::new(act.now),
        standing_in,
        made_by: act.operator_id()?,
        created_at: act.now,
    };
    rosters::insert(&mut act.tx, &arranged).await?;
    Ok(arranged)
}

/// Who is on duty at a station at a moment, and who is arranged to stand in there then or later.
///
/// # Errors
/// [`Error::Unknown`] when there is no such station for this operator.
pub async fn roster(
    centre: &Centre,
    by: &Operator,
    station: &StationId,
    at: Option<Instant>,
) -> Result<(Station, Duty, Vec<Arranged>)> {
    let station = visible(centre, by, station)?;
    let at = at.unwrap_or_else(|| centre.now());
    let mut db = centre.store.read().await?;
    let arranged = rosters::of_station(&mut db, &station.id, at, MAX_ARRANGED).await?;
    let duty = centre.rosters.on_duty(station, &standing_in(&arranged), at);
    Ok((station.clone(), duty, arranged))
}

/// Who is on duty at a station now; `None`: the station has left the map.
pub(crate) async fn on_duty(
    centre: &Centre,
    db: &mut Db,
    station: &StationId,
    now: Instant,
) -> Result<Option<Duty>> {
    let Some(station) = centre.stations.get(station) else { return Ok(None) };
    let arranged = rosters::of_station(db, &station.id, now, MAX_ARRANGED).await?;
    Ok(Some(centre.rosters.on_duty(station, &standing_in(&arranged), now)))
}

fn standing_in(arranged: &[Arranged]) -> Vec<Override> {
    arranged.iter().map(|one| one.standing_in.clone()).collect()
}

/// An officer's own station, or any to everybody else who may look.
fn visible<'a>(centre: &'a Centre, by: &Operator, station: &StationId) -> Result<&'a Station> {
    let theirs = match &by.post {
        Post::StationOfficer(own) => own == station,
        Post::Dispatcher | Post::Supervisor | Post::Auditor => true,
        Post::Source(_) | Post::Admin => false,
    };
    centre.stations.get(station).filter(|_| theirs).ok_or(Error::Unknown("station"))
}
