//! Shapes as they go out: GeoJSON geometry, placed in longitude and latitude when it is made.

use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Maps a point of the working plane to longitude and latitude.
pub type Place<'a> = &'a dyn Fn(Coord<f64>) -> Coord<f64>;

/// Longitude and latitude.
pub type Position = [f64; 2];

/// A geometry of RFC 7946. Exteriors run counter-clockwise because our shapes do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", content = "coordinates")]
pub enum Drawing {
    Polygon(Vec<Vec<[f64; 2]>>),
    MultiPolygon(Vec<Vec<Vec<[f64; 2]>>>),
    MultiLineString(Vec<Vec<[f64; 2]>>),
}

impl Drawing {
    /// A Polygon for one part, a MultiPolygon for more or none.
    pub fn of(shape: &MultiPolygon<f64>, place: Place<'_>) -> Drawing {
        match shape.0.as_slice() {
            [only] => Drawing::polygon(only, place),
            _ => Drawing::multi_polygon(shape, place),
        }
    }

    pub fn polygon(shape: &Polygon<f64>, place: Place<'_>) -> Drawing {
        Drawing::Polygon(rings(shape, place))
    }

    /// A MultiPolygon, however many parts there are.
    pub fn multi_polygon(shape: &MultiPolygon<f64>, place: Place<'_>) -> Drawing {
        Drawing::MultiPolygon(shape.0.iter().map(|part| rings(part, place)).collect())
    }

    pub fn lines(lines: &[LineString<f64>], place: Place<'_>) -> Drawing {
        Drawing::MultiLineString(lines.iter().map(|line| path(line, place)).collect())
    }
}

pub fn position(point: Coord<f64>, place: Place<'_>) -> Position {
    let placed = place(point);
    [placed.x, placed.y]
}

fn path(line: &LineString<f64>, place: Place<'_>) -> Vec<Position> {
    line.0.iter().map(|point| position(*point, place)).collect()
}

fn rings(shape: &Polygon<f64>, place: Place<'_>) -> Vec<Vec<Position>> {
    std::iter::once(shape.exterior()).chain(shape.interiors()).map(|ring| path(ring, place)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::polygons::samples::rectangle;
    use serde_json::{json, to_value};

    #[test]
    fn one_part_is_a_polygon_and_several_or_none_are_a_multi_polygon() {
        let east = |point: Coord<f64>| Coord { x: point.x + 100.0, y: point.y };
        let one = rectangle(0.0, 0.0, 2.0, 1.0);
        let ring = json!([[102.0, 0.0], [102.0, 1.0], [100.0, 1.0], [100.0, 0.0], [102.0, 0.0]]);
        assert_eq!(to_value(Drawing::of(&one, &east)).expect("json"), json!({ "type": "Polygon", "coordinates": [ring] }));
        assert_eq!(to_value(Drawing::multi_polygon(&one, &east)).expect("json"), json!({ "type": "MultiPolygon", "coordinates": [[ring]] }));
        let none = MultiPolygon::new(Vec::new());
        assert_eq!(to_value(Drawing::of(&none, &east)).expect("json"), json!({ "type": "MultiPolygon", "coordinates": [] }));
    }
}
