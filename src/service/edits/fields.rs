//! What a person states of one cell, checked against the dictionary.

use crate::domain::days::how_a_day_is_written;
use crate::domain::{Column, ColumnType, Value, catalogue, stated_day};
use serde_json::Value as Json;

/// What is wrong with a cell, zh and en.
pub(super) type Words = (String, String);

const LONGEST_TEXT: usize = 500;
const LONGEST_KEY: usize = 64;
const LONGEST_LIST: usize = 100;
/// Integers beyond this are not exact in JSON.
const LARGEST_INTEGER: i64 = 1 << 53;
/// Codes that a refusal names.
const MOST_NAMED: usize = 30;

fn refuse<T>(zh: impl Into<String>, en: impl Into<String>) -> Result<T, Words> {
    Err((zh.into(), en.into()))
}

/// "This cell must be filled."
pub(super) fn required() -> Words {
    ("此项必填".to_owned(), "this field is required".to_owned())
}

/// The cell of a stated value: of the column's type, in its code list, within its limits.
pub(super) fn cell(column: &Column, stated: &Json) -> Result<Value, Words> {
    match (column.kind, stated) {
        (_, Json::Null) if column.required => Err(required()),
        (_, Json::Null) => Ok(Value::Null),
        (ColumnType::Text, Json::String(text)) if column.required && text.trim().is_empty() => Err(required()),
        (ColumnType::Text, Json::String(text)) => match column.codes.as_deref() {
            Some(list) => coded(list, text).map(|()| text.as_str().into()),
            None => plain(text).map(|()| text.as_str().into()),
        },
        (ColumnType::Text, _) => refuse("应为文字", "it is a text"),
        (ColumnType::Date, Json::String(date)) if stated_day(date).is_some() => Ok(date.as_str().into()),
        (ColumnType::Date, _) => Err(how_a_day_is_written()),
        (ColumnType::Boolean, Json::Bool(flag)) => Ok((*flag).into()),
        (ColumnType::Boolean, _) => refuse("应为 true 或 false", "it is true or false"),
        (ColumnType::Integer, Json::Number(number)) => match number.as_f64().filter(|number| number.fract() == 0.0) {
            Some(whole) if whole.abs() <= LARGEST_INTEGER as f64 => within(column, whole).map(|()| (whole as i64).into()),
            _ => refuse("应为整数", "it is a whole number"),
        },
        (ColumnType::Integer, _) => refuse("应为整数", "it is a whole number"),
        (ColumnType::Real, Json::Number(number)) => match number.as_f64().filter(|number| number.is_finite()) {
            Some(number) => within(column, number).map(|()| number.into()),
            None => refuse("应为数", "it is a number"),
        },
        (ColumnType::Real, _) => refuse("应为数", "it is a number"),
        (ColumnType::List, Json::Array(items)) => list(column, items),
        (ColumnType::List, _) => refuse("应为文字的列表，如 [\"a\"]", "it is a list of texts, such as [\"a\"]"),
    }
}

/// A key that a person gave to a row.
pub(super) fn key(text: &str) -> Result<(), Words> {
    let fits = !text.is_empty() && text.trim() == text && text.chars().count() <= LONGEST_KEY && !text.chars().any(char::is_control);
    if fits {
        return Ok(());
    }
    refuse(
        format!("编号为 1 至 {LONGEST_KEY} 个字，前后无空格，不含控制字符"),
        format!("a key has 1 to {LONGEST_KEY} characters, no blank at either end and no control characters"),
    )
}

fn plain(text: &str) -> Result<(), Words> {
    if text.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\t')) {
        return refuse("含有不能显示的控制字符", "it holds control characters, which cannot be shown");
    }
    if text.chars().count() > LONGEST_TEXT {
        return refuse(format!("最多 {LONGEST_TEXT} 个字"), format!("it has at most {LONGEST_TEXT} characters"));
    }
    Ok(())
}

/// Clusters stand in a catalogue of their own; `none` is a firm or unit outside all of them.
fn coded(list: &str, code: &str) -> Result<(), Words> {
    if list == "cluster" {
        return if code == "none" { Ok(()) } else { cluster(code) };
    }
    let codes = catalogue().codes(list).unwrap_or_default();
    if codes.iter().any(|known| known.code == code) {
        return Ok(());
    }
    let zh: Vec<String> = codes.iter().take(MOST_NAMED).map(|known| format!("{} {}", known.code, known.zh)).collect();
    let en: Vec<&str> = codes.iter().take(MOST_NAMED).map(|known| known.code.as_str()).collect();
    refuse(format!("不在代码表中；可用：{}", zh.join("、")), format!("it is not in the code list; known: {}", en.join(", ")))
}

fn cluster(id: &str) -> Result<(), Words> {
    match catalogue().cluster(id) {
        Some(_) => Ok(()),
        None => refuse(format!("产业集群 {id} 不在目录中（见 /catalogue）"), format!("the cluster {id} is not in the catalogue (see /catalogue)")),
    }
}

pub(super) fn within(column: &Column, number: f64) -> Result<(), Words> {
    match (column.least, column.most) {
        (Some(least), _) if number < least => refuse(format!("应不小于 {least}"), format!("it is at least {least}")),
        (_, Some(most)) if number > most => refuse(format!("应不大于 {most}"), format!("it is at most {most}")),
        _ => Ok(()),
    }
}

/// Each member once, each in the column's code list. A cell holds the list as JSON text.
fn list(column: &Column, items: &[Json]) -> Result<Value, Words> {
    if items.len() > LONGEST_LIST {
        return refuse(format!("最多 {LONGEST_LIST} 项"), format!("it has at most {LONGEST_LIST} members"));
    }
    let mut texts: Vec<&str> = Vec::with_capacity(items.len());
    for item in items {
        let Some(text) = item.as_str().filter(|text| !text.trim().is_empty()) else {
            return refuse("各项应为文字", "its members are texts");
        };
        match column.codes.as_deref() {
            Some("cluster") => cluster(text)?,
            Some(list) => coded(list, text)?,
            None => plain(text)?,
        }
        if texts.contains(&text) {
            return refuse(format!("{text} 出现两次"), format!("{text} stands twice"));
        }
        texts.push(text);
    }
    Ok(serde_json::to_string(&texts).map_or(Value::Null, Value::Text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::LayerId;
    use serde_json::json;

    fn of(layer: LayerId, name: &str, value: Json) -> Result<Value, Words> {
        cell(layer.layer().column(name).unwrap(), &value)
    }

    #[test]
    fn a_cell_is_of_its_type_and_in_its_list() {
        let park = |name: &str, value: Json| of(LayerId::VirtualPark, name, value);
        assert_eq!(park("services", json!(["policy", "talent"])), Ok(Value::Text("[\"policy\",\"talent\"]".to_owned())));
        assert!(park("services", json!(["policy", "policy"])).unwrap_err().1.contains("twice"));
        assert!(park("services", json!(["coffee"])).unwrap_err().1.contains("known: registration"));
        assert!(park("services", json!("policy")).is_err() && park("services", json!([1])).is_err());
        assert!(park("lead_clusters", json!(["c24-robot"])).is_ok() && park("lead_clusters", json!(["none"])).is_err());
        assert!(park("name", json!("  ")).is_err() && park("name", Json::Null).is_err() && park("operator", Json::Null).is_ok());
        assert!(park("name", json!("甲".repeat(500))).is_ok() && park("name", json!("甲".repeat(501))).is_err());
        assert!(park("operator", json!("a\u{1b}[2J")).is_err() && park("operator", json!(7)).is_err());
        assert!(park("founded", json!("2026-02-29")).is_err() && park("founded", json!("2026-02-28")).is_ok());
        assert!(of(LayerId::Park, "virtual", json!(1)).is_err() && of(LayerId::Park, "platforms", json!(1.5)).is_err());
        assert_eq!(of(LayerId::Park, "platforms", json!(2.0)), Ok(Value::Integer(2)));
        assert!(of(LayerId::Park, "planned_area_ha", json!("2")).is_err() && of(LayerId::Park, "planned_area_ha", json!(2)).is_ok());
    }

    #[test]
    fn numbers_stay_within_the_limits_that_the_dictionary_states() {
        let mut column = LayerId::Park.layer().column("planned_area_ha").unwrap().clone();
        (column.least, column.most) = (Some(0.0), Some(10.0));
        assert!([0.0, 10.0].iter().all(|fine| cell(&column, &json!(fine)).is_ok()));
        assert!([-0.1, 10.1].iter().all(|bad| cell(&column, &json!(bad)).is_err()));
    }

    #[test]
    fn a_key_can_be_quoted_in_an_address() {
        assert!(key("VP-01").is_ok() && key("机器人谷").is_ok());
        assert!(["", " a", "a ", "a\nb", &"x".repeat(65)].iter().all(|bad| key(bad).is_err()));
    }
}
