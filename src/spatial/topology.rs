//! Faults of a layer that should tile: overlaps (压盖), gaps (空隙), slivers (狭长面), self-intersections (自相交).

use super::adjacency::{AdjacencyOptions, ContactClass, adjacency};
use super::outline::{Gap, outline};
use super::overlap::shared_area;
use super::polygons::PolygonSet;
use geo::{Area, BooleanOps, InteriorPoint};
use geo_types::{Coord, Polygon};
use rayon::prelude::*;
use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    SelfIntersection,
    /// The same shape under two codes.
    Equal,
    Overlap,
    Gap,
    Sliver,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Areas computed from it are wrong.
    Error,
    /// Areas are right; the drawing is not.
    Warning,
}

/// What would mend a fault; nothing is changed by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "do", content = "item")]
pub enum Repair {
    /// Take the shared part away from this item, the smaller one.
    ClipFrom(u32),
    /// Move this item's boundary, the smaller one's, onto its neighbour's.
    SnapBoundaryOf(u32),
    /// Merge the sliver into this neighbour, with which it has the longest boundary.
    MergeInto(u32),
    /// Delete the item: it has no neighbour to merge into.
    Delete(u32),
    /// Delete this item or the other, which has the same shape, once it is known which of them is the parcel.
    DropOne(u32),
    /// Cut the ring at the crossing into valid parts.
    SplitAtCrossing,
}

/// One fault and its place in the working plane.
#[derive(Clone, Debug, PartialEq)]
pub struct TopologyFault {
    pub kind: FaultKind,
    pub severity: Severity,
    /// The item, and the other one for an overlap or a gap.
    pub item: u32,
    pub other: Option<u32>,
    /// Area of the overlap, the gap or the sliver, m²; 0 for a crossing.
    pub area_m2: f64,
    pub at: Coord<f64>,
    pub repair: Repair,
}

#[derive(Clone, Copy, Debug)]
pub struct TopologyOptions {
    pub adjacency: AdjacencyOptions,
    /// A mean width 2·area/perimeter below this is a sliver, m.
    pub sliver_width_m: f64,
    /// Gaps and overlaps of no more than this are drawing noise, m².
    pub least_m2: f64,
}

impl Default for TopologyOptions {
    fn default() -> Self {
        TopologyOptions { adjacency: AdjacencyOptions::default(), sliver_width_m: 1.0, least_m2: 0.01 }
    }
}

/// All faults, by kind, item and other item.
pub fn faults(set: &impl PolygonSet, options: &TopologyOptions) -> Vec<TopologyFault> {
    let contacts = adjacency(set, &options.adjacency);
    let mut found: Vec<TopologyFault> = (0..set.len()).into_par_iter().filter_map(|i| self_intersection(set, i)).collect();
    let mut beside: Vec<Vec<u32>> = vec![Vec::new(); set.len()];
    for contact in &contacts {
        beside[contact.a as usize].push(contact.b);
        beside[contact.b as usize].push(contact.a);
    }
    found.par_extend(contacts.par_iter().flat_map_iter(|contact| {
        let (a, b) = (contact.a, contact.b);
        let smaller = if set.area_m2(a as usize) <= set.area_m2(b as usize) { a } else { b };
        let fault = |kind, severity, area_m2, at, repair| TopologyFault { kind, severity, item: a, other: Some(b), area_m2, at, repair };
        let mut own = Vec::new();
        // An overlap is one whatever the gap tolerance: it has a threshold of its own (T1).
        let overlap_m2 = if contact.overlap_m2 > 0.0 { contact.overlap_m2 } else { shared_area(set, a as usize, set, b as usize, options.least_m2) };
        if overlap_m2 >= options.least_m2 {
            let shapes = [set.multipolygon(a as usize), set.multipolygon(b as usize)];
            let at = shapes[0].intersection(&shapes[1]).interior_point().map(|p| p.0);
            let larger_m2 = set.area_m2(a as usize).max(set.area_m2(b as usize));
            let (kind, repair) = if larger_m2 - overlap_m2 < options.least_m2.min(larger_m2 * 1e-6) {
                (FaultKind::Equal, Repair::DropOne(b))
            } else {
                (FaultKind::Overlap, Repair::ClipFrom(smaller))
            };
            own.extend(at.map(|at| fault(kind, Severity::Error, overlap_m2, at, repair)));
        }
        if contact.widest_m > 1e-3 || contact.class == ContactClass::Overlap {
            let gaps = open_gaps(set, [a, b], &beside, options);
            own.extend(gaps.into_iter().map(|gap| fault(FaultKind::Gap, Severity::Warning, gap.area_m2, gap.at, Repair::SnapBoundaryOf(smaller))));
        }
        own
    }));
    found.extend(slivers(set, &contacts, options.sliver_width_m));
    found.sort_by(|p, q| (p.kind, p.item, p.other).cmp(&(q.kind, q.item, q.other)).then(p.at.x.total_cmp(&q.at.x)).then(p.at.y.total_cmp(&q.at.y)));
    found
}

/// The gaps between two items that nobody's land fills: a third item in the strip makes it no gap (C2, T1). Whatever lies there touches one of
/// the two, and so stands among their neighbours.
fn open_gaps(set: &impl PolygonSet, pair: [u32; 2], beside: &[Vec<u32>], options: &TopologyOptions) -> Vec<Gap> {
    let shapes = pair.map(|item| set.multipolygon(item as usize));
    let closed = outline(&shapes, options.adjacency.tolerance_m);
    if closed.gaps.iter().all(|gap| gap.area_m2 < options.least_m2) {
        return Vec::new();
    }
    let mut open = shapes.iter().fold(closed.shape, |left, own| left.difference(own));
    for item in pair.iter().flat_map(|item| &beside[*item as usize]).filter(|item| !pair.contains(item)) {
        open = open.difference(&set.multipolygon(*item as usize));
    }
    let gap = |part: Polygon<f64>| Some(Gap { area_m2: part.unsigned_area(), at: part.interior_point()?.0 });
    open.into_iter().filter(|part| part.unsigned_area() >= options.least_m2).filter_map(gap).collect()
}

fn slivers(set: &impl PolygonSet, contacts: &[super::Contact], width_m: f64) -> Vec<TopologyFault> {
    let mut longest: Vec<Option<(f64, u32)>> = vec![None; set.len()];
    for contact in contacts {
        for (own, other) in [(contact.a, contact.b), (contact.b, contact.a)] {
            let slot = &mut longest[own as usize];
            if slot.is_none_or(|(length, _)| contact.length_m > length) {
                *slot = Some((contact.length_m, other));
            }
        }
    }
    (0..set.len())
        .filter_map(|i| {
            let (area_m2, perimeter) = (set.area_m2(i), set.perimeter_m(i));
            if !(perimeter > 0.0 && 2.0 * area_m2 / perimeter < width_m) {
                return None;
            }
            let at = set.multipolygon(i).interior_point()?.0;
            let repair = longest[i].map_or(Repair::Delete(i as u32), |(_, other)| Repair::MergeInto(other));
            Some(TopologyFault { kind: FaultKind::Sliver, severity: Severity::Warning, item: i as u32, other: None, area_m2, at, repair })
        })
        .collect()
}

/// The first proper crossing of two segments of the item, by a sweep over their left ends.
fn self_intersection(set: &impl PolygonSet, i: usize) -> Option<TopologyFault> {
    let mut segments: Vec<(Coord<f64>, Coord<f64>)> =
        set.rings(i).flat_map(|ring| ring.windows(2).map(|pair| (pair[0], pair[1])).collect::<Vec<_>>()).collect();
    segments.sort_by(|p, q| p.0.x.min(p.1.x).total_cmp(&q.0.x.min(q.1.x)));
    for (k, s) in segments.iter().enumerate() {
        let right = s.0.x.max(s.1.x);
        for other in segments[k + 1..].iter().take_while(|o| o.0.x.min(o.1.x) <= right) {
            if let Some(at) = crossing(*s, *other) {
                return Some(TopologyFault {
                    kind: FaultKind::SelfIntersection,
                    severity: Severity::Error,
                    item: i as u32,
                    other: None,
                    area_m2: 0.0,
                    at,
                    repair: Repair::SplitAtCrossing,
                });
            }
        }
    }
    None
}

/// Where two segments cross between their ends.
fn crossing(a: (Coord<f64>, Coord<f64>), b: (Coord<f64>, Coord<f64>)) -> Option<Coord<f64>> {
    let side = |s: (Coord<f64>, Coord<f64>), p: Coord<f64>| (s.1.x - s.0.x) * (p.y - s.0.y) - (s.1.y - s.0.y) * (p.x - s.0.x);
    let (d0, d1) = (side(b, a.0), side(b, a.1));
    if d0 * d1 >= 0.0 || side(a, b.0) * side(a, b.1) >= 0.0 {
        return None;
    }
    let t = d0 / (d0 - d1);
    Some(a.0 + (a.1 - a.0) * t)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::Polygons;
    use crate::spatial::polygons::samples::{lattice, polygon, rectangle};
    use geo_types::MultiPolygon;

    #[test]
    fn each_kind_of_fault_is_found_at_its_place() {
        let items = [
            rectangle(0.0, 0.0, 50.0, 50.0),
            rectangle(49.0, 0.0, 40.0, 50.0),
            rectangle(89.3, 0.0, 50.0, 50.0),
            rectangle(0.0, 50.0, 50.0, 0.4),
            polygon(&[(0.0, 100.0), (20.0, 120.0), (20.0, 100.0), (0.0, 120.0), (0.0, 100.0)]),
        ];
        let found = faults(&items.iter().collect::<Polygons>(), &TopologyOptions::default());
        let kinds: Vec<(FaultKind, u32, Option<u32>)> = found.iter().map(|f| (f.kind, f.item, f.other)).collect();
        assert_eq!(
            kinds[..4],
            [(FaultKind::SelfIntersection, 4, None), (FaultKind::Overlap, 0, Some(1)), (FaultKind::Gap, 1, Some(2)), (FaultKind::Sliver, 3, None)]
        );
        assert_eq!(found[0].at, Coord { x: 10.0, y: 110.0 });
        assert!((found[1].area_m2 - 50.0).abs() < 1e-6 && (found[1].at.x - 49.5).abs() < 0.5 && found[1].repair == Repair::ClipFrom(1));
        assert!((found[2].area_m2 - 15.0).abs() < 1e-2 && (found[2].at.x - 89.15).abs() < 0.15);
        assert_eq!(found[3].repair, Repair::MergeInto(0));
    }

    #[test]
    fn a_strip_that_is_a_parcel_is_no_gap_and_a_gap_beside_an_overlap_is_one() {
        let kinds = |items: &[MultiPolygon<f64>]| {
            let found = faults(&items.iter().collect::<Polygons>(), &TopologyOptions::default());
            found.into_iter().filter(|fault| fault.kind != FaultKind::Sliver).map(|fault| (fault.kind, fault.area_m2)).collect::<Vec<_>>()
        };
        let strip = [rectangle(0.0, 0.0, 100.0, 100.0), rectangle(100.0, 0.0, 0.3, 100.0), rectangle(100.3, 0.0, 100.0, 100.0)];
        assert_eq!(kinds(&strip), []);
        // Half of the strip is nobody's.
        let half = [strip[0].clone(), rectangle(100.0, 0.0, 0.3, 50.0), strip[2].clone()];
        assert!(matches!(kinds(&half)[..], [(FaultKind::Gap, area)] if (area - 15.0).abs() < 0.1), "{:?}", kinds(&half));
        let both = [
            rectangle(0.0, 0.0, 100.0, 200.0),
            polygon(&[(100.3, 0.0), (200.0, 0.0), (200.0, 200.0), (95.0, 200.0), (95.0, 120.0), (100.3, 100.0), (100.3, 0.0)]),
        ];
        let found = kinds(&both);
        assert!(matches!(found[..], [(FaultKind::Overlap, _), (FaultKind::Gap, gap)] if (29.0..33.0).contains(&gap)), "{found:?}");
    }

    #[test]
    fn an_overlap_is_one_whatever_the_gap_tolerance() {
        for (by, area) in [(0.1, 10.0), (0.01, 1.0), (0.005, 0.5), (0.000_05, 0.0)] {
            let items = [rectangle(0.0, 0.0, 100.0, 100.0), rectangle(100.0 - by, 0.0, 100.0, 100.0)];
            let found = faults(&items.iter().collect::<Polygons>(), &TopologyOptions::default());
            let areas: Vec<f64> = found.iter().map(|fault| fault.area_m2).collect();
            assert!(if area > 0.0 { areas.len() == 1 && (areas[0] - area).abs() < 1e-3 } else { areas.is_empty() }, "{by}: {areas:?}");
        }
    }

    #[test]
    fn equal_shapes_under_two_codes_are_a_kind_of_their_own() {
        let turned = polygon(&[(100.0, 100.0), (0.0, 100.0), (0.0, 0.0), (100.0, 0.0), (100.0, 100.0)]);
        let items = [rectangle(0.0, 0.0, 100.0, 100.0), turned, rectangle(50.0, 0.0, 100.0, 100.0)];
        let found = faults(&items.iter().collect::<Polygons>(), &TopologyOptions::default());
        let kinds: Vec<_> = found.iter().map(|fault| (fault.kind, fault.item, fault.other, fault.area_m2.round())).collect();
        let overlap = FaultKind::Overlap;
        assert_eq!(kinds, [(FaultKind::Equal, 0, Some(1), 10_000.0), (overlap, 0, Some(2), 5_000.0), (overlap, 1, Some(2), 5_000.0)]);
        assert_eq!(found[0].repair, Repair::DropOne(1));
    }

    #[test]
    fn a_clean_lattice_has_no_fault() {
        assert!(faults(&lattice(15, 15, 30.0, 5.0, 8), &TopologyOptions::default()).is_empty());
    }
}
