//! What an action plan answers: every figure is computed from the chosen years, none is taken from the solver.

use super::input::{PlanSite, Question};
use super::solve::Found;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq)]
pub struct ActionPlan {
    /// Sites by id with the year in which each is done.
    pub sites: Vec<(PlanSite, Option<i32>)>,
    pub years: Vec<YearLine>,
    pub targets: Vec<TargetLine>,
    /// What had to give way, each above 0; empty when targets are soft or all of them can be met.
    pub relaxation: Vec<Relaxation>,
    /// C18.
    pub objective: f64,
    /// Proven bound on the objective; of a hard question, under its relaxation.
    pub bound: f64,
    pub gap: f64,
    pub exact: bool,
    pub excluded: Vec<Excluded>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct YearLine {
    pub year: i32,
    pub sites: Vec<String>,
    pub area_ha: f64,
    pub cost_wan: f64,
    #[schema(required)]
    pub budget_wan: Option<f64>,
    #[schema(required)]
    pub capacity_ha: Option<f64>,
    /// Banked before plus all area to the end of the year.
    pub cumulative_ha: f64,
    #[schema(required)]
    pub target_ha: Option<f64>,
    #[schema(required)]
    pub shortfall_ha: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TargetLine {
    pub year: i32,
    pub ha: f64,
    pub shortfall_ha: f64,
}

/// A target missed, a budget or a capacity exceeded (C19).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Relaxation {
    pub kind: &'static str,
    pub year: i32,
    pub amount: f64,
    pub unit: &'static str,
    /// Amount over the figure that gives way.
    pub relative: f64,
}

/// Why a site has no year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = UnplannedReason)]
pub enum Unplanned {
    /// All its land is banked already.
    NothingNew,
    /// Larger than the capacity of every year.
    OverCapacity,
    /// Dearer than the budget of every year.
    OverBudget,
    /// A site that must come first has no year, or only the last one.
    Precedence,
    /// The years are full with what is worth more, or an order leaves no room.
    NoRoom,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = UnplannedSites)]
pub struct Excluded {
    pub reason: Unplanned,
    pub count: usize,
    pub sites: Vec<String>,
}

/// Shares below this are rounding of the solver, not a relaxation.
const ROUNDING: f64 = 1e-6;

pub(super) fn answer(question: &Question, found: &Found) -> ActionPlan {
    let year_of = &found.year_of;
    let objective = objective(question, year_of);
    let bound = found.bound.max(objective);
    let gap = (bound - objective).max(0.0) / bound.abs().max(1e-9);
    ActionPlan {
        sites: question.sites.iter().zip(year_of).map(|(site, y)| (site.clone(), y.map(|y| question.year(y)))).collect(),
        years: year_lines(question, year_of),
        targets: target_lines(question, year_of),
        relaxation: if question.hard { relaxation(question, year_of) } else { Vec::new() },
        objective,
        bound,
        gap,
        exact: found.optimal && gap <= ROUNDING,
        excluded: excluded(question, year_of),
    }
}

/// Σ over the sites of a year.
fn in_year(question: &Question, year_of: &[Option<usize>], y: usize, of: impl Fn(&PlanSite) -> f64) -> f64 {
    question.sites.iter().zip(year_of).filter(|(_, year)| **year == Some(y)).map(|(site, _)| of(site)).fold(0.0, |a, b| a + b)
}

/// Banked before plus the area of the first `years`.
fn cumulative(question: &Question, year_of: &[Option<usize>], years: usize) -> f64 {
    question.banked_before_ha + (0..years).map(|y| in_year(question, year_of, y, |site| site.area_ha)).fold(0.0, |a, b| a + b)
}

pub(super) fn objective(question: &Question, year_of: &[Option<usize>]) -> f64 {
    let banked: f64 = (0..question.years()).map(|y| question.worth(y) * in_year(question, year_of, y, |site| site.area_ha)).sum();
    let missed: f64 = target_lines(question, year_of).iter().map(|line| line.shortfall_ha).sum();
    banked - question.penalty * missed
}

fn target_lines(question: &Question, year_of: &[Option<usize>]) -> Vec<TargetLine> {
    let line = |target: &super::Target| TargetLine {
        year: target.year,
        ha: target.ha,
        shortfall_ha: (target.ha - cumulative(question, year_of, question.years_to(target))).max(0.0),
    };
    question.targets.iter().map(line).collect()
}

fn year_lines(question: &Question, year_of: &[Option<usize>]) -> Vec<YearLine> {
    (0..question.years())
        .map(|y| {
            let year = question.year(y);
            let cumulative_ha = cumulative(question, year_of, y + 1);
            let target_ha = question.targets.iter().filter(|target| target.year == year).map(|target| target.ha).reduce(f64::max);
            YearLine {
                year,
                sites: question.sites.iter().zip(year_of).filter(|(_, at)| **at == Some(y)).map(|(site, _)| site.id.clone()).collect(),
                area_ha: in_year(question, year_of, y, |site| site.area_ha),
                cost_wan: in_year(question, year_of, y, |site| site.cost_wan),
                budget_wan: question.budget_wan[y],
                capacity_ha: question.capacity_ha[y],
                cumulative_ha,
                target_ha,
                shortfall_ha: target_ha.map(|ha| (ha - cumulative_ha).max(0.0)),
            }
        })
        .collect()
}

/// What the plan exceeds or misses, without rounding.
fn relaxation(question: &Question, year_of: &[Option<usize>]) -> Vec<Relaxation> {
    given_way(question, year_of).into_iter().filter(|entry| entry.relative > ROUNDING).collect()
}

/// Every figure that may give way, with how far it does, in the order target, budget, capacity, by year.
fn given_way(question: &Question, year_of: &[Option<usize>]) -> Vec<Relaxation> {
    let entry = |kind, year, over: f64, unit, of: f64| {
        let amount = over.max(0.0);
        Relaxation { kind, year, amount, unit, relative: if amount > 0.0 { amount / of } else { 0.0 } }
    };
    let targets = target_lines(question, year_of).into_iter().map(|line| entry("target", line.year, line.shortfall_ha, "ha", line.ha));
    let exceeded = |limits: &[Option<f64>], of: fn(&PlanSite) -> f64| -> Vec<(i32, f64, f64)> {
        let over = |(y, limit): (usize, &Option<f64>)| limit.map(|limit| (question.year(y), in_year(question, year_of, y, of) - limit, limit));
        limits.iter().enumerate().filter_map(over).collect()
    };
    let budgets = exceeded(&question.budget_wan, |site| site.cost_wan).into_iter().map(|(year, over, of)| entry("budget", year, over, "万元", of));
    let capacities = exceeded(&question.capacity_ha, |site| site.area_ha).into_iter().map(|(year, over, of)| entry("capacity", year, over, "ha", of));
    targets.chain(budgets).chain(capacities).collect()
}

/// The weighted sum that C19 minimises.
pub(super) fn relaxation_sum(question: &Question, year_of: &[Option<usize>]) -> f64 {
    let weight = |kind: &str| match kind {
        "target" => question.relax.target,
        "budget" => question.relax.budget,
        _ => question.relax.capacity,
    };
    given_way(question, year_of).iter().map(|entry| weight(entry.kind) * entry.relative).sum()
}

/// Whether the plan stays within every yearly limit.
pub(super) fn keeps_limits(question: &Question, year_of: &[Option<usize>]) -> bool {
    relaxation(question, year_of).iter().all(|entry| entry.kind == "target")
}

fn excluded(question: &Question, year_of: &[Option<usize>]) -> Vec<Excluded> {
    let most = |limits: &[Option<f64>]| limits.iter().map(|limit| limit.unwrap_or(f64::INFINITY)).fold(0.0, f64::max) * (1.0 + ROUNDING);
    let (capacity, budget) = (most(&question.capacity_ha), most(&question.budget_wan));
    let order = question.order();
    let last = question.years() - 1;
    let mut reasons: Vec<(Unplanned, String)> = question
        .sites
        .iter()
        .enumerate()
        .filter(|(s, _)| year_of[*s].is_none())
        .map(|(s, site)| {
            let waits = order.iter().any(|(a, b)| *b == s && year_of[*a].is_none_or(|y| y == last));
            let reason = match site {
                site if site.area_ha <= ROUNDING => Unplanned::NothingNew,
                site if site.area_ha > capacity => Unplanned::OverCapacity,
                site if site.cost_wan > budget => Unplanned::OverBudget,
                _ if waits => Unplanned::Precedence,
                _ => Unplanned::NoRoom,
            };
            (reason, site.id.clone())
        })
        .collect();
    reasons.sort();
    reasons
        .chunk_by(|a, b| a.0 == b.0)
        .map(|group| Excluded { reason: group[0].0, count: group.len(), sites: group.iter().map(|(_, id)| id.clone()).collect() })
        .collect()
}
