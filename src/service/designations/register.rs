//! The register as a file: CSV, XLSX, or GeoJSON with the parks' shapes. It is of what the list shows on the day.

use super::view::{DesignationAnswer, DesignationList};
use crate::city::City;
use crate::domain::fault::Outcome;
use crate::domain::{DesignationState, Fault, Lang, LayerId, Value, catalogue, dictionary};
use crate::formats::{Sheet, sheet_csv, sheets_xlsx};
use crate::spatial::Drawing;
use geo_types::Geometry;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RegisterFormat {
    #[default]
    Csv,
    Xlsx,
    /// Each record with the shape of its park.
    GeoJson,
}

impl RegisterFormat {
    pub const NAMES: [&str; 3] = ["csv", "xlsx", "geojson"];

    pub fn parse(name: &str) -> Option<Self> {
        [Self::Csv, Self::Xlsx, Self::GeoJson].into_iter().find(|format| format.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::GeoJson => "geojson",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::GeoJson => "application/geo+json",
        }
    }
}

/// Columns of the file, named as the collection names them, and two of the park.
const COLUMNS: [&str; 18] = [
    "code",
    "park",
    "park_name",
    "district",
    "lead_cluster",
    "state",
    "grade",
    "total",
    "rank",
    "passes",
    "date",
    "valid_through",
    "recheck_from",
    "reasons",
    "basis",
    "pack",
    "pack_version",
    "evidence_sha256",
];

/// The file of a list. Tables carry the names of columns in the reader's language and of states beside their codes.
pub fn register_file(city: &City, list: &DesignationList, format: RegisterFormat, lang: Lang) -> Outcome<Vec<u8>> {
    match format {
        RegisterFormat::GeoJson => geojson(city, list),
        RegisterFormat::Csv => sheet_csv(&sheet(list, None)),
        RegisterFormat::Xlsx => sheets_xlsx(&[sheet(list, Some(lang))]),
    }
}

/// CSV keeps the names that scripts know; a workbook is for people.
fn sheet(list: &DesignationList, lang: Option<Lang>) -> Sheet {
    let head = COLUMNS.iter().map(|name| lang.map_or_else(|| (*name).to_owned(), |lang| title(name, lang))).collect();
    let rows = list.designations.iter().map(|one| COLUMNS.iter().map(|name| value(one, name, lang)).collect()).collect();
    let name = if lang == Some(Lang::En) { "designations" } else { "授牌台账" };
    Sheet { name: name.to_owned(), head, rows }
}

fn title(name: &str, lang: Lang) -> String {
    let of = |layer: LayerId, column: &str| {
        let column = dictionary().layer(layer.name()).and_then(|layer| layer.column(column));
        column.map(|column| if lang == Lang::Zh { column.zh.clone() } else { column.en.clone() })
    };
    let known = match name {
        "park_name" => of(LayerId::Park, "name"),
        "district" => of(LayerId::Park, "district"),
        other => of(LayerId::Designation, other),
    };
    known.unwrap_or_else(|| name.to_owned())
}

fn value(one: &DesignationAnswer, name: &str, lang: Option<Lang>) -> Value {
    match name {
        "code" => one.code.as_str().into(),
        "park" => one.park.as_str().into(),
        "park_name" => one.park_name.clone().into(),
        "district" => one.district.clone().into(),
        "lead_cluster" => one.lead_cluster.as_deref().map(|id| lang.map_or_else(|| id.to_owned(), |lang| cluster(id, lang))).into(),
        "state" => lang.map_or_else(|| one.state.as_str().to_owned(), |lang| state_name(one.state, lang)).into(),
        "grade" => one.grade.clone().into(),
        "total" => one.total.map(|total| (total * 100.0).round() / 100.0).into(),
        "rank" => one.rank.into(),
        "passes" => one.passes.into(),
        "date" => one.date.clone().into(),
        "valid_through" => one.valid_through.clone().into(),
        "recheck_from" => one.recheck_from.clone().into(),
        "reasons" => one.reasons.clone().into(),
        "basis" => one.basis.clone().into(),
        "pack" => one.pack.as_str().into(),
        "pack_version" => one.pack_version.as_str().into(),
        "evidence_sha256" => one.evidence_sha256.clone().into(),
        _ => Value::Null,
    }
}

/// A cluster's name; its id where the catalogue does not know it.
pub(super) fn cluster(id: &str, lang: Lang) -> String {
    let known = catalogue().clusters.iter().find(|cluster| cluster.id == id);
    known.map_or_else(|| id.to_owned(), |cluster| if lang == Lang::Zh { cluster.zh.clone() } else { cluster.en.clone() })
}

pub(super) fn state_name(state: DesignationState, lang: Lang) -> String {
    let codes = catalogue().codes("designation_state").into_iter().flatten();
    let known = codes.into_iter().find(|code| code.code == state.as_str());
    known.map_or_else(|| state.as_str().to_owned(), |code| if lang == Lang::Zh { code.zh.clone() } else { code.en.clone() })
}

fn geojson(city: &City, list: &DesignationList) -> Outcome<Vec<u8>> {
    let parks = city.table(LayerId::Park);
    let feature = |one: &DesignationAnswer| {
        let members: Map<String, Json> = COLUMNS.iter().map(|name| ((*name).to_owned(), value(one, name, None).to_json(false))).collect();
        let shape = match parks.row_of(&one.park).and_then(|row| parks.geometry(row)) {
            Some(Geometry::MultiPolygon(shape)) => json!(Drawing::of(&shape, &|point| city.crs.to_lon_lat(point))),
            _ => Json::Null,
        };
        json!({ "type": "Feature", "id": one.code, "properties": members, "geometry": shape })
    };
    let features: Vec<Json> = list.designations.iter().map(feature).collect();
    let whole = json!({ "type": "FeatureCollection", "name": "designation", "numberMatched": features.len(), "features": features });
    serde_json::to_vec(&whole).map_err(|error| Fault::internal("json", error))
}
