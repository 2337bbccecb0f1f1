//! Reading a pack's text and finding everything that is wrong with it (`parkplan rules check`).

use super::RulesFault;
use super::figure::{Cite, Figure, FigureValue, Status};
use super::pack::{Header, Pack};
use super::problem::Problem;
use super::schema;
use std::collections::BTreeMap;
use std::sync::Arc;
use toml::{Table, Value};

/// Every problem of a pack's text, in file order by path; empty when the pack may be used.
pub fn check(text: &str) -> Vec<Problem> {
    let (pack, mut problems) = read(text);
    if let Some(pack) = pack {
        problems.extend(schema::problems(&pack));
    }
    problems
}

impl Pack {
    /// Reads one pack. Anything a linter would call an error refuses the whole pack: half a rule book is worse than none.
    pub fn parse(text: &str) -> Result<Pack, RulesFault> {
        let (pack, problems) = read(text);
        match (pack, problems.first()) {
            (Some(pack), None) => Ok(pack),
            (pack, problem) => Err(RulesFault::Unreadable {
                pack: pack.map_or_else(|| "?".to_owned(), |pack| pack.header.id),
                detail: problem.map_or_else(String::new, Problem::to_string),
            }),
        }
    }
}

/// The pack as far as it can be read, and what is wrong with its form (not with its values: that is [`schema::problems`]).
pub(super) fn read(text: &str) -> (Option<Pack>, Vec<Problem>) {
    let table: Table = match text.parse() {
        Ok(table) => table,
        Err(error) => return (None, vec![syntax(text, &error)]),
    };
    let mut problems = Vec::new();
    let header = header(&table, &mut problems);
    let mut figures = BTreeMap::new();
    for (key, value) in table.iter().filter(|(key, _)| *key != "pack") {
        walk(key, value, &header, &mut figures, &mut problems);
    }
    (Some(Pack::from_parts(header, figures, text)), problems)
}

fn syntax(text: &str, error: &toml::de::Error) -> Problem {
    let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    let message = error.message();
    Problem::new("syntax", format!("line {line}"), format!("TOML 语法错误：{message}"), format!("not TOML: {message}"))
}

const HEADER_KEYS: [&str; 11] =
    ["id", "kind", "jurisdiction", "document", "document_en", "version", "valid_from", "district", "cluster", "inherits", "role"];

fn header(table: &Table, problems: &mut Vec<Problem>) -> Header {
    let empty = Table::new();
    let given = match table.get("pack") {
        Some(Value::Table(given)) => given,
        _ => {
            problems.push(Problem::new("header_missing", "pack", "缺少 [pack] 表头", "the [pack] header is missing"));
            &empty
        }
    };
    for key in given.keys().filter(|key| !HEADER_KEYS.contains(&key.as_str())) {
        problems.push(Problem::new("header_unknown", format!("pack.{key}"), "未知的表头字段", "unknown header field"));
    }
    let mut take = |key: &str, required: bool| match given.get(key) {
        Some(Value::String(text)) if !text.trim().is_empty() => Some(text.clone()),
        None if !required => None,
        _ => {
            problems.push(Problem::new("header_field", format!("pack.{key}"), "应为非空文本", "should be a text that is not empty"));
            None
        }
    };
    let mut must = |key: &str| take(key, true).unwrap_or_default();
    let (id, kind, jurisdiction) = (must("id"), must("kind"), must("jurisdiction"));
    let (document, version, valid_from) = (must("document"), must("version"), must("valid_from"));
    Header {
        id,
        kind,
        jurisdiction,
        document,
        document_en: take("document_en", false),
        version,
        valid_from,
        district: take("district", false),
        cluster: take("cluster", false),
        inherits: take("inherits", false),
        role: take("role", false),
    }
}

/// A table is a figure when it says anything a figure says; every other table is a group.
fn is_figure(table: &Table) -> bool {
    ["value", "null", "status", "source"].iter().any(|key| table.get(*key).is_some_and(|value| !value.is_table()))
}

fn walk(path: &str, value: &Value, header: &Header, figures: &mut BTreeMap<String, Figure>, problems: &mut Vec<Problem>) {
    match value {
        Value::Table(table) if is_figure(table) => {
            if let Some(figure) = figure(path, table, header, problems) {
                figures.insert(path.to_owned(), figure);
            }
        }
        Value::Table(group) => {
            for (key, value) in group {
                walk(&format!("{path}.{key}"), value, header, figures, problems);
            }
        }
        _ => problems.push(Problem::new(
            "bare_value",
            path,
            "参数必须写成表：value、unit、clause、source、status",
            "a figure is a table with value, unit, clause, source and status",
        )),
    }
}

const FIGURE_KEYS: [&str; 6] = ["value", "null", "unit", "clause", "source", "status"];

fn figure(path: &str, table: &Table, header: &Header, problems: &mut Vec<Problem>) -> Option<Figure> {
    for key in table.keys().filter(|key| !FIGURE_KEYS.contains(&key.as_str())) {
        problems.push(Problem::new("figure_unknown_key", format!("{path}.{key}"), "参数中有未知字段", "a figure has no such field"));
    }
    let mut text = |key: &str| match table.get(key) {
        Some(Value::String(text)) => Some(text.clone()),
        _ => {
            problems.push(Problem::new(
                "figure_field",
                format!("{path}.{key}"),
                format!("缺少文本字段 {key}"),
                format!("the text field {key} is missing"),
            ));
            None
        }
    };
    let (unit, clause, source) = (text("unit"), text("clause"), text("source"));
    let status = match text("status").as_deref() {
        Some("sourced") => Some(Status::Sourced),
        Some("unconfirmed") => Some(Status::Unconfirmed),
        Some(_) => {
            problems.push(Problem::new(
                "status",
                format!("{path}.status"),
                "status 只能是 sourced 或 unconfirmed",
                "status is either sourced or unconfirmed",
            ));
            None
        }
        None => None,
    };
    if source.as_deref().is_some_and(|source| source.trim().is_empty()) {
        problems.push(Problem::new("source_empty", format!("{path}.source"), "来源不能为空", "the source is empty"));
    }
    let value = figure_value(path, table, problems);
    let cite = Cite { pack: header.id.clone(), version: header.version.clone(), clause: clause?, source: source?, status: status? };
    Some(Figure { value: value?, unit: unit?, cite: Arc::new(cite) })
}

fn figure_value(path: &str, table: &Table, problems: &mut Vec<Problem>) -> Option<FigureValue> {
    let value = match (table.get("value"), table.get("null")) {
        (Some(value), None) => from_toml(value),
        (None, Some(Value::Boolean(true))) => Some(FigureValue::Null),
        (None, None) => {
            problems.push(Problem::new(
                "value_missing",
                path,
                "缺少 value（无限值请写 null = true）",
                "value is missing (write null = true for no limit)",
            ));
            return None;
        }
        _ => None,
    };
    if value.is_none() {
        problems.push(Problem::new(
            "value_type",
            path,
            "value 应为有限数值、文本或同类列表",
            "value should be a finite number, a text or a list of one of them",
        ));
    }
    value
}

fn from_toml(value: &Value) -> Option<FigureValue> {
    match value {
        Value::String(text) => Some(FigureValue::Text(text.clone())),
        Value::Array(items) if !items.is_empty() && items.iter().all(|item| number(item).is_some()) => {
            Some(FigureValue::Numbers(items.iter().filter_map(number).collect()))
        }
        Value::Array(items) if items.iter().all(Value::is_str) => {
            Some(FigureValue::Texts(items.iter().filter_map(Value::as_str).map(str::to_owned).collect()))
        }
        other => number(other).map(FigureValue::Number),
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Float(number) if number.is_finite() => Some(*number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
[pack]
id = "progress-x"
kind = "progress"
jurisdiction = "x"
document = "x"
version = "1"
valid_from = "2026-01-01"
[light]
yellow_from = { value = 10, unit = "百分点", clause = "c", source = "s", status = "unconfirmed" }
red_above = { value = 30, unit = "百分点", clause = "c", source = "s", status = "sourced" }
yellows_to_red = { value = 2, unit = "期", clause = "c", source = "s", status = "unconfirmed" }
[stale]
days = { value = 30, unit = "日", clause = "c", source = "s", status = "unconfirmed" }
[suppress]
min_tenants = { value = 3, unit = "家", clause = "c", source = "s", status = "unconfirmed" }

[rollup]
min_known = { value = 0.9, unit = "1", clause = "c", source = "s", status = "unconfirmed" }
"#;

    fn codes(text: &str) -> Vec<&'static str> {
        check(text).into_iter().map(|problem| problem.code).collect()
    }

    #[test]
    fn a_good_pack_has_no_problem() {
        assert_eq!(check(GOOD), []);
    }

    #[test]
    fn every_planted_fault_is_found_and_nothing_else() {
        for (from, to, code) in [
            ("value = 30, unit = \"日\"", "value = 30, unit = \"周\"", "unit"),
            ("value = 30, unit = \"日\"", "value = 2.5, unit = \"日\"", "value_type"),
            ("value = 30, unit = \"日\"", "value = -1, unit = \"日\"", "range"),
            ("value = 30, unit = \"日\"", "value = nan, unit = \"日\"", "value_type"),
            ("value = 30, unit = \"日\"", "unit = \"日\"", "value_missing"),
            ("value = 30, unit = \"日\"", "null = true, unit = \"日\"", "null"),
            ("status = \"sourced\"", "status = \"certain\"", "status"),
            ("clause = \"c\", source = \"s\", status = \"sourced\"", "clause = \"\", source = \"s\", status = \"sourced\"", "clause_empty"),
            ("source = \"s\", status = \"sourced\"", "source = \" \", status = \"sourced\"", "source_empty"),
            ("source = \"s\", status = \"sourced\"", "status = \"sourced\"", "figure_field"),
            ("[stale]\ndays", "[stale]\nday = 3\ndays", "bare_value"),
            (
                "[stale]\ndays",
                "[stale]\nage = { value = 1, unit = \"日\", clause = \"c\", source = \"s\", status = \"sourced\" }\ndays",
                "figure_unknown",
            ),
            ("days = { value = 30,", "days = { note = 1, value = 30,", "figure_unknown_key"),
            ("kind = \"progress\"", "kind = \"parking\"", "kind"),
            ("valid_from = \"2026-01-01\"", "valid_from = \"2026-13-01\"", "date"),
            ("id = \"progress-x\"", "id = \"Progress X\"", "id"),
            ("version = \"1\"", "version = \"\"", "header_field"),
            ("version = \"1\"", "version = \"1\"\nauthor = \"x\"", "header_unknown"),
            ("version = \"1\"", "version = \"1\"\ncluster = \"c24-nothing\"", "cluster"),
            ("version = \"1\"", "version = \"1\"\ninherits = \"progress-x\"", "inherits"),
        ] {
            let text = GOOD.replace(from, to);
            assert_ne!(text, GOOD, "{from}");
            let found = codes(&text);
            assert!(found.contains(&code), "{code}: {found:?}");
            assert!(found.iter().all(|other| *other == code || *other == "figure_missing"), "{code}: {found:?}");
        }
    }

    #[test]
    fn a_missing_figure_and_a_missing_header_are_found() {
        assert_eq!(codes(&GOOD.replace("[suppress]\nmin_tenants", "[suppress]\n# min_tenants")), ["figure_missing"]);
        assert!(codes("[stale]\n").contains(&"header_missing"));
    }

    #[test]
    fn a_syntax_fault_says_its_line() {
        let problems = check(&GOOD.replace("[stale]", "[stale"));
        assert_eq!((problems.len(), problems[0].code), (1, "syntax"));
        assert_eq!(problems[0].place, "line 13");
    }

    #[test]
    fn a_minimum_above_its_maximum_and_unequal_steps_are_found() {
        let upstairs = include_str!("../../geodata/rules/upstairs-shenzhen.toml").replace("width_min = { value = 27,", "width_min = { value = 99,");
        assert_eq!(codes(&upstairs), ["min_above_max"]);
        let designation = include_str!("../../geodata/rules/designation-featured-park.toml")
            .replace("lq.points = { value = [2, 5, 8, 10]", "lq.points = { value = [2, 5, 8]");
        assert_eq!(codes(&designation), ["steps"]);
    }
}
