//! The head of a stack: a building as its layer's rows say it, with its shape.

use crate::city::City;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, LayerId};
use crate::formats::wire::geojson::{FeatureStyle, write_feature};
use crate::spatial::Drawing;
use serde::{Deserialize, Serialize, Serializer};
use utoipa::ToSchema;

/// The columns of a building in the dictionary's order, and its shape.
#[derive(Debug, Serialize, ToSchema)]
pub struct Building {
    #[serde(flatten)]
    pub columns: BuildingColumns,
    #[schema(required)]
    pub geometry: Option<Drawing>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct BuildingColumns {
    pub code: String,
    #[schema(required)]
    pub name: Option<String>,
    #[schema(required)]
    pub parcel: Option<String>,
    #[schema(required)]
    pub park: Option<String>,
    #[schema(required)]
    #[serde(rename = "use")]
    pub use_code: Option<String>,
    #[schema(required)]
    pub storeys: Option<i64>,
    #[schema(required)]
    #[serde(serialize_with = "as_in_features")]
    pub height_m: Option<f64>,
    #[schema(required)]
    #[serde(serialize_with = "as_in_features")]
    pub gfa_m2: Option<f64>,
    #[schema(required)]
    pub built_year: Option<i64>,
    #[schema(required)]
    pub structure: Option<String>,
    /// Classes of facilities that the building is recorded as connected to.
    #[schema(required)]
    pub connected: Option<Vec<String>>,
    #[schema(required)]
    #[serde(serialize_with = "as_in_features")]
    pub planar_area_m2: Option<f64>,
    #[schema(required)]
    pub source: Option<String>,
}

/// Whole numbers stand without a fraction, as they do in features.
fn as_in_features<S: Serializer>(number: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    /// Integers beyond this are not exact in a double.
    const LARGEST: f64 = 9_007_199_254_740_992.0;
    match number {
        Some(number) if number.fract() == 0.0 && number.abs() < LARGEST => serializer.serialize_i64(*number as i64),
        number => number.serialize(serializer),
    }
}

/// A feature as it is written.
#[derive(Deserialize)]
struct Written {
    properties: BuildingColumns,
    geometry: Option<Drawing>,
}

/// The building of a row. Its shape is rounded like every feature's, so it is read from one.
pub(super) fn building(city: &City, row: usize) -> Outcome<Building> {
    let buildings = city.table(LayerId::Building);
    let mut text = String::new();
    write_feature(&mut text, buildings, row, &city.crs, &FeatureStyle::of(buildings, None, false, 7, true));
    let Written { properties, geometry } = serde_json::from_str(&text).map_err(|error| Fault::internal("json", error))?;
    Ok(Building { columns: properties, geometry })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn a_building_has_every_column_of_its_layer_and_its_numbers_stand_as_in_features() {
        let layer = LayerId::Building.layer();
        let row: serde_json::Map<String, Value> = layer.columns.iter().map(|column| (column.name.clone(), Value::Null)).collect();
        let mut row = Value::Object(row);
        (row["code"], row["height_m"], row["gfa_m2"], row["storeys"]) = (json!("B1"), json!(24), json!(1234.5), json!(6));
        row["connected"] = json!(["substation"]);
        let columns: BuildingColumns = serde_json::from_value(row.clone()).expect("the columns of the dictionary and no others");
        assert_eq!(serde_json::to_string(&columns).expect("json"), row.to_string());
    }
}
