//! `occupancy`: units by table, and reports.

use super::output::{OutFile, Output, table, write_file};
use super::target::Target;
use crate::cli::command_line;
use crate::domain::Lang;
use crate::domain::fault::Outcome;
use crate::domain::unit_sheet::SheetColumn;
use crate::formats::confined::plain_bytes;
use crate::service::edits::{CellValue, JudgedRow, RowVerdict};
use crate::service::reports::{self, NewReport, PeriodReport, ReportQuery, ReportState};
use crate::service::unit_sheets::{self, Part, SheetAnswer, SheetForm, Upload};
use crate::service::{Planner, Viewer, today};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(super) struct Occupancy {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// A table of a park's units to fill in
    Template {
        city: PathBuf,
        #[arg(long)]
        park: String,
        /// The units of one building only
        #[arg(long)]
        building: Option<String>,
        /// xlsx or csv (default: by the file's ending)
        #[arg(long)]
        format: Option<String>,
        /// Of a CSV: utf-8 or gb18030
        #[arg(long)]
        encoding: Option<String>,
        #[command(flatten)]
        out: OutFile,
    },
    /// Judge a filled-in table cell by cell and apply it, all rows that can be taken at once
    Import {
        city: PathBuf,
        #[arg(long)]
        park: String,
        file: PathBuf,
        /// Judge only, change nothing
        #[arg(long)]
        dry_run: bool,
        /// Encoding of a CSV, over what its bytes say
        #[arg(long)]
        encoding: Option<String>,
        /// File for the rows that were not taken, .csv or .xlsx
        #[arg(long)]
        rejects: Option<PathBuf>,
        /// Replace an existing file
        #[arg(long)]
        force: bool,
    },
    /// Reports due, made, late and missed, by park; with --submit hands one in
    Report {
        city: PathBuf,
        #[arg(long)]
        park: Option<String>,
        /// A year of reports (default: the last full one and the present one)
        #[arg(long)]
        year: Option<i32>,
        /// Date on which they are counted, YYYY-MM-DD (default: today)
        #[arg(long)]
        as_of: Option<String>,
        /// Hand in the report of the period that ends on this day, YYYY-MM-DD
        #[arg(long, requires = "park", conflicts_with_all = ["year", "as_of"])]
        submit: Option<String>,
        /// quarter or year
        #[arg(long, default_value = "quarter", requires = "submit")]
        period: String,
    },
}

impl Occupancy {
    pub(super) fn run(self, output: &Output) -> Outcome<bool> {
        match self.action {
            Action::Template { city, park, building, format, encoding, out } => {
                let form = SheetForm::parse(format.as_deref().unwrap_or_else(|| ending(&out.out)))?;
                let planner = Planner::open_reading(&city)?;
                let part = Part { park: &park, building: building.as_deref() };
                let viewer = Viewer::local_of(&park);
                let bytes = unit_sheets::template(&planner.city(), &viewer, part, form, encoding.as_deref(), output.lang, &today())?;
                out.write_bytes(&bytes).map(|()| true)
            }
            Action::Import { city, park, file, dry_run, encoding, rejects, force } => {
                let bytes = plain_bytes(&file, unit_sheets::LARGEST_TABLE as u64)?;
                let target = rejects.as_deref().map(|path| Target::of(path, force).map(|target| (target, path))).transpose()?;
                let planner = if dry_run { Planner::open_reading(&city)? } else { Planner::open(&city, &command_line::typed())? };
                let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                let upload = Upload { park: &park, bytes: &bytes, name: &name, encoding: encoding.as_deref(), dry_run };
                let answer = unit_sheets::import(&planner, &Viewer::local_of(&park), &upload)?;
                if let Some((target, path)) = target {
                    let bytes = unit_sheets::rejects_file(&answer.rows, SheetForm::parse(ending(path))?, output.lang)?;
                    target.write(|path| write_file(path, &bytes))?;
                }
                output.result(&answer, || judged(output, &answer));
                // The work is done; that rows were left out is for scripts to see.
                Ok(answer.counts.rejected + answer.counts.conflict == 0)
            }
            Action::Report { city, park, year, as_of, submit, period } => {
                if let (Some(period_end), Some(park)) = (submit, &park) {
                    let planner = Planner::open(&city, &command_line::typed())?;
                    let handed = reports::hand_in(&planner, &Viewer::local_of(park), park, &NewReport { period, period_end })?;
                    output.result(&handed, || {
                        periods(output, handed.years.iter().flat_map(|year| &year.periods).map(|period| (park.as_str(), period)))
                    });
                    return Ok(true);
                }
                let list = reports::list(&Planner::open_reading(&city)?.city(), &ReportQuery { park, year, as_of }, &today())?;
                output.result(&list, || {
                    let of_park = list
                        .parks
                        .iter()
                        .flat_map(|park| park.years.iter().flat_map(|year| year.periods.iter().map(|period| (park.park.as_str(), period))));
                    periods(output, of_park)
                });
                Ok(true)
            }
        }
    }
}

fn ending(path: &Path) -> &str {
    path.extension().and_then(|ending| ending.to_str()).unwrap_or("xlsx")
}

fn judged(output: &Output, answer: &SheetAnswer) -> String {
    let counts = &answer.counts;
    let mut text = match output.lang {
        Lang::Zh => format!(
            "{} 行：改动 {}，提醒 {}，相同 {}，未接受 {}，冲突 {}",
            counts.rows, counts.changed, counts.warning, counts.same, counts.rejected, counts.conflict
        ),
        Lang::En => format!(
            "{} rows: {} changed, {} with a warning, {} same, {} rejected, {} conflicts",
            counts.rows, counts.changed, counts.warning, counts.same, counts.rejected, counts.conflict
        ),
    };
    match &answer.receipt {
        Some(number) => text.push_str(&format!("\n{}{number}", output.say("回执号 ", "receipt "))),
        None if answer.dry_run => text.push_str(output.say("\n试运行：未写入", "\ndry run: nothing was written")),
        None => text.push_str(output.say("\n没有改动，未写入", "\nnothing changed, nothing was written")),
    }
    for notice in &answer.notices {
        text.push_str(&format!("\n{}", output.say(&notice.zh, &notice.en)));
    }
    let lines: Vec<Vec<String>> = answer.rows.iter().filter(|row| row.verdict != RowVerdict::Same).flat_map(|row| lines(output, row)).collect();
    if !lines.is_empty() {
        let names = [
            output.say("单元格", "cell"),
            output.say("编号", "id"),
            output.say("列", "column"),
            output.say("现有", "present"),
            output.say("所填", "in the file"),
            output.say("处理", "verdict"),
            output.say("原因", "reason"),
        ];
        text.push_str(&format!("\n{}", table(&names, &lines)));
    }
    text
}

fn lines(output: &Output, row: &JudgedRow) -> Vec<Vec<String>> {
    let verdict = match row.verdict {
        RowVerdict::Changed => output.say("改动", "changed"),
        RowVerdict::Same => output.say("相同", "same"),
        RowVerdict::Warning => output.say("提醒", "warning"),
        RowVerdict::Rejected => output.say("未接受", "rejected"),
        RowVerdict::Conflict => output.say("冲突", "conflict"),
    };
    let shown = |value: &Option<CellValue>| match value {
        None => String::new(),
        Some(CellValue::Number(number)) => number.to_string(),
        Some(CellValue::Text(text)) => text.clone(),
    };
    let mut lines = Vec::new();
    if let Some(why) = &row.why {
        let place = row.row.to_string();
        let line = [place.as_str(), &row.id, "", "", "", verdict, output.say(&why.zh, &why.en)];
        lines.push(line.map(str::to_owned).to_vec());
    }
    for cell in &row.cells {
        let why = cell.why.as_ref().map(|why| output.say(&why.zh, &why.en)).unwrap_or_default();
        let label = SheetColumn::label(cell.column, output.lang);
        lines.push([cell.at.as_str(), &row.id, label, &shown(&cell.old), &shown(&cell.new), verdict, why].map(str::to_owned).to_vec());
    }
    lines
}

fn periods<'a>(output: &Output, periods: impl Iterator<Item = (&'a str, &'a PeriodReport)>) -> String {
    let state = |state: ReportState| match state {
        ReportState::Ahead => output.say("未到期末", "not over"),
        ReportState::Open => output.say("待报", "open"),
        ReportState::OnTime => output.say("按时", "on time"),
        ReportState::Late => output.say("迟报", "late"),
        ReportState::Missed => output.say("漏报", "missed"),
    };
    let row = |(park, report): (&str, &PeriodReport)| {
        let kind = if report.period == "year" { output.say("年报", "year") } else { output.say("季报", "quarter") };
        let received = report.received.clone().unwrap_or_default();
        let corrected = report.corrected.clone().unwrap_or_default();
        vec![park.to_owned(), kind.to_owned(), report.period_end.clone(), report.due_on.clone(), received, corrected, state(report.state).to_owned()]
    };
    let names = [
        output.say("园区", "park"),
        output.say("报期", "period"),
        output.say("期末", "ends"),
        output.say("期限", "due on"),
        output.say("首次收到", "received"),
        output.say("更正", "corrected"),
        output.say("状态", "state"),
    ];
    table(&names, &periods.map(row).collect::<Vec<_>>())
}
