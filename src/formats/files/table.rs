//! From a grid of cells to a [`Table`]: the header row, and geometry from a WKT column or an x and a y column.

use super::curves::Curves;
use super::header::{self, Header};
use super::limits::Limits;
use super::raw;
use super::read::ReadOptions;
use super::sheet_layout::Merged;
use super::source::{Field, Oddity, RawGeometry, RawShape, SourceNotice, SourceRow, Table};
use super::taker::{Rows, Taker};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Value};
use crate::formats::encoding::EncodingUsed;
use crate::formats::gdal_quiet;
use geo_types::Coord;
use serde_json::json;

/// One line of a table.
pub(crate) struct GridRow {
    /// The line that its own program shows.
    pub number: u64,
    pub values: Vec<Value>,
    /// Cells that are not what their value says, by column.
    pub odd: Vec<(usize, Oddity)>,
}

/// A table's cells.
pub(crate) struct Grid {
    pub driver: &'static str,
    pub layer: String,
    pub rows: Vec<GridRow>,
    /// Merged ranges, by index of row and column.
    pub merged: Vec<Merged>,
    pub encoding: Option<EncodingUsed>,
    pub notices: Vec<SourceNotice>,
}

/// Finds the header, reads the rest.
pub(crate) fn from_grid(grid: Grid, options: &ReadOptions<'_>, taker: &Taker<'_>) -> Outcome<Table> {
    let Grid { driver, layer, mut rows, merged, encoding, mut notices } = grid;
    let Header { first, last, names } = header::find(&rows, &merged, options.wanted)
        .ok_or_else(|| Fault::bad("table_empty", "表中没有表头或数据", "the table has no header or no rows").at(layer.clone()))?;
    if first > 0 {
        notices.push(SourceNotice {
            code: "header_row",
            zh: format!("表头取自第 {} 行，其上的 {first} 行未读取", rows[first].number),
            en: format!("the header was found in row {}; {first} rows above it were not read", rows[first].number),
            items: Vec::new(),
        });
    }
    options.limits.hold_cells((rows.len() - last) as u64, names.len())?;
    notices.extend(fill_down(&mut rows, &merged, last));
    let place = if options.wants_geometry { geometry_columns(&names) } else { None };
    let mut curves = Curves::default();
    let (mut short, mut empty): (Vec<u64>, u64) = (Vec::new(), 0);
    let total = Some((rows.len() - last - 1) as u64);
    let mut read = Rows::new(taker, options, total);
    for GridRow { number, mut values, mut odd } in rows.into_iter().skip(last + 1) {
        if values.iter().all(Value::is_null) && odd.is_empty() {
            empty += 1;
            continue;
        }
        if values.len() < names.len() {
            short.push(number);
        }
        // Which of its cells belongs under which heading nobody can say.
        let wide = values.iter().skip(names.len()).any(|value| !value.is_null());
        values.resize(names.len(), Value::Null);
        odd.retain(|(column, _)| *column < names.len());
        let geometry = match &place {
            Some(place) => place.read(&values, &mut curves, options.limits)?,
            None => None,
        };
        read.push(SourceRow { number, geometry, values, odd, wide })?;
    }
    notices.extend(curves.notice());
    if empty > 0 {
        notices.push(SourceNotice {
            code: "rows_empty",
            zh: format!("{empty} 行没有任何内容，未计入"),
            en: format!("{empty} rows hold nothing and were not counted"),
            items: Vec::new(),
        });
    }
    if !short.is_empty() {
        notices.push(SourceNotice {
            code: "short_rows",
            zh: format!("{} 行的列数少于表头，缺少的按空值读取", short.len()),
            en: format!("{} rows have fewer cells than the header; the missing ones were read as empty", short.len()),
            items: short.into_iter().map(|row| json!({ "row": row })).collect(),
        });
    }
    Ok(Table {
        driver: driver.to_owned(),
        layer,
        fields: names.into_iter().map(Field::named).collect(),
        rows: read.rest(),
        crs: None,
        crs_by_format: false,
        encoding,
        spatial: place.is_some(),
        unit: None,
        notices,
    })
}

/// A text that is merged over several rows holds for each of them. A number may be their total as well: it stays in its first row and is told.
fn fill_down(rows: &mut [GridRow], merged: &[Merged], header: usize) -> Vec<SourceNotice> {
    let (mut filled, mut left) = (Vec::new(), Vec::new());
    let height = rows.len();
    for range in merged.iter().filter(|range| range.top > header && range.bottom > range.top && range.bottom < height) {
        let Some(value) = rows[range.top].values.get(range.left).filter(|value| !value.is_null()).cloned() else { continue };
        let odd: Vec<Oddity> = rows[range.top].odd.iter().filter(|(column, _)| *column == range.left).map(|(_, odd)| odd.clone()).collect();
        let item =
            json!({ "row": rows[range.top].number, "to_row": rows[range.bottom].number, "column": range.left + 1, "value": value.to_json(false) });
        if value.as_f64().is_some() {
            left.push(item);
            continue;
        }
        for row in &mut rows[range.top + 1..=range.bottom] {
            if let Some(cell) = row.values.get_mut(range.left) {
                *cell = value.clone();
                row.odd.extend(odd.iter().map(|odd| (range.left, odd.clone())));
            }
        }
        filled.push(item);
    }
    let mut notices = Vec::new();
    if !filled.is_empty() {
        notices.push(SourceNotice {
            code: "merged_cells_filled",
            zh: format!("{} 处合并单元格的文字用于其各行", filled.len()),
            en: format!("{} merged cells hold for each of their rows", filled.len()),
            items: filled,
        });
    }
    if !left.is_empty() {
        notices.push(SourceNotice {
            code: "merged_numbers",
            zh: format!("{} 处合并单元格是数字，不知是各行的值还是合计，只用于第一行", left.len()),
            en: format!("{} merged cells are numbers, of each row or in total; they stand in their first row only", left.len()),
            items: left,
        });
    }
    notices
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
    fn read(&self, values: &[Value], curves: &mut Curves, limits: &Limits) -> Outcome<Option<RawGeometry>> {
        Ok(match self {
            GeometryColumns::Wkt(at) => {
                let Some(text) = values[*at].as_str().map(str::trim) else { return Ok(None) };
                gdal_quiet::listen();
                Some(match gdal::vector::Geometry::from_wkt(text) {
                    Ok(geometry) => raw::from_gdal(&geometry, curves, limits)?,
                    Err(_) => RawGeometry { shape: RawShape::Unreadable("not WKT".to_owned()), has_z: false },
                })
            }
            GeometryColumns::Point(x, y) => {
                let (x, y) = (number(&values[*x]), number(&values[*y]));
                let shape = match (x, y) {
                    (None, None) => return Ok(None),
                    (Some(x), Some(y)) => RawShape::Points(vec![Coord { x, y }]),
                    _ => RawShape::Unreadable("x or y is not a number".to_owned()),
                };
                Some(RawGeometry { shape, has_z: false })
            }
        })
    }
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
}
