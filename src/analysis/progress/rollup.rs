//! Counts by colour and completion (P6): no mean colour.

use super::{Light, Task};
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

/// Counts the lights that the tasks show now; `None` is a task that has not begun.
pub fn counts(shown: impl IntoIterator<Item = Option<Light>>) -> Counts {
    let mut counts = Counts::default();
    for light in shown {
        let slot = match light {
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

/// Σ done ÷ Σ target of what stands under one name.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Completion {
    pub name: String,
    /// Begun by the day of the question.
    pub tasks: usize,
    /// Over the tasks whose target and done are both known.
    pub target: f64,
    pub done: f64,
    /// `None` where too few are known, or nothing is to be done.
    #[schema(required)]
    pub share: Option<f64>,
    /// Share of the tasks that enter.
    pub known: f64,
    /// Ids of those that do not: no target, or never a report.
    pub excluded: Vec<String>,
    /// Best first; equal shares share a rank, what is unknown has none.
    #[schema(required)]
    pub rank: Option<usize>,
}

/// Shares this close are equal (G4).
const SAME_SHARE: f64 = 1e-9;

/// Completion by name over the tasks begun by `as_of`, best first, unknown ones last. Tasks come in the order of their ids (G5).
pub fn completion<'a>(named: impl IntoIterator<Item = (&'a str, &'a Task)>, as_of: NaiveDate, min_known: f64) -> Vec<Completion> {
    let mut by_name: BTreeMap<&str, Vec<&Task>> = BTreeMap::new();
    for (name, task) in named.into_iter().filter(|(_, task)| task.start <= as_of) {
        by_name.entry(name).or_default().push(task);
    }
    let mut lines: Vec<Completion> = by_name.into_iter().map(|(name, tasks)| line(name, &tasks, as_of, min_known)).collect();
    lines.sort_by(|a, b| b.share.unwrap_or(-1.0).total_cmp(&a.share.unwrap_or(-1.0)).then(a.name.cmp(&b.name)));
    for k in 0..lines.len() {
        let Some(share) = lines[k].share else { continue };
        let same = k > 0 && lines[k - 1].share.is_some_and(|before| (before - share).abs() <= SAME_SHARE);
        lines[k].rank = if same { lines[k - 1].rank } else { Some(k + 1) };
    }
    lines
}

fn line(name: &str, tasks: &[&Task], as_of: NaiveDate, min_known: f64) -> Completion {
    let (mut target, mut done, mut excluded) = (0.0, 0.0, Vec::new());
    for task in tasks {
        match (task.measurable_target(), task.latest(as_of)) {
            (Some(own), Some(report)) => {
                target += own;
                done += report.done;
            }
            _ => excluded.push(task.id.clone()),
        }
    }
    let known = (tasks.len() - excluded.len()) as f64 / tasks.len() as f64;
    let is_known = target > 0.0 && known >= min_known - SAME_SHARE;
    Completion { name: name.to_owned(), tasks: tasks.len(), target, done, share: is_known.then(|| done / target), known, excluded, rank: None }
}
