//! The eligible parcels as a graph with what each brings; sites and plans and their values.

use super::input::{Params, Weights};
use crate::domain::units::hectares;
use crate::spatial::outline::{Outline, compactness, outline, outline_figures};
use crate::spatial::overlap::shared_area;
use crate::spatial::rectangle::holds_rectangle;
use crate::spatial::{Contact, ContactClass, Graph, PolygonSet, Subset};
use geo_types::MultiPolygon;
use rayon::prelude::*;
use std::cmp::Ordering;

/// Relative tolerance of equal objectives, costs and areas (C12, C13).
pub(super) const TIE: f64 = 1e-9;
/// Slack on area limits in m², so that an area on the limit is within it.
const AREA_SLACK_M2: f64 = 1e-6;
/// Gaps (m) and overlaps (m²) below this are rounding of coordinates.
const ROUNDING: f64 = 1e-7;

/// An eligible parcel. Units are numbered by code, so that the order of the input does not matter.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub parcel: usize,
    pub area: f64,
    pub perimeter: f64,
    pub cost: f64,
    /// Owner's number; an unknown owner has a number of its own.
    pub owner: u32,
    pub gfa: f64,
    /// r_i · a_i in m².
    pub ready: f64,
    pub pinned: bool,
    /// Sum of its overlaps with other units, m².
    pub overlap: f64,
}

/// A site with its exact figures (C1–C3).
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Site {
    /// Sorted units.
    pub members: Vec<u32>,
    pub area: f64,
    pub pp: f64,
    pub cost: f64,
    pub owners: usize,
    pub gfa: f64,
    pub ready: f64,
    pub value: f64,
}

pub(super) struct Problem<'a, S: PolygonSet> {
    pub units: Vec<Unit>,
    /// Code of each unit.
    pub codes: Vec<String>,
    pub set: Subset<'a, S>,
    /// All contacts, points included, then bridges.
    pub contacts: Vec<Contact>,
    /// Edge contacts, overlaps and bridges (C4).
    pub graph: Graph,
    /// Every contact but bridges, to see what lies near what.
    near: Graph,
    /// Units whose own outline closing does not change.
    is_clean: Vec<bool>,
    pub params: Params,
}

impl<'a, S: PolygonSet> Problem<'a, S> {
    /// `units` sorted by code, `set` in the same order; `contacts` between units, and `bridges`, the allowed bridged ones.
    pub(super) fn new(
        mut units: Vec<Unit>,
        codes: Vec<String>,
        set: Subset<'a, S>,
        params: Params,
        mut contacts: Vec<Contact>,
        bridges: Vec<Contact>,
    ) -> Self {
        contacts.par_iter_mut().for_each(|c| c.overlap_m2 = shared_area(&set, c.a as usize, &set, c.b as usize, 0.0));
        for contact in &contacts {
            units[contact.a as usize].overlap += contact.overlap_m2;
            units[contact.b as usize].overlap += contact.overlap_m2;
        }
        let tolerance = params.adjacency.tolerance_m;
        let is_clean = (0..units.len())
            .into_par_iter()
            .map(|i| {
                let own = outline_figures(&[set.multipolygon(i)], tolerance);
                let unit = &units[i];
                unit.area > tolerance * unit.perimeter && (own.area_m2 - unit.area).abs() < 1e-6 && (own.perimeter_m - unit.perimeter).abs() < 1e-6
            })
            .collect();
        let near = Graph::new(units.len(), &contacts, |_| true);
        // A bridge connects but shares no boundary: it counts no length.
        contacts.extend(bridges.into_iter().map(|bridge| Contact { length_m: 0.0, ..bridge }));
        Problem { graph: Graph::new(units.len(), &contacts, |c| c.class != ContactClass::Point), near, units, codes, set, contacts, is_clean, params }
    }

    pub(super) fn weights(&self) -> &Weights {
        &self.params.weights
    }

    /// The site's merged outline, exactly.
    pub(super) fn outline(&self, members: &[u32]) -> Outline {
        outline(&self.shapes(members), self.params.adjacency.tolerance_m)
    }

    pub(super) fn shapes(&self, members: &[u32]) -> Vec<MultiPolygon<f64>> {
        members.iter().map(|i| self.set.multipolygon(*i as usize)).collect()
    }

    /// Union area, outline area and perimeter. Members that tile without gaps or overlaps need no geometry: areas add
    /// up and common edges cancel; others are merged.
    fn measure(&self, members: &[u32], inside: &impl Fn(u32) -> bool) -> (f64, f64, f64) {
        let (mut area, mut perimeter) = (0.0, 0.0);
        let mut tiles = true;
        'members: for &i in members {
            let unit = &self.units[i as usize];
            area += unit.area;
            perimeter += unit.perimeter;
            tiles &= self.is_clean[i as usize];
            for link in self.near.links(i).iter().filter(|link| inside(link.to)) {
                let contact = &self.contacts[link.contact as usize];
                perimeter -= link.length_m;
                tiles &= contact.widest_m <= ROUNDING && contact.overlap_m2 <= ROUNDING;
                if !tiles {
                    break 'members;
                }
            }
        }
        if tiles {
            return (area, area, perimeter);
        }
        let merged = outline_figures(&self.shapes(members), self.params.adjacency.tolerance_m);
        (merged.union_m2, merged.area_m2, merged.perimeter_m)
    }

    /// Per component, whether its units tile: no gap, overlap or slit that closing could change.
    pub(super) fn components_that_tile(&self, component: &[u32], count: usize) -> Vec<bool> {
        let mut tiles = vec![true; count];
        for (i, is_clean) in self.is_clean.iter().enumerate() {
            tiles[component[i] as usize] &= is_clean;
        }
        for contact in self.contacts.iter().filter(|c| c.widest_m > ROUNDING || c.overlap_m2 > ROUNDING) {
            tiles[component[contact.a as usize] as usize] = false;
            tiles[component[contact.b as usize] as usize] = false;
        }
        tiles
    }

    /// The exact site of these sorted members.
    pub(super) fn site(&self, members: Vec<u32>) -> Site {
        let (area, outline_m2, perimeter) = self.measure(&members, &|i| members.binary_search(&i).is_ok());
        let sum = |of: fn(&Unit) -> f64| members.iter().map(|i| of(&self.units[*i as usize])).sum::<f64>();
        let (cost, gfa, ready) = (sum(|u| u.cost), sum(|u| u.gfa), sum(|u| u.ready));
        let mut owners: Vec<u32> = members.iter().map(|i| self.units[*i as usize].owner).collect();
        owners.sort_unstable();
        owners.dedup();
        let pp = compactness(outline_m2, perimeter);
        let value = value(self.weights(), area, pp, cost, owners.len(), ready);
        Site { area, pp, cost, owners: owners.len(), gfa, ready, value, members }
    }

    /// The first limit that a single site breaks: `min_area`, `max_area`, `budget`, `min_compactness`, `rectangle`.
    pub(super) fn broken_limit(&self, site: &Site) -> Option<&'static str> {
        let params = &self.params;
        if site.area < params.min_area_m2 - AREA_SLACK_M2 {
            return Some("min_area");
        }
        if site.area > params.max_area() + AREA_SLACK_M2 {
            return Some("max_area");
        }
        if !within(site.cost, params.budget()) {
            return Some("budget");
        }
        if site.pp < params.least_compactness() - 1e-12 {
            return Some("min_compactness");
        }
        let (width, height) = params.rectangle_m?;
        (!holds_rectangle(&self.outline(&site.members).shape, width, height)).then_some("rectangle")
    }
}

/// cost ≤ limit, with room for rounding.
pub(super) fn within(cost: f64, limit: f64) -> bool {
    cost <= limit + TIE * limit.abs().max(1.0)
}

pub(super) fn value(weights: &Weights, area: f64, pp: f64, cost: f64, owners: usize, ready: f64) -> f64 {
    let ha = hectares(area);
    weights.area * ha + weights.compactness * pp * ha - weights.cost * cost / 100.0 - weights.owners * owners as f64
        + weights.readiness * hectares(ready)
}

/// Disjoint sites and their totals.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plan {
    /// Sorted by first member.
    pub sites: Vec<Site>,
    pub objective: f64,
    pub area: f64,
    pub cost: f64,
    /// Sum over sites (C10).
    pub owners: usize,
    pub gfa: f64,
    pub mean_pp: f64,
}

impl Plan {
    pub(super) fn new(mut sites: Vec<Site>) -> Self {
        sites.sort_by(|p, q| p.members.cmp(&q.members));
        let sum = |of: fn(&Site) -> f64| sites.iter().map(of).sum::<f64>();
        let area = sum(|s| s.area);
        let mean_pp = if area > 0.0 { sum(|s| s.pp * s.area) / area } else { 0.0 };
        Plan {
            objective: sum(|s| s.value),
            area,
            cost: sum(|s| s.cost),
            owners: sites.iter().map(|s| s.owners).sum(),
            gfa: sum(|s| s.gfa),
            mean_pp,
            sites,
        }
    }

    pub(super) fn parcels(&self) -> Vec<u32> {
        let mut all: Vec<u32> = self.sites.iter().flat_map(|s| s.members.iter().copied()).collect();
        all.sort_unstable();
        all
    }

    /// Better first: objective, then fewer parcels, then the smaller list of codes (C13), then the sites themselves.
    pub(super) fn rank(&self, other: &Plan) -> Ordering {
        if !ties(self.objective, other.objective) {
            return other.objective.total_cmp(&self.objective);
        }
        let (mine, theirs) = (self.parcels(), other.parcels());
        let members = |plan: &Plan| plan.sites.iter().map(|s| s.members.clone()).collect::<Vec<_>>();
        mine.len().cmp(&theirs.len()).then_with(|| mine.cmp(&theirs)).then_with(|| members(self).cmp(&members(other)))
    }

    /// C12: nowhere worse and somewhere better.
    pub(super) fn dominates(&self, other: &Plan) -> bool {
        let pairs = [
            (self.area, other.area),
            (-self.cost, -other.cost),
            (-(self.owners as f64), -(other.owners as f64)),
            (-self.gfa, -other.gfa),
            (self.mean_pp, other.mean_pp),
        ];
        pairs.iter().all(|(mine, theirs)| mine >= theirs || ties(*mine, *theirs))
            && pairs.iter().any(|(mine, theirs)| mine > theirs && !ties(*mine, *theirs))
    }
}

/// Equal to 1e-9 relative.
pub(super) fn ties(a: f64, b: f64) -> bool {
    (a - b).abs() <= TIE * a.abs().max(b.abs())
}
