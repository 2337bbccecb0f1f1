//! DXF through GDAL, with what GDAL takes on trust settled first. The text's encoding: GDAL takes a drawing without a code page for Latin-1,
//! and programs in China write UTF-8 or GBK whatever the header says. The end: GDAL reads a drawing that was cut off as far as it goes.
//! The arcs: GDAL's chords span four degrees whatever the radius.

use super::dxf_scan::Drawing;
use super::read::{ReadOptions, file_name};
use super::source::{RawShape, SourceNotice, SourceRow, Table};
use super::taker::Taker;
use super::{csv_read, gdal_layer};
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use crate::formats::encoding::{self, Decoded, EncodingUsed, FoundBy};
use geo_types::Coord;
use std::collections::HashMap;
use std::path::Path;

pub(crate) fn read(path: &Path, options: &ReadOptions<'_>, taker: &Taker<'_>) -> Outcome<Table> {
    let bytes = super::read::all_bytes(path, options.limits)?;
    let (encoding, by) = match options.encoding {
        Some(label) => (encoding::given(label)?, FoundBy::Option),
        None => encoding::guess([bytes.as_slice()].into_iter()).ok_or_else(|| {
            Fault::bad("encoding_unknown", "图中文字既不是 UTF-8 也不是 GB18030", "the drawing's texts are neither UTF-8 nor GB18030")
                .help("请用 --encoding 指定", "state it with --encoding")
        })?,
    };
    let drawing = match encoding::decode(encoding, &bytes) {
        Decoded::Bad(at) => return Err(csv_read::bad_bytes(path, &bytes, at, encoding)),
        Decoded::Cut(text) | Decoded::Whole(text) => Drawing::scan(&text),
    };
    if !drawing.ends {
        return Err(cut(path, drawing.entities.len()));
    }
    let (step, curves) = drawing.arcs();
    let settings = [("DXF_ENCODING", encoding::name(encoding).to_owned()), ("OGR_ARC_STEPSIZE", step.to_string())];
    for (name, value) in &settings {
        gdal::config::set_thread_local_config_option(name, value).map_err(|error| Fault::internal("gdal_option", error))?;
    }
    let table = gdal_layer::read(path, "DXF", &[], options, &taker.gathering());
    for (name, _) in &settings {
        // The options are for this file only; that one stays on this thread if clearing fails does no harm to other formats.
        let _ = gdal::config::clear_thread_local_config_option(name);
    }
    let mut table = table?;
    table.encoding = Some(EncodingUsed::of(encoding, by));
    table.unit = drawing.unit;
    table.notices.extend(curves.notice());
    without_hatches(&mut table, &drawing);
    Ok(table)
}

fn cut(path: &Path, entities: usize) -> Fault {
    let name = file_name(path);
    Fault::bad(
        "file_cut",
        format!("{name} 不完整：没有结束标记 EOF，只含 {entities} 个图元，最后一个可能残缺"),
        format!("{name} is not whole: it has no end marker EOF; {entities} entities are in it, and the last may be half"),
    )
    .at(format!("entity {entities}"))
    .help("文件被截断：请重新复制，或在 CAD 中另存一次", "the file was cut off: copy it again, or save it anew from the CAD program")
}

/// Leaves out the hatches that fill a boundary which is drawn as well: they are the same land again.
fn without_hatches(table: &mut Table, drawing: &Drawing) {
    // Inserted blocks give several rows an entity: then only the rows' own class tells what they are.
    let one_each = drawing.entities.len() == table.rows.len();
    let classes = table.fields.iter().position(|field| field.name == "SubClasses");
    let is_hatch = |index: usize, row: &SourceRow| {
        let by_class = classes.and_then(|at| row.values[at].as_str()).is_some_and(|text| text.contains("Hatch"));
        by_class || (one_each && drawing.entities[index] == "HATCH")
    };
    let mut drawn: HashMap<Vec<(i64, i64)>, u64> = HashMap::new();
    for (_, row) in table.rows.iter().enumerate().filter(|(index, row)| !is_hatch(*index, row)) {
        if let Some(outline) = outline(row) {
            drawn.entry(outline).or_insert(row.number);
        }
    }
    let mut dropped = Vec::new();
    let mut index = 0;
    let keep: Vec<bool> = table
        .rows
        .iter()
        .map(|row| {
            let hatch = is_hatch(index, row);
            index += 1;
            let of = outline(row).filter(|_| hatch).and_then(|outline| drawn.get(&outline));
            dropped.extend(of.map(|of| serde_json::json!({ "row": row.number, "boundary_row": of })));
            of.is_none()
        })
        .collect();
    if dropped.is_empty() {
        return;
    }
    let mut kept = keep.into_iter();
    table.rows.retain(|_| kept.next().unwrap_or(true));
    table.notices.push(SourceNotice {
        code: "hatches_dropped",
        zh: format!("{} 个填充与已画的边界相同，未读取", dropped.len()),
        en: format!("{} hatches fill a boundary that is drawn as well; they were not read", dropped.len()),
        items: dropped,
    });
}

/// The corners of a closed outline in millimetres of a drawing in metres, in an order that does not depend on where and which way it was drawn.
fn outline(row: &SourceRow) -> Option<Vec<(i64, i64)>> {
    let mut corners: Vec<(i64, i64)> = Vec::new();
    let closed = |line: &[Coord<f64>]| line.len() > 3 && line.first() == line.last();
    match &row.geometry.as_ref()?.shape {
        RawShape::Lines(lines) if lines.iter().all(|line| closed(line)) => {}
        RawShape::Polygons(_) => {}
        _ => return None,
    }
    row.geometry.as_ref()?.shape.each_coord(&mut |point| corners.push(((point.x * 1000.0).round() as i64, (point.y * 1000.0).round() as i64)));
    corners.sort_unstable();
    corners.dedup();
    Some(corners)
}
