//! What of a sheet its cells do not say: merged ranges, hidden rows and columns, formulas that nobody has worked out.

use super::read::file_name;
use super::xml::{Step, Tag, walk};
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use std::io::{Read, Seek};
use std::path::Path;

/// Rows and columns from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Merged {
    pub top: usize,
    pub left: usize,
    pub bottom: usize,
    pub right: usize,
}

#[derive(Debug, Default)]
pub(crate) struct Layout {
    pub merged: Vec<Merged>,
    pub hidden_rows: Vec<usize>,
    /// First and last of each hidden run.
    pub hidden_columns: Vec<(usize, usize)>,
    /// Row, column and text of formulas without a value.
    pub unsolved: Vec<(usize, usize, String)>,
    /// Row and column of every formula.
    pub formulas: Vec<(usize, usize)>,
}

/// The layout of a sheet of an XLSX workbook.
pub(crate) fn read(path: &Path, sheet: &str) -> Outcome<Layout> {
    let file = std::fs::File::open(path).map_err(|error| super::read::unreadable(path, &error))?;
    read_from(std::io::BufReader::new(file), path, sheet)
}

/// The same of a workbook that is open; `path` is what people call it.
pub(super) fn read_from(workbook: impl Read + Seek, path: &Path, sheet: &str) -> Outcome<Layout> {
    let mut archive = zip::ZipArchive::new(workbook).map_err(|error| broken(path, &error))?;
    let mut part = |name: &str| -> Outcome<String> {
        let mut text = String::new();
        archive.by_name(name).map_err(|error| broken(path, &error))?.read_to_string(&mut text).map_err(|error| broken(path, &error))?;
        Ok(text)
    };
    let Some(relation) = attribute_of(&part("xl/workbook.xml")?, "sheet", ("name", sheet), "id")? else { return Ok(Layout::default()) };
    let Some(target) = attribute_of(&part("xl/_rels/workbook.xml.rels")?, "Relationship", ("Id", &relation), "Target")? else {
        return Ok(Layout::default());
    };
    let name = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
    scan(&part(&name)?)
}

fn broken(path: &Path, error: &dyn std::fmt::Display) -> Fault {
    Fault::bad("file_unreadable", format!("无法读取 {}：{error}", file_name(path)), format!("{} cannot be read: {error}", file_name(path)))
        .at(file_name(path))
}

/// The attribute `wanted` of the first element `name` whose attribute has the value of `by`.
fn attribute_of(text: &str, name: &str, by: (&str, &str), wanted: &str) -> Outcome<Option<String>> {
    let mut found = None;
    walk(text, &mut |step| {
        if let Step::Open(tag) = step
            && found.is_none()
            && tag.name() == name
            && tag.attribute(by.0).as_deref() == Some(by.1)
        {
            found = tag.attribute(wanted);
        }
        Ok(())
    })?;
    Ok(found)
}

/// A cell while its parts pass.
#[derive(Default)]
struct Cell {
    place: Option<(usize, usize)>,
    formula: Option<String>,
    has_value: bool,
    in_formula: bool,
}

fn scan(text: &str) -> Outcome<Layout> {
    let mut layout = Layout::default();
    let mut cell = Cell::default();
    walk(text, &mut |step| {
        match step {
            Step::Open(tag) => open(tag, &mut layout, &mut cell),
            Step::Text(text) if cell.in_formula => {
                if let Some(formula) = &mut cell.formula {
                    formula.push_str(text);
                }
            }
            Step::Text(_) => {}
            Step::Close("f") => cell.in_formula = false,
            Step::Close("c") => {
                let cell = std::mem::take(&mut cell);
                if cell.formula.is_some() {
                    layout.formulas.extend(cell.place);
                }
                if let (Some((row, column)), Some(formula), false) = (cell.place, cell.formula, cell.has_value) {
                    layout.unsolved.push((row, column, formula));
                }
            }
            Step::Close(_) => {}
        }
        Ok(())
    })?;
    Ok(layout)
}

fn open(tag: &Tag<'_>, layout: &mut Layout, cell: &mut Cell) {
    let is_on = |name: &str| tag.attribute(name).is_some_and(|value| value == "1" || value == "true");
    let number = |name: &str| tag.attribute(name).and_then(|value| value.parse::<usize>().ok());
    match tag.name().as_str() {
        "c" => *cell = Cell { place: tag.attribute("r").as_deref().and_then(place), ..Cell::default() },
        "f" => (cell.formula, cell.in_formula) = (Some(String::new()), true),
        "v" | "is" => cell.has_value = true,
        "row" if is_on("hidden") => layout.hidden_rows.extend(number("r").map(|row| row.saturating_sub(1))),
        "col" if is_on("hidden") => {
            layout.hidden_columns.extend(number("min").zip(number("max")).map(|(first, last)| (first.saturating_sub(1), last.saturating_sub(1))));
        }
        "mergeCell" => layout.merged.extend(tag.attribute("ref").as_deref().and_then(range)),
        _ => {}
    }
}

/// `B3` → row 2, column 1.
fn place(text: &str) -> Option<(usize, usize)> {
    let digits = text.find(|letter: char| letter.is_ascii_digit())?;
    let column = text[..digits]
        .bytes()
        .try_fold(0usize, |column, letter| letter.is_ascii_uppercase().then(|| column * 26 + usize::from(letter - b'A') + 1))?;
    Some((text[digits..].parse::<usize>().ok()?.checked_sub(1)?, column.checked_sub(1)?))
}

fn range(text: &str) -> Option<Merged> {
    let (from, to) = text.split_once(':')?;
    let ((top, left), (bottom, right)) = (place(from)?, place(to)?);
    Some(Merged { top, left, bottom, right })
}

/// `1` → `B`: what a column is called in a spreadsheet.
pub(crate) fn column_letters(column: usize) -> String {
    let (mut left, mut letters) = (column + 1, String::new());
    while left > 0 {
        letters.insert(0, char::from(b'A' + ((left - 1) % 26) as u8));
        left = (left - 1) / 26;
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merged_ranges_hidden_parts_and_unsolved_formulas_are_found() {
        let layout = scan(
            r#"<worksheet><cols><col min="2" max="3" hidden="1"/></cols><sheetData><row r="1"><c r="A1"><f>B1*2</f></c><c r="B1"><f>1+1</f><v>2</v></c></row>
            <row r="4" hidden="1"><c r="C4" t="str"><f>""</f><v></v></c></row></sheetData><mergeCells><mergeCell ref="A2:AB3"/></mergeCells></worksheet>"#,
        )
        .unwrap();
        assert_eq!(layout.merged, [Merged { top: 1, left: 0, bottom: 2, right: 27 }]);
        assert_eq!((layout.hidden_rows, layout.hidden_columns), (vec![3], vec![(1, 2)]));
        assert_eq!(layout.unsolved, [(0, 0, "B1*2".to_owned())]);
        assert_eq!(layout.formulas, [(0, 0), (0, 1), (3, 2)]);
        assert_eq!([0, 25, 26, 27, 701].map(column_letters), ["A", "Z", "AA", "AB", "ZZ"]);
    }
}
