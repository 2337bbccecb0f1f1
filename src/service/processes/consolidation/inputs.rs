//! What a consolidation is asked; what is left out comes from the pack.

use super::super::drawing::Drawn;
use crate::analysis::consolidation::{Params, Weights};
use crate::domain::units::{SQUARE_METRES_PER_HECTARE, hectares};
use crate::rules;
use crate::spatial::AdjacencyOptions;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Array, ArrayBuilder, ObjectBuilder, SchemaType, Type};

/// One of `park`, `area` and `parcels` says where.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ConsolidateInputs)]
pub struct Inputs {
    /// Code of a park.
    pub park: Option<String>,
    /// GeoJSON Polygon or MultiPolygon in longitude and latitude.
    pub area: Option<Drawn>,
    /// Codes of parcels: a basket.
    pub parcels: Option<Vec<String>>,
    #[schema(minimum = 0)]
    pub min_area_ha: Option<f64>,
    #[schema(exclusive_minimum = 0)]
    pub max_area_ha: Option<f64>,
    /// Most sites.
    #[schema(minimum = 1)]
    pub sites: Option<usize>,
    /// 万元.
    #[schema(minimum = 0)]
    pub budget_wan: Option<f64>,
    pub weights: PartialWeights,
    /// Parcels that must be in a site.
    pub pin: Vec<String>,
    /// Parcels that must not be in one.
    pub ban: Vec<String>,
    /// Widest gap between neighbours, m.
    #[schema(minimum = 0, maximum = 50)]
    pub tolerance_m: Option<f64>,
    #[schema(minimum = 0, maximum = 1)]
    pub min_compactness: Option<f64>,
    /// Width and length, m, of a rectangle that must fit into every site.
    #[schema(schema_with = sides)]
    pub rectangle_m: Option<(f64, f64)>,
    /// Roads and unparcelled land up to this width may lie within a site; 0 allows none.
    #[schema(minimum = 0)]
    pub bridge_width_m: Option<f64>,
    pub seed: Option<u64>,
    /// ISO date on which time-dependent figures stand; today when left out.
    pub as_of: Option<String>,
    /// Rule pack as `ID` or `ID@version`; the one in force when left out.
    pub pack: Option<String>,
    /// Seconds after which the best plan so far is the answer.
    #[schema(minimum = 0.1, maximum = 600)]
    pub time_limit: Option<f64>,
}

#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PartialWeights {
    #[schema(minimum = 0, maximum = 1000000)]
    pub area: Option<f64>,
    #[schema(minimum = 0, maximum = 1000000)]
    pub compactness: Option<f64>,
    #[schema(minimum = 0, maximum = 1000000)]
    pub cost: Option<f64>,
    #[schema(minimum = 0, maximum = 1000000)]
    pub owners: Option<f64>,
    #[schema(minimum = 0, maximum = 1000000)]
    pub readiness: Option<f64>,
}

fn sides() -> Array {
    let side = ObjectBuilder::new().schema_type(Type::Number).exclusive_minimum(Some(0)).build();
    let list = ArrayBuilder::new().schema_type(SchemaType::from_iter([Type::Array, Type::Null])).items(side).min_items(Some(2)).max_items(Some(2));
    list.description(Some("Width and length, m, of a rectangle that must fit into every site.")).build()
}

/// The pack's figures under the names of the inputs.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ConsolidateDefaults)]
pub struct Defaults {
    min_area_ha: f64,
    max_area_ha: f64,
    sites: usize,
    tolerance_m: f64,
    min_compactness: f64,
    bridge_width_m: f64,
    #[schema(required)]
    rectangle_m: Option<(f64, f64)>,
    pack: String,
    pack_version: String,
    weights: DefaultWeights,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
struct DefaultWeights {
    area: f64,
    compactness: f64,
    cost: f64,
    owners: f64,
    readiness: f64,
}

impl Defaults {
    pub(super) fn of(pack: &rules::ConsolidationPack) -> Defaults {
        let weights = pack.weights;
        Defaults {
            min_area_ha: hectares(pack.area_min.value),
            max_area_ha: hectares(pack.area_max.value),
            sites: pack.count_max.value,
            tolerance_m: pack.gap.value,
            min_compactness: pack.compactness_min.value,
            bridge_width_m: pack.bridge_width.value,
            rectangle_m: pack.rectangle,
            pack: pack.id.clone(),
            pack_version: pack.version.clone(),
            weights: DefaultWeights {
                area: weights.area,
                compactness: weights.compactness,
                cost: weights.cost,
                owners: weights.owners,
                readiness: weights.readiness,
            },
        }
    }
}

pub(super) fn params(inputs: &Inputs, pack: &rules::ConsolidationPack, year: i32) -> Params {
    let weight = |own: Option<f64>, default: f64| own.unwrap_or(default);
    Params {
        min_area_m2: inputs.min_area_ha.map_or(pack.area_min.value, |ha| ha * SQUARE_METRES_PER_HECTARE),
        max_area_m2: Some(inputs.max_area_ha.map_or(pack.area_max.value, |ha| ha * SQUARE_METRES_PER_HECTARE)),
        sites: Some(inputs.sites.unwrap_or(pack.count_max.value)),
        budget_wan: inputs.budget_wan,
        weights: Weights {
            area: weight(inputs.weights.area, pack.weights.area),
            compactness: weight(inputs.weights.compactness, pack.weights.compactness),
            cost: weight(inputs.weights.cost, pack.weights.cost),
            owners: weight(inputs.weights.owners, pack.weights.owners),
            readiness: weight(inputs.weights.readiness, pack.weights.readiness),
        },
        pins: inputs.pin.clone(),
        bans: inputs.ban.clone(),
        adjacency: AdjacencyOptions {
            tolerance_m: inputs.tolerance_m.unwrap_or(pack.gap.value),
            angle_deg: pack.angle_deg.value,
            min_length_m: pack.length_min.value,
        },
        min_compactness: Some(inputs.min_compactness.unwrap_or(pack.compactness_min.value)),
        rectangle_m: inputs.rectangle_m.or(pack.rectangle),
        dedicated: Vec::new(),
        bridge_width_m: inputs.bridge_width_m.unwrap_or(pack.bridge_width.value),
        seed: inputs.seed.unwrap_or(1),
        as_of_year: year,
    }
}
