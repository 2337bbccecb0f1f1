//! From a grid of cells to a [`Table`]: the header row, and geometry from a WKT column or an x and a y column.

use super::raw;
use super::read::{ReadOptions, bound_row, step};
use super::source::{Field, Progress, RawGeometry, RawShape, SourceNotice, SourceRow, Table};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Value};
use crate::formats::encoding::EncodingUsed;
use crate::formats::gdal_quiet;
use geo_types::Coord;

/// Titles and notes above a header take a few rows at most.
const HEADER_SEARCH: usize = 20;

/// A table's cells with the line number that its own program shows.
pub(crate) struct Grid {
    pub driver: &'static str,
    pub layer: String,
    pub rows: Vec<(u64, Vec<Value>)>,
    pub encoding: Option<EncodingUsed>,
    pub notices: Vec<SourceNotice>,
}

/// Finds the header, reads the rest.
pub(crate) fn from_grid(grid: Grid, options: &ReadOptions<'_>, progress: Progress<'_>) -> Outcome<Table> {
    let Grid { driver, layer, rows, encoding, mut notices } = grid;
    let header = header_row(&rows, options.wanted)
        .ok_or_else(|| Fault::bad("table_empty", "表中没有表头或数据", "the table has no header or no rows").at(layer.clone()))?;
    if header > 0 {
        notices.push(SourceNotice {
            code: "header_row",
            zh: format!("表头取自第 {} 行，其上的 {header} 行未读取", rows[header].0),
            en: format!("the header was found in row {}; {header} rows above it were not read", rows[header].0),
            items: Vec::new(),
        });
    }
    let names: Vec<String> = rows[header].1.iter().enumerate().map(|(at, cell)| header_name(cell, at)).collect();
    let place = if options.wants_geometry { geometry_columns(&names) } else { None };
    let total = Some((rows.len() - header - 1) as u64);
    let mut read = Vec::with_capacity(rows.len() - header);
    for (number, mut values) in rows.into_iter().skip(header + 1) {
        if values.iter().all(Value::is_null) {
            continue;
        }
        values.resize(names.len(), Value::Null);
        let geometry = place.as_ref().and_then(|place| place.read(&values));
        bound_row(read.len(), geometry.as_ref(), options)?;
        read.push(SourceRow { number, geometry, values });
        step(read.len(), total, progress)?;
    }
    Ok(Table {
        driver: driver.to_owned(),
        layer,
        fields: names.into_iter().map(Field::named).collect(),
        rows: read,
        crs: None,
        crs_by_format: false,
        encoding,
        spatial: place.is_some(),
        notices,
    })
}

/// The row among the first that names most columns of ours; else the first row with two or more texts; else the first.
fn header_row(rows: &[(u64, Vec<Value>)], wanted: &dyn Fn(&str) -> bool) -> Option<usize> {
    let texts = |row: &[Value]| row.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>();
    let head: Vec<Vec<String>> = rows.iter().take(HEADER_SEARCH).map(|(_, row)| texts(row)).collect();
    let known = |row: &Vec<String>| row.iter().filter(|text| wanted(text)).count();
    let most = head.iter().map(known).max().unwrap_or_default();
    if most > 0 {
        return head.iter().position(|row| known(row) == most);
    }
    head.iter().position(|row| row.len() >= 2).or_else(|| (!rows.is_empty()).then_some(0))
}

fn header_name(cell: &Value, at: usize) -> String {
    let text = match cell {
        Value::Text(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        _ => String::new(),
    };
    if text.is_empty() { format!("column_{}", at + 1) } else { text }
}

enum GeometryColumns {
    Wkt(usize),
    Point(usize, usize),
}

const WKT_NAMES: [&str; 7] = ["wkt", "geom", "geometry", "the_geom", "wkt_geom", "shape_wkt", "坐标串"];
const X_NAMES: [&str; 10] = ["x", "lon", "lng", "long", "longitude", "经度", "easting", "x坐标", "coord_x", "point_x"];
const Y_NAMES: [&str; 8] = ["y", "lat", "latitude", "纬度", "northing", "y坐标", "coord_y", "point_y"];

fn geometry_columns(names: &[String]) -> Option<GeometryColumns> {
    let find = |known: &[&str]| names.iter().position(|name| known.contains(&name.to_lowercase().as_str()));
    find(&WKT_NAMES).map(GeometryColumns::Wkt).or_else(|| Some(GeometryColumns::Point(find(&X_NAMES)?, find(&Y_NAMES)?)))
}

impl GeometryColumns {
    fn read(&self, values: &[Value]) -> Option<RawGeometry> {
        match self {
            GeometryColumns::Wkt(at) => {
                let text = values[*at].as_str()?.trim();
                gdal_quiet::listen();
                Some(gdal::vector::Geometry::from_wkt(text).map_or_else(
                    |_| RawGeometry { shape: RawShape::Unreadable("not WKT".to_owned()), has_z: false },
                    |geometry| raw::from_gdal(&geometry),
                ))
            }
            GeometryColumns::Point(x, y) => {
                let (x, y) = (number(&values[*x]), number(&values[*y]));
                let shape = match (x, y) {
                    (None, None) => return None,
                    (Some(x), Some(y)) => RawShape::Points(vec![Coord { x, y }]),
                    _ => RawShape::Unreadable("x or y is not a number".to_owned()),
                };
                Some(RawGeometry { shape, has_z: false })
            }
        }
    }
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
}
