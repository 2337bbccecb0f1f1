//! Units of a file: polygons in a plane, the threshold field, the fields that make units alike.

use super::{RegionsQuestion, typical_width};
use crate::domain::fault::Outcome;
use crate::domain::run::sha256_hex;
use crate::domain::{Fault, Value};
use crate::formats::{RawShape, SourceRow, Table};
use crate::spatial::local_plane::LocalPlane;
use crate::spatial::polygons::Polygons;
use geo::MapCoords;
use geo_types::{Coord, LineString, MultiPolygon, Polygon, Rect};

pub(super) struct Units {
    /// Rows of the file that are units, and the shapes as the file has them.
    pub rows: Vec<SourceRow>,
    pub source_shapes: Vec<MultiPolygon<f64>>,
    /// The shapes in the plane that lengths are measured in.
    shapes: Vec<MultiPolygon<f64>>,
    pub amount: Vec<f64>,
    pub fields: Vec<Vec<f64>>,
    pub field_names: Vec<String>,
    /// The plane in words.
    pub plane: String,
    /// Width of a typical unit in the plane.
    pub width: f64,
    /// Rows left out: reason and row numbers.
    pub excluded: Vec<(&'static str, Vec<u64>)>,
    /// SHA-256 of amounts, fields and coordinates.
    pub hash: String,
}

impl Units {
    pub(super) fn read(table: &Table, question: &RegionsQuestion) -> Outcome<Units> {
        let sum_at = field(table, &question.sum)?;
        let by_at = question.by.iter().map(|name| field(table, name)).collect::<Outcome<Vec<usize>>>()?;
        let (mut rows, mut source_shapes, mut amount, mut fields) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut no_polygon, mut no_number) = (Vec::new(), Vec::new());
        for row in &table.rows {
            let Some(shape) = row.geometry.as_ref().and_then(|geometry| polygons(&geometry.shape)) else {
                no_polygon.push(row.number);
                continue;
            };
            let own: Option<Vec<f64>> = by_at.iter().map(|at| number(&row.values[*at])).collect();
            let (Some(sum), Some(own)) = (number(&row.values[sum_at]).filter(|sum| *sum >= 0.0), own) else {
                no_number.push(row.number);
                continue;
            };
            rows.push(row.clone());
            source_shapes.push(shape);
            amount.push(sum);
            fields.push(own);
        }
        if rows.is_empty() {
            return Err(Fault::bad("no_units", "文件中没有可用的面", "there is no usable polygon in the file")
                .help("需要面图层，且所列字段为数值", "a polygon layer is needed, with numbers in the named fields"));
        }
        let is_lon_lat = is_lon_lat(table, &source_shapes);
        let (shapes, plane) = plane(table, &source_shapes, is_lon_lat)?;
        let width = typical_width(&shapes.iter().collect::<Polygons>());
        let hash = hash(&amount, &fields, &source_shapes);
        let excluded = [("no_polygon", no_polygon), ("no_number", no_number)].into_iter().filter(|(_, rows)| !rows.is_empty()).collect();
        let field_names = table.fields.iter().map(|field| field.name.clone()).collect();
        Ok(Units { rows, source_shapes, shapes, amount, fields, field_names, plane, width, excluded, hash })
    }

    /// The shapes times `scale`, about the first vertex so that no digits are lost far from the origin.
    pub(super) fn scaled(&self, scale: f64) -> Polygons {
        let origin = self.shapes.first().and_then(|shape| shape.0.first()).and_then(|part| part.exterior().0.first()).copied();
        let origin = origin.unwrap_or_default();
        let scaled: Vec<MultiPolygon<f64>> = self.shapes.iter().map(|shape| shape.map_coords(|c| (c - origin) * scale)).collect();
        scaled.iter().collect()
    }

    /// Each field to mean 0 and standard deviation 1 (of the population); a constant field to 0.
    pub(super) fn standardise(&mut self) {
        let n = self.fields.len() as f64;
        for k in 0..self.fields.first().map_or(0, Vec::len) {
            let mean = self.fields.iter().map(|row| row[k]).sum::<f64>() / n;
            let deviation = (self.fields.iter().map(|row| (row[k] - mean).powi(2)).sum::<f64>() / n).sqrt();
            for row in &mut self.fields {
                row[k] = if deviation > 0.0 { (row[k] - mean) / deviation } else { 0.0 };
            }
        }
    }
}

fn field(table: &Table, name: &str) -> Outcome<usize> {
    let same = |known: &str| known == name || known.eq_ignore_ascii_case(name);
    table.fields.iter().position(|field| field.name == name).or_else(|| table.fields.iter().position(|field| same(&field.name))).ok_or_else(|| {
        let known: Vec<&str> = table.fields.iter().map(|field| field.name.as_str()).collect();
        Fault::bad("no_such_field", format!("文件没有字段 {name}"), format!("the file has no field {name}"))
            .at(name)
            .help(format!("可用：{}", known.join("、")), format!("known: {}", known.join(", ")))
    })
}

fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Text(text) => text.trim().parse().ok(),
        other => other.as_f64(),
    };
    number.filter(|number: &f64| number.is_finite())
}

fn polygons(shape: &RawShape) -> Option<MultiPolygon<f64>> {
    let RawShape::Polygons(parts) = shape else { return None };
    let ring = |ring: &Vec<Coord<f64>>| LineString::new(ring.clone());
    let polygon =
        |rings: &Vec<Vec<Coord<f64>>>| rings.split_first().map(|(outer, holes)| Polygon::new(ring(outer), holes.iter().map(ring).collect()));
    let shape = MultiPolygon::new(parts.iter().filter_map(polygon).collect());
    let has_area = crate::spatial::outline::area(&shape) > 0.0;
    has_area.then_some(shape)
}

/// A declared geographic CRS; a GeoJSON without one only when its numbers can be degrees.
fn is_lon_lat(table: &Table, shapes: &[MultiPolygon<f64>]) -> bool {
    let is_geographic = table.crs.as_ref().is_some_and(crate::formats::crs::Crs::is_geographic);
    is_geographic
        && extent(shapes)
            .is_some_and(|extent| extent.min().x >= -360.0 && extent.max().x <= 360.0 && extent.min().y >= -90.0 && extent.max().y <= 90.0)
}

fn extent(shapes: &[MultiPolygon<f64>]) -> Option<Rect<f64>> {
    use geo::BoundingRect;
    shapes.iter().filter_map(BoundingRect::bounding_rect).reduce(|a, b| {
        let low = Coord { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) };
        Rect::new(low, Coord { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) })
    })
}

fn plane(table: &Table, shapes: &[MultiPolygon<f64>], is_lon_lat: bool) -> Outcome<(Vec<MultiPolygon<f64>>, String)> {
    if let (true, Some(extent)) = (is_lon_lat, extent(shapes)) {
        let plane = LocalPlane::about(extent)?;
        let placed: Vec<MultiPolygon<f64>> = shapes.iter().map(|shape| shape.map_coords(|c| plane.place(c))).collect();
        if crate::spatial::polygons::bounds_of(&placed.iter().flat_map(geo::CoordsIter::coords_iter).collect::<Vec<_>>()).width().is_finite() {
            return Ok((placed, plane.definition().to_owned()));
        }
        return Err(Fault::bad("crs_reach", "坐标超出投影范围", "coordinates lie beyond the projection's reach"));
    }
    let name =
        table.crs.as_ref().filter(|crs| !crs.is_geographic()).map_or_else(|| "planar, units of the file".to_owned(), |crs| crs.label().to_owned());
    Ok((shapes.to_vec(), name))
}

fn hash(amount: &[f64], fields: &[Vec<f64>], shapes: &[MultiPolygon<f64>]) -> String {
    let coords = shapes.iter().flat_map(geo::CoordsIter::coords_iter).flat_map(|c| [c.x, c.y]);
    let numbers = amount.iter().copied().chain(fields.iter().flatten().copied()).chain(coords);
    sha256_hex(&numbers.flat_map(f64::to_le_bytes).collect::<Vec<u8>>())
}
