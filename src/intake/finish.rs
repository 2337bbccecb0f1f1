//! The end of an import: the report with every list, and the notices.

use super::crs_check;
use super::duplicates::Handling;
use super::mapping::Aggregate;
use super::options::Mode;
use super::prepare::Prepared;
use super::report::{CrsReport, Duplicate, ImportReport, MadeOf, Notice};
use super::rows::Intake;
use super::{questions, same_shapes, shift};
use crate::domain::fault::Outcome;
use crate::domain::{Value, provenance};
use crate::formats::Table;
use serde_json::json;
use std::collections::HashSet;
use std::path::Path;

impl Intake<'_> {
    pub(super) fn finish(mut self, path: &Path, table: Table) -> Outcome<Prepared> {
        let mut notices: Vec<Notice> = table.notices.iter().map(|n| Notice::new(n.code, n.zh.clone(), n.en.clone()).with(n.items.clone())).collect();
        let mapped = self.mapping.told(self.layer, &table);
        notices.append(&mut self.mapping.notices);
        self.place_notices(&table, &mut notices)?;
        self.count_notices(&table, &mut notices);
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let crs = self.geometry.as_ref().map(|plan| plan.report(self.city));
        let names_source = self.name_source(&file, crs.as_ref());
        let duplicates = self.duplicates();
        if self.handling == Handling::Aggregate {
            self.merge_notice(&duplicates, &mut notices);
        }
        notices.extend(self.key_notices());
        let mut untouched: Vec<String> = Vec::new();
        if self.options.mode == Mode::Update {
            let touched: HashSet<&String> = self.places.keys().collect();
            untouched = self.city.existing_keys.iter().filter(|key| !touched.contains(key)).cloned().collect();
            untouched.sort();
        }
        let mut columns: Vec<usize> = self.mapping.links.iter().map(|link| link.column).collect();
        if !columns.contains(&self.key) {
            columns.push(self.key);
        }
        columns.extend(names_source.filter(|source| !columns.contains(source)));
        columns.sort_unstable();
        let report = ImportReport {
            file,
            driver: table.driver,
            layer: self.layer.name.clone(),
            source_layer: table.layer,
            mode: self.options.mode,
            read: self.read,
            accepted: self.accepted,
            written: self.rows.len() as u64,
            repaired: self.repaired,
            rejected: self.rejected,
            unmatched: self.unmatched,
            duplicates,
            made_keys: std::mem::take(&mut self.keys.made),
            untouched,
            mapping: mapped,
            notices,
            crs,
            encoding: table.encoding,
        };
        Ok(Prepared { layer: self.layer, rows: self.rows, mode: self.options.mode, columns, has_geometry: self.geometry.is_some(), report })
    }

    /// New rows say which file they came from, unless a field says it; all rows, how their place came about where it is not as the file has it.
    /// The column that an update changes by it.
    fn name_source(&mut self, file: &str, crs: Option<&CrsReport>) -> Option<usize> {
        let source = self.layer.column_index("source")?;
        let marks: Vec<String> = crs.into_iter().flat_map(CrsReport::marks).collect();
        if self.options.mode == Mode::Update && marks.is_empty() {
            return None;
        }
        for row in &mut self.rows {
            let stated = row.values[source].as_str().unwrap_or(file);
            let told = marks.iter().fold(stated.to_owned(), |told, mark| provenance::marked(&told, mark));
            row.values[source] = Value::from(told.as_str());
        }
        (self.options.mode == Mode::Update).then_some(source)
    }

    fn place_notices(&self, table: &Table, notices: &mut Vec<Notice>) -> Outcome<()> {
        let Some(plan) = &self.geometry else { return Ok(()) };
        if let (Some(declared), "option") = (&table.crs, plan.given_by)
            && declared.label() != plan.source()
        {
            let (by_option, by_file) = (plan.source(), declared.label());
            notices.push(Notice::new(
                "crs_overridden",
                format!("按选项使用 {by_option}，未采用文件声明的 {by_file}"),
                format!("{by_option} is used as asked, not {by_file} as the file declares"),
            ));
        }
        let far = crs_check::outside(&self.boxes, &plan.from, &plan.sample, self.city)?;
        if !far.is_empty() {
            let items = far.iter().map(|index| json!({ "row": self.numbers[*index], "key": self.rows[*index].key(self.layer) })).collect();
            notices.push(
                Notice::new(
                    "far_from_city",
                    format!("{} 行在城市 50 公里之外", far.len()),
                    format!("{} rows lie more than 50 km from the city", far.len()),
                )
                .with(items),
            );
        }
        notices.extend(shift::by_known(&self.rows, self.layer, &self.city.known, &self.city.crs));
        notices.extend(questions::notices(self, plan));
        notices.extend(same_shapes::notice(self));
        notices.extend(plan.notices());
        Ok(())
    }

    fn count_notices(&mut self, table: &Table, notices: &mut Vec<Notice>) {
        let counted = |count: u64, code: &'static str, zh: &str, en: &str| {
            (count > 0).then(|| Notice::new(code, format!("{count} {zh}"), format!("{count} {en}")))
        };
        notices.extend(counted(self.heights, "heights_dropped", "行的高程已舍去", "rows had heights, which were dropped"));
        notices.extend(counted(self.repeated, "repeated_points", "行有重复的相邻点，已去掉", "rows repeated a position; the repetition was dropped"));
        // Shapefiles and geodatabases turn their rings the other way by rule: nothing to tell.
        let by_rule = matches!(table.driver.as_str(), "ESRI Shapefile" | "OpenFileGDB");
        let reordered = if by_rule { 0 } else { self.reordered };
        notices.extend(counted(
            reordered,
            "rings_reordered",
            "行的环方向已统一（外环逆时针）",
            "rows had their rings turned (outer ring counter-clockwise)",
        ));
        notices.extend(counted(
            self.closed_lines,
            "closed_lines",
            "行是闭合的线，已作为面读取",
            "rows are lines that close, and were taken for areas",
        ));
        notices.extend(counted(
            self.ignored_geometry,
            "geometry_ignored",
            "行的图形未使用，该图层没有图形",
            "rows had geometry that was not used: the layer has none",
        ));
        if !self.unparsed.is_empty() {
            let items = std::mem::take(&mut self.unparsed);
            notices.push(
                Notice::new(
                    "values_not_parsed",
                    format!("{} 个值无法识别，置空", items.len()),
                    format!("{} values did not parse and were left empty", items.len()),
                )
                .with(items),
            );
        }
        if !self.unknown.is_empty() {
            let items: Vec<_> = std::mem::take(&mut self.unknown)
                .into_iter()
                .map(|((column, value), count)| {
                    let now = successor(&value);
                    json!({ "column": column, "value": value, "count": count, "successor": now })
                })
                .collect();
            notices.push(
                Notice::new(
                    "codes_unknown",
                    format!("{} 个代码不在代码表中，置空", items.len()),
                    format!("{} codes are not in their list and were left empty", items.len()),
                )
                .with(items),
            );
        }
        if !self.blanks.is_empty() {
            let cells: u64 = self.blanks.values().sum();
            let items = std::mem::take(&mut self.blanks).into_iter();
            notices.push(
                Notice::new(
                    "cells_blank",
                    format!("{cells} 个单元格的写法（如 -、null、N/A）视为空"),
                    format!("{cells} cells say that they are empty (-, null, N/A) and were taken as that"),
                )
                .with(items.map(|((column, value), count)| json!({ "column": column, "value": value, "count": count })).collect()),
            );
        }
        notices.extend(counted(self.trimmed, "spaces_trimmed", "个文本首尾有空格，已去掉", "texts had blanks at their ends, which were dropped"));
        let mut listed = |items: &mut Vec<serde_json::Value>, code: &'static str, zh: &str, en: &str| {
            if !items.is_empty() {
                let items = std::mem::take(items);
                notices.push(Notice::new(code, format!("{} {zh}", items.len()), format!("{} {en}", items.len())).with(items));
            }
        };
        listed(
            &mut self.no_texts,
            "cells_not_text",
            "个文本列的单元格被表格软件存为日期或逻辑值（如楼层 1-3 变成日期），原文已失，置空",
            "cells of text columns are kept as dates or truth values (floor 1-3 became a date); what was typed is lost, and they were left empty",
        );
        listed(&mut self.cleaned, "format_characters", "个编码含不可见字符，已去掉", "keys had characters that are not seen; they were taken out");
        listed(
            &mut self.nested,
            "rings_nested",
            "行的内环写在外环之前，已按包含关系排列",
            "rows had a hole before its outer ring; the rings were ordered by what lies inside what",
        );
        if !self.lost_digits.is_empty() {
            let items = std::mem::take(&mut self.lost_digits);
            notices.push(
                Notice::new(
                    "digits_lost",
                    format!("{} 个编码被表格软件存为数字（16 位以上或科学计数），末几位已不可靠：请把该列设为文本后重新填写", items.len()),
                    format!("{} codes are kept as numbers (16 digits and more, or powers of ten); their last digits are not reliable: make the column text and fill it again", items.len()),
                )
                .with(items),
            );
        }
    }

    /// Keys that no register gave, and texts that stand for none.
    fn key_notices(&self) -> Vec<Notice> {
        let made = self.keys.made.len();
        let of_values = self.keys.made.iter().filter(|made| made.of == MadeOf::Values).count();
        let mut told = Vec::new();
        if made > 0 {
            let (of_zh, of_en) = if of_values > 0 {
                ("属性值的摘要：属性不变，再次导入得到同样的编码", "the row's values: as long as they stay, another import gives the same key")
            } else {
                (
                    "图形拐点（毫米）的摘要：图形不变，再次导入得到同样的编码",
                    "the shape's corners in millimetres: as long as they stay, another import gives the same key",
                )
            };
            told.push(Notice::new(
                "keys_made",
                format!("{made} 行没有编码（或为占位符），已生成编码，取自{of_zh}"),
                format!("{made} rows had no key (or a text that stands for none) and got one, a hash of {of_en}"),
            ));
        }
        let kept = &self.keys.placeholders;
        if !kept.is_empty() {
            told.push(
                Notice::new(
                    "keys_placeholder",
                    format!("{} 行的编码像是占位符；如确无编码，请加 --on-missing-key make 生成编码", kept.len()),
                    format!("{} rows have a key that looks like a placeholder; if they have none, --on-missing-key make gives them one", kept.len()),
                )
                .with(kept.iter().map(|(row, key)| json!({ "row": row, "key": key })).collect()),
            );
        }
        told
    }

    fn merge_notice(&self, duplicates: &[Duplicate], notices: &mut Vec<Notice>) {
        let merged: Vec<&Duplicate> = duplicates.iter().filter(|duplicate| self.places.contains_key(&duplicate.key)).collect();
        if merged.is_empty() {
            return;
        }
        let firsts: Vec<&str> = self
            .mapping
            .links
            .iter()
            .filter(|link| link.aggregate == Aggregate::First && link.column != self.key)
            .map(|link| self.layer.columns[link.column].name.as_str())
            .collect();
        notices.push(
            Notice::new(
                "keys_with_several_rows",
                format!(
                    "{} 个编码在表中有多行；取第一个非空值的列：{}",
                    merged.len(),
                    if firsts.is_empty() { "无".to_owned() } else { firsts.join("、") }
                ),
                format!(
                    "{} keys have several rows; columns that take the first value: {}",
                    merged.len(),
                    if firsts.is_empty() { "none".to_owned() } else { firsts.join(", ") }
                ),
            )
            .with(merged.iter().map(|duplicate| json!({ "key": duplicate.key, "rows": duplicate.rows.len() })).collect()),
        );
    }
}

/// The present cluster that a name of the 2022 catalogue went to, as a hint.
fn successor(name: &str) -> Option<String> {
    crate::domain::catalogue().lineage.iter().find(|step| step.from == name && !step.to.is_empty()).map(|step| step.to.clone())
}
