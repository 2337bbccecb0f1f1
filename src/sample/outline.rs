//! Districts, parks and zones: outlines along the lattice's street lines.

use super::lattice::Lattice;
use super::ring::{Ring, area, polygon};
use super::rows::{SOURCE, zone_code};
use super::setting::{Setting, ZONES};
use crate::domain::{Layer, Row};
use geo_types::{Geometry, LineString, MultiPolygon, Polygon};
use std::collections::{BTreeMap, BTreeSet};

type Node = (i32, i32);

/// The outlines of a set of cells: anticlockwise rings outside, clockwise rings around holes.
fn outlines(lattice: &Lattice, cells: &BTreeSet<Node>) -> Vec<Ring> {
    let mut steps: BTreeMap<Node, Vec<Node>> = BTreeMap::new();
    for &(i, j) in cells {
        let corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)];
        let beyond = [(i, j - 1), (i + 1, j), (i, j + 1), (i - 1, j)];
        for side in 0..4 {
            if !cells.contains(&beyond[side]) {
                steps.entry(corners[side]).or_default().push(corners[(side + 1) % 4]);
            }
        }
    }
    let mut rings = Vec::new();
    while let Some((&start, _)) = steps.first_key_value() {
        let (mut nodes, mut at, mut came) = (Vec::new(), start, (0, 0));
        while let Some(ways) = steps.get_mut(&at) {
            // Where two cells meet at a corner only, the left turn stays with the cell, so no ring touches itself.
            let left = (-came.1, came.0);
            let way = ways.iter().position(|to| (to.0 - at.0, to.1 - at.1) == left).unwrap_or(0);
            let next = ways.swap_remove(way);
            if ways.is_empty() {
                steps.remove(&at);
            }
            nodes.push(at);
            came = (next.0 - at.0, next.1 - at.1);
            at = next;
            if at == start {
                break;
            }
        }
        rings.push(traced(lattice, &nodes));
    }
    rings
}

fn traced(lattice: &Lattice, nodes: &[Node]) -> Ring {
    use super::lattice::Axis::{Column, Row};
    let at = |(i, j): Node| (lattice.line(Column, i), lattice.line(Row, j));
    let mut ring = Ring::new();
    for index in 0..nodes.len() {
        let mut side = lattice.trace(at(nodes[index]), at(nodes[(index + 1) % nodes.len()]));
        side.pop();
        ring.append(&mut side);
    }
    ring
}

/// The area of a set of cells as polygons.
pub(super) fn polygons(lattice: &Lattice, cells: &BTreeSet<Node>) -> Vec<Polygon<f64>> {
    let (outer, holes): (Vec<Ring>, Vec<Ring>) = outlines(lattice, cells).into_iter().partition(|ring| area(ring) > 0.0);
    let mut list: Vec<(Ring, Vec<LineString<f64>>)> = outer.into_iter().map(|ring| (ring, Vec::new())).collect();
    for mut hole in holes {
        let inside = list.iter_mut().find(|(ring, _)| hole.first().is_some_and(|point| super::ring::contains(ring, *point)));
        if let Some((_, interiors)) = inside {
            hole.push(hole[0]);
            interiors.push(LineString::new(hole));
        }
    }
    list.into_iter().map(|(ring, holes)| Polygon::new(LineString::new(ring), holes)).collect()
}

/// Planar area of polygons with holes, m².
fn measure(polygons: &[Polygon<f64>]) -> f64 {
    let ring = |line: &LineString<f64>| area(&line.0[..line.0.len().saturating_sub(1)]).abs();
    polygons.iter().map(|polygon| ring(polygon.exterior()) - polygon.interiors().iter().map(ring).sum::<f64>()).sum()
}

pub(super) fn district_rows(layer: &'static Layer, setting: &Setting) -> Vec<Row> {
    let row = |district: &super::setting::District| {
        let polygons: Vec<_> = district.rings.iter().map(|ring| polygon(ring)).collect();
        let mut row = Row::empty(layer);
        row.set(layer, "code", district.code.as_str())
            .set(layer, "name", district.name.as_str())
            .set(layer, "lead_clusters", serde_json::json!(district.lead_clusters).to_string())
            .set(layer, "illustrative", true)
            .set(layer, "planar_area_m2", measure(&polygons))
            .set(layer, "source", SOURCE);
        row.geometry = Some(Geometry::MultiPolygon(MultiPolygon::new(polygons)));
        row
    };
    setting.districts.iter().map(row).collect()
}

/// Clusters without a public source are marked as sample data by the row's source.
pub(super) fn park_rows(layer: &'static Layer, setting: &Setting) -> Vec<Row> {
    let row = |park: &super::setting::Park| {
        let whole =
            |part: &super::setting::Part| polygons(&setting.districts[part.district].lattice, &part.cells.iter().flatten().copied().collect());
        let polygons: Vec<_> = park.parts.iter().flat_map(whole).collect();
        let planar = measure(&polygons);
        let mut row = Row::empty(layer);
        row.set(layer, "code", park.code.as_str())
            .set(layer, "name", park.name.as_str())
            .set(layer, "district", park.district.as_str())
            .set(layer, "districts", serde_json::json!(park.districts).to_string())
            .set(layer, "planned_area_ha", (planar / 1000.0).round() / 10.0)
            .set(layer, "lead_clusters", serde_json::json!(park.lead_clusters).to_string())
            .set(layer, "operator", format!("{} 样例运营公司", park.name))
            .set(layer, "type", "先进制造业园区")
            .set(layer, "virtual", false)
            .set(layer, "illustrative", true)
            .set(layer, "planar_area_m2", planar)
            .set(layer, "source", if park.lead_sourced { "样例（主导集群据公开规划）" } else { SOURCE });
        row.geometry = Some(Geometry::MultiPolygon(MultiPolygon::new(polygons)));
        row
    };
    setting.parks.iter().map(row).collect()
}

pub(super) fn zone_rows(layer: &'static Layer, setting: &Setting) -> Vec<Row> {
    let mut rows = Vec::new();
    for (index, park) in setting.parks.iter().enumerate() {
        for (zone, (kind, name)) in ZONES.iter().enumerate() {
            let own = |part: &super::setting::Part| polygons(&setting.districts[part.district].lattice, &part.cells[zone].iter().copied().collect());
            let polygons: Vec<_> = park.parts.iter().flat_map(own).collect();
            let mut row = Row::empty(layer);
            row.set(layer, "code", zone_code(setting, index, zone))
                .set(layer, "name", format!("{}{name}", park.name))
                .set(layer, "park", park.code.as_str())
                .set(layer, "kind", *kind)
                .set(layer, "planar_area_m2", measure(&polygons))
                .set(layer, "source", SOURCE);
            row.geometry = Some(Geometry::MultiPolygon(MultiPolygon::new(polygons)));
            rows.push(row);
        }
    }
    rows
}
