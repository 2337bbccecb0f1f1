//! The upstairs check as a use case: one parcel with its restrictions, roads, neighbours and buildings.

use super::{date, read_inputs};
use crate::analysis::upstairs::{ExistingBuilding, ExistingFloor, Overrides, ParcelCase, Restriction, RoadLine, check};
use crate::atlas::{Atlas, Table};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, catalogue, dictionary};
use crate::rules::{Packs, UpstairsPack};
use crate::service::Planner;
use crate::spatial::adjacency::{AdjacencyOptions, ContactClass, neighbours};
use geo_types::{Coord, MultiPolygon, Rect};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Inputs {
    parcel: String,
    cluster: Option<String>,
    set: BTreeMap<String, f64>,
    as_of: Option<String>,
}

/// Metres around a parcel in which roads and other parcels matter: beyond the widest road's half and the facing distance of any pack.
const SURROUNDINGS_M: f64 = 80.0;

impl Planner {
    pub(super) fn upstairs(&self, raw: &Value) -> Outcome<Value> {
        let inputs: Inputs = read_inputs(raw)?;
        let as_of = date(inputs.as_of.as_deref())?;
        if let Some(cluster) = &inputs.cluster
            && catalogue().cluster(cluster).is_none()
        {
            return Err(Fault::bad("no_such_cluster", format!("目录中没有产业集群 {cluster}"), format!("the catalogue has no cluster {cluster}"))
                .at("/inputs/cluster"));
        }
        let mut overrides = Overrides::default();
        for (lever, value) in &inputs.set {
            if !value.is_finite() || *value < 0.0 || !overrides.set(lever, *value) {
                return Err(Fault::bad(
                    "lever",
                    format!("不认识或不可用的参数 {lever}={value}"),
                    format!("unknown or unusable setting {lever}={value}"),
                )
                .at(format!("/inputs/set/{lever}")));
            }
        }
        let row = self.parcel_row(&inputs.parcel)?;
        let atlas = self.atlas();
        let Some(table) = atlas.table("parcel") else { return Err(Fault::internal("atlas", "no parcel layer")) };
        let pack = UpstairsPack::resolve(Packs::embedded(), table.text(row, "district"), inputs.cluster.as_deref())?;
        let case = self.parcel_case(&atlas, table, row, &pack)?;
        let mut answer = check(&case, &pack, &overrides).to_json(&|x, y| {
            let place = self.crs().to_lon_lat(Coord { x, y });
            (place.x, place.y)
        });
        answer["set"] = in_force(&case, &pack, &overrides);
        self.with_run(answer, "upstairs", raw, (&pack.id, &pack.version), 0, &as_of.to_string())
    }

    /// Everything the check must know of a parcel.
    pub fn parcel_case(&self, atlas: &Atlas, table: &Table, row: usize, pack: &UpstairsPack) -> Outcome<ParcelCase> {
        let Some(bounds) = table.shapes().bounds(row) else {
            return Err(Fault::bad(
                "no_geometry",
                format!("宗地 {} 没有几何", table.key(row)),
                format!("the parcel {} has no geometry", table.key(row)),
            ));
        };
        let reach = Coord { x: SURROUNDINGS_M, y: SURROUNDINGS_M };
        let around = Rect::new(bounds.min() - reach, bounds.max() + reach);
        let near: Vec<u32> = table.index().rows(around).into_iter().filter(|other| *other as usize != row).collect();
        let mut case = ParcelCase::new(table.key(row), table.shapes().multi_polygon(row));
        case.far_limit = table.number(row, "far_limit");
        case.height_limit_m = table.number(row, "height_limit_m");
        case.coverage_limit = table.number(row, "coverage_limit");
        case.built_gfa_m2 = table.number(row, "built_gfa_m2");
        case.restrictions = restrictions(atlas, around, pack);
        case.roads = roads(atlas, around);
        case.adjoining = longest_contact(table, row, &near);
        case.neighbours = near.iter().map(|other| table.shapes().multi_polygon(*other as usize)).collect();
        case.existing = self.existing_buildings(atlas, table.key(row), around)?;
        Ok(case)
    }

    fn existing_buildings(&self, atlas: &Atlas, parcel: &str, around: Rect<f64>) -> Outcome<Vec<ExistingBuilding>> {
        let Some(buildings) = atlas.table("building") else { return Ok(Vec::new()) };
        let floor_layer = dictionary().known("floor");
        let mut existing = Vec::new();
        for row in buildings.index().rows(around).into_iter().map(|row| row as usize).filter(|row| buildings.text(*row, "parcel") == Some(parcel)) {
            let code = buildings.key(row).to_owned();
            let floors = self.store.rows(floor_layer, &[("building", &code)])?;
            let floors = floors
                .iter()
                .map(|(_, floor)| {
                    let number = |name: &str| floor.get(floor_layer, name).as_f64();
                    ExistingFloor {
                        order: number("floor_order").unwrap_or(1.0).max(0.0) as usize,
                        height_m: number("height_m"),
                        load_kn_m2: number("load_kn_m2"),
                        fire_class: floor.get(floor_layer, "fire_class").as_str().map(str::to_owned),
                        lifts: number("lifts").map(|lifts| lifts.max(0.0) as usize),
                    }
                })
                .collect();
            existing.push(ExistingBuilding {
                storeys: buildings.number(row, "storeys").map(|storeys| storeys.max(0.0) as usize),
                height_m: buildings.number(row, "height_m"),
                gfa_m2: buildings.number(row, "gfa_m2"),
                floors,
                code,
            });
        }
        Ok(existing)
    }
}

/// The figures that the check used, by the levers' names: what sliders start from. Null is no limit.
fn in_force(case: &ParcelCase, pack: &UpstairsPack, set: &Overrides) -> Value {
    let least = |record: Option<f64>, pack: Option<f64>| match (record, pack) {
        (Some(record), Some(pack)) => Some(record.min(pack)),
        (record, pack) => record.or(pack),
    };
    let roads = pack.setback.road.values().map(|figure| figure.value).reduce(f64::max);
    json!({
        "far": set.far.or(least(case.far_limit, pack.far_max.value)),
        "height": set.height.or(least(case.height_limit_m, pack.height_max.value)),
        "coverage": set.coverage.or(least(case.coverage_limit, pack.coverage_max.value)),
        "setback_road": set.setback_road.or(roads),
        "setback_side": set.setback_side.unwrap_or(pack.setback.side.value),
        "storey_ground": set.storey_ground.unwrap_or(pack.storey.height[0].value),
        "storey_lower": set.storey_lower.unwrap_or(pack.storey.height[1].value),
        "storey_typical": set.storey_typical.unwrap_or(pack.storey.height[2].value),
        "lifts": set.lifts,
    })
}

/// A kind that the city's control lines hold somewhere is a loaded layer; one that occurs nowhere was never loaded (U2).
fn restrictions(atlas: &Atlas, around: Rect<f64>, pack: &UpstairsPack) -> Vec<Restriction> {
    let Some(lines) = atlas.table("control_line").filter(|lines| !lines.is_empty()) else { return Vec::new() };
    let mut found: Vec<Restriction> = Vec::new();
    for row in lines.index().rows(around).into_iter().map(|row| row as usize) {
        let Some(kind) = lines.text(row, "kind") else { continue };
        found.push(Restriction {
            kind: kind.to_owned(),
            geometry: lines.shapes().multi_polygon(row),
            hard: lines.flag(row, "hard").unwrap_or(true),
            dedicated: lines.flag(row, "dedicated"),
            height_limit_m: lines.number(row, "height_limit_m"),
            layer_loaded: true,
        });
    }
    let loaded = lines.column("kind").map_or(&[][..], |column| column.texts());
    for kind in &pack.land.order.value {
        if loaded.iter().any(|known| **known == **kind) && !found.iter().any(|restriction| restriction.kind == *kind) {
            found.push(Restriction::none_here(kind));
        }
    }
    found
}

fn roads(atlas: &Atlas, around: Rect<f64>) -> Option<Vec<RoadLine>> {
    let roads = atlas.table("road").filter(|roads| !roads.is_empty())?;
    let near = roads.index().rows(around).into_iter().map(|row| row as usize);
    Some(
        near.flat_map(|row| {
            roads.shapes().multi_line(row).0.into_iter().map(move |line| RoadLine {
                class: roads.text(row, "class").unwrap_or_default().to_owned(),
                width_m: roads.number(row, "width_m"),
                line,
            })
        })
        .collect(),
    )
}

/// The neighbour with the longest edge contact.
fn longest_contact(table: &Table, row: usize, near: &[u32]) -> Option<MultiPolygon<f64>> {
    let contacts = neighbours(table.shapes(), row, near, &AdjacencyOptions::default());
    let best =
        contacts.iter().filter(|contact| contact.class == ContactClass::Edge).max_by(|a, b| a.length_m.total_cmp(&b.length_m).then(b.b.cmp(&a.b)))?;
    let other = if best.a as usize == row { best.b } else { best.a };
    Some(table.shapes().multi_polygon(other as usize))
}
