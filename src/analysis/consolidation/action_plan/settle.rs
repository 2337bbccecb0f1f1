//! Which of several equally good plans is answered, so that it does not hang on the solver.
//!
//! A second programme keeps the objective and asks for what comes earlier, the sites by id: Σ weight(s) · z[s, y] with
//! weights that fall along the ids by uneven steps, so that no two plans weigh the same. A site without new land goes
//! the other way: it needs no year.

use super::input::Question;
use super::model::{Programme, Row};
use crate::analysis::consolidation::dice::Dice;

/// Columns up to which plans are told apart. Larger programmes have a cloud of plans within the solver's tolerance of
/// the best, and no second programme would come to an end.
const MOST_COLUMNS: usize = 400;
/// The objective may fall by this share: rounding, far below the solver's own tolerance.
const KEPT: f64 = 1e-8;
/// Area below which a site has no new land, ha.
const NO_LAND_HA: f64 = 1e-6;

/// The second programme; `point` is a best point of the first. `None` when there is nothing to tell apart.
pub(super) fn second(question: &Question, first: &Programme, point: &[f64]) -> Option<Programme> {
    if first.columns.len() > MOST_COLUMNS || question.sites.is_empty() {
        return None;
    }
    let mut out = first.clone();
    let steepest = first.columns.iter().map(|column| column.value.abs()).fold(0.0, f64::max);
    if steepest > 0.0 {
        let terms = first.columns.iter().enumerate().filter(|(_, column)| column.value != 0.0).map(|(at, column)| (at, column.value / steepest));
        let value = first.value(point) / steepest;
        out.rows.push(Row { low: value - KEPT * value.abs().max(1.0), high: f64::INFINITY, terms: terms.collect() });
    }
    out.columns.iter_mut().for_each(|column| column.value = 0.0);
    let (years, count) = (question.years(), question.sites.len());
    let mut dice = Dice::new(count as u64, years as u64);
    for (s, site) in question.sites.iter().enumerate() {
        let weight = 2.0 - (s as f64 + dice.unit()) / count as f64;
        let sign = if site.area_ha > NO_LAND_HA { 1.0 } else { -1.0 };
        out.columns[s * years..(s + 1) * years].iter_mut().for_each(|column| column.value = sign * weight);
    }
    Some(out)
}
