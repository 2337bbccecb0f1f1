//! Splits of the sample's parcels against GEOS.

use super::check;
use crate::support::{own_city, path};
use geo_types::Coord;
use parkplan::domain::LayerId;
use parkplan::service::{Planner, Viewer};
use parkplan::spatial::PolygonSet;
use serde_json::{Map, Value, json};

#[test]
fn geos_agrees_on_splits_by_line_by_number_and_by_areas() {
    let (folder, city) = own_city();
    let planner = Planner::open(&city, "the test").expect("opens");
    let land = planner.city();
    let parcels = land.table(LayerId::Parcel);
    let mut lines = Map::new();
    let mut refused = 0;
    let draft = |row: usize, how: Value| {
        let body = json!({ "kind": "split", "parcels": [parcels.key(row)], "split": how });
        planner.draft_instrument(&Viewer::local(), &serde_json::from_value(body).expect("a draft"))
    };
    for (number, row) in (0..parcels.len()).step_by(97).enumerate() {
        let shape = parcels.shapes().multi_polygon(row);
        let area = parcels.shapes().area_m2(row);
        let turn = number as f64 * 0.7;
        let made = match number % 3 {
            0 => draft(row, json!({ "equal": 2 + number % 11, "direction_deg": turn.to_degrees() })),
            1 => draft(row, json!({ "areas_m2": [0.17 * area, 0.23 * area, 0.31 * area] })),
            _ => {
                let bounds = parcels.shapes().bounds(row).expect("a shape");
                let reach = Coord { x: turn.cos(), y: turn.sin() } * (bounds.width() + bounds.height());
                let ends = [bounds.center() - reach, bounds.center() + reach].map(|end| land.crs.to_lon_lat(end));
                let line = json!({ "type": "LineString", "coordinates": ends.map(|end| [end.x, end.y]) });
                let plane = ends.map(|end| land.crs.from_lon_lat(end)).map(|end| [end.x, end.y]);
                lines.insert(parcels.key(row).to_owned(), json!(plane));
                draft(row, json!({ "line": line }))
            }
        };
        if let Err(fault) = made {
            assert!(matches!(fault.code, "part_too_small" | "not_parted" | "areas"), "{} {fault} {shape:?}", parcels.key(row));
            refused += 1;
        }
    }
    assert!(refused <= 6, "{refused} were refused");
    let plane = folder.path().join("lines.json");
    std::fs::write(&plane, Value::Object(lines).to_string()).expect("written");
    check("split.py", &[path(&city), path(&plane), "--least", "55"]);
}
