//! The report as text for people, in both languages.

use super::report::{DuplicateDone, ImportReport, RowNote};
use crate::domain::Lang;
use std::fmt::Write;

impl ImportReport {
    /// The whole report as lines of text; every list is complete.
    pub fn text(&self, lang: Lang) -> String {
        let zh = lang == Lang::Zh;
        let pick = |a: &str, b: &str| if zh { a.to_owned() } else { b.to_owned() };
        let mut out = String::new();
        let mut line = |text: String| {
            out.push_str(&text);
            out.push('\n');
        };
        line(format!("{} → {} ({}, {})", self.file, self.layer, self.driver, self.source_layer));
        line(if zh {
            format!(
                "读取 {} 行，接受 {}，写入 {}，修复 {}，拒绝 {}，未匹配 {}",
                self.read,
                self.accepted,
                self.written,
                self.repaired.len(),
                self.rejected.len(),
                self.unmatched.len()
            )
        } else {
            format!(
                "read {}, accepted {}, written {}, repaired {}, rejected {}, unmatched {}",
                self.read,
                self.accepted,
                self.written,
                self.repaired.len(),
                self.rejected.len(),
                self.unmatched.len()
            )
        });
        if let Some(crs) = &self.crs {
            line(format!("{}: {} ({}) → {}", pick("坐标系", "CRS"), crs.source, crs.given_by, crs.to));
        }
        if self.crs.as_ref().is_some_and(|crs| crs.datum.is_some()) {
            line(format!("{}: GCJ-02 → WGS 84", pick("基准", "datum")));
        }
        if let Some(encoding) = &self.encoding {
            let by = serde_json::to_value(encoding.found_by).ok().and_then(|by| by.as_str().map(str::to_owned)).unwrap_or_default();
            line(format!("{}: {} ({by})", pick("编码", "encoding"), encoding.name));
        }
        for mapped in &self.mapping {
            line(format!("  {} ← {} ({})", mapped.ours, mapped.theirs, mapped.by));
        }
        for (title, notes) in [(pick("修复", "repaired"), &self.repaired), (pick("拒绝", "rejected"), &self.rejected)] {
            if !notes.is_empty() {
                line(format!("{title}: {}", notes.len()));
                notes.iter().for_each(|note| line(format!("  {}", row_text(note, zh))));
            }
        }
        if !self.unmatched.is_empty() {
            line(format!("{}: {}", pick("城市中没有的编码", "keys that the city does not have"), self.unmatched.len()));
            self.unmatched.iter().for_each(|row| line(format!("  {} {}: {}", pick("行", "row"), row.row, row.key)));
        }
        if !self.duplicates.is_empty() {
            line(format!("{}: {}", pick("重复的编码", "keys of several rows"), self.duplicates.len()));
            for duplicate in &self.duplicates {
                let rows: Vec<String> = duplicate.rows.iter().map(u64::to_string).collect();
                let done = done_text(duplicate.done, zh);
                let keys = if duplicate.keys.is_empty() { String::new() } else { format!(" → {}", duplicate.keys.join(", ")) };
                line(format!("  {}: {} ({done}){keys}", duplicate.key, rows.join(", ")));
            }
        }
        if !self.made_keys.is_empty() {
            line(format!("{}: {}", pick("生成的编码", "keys that were made"), self.made_keys.len()));
            for made in &self.made_keys {
                let was = made.was.as_deref().map(|was| format!(" ← {was}")).unwrap_or_default();
                line(format!("  {} {}: {}{was}", pick("行", "row"), made.row, made.key));
            }
        }
        if !self.untouched.is_empty() {
            line(format!("{}: {}", pick("城市中没有更新的编码", "keys of the city without a row"), self.untouched.len()));
            self.untouched.iter().for_each(|key| line(format!("  {key}")));
        }
        for notice in &self.notices {
            line(format!("* {}", if zh { &notice.zh } else { &notice.en }));
            notice.items.iter().for_each(|item| line(format!("    {}", item_text(item))));
        }
        out
    }
}

fn done_text(done: DuplicateDone, zh: bool) -> &'static str {
    let (in_zh, in_en) = match done {
        DuplicateDone::Rejected => ("首行保留，其余拒绝", "the first stands, the others are rejected"),
        DuplicateDone::First => ("只取首行", "the first is taken"),
        DuplicateDone::Numbered => ("已编号", "numbered"),
        DuplicateDone::Merged => ("合并为一宗", "made one of several parts"),
        DuplicateDone::Refused => ("不能合并，均拒绝", "cannot become one, all rejected"),
        DuplicateDone::Aggregated => ("按列汇总", "brought together column by column"),
        DuplicateDone::Unmatched => ("城市中没有", "not in the city"),
    };
    if zh { in_zh } else { in_en }
}

fn row_text(note: &RowNote, zh: bool) -> String {
    let mut text = format!("{} {}", if zh { "行" } else { "row" }, note.row);
    if let Some(key) = &note.key {
        text.push_str(&format!(" {key}"));
    }
    text.push_str(&format!(": {} [{}]", if zh { &note.zh } else { &note.en }, note.reason));
    if let Some([x, y]) = note.place {
        let _ = write!(text, " @ {x} {y}");
    }
    match (note.area_before_m2, note.area_after_m2) {
        (Some(before), Some(after)) => text.push_str(&format!(" {before:.2} → {after:.2} m²")),
        (Some(before), None) => text.push_str(&format!(" {before:.2} m²")),
        _ => {}
    }
    text
}

/// `row 3, column name, value x`.
fn item_text(item: &serde_json::Value) -> String {
    match item {
        serde_json::Value::Object(map) => {
            let plain = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            map.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| format!("{name} {}", plain(value))).collect::<Vec<_>>().join(", ")
        }
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
