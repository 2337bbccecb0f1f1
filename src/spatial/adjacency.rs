//! Which parcels lie side by side, and along what length.
//!
//! A point p on a segment a of one boundary *faces* the other boundary when, for some segment s of it, the foot of p on
//! the line of s lies inside s, p is at most ε from that foot, and a and s differ in direction by at most θ. The facing
//! length of a pair is the mean of both directions. Each (a, s) gives one closed-form interval on a, so no vertex need be
//! shared: T-junctions and one long side against three short ones come out right, a mere corner counts zero. Outer sides face each other
//! (the boundaries run against each other), and nobody else's land lies between (`adjacency_between`).

use super::adjacency_between::{Third, lies_between, open_runs};
use super::adjacency_grid::{BoxGrid, meets};
use super::adjacency_segments::{Segment, least_distance, segments_near};
use super::overlap::shared_area;
use super::polygons::PolygonSet;
use geo_types::Coord;
use rayon::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

/// How near, how parallel and how long counts as contact. The defaults are those of the method, not of a law.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdjacencyOptions {
    /// Gap tolerance ε in m.
    pub tolerance_m: f64,
    /// Largest difference of undirected directions θ in degrees.
    pub angle_deg: f64,
    /// Least facing length of an edge contact L_min in m.
    pub min_length_m: f64,
}

impl Default for AdjacencyOptions {
    fn default() -> Self {
        AdjacencyOptions { tolerance_m: 0.5, angle_deg: 30.0, min_length_m: 2.0 }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContactClass {
    /// Facing along at least L_min.
    Edge,
    /// Within ε, facing along less than L_min.
    Point,
    /// Sharing more area than ε·L/2 + 0.1 m²: a topology fault that still counts as contact.
    Overlap,
    /// Facing across a road parcel or unparcelled land.
    Bridged,
}

/// One pair of neighbours, `a < b`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Contact {
    pub a: u32,
    pub b: u32,
    /// Facing length L = ½ (L_a→b + L_b→a) in m.
    pub length_m: f64,
    pub class: ContactClass,
    /// Least distance of the outlines where they face each other in m, 0 when they meet or overlap there (T2); where nothing faces (a corner),
    /// the least distance.
    pub gap_m: f64,
    /// Greatest distance of the outlines where they face each other in m, on whichever side: 0 for boundaries that are one.
    #[serde(skip)]
    pub widest_m: f64,
    /// Area of a ∩ b in m²; 0 where a cheap test shows that it is drawing noise.
    pub overlap_m2: f64,
}

/// Slack on ε in m, so that a gap of exactly ε is within ε whatever the last bit of the coordinates.
const SLACK_M: f64 = 1e-9;
/// Overlaps of no more than this (m²), plus ε·L/2, are drawing noise (analyses.md §1).
const OVERLAP_M2: f64 = 0.1;
/// What the closed-form overlap of parcels that are apart may leave (m²).
const ROUNDING_M2: f64 = 1e-4;
/// How many items one task takes: large enough to amortise its scratch space, small enough to balance.
const CHUNK: usize = 512;

/// All pairs of neighbours, sorted by (a, b). Cost grows like n log n for parcels of bounded shape.
///
/// # Source
/// analyses.md §1.
pub fn adjacency(set: &impl PolygonSet, options: &AdjacencyOptions) -> Vec<Contact> {
    let grid = BoxGrid::new((0..set.len()).map(|i| set.bounds(i)), options.tolerance_m / 2.0 + SLACK_M);
    let chunks: Vec<Vec<Contact>> = (0..set.len().div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let mut pair = PairMeasure::new(options);
            let mut found = Vec::new();
            let mut partners = Vec::new();
            for i in chunk * CHUNK..((chunk + 1) * CHUNK).min(set.len()) {
                partners.clear();
                grid.partners(i as u32, |j| partners.push(j));
                let begin = found.len();
                found.extend(partners.iter().filter_map(|&j| pair.contact(set, i.min(j as usize), i.max(j as usize))));
                found[begin..].sort_unstable_by_key(|contact: &Contact| (contact.a, contact.b));
            }
            found
        })
        .collect();
    let mut contacts = Vec::with_capacity(chunks.iter().map(Vec::len).sum());
    for chunk in chunks {
        contacts.extend(chunk);
    }
    let mut contacts = without_thirds(set, contacts, options);
    // Only large items break the order: they take their pairs whatever the index.
    if !contacts.is_sorted_by_key(|contact| (contact.a, contact.b)) {
        contacts.sort_unstable_by_key(|contact| (contact.a, contact.b));
    }
    contacts
}

/// Contacts across a gap, measured again where a third parcel touches both and so may lie between.
fn without_thirds(set: &impl PolygonSet, contacts: Vec<Contact>, options: &AdjacencyOptions) -> Vec<Contact> {
    if !contacts.iter().any(is_across) {
        return contacts;
    }
    let mut beside: Vec<Vec<u32>> = vec![Vec::new(); set.len()];
    for contact in &contacts {
        beside[contact.a as usize].push(contact.b);
        beside[contact.b as usize].push(contact.a);
    }
    beside.par_iter_mut().for_each(|others| others.sort_unstable());
    let seen = |contact: &Contact| {
        let of_b = &beside[contact.b as usize];
        let thirds: Vec<u32> = beside[contact.a as usize].iter().copied().filter(|third| of_b.binary_search(third).is_ok()).collect();
        PairMeasure::new(options).past(set, *contact, &thirds)
    };
    contacts.par_iter().filter_map(|contact| if is_across(contact) { seen(contact) } else { Some(*contact) }).collect()
}

fn is_across(contact: &Contact) -> bool {
    contact.widest_m > 1e-6 && contact.class != ContactClass::Overlap
}

/// The contacts of one item with the others, sorted by the other's index; `a` and `b` keep their order `a < b`.
pub fn neighbours(set: &impl PolygonSet, item: usize, candidates: &[u32], options: &AdjacencyOptions) -> Vec<Contact> {
    let mut pair = PairMeasure::new(options);
    let mut others: Vec<usize> = candidates.iter().map(|j| *j as usize).filter(|j| *j != item).collect();
    others.sort_unstable();
    others.dedup();
    let contacts: Vec<Contact> = others.into_iter().filter_map(|j| pair.contact(set, item.min(j), item.max(j))).collect();
    // What lies between the item and another touches the item.
    let near: Vec<u32> = contacts.iter().map(|contact| if contact.a as usize == item { contact.b } else { contact.a }).collect();
    contacts
        .into_iter()
        .filter_map(|contact| {
            let thirds: Vec<u32> = near.iter().copied().filter(|third| ![contact.a, contact.b].contains(third)).collect();
            if is_across(&contact) { pair.past(set, contact, &thirds) } else { Some(contact) }
        })
        .collect()
}

/// A part of segment `on` that faces the other boundary, in metres from the segment's start.
#[derive(Clone, Copy)]
struct Facing {
    on: u32,
    /// The segment of the other boundary that it faces.
    across: u32,
    from: f64,
    to: f64,
    /// Distances at both ends, negative outside of the other parcel.
    ends: (f64, f64),
}

impl Facing {
    fn within(&self, (from, to): (f64, f64)) -> Facing {
        let at = |t: f64| self.ends.0 + (self.ends.1 - self.ends.0) * ((t - self.from) / (self.to - self.from));
        Facing { from, to, ends: (at(from), at(to)), ..*self }
    }
}

/// Measures pairs; holds the scratch space that all pairs of a task share.
struct PairMeasure<'a> {
    options: &'a AdjacencyOptions,
    sin_angle_squared: f64,
    of_a: Vec<Segment>,
    of_b: Vec<Segment>,
    on_a: Vec<Facing>,
    on_b: Vec<Facing>,
}

impl<'a> PairMeasure<'a> {
    fn new(options: &'a AdjacencyOptions) -> Self {
        let sine = options.angle_deg.clamp(0.0, 90.0).to_radians().sin();
        PairMeasure {
            options,
            sin_angle_squared: sine * sine * (1.0 + 1e-12),
            of_a: Vec::new(),
            of_b: Vec::new(),
            on_a: Vec::new(),
            on_b: Vec::new(),
        }
    }

    fn contact(&mut self, set: &impl PolygonSet, a: usize, b: usize) -> Option<Contact> {
        let reach = self.options.tolerance_m + SLACK_M;
        self.look(set, a, b);
        let length_m = 0.5 * (union_length(&mut self.on_a) + union_length(&mut self.on_b));
        let (nearest, widest_m) = gaps(self.on_a.iter().chain(&self.on_b));

        let overlap_m2 = if self.is_separated(set, a, b) { 0.0 } else { shared_area(set, a, set, b, OVERLAP_M2) };
        let is_edge = length_m >= self.options.min_length_m;
        let contact =
            |class, gap_m: f64| Some(Contact { a: a as u32, b: b as u32, length_m, class, gap_m, widest_m: widest_m.max(gap_m), overlap_m2 });
        if overlap_m2 > self.options.tolerance_m * length_m / 2.0 + OVERLAP_M2 {
            return contact(ContactClass::Overlap, 0.0);
        }
        if is_edge {
            return contact(ContactClass::Edge, nearest);
        }
        let least = least_distance(&self.of_a, &self.of_b, reach).0;
        if least > reach && overlap_m2 <= ROUNDING_M2 {
            return None;
        }
        let gap = if length_m > 0.0 { nearest } else { least.min(self.options.tolerance_m) };
        contact(ContactClass::Point, gap)
    }

    /// Segments near both, and their facing parts; the box that is near both.
    fn look(&mut self, set: &impl PolygonSet, a: usize, b: usize) -> [f64; 4] {
        let reach = self.options.tolerance_m + SLACK_M;
        let (box_a, box_b) = (set.bounds(a), set.bounds(b));
        let shared = [
            box_a.min().x.max(box_b.min().x) - reach,
            box_a.min().y.max(box_b.min().y) - reach,
            box_a.max().x.min(box_b.max().x) + reach,
            box_a.max().y.min(box_b.max().y) + reach,
        ];
        segments_near(set, a, &shared, &mut self.of_a);
        segments_near(set, b, &shared, &mut self.of_b);
        self.face();
        shared
    }

    /// A contact across a gap, seen past the parcels that may lie in it; none where nothing of it is left.
    fn past(&mut self, set: &impl PolygonSet, contact: Contact, thirds: &[u32]) -> Option<Contact> {
        if thirds.is_empty() {
            return Some(contact);
        }
        let near = self.look(set, contact.a as usize, contact.b as usize);
        let third = |item: &u32| {
            let mut segments = Vec::new();
            segments_near(set, *item as usize, &near, &mut segments);
            Third { segments, set, item: *item as usize }
        };
        let thirds: Vec<_> = thirds.iter().map(third).collect();
        let open = |parts: &[Facing], own: &[Segment], other: &[Segment]| -> Vec<Facing> {
            let part = |part: &Facing| {
                let (on, across) = (own[part.on as usize], other[part.across as usize]);
                open_runs(&on, &across, (part.from, part.to), &thirds).into_iter().map(|run| part.within(run)).collect::<Vec<_>>()
            };
            parts.iter().flat_map(part).collect()
        };
        let (mut on_a, mut on_b) = (open(&self.on_a, &self.of_a, &self.of_b), open(&self.on_b, &self.of_b, &self.of_a));
        let length_m = 0.5 * (union_length(&mut on_a) + union_length(&mut on_b));
        if length_m > 1e-9 {
            let class = if length_m >= self.options.min_length_m { ContactClass::Edge } else { ContactClass::Point };
            let (gap_m, widest_m) = gaps(on_a.iter().chain(&on_b));
            return Some(Contact { length_m, class, gap_m, widest_m, ..contact });
        }
        let reach = self.options.tolerance_m + SLACK_M;
        let (least, p, q) = least_distance(&self.of_a, &self.of_b, reach);
        let gap_m = least.min(self.options.tolerance_m);
        (!lies_between(p, q, &thirds)).then_some(Contact { length_m: 0.0, class: ContactClass::Point, gap_m, widest_m: gap_m, ..contact })
    }

    /// Whether the line of some near segment has one parcel on its left and the other on its right, to 0.01 mm: then they
    /// share less than drawing noise. It spares most neighbours the exact area.
    fn is_separated(&self, set: &impl PolygonSet, a: usize, b: usize) -> bool {
        const DEPTH_M: f64 = 1e-5;
        let separates = |s: &Segment, own: usize, other: usize| {
            let (dx, dy) = (s.to.x - s.from.x, s.to.y - s.from.y);
            let most = DEPTH_M * (dx * dx + dy * dy).sqrt();
            let side = |p: &Coord<f64>| dx * (p.y - s.from.y) - dy * (p.x - s.from.x);
            set.rings(other).flatten().all(|p| side(p) <= most) && set.rings(own).flatten().all(|p| side(p) >= -most)
        };
        // Parcels of many vertices are seldom convex: the test would cost much and find nothing.
        let few = |segments: &[Segment]| segments.len() <= 8;
        (few(&self.of_a) && self.of_a.iter().any(|s| separates(s, a, b))) || (few(&self.of_b) && self.of_b.iter().any(|s| separates(s, b, a)))
    }

    /// Collects the facing parts of all segment pairs, in both directions at once.
    fn face(&mut self) {
        self.on_a.clear();
        self.on_b.clear();
        let reach = self.options.tolerance_m + SLACK_M;
        for (index_a, a) in self.of_a.iter().enumerate() {
            let [x0, y0, x1, y1] = a.bounds();
            let near = [x0 - reach, y0 - reach, x1 + reach, y1 + reach];
            let (ax, ay) = (a.to.x - a.from.x, a.to.y - a.from.y);
            let squared_a = ax * ax + ay * ay;
            for (index_b, b) in self.of_b.iter().enumerate() {
                if !meets(&near, &b.bounds()) {
                    continue;
                }
                let (bx, by) = (b.to.x - b.from.x, b.to.y - b.from.y);
                let squared_b = bx * bx + by * by;
                let cross = ax * by - ay * bx;
                // Outer sides face each other only where the boundaries run against each other.
                if ax * bx + ay * by > 0.0 || cross * cross > self.sin_angle_squared * squared_a * squared_b {
                    continue;
                }
                let (length_a, length_b) = (squared_a.sqrt(), squared_b.sqrt());
                if let Some(part) = facing(a, (ax / length_a, ay / length_a), length_a, b, (bx / length_b, by / length_b), length_b, reach) {
                    self.on_a.push(Facing { on: index_a as u32, across: index_b as u32, ..part });
                }
                if let Some(part) = facing(b, (bx / length_b, by / length_b), length_b, a, (ax / length_a, ay / length_a), length_a, reach) {
                    self.on_b.push(Facing { on: index_b as u32, across: index_a as u32, ..part });
                }
            }
        }
    }
}

/// The part of `a` (unit direction `u`) whose feet on the line of `s` (unit direction `w`) fall inside `s` and that is
/// at most `reach` from it: three linear conditions on the run t along `a`.
fn facing(a: &Segment, u: (f64, f64), length_a: f64, s: &Segment, w: (f64, f64), length_s: f64, reach: f64) -> Option<Facing> {
    let (dx, dy) = (a.from.x - s.from.x, a.from.y - s.from.y);
    let (foot, foot_per_t) = (dx * w.0 + dy * w.1, u.0 * w.0 + u.1 * w.1);
    let (distance, distance_per_t) = (w.0 * dy - w.1 * dx, w.0 * u.1 - w.1 * u.0);
    let mut span = (0.0, length_a);
    if !keep_between(&mut span, foot, foot_per_t, 0.0, length_s) || !keep_between(&mut span, distance, distance_per_t, -reach, reach) {
        return None;
    }
    let (from, to) = span;
    if to <= from {
        return None;
    }
    let ends = (distance + distance_per_t * from, distance + distance_per_t * to);
    Some(Facing { on: 0, across: 0, from, to, ends })
}

/// Narrows `span` to the t with `low ≤ value + slope·t ≤ high`; false when nothing is left.
fn keep_between(span: &mut (f64, f64), value: f64, slope: f64, low: f64, high: f64) -> bool {
    if slope.abs() < 1e-15 {
        return value >= low && value <= high;
    }
    let (mut first, mut last) = ((low - value) / slope, (high - value) / slope);
    if first > last {
        std::mem::swap(&mut first, &mut last);
    }
    span.0 = span.0.max(first);
    span.1 = span.1.min(last);
    span.0 < span.1
}

/// Least distance on the outer side and greatest on either, over the facing parts; nought for none.
fn gaps<'a>(parts: impl Iterator<Item = &'a Facing>) -> (f64, f64) {
    let (mut least, mut greatest) = (f64::INFINITY, 0.0f64);
    for Facing { ends, .. } in parts {
        least = least.min((-ends.0.max(ends.1)).max(0.0));
        greatest = greatest.max(ends.0.abs()).max(ends.1.abs());
    }
    // A nought of the other sign is nought.
    (if least.is_finite() { least + 0.0 } else { 0.0 }, greatest)
}

/// Length of the union of the parts on each segment.
fn union_length(parts: &mut [Facing]) -> f64 {
    parts.sort_unstable_by(|p, q| p.on.cmp(&q.on).then(p.from.total_cmp(&q.from)).then(p.to.total_cmp(&q.to)));
    let (mut total, mut segment, mut reached) = (0.0, u32::MAX, 0.0f64);
    for part in parts.iter() {
        if part.on != segment {
            (segment, reached) = (part.on, part.from);
        }
        total += (part.to - part.from.max(reached)).max(0.0);
        reached = reached.max(part.to);
    }
    total
}
