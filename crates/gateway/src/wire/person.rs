//! People and places.

use domain::coordinates::to_wgs84;
use domain::{call, incident, person, station};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use super::spelled::{
    Address, Datum, DivisionCode, PersonName, PhoneNumber, Relation, ResidentId, StationId,
};
use super::text::Text;
use crate::reading::{Place, Read, Reading, request};

request! {
    /// The person a call is about.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Reporter {
        /// Name, where given.
        name: Option<PersonName>,
        /// Identity number, where given.
        id_number: Option<ResidentId>,
        /// Own phone, where it differs from the caller's.
        phone: Option<PhoneNumber>,
        /// Where they live.
        address: Option<Address>,
    }
}

impl From<Reporter> for call::Reporter {
    fn from(wire: Reporter) -> Self {
        Self {
            name: wire.name.map(|Text(name)| name),
            id_number: wire.id_number.map(|Text(number)| number),
            phone: wire.phone.map(|Text(phone)| phone),
            address: wire.address.map(|Text(address)| address),
        }
    }
}

request! {
    /// A person who may be called in the subject's stead.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Relative {
        /// Name, where known.
        name: Option<PersonName>,
        /// How they stand to the subject.
        relation: Option<Relation>,
        /// Whom to dial.
        phone: PhoneNumber,
    }
}

impl From<Relative> for person::Relative {
    fn from(wire: Relative) -> Self {
        Self {
            name: wire.name.map(|Text(name)| name),
            relation: wire.relation.map(|Text(relation)| relation),
            phone: wire.phone.0,
        }
    }
}

impl From<&person::Relative> for Relative {
    fn from(relative: &person::Relative) -> Self {
        Self {
            name: relative.name.clone().map(Text),
            relation: relative.relation.map(Text),
            phone: Text(relative.phone.clone()),
        }
    }
}

request! {
    /// The person to protect.
    #[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
    pub struct Subject {
        /// What alerts and calls are joined by.
        phone: PhoneNumber,
        /// Name, where known.
        name: Option<PersonName>,
        /// Identity number, where known.
        id_number: Option<ResidentId>,
        /// Home, where known.
        address: Option<Address>,
        /// District, where known.
        division_code: Option<DivisionCode>,
        /// In years, where known.
        #[schema(minimum = 0, maximum = 255)]
        age: Option<u8>,
        /// Where they are, where known.
        location: Option<Location>,
    }
}

impl From<Subject> for incident::Subject {
    fn from(wire: Subject) -> Self {
        Self {
            phone: wire.phone.0,
            name: wire.name.map(|Text(name)| name),
            id_number: wire.id_number.map(|Text(number)| number),
            address: wire.address.map(|Text(address)| address),
            division_code: wire.division_code.map(|Text(code)| code),
            location: wire.location.map(Into::into),
            age: wire.age,
        }
    }
}

impl From<&incident::Subject> for Subject {
    fn from(subject: &incident::Subject) -> Self {
        Self {
            phone: Text(subject.phone.clone()),
            name: subject.name.clone().map(Text),
            id_number: subject.id_number.clone().map(Text),
            address: subject.address.clone().map(Text),
            division_code: subject.division_code.clone().map(Text),
            age: subject.age,
            location: subject.location.map(Into::into),
        }
    }
}

/// A point on the map, kept and answered as WGS-84 degrees. What a Chinese map or phone shows is GCJ-02, up to 700 m
/// away from that: whoever sends such numbers says so in `datum`, and they are converted at the door.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Location {
    /// North.
    #[schema(value_type = f64, minimum = -90, maximum = 90)]
    lat: Degrees<90>,
    /// East.
    #[schema(value_type = f64, minimum = -180, maximum = 180)]
    lon: Degrees<180>,
    /// Which system the two are written in: `wgs84` where it is not given. Answers are always in WGS-84, and say so
    /// where it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Datum>)]
    datum: Option<KeptDatum>,
}

/// After reading there is one datum only.
#[derive(Debug, Clone, Copy, PartialEq)]
struct KeptDatum;

impl Serialize for KeptDatum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        domain::coordinates::Datum::Wgs84.serialize(serializer)
    }
}

impl Read for Location {
    fn read(place: &Place<'_>, reading: &mut Reading) -> Option<Self> {
        place.object(reading)?;
        // all fields are read before the first bad one ends it
        let lat = Degrees::<90>::read(&place.field("lat"), reading);
        let lon = Degrees::<180>::read(&place.field("lon"), reading);
        let datum = Option::<Datum>::read(&place.field("datum"), reading);
        let (Degrees(lat), Degrees(lon), datum) = (lat?, lon?, datum?);
        let given = incident::Location { lat, lon };
        let kept = datum.as_ref().map_or(given, |Text(datum)| to_wgs84(given, *datum));
        Some(Self { lat: Degrees(kept.lat), lon: Degrees(kept.lon), datum: datum.map(|_| KeptDatum) })
    }
}

/// Degrees from `-MAX` to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(transparent)]
struct Degrees<const MAX: u8>(f64);

impl<const MAX: u8> Read for Degrees<MAX> {
    fn read(place: &Place<'_>, reading: &mut Reading) -> Option<Self> {
        let degrees = f64::read(place, reading)?;
        if degrees.abs() <= f64::from(MAX) {
            return Some(Self(degrees));
        }
        reading.note(place, format!("expected degrees from -{MAX} to {MAX}"));
        None
    }
}

impl From<Location> for incident::Location {
    fn from(wire: Location) -> Self {
        Self { lat: wire.lat.0, lon: wire.lon.0 }
    }
}

impl From<incident::Location> for Location {
    fn from(location: incident::Location) -> Self {
        Self { lat: Degrees(location.lat), lon: Degrees(location.lon), datum: None }
    }
}

/// A police station, as everything that has one refers to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Station {
    /// Its id.
    id: StationId,
    /// Its name; the id again where the station has since left the map.
    name: String,
}

impl Station {
    /// The station of that id.
    #[must_use]
    pub fn of(id: &station::StationId, stations: &station::Stations) -> Self {
        let known = stations.get(id);
        Self {
            id: Text(id.clone()),
            name: known.map_or_else(|| id.to_string(), |station| station.name.clone()),
        }
    }
}
