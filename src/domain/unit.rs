//! Floors and their units, as rows with types.

use super::columns::{floor, unit};
use super::row::Row;
use serde::Serialize;
use utoipa::ToSchema;

/// A floor unit. Areas in m², rent in yuan per m² and month, dates as ISO texts.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Unit {
    pub id: String,
    pub building: String,
    pub floor: Option<String>,
    pub area_m2: Option<f64>,
    #[serde(rename = "use")]
    pub use_code: Option<String>,
    pub state: Option<String>,
    pub as_of: Option<String>,
    pub source: Option<String>,
    pub revision: i64,
    /// For the park's own operator only.
    #[serde(flatten)]
    #[schema(value_type = UnitPrivate)]
    pub private: Option<UnitPrivate>,
}

/// What of a unit is seen inside its park only.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct UnitPrivate {
    pub tenant: Option<String>,
    pub cluster: Option<String>,
    pub lease_end: Option<String>,
    pub rent_yuan_m2_month: Option<f64>,
    pub note: Option<String>,
}

/// A floor of a building.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Floor {
    pub code: String,
    pub building: String,
    pub floor: Option<String>,
    pub lifts: Option<i64>,
    pub area_m2: Option<f64>,
    pub height_m: Option<f64>,
    pub load_kn_m2: Option<f64>,
    pub power_kva: Option<f64>,
    pub fire_class: Option<String>,
    /// 1 is the ground floor.
    pub order: Option<i64>,
}

impl From<&Row> for Unit {
    fn from(row: &Row) -> Self {
        let own = |text: Option<&str>| text.map(str::to_owned);
        Unit {
            id: own(row.text(unit::ID)).unwrap_or_default(),
            building: own(row.text(unit::BUILDING)).unwrap_or_default(),
            floor: own(row.text(unit::FLOOR)),
            area_m2: row.number(unit::AREA_M2),
            use_code: own(row.text(unit::USE)),
            state: own(row.text(unit::STATE)),
            as_of: own(row.text(unit::AS_OF)),
            source: own(row.text(unit::SOURCE)),
            revision: row.integer(unit::REVISION).unwrap_or(0),
            private: Some(UnitPrivate {
                tenant: own(row.text(unit::TENANT)),
                cluster: own(row.text(unit::CLUSTER)),
                lease_end: own(row.text(unit::LEASE_END)),
                rent_yuan_m2_month: row.number(unit::RENT_YUAN_M2_MONTH),
                note: own(row.text(unit::NOTE)),
            }),
        }
    }
}

impl From<&Row> for Floor {
    fn from(row: &Row) -> Self {
        let own = |text: Option<&str>| text.map(str::to_owned);
        Floor {
            code: own(row.text(floor::CODE)).unwrap_or_default(),
            building: own(row.text(floor::BUILDING)).unwrap_or_default(),
            floor: own(row.text(floor::FLOOR)),
            order: row.integer(floor::FLOOR_ORDER),
            area_m2: row.number(floor::AREA_M2),
            height_m: row.number(floor::HEIGHT_M),
            load_kn_m2: row.number(floor::LOAD_KN_M2),
            power_kva: row.number(floor::POWER_KVA),
            fire_class: own(row.text(floor::FIRE_CLASS)),
            lifts: row.integer(floor::LIFTS),
        }
    }
}
