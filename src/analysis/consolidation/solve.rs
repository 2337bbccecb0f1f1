//! From a problem to plans: exact where it can be, searched where it must be, with a bound either way.

use super::bound::{Bounds, RELAXED};
use super::exact::{Goal, least_site, pack};
use super::left_out::{polish, usable};
use super::parts::{Packed, Parts};
use super::problem::{Plan, Problem};
use super::search::search;
use super::subsets::{MOST_UNITS, enumerate};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind};
use crate::spatial::PolygonSet;

/// Plans worth showing and what is known about the best.
pub(super) struct Solution {
    /// Best first, labelled; never empty.
    pub candidates: Vec<(&'static str, Plan)>,
    pub bound: f64,
    pub exact: bool,
    pub relaxed: Vec<&'static str>,
}

type Stop<'a> = &'a (dyn Fn() -> bool + Sync);

pub(super) fn solve<S: PolygonSet>(problem: &mut Problem<'_, S>, stop: Stop<'_>, progress: &(dyn Fn(f64) + Sync)) -> Outcome<Solution> {
    if problem.units.len() <= MOST_UNITS
        && let Some(found) = solve_exactly(problem, stop)
    {
        progress(1.0);
        return match found {
            Some(solution) => Ok(solution),
            None => Err(infeasible(problem, stop)),
        };
    }
    match solve_by_parts(problem, stop, progress) {
        Some(solution) => Ok(solution),
        None => Err(infeasible(problem, stop)),
    }
}

/// Block by block where the blocks can be listed; the search speaks for the rest. Nothing when the pins found no feasible plan.
pub(super) fn solve_by_parts<S: PolygonSet>(problem: &Problem<'_, S>, stop: Stop<'_>, progress: &(dyn Fn(f64) + Sync)) -> Option<Solution> {
    let can_be_used = usable(problem);
    let bounds = Bounds::new(problem);
    let whole = bounds.of_all(problem, &can_be_used);
    let in_parts = Parts::new(problem, &bounds, &can_be_used, stop, &|share| progress(0.5 * share))
        .and_then(|parts| parts.best(Goal::Objective, stop).map(|best| (parts, best)));
    let Some((parts, Packed { plan, bound, exact })) = in_parts else {
        return solve_by_search(problem, &bounds, stop, progress);
    };
    let is_listed = parts.are_listed();
    let searched =
        if exact || is_listed && plan.is_some() { None } else { solve_by_search(problem, &bounds, stop, &|share| progress(0.5 + 0.5 * share)) };
    let mut plans: Vec<Plan> = plan.into_iter().filter(|plan| !plan.sites.is_empty()).map(|plan| polish(problem, plan, stop)).collect();
    if plans.is_empty() && !has_pins(problem) {
        // No site is worth its price: the least bad one, for an empty plan is an answer only where nothing is feasible (C12).
        let mut singles: Vec<Plan> = parts.listed().map(|site| Plan::new(vec![site.clone()])).collect();
        singles.sort_by(Plan::rank);
        plans.extend(singles.into_iter().next());
    }
    for goal in [Goal::Cheapest, Goal::Largest, Goal::FewestOwners] {
        let is_single = goal != Goal::Largest && !has_pins(problem);
        plans.extend(if is_single { parts.least_single(goal, plans.first()) } else { parts.best(goal, stop).and_then(|packed| packed.plan) });
    }
    plans.retain(|plan| !plan.sites.is_empty());
    let is_searched = searched.is_some();
    plans.extend(searched.into_iter().flat_map(|solution| solution.candidates.into_iter().map(|(_, plan)| plan)));
    if plans.is_empty() {
        if has_pins(problem) {
            return None;
        }
        plans.push(Plan::new(Vec::new()));
    }
    let candidates = choose(plans);
    let best = candidates[0].1.objective;
    let exact = exact && is_listed;
    let bound = if exact { best } else { bound.min(whole).max(best) };
    let relaxed = match (exact, is_listed && !is_searched) {
        (true, _) => Vec::new(),
        (false, true) => vec!["budget"],
        (false, false) => RELAXED.to_vec(),
    };
    progress(1.0);
    Some(Solution { candidates, bound, exact, relaxed })
}

fn has_pins<S: PolygonSet>(problem: &Problem<'_, S>) -> bool {
    problem.units.iter().any(|unit| unit.pinned)
}

/// Searched plans and a relaxed bound; nothing when the pins found no feasible plan.
pub(super) fn solve_by_search<S: PolygonSet>(
    problem: &Problem<'_, S>,
    bounds: &Bounds,
    stop: Stop<'_>,
    progress: &(dyn Fn(f64) + Sync),
) -> Option<Solution> {
    let can_be_used = usable(problem);
    let mut plans: Vec<Plan> = search(problem, &can_be_used, problem.params.seed, stop, progress)
        .into_iter()
        .map(|members| Plan::new(members.into_iter().map(|m| problem.site(m)).collect()))
        .filter_map(|plan| feasible_part(problem, plan))
        .collect();
    plans.sort_by(Plan::rank);
    if let Some(best) = plans.first() {
        plans.push(polish(problem, best.clone(), stop));
    }
    if plans.is_empty() && has_pins(problem) {
        return None;
    }
    if plans.is_empty() {
        plans.push(Plan::new(Vec::new()));
    }
    let candidates = choose(plans);
    let best = candidates[0].1.objective;
    let bound = bounds.of_all(problem, &can_be_used).max(best);
    Some(Solution { candidates, bound, exact: false, relaxed: RELAXED.to_vec() })
}

/// The searched plan without sites that miss a limit by their exact figures; nothing when a pin goes with them.
fn feasible_part<S: PolygonSet>(problem: &Problem<'_, S>, plan: Plan) -> Option<Plan> {
    let sites: Vec<_> = plan.sites.into_iter().filter(|site| problem.broken_limit(site).is_none()).collect();
    let pins_held =
        problem.units.iter().enumerate().filter(|(_, u)| u.pinned).all(|(i, _)| sites.iter().any(|s| s.members.binary_search(&(i as u32)).is_ok()));
    (pins_held && !sites.is_empty()).then(|| Plan::new(sites))
}

/// `None` when stopped, `Some(None)` when no feasible plan holds the pins.
fn solve_exactly<S: PolygonSet>(problem: &Problem<'_, S>, stop: Stop<'_>) -> Option<Option<Solution>> {
    let sites = enumerate(problem, stop)?;
    let best = match pack(problem, &sites, Goal::Objective, stop).ok()? {
        Some(best) => best,
        None if sites.pins == 0 => Plan::new(Vec::new()),
        None => return Some(None),
    };
    let bound = best.objective;
    let mut plans = vec![best];
    for goal in [Goal::Cheapest, Goal::Largest, Goal::FewestOwners] {
        let plan = match goal {
            Goal::Cheapest | Goal::FewestOwners if sites.pins == 0 => least_site(sites.list.iter().map(|(_, site)| site), goal, &plans[0]),
            _ => pack(problem, &sites, goal, stop).ok()?,
        };
        plans.extend(plan);
    }
    Some(Some(Solution { candidates: choose(plans), bound, exact: true, relaxed: Vec::new() }))
}

/// Best, cheapest, largest and fewest owners among plans that do not dominate one another, none twice (C12).
/// The best-scoring plan always comes first; a plan that dominates it (its readiness may weigh more) cannot stand beside it.
fn choose(mut plans: Vec<Plan>) -> Vec<(&'static str, Plan)> {
    plans.sort_by(Plan::rank);
    plans.dedup_by(|a, b| a.sites == b.sites);
    let best = plans[0].clone();
    plans.retain(|p| !p.dominates(&best));
    let mut kept: Vec<&Plan> = plans.iter().filter(|p| !plans.iter().any(|q| q.dominates(p))).collect();
    let mut chosen = vec![("best", best)];
    let mut take = |label: &'static str, order: fn(&Plan, &Plan) -> std::cmp::Ordering| {
        kept.sort_by(|p, q| order(p, q).then_with(|| p.rank(q)));
        if let Some(plan) = kept.first()
            && chosen.iter().all(|(_, held)| held.sites != plan.sites)
        {
            chosen.push((label, (*plan).clone()));
        }
    };
    take("cheapest", |p, q| p.cost.total_cmp(&q.cost));
    take("largest", |p, q| q.area.total_cmp(&p.area));
    take("fewest_owners", |p, q| p.owners.cmp(&q.owners));
    chosen
}

/// Whether some plan holds the pins under the problem's present limits.
fn is_feasible<S: PolygonSet>(problem: &Problem<'_, S>, stop: Stop<'_>) -> bool {
    if problem.units.len() <= MOST_UNITS
        && let Some(sites) = enumerate(problem, stop)
        && let Ok(plan) = pack(problem, &sites, Goal::Objective, stop)
    {
        return plan.is_some() || sites.pins == 0;
    }
    let can_be_used = usable(problem);
    search(problem, &can_be_used, problem.params.seed, stop, &|_| {})
        .into_iter()
        .map(|members| Plan::new(members.into_iter().map(|m| problem.site(m)).collect()))
        .any(|plan| feasible_part(problem, plan).is_some())
}

/// Names the pin at which feasibility ends and the limit whose removal alone restores it (C6).
fn infeasible<S: PolygonSet>(problem: &mut Problem<'_, S>, stop: Stop<'_>) -> Fault {
    if stop() {
        return Fault::new(FaultKind::Cancelled, "cancelled", "计算在找到可行方案之前停止", "stopped before a feasible plan was found");
    }
    let pins: Vec<usize> = (0..problem.units.len()).filter(|i| problem.units[*i].pinned).collect();
    pins.iter().for_each(|i| problem.units[*i].pinned = false);
    let mut clash = pins.first().copied();
    for &pin in &pins {
        problem.units[pin].pinned = true;
        clash = Some(pin);
        if !is_feasible(problem, stop) {
            break;
        }
    }
    let limits: [(&'static str, &'static str); 6] = [
        ("budget", "预算"),
        ("sites", "连片数上限"),
        ("rectangle", "矩形场地"),
        ("min_compactness", "最小紧凑度"),
        ("max_area", "面积上限"),
        ("min_area", "面积下限"),
    ];
    let original = problem.params.clone();
    let found = limits.into_iter().find(|(limit, _)| {
        problem.params = original.clone();
        match *limit {
            "budget" => problem.params.budget_wan = None,
            "sites" => problem.params.sites = None,
            "rectangle" => problem.params.rectangle_m = None,
            "min_compactness" => problem.params.min_compactness = None,
            "max_area" => problem.params.max_area_m2 = None,
            _ => problem.params.min_area_m2 = 0.0,
        }
        is_feasible(problem, stop)
    });
    problem.params = original;
    pins.iter().for_each(|i| problem.units[*i].pinned = true);
    let (limit, limit_zh) = found.unwrap_or(("several", "多个条件"));
    let code = clash.map(|i| problem.codes[i].clone()).unwrap_or_default();
    Fault::new(
        FaultKind::Unprocessable,
        "consolidation_infeasible",
        format!("无可行方案：指定入选的 {code} 与“{limit_zh}”冲突"),
        format!("no feasible plan: the pinned parcel {code} clashes with the limit {limit}"),
    )
    .at(code)
    .help("放宽该条件，或取消指定", "relax that limit, or unpin the parcel")
    .field(format!("/inputs/{limit}"), limit_zh, limit)
}
