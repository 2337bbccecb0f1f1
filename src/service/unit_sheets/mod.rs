//! Units by table: the template that an operator fills in, what comes back judged cell by cell, and receipts.

mod read;
mod receipts;
mod rejects;
mod template;

pub use receipts::{Receipt, receipt, rejects_of_receipt};
pub use rejects::rejects_file;
pub use template::{Part, template};

use super::edits::{Judged, JudgedRow, Person, Reply, SheetCounts, judge};
use super::{Planner, Viewer, now, today};
use crate::domain::edit::{SheetFile, UpdateUnits};
use crate::domain::fault::Outcome;
use crate::domain::run::sha256_hex;
use crate::domain::{Edit, Fault};
use serde::Serialize;
use utoipa::ToSchema;

/// A filled-in table is no larger, bytes.
pub const LARGEST_TABLE: usize = 16 << 20;

/// In which form a table goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetForm {
    Xlsx,
    Csv,
}

impl SheetForm {
    pub const NAMES: [&'static str; 2] = ["xlsx", "csv"];

    pub fn parse(name: &str) -> Outcome<SheetForm> {
        match name {
            "xlsx" => Ok(SheetForm::Xlsx),
            "csv" => Ok(SheetForm::Csv),
            _ => Err(Fault::bad("format", format!("此处没有格式 {name}"), format!("there is no format {name} here"))
                .at(name)
                .help(format!("可用：{}", SheetForm::NAMES.join("、")), format!("known: {}", SheetForm::NAMES.join(", ")))),
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            SheetForm::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            SheetForm::Csv => "text/csv",
        }
    }

    pub fn ending(self) -> &'static str {
        match self {
            SheetForm::Xlsx => "xlsx",
            SheetForm::Csv => "csv",
        }
    }
}

/// A table that comes back.
#[derive(Clone, Copy, Debug)]
pub struct Upload<'a> {
    pub park: &'a str,
    pub bytes: &'a [u8],
    /// The file's name, for people and for the log.
    pub name: &'a str,
    /// Of a CSV, over what its bytes say.
    pub encoding: Option<&'a str>,
    /// Judge it and change nothing.
    pub dry_run: bool,
}

/// What came of a table.
#[derive(Debug, Serialize, ToSchema)]
pub struct SheetAnswer {
    pub park: String,
    pub dry_run: bool,
    pub file: SheetFileAnswer,
    pub counts: SheetCounts,
    /// Every row of the table in its order.
    pub rows: Vec<JudgedRow>,
    /// What is worth knowing of the file as a whole.
    pub notices: Vec<SheetNotice>,
    /// The revision that was read, or that the change made.
    pub revision: i64,
    /// Of a change; none where nothing changed.
    #[schema(required)]
    pub receipt: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SheetFileAnswer {
    pub name: String,
    pub sha256: String,
    /// `XLSX` or `CSV`.
    pub kind: String,
    #[schema(required)]
    pub encoding: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SheetNotice {
    pub code: String,
    pub zh: String,
    pub en: String,
}

/// Longest name of a file that the log keeps, in characters.
const LONGEST_NAME: usize = 120;

/// Judges a table; without `dry_run` all rows that can be taken are one change with a receipt.
///
/// # Errors
/// 401 and 403 before the file is looked at; 400 and 415 for a file that is no filled-in table. What is wrong with rows is in their verdicts.
pub fn import(planner: &Planner, viewer: &Viewer, upload: &Upload<'_>) -> Outcome<SheetAnswer> {
    super::occupancy::park_row(&planner.city(), upload.park)?;
    viewer.operator_of(Some(upload.park))?;
    let today = today();
    let name: String = upload.name.chars().filter(|letter| !letter.is_control()).take(LONGEST_NAME).collect();
    let read = read::read(upload.bytes, &name, upload.encoding)?;
    let file = SheetFile { name: name.clone(), sha256: sha256_hex(upload.bytes) };
    let answer = SheetFileAnswer { name, sha256: file.sha256.clone(), kind: read.kind.to_owned(), encoding: read.encoding };
    let edit = UpdateUnits { park: upload.park.to_owned(), file, rows: read.rows };
    let told = |judged: &Judged, revision, receipt| SheetAnswer {
        park: upload.park.to_owned(),
        dry_run: upload.dry_run,
        file: answer,
        counts: judged.counts,
        rows: judged.rows.clone(),
        notices: read.notices,
        revision,
        receipt,
    };
    if upload.dry_run {
        let city = planner.city();
        let judged = judge(&edit, &city, &Person { viewer: viewer.clone(), today, two_persons: true })?;
        return Ok(told(&judged, city.revision, None));
    }
    let done = planner.edit(viewer, Edit::UpdateUnits(edit))?;
    match done.reply {
        Reply::Sheet { judged, receipt } => Ok(told(&judged, done.revision, receipt)),
        _ => Err(Fault::internal("edit", "the edit gave no table")),
    }
}

/// A name for a file of a park: letters, digits and hyphens, with the day.
pub fn file_name(what: &str, park: &str, form: SheetForm) -> String {
    let plain: String = park.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect();
    format!("{what}-{plain}-{}.{}", now().get(..10).unwrap_or_default(), form.ending())
}
