//! The planned percentage of a task on a day (P5).

use super::{Task, month_end};
use chrono::NaiveDate;

/// Straight from start to end, or along the entered curve.
pub fn planned(task: &Task, day: NaiveDate) -> f64 {
    if !task.curve.is_empty() {
        return along(task, day);
    }
    let (passed, whole) = (days(task.start, day), days(task.start, task.end));
    if whole == 0.0 {
        return if day < task.start { 0.0 } else { 100.0 };
    }
    100.0 * (passed / whole).clamp(0.0, 1.0)
}

/// Linear between the points; (start, 0) comes first when no point stands there, the last value is held.
fn along(task: &Task, day: NaiveDate) -> f64 {
    let is_absent = task.curve.iter().all(|(date, _)| *date != task.start);
    let points: Vec<(NaiveDate, f64)> = is_absent.then_some((task.start, 0.0)).into_iter().chain(task.curve.iter().copied()).collect();
    let Some(next) = points.iter().position(|(date, _)| *date > day) else { return points.last().map_or(0.0, |(_, percent)| *percent) };
    if next == 0 {
        return 0.0;
    }
    let ((from, low), (to, high)) = (points[next - 1], points[next]);
    low + (high - low) * days(from, day) / days(from, to)
}

/// The points between which the planned percentage runs straight: for a chart.
pub fn planned_points(task: &Task) -> Vec<(NaiveDate, f64)> {
    let mut days: Vec<NaiveDate> = task.curve.iter().map(|(date, _)| *date).chain([task.start, task.end]).collect();
    days.sort();
    days.dedup();
    days.into_iter().map(|day| (day, planned(task, day))).collect()
}

fn days(from: NaiveDate, to: NaiveDate) -> f64 {
    (to - from).num_days() as f64
}

/// A point of a curve as people write it: `2026-03=25` stands at the end of its month, `2026-03-31=25` on its day.
pub fn curve_point(text: &str) -> Option<(NaiveDate, f64)> {
    let (when, percent) = text.split_once('=')?;
    let (when, percent) = (when.trim(), percent.trim().trim_end_matches('%').trim_end());
    let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let date = day(when).or_else(|| day(&format!("{when}-01")).map(month_end))?;
    Some((date, percent.parse().ok().filter(|percent: &f64| percent.is_finite())?))
}
