//! The template: a row a unit as it stands, with the mark of that state.

use super::SheetForm;
use crate::city::City;
use crate::domain::columns::{building, floor, park, unit};
use crate::domain::fault::Outcome;
use crate::domain::unit_sheet::{Filling, SheetColumn, cell_text, sheet_tag};
use crate::domain::{ColumnType, Fault, Lang, LayerId, Value};
use crate::formats::wire::{Form, FormColumn, FormKind, write_form_csv, write_xlsx};
use crate::service::Viewer;
use crate::service::occupancy::{park_of_building, park_row};

/// Which units a template has.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    pub park: &'a str,
    pub building: Option<&'a str>,
}

/// Names that the sheet of units may have, the Chinese one first.
pub(super) const SHEETS: [&str; 2] = ["单元", "Units"];

/// The bytes of a template. It shows tenants and rents, so it is the park's operator's alone.
///
/// # Errors
/// 404 for a park or building that is not there, 401 and 403 for others than the park's operator.
pub fn template(city: &City, viewer: &Viewer, part: Part<'_>, form: SheetForm, encoding: Option<&str>, lang: Lang, today: &str) -> Outcome<Vec<u8>> {
    let at = park_row(city, part.park)?;
    viewer.operator_of(Some(part.park))?;
    let buildings = city.table(LayerId::Building);
    let wanted: Vec<usize> = match part.building {
        Some(code) if park_of_building(city, code) == Some(part.park) => buildings.row_of(code).into_iter().collect(),
        Some(code) => {
            return Err(Fault::not_found(
                "no_such_building",
                format!("园区 {} 没有建筑 {code}", part.park),
                format!("there is no building {code} in the park {}", part.park),
            )
            .at(code));
        }
        None => city.links().buildings_of_park(at).iter().map(|row| *row as usize).collect(),
    };
    let rows: Vec<Vec<Value>> = wanted.into_iter().flat_map(|row| rows_of(city, row, lang)).collect();
    let told = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    let name = city.table(LayerId::Park).text(at, park::NAME).unwrap_or(part.park);
    let sheet = Form {
        name: told(SHEETS[0], SHEETS[1]),
        columns: SheetColumn::ALL.into_iter().map(|column| heading(column, lang)).collect(),
        about: Some((told("说明", "About"), about(name, part, rows.len(), city.revision, today, lang))),
        rows,
        lists: told("代码", "Lists"),
        locked: true,
    };
    match form {
        SheetForm::Xlsx => write_xlsx(&sheet),
        SheetForm::Csv => write_form_csv(&sheet, encoding),
    }
}

/// Units of a building, floors from the lowest.
fn rows_of(city: &City, row: usize, lang: Lang) -> Vec<Vec<Value>> {
    let (buildings, floors, units) = (city.table(LayerId::Building), city.table(LayerId::Floor), city.table(LayerId::Unit));
    let order = |label: &str| {
        let mut here = city.links().floors_of_building(row).iter().map(|row| *row as usize);
        here.find(|row| floors.text(*row, floor::FLOOR).unwrap_or_default() == label).and_then(|row| floors.integer(row, floor::FLOOR_ORDER))
    };
    let mut here: Vec<(i64, String, String, usize)> = city
        .links()
        .units_of_building(row)
        .iter()
        .map(|row| {
            let row = *row as usize;
            let label = units.text(row, unit::FLOOR).unwrap_or_default();
            (order(label).unwrap_or(i64::MAX), label.to_owned(), units.key(row).to_owned(), row)
        })
        .collect();
    here.sort();
    let name = buildings.text(row, building::NAME);
    let line = |row: usize| {
        let row = units.row(row);
        let cell = |column: SheetColumn| match column {
            SheetColumn::Tag => Value::from(sheet_tag(&row)),
            SheetColumn::BuildingName => name.into(),
            _ => match column.at().map(|at| &row.values[at]) {
                Some(value @ Value::Text(_)) => Value::from(cell_text(column, value, lang)),
                Some(value) => value.clone(),
                None => Value::Null,
            },
        };
        SheetColumn::ALL.into_iter().map(cell).collect()
    };
    here.into_iter().map(|(_, _, _, row)| line(row)).collect()
}

fn heading(column: SheetColumn, lang: Lang) -> FormColumn {
    let told = |zh: &str, en: &str| Some(if lang == Lang::Zh { zh.to_owned() } else { en.to_owned() });
    let choices: Vec<String> = column.choices(lang).into_iter().map(|(_, name)| name.to_owned()).collect();
    let kind = match column.column().map(|column| column.kind) {
        Some(ColumnType::Real | ColumnType::Integer) => FormKind::Number,
        Some(ColumnType::Date) => FormKind::Date,
        _ => FormKind::Text,
    };
    let refusal = match (choices.is_empty(), kind) {
        (false, _) => told("请从下拉列表中选择", "choose from the list"),
        (true, FormKind::Number) => told("请填不小于 0 的数", "a number of at least 0"),
        (true, FormKind::Date) => told("请填日期，如 2026-09-01", "a date, such as 2026-09-01"),
        (true, FormKind::Text) => None,
    };
    let width = match column {
        SheetColumn::Building | SheetColumn::Tenant | SheetColumn::Note => 24.0,
        SheetColumn::Cluster => 20.0,
        SheetColumn::BuildingName => 14.0,
        _ => 12.0,
    };
    FormColumn {
        heading: column.heading(lang),
        kind,
        open: column.filling() == Filling::Open,
        hidden: column.filling() == Filling::Hidden,
        width,
        choices,
        hint: None,
        refusal,
    }
}

fn about(park: &str, part: Part<'_>, rows: usize, revision: i64, today: &str, lang: Lang) -> Vec<String> {
    let building = part.building.unwrap_or_default();
    let lines: Vec<String> = match lang {
        Lang::Zh => vec![
            format!("{park}（{}）{building} 入驻填报表", part.park),
            format!("下载日期 {today} · {rows} 个单元 · 数据修订 {revision}"),
            "一行一个单元。灰色列说明是哪个单元，不能改；白色列可填。隐藏的“编号”“行标”两列请勿删改：靠它们认出单元和您看到的数据。".into(),
            "可以删去不填的列或行：表中没有的列、没有的行不会变动。列的顺序、行的顺序可以任意调整。".into(),
            "空格会清除该项（租户、产业集群、租金、租约到期、用途、备注）；状态、建筑面积、截至不能为空。".into(),
            "状态、用途、产业集群请从下拉列表中选；日期写作 2026-09-01，不能晚于今天；面积为建筑面积（含公摊），单位 m²。".into(),
            "填了改动，请把“截至”改为数据所属的日期。同一楼层各单元面积之和不能超过楼层面积 0.5 m² 以上。".into(),
            "不要用公式、不要合并单元格；统一社会信用代码等长数字请按文本填写。".into(),
            "填好后在“入驻”页上传：先逐格核对，不改数据；确认后一次写入，并给出回执号。别人在您下载后改过的单元不会被覆盖。".into(),
        ],
        Lang::En => vec![
            format!("{park} ({}) {building}: occupancy", part.park),
            format!("Downloaded {today} · {rows} units · data revision {revision}"),
            "One row a unit. Grey columns say which unit it is and cannot be changed; white ones are yours. Leave the hidden columns Id and Row tag alone: they tell the unit and the figures that you saw.".into(),
            "Columns and rows that you do not need may be deleted: what is not in the table does not change. Columns and rows may stand in any order.".into(),
            "An empty cell clears the field (tenant, cluster, rent, lease end, use, note); state, area and as-of cannot be empty.".into(),
            "Choose state, use and cluster from the lists; write dates as 2026-09-01, none later than today; areas are gross floor areas with shared parts, in m².".into(),
            "Where figures change, set As of to the day that they are of. The units of a floor may not add up to more than the floor by over 0.5 m².".into(),
            "No formulas, no merged cells; write codes of many digits as text.".into(),
            "Upload the file on the Occupancy page: it is checked cell by cell first and changes nothing; applied, all rows are written at once and you get a receipt number. Units that somebody changed since your download are not overwritten.".into(),
        ],
    };
    lines
}
