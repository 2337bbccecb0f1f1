//! Land consolidation (土地整备): which parcels together make contiguous sites, at what cost, and whom that touches.
//!
//! # Source
//! analyses.md §2 and exact-consolidation.md; the letters C1–C20 in comments are its paragraphs.

pub mod action_plan;
mod answer;
mod bound;
mod connect;
mod dice;
mod drawn;
mod eligibility;
mod exact;
mod input;
mod ledger;
mod left_out;
mod parts;
mod problem;
pub mod regions;
mod report;
mod search;
mod solve;
mod subsets;
#[cfg(test)]
mod tests;

pub use super::control::Control;
pub use answer::*;
pub use connect::{Connection, connect};
pub use drawn::{DrawnAnswer, DrawnCandidate, DrawnGap, DrawnLedger, DrawnSite, LeftOut, SiteFigures};
pub use eligibility::{Judgement, Reason, judge};
pub use input::{ConsolidationPack, LandSplitTable, Params, ParcelInput, SharedStep, Weights};
pub use ledger::{Ledger, LedgerRow, Settlement, apportion, settle};

use crate::domain::Fault;
use crate::domain::fault::Outcome;
use crate::spatial::{Contact, PolygonSet, Subset, adjacency, bridged};
use problem::{Problem, Unit};
use std::collections::BTreeMap;

/// Consolidates `parcels`, whose shapes are the items of `set` in the same order.
///
/// The answer is a function of the arguments alone, whatever the order of parcels or the number of threads, unless
/// `control.stop` cuts the run short.
///
/// # Errors
/// `bad_weights`, `bad_limits`, `pin_unknown`, `pin_not_eligible` (with the reason), `consolidation_infeasible` (with the
/// pin and the limit that clash), `cancelled`.
pub fn consolidate(
    set: &impl PolygonSet,
    parcels: &[ParcelInput],
    pack: &ConsolidationPack,
    params: &Params,
    control: Control<'_>,
) -> Outcome<Answer> {
    check(set.len(), parcels, params)?;
    let area_m2: Vec<f64> = (0..set.len()).map(|i| set.area_m2(i)).collect();
    let judgements = judge(parcels, &area_m2, pack, params);
    check_pins(parcels, &judgements, params)?;

    let mut eligible: Vec<usize> = (0..parcels.len()).filter(|i| judgements[*i].is_eligible()).collect();
    eligible.sort_by(|p, q| parcels[*p].code.cmp(&parcels[*q].code).then(p.cmp(q)));
    let subset = Subset { set, items: eligible.iter().map(|i| *i as u32).collect() };
    let units = units(&eligible, parcels, &area_m2, &judgements, params, &subset);
    let codes = eligible.iter().map(|i| parcels[*i].code.clone()).collect();
    let (contacts, bridges) = contacts_of_units(set, parcels, &eligible, params);
    let mut problem = Problem::new(units, codes, subset, params.clone(), contacts, bridges);
    let solution = solve::solve(&mut problem, control.stop, control.progress)?;
    Ok(report::answer(&problem, solution, parcels, &area_m2, &judgements, pack))
}

fn check(items: usize, parcels: &[ParcelInput], params: &Params) -> Outcome<()> {
    if items != parcels.len() {
        return Err(Fault::internal("consolidate", "parcels and shapes differ in number"));
    }
    let w = &params.weights;
    if [w.area, w.compactness, w.cost, w.owners, w.readiness].iter().any(|n| !n.is_finite() || *n < 0.0) {
        return Err(Fault::bad("bad_weights", "权重须为非负数", "weights must be numbers ≥ 0").at("/inputs/weights"));
    }
    let numbers = [Some(params.min_area_m2), params.max_area_m2, params.budget_wan, params.min_compactness, Some(params.bridge_width_m)];
    let is_bad = numbers.into_iter().flatten().any(|n| !n.is_finite() || n < 0.0);
    if is_bad || params.min_area_m2 > params.max_area() {
        return Err(Fault::bad(
            "bad_limits",
            "面积、预算与紧凑度须为非负数，且面积下限不大于上限",
            "areas, budget and compactness must be numbers ≥ 0, the least area not above the largest",
        ));
    }
    Ok(())
}

fn check_pins(parcels: &[ParcelInput], judgements: &[Judgement], params: &Params) -> Outcome<()> {
    for pin in &params.pins {
        let Some(at) = parcels.iter().position(|p| p.code == *pin) else {
            return Err(Fault::bad(
                "pin_unknown",
                format!("指定入选的宗地 {pin} 不在所给宗地中"),
                format!("the pinned parcel {pin} is not among the parcels"),
            )
            .at(pin.clone()));
        };
        if let Some(reason) = judgements[at].reasons.first() {
            let reason = reason.name();
            return Err(Fault::bad(
                "pin_not_eligible",
                format!("指定入选的宗地 {pin} 不符合条件：{reason}"),
                format!("the pinned parcel {pin} is not eligible: {reason}"),
            )
            .at(pin.clone()));
        }
    }
    Ok(())
}

/// Contacts and bridged contacts between eligible parcels, in units. All parcels take part: others part those between which they lie, and
/// block or carry the bridge.
fn contacts_of_units(set: &impl PolygonSet, parcels: &[ParcelInput], eligible: &[usize], params: &Params) -> (Vec<Contact>, Vec<Contact>) {
    let mut unit_of = vec![None; parcels.len()];
    for (unit, &i) in eligible.iter().enumerate() {
        unit_of[i] = Some(unit as u32);
    }
    let in_units = |contacts: &[Contact]| -> Vec<Contact> {
        let between = |contact: &Contact| {
            let (a, b) = (unit_of[contact.a as usize]?, unit_of[contact.b as usize]?);
            Some(Contact { a: a.min(b), b: a.max(b), ..*contact })
        };
        let mut found: Vec<Contact> = contacts.iter().filter_map(between).collect();
        found.sort_unstable_by_key(|contact| (contact.a, contact.b));
        found
    };
    let contacts = adjacency(set, &params.adjacency);
    let bridges = bridged(set, &contacts, &|i| parcels[i as usize].is_road, params.bridge_width_m, &params.adjacency);
    (in_units(&contacts), in_units(&bridges))
}

fn units<S: PolygonSet>(
    eligible: &[usize],
    parcels: &[ParcelInput],
    area_m2: &[f64],
    judgements: &[Judgement],
    params: &Params,
    subset: &Subset<'_, S>,
) -> Vec<Unit> {
    let mut owners: BTreeMap<&str, u32> = BTreeMap::new();
    eligible
        .iter()
        .enumerate()
        .map(|(number, &i)| {
            let judgement = &judgements[i];
            // The first parcel of an owner names it; an unknown owner is named by its own parcel.
            let owner = parcels[i].owner.as_deref().map_or(number as u32, |id| *owners.entry(id).or_insert(number as u32));
            Unit {
                parcel: i,
                area: area_m2[i],
                perimeter: subset.perimeter_m(number),
                cost: judgement.cost_wan,
                owner,
                gfa: judgement.built_gfa_m2,
                ready: judgement.readiness * area_m2[i],
                pinned: params.pins.contains(&parcels[i].code),
                overlap: 0.0,
            }
        })
        .collect()
}
