//! A polygon that a person drew: GeoJSON, as drawing tools save it.

use geo::{CoordsIter, Validation};
use geo_types::{Geometry, MultiPolygon};
use serde_json::Value;

/// Why a drawing cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotDrawn {
    /// No GeoJSON polygon.
    Unreadable,
    /// A collection of none or of several features.
    NotOne,
    /// Crosses itself or is not closed.
    Crossing,
    /// More positions than are taken.
    TooLarge { positions: usize, most: usize },
}

/// The shape of a Polygon, a MultiPolygon, a Feature, or a FeatureCollection of one, of at most so many positions; coordinates as they stand.
pub fn drawn_area(drawing: &Value, most: usize) -> Result<MultiPolygon<f64>, NotDrawn> {
    let geometry = match drawing.get("type").and_then(Value::as_str) {
        Some("FeatureCollection") => match drawing["features"].as_array().map(Vec::as_slice) {
            Some([feature]) => &feature["geometry"],
            _ => return Err(NotDrawn::NotOne),
        },
        Some("Feature") => &drawing["geometry"],
        _ => drawing,
    };
    let depth = if geometry["type"] == "MultiPolygon" { 3 } else { 2 };
    if !are_places(&geometry["coordinates"], depth) {
        return Err(NotDrawn::Unreadable);
    }
    let parsed: geojson::Geometry = serde_json::from_value(geometry.clone()).map_err(|_| NotDrawn::Unreadable)?;
    let shape = match Geometry::try_from(parsed).map_err(|_| NotDrawn::Unreadable)? {
        Geometry::Polygon(part) => MultiPolygon(vec![part]),
        Geometry::MultiPolygon(shape) if !shape.0.is_empty() => shape,
        Geometry::MultiPolygon(_) => return Err(NotDrawn::Crossing),
        _ => return Err(NotDrawn::Unreadable),
    };
    // Whether it crosses itself takes the square of them.
    let positions = shape.coords_count();
    if positions > most {
        return Err(NotDrawn::TooLarge { positions, most });
    }
    if shape.is_valid() { Ok(shape) } else { Err(NotDrawn::Crossing) }
}

/// Whether lists so deep in one another end in places, which have two numbers at least: one of them alone ends the parser that comes after.
fn are_places(value: &Value, depth: u32) -> bool {
    match (value.as_array(), depth) {
        (Some(place), 0) => place.len() >= 2 && place.iter().all(Value::is_number),
        (Some(list), _) => list.iter().all(|inner| are_places(inner, depth - 1)),
        (None, _) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_feature_and_a_collection_of_one_are_the_polygon_and_others_say_what_is_wrong() {
        let square = json!({ "type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]] });
        let feature = json!({ "type": "Feature", "properties": {}, "geometry": square });
        let bow = json!({ "type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]] });
        let of = |features: &[&Value]| json!({ "type": "FeatureCollection", "features": features });
        let plain = drawn_area(&square, 5).expect("polygon");
        assert_eq!(drawn_area(&feature, 5), Ok(plain.clone()));
        assert_eq!(drawn_area(&of(&[&feature]), 5), Ok(plain));
        assert_eq!(drawn_area(&of(&[&feature, &feature]), 5), Err(NotDrawn::NotOne));
        assert_eq!(drawn_area(&square, 4), Err(NotDrawn::TooLarge { positions: 5, most: 4 }));
        assert_eq!(drawn_area(&bow, 5), Err(NotDrawn::Crossing));
        assert_eq!(drawn_area(&json!({ "type": "Point", "coordinates": [0, 0] }), 5), Err(NotDrawn::Unreadable));
        assert_eq!(drawn_area(&json!("square"), 5), Err(NotDrawn::Unreadable));
        for places in [json!([[[114, 22.6], [114.002, 22.6], [114.00602], [114, 22.6]]]), json!([[[]]]), json!([[[1, 2], []]]), json!([[1, 2]])] {
            let drawn = drawn_area(&json!({ "type": "Polygon", "coordinates": places }), 50);
            assert!(drawn.is_err(), "{places}: {drawn:?}");
        }
    }
}
