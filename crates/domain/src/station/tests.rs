use proptest::prelude::*;

use super::*;

fn rectangle(id: &str, (west, south): (f64, f64), (east, north): (f64, f64)) -> String {
    format!(
        r#"{{"type":"Feature","properties":{{"id":"{id}","name":"{id}","division_code":"{}"}},"geometry":{{"type":"Polygon",
        "coordinates":[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}}}"#,
        &id[..6],
    )
}

fn read(features: &[String], duty: &str) -> Stations {
    let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
    Stations::parse(&text, duty).unwrap()
}

/// Four squares in a row from 108° to 112° east, the last two of one division.
fn map() -> Stations {
    let square = |id: &str, west: f64| rectangle(id, (west, 40.0), (west + 1.0, 41.0));
    let squares = [
        square("150202001", 108.0),
        square("150203001", 109.0),
        square("150204001", 110.0),
        square("150204002", 111.0),
    ];
    read(&squares, "150202001")
}

fn asked(lon: Option<f64>, division: Option<&str>, declined: &[&str]) -> String {
    let declined: Vec<_> = declined.iter().copied().map(StationId::new).collect();
    let location = lon.map(|lon| Location { lat: 40.5, lon });
    let division = division.map(|code| DivisionCode::parse(code).unwrap());
    map().responsible(location, division.as_ref(), &declined).id.to_string()
}

#[test]
fn the_area_goes_before_the_division_and_the_division_before_the_duty_station() {
    assert_eq!(asked(Some(110.5), Some("150202"), &[]), "150204001");
    assert_eq!(asked(Some(120.0), Some("150203"), &[]), "150203001");
    assert_eq!(asked(None, Some("150204"), &[]), "150204001");
    assert_eq!(asked(None, Some("150299"), &[]), "150202001");
    assert_eq!(asked(None, None, &[]), "150202001");
    assert_eq!(asked(Some(120.0), None, &[]), "150202001");
}

#[test]
fn of_a_divisions_stations_the_nearest_goes() {
    assert_eq!(asked(Some(120.0), Some("150204"), &[]), "150204002");
    assert_eq!(asked(Some(100.0), Some("150204"), &[]), "150204001");
    let code = DivisionCode::parse("150204").unwrap();
    let east = Some(Location { lat: 40.5, lon: 120.0 });
    assert_eq!(map().of_division(&code, east).unwrap().id.as_str(), "150204002");
    assert_eq!(map().of_division(&code, None).unwrap().id.as_str(), "150204001");
    assert_eq!(map().of_division(&DivisionCode::parse("110101").unwrap(), east), None);
}

#[test]
fn the_station_next_door_is_asked_after_one_that_returned_the_dispatch() {
    assert_eq!(
        asked(Some(110.1), Some("150204"), &["150204001"]),
        "150203001",
        "the nearest, whatever its division"
    );
    assert_eq!(asked(Some(110.1), None, &["150204001", "150203001"]), "150204002");
    assert_eq!(asked(Some(120.0), Some("150204"), &["150204002"]), "150204001");
    assert_eq!(asked(None, Some("150204"), &["150204001"]), "150204002");
}

#[test]
fn somebody_always_answers() {
    assert_eq!(asked(None, None, &["150202001"]), "150202001");
    let all = ["150202001", "150203001", "150204001", "150204002"];
    assert_eq!(asked(Some(110.1), Some("150204"), &all), "150202001");
}

#[test]
fn of_overlapping_areas_the_smaller_answers_and_of_equal_ones_the_lower_id() {
    let district = rectangle("150203001", (109.0, 40.0), (110.0, 41.0));
    let railway_station = rectangle("150203900", (109.4, 40.4), (109.6, 40.6));
    let twin = rectangle("150203901", (109.4, 40.4), (109.6, 40.6));
    for features in
        [[district.clone(), railway_station.clone(), twin.clone()], [twin, railway_station, district]]
    {
        let map = read(&features, "150203001");
        let at = |lat, lon| map.responsible(Some(Location { lat, lon }), None, &[]).id.to_string();
        assert_eq!(at(40.5, 109.5), "150203900");
        assert_eq!(at(40.2, 109.5), "150203001");
    }
}

#[test]
fn a_place_on_a_boundary_is_always_the_same_stations() {
    assert_eq!(asked(Some(109.0), None, &[]), "150202001");
    assert_eq!(asked(Some(111.0), None, &[]), "150204001");
    assert_eq!(asked(Some(111.0), None, &["150204001"]), "150204002");
    let corner = Location { lat: 41.0, lon: 112.0 };
    assert_eq!(map().responsible(Some(corner), None, &[]).id.as_str(), "150204002");
}

#[test]
fn a_map_without_its_duty_station_is_refused() {
    let text = r#"{"type":"FeatureCollection","features":[]}"#;
    assert_eq!(
        Stations::parse(text, "150202001").unwrap_err(),
        BadMap::NoDutyStation("150202001".to_owned())
    );
}

proptest! {
    #[test]
    fn the_index_finds_what_walking_along_every_boundary_finds(
        corners in prop::collection::vec((0_u8..20, 0_u8..20, 1_u8..6, 1_u8..6), 1..40),
        (lat, lon) in (0_u8..25, 0_u8..25),
    ) {
        // whole and half degrees, so that places fall on boundaries and corners too
        let degrees = |half: u8| f64::from(half) / 2.0;
        let features: Vec<String> = corners
            .iter()
            .enumerate()
            .map(|(place, (west, south, width, height))| {
                let (west, south) = (degrees(*west), degrees(*south));
                rectangle(&format!("150203{place:03}"), (west, south), (west + degrees(*width), south + degrees(*height)))
            })
            .collect();
        let map = read(&features, "150203000");
        let location = Location { lat: degrees(lat), lon: degrees(lon) };
        let mut walked: Vec<&Station> = map.iter().filter(|station| station.area.holds(location)).collect();
        walked.sort_by(|one, other| one.area.size().total_cmp(&other.area.size()).then(one.id.cmp(&other.id)));
        let expected = walked.first().map_or("150203000", |station| station.id.as_str());
        prop_assert_eq!(map.responsible(Some(location), None, &[]).id.as_str(), expected);
    }
}
