//! The rules one by one: measured, limit, margin, verdict (exact readings U10–U17).

use super::case::{Overrides, ParcelCase};
use super::check::Prepared;
use super::result::{Finding, Requirement, Rule, UpstairsResult};
use super::search::{DrawnPlate, Scheme};
use super::shape::distance_to_segment;
use super::yard::{Circle, largest_circle};
use crate::rules::{Cite, Cited, Op, Status, UpstairsPack, Verdict};
use std::sync::Arc;

/// What the rules look at.
pub(super) struct Drawn<'a> {
    pub case: &'a ParcelCase,
    pub pack: &'a UpstairsPack,
    pub overrides: &'a Overrides,
    pub prepared: &'a Prepared,
    pub scheme: &'a Scheme,
    pub result: &'a UpstairsResult,
    /// Verdicts are wanted, not how far a failing yard is from passing.
    pub decide: bool,
}

const LAND: Rule = Rule { id: "control_lines", zh: "控制线图层齐备", en: "Control lines on record", op: Op::AtLeast, unit: "层" };
const FOOTPLATE: Rule = Rule { id: "footplate", zh: "标准层可布置", en: "A footplate fits", op: Op::AtLeast, unit: "m²" };
const FAR: Rule = Rule { id: "far", zh: "容积率", en: "Floor area ratio", op: Op::AtMost, unit: "" };
const COVERAGE: Rule = Rule { id: "coverage", zh: "建筑密度", en: "Coverage", op: Op::AtMost, unit: "" };
const HEIGHT: Rule = Rule { id: "height", zh: "建筑高度", en: "Building height", op: Op::AtMost, unit: "m" };
const HEIGHT_MIN: Rule =
    Rule { id: "height_min", zh: "建筑类型高度下限", en: "Least height of the building type", op: Op::AtLeast, unit: "m" };
const STOREYS: Rule = Rule { id: "storeys", zh: "层数", en: "Storeys", op: Op::AtMost, unit: "层" };
const SETBACK: Rule = Rule { id: "setback", zh: "退线", en: "Setback", op: Op::AtLeast, unit: "m" };
const FIRE: Rule = Rule { id: "fire_distance", zh: "防火间距", en: "Fire distance", op: Op::AtLeast, unit: "m" };
const YARD: Rule = Rule { id: "yard", zh: "货车回转场地", en: "Truck turning yard", op: Op::AtLeast, unit: "m" };
const LIFTS: Rule = Rule { id: "lifts", zh: "货梯", en: "Freight lifts per plate", op: Op::AtLeast, unit: "部" };
const BAYS: Rule = Rule { id: "bays", zh: "装卸位", en: "Loading bays per plate", op: Op::AtLeast, unit: "个" };
const ANCILLARY: Rule = Rule { id: "ancillary_gfa", zh: "配套建筑面积占比", en: "Ancillary share of GFA", op: Op::AtMost, unit: "" };
const ANCILLARY_LAND: Rule = Rule { id: "ancillary_land", zh: "配套用地占比", en: "Ancillary share of land", op: Op::AtMost, unit: "" };
const LOADS: [Rule; 4] = [
    Rule { id: "load_ground", zh: "首层楼面荷载", en: "Floor load, ground", op: Op::AtLeast, unit: "kN/m²" },
    Rule { id: "load_lower", zh: "低区楼面荷载", en: "Floor load, lower", op: Op::AtLeast, unit: "kN/m²" },
    Rule { id: "load_middle", zh: "中区楼面荷载", en: "Floor load, middle", op: Op::AtLeast, unit: "kN/m²" },
    Rule { id: "load_upper", zh: "高区楼面荷载", en: "Floor load, upper", op: Op::AtLeast, unit: "kN/m²" },
];

/// The findings, and the truck yard that one of them found.
pub(super) fn findings(drawn: &Drawn<'_>) -> (Vec<Finding>, Option<Circle>) {
    let mut found = vec![control_lines(drawn), footplate(drawn)];
    let mut circle = None;
    found.extend(envelope(drawn));
    if !drawn.scheme.plates.is_empty() {
        let (place, turning) = yard(drawn);
        circle = place;
        found.extend([setback(drawn), fire_distance(drawn), Some(turning)].into_iter().flatten());
        found.extend(loads(drawn));
        found.extend(provision(drawn));
    }
    found.extend(ancillary(drawn));
    (found, circle)
}

/// Land on which nothing may be built is only known where every kind of control line is loaded: a missing layer is missing evidence (U2).
fn control_lines(drawn: &Drawn<'_>) -> Finding {
    let bars = &drawn.prepared.land.bars;
    let all = bars.len() as f64;
    let measured = bars.iter().all(|bar| bar.removed.is_some()).then_some(all);
    Finding::new(&LAND, measured, Some(all), &drawn.pack.land.order.cite)
}

/// The smallest plate of the layout against the pack's minimum; without a layout, the largest rectangle that does fit.
fn footplate(drawn: &Drawn<'_>) -> Finding {
    let limit = &drawn.pack.plate.min_plate;
    let smallest = drawn.scheme.plates.iter().map(DrawnPlate::area).min_by(f64::total_cmp);
    match smallest {
        Some(area) => Finding::new(&FOOTPLATE, Some(area), Some(limit.value), &limit.cite),
        None => {
            let largest = (!drawn.decide).then(|| super::binding::largest_rectangle(drawn.prepared));
            Finding::new(&FOOTPLATE, largest, Some(limit.value), &limit.cite).with_verdict(Verdict::Fail)
        }
    }
}

/// FAR, coverage, height, storeys. A FAR or coverage that nobody recorded is missing evidence; a height that nobody limits is no limit (U5).
fn envelope(drawn: &Drawn<'_>) -> Vec<Finding> {
    let (result, limits) = (drawn.result, &drawn.prepared.limits);
    let mut found = vec![
        Finding::new(&FAR, result.far, limits.far.value, &limits.far.cite),
        Finding::new(&COVERAGE, result.coverage, limits.coverage.value, &limits.coverage.cite),
    ];
    let zone = drawn.scheme.height_limit.filter(|zone| limits.height.value.is_none_or(|limit| *zone < limit));
    let height = match zone {
        Some(zone) => Finding::new(&HEIGHT, Some(result.height_m), Some(zone), &Cite::record("限高区 / height zone")),
        None => Finding::new(&HEIGHT, Some(result.height_m), limits.height.value, &limits.height.cite),
    };
    found.push(if height.limit.is_none() { height.with_verdict(Verdict::Pass) } else { height });
    if let Some(least) = drawn.pack.height_min.value
        && !drawn.scheme.plates.is_empty()
    {
        found.push(Finding::new(&HEIGHT_MIN, Some(result.height_m), Some(least), &drawn.pack.height_min.cite));
    }
    found.push(Finding::new(&STOREYS, Some(result.storeys.len() as f64), Some(limits.storeys.value as f64), &limits.storeys.cite));
    found
}

/// The tightest place: the piece of the site line to which some plate keeps the least spare distance.
fn setback(drawn: &Drawn<'_>) -> Option<Finding> {
    let line = &drawn.prepared.line;
    let distance = |a, b| {
        drawn.scheme.plates.iter().flat_map(|plate| plate.corners).map(|corner| distance_to_segment(corner, a, b)).fold(f64::INFINITY, f64::min)
    };
    // Corners of convex plates are nearest to a straight piece unless the piece's own end comes nearest; both are looked at.
    let ends = |a, b| {
        let to_plate = |point| drawn.scheme.plates.iter().map(|plate| plate_distance(plate, point)).fold(f64::INFINITY, f64::min);
        f64::min(to_plate(a), to_plate(b))
    };
    let measured = line.pieces.iter().map(|piece| (distance(piece.a, piece.b).min(ends(piece.a, piece.b)), piece));
    let (measured, piece) = measured.min_by(|a, b| (a.0 - a.1.setback).total_cmp(&(b.0 - b.1.setback)))?;
    let cite = match (piece.faces_road, drawn.overrides.setback_road, drawn.overrides.setback_side) {
        (true, Some(_), _) | (false, _, Some(_)) => Cite::entered(),
        (true, None, _) if drawn.overrides.add.setback_road != 0.0 => Cite::entered(),
        (false, _, None) if drawn.overrides.add.setback_side != 0.0 => Cite::entered(),
        (true, None, _) => {
            drawn.pack.setback.road.values().find(|figure| figure.value == piece.setback).map_or_else(Cite::entered, |figure| figure.cite.clone())
        }
        (false, _, None) => drawn.pack.setback.side.cite.clone(),
    };
    let finding = Finding::new(&SETBACK, Some(within_tolerance(measured, piece.setback)), Some(piece.setback), &cite);
    let known = drawn.case.roads.is_some() && !line.unknown_class;
    Some(if known { finding } else { finding.with_verdict(Verdict::Unknown) })
}

/// A plate may miss the outline by a millimetre (U6): such a distance is the limit itself, not a breach of it.
fn within_tolerance(measured: f64, limit: f64) -> f64 {
    const MILLIMETRE: f64 = 1e-3;
    if measured < limit && measured > limit - MILLIMETRE { limit } else { measured }
}

fn fire_distance(drawn: &Drawn<'_>) -> Option<Finding> {
    let plates = &drawn.scheme.plates;
    let pairs = (0..plates.len()).flat_map(|a| (a + 1..plates.len()).map(move |b| (a, b)));
    let nearest = pairs.map(|(a, b)| between(&plates[a], &plates[b])).min_by(f64::total_cmp)?;
    let limit = &drawn.pack.plate.fire_distance;
    Some(Finding::new(&FIRE, Some(within_tolerance(nearest, limit.value)), Some(limit.value), &limit.cite))
}

/// The truck yard: where it is found, and what the rule says of it. A site that faces no road has none.
fn yard(drawn: &Drawn<'_>) -> (Option<Circle>, Finding) {
    let limit = &drawn.pack.turning_radius;
    let prepared = drawn.prepared;
    let circle = drawn.case.roads.as_ref().and_then(|_| {
        let hard: Vec<_> = prepared.land.obstacles.iter().filter(|obstacle| obstacle.hard).map(|obstacle| &obstacle.shape).collect();
        largest_circle(&prepared.land.site, &drawn.scheme.plates, &hard, &prepared.line.pieces, limit.value, drawn.decide)
    });
    let measured = drawn.case.roads.as_ref().map(|_| circle.map_or(0.0, |circle| circle.radius));
    (circle, Finding::new(&YARD, measured, Some(limit.value), &limit.cite))
}

/// The cluster's demand against the design load of each band that is built; without a cluster nothing is demanded.
fn loads(drawn: &Drawn<'_>) -> Vec<Finding> {
    let Some(cluster) = &drawn.pack.cluster else { return Vec::new() };
    let bands = drawn.result.storeys.iter().map(|storey| drawn.pack.band(storey.n)).max().map_or(0, |top| top + 1);
    (0..bands)
        .map(|band| {
            let design = &drawn.pack.load[band];
            let need = drawn.pack.fit.load(cluster, band);
            let cite = need.map_or(&drawn.pack.fit.cite, |need| &need.cite);
            let mut finding = Finding::new(&LOADS[band], Some(design.value), need.map(|need| need.value), cite);
            // A sourced demand against an unconfirmed design load is no confirmed verdict.
            if design.cite.status == Status::Unconfirmed {
                finding.status = Status::Unconfirmed;
            }
            finding
        })
        .collect()
}

/// Lifts and bays that were stated, against what the largest tower needs.
fn provision(drawn: &Drawn<'_>) -> Vec<Finding> {
    let most = |need: &dyn Fn(&DrawnPlate) -> Need| drawn.scheme.plates.iter().map(need).max_by(|a, b| a.count.total_cmp(&b.count));
    let judge = |rule: &Rule, given: Option<usize>, need: Option<Need>| {
        Some(Finding::new(rule, Some(given? as f64), need.as_ref().map(|need| need.count), &need.as_ref()?.cite))
    };
    let lifts = judge(&LIFTS, drawn.overrides.lifts, most(&|plate| lifts_needed(drawn, plate)));
    let bays = judge(&BAYS, drawn.overrides.bays, most(&|plate| bays_needed(drawn, plate)));
    lifts.into_iter().chain(bays).collect()
}

fn ancillary(drawn: &Drawn<'_>) -> Vec<Finding> {
    let gfa = drawn.result.gfa_m2;
    let share = |part: f64, whole: f64| (whole > 0.0).then(|| part / whole);
    let by_gfa = drawn.case.ancillary_gfa_m2.zip(drawn.pack.ancillary_gfa_max.value);
    let by_land = drawn.case.ancillary_land_m2.zip(drawn.pack.ancillary_land_max.value);
    let floor = by_gfa.map(|(part, cap)| Finding::new(&ANCILLARY, share(part, gfa), Some(cap), &drawn.pack.ancillary_gfa_max.cite));
    let land = by_land
        .map(|(part, cap)| Finding::new(&ANCILLARY_LAND, share(part, drawn.prepared.land.site_area), Some(cap), &drawn.pack.ancillary_land_max.cite));
    floor.into_iter().chain(land).collect()
}

/// What the scheme must provide where nothing was stated.
pub(super) fn requirements(drawn: &Drawn<'_>) -> Vec<Requirement> {
    let mut required = Vec::new();
    if drawn.scheme.plates.is_empty() {
        return required;
    }
    for (index, plate) in drawn.scheme.plates.iter().enumerate() {
        if drawn.overrides.lifts.is_none() {
            let need = lifts_needed(drawn, plate);
            required.push(Requirement::new(&LIFTS, Some(index), need.count, &need.cite));
        }
        if drawn.overrides.bays.is_none() {
            let need = bays_needed(drawn, plate);
            required.push(Requirement::new(&BAYS, Some(index), need.count, &need.cite));
        }
    }
    if let (None, Some(cap)) = (drawn.case.ancillary_gfa_m2, drawn.pack.ancillary_gfa_max.value) {
        required.push(Requirement::new(&ANCILLARY, None, cap, &drawn.pack.ancillary_gfa_max.cite));
    }
    if let (None, Some(cap)) = (drawn.case.ancillary_land_m2, drawn.pack.ancillary_land_max.value) {
        required.push(Requirement::new(&ANCILLARY_LAND, None, cap, &drawn.pack.ancillary_land_max.cite));
    }
    required
}

/// GFA of the plate's tower above ground (U13).
fn tower_gfa(drawn: &Drawn<'_>, plate: &DrawnPlate) -> f64 {
    let total = drawn.scheme.building.plate_area;
    if total > 0.0 { plate.area() / total * drawn.result.gfa_m2 } else { 0.0 }
}

/// A number to provide, with the figure that decides it.
struct Need {
    count: f64,
    cite: Arc<Cite>,
}

/// max(least, ⌈GFA ÷ m² per one⌉).
fn needed(least: &Cited<usize>, gfa: f64, per: &Cited<Option<f64>>) -> Need {
    let by_area = per.value.map_or(0.0, |per| (gfa / per - 1e-9).ceil());
    let floor = least.value as f64;
    if by_area > floor { Need { count: by_area, cite: Arc::clone(&per.cite) } } else { Need { count: floor, cite: Arc::clone(&least.cite) } }
}

fn lifts_needed(drawn: &Drawn<'_>, plate: &DrawnPlate) -> Need {
    needed(&drawn.pack.lift_min, tower_gfa(drawn, plate), &drawn.pack.m2_per_lift)
}

fn bays_needed(drawn: &Drawn<'_>, plate: &DrawnPlate) -> Need {
    needed(&drawn.pack.bay_min, tower_gfa(drawn, plate), &drawn.pack.m2_per_bay)
}

fn plate_distance(plate: &DrawnPlate, point: super::shape::Point) -> f64 {
    plate.sides().into_iter().map(|(a, b)| distance_to_segment(point, a, b)).fold(f64::INFINITY, f64::min)
}

/// Distance between two rectangles that do not overlap: a corner of one is nearest to a side of the other.
pub(super) fn between(one: &DrawnPlate, other: &DrawnPlate) -> f64 {
    let reach = |from: &DrawnPlate, to: &DrawnPlate| from.corners.iter().map(|corner| plate_distance(to, *corner)).fold(f64::INFINITY, f64::min);
    reach(one, other).min(reach(other, one))
}
