//! GeoJSON (RFC 7946), one feature at a time. Ours rather than GDAL's because GDAL closes open rings and renumbers ids without a word.

use super::json_text::readable;
use super::json_told::Told;
use super::read::{ReadOptions, file_name};
use super::source::{Field, RawGeometry, RawShape, SourceNotice, SourceRow, Table};
use super::taker::{Rows, Taker, full_width};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Value};
use crate::formats::crs::Crs;
use crate::formats::encoding::{self, Decoded, EncodingUsed, FoundBy};
use encoding_rs::Encoding;
use geo_types::Coord;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;
use std::collections::HashMap;
use std::path::Path;

/// The field that holds a feature's top-level `id`.
const ID: &str = "id";

/// Reads a FeatureCollection, a Feature, a bare geometry, or features one per line (also RFC 8142).
pub(crate) fn read(path: &Path, options: &ReadOptions<'_>, taker: &Taker<'_>) -> Outcome<Table> {
    let bytes = super::read::all_bytes(path, options.limits)?;
    let (text, used) = to_text(&bytes, options.encoding, path)?;
    let (text, replaced) = readable(text);
    let mut collector = Collector::new(Rows::new(taker, options, None));
    let mut reader = serde_json::Deserializer::from_str(&text);
    loop {
        let before = collector.rows.count();
        let mut seed = Top { collector: &mut collector };
        if let Err(error) = (&mut seed).deserialize(&mut reader) {
            return Err(collector.fault.take().unwrap_or_else(|| syntax(path, &error)));
        }
        if reader.end().is_ok() || collector.rows.count() == before {
            break;
        }
    }
    finish(path, collector, used, replaced)
}

fn finish(path: &Path, collector: Collector<'_>, used: EncodingUsed, replaced: usize) -> Outcome<Table> {
    let crs_by_format = collector.crs.is_none();
    let crs = match collector.crs {
        Some(declared) => Crs::parse(&declared)?,
        None => Crs::parse("CRS84")?,
    };
    let rows = full_width(collector.rows.rest(), collector.fields.len());
    let mut notices = Vec::new();
    if !collector.repeated.is_empty() {
        let count = collector.repeated.len();
        notices.push(SourceNotice {
            code: "members_repeated",
            zh: format!("{count} 处 JSON 成员在同一对象中重复，取最后一个；哪个是对的无从得知"),
            en: format!("{count} JSON members stand twice in one object; the last was taken, and which is right is not known (repeated member)"),
            items: collector.repeated.iter().map(|(row, member)| serde_json::json!({ "row": row, "member": member })).collect(),
        });
    }
    if replaced > 0 {
        notices.push(SourceNotice {
            code: "not_json_numbers",
            zh: format!("文件含 {replaced} 个 NaN 或 Infinity，它们不是 JSON，按空值读取"),
            en: format!("the file has {replaced} NaN or Infinity, which are not JSON; they were read as null"),
            items: Vec::new(),
        });
    }
    Ok(Table {
        driver: "GeoJSON".to_owned(),
        layer: collector.name.unwrap_or_else(|| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()),
        fields: collector.fields.into_iter().map(Field::named).collect(),
        spatial: true,
        rows,
        crs: Some(crs),
        crs_by_format,
        encoding: Some(used),
        unit: None,
        notices,
    })
}

fn to_text(bytes: &[u8], given: Option<&str>, path: &Path) -> Outcome<(String, EncodingUsed)> {
    let mark = Encoding::for_bom(bytes);
    let body = mark.map_or(bytes, |(_, length)| &bytes[length..]);
    let (encoding, by) = match (given, mark) {
        (Some(label), _) => (encoding::given(label)?, FoundBy::Option),
        (None, Some((marked, _))) if marked != encoding_rs::UTF_8 => (marked, FoundBy::Mark),
        (None, _) => (encoding_rs::UTF_8, FoundBy::Utf8),
    };
    match encoding::decode(encoding, body) {
        Decoded::Whole(text) => Ok((text, EncodingUsed::of(encoding, by))),
        Decoded::Cut(text) => Err(super::csv_read::bad_bytes(path, body, text.len(), encoding)),
        Decoded::Bad(at) => Err(super::csv_read::bad_bytes(path, body, at, encoding)),
    }
}

fn syntax(path: &Path, error: &serde_json::Error) -> Fault {
    if error.is_data() {
        return not_geojson();
    }
    let place = format!("line {}, column {}", error.line(), error.column());
    Fault::bad(
        "json_syntax",
        format!("{} 不是完整的 JSON：第 {} 行第 {} 列", file_name(path), error.line(), error.column()),
        format!("{} is not whole JSON: {error}", file_name(path)),
    )
    .at(place)
    .help("文件可能被截断或手工改坏，请重新导出", "the file may be cut off or damaged by hand: export it again")
}

fn not_geojson() -> Fault {
    Fault::bad("format_unknown", "这个 JSON 不是 GeoJSON", "this JSON is not GeoJSON")
        .help("需要 FeatureCollection 或 Feature", "a FeatureCollection or Feature is needed")
}

struct Collector<'a> {
    name: Option<String>,
    crs: Option<String>,
    fields: Vec<String>,
    places: HashMap<String, usize>,
    rows: Rows<'a>,
    /// Row and name of members that stand twice in one object.
    repeated: Vec<(u64, String)>,
    fault: Option<Fault>,
}

impl<'a> Collector<'a> {
    fn new(rows: Rows<'a>) -> Self {
        Collector { name: None, crs: None, fields: Vec::new(), places: HashMap::new(), rows, repeated: Vec::new(), fault: None }
    }

    fn place(&mut self, field: &str) -> usize {
        if let Some(place) = self.places.get(field) {
            return *place;
        }
        self.fields.push(field.to_owned());
        self.places.insert(field.to_owned(), self.fields.len() - 1);
        self.fields.len() - 1
    }

    fn feature<E: serde::de::Error>(&mut self, geometry: Option<&Json>, properties: Option<Json>, id: Option<Json>) -> Result<(), E> {
        let mut values = vec![Value::Null; self.fields.len()];
        let mut put = |collector: &mut Self, field: &str, value: Json| {
            let place = collector.place(field);
            values.resize(values.len().max(place + 1), Value::Null);
            values[place] = cell(value);
        };
        let has_own_id = matches!(&properties, Some(Json::Object(map)) if map.contains_key(ID));
        if let Some(id) = id.filter(|_| !has_own_id) {
            put(self, ID, id);
        }
        if let Some(Json::Object(map)) = properties {
            for (field, value) in map {
                put(self, &field, value);
            }
        }
        let geometry = geometry.filter(|json| !json.is_null()).map(geometry_of);
        self.rows.push(SourceRow::new(self.rows.count() as u64 + 1, geometry, values)).map_err(|fault| {
            self.fault = Some(fault);
            E::custom("stopped")
        })
    }
}

fn cell(json: Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Boolean(flag),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::Integer(whole),
            (None, _) if number.is_u64() => Value::Text(number.to_string()),
            (None, Some(real)) => Value::Real(real),
            (None, None) => Value::Null,
        },
        Json::String(text) => Value::Text(text),
        nested => Value::Text(nested.to_string()),
    }
}

fn geometry_of(json: &Json) -> RawGeometry {
    let mut has_z = false;
    let shape = shape_of(json, &mut has_z).unwrap_or_else(|text| RawShape::Unreadable(text.to_owned()));
    RawGeometry { shape, has_z }
}

fn shape_of(json: &Json, has_z: &mut bool) -> Result<RawShape, &'static str> {
    let kind = json.get("type").and_then(Json::as_str).ok_or("geometry without type")?;
    if kind == "GeometryCollection" {
        let members = json.get("geometries").and_then(Json::as_array).ok_or("collection without geometries")?;
        let parts = members.iter().map(|member| shape_of(member, has_z)).collect::<Result<Vec<_>, _>>()?;
        return Ok(if parts.is_empty() { RawShape::Empty } else { RawShape::Mixed(parts) });
    }
    let coordinates = json.get("coordinates").ok_or("geometry without coordinates")?;
    if coordinates.as_array().is_some_and(Vec::is_empty) {
        return Ok(RawShape::Empty);
    }
    let line = |json: &Json, has_z: &mut bool| items(json)?.iter().map(|one| position(one, has_z)).collect::<Result<Vec<_>, _>>();
    let lines = |json: &Json, has_z: &mut bool| items(json)?.iter().map(|one| line(one, has_z)).collect::<Result<Vec<_>, _>>();
    Ok(match kind {
        "Point" => RawShape::Points(vec![position(coordinates, has_z)?]),
        "MultiPoint" => RawShape::Points(line(coordinates, has_z)?),
        "LineString" => RawShape::Lines(vec![line(coordinates, has_z)?]),
        "MultiLineString" => RawShape::Lines(lines(coordinates, has_z)?),
        "Polygon" => RawShape::Polygons(vec![lines(coordinates, has_z)?]),
        "MultiPolygon" => RawShape::Polygons(items(coordinates)?.iter().map(|one| lines(one, has_z)).collect::<Result<_, _>>()?),
        other => RawShape::Other(other.to_owned()),
    })
}

fn items(json: &Json) -> Result<&Vec<Json>, &'static str> {
    json.as_array().ok_or("coordinates are not nested as the type asks")
}

/// A `null` number stands for a NaN that was replaced.
fn position(json: &Json, has_z: &mut bool) -> Result<Coord<f64>, &'static str> {
    let numbers = items(json)?;
    if numbers.len() < 2 {
        return Err("a position with fewer than two numbers");
    }
    *has_z |= numbers.len() > 2;
    let number = |json: &Json| if json.is_null() { Ok(f64::NAN) } else { json.as_f64().ok_or("a position that is not numbers") };
    Ok(Coord { x: number(&numbers[0])?, y: number(&numbers[1])? })
}

struct Top<'a, 'b> {
    collector: &'a mut Collector<'b>,
}

impl<'de> DeserializeSeed<'de> for &mut Top<'_, '_> {
    type Value = ();
    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &mut Top<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a GeoJSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut members: HashMap<String, Json> = HashMap::new();
        let (mut collection, mut repeated) = (false, Vec::new());
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "features" => {
                    collection = true;
                    map.next_value_seed(Features { top: self })?;
                }
                "type" | "id" | "properties" | "geometry" | "coordinates" | "geometries" | "crs" | "name" => {
                    let value = map.next_value_seed(Told { repeated: &mut repeated })?;
                    if members.insert(key.clone(), value).is_some() {
                        repeated.push(key);
                    }
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let row = self.collector.rows.count() as u64 + 1;
        self.collector.repeated.extend(repeated.into_iter().map(|member| (row, member)));
        if let Some(crs) = members.get("crs").and_then(|crs| crs.pointer("/properties/name")).and_then(Json::as_str) {
            self.collector.crs = Some(crs.to_owned());
        }
        if collection {
            self.collector.name = members.get("name").and_then(Json::as_str).map(str::to_owned);
            return Ok(());
        }
        match members.get("type").and_then(Json::as_str) {
            Some("Feature") => {
                let geometry = members.remove("geometry");
                self.collector.feature(geometry.as_ref(), members.remove("properties"), members.remove("id"))
            }
            Some("FeatureCollection") => Ok(()),
            Some("Point" | "MultiPoint" | "LineString" | "MultiLineString" | "Polygon" | "MultiPolygon" | "GeometryCollection") => {
                let geometry = Json::Object(members.into_iter().collect());
                self.collector.feature(Some(&geometry), None, None)
            }
            _ => {
                self.collector.fault = Some(not_geojson());
                Err(serde::de::Error::custom("not GeoJSON"))
            }
        }
    }
}

struct Features<'a, 'b, 'c> {
    top: &'a mut Top<'b, 'c>,
}

impl<'de> DeserializeSeed<'de> for Features<'_, '_, '_> {
    type Value = ();
    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Features<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an array of features")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut features: A) -> Result<(), A::Error> {
        let mut repeated = Vec::new();
        while let Some(mut feature) = features.next_element_seed(Told { repeated: &mut repeated })? {
            let mut take = |name: &str| feature.get_mut(name).map(Json::take);
            let (geometry, properties, id) = (take("geometry"), take("properties"), take("id"));
            let row = self.top.collector.rows.count() as u64 + 1;
            self.top.collector.repeated.extend(repeated.drain(..).map(|member| (row, member)));
            self.top.collector.feature(geometry.as_ref(), properties, id)?;
        }
        Ok(())
    }
}
