//! Reports that the parks owe: due, made, late and missed, by park and period (exact-designation I15).

use super::edits::Reply;
use super::{Planner, Viewer, collections, packs, today};
use crate::analysis::designation::{Owed, Period, owed_in};
use crate::city::City;
use crate::city::letting::day;
use crate::domain::columns::{park, report};
use crate::domain::edit::HandInReport;
use crate::domain::fault::Outcome;
use crate::domain::{Edit, Fault, LayerId};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which reports to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReportQuery {
    pub park: Option<String>,
    /// A year of reports; without one the last full year and the present one.
    #[param(minimum = 1900, maximum = 2199)]
    pub year: Option<i32>,
    /// ISO date on which they are counted; today without one.
    #[param(value_type = Option<String>, format = Date)]
    pub as_of: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ReportList {
    pub as_of: String,
    /// The pack that says what is due when.
    pub pack: String,
    pub parks: Vec<ParkReports>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ParkReports {
    pub park: String,
    pub name: Option<String>,
    pub years: Vec<YearOfReports>,
}

/// Reports of a year. Due are the periods whose due date has passed; made, late and missed are counted among them.
#[derive(Debug, Serialize, ToSchema)]
pub struct YearOfReports {
    pub year: i32,
    pub due: usize,
    pub made: usize,
    pub late: usize,
    pub missed: usize,
    /// Share of the due ones that were on time.
    pub on_time: Option<f64>,
    pub periods: Vec<PeriodReport>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PeriodReport {
    /// `quarter` or `year`.
    pub period: &'static str,
    pub period_end: String,
    pub due_on: String,
    /// Of the first receipt.
    pub received: Option<String>,
    pub corrected: Option<String>,
    pub state: ReportState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportState {
    /// The period is not over.
    Ahead,
    /// It is over, and its report may still be on time.
    Open,
    OnTime,
    Late,
    Missed,
}

/// A period whose report is handed in.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReport {
    /// `quarter` or `year`.
    pub period: String,
    /// ISO date, its last day.
    pub period_end: String,
}

pub fn list(city: &City, query: &ReportQuery, today: &str) -> Outcome<ReportList> {
    let pack = packs::designation()?;
    let as_of = query.as_of.as_deref().unwrap_or(today);
    let day = day(as_of).ok_or_else(|| crate::domain::days::no_day("as_of", as_of))?;
    let years = query.year.map_or_else(|| vec![day.year() - 1, day.year()], |year| vec![year]);
    let parks = city.table(LayerId::Park);
    let mut rows: Vec<usize> = match &query.park {
        Some(code) => vec![parks.row_of(code).ok_or_else(|| collections::no_such_park(code))?],
        None => (0..parks.len()).collect(),
    };
    rows.sort_by(|a, b| parks.key(*a).cmp(parks.key(*b)));
    let of_park = |row: usize| ParkReports {
        park: parks.key(row).to_owned(),
        name: parks.text(row, park::NAME).map(str::to_owned),
        years: years.iter().map(|year| year_of(city, parks.key(row), *year, &owed_in(*year, pack), day)).collect(),
    };
    Ok(ReportList { as_of: as_of.to_owned(), pack: format!("{}@{}", pack.id, pack.version), parks: rows.into_iter().map(of_park).collect() })
}

fn year_of(city: &City, park: &str, year: i32, owed: &[Owed], as_of: NaiveDate) -> YearOfReports {
    let periods: Vec<PeriodReport> = owed.iter().map(|owed| period_of(city, park, owed, as_of)).collect();
    let count = |wanted: &[ReportState], also: &dyn Fn(&PeriodReport) -> bool| {
        periods.iter().filter(|period| wanted.contains(&period.state) && also(period)).count()
    };
    // One that is made before its due date has passed is not due yet, and is not counted yet.
    let is_due = |period: &PeriodReport| day(&period.due_on).is_some_and(|due_on| due_on < as_of);
    let made = count(&[ReportState::OnTime, ReportState::Late], &is_due);
    let (late, missed) = (count(&[ReportState::Late], &is_due), count(&[ReportState::Missed], &is_due));
    let due = made + missed;
    YearOfReports { year, due, made, late, missed, on_time: (due > 0).then(|| (made - late) as f64 / due as f64), periods }
}

fn period_of(city: &City, park: &str, owed: &Owed, as_of: NaiveDate) -> PeriodReport {
    let table = city.table(LayerId::Report);
    let (period, end) = (name_of(owed.period), owed.end.to_string());
    let is_of_period = |row: &usize| {
        table.text(*row, report::PARK) == Some(park)
            && table.text(*row, report::PERIOD) == Some(period)
            && table.text(*row, report::PERIOD_END) == Some(&end)
    };
    let rows: Vec<usize> = (0..table.len()).filter(is_of_period).collect();
    // What came after the day is not known on it.
    let known = |text: Option<&str>| text.and_then(day).filter(|day| *day <= as_of);
    let received = rows.iter().filter_map(|row| known(table.text(*row, report::RECEIVED))).min();
    let corrected = rows.iter().filter_map(|row| known(table.text(*row, report::CORRECTED))).max();
    let state = match received {
        Some(received) if received <= owed.due_on => ReportState::OnTime,
        Some(_) => ReportState::Late,
        None if owed.end >= as_of => ReportState::Ahead,
        None if owed.due_on >= as_of => ReportState::Open,
        None => ReportState::Missed,
    };
    PeriodReport {
        period,
        period_end: end,
        due_on: owed.due_on.to_string(),
        received: received.map(|day| day.to_string()),
        corrected: corrected.map(|day| day.to_string()),
        state,
    }
}

fn name_of(period: Period) -> &'static str {
    match period {
        Period::Quarter => "quarter",
        Period::Year => "year",
    }
}

/// Hands in a park's report: its figures as they stand, confirmed for the period.
pub fn hand_in(planner: &Planner, viewer: &Viewer, park: &str, new: &NewReport) -> Outcome<ParkReports> {
    let edit = HandInReport { park: park.to_owned(), period: new.period.clone(), period_end: new.period_end.clone() };
    match planner.edit(viewer, Edit::HandInReport(edit))?.reply {
        Reply::Report(_) => {
            let list = list(&planner.city(), &ReportQuery { park: Some(park.to_owned()), ..ReportQuery::default() }, &today())?;
            list.parks.into_iter().next().ok_or_else(|| Fault::internal("report", "the park is gone"))
        }
        _ => Err(Fault::internal("edit", "the edit gave no report")),
    }
}
