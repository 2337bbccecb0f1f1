//! A layer as a drawing that every CAD program reads (DXF R12, text): a drawing layer for each use, closed polylines, the code as a text inside.

use super::vector_write::{Written, moved};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Layer, Row};
use crate::formats::crs::{Crs, Transformer};
use geo::{Area, Coord, Geometry, InteriorPoint, LineString, Polygon, Rect};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// The column by which a drawing's layers are told apart, where a layer has it.
const USE: &str = "land_use";
/// Height of a code, metres: a part of the land's own size, within what can be read on a plan.
const HEIGHT_SHARE: f64 = 0.08;
const HEIGHTS: (f64, f64) = (0.5, 12.0);
/// AutoCAD's colours one after the other; 7 is the paper's ink.
const COLOURS: [u8; 9] = [7, 30, 140, 50, 200, 10, 90, 150, 230];

struct Drawing {
    entities: String,
    layers: BTreeMap<String, u8>,
    extent: Option<Rect<f64>>,
}

/// Writes a drawing to `path`, which must not exist. `crs_to` is projected: a drawing is in metres.
pub fn write_dxf(path: &Path, layer: &Layer, rows: &mut dyn Iterator<Item = Outcome<Row>>, crs_from: &str, crs_to: &str) -> Outcome<Written> {
    if !layer.is_spatial() {
        return Err(Fault::bad(
            "format_needs_geometry",
            format!("{} 没有图形，不能写成 DXF", layer.zh),
            format!("the layer {} has no geometry and cannot be written as DXF", layer.name),
        )
        .help("可用：CSV、XLSX", "use CSV or XLSX"));
    }
    let to = Crs::parse(crs_to)?;
    if to.is_geographic() {
        return Err(Fault::bad(
            "dxf_crs",
            format!("DXF 以米为单位，不能用经纬度 {crs_to}"),
            format!("a DXF is in metres and not in degrees ({crs_to})"),
        )
        .help("请用投影坐标系，如 EPSG:4547", "use a projected CRS, such as EPSG:4547"));
    }
    let way = Transformer::new(&Crs::parse(crs_from)?, &to)?;
    let mut drawing = Drawing { entities: String::new(), layers: BTreeMap::new(), extent: None };
    let mut written = Written::default();
    let mut loose = Vec::new();
    for row in rows {
        let row = row?;
        written.rows += 1;
        let Some(shape) = &row.geometry else { continue };
        let name = drawing.layer(row.get(layer, USE).as_str().unwrap_or(&layer.name));
        if drawing.draw(&moved(shape, &way)?, &name, row.key(layer)) {
            loose.push(row.key(layer).to_owned());
        }
    }
    written.loose_rings = loose;
    written.attributes_left = layer.columns.iter().filter(|column| column.name != layer.key && column.name != USE).count();
    std::fs::write(path, drawing.text()).map_err(|error| Fault::internal("write", error))?;
    Ok(written)
}

impl Drawing {
    /// The drawing layer of a use: R12 knows capitals, digits and three signs.
    fn layer(&mut self, of: &str) -> String {
        let name: String = of.chars().take(31).map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_uppercase() } else { '_' }).collect();
        let next = COLOURS[self.layers.len() % COLOURS.len()];
        self.layers.entry(name.clone()).or_insert(next);
        name
    }

    /// Whether the shape has holes, whose rings a drawing keeps by themselves.
    fn draw(&mut self, shape: &Geometry<f64>, layer: &str, key: &str) -> bool {
        match shape {
            Geometry::MultiPolygon(parts) => {
                for part in parts {
                    std::iter::once(part.exterior()).chain(part.interiors()).for_each(|ring| self.line(ring, layer, true));
                }
                let largest = parts.iter().max_by(|a, b| a.unsigned_area().total_cmp(&b.unsigned_area()));
                if let Some(at) = largest.and_then(Polygon::interior_point) {
                    let height = largest.map_or(HEIGHTS.0, |part| part.unsigned_area().sqrt() * HEIGHT_SHARE);
                    self.label(at.0, height, layer, key);
                }
                parts.iter().any(|part| !part.interiors().is_empty())
            }
            Geometry::MultiLineString(lines) => {
                lines.iter().for_each(|line| self.line(line, layer, false));
                if let Some(at) = lines.iter().find_map(|line| line.0.get(line.0.len() / 2)) {
                    self.label(*at, HEIGHTS.0 * 4.0, layer, key);
                }
                false
            }
            Geometry::Point(point) => {
                let _ = write!(self.entities, "0\nPOINT\n8\n{layer}\n{}", place(point.0));
                self.seen(point.0);
                self.label(point.0, HEIGHTS.0 * 4.0, layer, key);
                false
            }
            _ => false,
        }
    }

    fn line(&mut self, line: &LineString<f64>, layer: &str, closed: bool) {
        // A closed polyline does not say its first place twice.
        let places = if closed && line.is_closed() { &line.0[..line.0.len().saturating_sub(1)] } else { &line.0[..] };
        let _ = write!(self.entities, "0\nPOLYLINE\n8\n{layer}\n66\n1\n70\n{}\n", u8::from(closed));
        for at in places {
            let _ = write!(self.entities, "0\nVERTEX\n8\n{layer}\n{}", place(*at));
            self.seen(*at);
        }
        let _ = write!(self.entities, "0\nSEQEND\n8\n{layer}\n");
    }

    fn label(&mut self, at: Coord<f64>, height: f64, layer: &str, key: &str) {
        if !key.is_empty() {
            let height = height.clamp(HEIGHTS.0, HEIGHTS.1);
            let _ = write!(
                self.entities,
                "0\nTEXT\n8\n{layer}\n{}40\n{height:.2}\n1\n{}\n72\n1\n11\n{:.4}\n21\n{:.4}\n",
                place(at),
                escaped(key),
                at.x,
                at.y
            );
        }
    }

    fn seen(&mut self, at: Coord<f64>) {
        let own = Rect::new(at, at);
        self.extent = Some(self.extent.map_or(own, |all| {
            Rect::new(Coord { x: all.min().x.min(at.x), y: all.min().y.min(at.y) }, Coord { x: all.max().x.max(at.x), y: all.max().y.max(at.y) })
        }));
    }

    fn text(&self) -> String {
        let mut out = String::from("0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1009\n9\n$INSUNITS\n70\n6\n");
        if let Some(extent) = self.extent {
            let (min, max) = (extent.min(), extent.max());
            let _ = write!(out, "9\n$EXTMIN\n{}9\n$EXTMAX\n{}", place(min), place(max));
        }
        out.push_str("0\nENDSEC\n0\nSECTION\n2\nTABLES\n0\nTABLE\n2\nLTYPE\n70\n1\n0\nLTYPE\n2\nCONTINUOUS\n70\n0\n3\nSolid line\n72\n65\n73\n0\n40\n0.0\n0\nENDTAB\n");
        let _ = write!(out, "0\nTABLE\n2\nLAYER\n70\n{}\n", self.layers.len());
        for (name, colour) in &self.layers {
            let _ = write!(out, "0\nLAYER\n2\n{name}\n70\n0\n62\n{colour}\n6\nCONTINUOUS\n");
        }
        out.push_str("0\nENDTAB\n0\nENDSEC\n0\nSECTION\n2\nENTITIES\n");
        out.push_str(&self.entities);
        out.push_str("0\nENDSEC\n0\nEOF\n");
        out
    }
}

/// A tenth of a millimetre: finer than any survey.
fn place(at: Coord<f64>) -> String {
    format!("10\n{:.4}\n20\n{:.4}\n30\n0.0\n", at.x, at.y)
}

/// R12 writes what is not ASCII by its number.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for unit in text.chars().filter(|letter| !letter.is_control()).collect::<String>().encode_utf16() {
        match u8::try_from(unit).ok().filter(u8::is_ascii) {
            Some(byte) => out.push(char::from(byte)),
            None => {
                let _ = write!(out, "\\U+{unit:04X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_ascii_and_names_what_is_not() {
        assert_eq!(escaped("A-深\n1"), "A-\\U+6DF11");
        let mut drawing = Drawing { entities: String::new(), layers: BTreeMap::new(), extent: None };
        assert_eq!(drawing.layer("100101"), "100101");
        assert_eq!(drawing.layer("新型 m0"), "___M0");
    }
}
