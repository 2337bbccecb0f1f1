//! Land that a file has twice: equal shapes under different keys.

use super::report::Notice;
use super::rows::Intake;
use crate::domain::GeometryKind;
use geo::CoordsIter;
use geo_types::Coord;
use serde_json::json;
use std::collections::HashMap;

/// Corners of one shape in millimetres of the working CRS, in an order that does not depend on where a ring begins or which way it turns.
pub(super) type Corners = Vec<(i64, i64)>;

/// The corners of what has these coordinates.
pub(super) fn corners(coords: impl Iterator<Item = Coord<f64>>) -> Corners {
    let mut corners: Corners = coords.map(|at| ((at.x * 1000.0).round() as i64, (at.y * 1000.0).round() as i64)).collect();
    corners.sort_unstable();
    corners.dedup();
    corners
}

/// Tells every group of rows with one shape; a total over them counts the land several times.
pub(super) fn notice(intake: &Intake<'_>) -> Option<Notice> {
    if intake.layer.geometry != GeometryKind::Polygon {
        return None;
    }
    let mut groups: HashMap<Corners, Vec<usize>> = HashMap::new();
    for (index, row) in intake.rows.iter().enumerate() {
        let Some(shape) = &row.geometry else { continue };
        groups.entry(corners(shape.coords_iter())).or_default().push(index);
    }
    let mut equal: Vec<Vec<usize>> = groups.into_values().filter(|rows| rows.len() > 1).collect();
    if equal.is_empty() {
        return None;
    }
    equal.sort();
    let keys = |rows: &Vec<usize>| rows.iter().map(|row| intake.rows[*row].key(intake.layer)).collect::<Vec<_>>();
    let items = equal.iter().map(|rows| json!({ "rows": rows.iter().map(|row| intake.numbers[*row]).collect::<Vec<_>>(), "keys": keys(rows) }));
    Some(
        Notice::new(
            "equal_shapes",
            format!("{} 组图形完全相同而编码不同：同一块地可能被计算多次", equal.len()),
            format!("{} groups of rows have equal shapes under different keys: the same land may be counted several times", equal.len()),
        )
        .with(items.collect()),
    )
}
