//! Which field of the file fills which column of ours.

use super::options::ImportOptions;
use super::report::{Mapped, Notice};
use crate::domain::fault::Outcome;
use crate::domain::{Column, Fault, Layer};
use crate::formats::{Field, Table};
use serde_json::json;

/// The word that numbers the rows instead of naming a field.
const ROW_NUMBER: &str = "@row";
/// A Shapefile keeps this many bytes of a name.
const SHORT: usize = 10;

/// How several rows of one key become one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aggregate {
    First,
    Sum,
    Max,
}

/// A column, the field that fills it and how.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub column: usize,
    pub field: usize,
    pub aggregate: Aggregate,
    pub factor: Option<f64>,
    pub by: &'static str,
}

#[derive(Debug)]
pub(crate) struct Mapping {
    pub links: Vec<Link>,
    /// The key is the row's number.
    pub key_is_row: bool,
    pub notices: Vec<Notice>,
}

impl Mapping {
    pub(super) fn told(&self, layer: &Layer, table: &Table) -> Vec<Mapped> {
        let tell = |link: &Link| Mapped { ours: layer.columns[link.column].name.clone(), theirs: table.fields[link.field].name.clone(), by: link.by };
        self.links.iter().map(tell).collect()
    }
}

/// Whether a header text means something to this import; the header row of a sheet is found by it.
pub(crate) fn wanted(layer: &Layer, options: &ImportOptions, text: &str) -> bool {
    let named = options.map.iter().any(|(_, theirs)| same(&parse(theirs).0, text) || same(theirs, text));
    named || options.key.as_deref().is_some_and(|key| same(key, text)) || layer.columns.iter().any(|column| matches(column, text).is_some())
}

/// Links fields to columns: what the options say, then equal names, then 中文名. Every field without use is told.
pub(crate) fn resolve(layer: &Layer, table: &Table, options: &ImportOptions) -> Outcome<Mapping> {
    let mut links: Vec<Link> = Vec::new();
    for (ours, theirs) in &options.map {
        links.push(explicit(layer, table, ours, theirs)?);
    }
    let key = layer.column_index(&layer.key).ok_or_else(|| Fault::internal("dictionary", &layer.key))?;
    let key_is_row = options.key.as_deref() == Some(ROW_NUMBER);
    if let Some(field) = options.key.as_deref().filter(|_| !key_is_row) {
        links.retain(|link| link.column != key);
        let field = field_named(table, field).ok_or_else(|| unknown_field(field, table))?;
        links.push(Link { column: key, field, aggregate: Aggregate::First, factor: None, by: "option" });
    }
    let mut notices = Vec::new();
    automatic(layer, table, &mut links, &mut notices);
    if key_is_row {
        links.retain(|link| link.column != key);
    } else if !links.iter().any(|link| link.column == key) {
        return Err(no_key(layer, table));
    }
    let unused: Vec<_> = table
        .fields
        .iter()
        .enumerate()
        .filter(|(index, _)| !links.iter().any(|link| link.field == *index))
        .map(|(_, field)| json!(field.name))
        .collect();
    if !unused.is_empty() {
        notices.push(
            Notice::new("fields_not_mapped", format!("{} 个字段没有用到", unused.len()), format!("{} fields were not used", unused.len()))
                .with(unused),
        );
    }
    links.sort_by_key(|link| link.column);
    Ok(Mapping { links, key_is_row, notices })
}

/// The columns that would be filled, as far as can be told without the rest: what does not fit is left out instead of refused.
pub(super) fn suggest(layer: &Layer, table: &Table, options: &ImportOptions) -> Vec<Mapped> {
    let mut links: Vec<Link> = options.map.iter().filter_map(|(ours, theirs)| explicit(layer, table, ours, theirs).ok()).collect();
    let key = layer.column_index(&layer.key);
    if let (Some(column), Some(field)) = (key, options.key.as_deref().and_then(|field| field_named(table, field))) {
        links.retain(|link| link.column != column);
        links.push(Link { column, field, aggregate: Aggregate::First, factor: None, by: "option" });
    }
    automatic(layer, table, &mut links, &mut Vec::new());
    links.sort_by_key(|link| link.column);
    Mapping { links, key_is_row: false, notices: Vec::new() }.told(layer, table)
}

fn explicit(layer: &Layer, table: &Table, ours: &str, theirs: &str) -> Outcome<Link> {
    let column = layer.column_index(ours).or_else(|| layer.columns.iter().position(|column| column.zh == ours));
    let Some(column) = column else {
        let names: Vec<&str> = layer.columns.iter().map(|column| column.name.as_str()).collect();
        return Err(Fault::bad(
            "map_unknown_column",
            format!("图层 {} 没有列“{ours}”", layer.name),
            format!("the layer {} has no column “{ours}”", layer.name),
        )
        .at(format!("--map {ours}={theirs}"))
        .help(format!("可用的列：{}", names.join("、")), format!("columns: {}", names.join(", "))));
    };
    if layer.columns[column].computed {
        return Err(Fault::bad("map_computed_column", format!("{ours} 由系统计算，不能导入"), format!("{ours} is computed and cannot be imported"))
            .at(format!("--map {ours}={theirs}")));
    }
    if let Some(field) = field_named(table, theirs) {
        return Ok(Link { column, field, aggregate: Aggregate::First, factor: None, by: "option" });
    }
    let (name, aggregate, factor) = parse(theirs);
    let field = field_named(table, &name).ok_or_else(|| unknown_field(&name, table))?;
    Ok(Link { column, field, aggregate, factor, by: "option" })
}

/// `sum(Area) * 0.0929` → field, aggregate, factor.
fn parse(theirs: &str) -> (String, Aggregate, Option<f64>) {
    let (body, factor) = match theirs.rsplit_once('*').map(|(body, factor)| (body, factor.trim().parse::<f64>())) {
        Some((body, Ok(factor))) => (body.trim(), Some(factor)),
        _ => (theirs.trim(), None),
    };
    for (word, aggregate) in [("sum", Aggregate::Sum), ("max", Aggregate::Max), ("first", Aggregate::First)] {
        let inner = body.strip_prefix(word).and_then(|rest| rest.trim().strip_prefix('(')).and_then(|rest| rest.strip_suffix(')'));
        if let Some(inner) = inner {
            return (inner.trim().to_owned(), aggregate, factor);
        }
    }
    (body.to_owned(), Aggregate::First, factor)
}

fn automatic(layer: &Layer, table: &Table, links: &mut Vec<Link>, notices: &mut Vec<Notice>) {
    let (mut computed, mut unclear) = (Vec::new(), Vec::new());
    for rank in ["name", "zh", "alias", "short"] {
        for (index, field) in table.fields.iter().enumerate() {
            if links.iter().any(|link| link.field == index && link.by != "option") {
                continue;
            }
            let Some((column, how)) = find(layer, field, rank) else { continue };
            match how {
                How::Computed => computed.push(json!(field.name)),
                How::OtherUnit => unclear.push(json!({ "field": field.name, "column": layer.columns[column].name })),
                How::Same if links.iter().any(|link| link.column == column) => {}
                How::Same => links.push(Link { column, field: index, aggregate: Aggregate::First, factor: None, by: rank }),
            }
        }
    }
    if !computed.is_empty() {
        notices.push(Notice::new("computed_ignored", "由系统计算的列不导入", "columns that are computed are not imported").with(computed));
    }
    if !unclear.is_empty() {
        notices.push(
            Notice::new(
                "unit_unclear",
                "字段名中的单位与本列不同，未自动对应；请用 --map 列=字段*系数",
                "the unit in the field's name is not the column's, so it was not mapped; use --map column=field*factor",
            )
            .with(unclear),
        );
    }
}

enum How {
    Same,
    Computed,
    OtherUnit,
}

fn find(layer: &Layer, field: &Field, rank: &str) -> Option<(usize, How)> {
    let own = |column: usize, how: How| Some((column, if layer.columns[column].computed { How::Computed } else { how }));
    match rank {
        "name" => own(layer.columns.iter().position(|column| same(&column.name, &field.name))?, How::Same),
        "zh" => by_text(layer, &field.name).and_then(|(column, how)| own(column, how)),
        "alias" => by_text(layer, field.alias.as_deref()?).and_then(|(column, how)| own(column, how)),
        _ => {
            // Only a name of exactly ten letters can be a cut one, and it must fit one column only.
            let cut = |column: &Column| column.name.len() > SHORT && column.name[..SHORT].eq_ignore_ascii_case(&field.name);
            let mut fits = layer.columns.iter().enumerate().filter(|(_, column)| cut(column));
            let (column, _) = fits.next().filter(|_| field.name.len() == SHORT)?;
            if fits.next().is_some() { None } else { own(column, How::Same) }
        }
    }
}

fn by_text(layer: &Layer, text: &str) -> Option<(usize, How)> {
    layer.columns.iter().enumerate().find_map(|(index, column)| matches(column, text).map(|how| (index, how)))
}

/// Whether a text names the column: its name, its 中文名, or either with a unit in brackets.
fn matches(column: &Column, text: &str) -> Option<How> {
    let text = plain(text);
    let named = |text: &str| same(&column.name, text) || plain(&column.zh) == text || same(&column.en, text);
    if named(&text) {
        return Some(How::Same);
    }
    let (name, unit) = text.strip_suffix(')')?.rsplit_once('(')?;
    if !named(name.trim()) {
        return None;
    }
    let ours = column.unit.as_deref().unwrap_or_default();
    Some(if unit_names(ours).contains(&unit.trim()) { How::Same } else { How::OtherUnit })
}

fn unit_names(unit: &str) -> &'static [&'static str] {
    match unit {
        "m²" => &["m²", "m2", "㎡", "平方米", "平米", "sqm"],
        "m" => &["m", "米"],
        "ha" => &["ha", "公顷", "hm²", "hm2"],
        "万元" => &["万元"],
        "kVA" => &["kva"],
        "kN/m²" => &["kn/m²", "kn/m2", "kn/㎡"],
        "元/m²·月" => &["元/m²·月", "元/㎡·月", "元/平方米·月", "元/m2·月", "元/㎡/月", "元/平方米/月"],
        _ => &[],
    }
}

/// Lower case, half-width brackets, no blanks at the ends.
fn plain(text: &str) -> String {
    text.trim().replace('（', "(").replace('）', ")").to_lowercase()
}

fn same(a: &str, b: &str) -> bool {
    plain(a) == plain(b)
}

fn field_named(table: &Table, name: &str) -> Option<usize> {
    let exact = table.fields.iter().position(|field| field.name == name);
    let alike = || table.fields.iter().position(|field| same(&field.name, name));
    let alias = || table.fields.iter().position(|field| field.alias.as_deref() == Some(name));
    exact.or_else(alike).or_else(alias)
}

fn unknown_field(name: &str, table: &Table) -> Fault {
    let names: Vec<&str> = table.fields.iter().map(|field| field.name.as_str()).collect();
    Fault::bad("map_unknown_field", format!("文件里没有字段“{name}”"), format!("the file has no field “{name}”"))
        .help(format!("文件的字段：{}", names.join("、")), format!("its fields: {}", names.join(", ")))
}

fn no_key(layer: &Layer, table: &Table) -> Fault {
    let names: Vec<&str> = table.fields.iter().map(|field| field.name.as_str()).collect();
    let zh = layer.column(&layer.key).map_or("", |column| column.zh.as_str());
    Fault::bad("no_key_field", format!("没有字段对应“{zh}”（{}）", layer.key), format!("no field of the file is the key “{}”", layer.key)).help(
        format!("请用 --key 指定字段（或 --key {ROW_NUMBER} 按行编号）；文件的字段：{}", names.join("、")),
        format!("name it with --key FIELD (or --key {ROW_NUMBER} to number the rows); fields: {}", names.join(", ")),
    )
}
