//! How long it takes to find the station that answers for a place, over 324 areas of 100 corners each:
//! `cargo bench --package domain`.

use std::f64::consts::TAU;
use std::fmt::Write;
use std::hint::black_box;
use std::time::Instant;

use domain::incident::Location;
use domain::station::Stations;

const A_SIDE: u32 = 18;
const CORNERS: u32 = 100;
const LOOKS: u32 = 200_000;

fn main() {
    let mut features = String::new();
    for place in 0..A_SIDE * A_SIDE {
        let centre = (109.0 + f64::from(place % A_SIDE) / 20.0, 40.0 + f64::from(place / A_SIDE) / 20.0);
        let corners: Vec<String> = (0..=CORNERS)
            .map(|corner| {
                let turn = TAU * f64::from(corner % CORNERS) / f64::from(CORNERS);
                format!("[{},{}]", centre.0 + 0.026 * turn.cos(), centre.1 + 0.026 * turn.sin())
            })
            .collect();
        let separator = if place == 0 { "" } else { "," };
        let id = format!("150203{place:03}");
        let _ = write!(
            features,
            r#"{separator}{{"type":"Feature","properties":{{"id":"{id}","name":"{id}","division_code":"150203"}},"geometry":{{"type":"Polygon","coordinates":[[{}]]}}}}"#,
            corners.join(",")
        );
    }
    let text = format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#);
    let Ok(stations) = Stations::parse(&text, "150203000") else { return println!("the map cannot be read") };
    let place = |look: u32| Location {
        lat: 40.0 + f64::from(look.wrapping_mul(2_654_435_761) % 8_500) / 10_000.0,
        lon: 109.0 + f64::from(look.wrapping_mul(40_503) % 8_500) / 10_000.0,
    };
    let start = Instant::now();
    for look in 0..LOOKS {
        black_box(stations.responsible(Some(place(look)), None, &[]));
    }
    println!("{} ns a place", start.elapsed().as_nanos() / u128::from(LOOKS));
}
