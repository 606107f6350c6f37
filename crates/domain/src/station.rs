//! Police stations, their areas, and which of them answers for a place.

use std::collections::BTreeMap;
use std::fmt;

use geo::{Geometry, MultiPolygon};
use geojson::GeoJson;
use rstar::RTree;

use crate::incident::Location;
use crate::person::PhoneNumber;
use crate::words::read_by_parse;

mod area;
#[cfg(test)]
mod tests;

use area::{Area, Boxed};

/// A district code of GB/T 2260: six digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DivisionCode(String);

/// The text is no district code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a division code of six digits (GB/T 2260), such as 150203")]
pub struct NotDivisionCode;

impl DivisionCode {
    /// Reads six digits.
    ///
    /// # Errors
    /// [`NotDivisionCode`] for anything else.
    pub fn parse(text: &str) -> Result<Self, NotDivisionCode> {
        let six_digits = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
        if six_digits { Ok(Self(text.to_owned())) } else { Err(NotDivisionCode) }
    }

    /// The six digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

read_by_parse!(DivisionCode);

/// The id of a station: its division code and three digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StationId(String);

impl StationId {
    /// Takes an id as it stands in the map of stations.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self(id.to_owned())
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One police station (派出所).
#[derive(Debug, Clone, PartialEq)]
pub struct Station {
    /// Its id.
    pub id: StationId,
    /// Its name.
    pub name: String,
    /// The district it belongs to.
    pub division_code: DivisionCode,
    /// Its duty phone.
    pub phone: Option<PhoneNumber>,
    area: Area,
}

/// Every station there is; never empty.
#[derive(Debug, Clone)]
pub struct Stations {
    stations: BTreeMap<StationId, Station>,
    /// Where each area can lie at all: finds the few stations whose boundary is worth walking along.
    boxes: RTree<Boxed>,
    duty: StationId,
}

/// Why a map of stations cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadMap {
    /// Not a GeoJSON `FeatureCollection`.
    #[error("not a GeoJSON FeatureCollection: {0}")]
    NotGeoJson(String),
    /// A feature lacks what a station needs.
    #[error("feature {place}: {cause}")]
    Feature {
        /// Its place in the file, from 0.
        place: usize,
        /// What is wrong.
        cause: String,
    },
    /// Nobody would answer where no area holds the place.
    #[error("the duty station {0} is not on the map")]
    NoDutyStation(String),
}

impl Stations {
    /// Reads the map: GeoJSON in WGS-84, one feature a station, with `id`, `name`, `division_code` and
    /// `phone`. `duty` answers wherever no area and no division does.
    ///
    /// # Errors
    /// [`BadMap`] names the feature and the cause.
    pub fn parse(text: &str, duty: &str) -> Result<Self, BadMap> {
        let GeoJson::FeatureCollection(map) =
            text.parse::<GeoJson>().map_err(|error| BadMap::NotGeoJson(error.to_string()))?
        else {
            return Err(BadMap::NotGeoJson("it is another kind of GeoJSON".to_owned()));
        };
        let mut stations = BTreeMap::new();
        for (place, feature) in map.features.iter().enumerate() {
            let station = station(feature).map_err(|cause| BadMap::Feature { place, cause })?;
            let id = station.id.clone();
            if stations.insert(id.clone(), station).is_some() {
                return Err(BadMap::Feature { place, cause: format!("station {id} stands twice") });
            }
        }
        let duty = StationId::new(duty);
        if !stations.contains_key(&duty) {
            return Err(BadMap::NoDutyStation(duty.to_string()));
        }
        let boxes = stations.values().filter_map(|station| station.area.boxed(&station.id)).collect();
        Ok(Self { stations, boxes: RTree::bulk_load(boxes), duty })
    }

    /// The station that answers for a place. By boundary: the one whose area holds the location; of several,
    /// the smallest area, because a station inside another's area was drawn there on purpose, then the lowest
    /// id. A place on a boundary is held by both sides. Else by division: of its stations the nearest to the
    /// location, or the first where none is known. Else the duty station.
    ///
    /// `declined` have already returned this dispatch: the one next door is asked, the nearest of all others
    /// where the place is on the map. The duty station is never passed over: somebody always answers.
    #[must_use]
    pub fn responsible(
        &self,
        location: Option<Location>,
        division: Option<&DivisionCode>,
        declined: &[StationId],
    ) -> &Station {
        let open = || self.stations.values().filter(|station| !declined.contains(&station.id));
        let holding = location.map(|location| self.holding(location)).unwrap_or_default();
        let on_the_map = !holding.is_empty();
        let by_area = holding.into_iter().find(|station| !declined.contains(&station.id));
        let next_door = || location.filter(|_| on_the_map).and_then(|location| nearest(open(), location));
        let of_division = || {
            let mut stations = open().filter(|station| Some(&station.division_code) == division);
            match location {
                Some(location) => nearest(stations, location),
                None => stations.next(),
            }
        };
        by_area.or_else(next_door).or_else(of_division).unwrap_or_else(|| &self.stations[&self.duty])
    }

    /// The station of a division that answers for a place there; `None`: the division is not on our map.
    #[must_use]
    pub fn of_division(&self, division: &DivisionCode, location: Option<Location>) -> Option<&Station> {
        let mut stations = self.stations.values().filter(|station| station.division_code == *division);
        match location {
            Some(location) => nearest(stations, location),
            None => stations.next(),
        }
    }

    /// Every station whose area holds the location, the smallest area first.
    fn holding(&self, location: Location) -> Vec<&Station> {
        let boxed = self.boxes.locate_all_at_point(&[location.lon, location.lat]);
        let stations = boxed.filter_map(|boxed| self.stations.get(boxed.station()));
        let mut holding: Vec<&Station> = stations.filter(|station| station.area.holds(location)).collect();
        holding.sort_by(|one, other| {
            one.area.size().total_cmp(&other.area.size()).then_with(|| one.id.cmp(&other.id))
        });
        holding
    }

    /// The station of that id.
    #[must_use]
    pub fn get(&self, id: &StationId) -> Option<&Station> {
        self.stations.get(id)
    }

    /// All stations, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Station> {
        self.stations.values()
    }
}

/// Of equally near ones the first.
fn nearest<'a>(stations: impl Iterator<Item = &'a Station>, location: Location) -> Option<&'a Station> {
    let away = stations.map(|station| (station.area.away_m(location), station));
    away.min_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, station)| station)
}

fn station(feature: &geojson::Feature) -> Result<Station, String> {
    let text = |name: &str| {
        feature.property(name).and_then(|value| value.as_str()).ok_or_else(|| format!("`{name}` is missing"))
    };
    let area = match feature.geometry.as_ref().map(Geometry::try_from) {
        Some(Ok(Geometry::Polygon(area))) => MultiPolygon::new(vec![area]),
        Some(Ok(Geometry::MultiPolygon(area))) => area,
        _ => return Err("the geometry must be a Polygon or MultiPolygon".to_owned()),
    };
    Ok(Station {
        id: StationId::new(text("id")?),
        name: text("name")?.to_owned(),
        division_code: DivisionCode::parse(text("division_code")?).map_err(|error| error.to_string())?,
        phone: text("phone").ok().map(PhoneNumber::parse).transpose().map_err(|error| error.to_string())?,
        area: Area::new(area),
    })
}
