//! From a filled-in table to what it says of units.

use super::SheetNotice;
use super::template::SHEETS;
use crate::domain::edit::{Refusal, Stated, StatedCell, StatedUnit};
use crate::domain::fault::Outcome;
use crate::domain::unit_sheet::SheetColumn;
use crate::domain::{ColumnType, Fault, Lang, Value};
use crate::formats::clean::seen;
use crate::formats::files::form::address;
use crate::formats::{FilledForm, FormCell, FormRow, Odd, read_form};
use crate::intake;

/// A table in our terms.
pub(super) struct Read {
    pub kind: &'static str,
    pub encoding: Option<String>,
    pub rows: Vec<StatedUnit>,
    pub notices: Vec<SheetNotice>,
}

/// Rows among which the headings are looked for: some put a title above.
const HEADINGS_WITHIN: usize = 20;

pub(super) fn read(bytes: &[u8], name: &str, encoding: Option<&str>) -> Outcome<Read> {
    let FilledForm { kind, encoding, rows, notices } = read_form(bytes, name, encoding, &SHEETS)?;
    let mut notices: Vec<SheetNotice> =
        notices.into_iter().map(|notice| SheetNotice { code: notice.code.to_owned(), zh: notice.zh, en: notice.en }).collect();
    let (heading, columns) = headings(&rows, name, &mut notices)?;
    let rows: Vec<StatedUnit> = rows[heading + 1..].iter().filter_map(|row| unit(row, &columns)).collect();
    if rows.is_empty() {
        return Err(Fault::bad("table_empty", format!("{name} 中没有数据行"), format!("{name} has no rows")).at(name));
    }
    Ok(Read { kind, encoding: encoding.map(|encoding| encoding.name), rows, notices })
}

/// A column of ours and where the table has it.
type Place = (SheetColumn, u32);

/// The row of headings, and our columns in it.
fn headings(rows: &[FormRow], name: &str, notices: &mut Vec<SheetNotice>) -> Outcome<(usize, Vec<Place>)> {
    let known = |row: &FormRow| -> Vec<Place> {
        let column = |cell: &FormCell| Some((SheetColumn::of_heading(&seen(cell.value.as_str()?))?, cell.column));
        row.cells.iter().filter_map(column).collect()
    };
    let found =
        rows.iter().take(HEADINGS_WITHIN).map(known).enumerate().find(|(_, places)| places.iter().any(|(column, _)| *column == SheetColumn::Id));
    let Some((at, places)) = found else {
        let label = SheetColumn::Id.label(Lang::Zh);
        return Err(Fault::bad(
            "no_id_column",
            format!("{name} 没有“{label}”列，认不出单元"),
            format!("{name} has no column Id: the units cannot be told"),
        )
        .at(name)
        .help("请用下载的模板填写，不要删除隐藏的列", "fill in the template that you downloaded, and leave its hidden columns"));
    };
    for (index, (column, place)) in places.iter().enumerate() {
        if let Some((_, first)) = places[..index].iter().find(|(other, _)| other == column) {
            let (first, second) = (address(*first, rows[at].number), address(*place, rows[at].number));
            return Err(Fault::bad(
                "column_twice",
                format!("{first} 与 {second} 是同一列“{}”", column.label(Lang::Zh)),
                format!("{first} and {second} are the same column {}", column.label(Lang::En)),
            )
            .at(second)
            .help("请只留一列", "leave one of them"));
        }
    }
    let others: Vec<String> = rows[at]
        .cells
        .iter()
        .filter(|cell| !places.iter().any(|(_, place)| *place == cell.column))
        .map(|cell| format!("{} {}", address(cell.column, rows[at].number), cell.value.as_str().unwrap_or_default()))
        .collect();
    if !others.is_empty() {
        notices.push(SheetNotice {
            code: "columns_left_out".to_owned(),
            zh: format!("不认识的列，未读取：{}", others.join("、")),
            en: format!("unknown columns were not read: {}", others.join(", ")),
        });
    }
    let missing: Vec<SheetColumn> = SheetColumn::ALL.into_iter().filter(|column| !places.iter().any(|(known, _)| known == column)).collect();
    if !missing.is_empty() {
        let of = |lang| missing.iter().map(|column| column.label(lang)).collect::<Vec<_>>();
        notices.push(SheetNotice {
            code: "columns_missing".to_owned(),
            zh: format!("表中没有的列不变：{}", of(Lang::Zh).join("、")),
            en: format!("columns that are not in the table stay as they are: {}", of(Lang::En).join(", ")),
        });
    }
    Ok((at, places))
}

/// What a row says; none where no cell under our headings is filled.
fn unit(row: &FormRow, columns: &[Place]) -> Option<StatedUnit> {
    let is_ours = |cell: &&FormCell| columns.iter().any(|(_, place)| *place == cell.column);
    row.cells.iter().find(is_ours)?;
    let mut refused = None;
    let mut key = |column: SheetColumn| {
        let place = columns.iter().find(|(known, _)| *known == column).map(|(_, place)| *place);
        let cell = place.and_then(|place| row.cell(place))?;
        if let Some(odd) = cell.odd.as_ref().filter(|odd| !matches!(odd, Odd::Digits)).or(cell.odd.as_ref()) {
            let at = address(cell.column, row.number);
            let why = refusal(odd);
            refused.get_or_insert_with(|| Refusal::new(&why.code, format!("{at}：{}", why.zh), format!("{at}: {}", why.en)));
        }
        Some(seen(&text(&cell.value)).into_owned())
    };
    let (id, tag) = (key(SheetColumn::Id).unwrap_or_default(), key(SheetColumn::Tag).unwrap_or_default());
    if id.is_empty() && refused.is_none() {
        refused =
            Some(Refusal::new("no_id", "此行没有编号，认不出单元；新增单元请与主管部门联系", "the row has no id: which unit it is cannot be told"));
    }
    let cells = columns.iter().filter(|(column, _)| !matches!(column, SheetColumn::Id | SheetColumn::Tag)).map(|place| cell(row, *place)).collect();
    Some(StatedUnit { row: row.number, id, tag, cells, refused })
}

fn cell(row: &FormRow, (column, place): Place) -> StatedCell {
    let found = row.cell(place);
    let shown = found.map(|cell| text(&cell.value)).unwrap_or_default();
    let stated = match found {
        None => Stated::Empty,
        Some(cell) => stated(column, cell),
    };
    StatedCell { at: address(place, row.number), column, shown, stated }
}

fn stated(column: SheetColumn, cell: &FormCell) -> Stated {
    let Some(own) = column.column() else { return Stated::Value(cell.value.clone()) };
    match &cell.odd {
        None => {}
        Some(Odd::Date) if own.kind == ColumnType::Date => {}
        Some(odd @ (Odd::Date | Odd::Boolean)) => return Stated::Refused(refusal(odd)),
        // A number of more digits than a spreadsheet keeps is wrong wherever it stands.
        Some(odd) => return Stated::Refused(refusal(odd)),
    }
    if intake::digits_are_lost(&cell.value) {
        return Stated::Refused(refusal(&Odd::Digits));
    }
    let text = text(&cell.value);
    if text.is_empty() {
        return Stated::Empty;
    }
    if own.codes.is_some() {
        return column.code(&text).map_or_else(|| unknown_code(column, &text), |code| Stated::Value(Value::from(code)));
    }
    // A stroke stands for nothing in tables; in a text it may be what is meant.
    match intake::read_cell(&cell.value, own) {
        Ok(Value::Null) if own.kind == ColumnType::Text => Stated::Value(Value::Text(text)),
        Ok(Value::Null) => Stated::Empty,
        Ok(value) => Stated::Value(value),
        Err(_) => Stated::Refused(not_of_the_kind(own.kind, &text)),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(text) => text.trim().to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Boolean(flag) => if *flag { "TRUE" } else { "FALSE" }.to_owned(),
    }
}

fn unknown_code(column: SheetColumn, text: &str) -> Stated {
    let names = |lang| column.choices(lang).into_iter().map(|(_, name)| name).collect::<Vec<_>>();
    let short = |names: Vec<&str>, between: &str| match names.len() {
        0..=8 => names.join(between),
        _ => format!("{}…", names[..3].join(between)),
    };
    Stated::Refused(Refusal::new(
        "unknown_code",
        format!("“{text}”不在可选项中：{}", short(names(Lang::Zh), "、")),
        format!("“{text}” is not among the choices: {}", short(names(Lang::En), ", ")),
    ))
}

fn not_of_the_kind(kind: ColumnType, text: &str) -> Refusal {
    match kind {
        ColumnType::Date => Refusal::new(
            "no_date",
            format!("“{text}”不是日期：年在前，写作 2026-09-01"),
            format!("“{text}” is no date: write it with the year first, as 2026-09-01"),
        ),
        _ => Refusal::new("no_number", format!("“{text}”不是数"), format!("“{text}” is no number")),
    }
}

fn refusal(odd: &Odd) -> Refusal {
    match odd {
        Odd::Formula => Refusal::new("formula", "单元格是公式，请粘贴为数值", "the cell is a formula: paste it as a value"),
        Odd::Error(error) => Refusal::new("cell_error", format!("单元格是错误值 {error}"), format!("the cell is the error {error}")),
        Odd::Merged => Refusal::new("merged", "合并的单元格，不知属于哪一行：请取消合并", "the cell is merged with others: unmerge it"),
        Odd::Digits => Refusal::new(
            "digits_lost",
            "数字超过 15 位，末位已丢失：请按文本填写",
            "a number of more than 15 digits has lost its last ones: write it as text",
        ),
        Odd::Long(length) => Refusal::new("too_long", format!("文字过长（{length} 字）"), format!("the text is too long ({length} characters)")),
        Odd::Date => Refusal::new("is_date", "此处填成了日期：请按文本填写", "the cell was made a date: write it as text"),
        Odd::Boolean => Refusal::new("is_boolean", "此处填成了 TRUE/FALSE：请按文本填写", "the cell was made TRUE or FALSE: write it as text"),
    }
}
