//! From plans to the answer: ledgers, land split, fragmentation, reasons.

use super::answer::*;
use super::eligibility::{Judgement, Reason, present_far};
use super::input::{ConsolidationPack, LandSplitTable, ParcelInput};
use super::ledger::{LedgerRow, settle_outline};
use super::left_out::left_out;
use super::problem::{Plan, Problem, Site};
use super::solve::Solution;
use crate::spatial::PolygonSet;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn answer<S: PolygonSet>(
    problem: &Problem<'_, S>,
    solution: Solution,
    parcels: &[ParcelInput],
    area_m2: &[f64],
    judgements: &[Judgement],
    pack: &ConsolidationPack,
) -> Answer {
    let best = &solution.candidates[0].1;
    let candidates: Vec<Candidate> = solution.candidates.iter().map(|(label, plan)| candidate(problem, label, plan, parcels, pack)).collect();
    let gap = (solution.bound - best.objective).max(0.0) / solution.bound.abs().max(1e-9);
    Answer {
        bound: solution.bound,
        gap,
        exact: solution.exact,
        relaxed: solution.relaxed,
        excluded: excluded(problem, best, parcels, area_m2, judgements),
        eligible: Eligible { count: problem.units.len(), area_m2: problem.units.iter().map(|u| u.area).sum() },
        fragmentation: fragmentation(problem, best),
        land_split: candidates[0].land_split,
        candidates,
    }
}

fn candidate<S: PolygonSet>(
    problem: &Problem<'_, S>,
    label: &'static str,
    plan: &Plan,
    parcels: &[ParcelInput],
    pack: &ConsolidationPack,
) -> Candidate {
    let owners: BTreeSet<u32> = plan.parcels().iter().map(|i| problem.units[*i as usize].owner).collect();
    Candidate {
        label,
        objective: plan.objective,
        area_m2: plan.area,
        cost_wan: plan.cost,
        owners: plan.owners,
        distinct_owners: owners.len(),
        demolition_gfa_m2: plan.gfa,
        mean_compactness: plan.mean_pp,
        sites: plan.sites.iter().enumerate().map(|(k, site)| site_answer(problem, k, site, parcels)).collect(),
        land_split: pack.land_split.as_ref().map(|table| land_split(problem, plan, parcels, table)),
    }
}

fn site_answer<S: PolygonSet>(problem: &Problem<'_, S>, number: usize, site: &Site, parcels: &[ParcelInput]) -> SiteAnswer {
    let outline = problem.outline(&site.members);
    let rows: Vec<LedgerRow> = site
        .members
        .iter()
        .map(|i| {
            let unit = &problem.units[*i as usize];
            let parcel = &parcels[unit.parcel];
            LedgerRow {
                parcel: parcel.code.clone(),
                owner: parcel.owner.clone(),
                tenure: parcel.tenure.clone(),
                planar_area_m2: unit.area,
                dedication_m2: 0.0,
            }
        })
        .collect();
    let shapes = problem.shapes(&site.members);
    let settled = settle_outline(rows, &shapes, outline, &problem.params.dedicated);
    SiteAnswer {
        id: format!("s{}", number + 1),
        parcels: settled.ledger.rows.iter().map(|row| row.parcel.clone()).collect(),
        area_m2: site.area,
        compactness: site.pp,
        cost_wan: site.cost,
        owners: site.owners,
        demolition_gfa_m2: site.gfa,
        value: site.value,
        ledger: settled.ledger,
        outline: settled.shape,
    }
}

/// Retained = legal land × factor + shared land × share by FAR, at most the cap of the sites' land; the rest is banked.
fn land_split<S: PolygonSet>(problem: &Problem<'_, S>, plan: &Plan, parcels: &[ParcelInput], table: &LandSplitTable) -> LandSplit {
    let retained: f64 = plan
        .parcels()
        .iter()
        .map(|i| {
            let unit = &problem.units[*i as usize];
            let parcel = &parcels[unit.parcel];
            let holds = |list: &[String]| parcel.tenure.as_ref().is_some_and(|tenure| list.contains(tenure));
            if holds(&table.legal_tenures) {
                return unit.area * table.legal_factor;
            }
            if !holds(&table.shared_tenures) {
                return 0.0;
            }
            let far = present_far(parcel, unit.area);
            let step = table.shared.iter().find(|step| far <= step.far_to).or(table.shared.last());
            step.map_or(0.0, |step| unit.area * (step.base + step.per_far * far).min(step.cap))
        })
        .sum();
    let retained_m2 = retained.min(table.cap_share * plan.area);
    LandSplit { retained_m2, banked_m2: plan.area - retained_m2, status: "unconfirmed" }
}

fn excluded<S: PolygonSet>(
    problem: &Problem<'_, S>,
    best: &Plan,
    parcels: &[ParcelInput],
    area_m2: &[f64],
    judgements: &[Judgement],
) -> Vec<Excluded> {
    let mut details: Vec<(usize, ExcludedDetail)> = judgements
        .iter()
        .enumerate()
        .filter(|(_, judgement)| !judgement.is_eligible())
        .map(|(i, judgement)| {
            let detail = ExcludedDetail {
                parcel: parcels[i].code.clone(),
                reasons: judgement.reasons.clone(),
                missing: judgement.missing.clone(),
                change: None,
            };
            (i, detail)
        })
        .collect();
    details.extend(left_out(problem, best).into_iter().map(|left| {
        let i = problem.units[left.unit as usize].parcel;
        (i, ExcludedDetail { parcel: parcels[i].code.clone(), reasons: vec![left.reason], missing: None, change: left.change })
    }));
    let mut by_reason: BTreeMap<Reason, Vec<(usize, ExcludedDetail)>> = BTreeMap::new();
    for (i, detail) in details {
        by_reason.entry(detail.reasons[0]).or_default().push((i, detail));
    }
    by_reason
        .into_iter()
        .map(|(reason, mut list)| {
            list.sort_by(|p, q| p.1.parcel.cmp(&q.1.parcel));
            Excluded {
                reason,
                area_m2: list.iter().map(|(i, _)| area_m2[*i]).sum(),
                parcels: list.iter().map(|(_, d)| d.parcel.clone()).collect(),
                details: list.into_iter().map(|(_, d)| d).collect(),
            }
        })
        .collect()
}

fn fragmentation<S: PolygonSet>(problem: &Problem<'_, S>, best: &Plan) -> Fragmentation {
    let least = problem.params.min_area_m2;
    let areas: Vec<f64> = problem.units.iter().map(|u| u.area).collect();
    let (component, count) = problem.graph.components();
    let mut contiguous = vec![0.0; count];
    for (area, c) in areas.iter().zip(&component) {
        contiguous[*c as usize] += area;
    }
    let taken: BTreeSet<u32> = best.parcels().into_iter().collect();
    let mut after: Vec<f64> = best.sites.iter().map(|s| s.area).collect();
    after.extend((0..areas.len()).filter(|i| !taken.contains(&(*i as u32))).map(|i| areas[i]));
    let largest = contiguous.into_iter().fold(0.0, f64::max);
    Fragmentation { before: blocks(areas, largest, least), after: blocks(after, largest, least) }
}

fn blocks(mut areas: Vec<f64>, largest_block_m2: f64, least: f64) -> Blocks {
    areas.sort_unstable_by(f64::total_cmp);
    let total: f64 = areas.iter().sum();
    let share_of = |m2: f64| if total > 0.0 { m2 / total } else { 0.0 };
    let median_area_m2 = match areas.len() {
        0 => 0.0,
        n if n % 2 == 1 => areas[n / 2],
        n => (areas[n / 2 - 1] + areas[n / 2]) / 2.0,
    };
    Blocks {
        parcels: areas.len(),
        median_area_m2,
        largest_block_m2,
        share_in_blocks: share_of(areas.iter().filter(|a| **a >= least - 1e-6).sum()),
        m_eff_m2: share_of(areas.iter().map(|a| a * a).sum()),
    }
}
