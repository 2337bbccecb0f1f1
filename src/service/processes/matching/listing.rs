//! A match as a table for spreadsheets: one row per site, one pair of columns per criterion.

use super::answer::{Matching, Site};
use crate::analysis::matching::{CRITERIA, Criterion, Measure, Told};
use crate::city::City;
use crate::domain::fault::Outcome;
use crate::domain::{Column, ColumnType, Fault, Lang, Layer, Row, Value};
use crate::formats::wire::{Form, FormColumn, FormKind, write_xlsx};
use crate::formats::{CsvGeometry, write_csv};
use serde::Serialize;
use serde_json::json;
use std::io::Write;

/// Columns before those of the criteria: name, 中文名, English name, type.
const PLACES: [[&str; 4]; 13] = [
    ["rank", "名次", "Rank", "integer"],
    ["kind", "类型", "Kind", "text"],
    ["id", "代码", "Code", "text"],
    ["building", "建筑", "Building", "text"],
    ["building_name", "建筑名称", "Name of the building", "text"],
    ["floor", "楼层", "Floor", "text"],
    ["parcel", "宗地", "Parcel", "text"],
    ["park", "园区", "Park", "text"],
    ["district", "行政区", "District", "text"],
    ["state", "状态", "State", "text"],
    ["area_m2", "面积", "Area", "real"],
    ["cost", "改造代价", "Cost of change", "real"],
    ["figures_as_of", "截至", "As of", "date"],
];

impl Matching {
    /// Writes the sites as CSV.
    pub fn write_csv(&self, city: &City, out: impl Write) -> Outcome<()> {
        let layer = layer()?;
        let all: Vec<usize> = (0..layer.columns.len()).collect();
        let mut rows = self.sites.iter().map(|site| Ok(row(&layer, site)));
        let crs = city.crs.name();
        write_csv(out, &layer, &all, &mut rows, CsvGeometry::Leave, &crs, &crs).map(|_| ())
    }
}

impl Matching {
    /// The sites as a workbook, with headings in words.
    pub fn workbook(&self, lang: Lang) -> Outcome<Vec<u8>> {
        let layer = layer()?;
        let headed = |column: &Column| FormColumn {
            heading: if lang == Lang::Zh { column.zh.clone() } else { column.en.clone() },
            kind: match column.kind {
                ColumnType::Integer | ColumnType::Real => FormKind::Number,
                ColumnType::Date => FormKind::Date,
                _ => FormKind::Text,
            },
            open: true,
            hidden: false,
            width: COLUMN_WIDTH,
            choices: Vec::new(),
            hint: None,
            refusal: None,
        };
        let name = if lang == Lang::Zh { layer.zh.as_str() } else { layer.en.as_str() };
        let rows = self.sites.iter().map(|site| row(&layer, site).values).collect();
        write_xlsx(&Form { name, columns: layer.columns.iter().map(headed).collect(), rows, about: None, lists: "", locked: false })
    }
}

/// Characters.
const COLUMN_WIDTH: f64 = 16.0;

/// What a criterion is called, and its verdict, figure and change in a list.
fn names(criterion: Criterion) -> [[&'static str; 2]; 3] {
    match criterion {
        Criterion::Cluster => [["产业集群", "Cluster"], ["集群适配", "Cluster as it is"], ["集群改为", "Cluster to be"]],
        Criterion::Area => [["面积是否符合", "Area fits"], ["可供面积", "Area on offer"], ["面积改为", "Area to be"]],
        Criterion::Load => [["荷载是否符合", "Load fits"], ["楼面荷载", "Floor load"], ["荷载改为", "Load to be"]],
        Criterion::Height => [["层高是否符合", "Height fits"], ["层高", "Storey height"], ["层高改为", "Height to be"]],
        Criterion::Power => [["供电是否符合", "Power fits"], ["供电容量", "Power"], ["供电改为", "Power to be"]],
        Criterion::Fire => [["火险是否符合", "Fire class fits"], ["火灾危险性", "Fire class"], ["火险改为", "Fire class to be"]],
        Criterion::Date => [["日期是否符合", "Date fits"], ["可用日期", "Free from"], ["等到", "Wait until"]],
    }
}

fn layer() -> Outcome<Layer> {
    let column = |name: &str, zh: &str, en: &str, kind: &str| json!({ "name": name, "zh": zh, "en": en, "type": kind, "source": "match" });
    let mut columns: Vec<_> = PLACES.iter().map(|[name, zh, en, kind]| column(name, zh, en, kind)).collect();
    for criterion in CRITERIA {
        let name = word(&criterion);
        let [fits, have, to] = names(criterion);
        let kind = if is_number(criterion) { "real" } else { "text" };
        columns.push(column(&name, fits[0], fits[1], "text"));
        columns.push(column(&format!("{name}_have"), have[0], have[1], kind));
        columns.push(column(&format!("{name}_to"), to[0], to[1], kind));
    }
    serde_json::from_value(json!({ "name": "match", "zh": "招商匹配", "en": "Site matching", "geometry": "none", "columns": columns }))
        .map_err(|error| Fault::internal("match_list", error))
}

fn is_number(criterion: Criterion) -> bool {
    matches!(criterion, Criterion::Area | Criterion::Load | Criterion::Height | Criterion::Power)
}

/// The word that a value has in the answer.
fn word(value: &impl Serialize) -> String {
    json!(value).as_str().unwrap_or_default().to_owned()
}

fn row(layer: &Layer, site: &Site) -> Row {
    let mut row = Row::empty(layer);
    row.set(layer, "rank", site.rank as i64)
        .set(layer, "kind", word(&site.kind))
        .set(layer, "id", site.id.as_str())
        .set(layer, "building", site.floor.building.as_deref())
        .set(layer, "building_name", site.floor.building_name.as_deref())
        .set(layer, "floor", site.floor.floor.as_deref())
        .set(layer, "parcel", site.parcel.as_deref())
        .set(layer, "park", site.park.as_deref())
        .set(layer, "district", site.district.as_deref())
        .set(layer, "state", word(&site.state))
        .set(layer, "area_m2", site.area_m2)
        .set(layer, "cost", site.cost)
        .set(layer, "figures_as_of", site.figures_as_of.map(|day| day.to_string()));
    for Told { id, verdict, have, .. } in &site.criteria {
        let name = word(id);
        row.set(layer, &name, word(verdict)).set(layer, &format!("{name}_have"), cell(have.as_ref()));
        let change = site.change.iter().find(|change| change.criterion == *id);
        row.set(layer, &format!("{name}_to"), cell(change.and_then(|change| change.to.as_ref())));
    }
    row
}

fn cell(measure: Option<&Measure>) -> Value {
    match measure {
        None => Value::Null,
        Some(Measure::Number(number)) => Value::Real(*number),
        Some(Measure::Text(text)) => Value::Text(text.clone()),
    }
}
