//! Why an eligible parcel is in no site of the best plan (C7).

use super::eligibility::Reason;
use super::problem::{Plan, Problem, Site, within};
use crate::spatial::PolygonSet;

/// The reason that one unit is left out, and for `worse` the best objective change that adding it would bring.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct LeftOut {
    pub unit: u32,
    pub reason: Reason,
    pub change: Option<f64>,
}

/// Units whose component cannot reach A_min, and units too large or too dear for any site, are of no use to a search.
pub(super) fn usable<S: PolygonSet>(problem: &Problem<'_, S>) -> Vec<bool> {
    let reaches = reaches_least_area(problem);
    let params = &problem.params;
    let fits = |i: usize| {
        let unit = &problem.units[i];
        unit.area - unit.overlap <= params.max_area() + 1e-6 && within(unit.cost, params.budget())
    };
    (0..problem.units.len()).map(|i| reaches[i] && fits(i)).collect()
}

fn reaches_least_area<S: PolygonSet>(problem: &Problem<'_, S>) -> Vec<bool> {
    let (component, count) = problem.graph.components();
    let mut area = vec![0.0; count];
    for (unit, c) in problem.units.iter().zip(&component) {
        area[*c as usize] += unit.area;
    }
    component.iter().map(|c| area[*c as usize] >= problem.params.min_area_m2 - 1e-6).collect()
}

pub(super) fn left_out<S: PolygonSet>(problem: &Problem<'_, S>, plan: &Plan) -> Vec<LeftOut> {
    let mut site_of: Vec<Option<usize>> = vec![None; problem.units.len()];
    for (index, site) in plan.sites.iter().enumerate() {
        site.members.iter().for_each(|i| site_of[*i as usize] = Some(index));
    }
    let reaches = reaches_least_area(problem);
    let free: Vec<u32> = (0..problem.units.len() as u32).filter(|i| site_of[*i as usize].is_none()).collect();
    free.into_iter()
        .map(|unit| {
            let (reason, change) = if reaches[unit as usize] { judge(problem, plan, &site_of, unit) } else { (Reason::NoSitePossible, None) };
            LeftOut { unit, reason, change }
        })
        .collect()
}

fn judge<S: PolygonSet>(problem: &Problem<'_, S>, plan: &Plan, site_of: &[Option<usize>], unit: u32) -> (Reason, Option<f64>) {
    let own = &problem.units[unit as usize];
    if own.area - own.overlap > problem.params.max_area() + 1e-6 {
        return (Reason::OverMaxArea, None);
    }
    let mut tried: Vec<(Option<Reason>, f64)> = Vec::new();
    let mut beside: Vec<usize> = problem.graph.neighbours(unit).filter_map(|j| site_of[j as usize]).collect();
    beside.sort_unstable();
    beside.dedup();
    for index in beside {
        let old = &plan.sites[index];
        let grown = with_unit(problem, old, unit);
        tried.push((obstacle(problem, &grown, plan.cost - old.cost), grown.value - old.value));
    }
    if plan.sites.len() < problem.params.most_sites() {
        tried.extend(site_of_its_own(problem, plan, site_of, unit));
    } else if tried.is_empty() {
        return (Reason::SiteLimit, None);
    }
    let best = |feasible: bool| tried.iter().filter(|t| t.0.is_none() == feasible).max_by(|p, q| p.1.total_cmp(&q.1));
    match (best(true), best(false)) {
        (Some((_, change)), _) => (Reason::Worse, Some(*change)),
        (None, Some((Some(reason), _))) => (*reason, None),
        _ => (Reason::Worse, None),
    }
}

fn with_unit<S: PolygonSet>(problem: &Problem<'_, S>, site: &Site, unit: u32) -> Site {
    let mut members = site.members.clone();
    members.insert(members.partition_point(|m| *m < unit), unit);
    problem.site(members)
}

/// The limit that keeps a site out of a plan whose other sites cost `other_cost`.
pub(super) fn obstacle<S: PolygonSet>(problem: &Problem<'_, S>, site: &Site, other_cost: f64) -> Option<Reason> {
    match problem.broken_limit(site) {
        Some("min_area") => Some(Reason::NoSitePossible),
        Some("max_area") => Some(Reason::OverMaxArea),
        Some("budget") => Some(Reason::Budget),
        Some(_) => Some(Reason::Shape),
        None => (!within(other_cost + site.cost, problem.params.budget())).then_some(Reason::Budget),
    }
}

/// A new site around the unit from free ones, nearest first, as soon as it reaches A_min.
fn site_of_its_own<S: PolygonSet>(problem: &Problem<'_, S>, plan: &Plan, site_of: &[Option<usize>], unit: u32) -> Option<(Option<Reason>, f64)> {
    let mut members = vec![unit];
    let mut area = problem.units[unit as usize].area;
    let mut next = 0;
    while area < problem.params.min_area_m2 {
        let at = *members.get(next)?;
        next += 1;
        for j in problem.graph.neighbours(at) {
            if site_of[j as usize].is_none() && !members.contains(&j) && area < problem.params.min_area_m2 {
                area += problem.units[j as usize].area;
                members.push(j);
            }
        }
    }
    members.sort_unstable();
    let site = problem.site(members);
    Some((obstacle(problem, &site, plan.cost), site.value))
}

/// Adds free units to sites while the exact objective gains by it; the search works with contact lengths only.
pub(super) fn polish<S: PolygonSet>(problem: &Problem<'_, S>, plan: Plan, stop: &(dyn Fn() -> bool + Sync)) -> Plan {
    let mut plan = plan;
    for _ in 0..50 {
        if stop() {
            break;
        }
        let mut taken = vec![false; problem.units.len()];
        plan.sites.iter().flat_map(|s| &s.members).for_each(|i| taken[*i as usize] = true);
        let mut best: Option<(usize, Site, f64)> = None;
        for (index, site) in plan.sites.iter().enumerate() {
            let mut around: Vec<u32> = site.members.iter().flat_map(|i| problem.graph.neighbours(*i)).filter(|j| !taken[*j as usize]).collect();
            around.sort_unstable();
            around.dedup();
            for unit in around {
                let grown = with_unit(problem, site, unit);
                let change = grown.value - site.value;
                let least = best.as_ref().map_or(1e-9 * plan.objective.abs().max(1e-9), |b| b.2);
                if change > least && obstacle(problem, &grown, plan.cost - site.cost).is_none() {
                    best = Some((index, grown, change));
                }
            }
        }
        let Some((index, grown, _)) = best else { break };
        let mut sites = plan.sites;
        sites[index] = grown;
        plan = Plan::new(sites);
    }
    plan
}
