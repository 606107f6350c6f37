//! Police stations, their areas, and which of them answers for a place.

use std::collections::BTreeMap;
use std::fmt;

use geo::{Contains, Geometry, MultiPolygon, Point};
use geojson::GeoJson;

use crate::incident::Location;
use crate::person::PhoneNumber;
use crate::words::read_by_parse;

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
    area: MultiPolygon,
}

/// Every station there is; never empty.
#[derive(Debug, Clone)]
pub struct Stations {
    stations: BTreeMap<StationId, Station>,
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
        Ok(Self { stations, duty })
    }

    /// The station that answers: whose area holds the location, else the first of the division, else
    /// the duty station. `declined` have already returned this dispatch and are passed over, except the
    /// duty station: somebody always answers.
    #[must_use]
    pub fn responsible(
        &self,
        location: Option<Location>,
        division: Option<&DivisionCode>,
        declined: &[StationId],
    ) -> &Station {
        let open = || self.stations.values().filter(|station| !declined.contains(&station.id));
        let by_area = location.and_then(|location| {
            let point = Point::new(location.lon, location.lat);
            open().find(|station| station.area.contains(&point))
        });
        by_area
            .or_else(|| division.and_then(|code| open().find(|station| station.division_code == *code)))
            .unwrap_or_else(|| &self.stations[&self.duty])
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
        area,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map() -> Stations {
        let square = |id: &str, lon: f64| {
            format!(
                r#"{{"type":"Feature","properties":{{"id":"{id}","name":"{id}","division_code":"{}"}},"geometry":{{"type":"Polygon",
                "coordinates":[[[{lon},40.0],[{east},40.0],[{east},41.0],[{lon},41.0],[{lon},40.0]]]}}}}"#,
                &id[..6],
                east = lon + 1.0
            )
        };
        let text = format!(
            r#"{{"type":"FeatureCollection","features":[{},{},{}]}}"#,
            square("150202001", 108.0),
            square("150203001", 109.0),
            square("150203002", 110.0)
        );
        Stations::parse(&text, "150202001").unwrap()
    }

    fn asked(lon: Option<f64>, division: Option<&str>, declined: &[&str]) -> String {
        let declined: Vec<_> = declined.iter().copied().map(StationId::new).collect();
        let location = lon.map(|lon| Location { lat: 40.5, lon });
        let division = division.map(|code| DivisionCode::parse(code).unwrap());
        map().responsible(location, division.as_ref(), &declined).id.to_string()
    }

    #[test]
    fn the_area_goes_before_the_division_and_the_division_before_the_duty_station() {
        assert_eq!(asked(Some(110.5), Some("150202"), &[]), "150203002");
        assert_eq!(asked(Some(120.0), Some("150203"), &[]), "150203001");
        assert_eq!(asked(None, Some("150299"), &[]), "150202001");
        assert_eq!(asked(None, None, &[]), "150202001");
    }

    #[test]
    fn a_station_that_returned_the_dispatch_is_passed_over_but_somebody_always_answers() {
        assert_eq!(asked(Some(109.5), Some("150203"), &["150203001"]), "150203002");
        assert_eq!(asked(None, None, &["150202001"]), "150202001");
    }

    #[test]
    fn a_map_without_its_duty_station_is_refused() {
        let text = r#"{"type":"FeatureCollection","features":[]}"#;
        assert_eq!(
            Stations::parse(text, "150202001").unwrap_err(),
            BadMap::NoDutyStation("150202001".to_owned())
        );
    }
}
