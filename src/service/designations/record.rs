//! Designations as the register's rows have them.

use super::no_such_designation;
use crate::city::{City, Table, TableBuilder};
use crate::domain::columns::designation as column;
use crate::domain::designation::YearlyGrade;
use crate::domain::fault::Outcome;
use crate::domain::row::CellRef;
use crate::domain::{Designation, DesignationState, DesignationStep, Fault, LayerId, Row, Shape, stated_day};
use chrono::NaiveDate;

/// In the order of their recording.
pub fn all(city: &City) -> Outcome<Vec<Designation>> {
    let table = city.table(LayerId::Designation);
    (0..table.len()).map(|row| read(table, row)).collect()
}

pub fn find(city: &City, code: &str) -> Outcome<Designation> {
    let table = city.table(LayerId::Designation);
    read(table, table.row_of(code).ok_or_else(|| no_such_designation(code))?)
}

/// The record of a park from which something may still come on this day, of which there is one at most; else its last.
pub fn of_park(city: &City, park: &str, day: NaiveDate) -> Outcome<Option<Designation>> {
    let mut own = all(city)?;
    own.retain(|known| known.park == park);
    let open = own.iter().rposition(|known| known.state_on(day).is_open());
    Ok(match open {
        Some(at) => Some(own.swap_remove(at)),
        None => own.pop(),
    })
}

/// A designation as a row of the log's has it.
pub fn of_row(row: &Row) -> Outcome<Designation> {
    let mut one = TableBuilder::new(LayerId::Designation);
    let cells: Vec<CellRef<'_>> = row.values.iter().map(CellRef::from).collect();
    one.push(1, &cells, Shape::default());
    read(&one.finish(), 0)
}

fn read(table: &Table, row: usize) -> Outcome<Designation> {
    let code = table.key(row).to_owned();
    let damaged = |what: &str| {
        Fault::internal("designation", format!("{code}: {what}"))
            .at(code.clone())
            .help("核对城市文件中的授牌表", "look at the designation table of the city file")
    };
    let text = |name| table.text(row, name).map(str::to_owned);
    let state = table.text(row, column::STATE).unwrap_or_default();
    let day = |name| table.text(row, name).and_then(stated_day);
    Ok(Designation {
        park: text(column::PARK).ok_or_else(|| damaged("no park"))?,
        stored: DesignationState::parse(state).ok_or_else(|| damaged("no such state"))?,
        lead_cluster: text(column::LEAD_CLUSTER),
        grade: text(column::GRADE),
        total: table.number(row, column::TOTAL),
        rank: table.integer(row, column::RANK),
        passes: table.flag(row, column::PASSES),
        date: day(column::DATE),
        valid_through: day(column::VALID_THROUGH),
        recheck_from: day(column::RECHECK_FROM),
        step: table.text(row, column::STEP).and_then(DesignationStep::parse),
        reasons: text(column::REASONS),
        basis: text(column::BASIS),
        assessments: table.list(row, column::ASSESSMENTS).unwrap_or_default().iter().filter_map(|cell| YearlyGrade::parse(cell)).collect(),
        pack: text(column::PACK).unwrap_or_default(),
        pack_version: text(column::PACK_VERSION).unwrap_or_default(),
        pack_sha256: text(column::PACK_SHA256).unwrap_or_default(),
        pack_text: text(column::PACK_TEXT),
        evidence: text(column::EVIDENCE),
        evidence_sha256: text(column::EVIDENCE_SHA256),
        drafted_by: text(column::DRAFTED_BY),
        submitted_by: text(column::SUBMITTED_BY),
        revision: table.integer(row, column::REVISION).unwrap_or(0),
        code,
    })
}
