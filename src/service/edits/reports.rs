//! Handing in a report: the park's figures as they stand, for a period that is over.

use super::{Checked, Person, Reply};
use crate::analysis::designation::{Period, owed_in};
use crate::city::City;
use crate::city::letting::day;
use crate::domain::columns::report;
use crate::domain::days::no_day;
use crate::domain::edit::HandInReport;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind, LayerId, Row, RowChange, stated_day};
use crate::service::{occupancy, packs};
use chrono::Datelike;

pub(super) fn check(edit: &HandInReport, city: &City, person: &Person) -> Outcome<Checked> {
    occupancy::park_row(city, &edit.park)?;
    person.viewer.operator_of(Some(&edit.park))?;
    is_owed_by_now(edit, &person.today)?;
    let figures = occupancy::figures(city, &edit.park, &person.today)?;
    let figures = serde_json::to_string(&figures).map_err(|error| Fault::internal("json", error))?;
    let table = city.table(LayerId::Report);
    let is_of_period = |row: &usize| {
        table.text(*row, report::PARK) == Some(&edit.park)
            && table.text(*row, report::PERIOD) == Some(&edit.period)
            && table.text(*row, report::PERIOD_END) == Some(&edit.period_end)
    };
    // Of several entries of a period the one that was received first counts; it is the one that a correction is written to.
    let known = (0..table.len()).filter(is_of_period).min_by_key(|row| table.text(*row, report::RECEIVED).unwrap_or("9999"));
    let (change, code) = match known {
        Some(at) => {
            let before = table.row(at);
            let mut after = before.clone();
            if before.text(report::RECEIVED).is_some() {
                after.put(report::CORRECTED, person.today.as_str());
            } else {
                after.put(report::RECEIVED, person.today.as_str());
            }
            after.put(report::FIGURES, figures);
            (RowChange::Update { layer: LayerId::Report, fid: table.fid(at), before, after }, table.key(at).to_owned())
        }
        None => {
            let code = free_code(edit, |code| table.row_of(code).is_some());
            let mut row = Row::empty(LayerId::Report.layer());
            row.put(report::CODE, code.as_str())
                .put(report::PARK, edit.park.as_str())
                .put(report::PERIOD, edit.period.as_str())
                .put(report::PERIOD_END, edit.period_end.as_str())
                .put(report::RECEIVED, person.today.as_str())
                .put(report::FIGURES, figures);
            (RowChange::Insert { layer: LayerId::Report, fid: table.next_fid(), row }, code)
        }
    };
    Ok(Checked::of(vec![change], "园区报送", Reply::Report(code)))
}

fn free_code(edit: &HandInReport, is_taken: impl Fn(&str) -> bool) -> String {
    let code = format!("R-{}-{}-{}", edit.park, edit.period_end, edit.period);
    (0..).map(|again| if again == 0 { code.clone() } else { format!("{code}-{again}") }).find(|code| !is_taken(code)).unwrap_or(code)
}

fn is_owed_by_now(edit: &HandInReport, today: &str) -> Outcome<()> {
    let end = stated_day(&edit.period_end).ok_or_else(|| no_day("period_end", &edit.period_end).at("/period_end"))?;
    let period = match edit.period.as_str() {
        "quarter" => Period::Quarter,
        "year" => Period::Year,
        _ => {
            let (zh, en) = ("报期应为 quarter（季报）或 year（年报）", "the period is quarter or year");
            return Err(Fault::bad("period", zh, en).at("/period").field("/period", zh, en));
        }
    };
    let owed = owed_in(end.year(), packs::designation()?);
    if !owed.iter().any(|owed| owed.period == period && owed.end == end) {
        let ends: Vec<String> = owed.iter().filter(|owed| owed.period == period).map(|owed| owed.end.to_string()).collect();
        return Err(Fault::new(
            FaultKind::Unprocessable,
            "not_owed",
            format!("{end} 不是应报的期末"),
            format!("{end} is not the end of a period that is owed"),
        )
        .at("/period_end")
        .help(format!("应报：{}", ends.join("、")), format!("owed: {}", ends.join(", "))));
    }
    if day(today).is_some_and(|today| end >= today) {
        return Err(Fault::new(
            FaultKind::Conflict,
            "period_open",
            format!("{end} 尚未过去，期末之后再报送"),
            format!("{end} is not over yet: hand it in after the period's end"),
        )
        .at("/period_end"));
    }
    Ok(())
}
