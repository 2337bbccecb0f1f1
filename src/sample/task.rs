//! Tasks of the parks and what their operators reported month by month. Plainly invented: no plan of any city stands behind them.

use super::dice::Dice;
use super::rows::SOURCE;
use super::setting::{Park, Setting};
use crate::domain::{Layer, Row};
use chrono::{Datelike, Days, Months, NaiveDate};

/// Months of a year's task that are over and reported.
const MONTHS: u32 = 8;
/// Category, name, unit and the least and most that a park is to do in the year.
const KINDS: [(&str, &str, &str, f64, f64); 4] = [
    ("land", "土地整备", "ha", 6.0, 30.0),
    ("floors", "工业上楼建设", "万m²", 4.0, 20.0),
    ("letting", "招商入驻", "万m²", 3.0, 12.0),
    ("facilities", "配套设施", WHOLE, 16.0, 30.0),
];

/// The unit of what is counted.
const WHOLE: &str = "处";

/// How a task goes: points behind its plan in each month; `None` where nobody reported.
enum Course {
    OnTime,
    /// Behind a little in the last month.
    Slower,
    /// In the last two.
    TwiceSlower,
    /// In the fifth and sixth, and made up.
    MadeUp,
    FarBehind,
    /// The last month was not reported.
    Silent,
    /// Done in the sixth month.
    Early,
    /// To be done by the fifth month, and is not.
    Overdue,
    /// Begins after the day of the sample.
    Later,
}

use Course::*;

/// Parks and kinds take these in turn, so that every light occurs whatever the seed.
const COURSES: [Course; 20] = [
    OnTime,
    Slower,
    OnTime,
    TwiceSlower,
    OnTime,
    Silent,
    OnTime,
    FarBehind,
    MadeUp,
    OnTime,
    Early,
    OnTime,
    Slower,
    OnTime,
    Overdue,
    OnTime,
    TwiceSlower,
    OnTime,
    Later,
    OnTime,
];

struct Task<'a> {
    code: String,
    park: &'a Park,
    kind: usize,
    course: &'static Course,
    start: NaiveDate,
    /// Whole months from start to end.
    months: u32,
    target: f64,
    curved: bool,
}

pub(super) fn rows(layer: &'static Layer, setting: &Setting, seed: u64, date: NaiveDate) -> Vec<Row> {
    tasks(setting, seed, date).iter().map(|task| task.row(layer)).collect()
}

pub(super) fn report_rows(layer: &'static Layer, setting: &Setting, seed: u64, date: NaiveDate) -> Vec<Row> {
    tasks(setting, seed, date)
        .iter()
        .enumerate()
        .flat_map(|(index, task)| task.reports(layer, date, &mut Dice::new(seed, 71, index as u64)))
        .collect()
}

fn tasks(setting: &Setting, seed: u64, date: NaiveDate) -> Vec<Task<'_>> {
    let first = later(date.with_day(1).unwrap_or(date), -i64::from(MONTHS));
    let mut tasks = Vec::new();
    for (index, park) in setting.parks.iter().enumerate() {
        let mut dice = Dice::new(seed, 70, index as u64);
        for (kind, (code, _, unit, least, most)) in KINDS.iter().enumerate() {
            let course = &COURSES[(index * 7 + kind * 3 + 11) % COURSES.len()];
            let (start, months) = match course {
                Overdue => (first, 5),
                Later => (later(first, i64::from(MONTHS) + 1), 4),
                _ => (first, 12),
            };
            let target = dice.between(*least, *most);
            let target = if *unit == WHOLE { target.round() } else { (target * 10.0).round() / 10.0 };
            let code = format!("{}-{}-{code}", park.code, start.year());
            tasks.push(Task { code, park, kind, course, start, months, target, curved: kind == 0 && index % 3 == 0 });
        }
    }
    tasks
}

impl Task<'_> {
    fn row(&self, layer: &'static Layer) -> Row {
        let (category, name, unit, ..) = KINDS[self.kind];
        let end = day_before(later(self.start, i64::from(self.months)));
        // Half of those that are far behind have said why.
        let explained = matches!(self.course, FarBehind | Overdue | TwiceSlower) && self.kind % 2 == 0;
        let mut row = Row::empty(layer);
        row.set(layer, "code", self.code.as_str())
            .set(layer, "name", format!("{}{name}", self.park.name))
            .set(layer, "park", self.park.code.as_str())
            .set(layer, "district", self.park.district.as_str())
            .set(layer, "category", category)
            .set(layer, "cluster", self.park.lead_clusters.first().map(String::as_str))
            .set(layer, "year", i64::from(self.start.year()))
            .set(layer, "start", self.start.to_string())
            .set(layer, "end", end.to_string())
            .set(layer, "target", self.target)
            .set(layer, "unit", unit)
            .set(layer, "curve", self.curved.then(|| self.curve()))
            .set(layer, "responsible", format!("{} 样例运营公司", self.park.name))
            .set(layer, "cause", explained.then_some("样例：权属核查未完成"))
            .set(layer, "measure", explained.then_some("样例：增派专班，逐周督办"))
            .set(layer, "source", SOURCE)
            .set(layer, "revision", 1_i64);
        row
    }

    /// A slow start: a quarter of the time, 15 %; a half, 40 %; three quarters, 70 %.
    fn curve(&self) -> String {
        let point = |(quarter, percent): (u32, u32)| {
            let month = later(self.start, i64::from(self.months * quarter / 4) - 1);
            format!("{}={percent}", month.format("%Y-%m"))
        };
        serde_json::json!([(1, 15), (2, 40), (3, 70), (4, 100)].map(point)).to_string()
    }

    /// The planned percentage at the end of a month, near enough to stand clear of every line.
    fn planned(&self, month: u32) -> f64 {
        let part = f64::from(month) / f64::from(self.months);
        if !self.curved {
            return 100.0 * part.min(1.0);
        }
        let points = [(0.0, 0.0), (0.25, 15.0), (0.5, 40.0), (0.75, 70.0), (1.0, 100.0)];
        let piece = points.windows(2).find(|pair| part <= pair[1].0);
        piece.map_or(100.0, |pair| pair[0].1 + (pair[1].1 - pair[0].1) * (part - pair[0].0) / (pair[1].0 - pair[0].0))
    }

    /// Points behind in a month, counted from 1.
    fn behind(&self, month: u32) -> Option<f64> {
        let usual = Some(2.0);
        match self.course {
            Later => None,
            Silent if month == MONTHS => None,
            Slower if month == MONTHS => Some(18.0),
            TwiceSlower if month + 1 >= MONTHS => Some(20.0),
            MadeUp if month == 5 || month == 6 => Some(17.0),
            FarBehind if month > 4 => Some(10.0 * f64::from(month - 3)),
            Early if month == 6 => Some(self.planned(month) - 100.0),
            Early if month > 6 => None,
            Overdue => Some((self.planned(month) - 92.0).max(4.0)),
            _ => usual,
        }
    }

    fn reports(&self, layer: &'static Layer, date: NaiveDate, dice: &mut Dice) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut before = 0.0;
        for month in 1..=MONTHS {
            let Some(behind) = self.behind(month) else { continue };
            let end = day_before(later(self.start, i64::from(month)));
            let wobble = dice.between(-1.0, 1.0);
            let share = if behind < 0.0 { 100.0 } else { (self.planned(month) - behind + wobble).max(0.0) };
            let done = self.target * share / 100.0;
            let done = if KINDS[self.kind].2 == WHOLE { done.round() } else { (done * 100.0).round() / 100.0 };
            let done = done.max(before);
            before = done;
            let reported = end.checked_add_days(Days::new(dice.whole(1, 6) as u64)).unwrap_or(end).min(date);
            let mut row = Row::empty(layer);
            row.set(layer, "code", format!("{}.{}", self.code, end.format("%Y-%m")))
                .set(layer, "task", self.code.as_str())
                .set(layer, "date", end.to_string())
                .set(layer, "done", done)
                .set(layer, "reported_on", reported.to_string())
                .set(layer, "source", SOURCE)
                .set(layer, "revision", 1_i64);
            rows.push(row);
        }
        rows
    }
}

/// The same day some months later or earlier.
fn later(date: NaiveDate, months: i64) -> NaiveDate {
    let by = Months::new(months.unsigned_abs() as u32);
    let moved = if months < 0 { date.checked_sub_months(by) } else { date.checked_add_months(by) };
    moved.unwrap_or(date)
}

fn day_before(date: NaiveDate) -> NaiveDate {
    date.checked_sub_days(Days::new(1)).unwrap_or(date)
}
