//! The header of a table: which rows it takes, and what each column is called.

use super::sheet_layout::Merged;
use super::table::GridRow;
use crate::domain::Value;
use crate::formats::clean;

/// Titles and notes above a header take a few rows at most.
const SEARCHED: usize = 20;
/// Rows of one header at most.
const MOST_ROWS: usize = 4;

pub(super) struct Header {
    /// First and last row, by index.
    pub first: usize,
    pub last: usize,
    pub names: Vec<String>,
}

/// Finds the header; `wanted` knows the names that mean something.
pub(super) fn find(rows: &[GridRow], merged: &[Merged], wanted: &dyn Fn(&str) -> bool) -> Option<Header> {
    let row = best_row(rows, wanted)?;
    let width = rows[row].values.len();
    let (first, last) = block(row, rows, merged, width);
    Some(Header { first, last, names: names(&rows[first..=last], first, merged, width, wanted) })
}

/// The row among the first that names most columns of ours; else the first row with two or more texts; else the first.
fn best_row(rows: &[GridRow], wanted: &dyn Fn(&str) -> bool) -> Option<usize> {
    let head: Vec<Vec<String>> = rows.iter().take(SEARCHED).map(|row| row.values.iter().filter_map(Value::as_str).map(text_of).collect()).collect();
    let known = |row: &Vec<String>| row.iter().filter(|text| wanted(text)).count();
    let most = head.iter().map(known).max().unwrap_or_default();
    if most > 0 {
        return head.iter().position(|row| known(row) == most);
    }
    head.iter().position(|row| row.len() >= 2).or_else(|| (!rows.is_empty()).then_some(0))
}

/// The rows that merged cells bind to the header: a heading merged downwards, and the heading of a group with those below it.
/// A title that is merged over the whole width belongs to no column.
fn block(row: usize, rows: &[GridRow], merged: &[Merged], width: usize) -> (usize, usize) {
    let (mut first, mut last) = (row, row);
    let is_title = |range: &Merged| range.left == 0 && range.right + 1 >= width;
    loop {
        let before = (first, last);
        for range in merged.iter().filter(|range| !is_title(range) && range.bottom < rows.len()) {
            let meets = range.top <= last && range.bottom >= first;
            if meets && range.bottom > range.top {
                (first, last) = (first.min(range.top), last.max(range.bottom));
            }
            let is_group = range.right > range.left && range.top == range.bottom;
            // The headings below a group are texts; figures are data already.
            if is_group && range.top == last && is_heading(rows.get(last + 1), range) {
                last += 1;
            }
            if is_group && range.bottom + 1 == first && is_heading(rows.get(first), range) {
                first = range.top;
            }
        }
        if (first, last) == before || last - first + 1 >= MOST_ROWS {
            return (first, last);
        }
    }
}

fn is_heading(row: Option<&GridRow>, group: &Merged) -> bool {
    let Some(row) = row else { return false };
    let mut cells = row.values.iter().skip(group.left).take(group.right - group.left + 1).filter(|value| !value.is_null());
    let all_texts = cells.clone().all(|cell| matches!(cell, Value::Text(_)));
    all_texts && cells.next().is_some() && row.values.iter().all(|cell| !matches!(cell, Value::Integer(_) | Value::Real(_)))
}

/// The lowest heading of each column, with the unit of its group; with the group's name where the lowest alone is not one of a kind.
fn names(block: &[GridRow], first: usize, merged: &[Merged], width: usize, wanted: &dyn Fn(&str) -> bool) -> Vec<String> {
    let cell = |row: usize, column: usize| {
        let range = merged
            .iter()
            .find(|range| (range.top..=range.bottom).contains(&(first + row)) && (range.left..=range.right).contains(&column) && range.top >= first);
        let (row, column) = range.map_or((row, column), |range| (range.top - first, range.left));
        block[row].values.get(column).map(heading).unwrap_or_default()
    };
    let levels: Vec<Vec<String>> = (0..width)
        .map(|column| {
            let mut levels: Vec<String> = (0..block.len()).map(|row| cell(row, column)).filter(|text| !text.is_empty()).collect();
            levels.dedup();
            levels
        })
        .collect();
    let leaf = |levels: &Vec<String>| levels.last().cloned().unwrap_or_default();
    (0..width)
        .map(|column| {
            let own = &levels[column];
            let (lowest, groups) = (leaf(own), &own[..own.len().saturating_sub(1)]);
            if lowest.is_empty() {
                return format!("column_{}", column + 1);
            }
            let unit = if unit_of(&lowest).is_some() { None } else { groups.iter().rev().find_map(|group| unit_of(group)) };
            let with_unit = |name: String| unit.map_or_else(|| name.clone(), |unit| format!("{name}（{unit}）"));
            if groups.is_empty() {
                return lowest;
            }
            let stems: Vec<&str> = groups.iter().map(|group| without_unit(group)).collect();
            let joined = with_unit(format!("{}{lowest}", stems.concat()));
            let is_repeated = levels.iter().filter(|other| leaf(other) == lowest).count() > 1;
            if is_repeated && !wanted(&joined) {
                return with_unit(format!("{} {lowest}", stems.join(" ")));
            }
            let alone = with_unit(lowest);
            if is_repeated || (wanted(&joined) && !wanted(&alone)) { joined } else { alone }
        })
        .collect()
}

/// `面积（平方米）` → `平方米`.
fn unit_of(text: &str) -> Option<&str> {
    let (_, rest) = text.rsplit_once(['(', '（'])?;
    rest.strip_suffix([')', '）']).map(str::trim)
}

fn without_unit(text: &str) -> &str {
    match unit_of(text) {
        Some(_) => text.rsplit_once(['(', '（']).map_or(text, |(name, _)| name.trim_end()),
        None => text,
    }
}

fn heading(cell: &Value) -> String {
    match cell {
        Value::Text(text) => text_of(text),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        _ => String::new(),
    }
}

fn text_of(text: &str) -> String {
    clean::seen(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(texts: &[&[&str]]) -> Vec<GridRow> {
        let value = |text: &&str| match text.parse::<f64>() {
            Ok(number) => Value::Real(number),
            Err(_) if text.is_empty() => Value::Null,
            Err(_) => Value::from(*text),
        };
        let row = |(index, row): (usize, &&[&str])| GridRow { number: index as u64 + 1, values: row.iter().map(value).collect(), odd: Vec::new() };
        texts.iter().enumerate().map(row).collect()
    }

    fn range(top: usize, left: usize, bottom: usize, right: usize) -> Merged {
        Merged { top, left, bottom, right }
    }

    fn found(texts: &[&[&str]], merged: &[Merged], known: &[&str]) -> (usize, usize, Vec<String>) {
        let header = find(&rows(texts), merged, &|text| known.contains(&text)).expect("a header");
        (header.first, header.last, header.names)
    }

    #[test]
    fn a_group_gives_its_unit_to_the_headings_below_it() {
        let sheet: &[&[&str]] = &[
            &["用地信息表", "", "", ""],
            &["宗地代码", "名称", "面积（平方米）", ""],
            &["", "", "登记面积", "现状建筑面积"],
            &["A1", "甲", "1", "2"],
        ];
        let merged = [range(0, 0, 0, 3), range(1, 0, 2, 0), range(1, 1, 2, 1), range(1, 2, 1, 3)];
        let names = ["宗地代码", "名称", "登记面积（平方米）", "现状建筑面积（平方米）"].map(str::to_owned).to_vec();
        for known in [&["宗地代码", "名称", "登记面积"][..], &["登记面积", "现状建筑面积"]] {
            assert_eq!(found(sheet, &merged, known), (1, 2, names.clone()), "{known:?}");
        }
    }

    #[test]
    fn headings_that_repeat_take_their_groups_name() {
        let sheet: &[&[&str]] = &[&["代码", "规划", "", "现状", ""], &["", "容积率", "高度", "容积率", "高度"], &["A", "1", "2", "3", "4"]];
        let merged = [range(0, 0, 1, 0), range(0, 1, 0, 2), range(0, 3, 0, 4)];
        let names = |known: &[&str]| found(sheet, &merged, known).2.join("|");
        assert_eq!(names(&["代码"]), "代码|规划 容积率|规划 高度|现状 容积率|现状 高度");
        assert_eq!(names(&["代码", "规划容积率"]), "代码|规划容积率|规划 高度|现状 容积率|现状 高度");
    }

    #[test]
    fn a_title_and_a_plain_header_stay_what_they_are() {
        let sheet: &[&[&str]] = &[&["2026 年台账", "", ""], &["code", "name", "area"], &["A1", "甲", "5"]];
        let expected = (1, 1, vec!["code".to_owned(), "name".to_owned(), "area".to_owned()]);
        assert_eq!(found(sheet, &[range(0, 0, 0, 2)], &["code", "name"]), expected);
        // Two rows of one owner are data, not a header.
        let sheet: &[&[&str]] = &[&["code", "name", "owner"], &["A1", "甲", "丙"], &["A2", "乙", ""]];
        assert_eq!(found(sheet, &[range(1, 2, 2, 2)], &["code"]).1, 0);
    }
}
