//! A layer as KML 2.2: a placemark a row, one after the other, in the time that their number takes. (GDAL's writer takes that squared.)

use super::vector_write::{Written, moved};
use crate::domain::fault::Outcome;
use crate::domain::{Column, ColumnType, Fault, Layer, Row, Value};
use crate::formats::crs::{Crs, Transformer};
use geo_types::{Coord, Geometry, LineString, Polygon};
use std::borrow::Cow;
use std::io::{BufWriter, Write};
use std::path::Path;

/// The column that is a placemark's own name.
const NAME: &str = "name";

/// Writes rows to `path`, which must not exist, in longitude and latitude.
pub fn write_kml(path: &Path, layer: &Layer, columns: &[usize], rows: &mut dyn Iterator<Item = Outcome<Row>>, crs_from: &str) -> Outcome<Written> {
    if !layer.is_spatial() {
        return Err(Fault::bad(
            "format_needs_geometry",
            format!("{} 没有图形，不能写成 KML", layer.zh),
            format!("the layer {} has no geometry and cannot be written as KML", layer.name),
        )
        .help("可用：CSV、GPKG", "use CSV or GPKG"));
    }
    let way = Transformer::new(&Crs::parse(crs_from)?, &Crs::parse("EPSG:4326")?)?;
    let file = std::fs::File::create_new(path).map_err(|error| Fault::of_writing(&error))?;
    let mut document = Document { out: BufWriter::new(file), layer, written: Written::default() };
    document.begin(columns).map_err(|error| Fault::of_writing(&error))?;
    for row in rows {
        let row = row?;
        let Some(shape) = &row.geometry else {
            let key = row.key(layer);
            return Err(Fault::bad("format_needs_geometry", format!("{key} 没有图形"), format!("{key} has no geometry")).at(key));
        };
        let shape = moved(shape, &way)?;
        document.placemark(columns, &row, &shape).map_err(|error| Fault::of_writing(&error))?;
    }
    document.end().map_err(|error| Fault::of_writing(&error))
}

struct Document<'a> {
    out: BufWriter<std::fs::File>,
    layer: &'a Layer,
    written: Written,
}

impl Document<'_> {
    fn begin(&mut self, columns: &[usize]) -> std::io::Result<()> {
        let name = &self.layer.name;
        let out = &mut self.out;
        writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        writeln!(out, "<kml xmlns=\"http://www.opengis.net/kml/2.2\">\n<Document id=\"root_doc\">")?;
        writeln!(out, "<Schema name=\"{name}\" id=\"{name}.schema\">")?;
        for column in columns.iter().map(|index| &self.layer.columns[*index]).filter(|column| column.name != NAME) {
            writeln!(out, "<SimpleField name=\"{}\" type=\"{}\"/>", column.name, kind(column))?;
        }
        writeln!(out, "</Schema>\n<Folder><name>{name}</name>")
    }

    fn placemark(&mut self, columns: &[usize], row: &Row, shape: &Geometry<f64>) -> std::io::Result<()> {
        let layer = self.layer;
        self.written.rows += 1;
        write!(self.out, "<Placemark id=\"{}.{}\">", layer.name, self.written.rows)?;
        let (own, data): (Vec<usize>, Vec<usize>) = columns.iter().copied().partition(|index| layer.columns[*index].name == NAME);
        if let Some(name) = own.first().and_then(|index| self.text(row, *index)) {
            write!(self.out, "<name>{name}</name>")?;
        }
        write!(self.out, "<ExtendedData><SchemaData schemaUrl=\"#{}.schema\">", layer.name)?;
        for index in data {
            if let Some(text) = self.text(row, index) {
                write!(self.out, "<SimpleData name=\"{}\">{text}</SimpleData>", layer.columns[index].name)?;
            }
        }
        write!(self.out, "</SchemaData></ExtendedData>")?;
        geometry(&mut self.out, shape)?;
        writeln!(self.out, "</Placemark>")
    }

    /// A cell as XML text; what XML has no sign for is left out and told.
    fn text(&mut self, row: &Row, index: usize) -> Option<String> {
        match &row.values[index] {
            Value::Null => None,
            Value::Integer(number) => Some(number.to_string()),
            Value::Real(number) => number.is_finite().then(|| number.to_string()),
            Value::Boolean(flag) => Some(u8::from(*flag).to_string()),
            Value::Text(text) => {
                let allowed = allowed(text);
                if allowed.len() < text.len() {
                    self.written.lost_characters.push((row.key(self.layer).to_owned(), self.layer.columns[index].name.clone()));
                }
                Some(escaped(&allowed))
            }
        }
    }

    fn end(mut self) -> std::io::Result<Written> {
        writeln!(self.out, "</Folder>\n</Document>\n</kml>")?;
        self.out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        Ok(self.written)
    }
}

fn kind(column: &Column) -> &'static str {
    match column.kind {
        ColumnType::Text | ColumnType::List | ColumnType::Date => "string",
        ColumnType::Integer | ColumnType::Boolean => "int",
        ColumnType::Real => "double",
    }
}

/// XML 1.0's Char, but the carriage return, which every reader makes a line feed.
fn allowed(text: &str) -> Cow<'_, str> {
    let forbidden = |letter: char| (letter < ' ' && !matches!(letter, '\t' | '\n')) || matches!(letter, '\u{FFFE}' | '\u{FFFF}');
    if text.contains(forbidden) { Cow::Owned(text.replace(forbidden, "")) } else { Cow::Borrowed(text) }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            other => out.push(other),
        }
    }
    out
}

fn geometry(out: &mut impl Write, shape: &Geometry<f64>) -> std::io::Result<()> {
    match shape {
        Geometry::Point(point) => write!(out, "<Point><coordinates>{},{}</coordinates></Point>", point.x(), point.y()),
        Geometry::LineString(one) => line(out, "LineString", one),
        Geometry::Polygon(one) => polygon(out, one),
        Geometry::MultiPolygon(parts) => several(out, parts.0.len(), |out| parts.iter().try_for_each(|part| polygon(out, part))),
        Geometry::MultiLineString(parts) => several(out, parts.0.len(), |out| parts.iter().try_for_each(|part| line(out, "LineString", part))),
        // No layer of ours has other shapes.
        _ => Ok(()),
    }
}

fn several<W: Write>(out: &mut W, parts: usize, write: impl FnOnce(&mut W) -> std::io::Result<()>) -> std::io::Result<()> {
    if parts == 1 {
        return write(out);
    }
    write!(out, "<MultiGeometry>")?;
    write(out)?;
    write!(out, "</MultiGeometry>")
}

fn polygon(out: &mut impl Write, polygon: &Polygon<f64>) -> std::io::Result<()> {
    write!(out, "<Polygon><outerBoundaryIs>")?;
    line(out, "LinearRing", polygon.exterior())?;
    write!(out, "</outerBoundaryIs>")?;
    for hole in polygon.interiors() {
        write!(out, "<innerBoundaryIs>")?;
        line(out, "LinearRing", hole)?;
        write!(out, "</innerBoundaryIs>")?;
    }
    write!(out, "</Polygon>")
}

fn line(out: &mut impl Write, element: &str, line: &LineString<f64>) -> std::io::Result<()> {
    write!(out, "<{element}><coordinates>")?;
    for (index, Coord { x, y }) in line.coords().enumerate() {
        write!(out, "{}{x},{y}", if index > 0 { " " } else { "" })?;
    }
    write!(out, "</coordinates></{element}>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_text() {
        assert_eq!(escaped(&allowed("a]]>\u{1}<b>&\r\n")), "a]]&gt;&lt;b&gt;&amp;\n");
    }
}
