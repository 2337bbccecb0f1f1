//! Which pieces of the site line face a road, and the setback of each (exact reading U3).

use super::case::{Overrides, RoadLine};
use super::shape::{Point, at, bounds, boxes_meet, cross, dot, length, length_inside, nearest_on_segment, rings};
use crate::rules::upstairs::SetbackRules;
use geo_types::{LineString, MultiPolygon, Rect};

/// A straight piece of the site line, inside to the left.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub a: Point,
    pub b: Point,
    /// Metres by which the outline keeps back.
    pub setback: f64,
    pub faces_road: bool,
    /// The piece starts where the one before it (of the same ring) ends at a corner of the ring.
    pub ring: usize,
}

pub(super) struct SiteLine {
    /// Ring by ring in order; consecutive pieces of a ring share a point.
    pub pieces: Vec<Piece>,
    /// A faced road's class that the pack has no setback for: the largest one was taken.
    pub unknown_class: bool,
}

pub(super) struct Surroundings<'a> {
    pub roads: Option<&'a [RoadLine]>,
    pub neighbours: &'a [MultiPolygon<f64>],
    /// Local coordinates are world minus this.
    pub origin: Point,
}

pub(super) fn site_line(site: &MultiPolygon<f64>, around: &Surroundings<'_>, rules: &SetbackRules, overrides: &Overrides) -> SiteLine {
    let mut line = SiteLine { pieces: Vec::new(), unknown_class: false };
    let roads = local_roads(site, around, rules.facing_distance);
    let neighbours = if roads.is_empty() { Vec::new() } else { local_neighbours(site, around, rules.facing_distance) };
    let side = overrides.setback_side.unwrap_or((rules.side.value + overrides.add.setback_side).max(0.0));
    let exteriors: Vec<*const LineString<f64>> = site.0.iter().map(|polygon| std::ptr::from_ref(polygon.exterior())).collect();
    for (index, ring) in rings(site).enumerate() {
        // Holes take the side setback (U4): nobody drives up to a hole.
        let outer = exteriors.contains(&std::ptr::from_ref(ring));
        for edge in edges(&ring.0, rules.straight_deg) {
            for part in cut(&edge, rules) {
                let faced = if outer { faced_road(&part, &roads, &neighbours, rules) } else { None };
                let setback = match faced {
                    Some(class) => overrides
                        .setback_road
                        .unwrap_or_else(|| (road_setback(rules, class, &mut line.unknown_class) + overrides.add.setback_road).max(0.0)),
                    None => side,
                };
                line.pieces.extend(part.windows(2).map(|pair| Piece { a: pair[0], b: pair[1], setback, faces_road: faced.is_some(), ring: index }));
            }
        }
    }
    line
}

fn road_setback(rules: &SetbackRules, class: &str, unknown: &mut bool) -> f64 {
    rules.road.get(class).map_or_else(
        || {
            *unknown = true;
            rules.road.values().map(|figure| figure.value).fold(rules.side.value, f64::max)
        },
        |figure| figure.value,
    )
}

/// The ring's edges as open polylines: consecutive segments while each stays within `straight_deg` of the edge's first.
fn edges(ring: &[Point], straight_deg: f64) -> Vec<Vec<Point>> {
    let count = ring.len().saturating_sub(1);
    let segment = |index: usize| ring[index % count + 1] - ring[index % count];
    // The ring may begin amid an edge; begin at a corner instead, the sharpest one so that the choice does not hang on rounding.
    let sharp = |index: usize| {
        let (before, after) = (segment(index + count - 1), segment(index));
        cross(before, after).atan2(dot(before, after)).abs()
    };
    let start = (0..count).map(|index| (sharp(index), index)).max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1))).map(|(_, index)| index);
    let slope = straight_deg.to_radians().tan();
    let runs_on = |first: Point, next: Point| dot(first, next) > 0.0 && cross(first, next).abs() < slope * dot(first, next);
    let Some(start) = start else { return Vec::new() };
    let mut found: Vec<Vec<Point>> = Vec::new();
    let mut first = segment(start);
    for step in start..start + count {
        let (a, b) = (ring[step % count], ring[step % count + 1]);
        match found.last_mut() {
            Some(edge) if runs_on(first, b - a) => edge.push(b),
            _ => {
                first = b - a;
                found.push(vec![a, b]);
            }
        }
    }
    found
}

/// An edge over `edge_max` cut into ⌈L / edge_piece⌉ parts of equal length along the line; its own points stay.
fn cut(edge: &[Point], rules: &SetbackRules) -> Vec<Vec<Point>> {
    let total: f64 = edge.windows(2).map(|pair| length(pair[1] - pair[0])).sum();
    if total <= rules.edge_max {
        return vec![edge.to_vec()];
    }
    let step = total / (total / rules.edge_piece).ceil();
    let (mut parts, mut part, mut walked, mut next) = (Vec::new(), vec![edge[0]], 0.0, step);
    for pair in edge.windows(2) {
        let span = length(pair[1] - pair[0]);
        while next < walked + span - 1e-6 && next < total - 1e-6 {
            let point = pair[0] + (pair[1] - pair[0]) * ((next - walked) / span);
            part.push(point);
            parts.push(std::mem::replace(&mut part, vec![point]));
            next += step;
        }
        part.push(pair[1]);
        walked += span;
    }
    parts.push(part);
    parts
}

/// Midpoint along the line and the outward direction there.
fn middle(part: &[Point]) -> (Point, Point) {
    let half = part.windows(2).map(|pair| length(pair[1] - pair[0])).sum::<f64>() / 2.0;
    let mut walked = 0.0;
    for pair in part.windows(2) {
        let along = pair[1] - pair[0];
        let span = length(along);
        if walked + span >= half && span > 0.0 {
            return (pair[0] + along * ((half - walked) / span), at(along.y / span, -along.x / span));
        }
        walked += span;
    }
    (part[0], at(0.0, 0.0))
}

/// One straight part of a road near the site.
struct Road<'a> {
    class: &'a str,
    a: Point,
    b: Point,
}

/// Another parcel, in the working CRS, with its box in local coordinates.
struct Other<'a> {
    bounds: Rect<f64>,
    shape: &'a MultiPolygon<f64>,
    origin: Point,
}

fn faced_road<'a>(part: &[Point], roads: &[Road<'a>], neighbours: &[Other<'_>], rules: &SetbackRules) -> Option<&'a str> {
    if roads.is_empty() {
        return None;
    }
    let (middle, outward) = middle(part);
    let mut reached: Vec<(f64, &str, Point)> = roads
        .iter()
        .filter_map(|road| {
            let (a, b) = outer_half(middle, outward, road.a, road.b)?;
            let foot = nearest_on_segment(middle, a, b);
            let distance = length(foot - middle);
            (distance <= rules.facing_distance).then_some((distance, road.class, foot))
        })
        .collect();
    reached.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(b.1)));
    // A way that runs along a common edge is inside neither parcel: a millimetre towards the own side keeps rounding from deciding it.
    let inwards = outward * 1e-3;
    let open = |foot: Point| {
        let (middle, foot) = (middle - inwards, foot - inwards);
        let way = Rect::new(middle, foot);
        neighbours
            .iter()
            .filter(|other| boxes_meet(&other.bounds, &way))
            .all(|other| length_inside(other.shape, middle + other.origin, foot + other.origin) <= rules.inside_other)
    };
    reached.into_iter().find(|(_, _, foot)| open(*foot)).map(|(_, class, _)| class)
}

/// The part of a segment on the outer side of the line through `middle`.
fn outer_half(middle: Point, outward: Point, a: Point, b: Point) -> Option<(Point, Point)> {
    let (from, to) = (dot(a - middle, outward), dot(b - middle, outward));
    match (from >= 0.0, to >= 0.0) {
        (true, true) => Some((a, b)),
        (false, false) => None,
        (inside, _) => {
            let crossing = a + (b - a) * (from / (from - to));
            Some(if inside { (a, crossing) } else { (crossing, b) })
        }
    }
}

fn widened(site: &MultiPolygon<f64>, by: f64) -> Option<Rect<f64>> {
    bounds(site).map(|rect| Rect::new(rect.min() - at(by, by), rect.max() + at(by, by)))
}

fn local_roads<'a>(site: &MultiPolygon<f64>, around: &Surroundings<'a>, reach: f64) -> Vec<Road<'a>> {
    let Some(frame) = widened(site, reach) else { return Vec::new() };
    let lines = around.roads.unwrap_or_default().iter();
    let parts = lines.flat_map(|road| road.line.0.windows(2).map(move |pair| (road, pair[0] - around.origin, pair[1] - around.origin)));
    parts.filter(|(_, a, b)| boxes_meet(&Rect::new(*a, *b), &frame)).map(|(road, a, b)| Road { class: &road.class, a, b }).collect()
}

fn local_neighbours<'a>(site: &MultiPolygon<f64>, around: &Surroundings<'a>, reach: f64) -> Vec<Other<'a>> {
    let Some(frame) = widened(site, reach) else { return Vec::new() };
    let origin = around.origin;
    let near = around.neighbours.iter().filter_map(|shape| {
        let rect = bounds(shape)?;
        let bounds = Rect::new(rect.min() - origin, rect.max() - origin);
        boxes_meet(&bounds, &frame).then_some(Other { bounds, shape, origin })
    });
    near.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Packs, UpstairsPack};
    use geo_types::polygon;

    fn rules() -> SetbackRules {
        UpstairsPack::resolve(Packs::embedded(), None, None).expect("pack").setback
    }

    fn square() -> MultiPolygon<f64> {
        MultiPolygon(vec![polygon![(x: 0.0, y: 0.0), (x: 40.0, y: 0.0), (x: 40.0, y: 40.0), (x: 0.0, y: 40.0), (x: 0.0, y: 0.0)]])
    }

    fn road(class: &str, y: f64) -> RoadLine {
        RoadLine { class: class.into(), width_m: Some(20.0), line: LineString(vec![at(-500.0, y), at(500.0, y)]) }
    }

    #[test]
    fn only_the_side_towards_the_road_faces_it_and_the_nearest_road_counts() {
        let roads = [road("arterial", -25.0), road("local", -10.0)];
        let around = Surroundings { roads: Some(&roads), neighbours: &[], origin: at(0.0, 0.0) };
        let line = site_line(&square(), &around, &rules(), &Overrides::default());
        let facing: Vec<_> = line.pieces.iter().filter(|piece| piece.faces_road).map(|piece| piece.setback).collect();
        // The bottom edge: the local street at 10 m, 9 m back. The sides' midpoints are 30 m from it but it is not square in front of them:
        // half of it lies on their outer side, 30 m away, so they face it too.
        assert_eq!(facing, [9.0, 9.0, 9.0]);
    }

    #[test]
    fn a_road_behind_another_parcel_is_not_faced() {
        let roads = [road("local", -15.0)];
        let strip =
            MultiPolygon(vec![polygon![(x: -100.0, y: -12.0), (x: 140.0, y: -12.0), (x: 140.0, y: 0.0), (x: -100.0, y: 0.0), (x: -100.0, y: -12.0)]]);
        let around = Surroundings { roads: Some(&roads), neighbours: &[strip], origin: at(0.0, 0.0) };
        let line = site_line(&square(), &around, &rules(), &Overrides::default());
        assert!(line.pieces.iter().all(|piece| !piece.faces_road));
    }

    #[test]
    fn a_way_along_a_common_edge_is_inside_no_other_parcel_however_it_is_turned() {
        // A road 6 m right of the parcel; another parcel stands on top of it, their common edge runs towards the road. Top and bottom see the road along
        // their own line, 26 m from their middles, which is no way through the neighbour: they face it as the right side does.
        use geo::Rotate;
        let upper = MultiPolygon(vec![polygon![(x: 0.0, y: 40.0), (x: 42.0, y: 40.0), (x: 42.0, y: 80.0), (x: 0.0, y: 80.0), (x: 0.0, y: 40.0)]]);
        for angle in (0..90).map(f64::from) {
            let turn = |shape: &MultiPolygon<f64>| shape.rotate_around_point(angle, geo_types::point!(x: 0.0, y: 0.0));
            let line = LineString(vec![at(46.0, -500.0), at(46.0, 500.0)]).rotate_around_point(angle, geo_types::point!(x: 0.0, y: 0.0));
            let roads = [RoadLine { class: "local".into(), width_m: None, line }];
            let neighbours = [turn(&upper)];
            let around = Surroundings { roads: Some(&roads), neighbours: &neighbours, origin: at(0.0, 0.0) };
            let line = site_line(&turn(&square()), &around, &rules(), &Overrides::default());
            assert_eq!(line.pieces.iter().filter(|piece| piece.faces_road).count(), 3, "{angle}");
        }
    }

    #[test]
    fn an_edge_of_sixty_metres_is_cut_into_three_of_twenty() {
        let parts = cut(&[at(0.0, 0.0), at(60.0, 0.0)], &rules());
        assert_eq!(parts.len(), 3); // ⌈60 / 25⌉
        assert!(parts.iter().all(|part| (length(part[part.len() - 1] - part[0]) - 20.0).abs() < 1e-9));
        assert_eq!(cut(&[at(0.0, 0.0), at(50.0, 0.0)], &rules()).len(), 1);
    }

    #[test]
    fn a_ring_that_begins_amid_an_edge_has_four_edges_all_the_same() {
        let ring = [at(20.0, 0.0), at(40.0, 0.0), at(40.0, 40.0), at(0.0, 40.0), at(0.0, 0.0), at(20.0, 0.0)];
        assert_eq!(edges(&ring, 1.0).len(), 4);
    }
}
