//! Counts by colour and completion by category (P6): no mean colour.

use super::{Light, Period, Task};
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LightCounts)]
pub struct Counts {
    pub green: usize,
    pub yellow: usize,
    pub red: usize,
    pub unknown: usize,
    /// Not begun yet.
    pub waiting: usize,
}

/// Counts the lights that the tasks show now.
pub fn counts<'a>(histories: impl IntoIterator<Item = &'a [Period]>) -> Counts {
    let mut counts = Counts::default();
    for history in histories {
        let slot = match history.last().map(|period| period.shown) {
            None => &mut counts.waiting,
            Some(Light::Green) => &mut counts.green,
            Some(Light::Yellow) => &mut counts.yellow,
            Some(Light::Red) => &mut counts.red,
            Some(Light::Unknown) => &mut counts.unknown,
        };
        *slot += 1;
    }
    counts
}

/// Σ done ÷ Σ target of a category.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Completion {
    pub category: String,
    pub target: f64,
    pub done: f64,
    /// `None` without a target.
    #[schema(required)]
    pub share: Option<f64>,
    #[schema(required)]
    pub rank: Option<usize>,
}

/// Completion by category over the tasks begun by `as_of`, best first; equal shares share a rank.
pub fn completion(tasks: &[Task], as_of: NaiveDate) -> Vec<Completion> {
    let mut sums: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for task in tasks.iter().filter(|task| task.start <= as_of) {
        let sum = sums.entry(&task.category).or_default();
        sum.0 += task.target.unwrap_or(0.0);
        sum.1 += task.latest(as_of).map_or(0.0, |report| report.done);
    }
    let mut lines: Vec<Completion> = sums
        .into_iter()
        .map(|(category, (target, done))| Completion {
            category: category.to_owned(),
            target,
            done,
            share: (target > 0.0).then(|| done / target),
            rank: None,
        })
        .collect();
    lines.sort_by(|a, b| b.share.unwrap_or(-1.0).total_cmp(&a.share.unwrap_or(-1.0)).then(a.category.cmp(&b.category)));
    for k in 0..lines.len() {
        let Some(share) = lines[k].share else { continue };
        let same = k > 0 && lines[k - 1].share.is_some_and(|before| (before - share).abs() <= 1e-12);
        lines[k].rank = if same { lines[k - 1].rank } else { Some(k + 1) };
    }
    lines
}
