//! Large instances that fall apart: streets part a park into blocks, and no site spans two of them.
//!
//! Each block is enumerated and packed on its own for every number of sites; the blocks share only the number of sites
//! and the budget. A dynamic programme over the blocks settles the number of sites. The budget is priced (Lagrange):
//! any price λ ≥ 0 gives a bound, and the least of these piecewise linear bounds is found exactly by cutting planes. A
//! block with too many sites to enumerate takes part with a bound only, and the search speaks for it.

use super::bound::Bounds;
use super::exact::{Goal, Limits, least_site, pack_gains};
use super::problem::{Plan, Problem, Site, within};
use super::subsets::{Sites, enumerate_among};
use crate::spatial::PolygonSet;
use rayon::prelude::*;

/// A block with more sites than this is left to the search.
const MOST_SITES: usize = 40_000;
/// States of one block's packing: about 100 MB.
const MOST_STATES: usize = 2_000_000;
/// Blocks of more parcels than bits in a mask are left to the search.
const MOST_UNITS: usize = 64;
/// Cutting planes until the price of the budget is found; a handful is the rule.
const MOST_CUTS: usize = 60;

type Stop<'a> = &'a (dyn Fn() -> bool + Sync);

/// One component of the graph of usable parcels.
pub(super) struct Part {
    pub units: Vec<u32>,
    /// All its feasible sites; `None`: too many.
    sites: Option<Sites>,
}

/// The instance in parts.
pub(super) struct Parts<'p, 'a, S: PolygonSet> {
    problem: &'p Problem<'a, S>,
    bounds: &'p Bounds,
    parts: Vec<Part>,
}

/// What the parts give together.
pub(super) struct Packed {
    /// The best plan found; `None` where pins or unlisted parts stand in the way.
    pub plan: Option<Plan>,
    /// No feasible plan has more of the goal.
    pub bound: f64,
    /// The plan is proven best.
    pub exact: bool,
}

/// The best choice of one part for each number of sites at some price of money.
struct Profile {
    /// Gain with at most j sites, j = 0, 1, …; −∞ where its pins do not fit.
    gains: Vec<f64>,
    /// The sites chosen for it; `None` in a part that only has a bound.
    chosen: Option<Vec<Vec<usize>>>,
}

impl<'p, 'a, S: PolygonSet> Parts<'p, 'a, S> {
    /// Takes the usable parcels apart and lists the sites of each part; nothing when stopped.
    pub(super) fn new(
        problem: &'p Problem<'a, S>,
        bounds: &'p Bounds,
        usable: &[bool],
        stop: Stop<'_>,
        progress: &(dyn Fn(f64) + Sync),
    ) -> Option<Self> {
        let components = components(problem, usable);
        let count = components.len().max(1) as f64;
        let done = std::sync::atomic::AtomicUsize::new(0);
        let parts: Vec<Part> = components
            .into_par_iter()
            .map(|units| {
                let listed = (units.len() <= MOST_UNITS).then(|| enumerate_among(problem, units.clone(), MOST_SITES, stop)).flatten();
                progress((done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1) as f64 / count);
                Part { units, sites: listed }
            })
            .collect();
        (!stop()).then_some(Parts { problem, bounds, parts })
    }

    /// Whether every part's sites are listed.
    pub(super) fn are_listed(&self) -> bool {
        self.parts.iter().all(|part| part.sites.is_some())
    }

    /// The single listed site that is best for a goal and can stand beside `best`: costs and owners only add up, so without pins one is least.
    pub(super) fn least_single(&self, goal: Goal, best: Option<&Plan>) -> Option<Plan> {
        least_site(self.listed(), goal, best?)
    }

    /// All listed sites.
    pub(super) fn listed(&self) -> impl Iterator<Item = &Site> {
        self.parts.iter().filter_map(|part| part.sites.as_ref()).flat_map(|sites| sites.list.iter().map(|(_, site)| site))
    }

    /// The best plan for the goal over all parts, with a bound; nothing when stopped.
    pub(super) fn best(&self, goal: Goal, stop: Stop<'_>) -> Option<Packed> {
        let budget = self.problem.params.budget();
        let free = self.at_price(goal, 0.0, stop)?;
        if within(free.cost, budget) || !budget.is_finite() {
            return Some(Packed { bound: free.bound, exact: free.plan.is_some(), plan: free.plan.map(|chosen| self.plan(&chosen)) });
        }
        // The bound as a function of the price is the upper edge of lines: value at the price of each plan, less its cost plus the budget.
        let mut dear = free;
        let mut price = self.dearest(goal);
        let mut cheap = self.at_price(goal, price, stop)?;
        let mut bound = (dear.bound).min(cheap.bound + price * budget);
        for _ in 0..MOST_CUTS {
            let slope = dear.cost - cheap.cost;
            if slope <= 1e-9 * dear.cost.abs().max(1.0) {
                break;
            }
            price = ((dear.gain - cheap.gain) / slope).max(0.0);
            let next = self.at_price(goal, price, stop)?;
            bound = bound.min(next.bound + price * budget);
            let on_the_lines = dear.gain - price * dear.cost;
            let is_last = next.gain - price * next.cost <= on_the_lines + 1e-12 * on_the_lines.abs().max(1.0);
            if within(next.cost, budget) {
                cheap = next;
            } else {
                dear = next;
            }
            if is_last {
                break;
            }
        }
        let plan = match (cheap.plan, dear.plan) {
            (Some(kept), wanted) if within(cheap.cost, budget) => Some(self.fill(goal, kept, wanted)),
            _ => None,
        };
        let plan = plan.map(|chosen| self.plan(&chosen));
        let exact = plan.as_ref().is_some_and(|plan| bound - total(goal, plan) <= 1e-9 * bound.abs().max(1e-9));
        Some(Packed { plan, bound, exact })
    }

    /// A price of money at which no site is worth its cost.
    fn dearest(&self, goal: Goal) -> f64 {
        let worth = self.listed().filter(|site| site.cost > 0.0).map(|site| goal.gain(site) / site.cost).fold(0.0, f64::max);
        let unlisted = self.parts.iter().filter(|part| part.sites.is_none());
        let per_unit = unlisted.map(|part| self.bounds.dearest(self.problem, &part.units, goal == Goal::Largest)).fold(0.0, f64::max);
        worth.max(per_unit) * (1.0 + 1e-9)
    }

    /// The best choice when every 万元 costs `price` of gain.
    fn at_price(&self, goal: Goal, price: f64, stop: Stop<'_>) -> Option<Priced> {
        let most = self.problem.params.most_sites();
        let profiles: Vec<Profile> = self.parts.par_iter().map(|part| self.profile(part, goal, price, most, stop)).collect::<Option<_>>()?;
        let room: usize = profiles.iter().map(|profile| profile.gains.len() - 1).sum();
        let most = most.min(room);
        // best[j]: gain of the parts so far with at most j sites; taken[p][j]: how many of them part p takes.
        let mut best = vec![0.0f64; most + 1];
        let mut taken: Vec<Vec<usize>> = Vec::with_capacity(profiles.len());
        for profile in &profiles {
            let (mut next, mut choice) = (vec![f64::NEG_INFINITY; most + 1], vec![0; most + 1]);
            for j in 0..=most {
                for (own, gain) in profile.gains.iter().enumerate().take(j + 1) {
                    if best[j - own] + gain > next[j] {
                        (next[j], choice[j]) = (best[j - own] + gain, own);
                    }
                }
            }
            best = next;
            taken.push(choice);
        }
        let bound = best[most];
        let mut chosen: Vec<Vec<usize>> = vec![Vec::new(); profiles.len()];
        let (mut left, mut complete) = (most, bound.is_finite());
        for (p, profile) in profiles.iter().enumerate().rev() {
            let own = taken[p][left];
            left -= own;
            match &profile.chosen {
                Some(sites) => chosen[p].clone_from(&sites[own]),
                None => complete &= own == 0,
            }
        }
        let listed = |of: fn(&Site) -> f64| self.sum(&chosen, of);
        let cost = listed(|site| site.cost);
        Some(Priced { bound, gain: self.gain(goal, &chosen), cost, plan: complete.then_some(chosen) })
    }

    /// The best of a part for each number of sites, up to where more sites give no more.
    fn profile(&self, part: &Part, goal: Goal, price: f64, most: usize, stop: Stop<'_>) -> Option<Profile> {
        let Some(sites) = &part.sites else { return Some(self.bounded(part, goal, price, most)) };
        let gains: Vec<f64> = sites.list.iter().map(|(_, site)| goal.gain(site) - price * site.cost).collect();
        let none = if sites.pins == 0 { 0.0 } else { f64::NEG_INFINITY };
        // From the most sites downwards: a packing of u sites is the best for every number from u up to the one that was asked for. (Not
        // upwards: three sites may be worth more where two are not.)
        let mut best: Vec<(f64, Vec<usize>)> = Vec::new();
        let mut asked = most.min(part.units.len());
        while asked > 0 {
            let limits = Limits { most_sites: asked, budget: f64::INFINITY, most_states: MOST_STATES };
            let packed = match pack_gains(self.problem, sites, &gains, limits, stop) {
                Ok(packed) => packed,
                Err(()) if stop() => return None,
                Err(()) => return Some(self.bounded(part, goal, price, most)),
            };
            let Some(packed) = packed else { break };
            let gain: f64 = packed.iter().map(|index| gains[*index]).sum();
            if gain <= none {
                break;
            }
            let used = packed.len();
            // Filled from the top; turned round below. The topmost numbers are left out: they equal the first that is kept.
            let repeats = if best.is_empty() { 1 } else { asked + 1 - used };
            best.extend(std::iter::repeat_n((gain, packed), repeats));
            asked = used - 1;
        }
        best.extend(std::iter::repeat_n((none, Vec::new()), asked + 1));
        best.reverse();
        let (gains, chosen) = best.into_iter().unzip();
        Some(Profile { gains, chosen: Some(chosen) })
    }

    /// What a part can give at most, for each number of sites.
    fn bounded(&self, part: &Part, goal: Goal, price: f64, most: usize) -> Profile {
        let largest = self.problem.params.max_area() + 1e-6;
        let area: f64 = part.units.iter().map(|unit| self.problem.units[*unit as usize].area).sum();
        // From so many sites on, all of the part fits in.
        let enough = if largest.is_finite() { (area / largest).ceil().max(1.0) as usize } else { 1 };
        let room = |j: usize| if j >= enough { f64::INFINITY } else { largest * j as f64 };
        let bound = |j: usize| self.bounds.among(self.problem, &part.units, goal == Goal::Largest, price, room(j));
        let none = if part.units.iter().any(|unit| self.problem.units[*unit as usize].pinned) { f64::NEG_INFINITY } else { 0.0 };
        let gains = std::iter::once(none).chain((1..=most.min(enough)).map(bound)).collect();
        Profile { gains, chosen: None }
    }

    fn gain(&self, goal: Goal, chosen: &[Vec<usize>]) -> f64 {
        self.parts
            .iter()
            .zip(chosen)
            .filter_map(|(part, own)| part.sites.as_ref().map(|sites| own.iter().map(|index| goal.gain(&sites.list[*index].1)).sum::<f64>()))
            .sum()
    }

    fn sum(&self, chosen: &[Vec<usize>], of: fn(&Site) -> f64) -> f64 {
        self.parts
            .iter()
            .zip(chosen)
            .filter_map(|(part, own)| part.sites.as_ref().map(|sites| own.iter().map(|index| of(&sites.list[*index].1)).sum::<f64>()))
            .sum()
    }

    fn plan(&self, chosen: &[Vec<usize>]) -> Plan {
        let sites = self
            .parts
            .iter()
            .zip(chosen)
            .filter_map(|(part, own)| part.sites.as_ref().map(|sites| own.iter().map(|index| sites.list[*index].1.clone()).collect::<Vec<_>>()));
        Plan::new(sites.flatten().collect())
    }

    /// Spends what the budget leaves: part by part the dearer choice where it fits, then single sites beside what is there, best first.
    fn fill(&self, goal: Goal, mut kept: Vec<Vec<usize>>, wanted: Option<Vec<Vec<usize>>>) -> Vec<Vec<usize>> {
        let budget = self.problem.params.budget();
        let most = self.problem.params.most_sites();
        let mut offers: Vec<(f64, usize, Vec<usize>)> = Vec::new();
        for (p, part) in self.parts.iter().enumerate() {
            let Some(sites) = &part.sites else { continue };
            let gain = |own: &[usize]| own.iter().map(|index| goal.gain(&sites.list[*index].1)).sum::<f64>();
            if let Some(wanted) = wanted.as_ref().filter(|wanted| wanted[p] != kept[p]) {
                offers.push((gain(&wanted[p]) - gain(&kept[p]), p, wanted[p].clone()));
            }
            let used = kept[p].iter().fold(0, |mask, index| mask | sites.list[*index].0);
            let free = sites.list.iter().enumerate().filter(|(_, (mask, site))| mask & used == 0 && goal.gain(site) > 0.0);
            offers.extend(free.map(|(index, (_, site))| (goal.gain(site), p, [kept[p].as_slice(), &[index]].concat())));
            // One site for another of the same part.
            for (k, held) in kept[p].iter().enumerate() {
                let (own, site) = &sites.list[*held];
                let better = sites.list.iter().enumerate().filter(|(_, (mask, other))| mask & used & !own == 0 && goal.gain(other) > goal.gain(site));
                offers.extend(better.map(|(index, (_, other))| {
                    let mut changed = kept[p].clone();
                    changed[k] = index;
                    (goal.gain(other) - goal.gain(site), p, changed)
                }));
            }
        }
        offers.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        let mut touched = vec![false; self.parts.len()];
        let cost_of = |p: usize, own: &[usize]| {
            self.parts[p].sites.as_ref().map_or(0.0, |sites| own.iter().map(|index| sites.list[*index].1.cost).sum::<f64>())
        };
        let mut cost = self.sum(&kept, |site| site.cost);
        let mut count: usize = kept.iter().map(Vec::len).sum();
        for (gain, p, offer) in offers {
            let next = cost - cost_of(p, &kept[p]) + cost_of(p, &offer);
            let sites = count - kept[p].len() + offer.len();
            if gain > 0.0 && !touched[p] && within(next, budget) && sites <= most {
                (cost, count, touched[p]) = (next, sites, true);
                kept[p] = offer;
            }
        }
        kept
    }
}

/// A choice at a price: `gain` and `cost` of the listed parts, `bound` on what the price leaves.
struct Priced {
    bound: f64,
    gain: f64,
    cost: f64,
    plan: Option<Vec<Vec<usize>>>,
}

fn total(goal: Goal, plan: &Plan) -> f64 {
    plan.sites.iter().map(|site| goal.gain(site)).sum()
}

/// Components of the graph among usable units, each sorted, by their smallest unit.
fn components<S: PolygonSet>(problem: &Problem<'_, S>, usable: &[bool]) -> Vec<Vec<u32>> {
    let mut seen = vec![false; problem.units.len()];
    let mut found = Vec::new();
    for start in (0..problem.units.len() as u32).filter(|unit| usable[*unit as usize]) {
        if std::mem::replace(&mut seen[start as usize], true) {
            continue;
        }
        let (mut own, mut open) = (vec![start], vec![start]);
        while let Some(unit) = open.pop() {
            for next in problem.graph.neighbours(unit) {
                if usable[next as usize] && !std::mem::replace(&mut seen[next as usize], true) {
                    own.push(next);
                    open.push(next);
                }
            }
        }
        own.sort_unstable();
        found.push(own);
    }
    found
}
