//! Cells of a table of units against the unit as it stands.

use super::Person;
use super::unit_verdicts::{CellValue, CellVerdict, JudgedCell, JudgedRow};
use super::units::field_named;
use crate::domain::columns::unit;
use crate::domain::edit::{Refusal, Stated, StatedCell};
use crate::domain::unit_sheet::{Filling, SheetColumn, cell_text};
use crate::domain::{Lang, Row, Value};
use crate::formats::clean::seen;

/// A row while its cells pass.
pub(super) struct Judging<'a> {
    before: &'a Row,
    after: Row,
    today: &'a str,
    area_changes: bool,
}

impl<'a> Judging<'a> {
    pub(super) fn new(before: &'a Row, person: &'a Person) -> Self {
        Judging { before, after: before.clone(), today: &person.today, area_changes: false }
    }

    /// The unit as the row wants it, and whether its area changes.
    pub(super) fn end(self) -> (Row, bool) {
        (self.after, self.area_changes)
    }

    /// None where the cell says what stands there already.
    pub(super) fn cell(&mut self, cell: &StatedCell) -> Option<JudgedCell> {
        let at = cell.column.at()?;
        let old = &self.before.values[at];
        if says_the_same(cell, old) {
            return None;
        }
        let judged = |verdict, new| JudgedCell::of(cell, verdict, old, new);
        let shown = (!cell.shown.is_empty()).then(|| CellValue::Text(cell.shown.clone()));
        if cell.column.filling() == Filling::Fixed {
            return Some(judged(CellVerdict::Rejected, shown).because(&Refusal::new(
                "locked",
                "此列不能在表中修改：它说明是哪个单元",
                "this column cannot be changed in the table: it says which unit the row is about",
            )));
        }
        let value = match &cell.stated {
            Stated::Refused(refusal) => return Some(judged(CellVerdict::Rejected, shown).because(refusal)),
            Stated::Empty if !cell.column.may_be_empty() => {
                return Some(judged(CellVerdict::Rejected, None).because(&Refusal::new(
                    "required",
                    "此项必填，不能清空",
                    "this field is required and cannot be cleared",
                )));
            }
            Stated::Empty => Value::Null,
            Stated::Value(value) => value.clone(),
        };
        match field_named(cell.column.name(), &value.to_json(false), self.today) {
            Err((zh, en)) => Some(judged(CellVerdict::Rejected, CellValue::of(&value).or(shown)).because(&Refusal::new("invalid", zh, en))),
            Ok(value) => {
                let warning = warning(cell.column, old, &value);
                let new = CellValue::of(&value);
                self.area_changes |= cell.column == SheetColumn::AreaM2;
                self.after.values[at] = value;
                Some(match warning {
                    Some(refusal) => judged(CellVerdict::Warning, new).because(&refusal),
                    None => judged(CellVerdict::Changed, new),
                })
            }
        }
    }
}

/// A cell says the same when it shows what the template would show, in either language or as the code itself, or when it is the same number.
fn says_the_same(cell: &StatedCell, old: &Value) -> bool {
    if let (Stated::Value(value), Some(old)) = (&cell.stated, old.as_f64())
        && let Some(new) = value.as_f64()
    {
        // Spreadsheets keep 15 digits of what we wrote in 17.
        return (new - old).abs() <= 1e-12 * old.abs().max(1.0);
    }
    if let Stated::Value(value) = &cell.stated
        && value == old
    {
        return true;
    }
    if matches!(cell.stated, Stated::Refused(_)) && cell.shown.is_empty() {
        return false;
    }
    let shown = plain(&cell.shown);
    [Lang::Zh, Lang::En].into_iter().any(|lang| shown == plain(&cell_text(cell.column, old, lang)))
        || old.as_str().is_some_and(|code| shown == plain(code))
}

/// A text as it is after a table has carried it: without blanks at its ends, characters that are not seen, and the apostrophe before a formula.
fn plain(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = seen(text.trim()).trim().to_owned();
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest.to_owned(),
        _ => text,
    }
}

fn warning(column: SheetColumn, old: &Value, new: &Value) -> Option<Refusal> {
    if new.is_null() {
        return Some(Refusal::new("clears", "空格：将清除原有内容", "empty: what stands there will be cleared"));
    }
    if column == SheetColumn::AsOf
        && let (Some(old), Some(new)) = (old.as_str(), new.as_str())
        && new < old
    {
        return Some(Refusal::new(
            "as_of_backwards",
            format!("截至日期早于现有的 {old}"),
            format!("the as-of date is earlier than the present {old}"),
        ));
    }
    None
}

/// What of the row as a whole should be looked at.
pub(super) fn warn_of_row(judged: &mut JudgedRow, before: &Row, after: &Row) {
    let touched = |column| judged.cells.iter().any(|cell| cell.column == column);
    let (letting, tenancy) = (touched(SheetColumn::State), touched(SheetColumn::Tenant));
    let (state, has_tenant) = (after.text(unit::STATE), after.text(unit::TENANT).is_some());
    if (letting || tenancy) && state == Some("vacant") && has_tenant {
        return judged.warn(&Refusal::new("vacant_with_tenant", "状态为空置，却填有租户", "the unit is vacant and names a tenant"));
    }
    if (letting || tenancy) && state == Some("let") && !has_tenant {
        return judged.warn(&Refusal::new("let_without_tenant", "状态为出租，却没有租户", "the unit is let and names no tenant"));
    }
    if after.text(unit::AS_OF) == before.text(unit::AS_OF) {
        let since = after.text(unit::AS_OF).unwrap_or("—").to_owned();
        judged.warn(&Refusal::new(
            "as_of_unchanged",
            format!("内容有改动，截至日期仍为 {since}"),
            format!("figures change and the as-of date stays {since}"),
        ));
    }
}
