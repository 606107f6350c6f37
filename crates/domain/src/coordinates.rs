//! The two coordinate systems of maps in China, told apart: WGS-84, which satellites and our map of stations
//! speak, and GCJ-02, which every licensed Chinese map and most phones there speak. The same pair of numbers
//! lies up to 700 m apart in the two: another station's area, another street.
//!
//! The transformation from WGS-84 to GCJ-02 was never published by who ordered it; it is known since 2010 from
//! public code, and all public implementations agree on its constants. Its inverse has no closed form and is
//! found by iteration.

use std::f64::consts::PI;

use crate::incident::Location;
use crate::words::words;

words! {
    /// Which system a pair of coordinates is written in.
    pub enum Datum {
        /// Of satellites; what is stored here.
        Wgs84 = "wgs84",
        /// Of Chinese maps.
        Gcj02 = "gcj02",
    }
}

/// Semi-major axis of the Krasovsky 1940 ellipsoid, in metres.
const SEMI_MAJOR_M: f64 = 6_378_245.0;
/// The square of its first eccentricity.
const ECCENTRICITY_SQUARED: f64 = 0.006_693_421_622_965_943;
/// Where the offset was centred.
const CENTRE: Location = Location { lat: 35.0, lon: 105.0 };
/// Outside this box the two systems are one.
const SOUTH_NORTH: std::ops::RangeInclusive<f64> = 0.8293..=55.8271;
/// See [`SOUTH_NORTH`].
const WEST_EAST: std::ops::RangeInclusive<f64> = 72.004..=137.8347;
/// Each round of the inverse gains about two digits; after ten nothing moves any more.
const ROUNDS: usize = 10;
/// Degrees: a tenth of a millimetre.
const CLOSE_ENOUGH: f64 = 1e-9;

/// The location in WGS-84, which was given in `datum`. Better than a metre; unchanged outside China.
#[must_use]
pub fn to_wgs84(given: Location, datum: Datum) -> Location {
    match datum {
        Datum::Wgs84 => given,
        Datum::Gcj02 => gcj02_to_wgs84(given),
    }
}

/// A WGS-84 location as a Chinese map shows it.
#[must_use]
pub fn wgs84_to_gcj02(location: Location) -> Location {
    if !(SOUTH_NORTH.contains(&location.lat) && WEST_EAST.contains(&location.lon)) {
        return location;
    }
    let shift = shift(location);
    Location { lat: location.lat + shift.lat, lon: location.lon + shift.lon }
}

fn gcj02_to_wgs84(shown: Location) -> Location {
    if !(SOUTH_NORTH.contains(&shown.lat) && WEST_EAST.contains(&shown.lon)) {
        return shown;
    }
    let mut guess = shown;
    for _ in 0..ROUNDS {
        // the shift itself, not the guarded transformation: at the edge of the box the guess may leave it
        let shift = shift(guess);
        let (lat, lon) = (shown.lat - shift.lat, shown.lon - shift.lon);
        let moved = (lat - guess.lat).abs().max((lon - guess.lon).abs());
        guess = Location { lat, lon };
        if moved < CLOSE_ENOUGH {
            break;
        }
    }
    guess
}

/// How far GCJ-02 lies from WGS-84 at this place, in degrees.
fn shift(at: Location) -> Location {
    let (x, y) = (at.lon - CENTRE.lon, at.lat - CENTRE.lat);
    let ripple = (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0;
    let north_m = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * x.abs().sqrt()
        + ripple
        + (20.0 * (y * PI).sin() + 40.0 * (y / 3.0 * PI).sin()) * 2.0 / 3.0
        + (160.0 * (y / 12.0 * PI).sin() + 320.0 * (y / 30.0 * PI).sin()) * 2.0 / 3.0;
    let east_m = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * x.abs().sqrt()
        + ripple
        + (20.0 * (x * PI).sin() + 40.0 * (x / 3.0 * PI).sin()) * 2.0 / 3.0
        + (150.0 * (x / 12.0 * PI).sin() + 300.0 * (x / 30.0 * PI).sin()) * 2.0 / 3.0;
    let lat = at.lat.to_radians();
    let flat = 1.0 - ECCENTRICITY_SQUARED * lat.sin() * lat.sin();
    let meridian_m = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED) / (flat * flat.sqrt());
    let parallel_m = SEMI_MAJOR_M / flat.sqrt() * lat.cos();
    Location { lat: (north_m / meridian_m).to_degrees(), lon: (east_m / parallel_m).to_degrees() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Metres between two near places.
    fn apart_m(one: Location, other: Location) -> f64 {
        let north = (one.lat - other.lat) * 111_320.0;
        let east = (one.lon - other.lon) * 111_320.0 * one.lat.to_radians().cos();
        north.hypot(east)
    }

    fn at(lat: f64, lon: f64) -> Location {
        Location { lat, lon }
    }

    #[test]
    fn a_known_place_lies_where_chinese_maps_show_it() {
        // Tian'anmen as public converters have it
        let shown = wgs84_to_gcj02(at(39.907_333, 116.391_083));
        assert!(apart_m(shown, at(39.908_736, 116.397_325)) < 5.0, "{shown:?}");
    }

    #[test]
    fn taking_one_for_the_other_in_baotou_is_off_by_hundreds_of_metres() {
        let place = at(40.6571, 109.8403);
        let off = apart_m(place, wgs84_to_gcj02(place));
        assert!((300.0..800.0).contains(&off), "{off}");
    }

    #[test]
    fn outside_china_the_two_are_one() {
        for place in [at(48.8566, 2.3522), at(-33.87, 151.21), at(40.0, -110.0), at(60.0, 100.0)] {
            assert_eq!(to_wgs84(place, Datum::Gcj02), place);
            assert_eq!(wgs84_to_gcj02(place), place);
        }
    }

    #[test]
    fn what_is_given_in_wgs84_is_kept_to_the_last_digit() {
        assert_eq!(to_wgs84(at(40.6571, 109.8403), Datum::Wgs84), at(40.6571, 109.8403));
    }

    proptest! {
        #[test]
        fn there_and_back_is_the_same_place_within_a_metre(lat in 3.0..54.0, lon in 73.0..136.0) {
            let place = at(lat, lon);
            let back = to_wgs84(wgs84_to_gcj02(place), Datum::Gcj02);
            prop_assert!(apart_m(place, back) < 0.01, "{:?} {:?}", place, back);
        }

        #[test]
        fn a_location_on_the_globe_stays_on_it(lat in -90.0..=90.0, lon in -180.0..=180.0) {
            let converted = to_wgs84(at(lat, lon), Datum::Gcj02);
            prop_assert!(Location::new(converted.lat, converted.lon).is_some());
        }
    }
}
