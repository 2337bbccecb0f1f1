//! The mixed-integer programme of a question (C17–C19).
//!
//! Columns: z[s, y] = 1 when site s is done by the end of year y (so z never falls, and "done in y" is z[y] − z[y − 1]);
//! the shortfall of each target; in a hard question the extra budget and capacity of each year, all as shares of what
//! they relax. Sites and limits enter rows as shares too, so that one feasibility tolerance fits all of them.

use super::input::Question;

/// A column: objective weight, bounds, whether it is whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub value: f64,
    pub low: f64,
    pub high: f64,
    pub whole: bool,
}

/// low ≤ Σ factor · column ≤ high.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub low: f64,
    pub high: f64,
    pub terms: Vec<(usize, f64)>,
}

/// Maximise Σ value · column.
#[derive(Clone, Debug, Default)]
pub(super) struct Programme {
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
}

/// What is maximised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Goal {
    /// C18; targets are soft, limits hold.
    Plan,
    /// C19, first step: the least weighted sum of relative relaxations (negated).
    Relaxation,
    /// C19, second step: C18 while the weighted sum of relaxations stays at this.
    Within(f64),
}

/// How far a point may lie beyond a row or beside a whole number.
const ROOM: f64 = 1e-6;

impl Programme {
    /// Whether a point keeps to bounds, rows and whole numbers.
    pub(super) fn holds(&self, point: &[f64]) -> bool {
        let within = |low: f64, value: f64, high: f64| low - ROOM <= value && value <= high + ROOM;
        let columns = self.columns.iter().zip(point);
        let rows = self.rows.iter().map(|row| (row, row.terms.iter().map(|(column, factor)| factor * point[*column]).sum::<f64>()));
        columns.clone().all(|(column, value)| within(column.low, *value, column.high))
            && columns.filter(|(column, _)| column.whole).all(|(_, value)| (value - value.round()).abs() <= ROOM)
            && rows.clone().all(|(row, sum)| within(row.low, sum, row.high))
    }

    /// The objective at a point.
    pub(super) fn value(&self, point: &[f64]) -> f64 {
        self.columns.iter().zip(point).map(|(column, value)| column.value * value).sum()
    }

    fn column(&mut self, value: f64, high: f64, whole: bool) -> usize {
        self.columns.push(Column { value, low: 0.0, high, whole });
        self.columns.len() - 1
    }

    fn at_most(&mut self, high: f64, terms: Vec<(usize, f64)>) {
        self.rows.push(Row { low: f64::NEG_INFINITY, high, terms });
    }
}

/// The programme of a checked question; column s · years + y is z[s, y].
pub(super) fn programme(question: &Question, goal: Goal) -> Programme {
    let years = question.years();
    let mut out = Programme::default();
    let counts = goal != Goal::Relaxation;
    for site in &question.sites {
        for y in 0..years {
            // z[y] − z[y − 1] is worth area · worth(y): summed by parts, z[y] carries worth(y) − worth(y + 1).
            let next = if y + 1 < years { question.worth(y + 1) } else { 0.0 };
            let value = if counts { site.area_ha * (question.worth(y) - next) } else { 0.0 };
            out.column(value, 1.0, true);
        }
    }
    let z = |s: usize, y: usize| s * years + y;
    for s in 0..question.sites.len() {
        for y in 1..years {
            out.at_most(0.0, vec![(z(s, y - 1), 1.0), (z(s, y), -1.0)]);
        }
    }
    for (a, b) in question.order() {
        out.at_most(0.0, vec![(z(b, 0), 1.0)]);
        for y in 1..years {
            out.at_most(0.0, vec![(z(b, y), 1.0), (z(a, y - 1), -1.0)]);
        }
    }
    for (early, late) in question.phase_order() {
        // Once the later phase is done, the earlier one is not done afterwards.
        for y in 0..years - 1 {
            out.at_most(1.0, vec![(z(late, y), 1.0), (z(early, years - 1), 1.0), (z(early, y), -1.0)]);
        }
    }
    let mut relaxed: Vec<(usize, f64)> = Vec::new();
    let is_hard = goal != Goal::Plan;
    let limits = [
        (&question.budget_wan, question.relax.budget, (|site| site.cost_wan) as fn(&super::PlanSite) -> f64),
        (&question.capacity_ha, question.relax.capacity, |site| site.area_ha),
    ];
    for (limit, weight, amount) in limits {
        for (y, limit) in limit.iter().enumerate().filter_map(|(y, limit)| limit.map(|limit| (y, limit))) {
            let scale = if limit > 0.0 { limit } else { 1.0 };
            let mut terms = Vec::new();
            for (s, share) in question.sites.iter().map(|site| amount(site) / scale).enumerate().filter(|(_, share)| *share > 0.0) {
                terms.push((z(s, y), share));
                if y > 0 {
                    terms.push((z(s, y - 1), -share));
                }
            }
            // A limit of 0 has no relative relaxation: it stays.
            if is_hard && limit > 0.0 {
                let extra = out.column(0.0, f64::INFINITY, false);
                terms.push((extra, -1.0));
                relaxed.push((extra, weight));
            }
            out.at_most(limit / scale, terms);
        }
    }
    for target in question.targets.iter().filter(|target| target.ha > 0.0) {
        let missing = out.column(if counts { -question.penalty * target.ha } else { 0.0 }, f64::INFINITY, false);
        let mut terms = vec![(missing, 1.0)];
        let years_to = question.years_to(target);
        if years_to > 0 {
            terms.extend(question.sites.iter().enumerate().map(|(s, site)| (z(s, years_to - 1), site.area_ha / target.ha)));
        }
        out.rows.push(Row { low: 1.0 - question.banked_before_ha / target.ha, high: f64::INFINITY, terms });
        if is_hard {
            relaxed.push((missing, question.relax.target));
        }
    }
    match goal {
        Goal::Plan => {}
        Goal::Relaxation => relaxed.iter().for_each(|(column, weight)| out.columns[*column].value = -weight),
        Goal::Within(most) => out.at_most(most, relaxed),
    }
    out
}
