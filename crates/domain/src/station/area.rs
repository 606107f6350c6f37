//! The area of one station: whether it holds a place, and how far away it lies.

use geo::{Area as _, BoundingRect, Coord, Distance, Euclidean, Intersects, MapCoords, MultiPolygon, Point};
use rstar::{AABB, RTreeObject};

use super::StationId;
use crate::incident::Location;

/// One degree of latitude, in metres; the map is small enough for a flat earth.
const DEGREE_M: f64 = 111_320.0;

/// An area on the map.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Area {
    shape: MultiPolygon,
    /// In square degrees: tells only which of two areas of one city is the smaller one.
    size: f64,
}

/// The smallest box around an area, and whose that is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Boxed {
    south_west: [f64; 2],
    north_east: [f64; 2],
    station: StationId,
}

impl RTreeObject for Boxed {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        AABB::from_corners(self.south_west, self.north_east)
    }
}

impl rstar::PointDistance for Boxed {
    fn distance_2(&self, point: &[f64; 2]) -> f64 {
        rstar::Envelope::distance_2(&self.envelope(), point)
    }

    fn contains_point(&self, point: &[f64; 2]) -> bool {
        rstar::Envelope::contains_point(&self.envelope(), point)
    }
}

impl Boxed {
    /// Whose box it is.
    pub(super) fn station(&self) -> &StationId {
        &self.station
    }
}

impl Area {
    pub(super) fn new(shape: MultiPolygon) -> Self {
        let size = shape.unsigned_area();
        Self { shape, size }
    }

    /// Its box; `None` for an area without a single point.
    pub(super) fn boxed(&self, station: &StationId) -> Option<Boxed> {
        let around = self.shape.bounding_rect()?;
        let (min, max) = (around.min(), around.max());
        Some(Boxed { south_west: [min.x, min.y], north_east: [max.x, max.y], station: station.clone() })
    }

    /// Whether the location lies inside or on the boundary.
    pub(super) fn holds(&self, location: Location) -> bool {
        self.shape.intersects(&Point::new(location.lon, location.lat))
    }

    /// How large it is, to be compared with others.
    pub(super) fn size(&self) -> f64 {
        self.size
    }

    /// Metres from the location to the nearest point of the area; zero inside.
    pub(super) fn away_m(&self, location: Location) -> f64 {
        let east_m = DEGREE_M * location.lat.to_radians().cos();
        // seen from the location, in metres east and north
        let shape = self.shape.map_coords(|place| Coord {
            x: (place.x - location.lon) * east_m,
            y: (place.y - location.lat) * DEGREE_M,
        });
        Euclidean.distance(&Point::new(0.0, 0.0), &shape)
    }
}
