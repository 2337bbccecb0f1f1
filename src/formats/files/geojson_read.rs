//! GeoJSON (RFC 7946), one feature at a time. Ours rather than GDAL's because GDAL closes open rings and renumbers ids without a word.

use super::csv_read::{bad_bytes, take_mark};
use super::geojson_coordinates::Reading;
use super::geojson_shape::{AFeature, Feature, Found, Geometry};
use super::json_text::readable;
use super::json_told::Told;
use super::limits::exceeded;
use super::read::{ReadOptions, file_name};
use super::source::{Field, RawGeometry, SourceNotice, SourceRow, Table};
use super::taker::{Rows, Taker, full_width};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Value};
use crate::formats::crs::Crs;
use crate::formats::encoding::{self, Decoded, EncodingUsed, FoundBy};
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;

/// The field that holds a feature's top-level `id`.
const ID: &str = "id";

/// Reads a FeatureCollection, a Feature, a bare geometry, or features one per line (also RFC 8142).
pub(crate) fn read(path: &Path, options: &ReadOptions<'_>, taker: &Taker<'_>) -> Outcome<Table> {
    let bytes = super::read::all_bytes(path, options.limits)?;
    let (text, used) = to_text(bytes, options.encoding, path)?;
    let (text, replaced) = readable(text);
    let mut collector = Collector::new(Rows::new(taker, options, None));
    let mut reader = serde_json::Deserializer::from_str(&text);
    loop {
        let before = collector.rows.count();
        let mut seed = Top { collector: &mut collector, reading: Reading::new(options.limits) };
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

fn to_text(mut bytes: Vec<u8>, given: Option<&str>, path: &Path) -> Outcome<(String, EncodingUsed)> {
    let mark = take_mark(&mut bytes);
    let (encoding, by) = match (given, mark) {
        (Some(label), _) => (encoding::given(label)?, FoundBy::Option),
        (None, Some(marked)) if marked != encoding_rs::UTF_8 => (marked, FoundBy::Mark),
        (None, _) => (encoding_rs::UTF_8, FoundBy::Utf8),
    };
    match encoding::decode_all(encoding, bytes) {
        (Decoded::Whole(text), _) => Ok((text, EncodingUsed::of(encoding, by))),
        (Decoded::Cut(text), body) => Err(bad_bytes(path, &body, text.len(), encoding)),
        (Decoded::Bad(at), body) => Err(bad_bytes(path, &body, at, encoding)),
    }
}

/// How deep the reader of JSON follows; it gives the number no name.
const DEEPEST: u64 = 128;

fn syntax(path: &Path, error: &serde_json::Error) -> Fault {
    if error.to_string().starts_with("recursion limit exceeded") {
        let place = format!("line {}, column {}", error.line(), error.column());
        return exceeded("嵌套层数", "the depth of nesting", DEEPEST + 1, DEEPEST).at(place);
    }
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

    fn feature<E: serde::de::Error>(&mut self, geometry: Option<RawGeometry>, properties: Option<Json>, id: Option<Json>) -> Result<(), E> {
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
        let within = self.rows.limits().hold_cells(self.rows.count() as u64, self.fields.len());
        within.and_then(|()| self.rows.push(SourceRow::new(self.rows.count() as u64 + 1, geometry, values))).map_err(|fault| {
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

struct Top<'a, 'b> {
    collector: &'a mut Collector<'b>,
    reading: Reading<'a>,
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
        let (mut feature, mut found, mut names) = (Feature::default(), Found::default(), BTreeSet::new());
        let (mut name, mut collection) = (None, false);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "features" => {
                    collection = true;
                    map.next_value_seed(Features { top: self })?;
                    continue;
                }
                "geometry" => feature.geometry = map.next_value_seed(Geometry { reading: &self.reading })?,
                "properties" => feature.properties = Some(self.told(&mut map)?),
                "id" => feature.id = Some(self.told(&mut map)?),
                "name" => name = self.told(&mut map)?.as_str().map(str::to_owned),
                "crs" => self.collector.crs = self.told(&mut map)?.pointer("/properties/name").and_then(Json::as_str).map(str::to_owned),
                // Of a geometry that stands by itself.
                "type" | "coordinates" | "geometries" => {
                    found.member(key, &mut map, &self.reading)?;
                    continue;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            }
            if !names.insert(key.clone()) {
                self.reading.repeated.borrow_mut().push(key);
            }
        }
        if collection {
            self.collector.name = name;
            return self.tell();
        }
        match found.kind() {
            Some("Feature") => self.take(feature),
            Some("FeatureCollection") => self.tell(),
            Some("Point" | "MultiPoint" | "LineString" | "MultiLineString" | "Polygon" | "MultiPolygon" | "GeometryCollection") => {
                self.take(Feature { geometry: Some(found), ..Feature::default() })
            }
            _ => {
                self.collector.fault = Some(not_geojson());
                Err(serde::de::Error::custom("not GeoJSON"))
            }
        }
    }
}

impl Top<'_, '_> {
    fn told<'de, A: MapAccess<'de>>(&self, map: &mut A) -> Result<Json, A::Error> {
        map.next_value_seed(Told { repeated: &mut self.reading.repeated.borrow_mut() })
    }

    /// Takes a feature in as the next row.
    fn take<E: serde::de::Error>(&mut self, feature: Feature) -> Result<(), E> {
        self.tell()?;
        if let Err(fault) = self.reading.end_row() {
            self.collector.fault = Some(fault.at(format!("row {}", self.collector.rows.count() + 1)));
            return Err(E::custom("stopped"));
        }
        let Feature { geometry, properties, id } = feature;
        self.collector.feature(geometry.map(Found::geometry), properties, id)
    }

    /// Notes what stood twice since the last row.
    fn tell<E>(&mut self) -> Result<(), E> {
        let row = self.collector.rows.count() as u64 + 1;
        self.collector.repeated.extend(self.reading.repeated.borrow_mut().drain(..).map(|member| (row, member)));
        Ok(())
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
        while let Some(feature) = features.next_element_seed(AFeature { reading: &self.top.reading })? {
            self.top.take(feature)?;
        }
        Ok(())
    }
}
