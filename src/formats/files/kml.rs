//! KML: placemarks by folder, with extended data under its own names. Ours rather than GDAL's, which renames them, reads UTF-8 only and
//! shows the first of two folders of one name.

use super::csv_read::{bad_bytes, take_mark};
use super::gdal_layer::{layer_unknown, several_layers};
use super::limits::Limits;
use super::read::{ReadOptions, all_bytes};
use super::source::{Field, RawGeometry, RawShape, SourceNotice, SourceRow, Table};
use super::taker::{Rows, Taker, full_width};
use super::xml::{Step, Tag, walk};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Value};
use crate::formats::crs::Crs;
use crate::formats::encoding::{self, Decoded, EncodingUsed, FoundBy};
use geo_types::Coord;
use std::collections::HashMap;
use std::path::Path;

pub(crate) fn read(path: &Path, options: &ReadOptions<'_>, taker: &Taker<'_>) -> Outcome<Table> {
    let bytes = all_bytes(path, options.limits)?;
    let (text, used, doubt) = to_text(bytes, options.encoding, path)?;
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let mut document = Document { longest_text: options.limits.cell_bytes, folders: vec![Folder { named: Some(stem) }], ..Document::default() };
    walk(&text, &mut |step| document.take(step))?;
    let mut names: Vec<String> = Vec::new();
    for (folder, _) in &document.placemarks {
        if !names.contains(folder) {
            names.push(folder.clone());
        }
    }
    let layer = choose(&names, options)?;
    let mut fields: Vec<Field> = vec![Field::named("Name"), Field::named("description")];
    let mut places: HashMap<String, usize> = fields.iter().enumerate().map(|(at, field)| (field.name.clone(), at)).collect();
    let mut rows = Rows::new(taker, options, None);
    for (_, placemark) in document.placemarks.into_iter().filter(|(folder, _)| *folder == layer) {
        let mut values = vec![Value::Null; fields.len()];
        for (name, text) in placemark.data {
            let at = *places.entry(name.clone()).or_insert_with(|| {
                fields.push(Field { alias: document.aliases.get(&name).cloned(), name });
                fields.len() - 1
            });
            values.resize(values.len().max(at + 1), Value::Null);
            values[at] = if text.is_empty() { Value::Null } else { Value::Text(text) };
        }
        let geometry = placemark.shapes.and_then(|mut shapes| match shapes.len() {
            0 => None,
            1 => shapes.pop(),
            _ => Some(RawShape::Mixed(shapes)),
        });
        options.limits.hold_cells(rows.count() as u64, fields.len())?;
        let geometry = geometry.map(|shape| RawGeometry { shape, has_z: placemark.has_z });
        rows.push(SourceRow::new(rows.count() as u64 + 1, geometry, values))?;
    }
    Ok(Table {
        driver: "KML".to_owned(),
        layer,
        rows: full_width(rows.rest(), fields.len()),
        fields,
        crs: Some(Crs::parse("CRS84")?),
        crs_by_format: true,
        encoding: Some(used),
        spatial: true,
        unit: None,
        notices: doubt.into_iter().collect(),
    })
}

/// Folders of one name are one layer: the placemarks of all of them.
fn choose(names: &[String], options: &ReadOptions<'_>) -> Outcome<String> {
    if let Some(wanted) = options.source_layer {
        return names.iter().find(|name| *name == wanted).cloned().ok_or_else(|| layer_unknown(wanted, names));
    }
    match names {
        [] => Err(Fault::bad("file_has_no_layer", "文件里没有地标", "the file has no placemark")),
        [only] => Ok(only.clone()),
        many => many.iter().find(|name| *name == options.our_layer).cloned().ok_or_else(|| several_layers(many)),
    }
}

/// By the option, a byte-order mark, the XML declaration, else UTF-8 as XML has it.
fn to_text(mut bytes: Vec<u8>, given: Option<&str>, path: &Path) -> Outcome<(String, EncodingUsed, Option<SourceNotice>)> {
    let mark = take_mark(&mut bytes);
    let body = bytes.as_slice();
    let (encoding, by) = match (given, mark, declared(body)) {
        (Some(label), ..) => (encoding::given(label)?, FoundBy::Option),
        (None, Some(marked), _) => (marked, FoundBy::Mark),
        (None, None, Some(label)) => (encoding::given(&label)?, FoundBy::Declared),
        (None, None, None) => (encoding_rs::UTF_8, FoundBy::Utf8),
    };
    let doubt = encoding::doubt(encoding, [body].into_iter()).map(SourceNotice::from);
    match encoding::decode_all(encoding, bytes) {
        (Decoded::Whole(text), _) => Ok((text, EncodingUsed::of(encoding, by), doubt)),
        (Decoded::Cut(text), body) => Err(bad_bytes(path, &body, text.len(), encoding)),
        (Decoded::Bad(at), body) => Err(bad_bytes(path, &body, at, encoding)),
    }
}

/// The label in `<?xml version="1.0" encoding="GBK"?>`.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
    let declaration = head.trim_start().strip_prefix("<?xml")?.split("?>").next()?.to_owned();
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start().to_owned();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    value[1..].split(quote).next().map(str::to_owned)
}

#[derive(Default)]
struct Folder {
    named: Option<String>,
}

#[derive(Default)]
struct Placemark {
    data: Vec<(String, String)>,
    /// `None` until a geometry begins.
    shapes: Option<Vec<RawShape>>,
    rings: Vec<Vec<Coord<f64>>>,
    has_z: bool,
}

/// The state of the walk.
#[derive(Default)]
struct Document {
    folders: Vec<Folder>,
    /// Open elements, outermost first.
    path: Vec<String>,
    text: String,
    longest_text: usize,
    /// The name of the datum or schema field that is open.
    named: Option<String>,
    now: Option<Placemark>,
    placemarks: Vec<(String, Placemark)>,
    aliases: HashMap<String, String>,
}

impl Document {
    fn take(&mut self, step: Step<'_>) -> Outcome<()> {
        match step {
            Step::Open(tag) => self.open(tag),
            Step::Text(text) => {
                self.text.push_str(text);
                if self.text.len() > self.longest_text {
                    return Err(Limits::default().cell_too_long(self.text.len() as u64));
                }
            }
            Step::Close(name) => self.close(name)?,
        }
        Ok(())
    }

    fn open(&mut self, tag: &Tag<'_>) {
        let name = tag.name();
        self.text.clear();
        match name.as_str() {
            "Folder" | "Document" => self.folders.push(Folder::default()),
            "Placemark" => self.now = Some(Placemark::default()),
            "Data" | "SimpleData" | "SimpleField" => self.named = tag.attribute("name"),
            "Polygon" => {
                if let Some(now) = &mut self.now {
                    now.rings.clear();
                }
            }
            _ => {}
        }
        self.path.push(name);
    }

    fn close(&mut self, name: &str) -> Outcome<()> {
        self.path.pop();
        let parent = self.path.last().map_or("", String::as_str);
        let text = self.text.trim().to_owned();
        self.text.clear();
        if let ("name", "Folder" | "Document", Some(folder)) = (name, parent, self.folders.last_mut()) {
            folder.named = Some(text);
            return Ok(());
        }
        match name {
            "Folder" | "Document" => {
                self.folders.pop();
            }
            "displayName" => {
                if let Some(field) = self.named.clone() {
                    self.aliases.insert(field, text);
                }
            }
            "Placemark" => {
                let folder = self.folders.iter().rev().find_map(|folder| folder.named.clone()).unwrap_or_default();
                if let Some(placemark) = self.now.take() {
                    self.placemarks.push((folder, placemark));
                }
            }
            _ => self.within(name, &text)?,
        }
        Ok(())
    }

    /// The end of an element inside a placemark.
    fn within(&mut self, name: &str, text: &str) -> Outcome<()> {
        let parent = self.path.last().map_or("", String::as_str);
        let Some(now) = &mut self.now else { return Ok(()) };
        match (name, parent) {
            ("name", "Placemark") => now.data.push(("Name".to_owned(), text.to_owned())),
            ("description", "Placemark") => now.data.push(("description".to_owned(), text.to_owned())),
            ("when", "TimeStamp") => now.data.push(("timestamp".to_owned(), text.to_owned())),
            ("begin" | "end", "TimeSpan") => now.data.push((name.to_owned(), text.to_owned())),
            ("value", "Data") | ("SimpleData", _) => {
                if let Some(field) = &self.named {
                    now.data.push((field.clone(), text.to_owned()));
                }
            }
            ("coordinates", _) => {
                let run = positions(text, &mut now.has_z);
                match parent {
                    "LinearRing" if self.path.iter().any(|open| open == "Polygon") => now.rings.push(run.unwrap_or_default()),
                    "Point" => now.add(run.map_or_else(unreadable, |run| if run.is_empty() { RawShape::Empty } else { RawShape::Points(run) })),
                    _ => now.add(run.map_or_else(unreadable, |run| if run.is_empty() { RawShape::Empty } else { RawShape::Lines(vec![run]) })),
                }
            }
            ("Polygon", _) => {
                let rings = std::mem::take(&mut now.rings);
                now.add(match rings.first() {
                    None => RawShape::Empty,
                    Some(_) if rings.iter().any(Vec::is_empty) => unreadable(),
                    Some(_) => RawShape::Polygons(vec![rings]),
                });
            }
            ("MultiGeometry", _) => {
                now.shapes.get_or_insert_with(Vec::new);
            }
            ("Model" | "Track" | "MultiTrack", _) => now.add(RawShape::Other(name.to_owned())),
            _ => {}
        }
        Ok(())
    }
}

impl Placemark {
    fn add(&mut self, shape: RawShape) {
        self.shapes.get_or_insert_with(Vec::new).push(shape);
    }
}

fn unreadable() -> RawShape {
    RawShape::Unreadable("coordinates are not numbers".to_owned())
}

/// `lon,lat[,height] lon,lat[,height] …`; `None` when something else stands there. A height of nought is none.
fn positions(text: &str, has_z: &mut bool) -> Option<Vec<Coord<f64>>> {
    let tuple = |word: &str, has_z: &mut bool| {
        let numbers: Vec<f64> = word.split(',').map(str::parse).collect::<Result<_, _>>().ok()?;
        if !(2..=3).contains(&numbers.len()) {
            return None;
        }
        *has_z |= numbers.get(2).is_some_and(|height| *height != 0.0);
        Some(Coord { x: numbers[0], y: numbers[1] })
    };
    text.split_whitespace().map(|word| tuple(word, has_z)).collect()
}
