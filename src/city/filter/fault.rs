//! What a filter asks that its table cannot answer.

use super::super::cql2::Expression;
use super::column::Cells;
use crate::domain::{ColumnType, Fault};
use crate::spatial::frame::Frame;

/// An expression as a person may have written it, in short.
fn short(expression: &Expression) -> String {
    const SHOWN: usize = 120;
    let text = expression.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// A function or an operator that is read but not answered on these tables.
pub(super) fn unsupported(what: &str, expression: &Expression) -> Fault {
    let text = short(expression);
    Fault::bad("filter_unsupported", format!("此处不支持 {what}：{text}"), format!("{what} is not supported here: {text}"))
}

/// Two values that do not compare.
pub(super) fn misfit(whole: &Expression) -> Fault {
    let text = short(whole);
    Fault::bad("filter_type", format!("两侧类型不同，无法比较：{text}"), format!("the two sides are of different types: {text}"))
}

/// A column met with a value of another type; the help says how that value is written.
pub(super) fn wrong_type(cells: &Cells<'_>, value: &Expression) -> Fault {
    let (name, text) = (cells.name, short(value));
    let (zh, en) = match cells.kind {
        ColumnType::Text | ColumnType::List => ("文本", "text"),
        ColumnType::Integer | ColumnType::Real => ("数字", "a number"),
        ColumnType::Boolean => ("真假值", "a truth value"),
        ColumnType::Date => ("日期", "a date"),
    };
    let fault = Fault::bad("filter_type", format!("{name} 是{zh}，不能与 {text} 比较"), format!("{name} is {en} and cannot be compared with {text}"))
        .at(name);
    match (cells.kind, value) {
        (ColumnType::Text | ColumnType::List, Expression::Number(number)) => {
            let written = number.text();
            fault.help(format!("代码写在引号内：{name} = '{written}'"), format!("put codes in quotes: {name} = '{written}'"))
        }
        (ColumnType::Text | ColumnType::List, _) => {
            fault.help(format!("文本写在单引号内：{name} = '…'"), format!("put texts in single quotes: {name} = '…'"))
        }
        (ColumnType::Integer | ColumnType::Real, Expression::Text(text)) if text.trim().parse::<f64>().is_ok_and(f64::is_finite) => {
            fault.help(format!("数字不加引号：{name} = {}", text.trim()), format!("numbers stand without quotes: {name} = {}", text.trim()))
        }
        (ColumnType::Integer | ColumnType::Real, _) => fault.help(format!("写数字：{name} = 12.5"), format!("write a number: {name} = 12.5")),
        (ColumnType::Boolean, _) => fault.help(format!("写 {name} = TRUE 或 {name} = FALSE"), format!("write {name} = TRUE or {name} = FALSE")),
        (ColumnType::Date, _) => fault.help(format!("写 {name} = DATE('2026-09-01')"), format!("write {name} = DATE('2026-09-01')")),
    }
}

/// A property that the layer lacks, or that this reader may not see.
pub(super) fn no_property(name: &str, layer: &crate::domain::Layer, known: &[&str]) -> Fault {
    let shown: String = name.chars().take(60).collect();
    Fault::bad("filter_property", format!("{}没有属性 {shown}", layer.zh), format!("{} has no property {shown}", layer.name))
        .at(shown)
        .help(format!("可用：{}；文本写在单引号内", known.join("、")), format!("known: {}; texts stand in single quotes", known.join(", ")))
}

/// A geometry that lies on no place of its reference system.
pub(super) fn out_of_reach(frame: &Frame) -> Fault {
    Fault::bad("filter_geometry", "条件里的几何超出坐标系范围", "the geometry of the filter lies outside the reach of the CRS").help(
        format!("坐标系为 {}，轴序同该坐标系；默认为经度、纬度（度）", frame.uri()),
        format!("coordinates are in {} and in the order of its axes; longitude, latitude in degrees without one", frame.uri()),
    )
}

/// A column in arithmetic that holds no numbers.
pub(super) fn no_number(cells: &Cells<'_>) -> Fault {
    Fault::bad("filter_type", format!("{} 不是数字，不能参与运算", cells.name), format!("{} is no number and cannot be reckoned with", cells.name))
        .at(cells.name)
}
