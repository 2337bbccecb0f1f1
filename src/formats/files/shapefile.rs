//! Shapefiles: the promises of the headers are checked before GDAL reads; shapes come from GDAL, attributes from our DBF reader.

use super::curves::Curves;
use super::dbf::Dbf;
use super::limits::Limits;
use super::read::{ReadOptions, file_name, unreadable};
use super::source::{RawGeometry, RawShape, SourceNotice, SourceRow, Table};
use super::taker::{Rows, Taker};
use super::{gdal_layer, raw};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Value};
use crate::formats::crs::Crs;
use crate::formats::gdal_quiet;
use gdal::vector::LayerAccess;
use std::io::Read;
use std::path::{Path, PathBuf};

const HEADER: u64 = 100;
const FILE_CODE: u32 = 9994;

/// Reads the shapefile whose `.shp` is `path`.
pub(crate) fn read(path: &Path, options: &ReadOptions<'_>, taker: &Taker<'_>) -> Outcome<Table> {
    let index = sibling(path, "shx").ok_or_else(|| part_missing(path, "shx"))?;
    let attributes = sibling(path, "dbf").ok_or_else(|| part_missing(path, "dbf"))?;
    let shapes = check_promises(path, &index, options.limits)?;
    let dbf = Dbf::open(&attributes)?;
    options.limits.hold_rows(shapes.max(dbf.records() as u64))?;
    options.limits.hold_cells(shapes, dbf.fields())?;
    // A table without a single record stands for “no attributes”, which some programs write beside their shapes.
    if dbf.records() > 0 && dbf.records() as u64 != shapes {
        return Err(cut(
            path,
            format!("图形有 {shapes} 个，属性有 {} 条，不是同一份数据", dbf.records()),
            format!("{shapes} shapes but {} attribute records: they do not belong together", dbf.records()),
        ));
    }
    let cpg = sibling(path, "cpg").and_then(|cpg| std::fs::read_to_string(cpg).ok());
    let mut table = dbf.read(options.encoding, cpg.as_deref(), &attributes)?;
    if dbf.records() == 0 {
        table.records = vec![Some(vec![Value::Null; table.fields.len()]); shapes as usize];
    }
    let mut notices = std::mem::take(&mut table.notices);

    let dataset = gdal_layer::open(path, "ESRI Shapefile", &["ENCODING="])?;
    let mut layer = dataset.layer(0).map_err(|_| gdal_layer::failed(path))?;
    let crs = layer.spatial_ref().map(|reference| Crs::declared(&reference));
    let deleted = table.records.iter().filter(|record| record.is_none()).count();
    let mut rows = Rows::new(taker, options, Some(shapes));
    let mut curves = Curves::default();
    gdal_quiet::take();
    for feature in layer.features() {
        let record = feature.fid().unwrap_or_default() as usize;
        let said = gdal_quiet::take();
        let geometry = match feature.geometry_by_index(0).ok() {
            Some(geometry) => Some(raw::from_gdal(geometry, &mut curves, options.limits)?),
            None if said.is_empty() => None,
            None => Some(RawGeometry { shape: RawShape::Unreadable(said.join("; ")), has_z: false }),
        };
        let Some(values) = table.records.get_mut(record).and_then(Option::take) else { continue };
        rows.push(SourceRow::new(record as u64 + 1, geometry, values))?;
    }
    gdal_layer::whole(path, rows.count() as u64, Some(shapes - deleted as u64))?;
    if deleted > 0 {
        notices.push(SourceNotice {
            code: "deleted_records",
            zh: format!("{deleted} 条记录在属性表中已标记删除，未读取"),
            en: format!("{deleted} records are marked as deleted in the attribute table and were not read"),
            items: Vec::new(),
        });
    }
    Ok(Table {
        driver: "ESRI Shapefile".to_owned(),
        layer: path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default(),
        fields: table.fields,
        rows: rows.rest(),
        crs,
        crs_by_format: false,
        encoding: Some(table.encoding),
        spatial: true,
        unit: None,
        notices,
    })
}

/// The file beside `path` with another ending, whatever the case of its letters.
pub(crate) fn sibling(path: &Path, ending: &str) -> Option<PathBuf> {
    [ending.to_owned(), ending.to_ascii_uppercase()].into_iter().map(|ending| path.with_extension(ending)).find(|candidate| candidate.is_file())
}

/// Compares what the headers of `.shp` and `.shx` and every index entry promise with the real sizes. Returns the number of shapes.
fn check_promises(path: &Path, index: &Path, limits: &Limits) -> Outcome<u64> {
    let size = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?.len();
    let mut head = [0u8; HEADER as usize];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut head));
    if read.is_err() || be(&head, 0) != FILE_CODE {
        return Err(cut(path, format!(".shp 没有完整的文件头（{size} 字节）"), format!("the .shp has no complete header ({size} bytes)")));
    }
    let promised = u64::from(be(&head, 24)) * 2;
    if promised > size {
        return Err(cut(
            path,
            format!(".shp 文件头声称 {promised} 字节，实际只有 {size} 字节"),
            format!("the .shp header promises {promised} bytes, the file has {size}"),
        ));
    }
    let entries = std::fs::read(index).map_err(|error| unreadable(index, &error))?;
    let whole = entries.len() as u64 >= HEADER && be(&entries, 0) == FILE_CODE;
    if !whole || u64::from(be(&entries, 24)) * 2 > entries.len() as u64 {
        return Err(cut(index, format!(".shx 文件不完整（{} 字节）", entries.len()), format!("the .shx is incomplete ({} bytes)", entries.len())));
    }
    for (number, entry) in entries[HEADER as usize..].chunks_exact(8).enumerate() {
        let content = u64::from(be(entry, 4)) * 2;
        // With heights and measures a vertex takes 32 bytes; a longer shape has too many, whatever it says of their number.
        if content > limits.vertices_per_row as u64 * 32 + 128 {
            return Err(limits.too_many_vertices(content / 32).at(format!("row {}", number + 1)));
        }
        let end = u64::from(be(entry, 0)) * 2 + 8 + content;
        if end > size {
            return Err(cut(
                path,
                format!("第 {} 个图形到第 {end} 字节为止，文件只有 {size} 字节", number + 1),
                format!("shape {} ends at byte {end}, the file has {size}", number + 1),
            ));
        }
    }
    Ok((entries.len() as u64 - HEADER) / 8)
}

fn be(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn cut(path: &Path, zh: String, en: String) -> Fault {
    Fault::bad("shapefile_truncated", zh, en).at(file_name(path)).help(
        "文件不完整：请重新复制或让提供者重新导出（.shp、.shx、.dbf 三个文件）",
        "the file is incomplete: copy it again or have it exported again (.shp, .shx and .dbf)",
    )
}

fn part_missing(path: &Path, ending: &str) -> Fault {
    Fault::bad(
        "shapefile_part_missing",
        format!("缺少与 {} 同名的 .{ending} 文件", file_name(path)),
        format!("the .{ending} file beside {} is missing", file_name(path)),
    )
    .at(file_name(path))
    .help(
        "Shapefile 由 .shp、.shx、.dbf（和 .prj、.cpg）组成，请放在同一文件夹或一起打包为 zip",
        "a Shapefile is .shp, .shx and .dbf (with .prj and .cpg): keep them in one folder or send one zip",
    )
}
