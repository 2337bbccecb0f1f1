//! From a file's cell to a value of the column's type. What does not parse becomes null and is told, never guessed.

use crate::domain::catalogue::Code;
use crate::domain::{Column, ColumnType, Value, catalogue};
use chrono::NaiveDate;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Why a cell became null.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Problem {
    /// Not a value of the type.
    Unparsed(String),
    /// Not a code of the column's list.
    UnknownCode(String),
    /// A text that stands for an empty cell: `-`, `null`, `N/A`.
    Blank(String),
}

/// The value for `column`; `factor` multiplies numbers.
pub(crate) fn convert(cell: &Value, column: &Column, factor: Option<f64>) -> (Value, Option<Problem>) {
    // What is of the type already needs no text on the way.
    match (cell, column.kind, factor) {
        (Value::Null, ..) => return (Value::Null, None),
        (Value::Real(number), ColumnType::Real, None) if number.is_finite() => return (Value::Real(*number), None),
        (Value::Integer(number), ColumnType::Integer, None) => return (Value::Integer(*number), None),
        (Value::Boolean(flag), ColumnType::Boolean, _) => return (Value::Boolean(*flag), None),
        _ => {}
    }
    let text = text_of(cell);
    // A required text (a key) is taken as it stands: “-” may be somebody's code.
    let blank = |text: &String| if column.required { text.is_empty() } else { is_blank(text) };
    let text = match text {
        Some(text) if !blank(&text) => text,
        Some(text) if !text.is_empty() => return (Value::Null, Some(Problem::Blank(text))),
        _ => return (Value::Null, None),
    };
    let unparsed = || (Value::Null, Some(Problem::Unparsed(text.clone())));
    match column.kind {
        ColumnType::Text => match &column.codes {
            Some(list) => code(&text, list).map_or_else(|| (Value::Null, Some(Problem::UnknownCode(text.clone()))), |code| (Value::Text(code), None)),
            None => (Value::Text(text), None),
        },
        ColumnType::Real => {
            number(cell, &text).map(|n| n * factor.unwrap_or(1.0)).filter(|n| n.is_finite()).map_or_else(unparsed, |n| (Value::Real(n), None))
        }
        ColumnType::Integer => whole(cell, &text, factor).map_or_else(unparsed, |n| (Value::Integer(n), None)),
        ColumnType::Boolean => boolean(&text).map_or_else(unparsed, |flag| (Value::Boolean(flag), None)),
        ColumnType::Date => date(&text).map_or_else(unparsed, |date| (Value::Text(date), None)),
        ColumnType::List => list(&text, column.codes.as_deref()),
    }
}

/// The exact text of a cell: whole numbers without `.0`, never in powers of ten.
pub(crate) fn text_of(cell: &Value) -> Option<String> {
    match cell {
        Value::Null => None,
        Value::Text(text) => Some(text.trim().to_owned()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Real(number) if number.is_finite() => Some(number.to_string()),
        Value::Real(_) => None,
        Value::Boolean(flag) => Some(flag.to_string()),
    }
}

/// A code that a spreadsheet turned into a power of ten, or a number too large to be exact: its digits are gone.
pub(crate) fn lost_digits(cell: &Value) -> bool {
    match cell {
        Value::Real(number) => number.abs() >= 9_007_199_254_740_992.0,
        Value::Text(text) => {
            let upper = text.trim().to_ascii_uppercase();
            upper.split_once("E+").is_some_and(|(head, tail)| {
                head.contains('.') && head.parse::<f64>().is_ok() && tail.len() <= 3 && tail.bytes().all(|byte| byte.is_ascii_digit())
            })
        }
        _ => false,
    }
}

fn is_blank(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "" | "null" | "<null>" | "-" | "--" | "—" | "／" | "/" | "n/a" | "#n/a")
}

fn half_width(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    text.chars()
        .map(|c| match c {
            '\u{3000}' => ' ',
            '！'..='～' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
            c => c,
        })
        .collect()
}

/// `1,234.5`, `１２３４`, `45%`; a comma must separate groups of three, so `1,5` is no number.
fn number(cell: &Value, text: &str) -> Option<f64> {
    if let Some(number) = cell.as_f64() {
        return Some(number);
    }
    // Blanks that part thousands, also those that do not break.
    let text = half_width(text).replace([' ', '\u{A0}', '\u{202F}', '\u{2009}'], "");
    let (body, scale) = text.strip_suffix('%').map_or((text.as_str(), 1.0), |body| (body, 0.01));
    let plain = without_thousands(body)?;
    if !plain.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E')) {
        return None;
    }
    plain.parse::<f64>().ok().map(|number| number * scale)
}

fn without_thousands(text: &str) -> Option<String> {
    if !text.contains(',') {
        return Some(text.to_owned());
    }
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let groups: Vec<&str> = whole.split(',').collect();
    let head = groups[0].trim_start_matches(['-', '+']).len();
    let grouped = (1..=3).contains(&head) && groups[1..].iter().all(|group| group.len() == 3);
    grouped.then(|| match fraction {
        Some(fraction) => format!("{}.{fraction}", groups.concat()),
        None => groups.concat(),
    })
}

fn whole(cell: &Value, text: &str, factor: Option<f64>) -> Option<i64> {
    if let (Value::Integer(number), None) = (cell, factor) {
        return Some(*number);
    }
    let number = number(cell, text)? * factor.unwrap_or(1.0);
    (number.fract() == 0.0 && number.abs() < 9.0e15).then_some(number as i64)
}

fn boolean(text: &str) -> Option<bool> {
    match half_width(text).to_ascii_lowercase().as_str() {
        "1" | "true" | "t" | "yes" | "y" | "是" | "有" | "√" | "对" => Some(true),
        "0" | "false" | "f" | "no" | "n" | "否" | "无" | "×" | "错" => Some(false),
        _ => None,
    }
}

/// Year first in any usual writing; day and month first are ambiguous and not read, except `M/D/YYYY` when the day is over 12.
fn date(text: &str) -> Option<String> {
    let text = half_width(text);
    let day = text.split(['T', ' ']).next().unwrap_or_default();
    let day = day.replace(['年', '月', '/', '.'], "-").replace('日', "");
    let parts: Vec<&str> = day.trim_end_matches('-').split('-').collect();
    let (year, month, day) = match parts.as_slice() {
        [all] if all.len() == 8 && all.is_ascii() => (all[..4].parse().ok()?, all[4..6].parse().ok()?, all[6..].parse().ok()?),
        [year, month, day] if year.len() == 4 => (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?),
        [month, day, year] if year.len() == 4 && day.parse::<u32>().is_ok_and(|day| day > 12) => {
            (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
        }
        _ => return None,
    };
    NaiveDate::from_ymd_opt(year, month, day).map(|date| date.format("%Y-%m-%d").to_string())
}

/// A code by itself or by one of its names; a remark in brackets behind a name does not count.
fn code(text: &str, list: &str) -> Option<String> {
    static LISTS: LazyLock<HashMap<&'static str, Codes>> = LazyLock::new(|| {
        let clusters = catalogue().clusters.iter().map(|cluster| (cluster.id.as_str(), [cluster.zh.as_str(), cluster.en.as_str()]));
        let of = |codes: &'static [Code]| Codes::of(codes.iter().map(|code| (code.code.as_str(), [code.zh.as_str(), code.en.as_str()])));
        let lists = catalogue().lists().iter().map(|(list, codes)| (list.as_str(), of(codes)));
        lists.chain([("cluster", Codes::of(clusters))]).collect()
    });
    LISTS.get(list)?.0.get(half_width(text).trim().to_lowercase().as_str()).map(|code| (*code).to_owned())
}

/// The codes of a list by what people write for them. Where two have a name in common, the earlier one has it.
struct Codes(HashMap<String, &'static str>);

impl Codes {
    fn of(codes: impl Iterator<Item = (&'static str, [&'static str; 2])>) -> Self {
        let mut written = HashMap::new();
        for (code, names) in codes {
            written.entry(code.to_owned()).or_insert(code);
            for name in names.into_iter().filter(|name| !name.is_empty()) {
                let name = half_width(name).to_lowercase();
                written.entry(name.split('(').next().unwrap_or_default().to_owned()).or_insert(code);
                written.entry(name).or_insert(code);
            }
        }
        Codes(written)
    }
}

/// A JSON array, or texts separated by 、 ， ； , ; |.
fn list(text: &str, codes: Option<&str>) -> (Value, Option<Problem>) {
    let items: Vec<String> = match serde_json::from_str::<Vec<serde_json::Value>>(text) {
        Ok(items) => items.into_iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect(),
        Err(_) => text.split(['、', '，', '；', ',', ';', '|']).map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect(),
    };
    let Some(list) = codes else { return (json_list(&items), None) };
    let (known, unknown): (Vec<_>, Vec<_>) = items.into_iter().map(|item| code(&item, list).ok_or(item)).partition(Result::is_ok);
    let known: Vec<String> = known.into_iter().flatten().collect();
    let unknown: Vec<String> = unknown.into_iter().filter_map(Result::err).collect();
    let problem = (!unknown.is_empty()).then(|| Problem::UnknownCode(unknown.join("、")));
    (if known.is_empty() { Value::Null } else { json_list(&known) }, problem)
}

fn json_list(items: &[String]) -> Value {
    Value::Text(serde_json::json!(items).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dictionary;

    fn parcel(column: &str, cell: impl Into<Value>) -> Value {
        convert(&cell.into(), dictionary().known("parcel").column(column).expect(column), None).0
    }

    #[test]
    fn numbers_come_with_separators_percent_and_full_width_and_a_lone_comma_is_no_separator() {
        for (text, expected) in [("1,234.5", Some(1234.5)), ("１２３", Some(123.0)), ("45%", Some(0.45)), ("1,5", None), ("12万", None), ("-", None)]
        {
            assert_eq!(parcel("far_limit", text).as_f64(), expected, "{text}");
        }
    }

    #[test]
    fn codes_are_taken_by_code_or_name_and_never_guessed() {
        for (text, expected) in [
            ("100101", Some("100101")),
            ("一类工业用地", Some("100101")),
            ("新型产业用地", Some("1004")),
            ("Logistics", Some("1101")),
            ("701", None),
            ("M1", None),
        ] {
            assert_eq!(parcel("land_use", text).as_str(), expected, "{text}");
        }
        assert_eq!(parcel("land_use", 1001_i64).as_str(), Some("1001"));
    }

    #[test]
    fn dates_are_read_year_first_and_an_ambiguous_one_is_not_read() {
        for (text, expected) in [
            ("2024/3/5", Some("2024-03-05")),
            ("20240305", Some("2024-03-05")),
            ("2024年3月5日", Some("2024-03-05")),
            ("2024-02-30", None),
            ("3/5/2024", None),
            ("11/21/1979 0:00:00", Some("1979-11-21")),
        ] {
            assert_eq!(parcel("as_of", text).as_str(), expected, "{text}");
        }
    }

    #[test]
    fn a_long_code_stays_exact() {
        assert_eq!(parcel("code", 4_403_050_010_100_012_345_i64).as_str(), Some("4403050010100012345"));
        assert_eq!(parcel("code", 110_000_000_000.0).as_str(), Some("110000000000"));
        assert!(lost_digits(&Value::from("1.1E+11")) && !lost_digits(&Value::from("440E+1")));
    }

    #[test]
    fn a_list_keeps_what_is_known() {
        let column = dictionary().known("park").column("lead_clusters").expect("column");
        let (value, problem) = convert(&Value::from("机器人、人工智能、蒸汽机"), column, None);
        assert_eq!(value.as_str(), Some(r#"["c24-robot","c24-ai"]"#));
        assert_eq!(problem, Some(Problem::UnknownCode("蒸汽机".to_owned())));
    }
}
