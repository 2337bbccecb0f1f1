//! Share of a park's floor area within reach of a class of facility (exact readings I5–I7).

use super::evidence::{BuildingRecord, FacilitySite};
use super::measure::{Measure, amount_fault, ratio, sieve};
use super::result::{Note, Reason};
use crate::rules::designation::FacilityRule;
use geo::{BoundingRect, Distance, Euclidean};
use geo_types::{Geometry, Point};

/// Facilities of one class, sorted so that far ones are never looked at.
pub(super) struct Reach<'a> {
    /// (west, east, geometry), by west.
    sites: Vec<(f64, f64, &'a Geometry<f64>)>,
    /// Widest site: how far west of a window a site may begin and still reach in.
    widest: f64,
}

impl<'a> Reach<'a> {
    pub(super) fn new(sites: &'a [FacilitySite]) -> Self {
        let boxed = |site: &'a FacilitySite| site.geometry.bounding_rect().map(|rect| (rect.min().x, rect.max().x, &site.geometry));
        let mut sites: Vec<_> = sites.iter().filter_map(boxed).collect();
        sites.sort_by(|a, b| a.0.total_cmp(&b.0));
        let widest = sites.iter().map(|(west, east, _)| east - west).fold(0.0, f64::max);
        Reach { sites, widest }
    }

    /// Whether some site lies within `radius` of the point (0 inside a site).
    fn covers(&self, centre: [f64; 2], radius: f64) -> bool {
        let point = Point::new(centre[0], centre[1]);
        let slack = radius + 1e-9 * radius.max(1.0);
        let from = self.sites.partition_point(|(west, ..)| *west < centre[0] - slack - self.widest);
        let near = self.sites[from..].iter().take_while(|(west, ..)| *west <= centre[0] + slack);
        near.filter(|(_, east, _)| *east >= centre[0] - slack).any(|(.., geometry)| Euclidean.distance(&Geometry::Point(point), *geometry) <= slack)
    }
}

/// Coverage by floor area. `reach` is `None` when the class was never loaded.
pub(super) fn coverage(buildings: Option<&[BuildingRecord]>, reach: Option<&Reach<'_>>, rule: &FacilityRule, min_known: f64) -> Measure {
    let Some(buildings) = buildings else { return Measure::not_loaded("building") };
    if reach.is_none() && !rule.connected {
        return Measure::unknown(Note::new("not_loaded", "没有此类设施的图层", "no layer of this class was ever loaded"));
    }
    let served = |building: &BuildingRecord| match (rule.connected, reach) {
        (true, _) => building.connected.get(&rule.class).copied().ok_or(Reason::NoConnection),
        // A building without a drawn footprint has no place to measure from.
        (false, Some(_)) if !building.centroid.iter().all(|coordinate| coordinate.is_finite()) => Err(Reason::NoFootprint),
        (false, Some(reach)) => Ok(reach.covers(building.centroid, rule.radius_m.value)),
        (false, None) => Err(Reason::NoConnection),
    };
    let sieved = sieve(buildings, |building| &building.code, |building| amount_fault(building.gfa_m2).or_else(|| served(building).err()));
    let covered = sieved.sum(|building| building.gfa_m2.filter(|_| served(building) == Ok(true)));
    let value = ratio(covered, sieved.sum(|building| building.gfa_m2));
    sieved.measure(value, min_known)
}

/// Unweighted mean over the classes; an unknown class makes it unknown, and the note says how many were known (I7).
pub(super) fn mean(classes: &[Measure]) -> Measure {
    let known: Vec<f64> = classes.iter().filter_map(|measure| measure.value).collect();
    let complete = known.len() == classes.len() && !known.is_empty();
    let partial = if known.is_empty() { 0.0 } else { known.iter().sum::<f64>() / known.len() as f64 };
    let measure = Measure {
        value: complete.then_some(partial),
        known: (!classes.is_empty()).then(|| known.len() as f64 / classes.len() as f64),
        ..Measure::default()
    };
    if complete || classes.is_empty() {
        return measure;
    }
    let (have, all) = (known.len(), classes.len());
    let zh = format!("{all} 类中 {have} 类已知，已知各类均值 {partial:.4}");
    measure.noted(Note::new("classes_known", zh, format!("{have} of {all}; mean of the known ones {partial:.4}")))
}
