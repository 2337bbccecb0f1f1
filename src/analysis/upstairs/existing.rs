//! A building that stands, checked against the same pack from what is recorded about it (analyses §3.9).

use super::case::{ExistingBuilding, Overrides, ParcelCase};
use super::limits::limits;
use super::result::{ExistingResult, Finding, Rule};
use crate::rules::{Cite, Cited, Op, UpstairsPack, Verdict};
use geo::Intersects;

const HEIGHT: Rule = Rule { id: "existing_height", zh: "现状高度", en: "Height as built", op: Op::AtMost, unit: "m" };
const STOREYS: Rule = Rule { id: "existing_storeys", zh: "现状层数", en: "Storeys as built", op: Op::AtMost, unit: "层" };
const STOREY_HEIGHT: Rule = Rule { id: "existing_storey_height", zh: "现状层高", en: "Storey height as built", op: Op::AtLeast, unit: "m" };
const LOAD: Rule = Rule { id: "existing_load", zh: "现状楼面荷载", en: "Floor load as built", op: Op::AtLeast, unit: "kN/m²" };
const LIFTS: Rule = Rule { id: "existing_lifts", zh: "现状货梯", en: "Freight lifts as built", op: Op::AtLeast, unit: "部" };

pub(super) fn check_existing(building: &ExistingBuilding, case: &ParcelCase, pack: &UpstairsPack) -> ExistingResult {
    let own = limits(case, pack, &Overrides::default()).height;
    let limit = match lowest_zone(building, case) {
        Some(zone) if own.value.is_none_or(|own| zone < own) => Cited { value: Some(zone), cite: Cite::record("限高区 / height zone") },
        _ => own,
    };
    let height = Finding::new(&HEIGHT, building.height_m, limit.value, &limit.cite);
    let unlimited = limit.value.is_none() && building.height_m.is_some();
    let storeys = &pack.storey.max;
    let mut findings = vec![
        if unlimited { height.with_verdict(Verdict::Pass) } else { height },
        Finding::new(&STOREYS, building.storeys.map(|count| count as f64), Some(storeys.value as f64), &storeys.cite),
    ];
    let recorded = building.storeys.unwrap_or(0).max(building.floors.iter().map(|floor| floor.order).max().unwrap_or(0));
    for n in 1..=recorded {
        let band = pack.band(n);
        let floor = building.floors.iter().find(|floor| floor.order == n);
        let rise = &pack.storey.height[band];
        findings.push(Finding::new(&STOREY_HEIGHT, floor.and_then(|floor| floor.height_m), Some(rise.value), &rise.cite));
        findings.push(load(pack, band, floor.and_then(|floor| floor.load_kn_m2)));
    }
    let lifts = building.floors.iter().filter_map(|floor| floor.lifts).max();
    findings.push(Finding::new(&LIFTS, lifts.map(|count| count as f64), Some(pack.lift_min.value as f64), &pack.lift_min.cite));
    let overall = Verdict::overall(findings.iter().map(|finding| finding.verdict));
    ExistingResult { building: building.code.clone(), findings, overall }
}

/// The lowest height zone that touches the building (U5).
fn lowest_zone(building: &ExistingBuilding, case: &ParcelCase) -> Option<f64> {
    let touched = case.restrictions.iter().filter(|zone| zone.height_limit_m.is_some() && zone.geometry.intersects(&building.footprint));
    touched.filter_map(|zone| zone.height_limit_m).min_by(f64::total_cmp)
}

/// The record against what the cluster needs; without a cluster, against the band's design load.
fn load(pack: &UpstairsPack, band: usize, recorded: Option<f64>) -> Finding {
    let design = &pack.load[band];
    let Some(cluster) = &pack.cluster else { return Finding::new(&LOAD, recorded, Some(design.value), &design.cite) };
    match pack.fit.load(cluster, band) {
        Some(need) => Finding::new(&LOAD, recorded, Some(need.value), &need.cite),
        None => Finding::new(&LOAD, recorded, None, &pack.fit.cite),
    }
}
