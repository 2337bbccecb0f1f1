//! Layers through one named GDAL driver: GeoPackage, file geodatabase, FlatGeobuf, TopoJSON, KML, DXF.

use super::curves::Curves;
use super::read::{ReadOptions, file_name};
use super::source::{Field, RawGeometry, RawShape, SourceRow, Table};
use super::taker::{Rows, Taker};
use super::{drivers, raw};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Value};
use crate::formats::crs::Crs;
use crate::formats::encoding::EncodingUsed;
use crate::formats::gdal_quiet;
use gdal::vector::{Feature, FieldValue, LayerAccess, OGRFieldType, OGRwkbGeometryType};
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};
use std::path::Path;

/// Opens a file with one driver, read-only.
pub(crate) fn open(path: &Path, driver: &str, options: &[&str]) -> Outcome<Dataset> {
    gdal_quiet::listen();
    drivers::settle();
    let opened = Dataset::open_ex(
        path,
        DatasetOptions {
            open_flags: GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_READONLY | GdalOpenFlags::GDAL_OF_VERBOSE_ERROR,
            allowed_drivers: Some(&[driver]),
            open_options: Some(options),
            sibling_files: None,
        },
    );
    opened.map_err(|_| failed(path))
}

/// The fault for a file that GDAL does not read, with GDAL's words.
pub(crate) fn failed(path: &Path) -> Fault {
    let name = file_name(path);
    let fault = Fault::bad("file_unreadable", format!("无法读取 {name}"), format!("{name} cannot be read"))
        .at(name)
        .help("文件可能损坏或不完整：请用 QGIS 打开检查，或重新导出", "the file may be damaged: open it in QGIS, or export it again");
    gdal_quiet::with_detail(fault, path)
}

/// Reads one layer.
pub(crate) fn read(path: &Path, driver: &str, open_options: &[&str], options: &ReadOptions<'_>, taker: &Taker<'_>) -> Outcome<Table> {
    let dataset = open(path, driver, open_options)?;
    let index = choose_layer(&dataset, options, driver, path)?;
    let mut layer = dataset.layer(index).map_err(|_| failed(path))?;
    let crs = layer.spatial_ref().map(|reference| Crs::declared(&reference));
    let spatial = layer.defn().geometry_type() != OGRwkbGeometryType::wkbNone;
    let mut fields: Vec<Field> = Vec::new();
    let mut kinds = Vec::new();
    for field in layer.defn().fields() {
        let alias = Some(field.alternative_name()).filter(|alias| !alias.is_empty());
        fields.push(Field { name: field.name(), alias });
        kinds.push(field.field_type());
    }
    let name = layer.name();
    options.limits.hold_cells(0, fields.len())?;
    let total = promised(&dataset, &layer, driver, path)?;
    options.limits.hold_rows(total.unwrap_or_default())?;
    let mut rows = Rows::new(taker, options, total);
    let mut curves = Curves::default();
    gdal_quiet::take();
    for feature in layer.features() {
        let said = gdal_quiet::take();
        // `geometry()` gives a pointer to nothing for a row without one, at which GDAL then fails.
        let geometry = match feature.geometry_by_index(0).ok() {
            Some(geometry) => Some(raw::from_gdal(geometry, &mut curves, options.limits)?),
            None if said.is_empty() => None,
            None => Some(RawGeometry { shape: RawShape::Unreadable(said.join("; ")), has_z: false }),
        };
        let values = kinds.iter().enumerate().map(|(index, kind)| value(&feature, index, *kind)).collect();
        rows.push(SourceRow::new(rows.count() as u64 + 1, geometry, values))?;
    }
    whole(path, rows.count() as u64, total)?;
    Ok(Table {
        driver: driver.to_owned(),
        layer: name,
        fields,
        rows: rows.rest(),
        crs,
        crs_by_format: false,
        encoding: Some(EncodingUsed::utf8()),
        spatial,
        unit: None,
        notices: curves.notice().into_iter().collect(),
    })
}

/// The number of rows that the file says it has, if it says so. A data base is held against itself first: a page that is gone
/// need not be met on the way through a layer.
fn promised(dataset: &Dataset, layer: &gdal::vector::Layer<'_>, driver: &str, path: &Path) -> Outcome<Option<u64>> {
    if driver != "GPKG" {
        return Ok(layer.try_feature_count());
    }
    if first_word(dataset, "PRAGMA quick_check(1)").as_deref() != Some("ok") {
        return Err(failed(path));
    }
    // The count that the file keeps beside the table is only as good as the last program that wrote it.
    let counted = first_word(dataset, &format!("SELECT COUNT(*) FROM \"{}\"", layer.name().replace('"', "\"\"")));
    Ok(counted.and_then(|count| count.parse().ok()))
}

fn first_word(dataset: &Dataset, statement: &str) -> Option<String> {
    let mut answer = dataset.execute_sql(statement, None, gdal::vector::sql::Dialect::DEFAULT).ok()??;
    answer.features().next()?.field_as_string(0).ok().flatten()
}

/// All or nothing: refuses a layer whose reading ended in a failure, or that has not as many rows as it says.
pub(crate) fn whole(path: &Path, read: u64, promised: Option<u64>) -> Outcome<()> {
    let failures = gdal_quiet::failures();
    if failures.is_empty() && promised.is_none_or(|promised| promised == read) {
        return Ok(());
    }
    let name = file_name(path);
    let (of_zh, of_en) =
        promised.map_or_else(Default::default, |promised| (format!("，文件声明 {promised} 行"), format!(" of the {promised} that it declares")));
    let fault = Fault::bad(
        "file_cut",
        format!("{name} 不完整：只读到 {read} 行{of_zh}"),
        format!("{name} is not whole: only {read} rows{of_en} could be read"),
    )
    .at(format!("row {}", read + 1))
    .help("文件可能损坏或不完整：请用 QGIS 打开检查，或重新导出", "the file may be damaged: open it in QGIS, or export it again");
    Err(gdal_quiet::with_words(fault, path, failures))
}

/// The layer that was asked for; else the only one; else the one that carries our layer's name.
fn choose_layer(dataset: &Dataset, options: &ReadOptions<'_>, driver: &str, path: &Path) -> Outcome<usize> {
    let names: Vec<String> = dataset.layers().map(|layer| layer.name()).collect();
    if let Some(wanted) = options.source_layer {
        return names.iter().position(|name| name == wanted).ok_or_else(|| layer_unknown(wanted, &names));
    }
    match names.len() {
        // Such a file is one layer; without it, it is a damaged one.
        0 if driver == "FlatGeobuf" => Err(failed(path)),
        0 => Err(Fault::bad("file_has_no_layer", "文件里没有图层", "the file has no layer")),
        1 => Ok(0),
        _ => names.iter().position(|name| name == options.our_layer).ok_or_else(|| several_layers(&names)),
    }
}

pub(crate) fn layer_unknown(wanted: &str, names: &[String]) -> Fault {
    let list = names.join("、");
    Fault::bad(
        "source_layer_unknown",
        format!("文件里没有图层“{wanted}”，有：{list}"),
        format!("the file has no layer “{wanted}”; it has: {}", names.join(", ")),
    )
    .with_choices("/source_layer", names)
}

pub(crate) fn several_layers(names: &[String]) -> Fault {
    Fault::bad(
        "several_layers",
        format!("文件里有 {} 个图层：{}", names.len(), names.join("、")),
        format!("the file has {} layers: {}", names.len(), names.join(", ")),
    )
    .help("请用 --source-layer 指定一个", "choose one with --source-layer")
    .with_choices("/source_layer", names)
}

/// The crate's typed getters give zero for a field that a feature does not have; only its text tells it from a real zero.
fn value(feature: &Feature<'_>, index: usize, kind: OGRFieldType::Type) -> Value {
    let Some(text) = feature.field_as_string(index).ok().flatten().filter(|text| !text.is_empty()) else { return Value::Null };
    match kind {
        OGRFieldType::OFTInteger | OGRFieldType::OFTInteger64 => feature.field_as_integer64(index).ok().flatten().map_or(Value::Null, Value::Integer),
        OGRFieldType::OFTReal => feature.field_as_double(index).ok().flatten().map_or(Value::Null, Value::Real),
        OGRFieldType::OFTStringList | OGRFieldType::OFTIntegerList | OGRFieldType::OFTInteger64List | OGRFieldType::OFTRealList => {
            list(feature.field(index).ok().flatten())
        }
        _ => Value::Text(text),
    }
}

/// Lists as JSON array text.
fn list(value: Option<FieldValue>) -> Value {
    let json = match value {
        Some(FieldValue::StringListValue(items)) => serde_json::json!(items),
        Some(FieldValue::IntegerListValue(items)) => serde_json::json!(items),
        Some(FieldValue::Integer64ListValue(items)) => serde_json::json!(items),
        Some(FieldValue::RealListValue(items)) => serde_json::json!(items),
        _ => return Value::Null,
    };
    Value::Text(json.to_string())
}
