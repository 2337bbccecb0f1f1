//! What an action plan is asked: sites, years, limits, targets.

use crate::domain::Fault;
use crate::domain::fault::Outcome;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// The order in which a park's land is released: 启动区, 拓展区, 储备区.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Start,
    Expand,
    Reserve,
}

impl Phase {
    /// Reads a kind of zone; the zone layer says `extend` for the middle one.
    pub fn parse(kind: &str) -> Option<Phase> {
        match kind {
            "start" => Some(Phase::Start),
            "expand" | "extend" => Some(Phase::Expand),
            "reserve" => Some(Phase::Reserve),
            _ => None,
        }
    }
}

/// An accepted site.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanSite {
    pub id: String,
    pub park: String,
    /// `None`: in no zone, so no order binds it.
    pub phase: Option<Phase>,
    pub area_ha: f64,
    pub cost_wan: f64,
}

/// Cumulative area to be banked by the end of a year.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    pub year: i32,
    pub ha: f64,
}

/// Weights of the relative relaxations (C19), each > 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RelaxWeights {
    pub target: f64,
    pub budget: f64,
    pub capacity: f64,
}

#[derive(Clone, Debug)]
pub struct Question {
    pub from: i32,
    pub to: i32,
    pub sites: Vec<PlanSite>,
    /// 万元 for each year of from..=to; `None`: no limit.
    pub budget_wan: Vec<Option<f64>>,
    /// ha for each year of from..=to; `None`: no limit.
    pub capacity_ha: Vec<Option<f64>>,
    pub targets: Vec<Target>,
    /// Targets must be met; what cannot be is answered by the smallest relaxation.
    pub hard: bool,
    /// (a, b): b only if a, in a later year.
    pub after: Vec<(String, String)>,
    pub banked_before_ha: f64,
    /// d of C18.
    pub discount: f64,
    /// λ of C18, per ha of shortfall.
    pub penalty: f64,
    pub relax: RelaxWeights,
    /// Seconds that the solver may take; a run that is cut short says so by its gap.
    pub time_limit_s: f64,
}

impl Question {
    pub fn years(&self) -> usize {
        (self.to - self.from + 1).max(0) as usize
    }

    pub(super) fn year(&self, index: usize) -> i32 {
        self.from + index as i32
    }

    /// Value in the objective of one ha banked in that year.
    pub(super) fn worth(&self, index: usize) -> f64 {
        (1.0 + self.discount).powi(-(index as i32))
    }

    /// Years that count towards a target: how many from the first.
    pub(super) fn years_to(&self, target: &Target) -> usize {
        (target.year - self.from + 1).clamp(0, self.years() as i32) as usize
    }

    /// Indices of the precedence pairs.
    pub(super) fn order(&self) -> Vec<(usize, usize)> {
        let at = |id: &String| self.sites.iter().position(|site| site.id == *id);
        self.after.iter().filter_map(|(a, b)| at(a).zip(at(b))).collect()
    }

    /// Pairs (earlier, later) of one park whose phases are in order.
    pub(super) fn phase_order(&self) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        for (i, first) in self.sites.iter().enumerate() {
            for (j, second) in self.sites.iter().enumerate() {
                if first.park == second.park && first.phase.is_some() && first.phase < second.phase {
                    pairs.push((i, j));
                }
            }
        }
        pairs
    }

    /// The question in a fixed order (sites and pairs by id, targets by year), or what is wrong with it.
    pub(super) fn checked(mut self) -> Outcome<Question> {
        if self.to < self.from || i64::from(self.to) - i64::from(self.from) >= i64::from(MOST_YEARS) {
            return Err(Fault::bad(
                "bad_years",
                format!("年份区间不对：{}–{}", self.from, self.to),
                format!("the years {}–{} are no span", self.from, self.to),
            )
            .help(format!("起始年不晚于结束年，最多 {MOST_YEARS} 年"), format!("from is not after to, at most {MOST_YEARS} years")));
        }
        self.check_numbers()?;
        self.sites.sort_by(|a, b| a.id.cmp(&b.id));
        if let Some(pair) = self.sites.windows(2).find(|pair| pair[0].id == pair[1].id) {
            let id = &pair[0].id;
            return Err(Fault::bad("site_twice", format!("地块 {id} 出现两次"), format!("the site {id} is given twice")).at(id.clone()));
        }
        let ids: BTreeSet<&str> = self.sites.iter().map(|site| site.id.as_str()).collect();
        if let Some(id) = self.after.iter().flat_map(|(a, b)| [a, b]).find(|id| !ids.contains(id.as_str())) {
            return Err(Fault::not_found("no_such_site", format!("先后关系中没有地块 {id}"), format!("the precedence names no site: {id}"))
                .at(id.clone())
                .help("用结果中地块的 id", "use the ids of the sites in the result"));
        }
        self.after.sort();
        self.after.dedup();
        if let Some(id) = cycle(&self.after) {
            return Err(Fault::bad("precedence_cycle", format!("先后关系在 {id} 处成环"), format!("the precedence comes back to {id}"))
                .at(id)
                .help("去掉环中的一条", "leave out one pair of the cycle"));
        }
        self.targets.sort_by(|a, b| a.year.cmp(&b.year).then(a.ha.total_cmp(&b.ha)));
        Ok(self)
    }

    fn check_numbers(&self) -> Outcome<()> {
        let bad = |number: f64| !number.is_finite() || number < 0.0;
        let relax = [self.relax.target, self.relax.budget, self.relax.capacity];
        let limits = self.budget_wan.iter().chain(&self.capacity_ha).flatten().copied();
        let numbers = self
            .sites
            .iter()
            .flat_map(|site| [site.area_ha, site.cost_wan])
            .chain(limits)
            .chain(self.targets.iter().map(|target| target.ha))
            .chain([self.banked_before_ha, self.discount, self.penalty, self.time_limit_s])
            .chain(relax);
        let wrong_length = [self.budget_wan.len(), self.capacity_ha.len()].iter().any(|length| *length != self.years());
        if wrong_length || numbers.into_iter().any(bad) || relax.contains(&0.0) {
            return Err(Fault::bad(
                "bad_plan_numbers",
                "面积、费用、预算、能力、目标、折现率与权重须为非负数，预算与能力逐年给出",
                "areas, costs, budgets, capacities, targets, discount and weights are numbers ≥ 0; budgets and capacities one a year",
            ));
        }
        Ok(())
    }
}

/// Longest span of a plan.
const MOST_YEARS: i32 = 60;

/// A site on a cycle of the pairs, if there is one: what is left when sites without predecessors are taken away.
fn cycle(pairs: &[(String, String)]) -> Option<String> {
    let mut open: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (a, b) in pairs {
        open.entry(a).or_default();
        open.entry(b).or_default().insert(a);
    }
    loop {
        let free: Vec<&str> = open.iter().filter(|(_, before)| before.is_empty()).map(|(id, _)| *id).collect();
        if free.is_empty() {
            return open.keys().next().map(|id| (*id).to_owned());
        }
        for id in free {
            open.remove(id);
            open.values_mut().for_each(|before| {
                before.remove(id);
            });
        }
    }
}
