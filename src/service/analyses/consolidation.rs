//! Land consolidation as a use case: parcels of a park, a drawn area or a basket, with what lies on and over them.

use super::{date, read_inputs};
use super::{parcel_row, with_run};
use crate::analysis::Control;
use crate::analysis::consolidation::{self, LandSplitTable, Params, ParcelInput, SharedStep, Weights};
use crate::city::{City, Table};
use crate::domain::Fault;
use crate::domain::Role;
use crate::domain::fault::Outcome;
use crate::domain::units::hectares;
use crate::rules::{self, Packs};
use crate::service::Viewer;
use crate::service::instruments::{LandOn, dedicated_land, keep_standing};
use crate::spatial::polygons::{PolygonSet, Polygons, Subset};
use crate::spatial::{AdjacencyOptions, Graph, adjacency, overlay};
use chrono::{Datelike, NaiveDate};
use geo::{BoundingRect, MapCoords};
use geo_types::{Coord, Geometry, MultiPolygon, Rect};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

/// What the planner asks for; what is left out comes from the pack.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Inputs {
    park: Option<String>,
    /// GeoJSON Polygon or MultiPolygon in lon/lat.
    area: Option<Value>,
    parcels: Option<Vec<String>>,
    min_area_ha: Option<f64>,
    max_area_ha: Option<f64>,
    sites: Option<usize>,
    budget_wan: Option<f64>,
    weights: PartialWeights,
    pin: Vec<String>,
    ban: Vec<String>,
    tolerance_m: Option<f64>,
    min_compactness: Option<f64>,
    rectangle_m: Option<(f64, f64)>,
    /// Roads and unparcelled land up to this width may lie within a site; 0 allows none.
    bridge_width_m: Option<f64>,
    seed: Option<u64>,
    as_of: Option<String>,
    /// Seconds after which the best plan so far is the answer.
    time_limit: Option<f64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PartialWeights {
    area: Option<f64>,
    compactness: Option<f64>,
    cost: Option<f64>,
    owners: Option<f64>,
    readiness: Option<f64>,
}

/// What a run is made of.
struct Instance<'a> {
    set: Subset<'a, crate::spatial::arena::Arena>,
    parcels: Vec<ParcelInput>,
    params: Params,
    /// Rows in question that an instrument has taken into a plan parcel by then.
    gone: Vec<u32>,
}

/// Metres around a basket in which connecting parcels are looked for.
const CONNECT_M: f64 = 200.0;
/// Parcels around a basket beyond which none are looked for: such a basket is no site in the making.
const MOST_AROUND: usize = 20_000;

/// Seconds that a run may take when nothing is said.
const DEFAULT_TIME_LIMIT: f64 = 20.0;
const LONGEST_TIME_LIMIT: f64 = 600.0;

pub(super) fn consolidate(city: &City, viewer: &Viewer, raw: &Value, watch: Control<'_>) -> Outcome<Value> {
    let inputs: Inputs = read_inputs(raw)?;
    let pack = rules::ConsolidationPack::read(&Packs::embedded().resolve("consolidation", None)?)?;
    let as_of = date(inputs.as_of.as_deref())?;
    let Some(table) = city.named("parcel") else { return Err(Fault::internal("city", "no parcel layer")) };
    let Instance { set, parcels, params, gone } = instance(city, table, &inputs, &pack, as_of)?;
    if parcels.is_empty() {
        return Err(Fault::bad("no_parcels", "所选范围内没有宗地", "there is no parcel in the area")
            .help("换一个园区或画大一些", "choose another park or draw a larger area"));
    }
    let limit = inputs.time_limit.unwrap_or(DEFAULT_TIME_LIMIT).clamp(0.1, LONGEST_TIME_LIMIT);
    let deadline = Instant::now() + Duration::from_secs_f64(limit);
    let control = Control { stop: &|| (watch.stop)() || Instant::now() >= deadline, progress: watch.progress };
    let answer = consolidation::consolidate(&set, &parcels, &plain(&pack), &params, control)?;
    let mut value = answer.to_json(&|point: Coord<f64>| city.crs.to_lon_lat(point));
    if let (false, Some(excluded)) = (gone.is_empty(), value["excluded"].as_array_mut()) {
        let codes: Vec<&str> = gone.iter().map(|row| table.key(*row as usize)).collect();
        let area_m2: f64 = gone.iter().map(|row| table.shapes().area(*row as usize)).sum();
        excluded.push(json!({ "reason": "consolidated", "count": gone.len(), "area_m2": area_m2, "parcels": codes, "details": [] }));
    }
    if !matches!(viewer.role(), Role::Planner | Role::Admin) {
        hide_owners(&mut value);
    }
    if inputs.parcels.is_some() {
        value["connect"] = connections(city, table, &set.items, &pack, as_of, &params)?;
    }
    with_run(city, value, "consolidate", raw, (&pack.id, &pack.version), params.seed, &as_of.to_string())
}

/// Parts the rows into those that stand on a day, with their shares, and those that an instrument in force has taken into a plan parcel.
fn standing(city: &City, table: &Table, rows: Vec<u32>, shares: Vec<f64>, day: &str) -> Outcome<(Vec<u32>, Vec<f64>, Vec<u32>)> {
    let mut kept = rows.clone();
    keep_standing(city, table, &mut kept, &LandOn::parse(day)?);
    let stands = |row: &u32| kept.binary_search(row).is_ok();
    let gone = rows.iter().filter(|row| !stands(row)).copied().collect();
    let shares = rows.iter().zip(shares).filter(|(row, _)| stands(row)).map(|(_, share)| share).collect();
    Ok((kept, shares, gone))
}

/// The cheapest eligible parcels that would join the pieces of a basket; around it, as far as a street block reaches.
fn connections(city: &City, table: &Table, basket: &[u32], pack: &rules::ConsolidationPack, as_of: NaiveDate, params: &Params) -> Outcome<Value> {
    let own = Subset { set: table.shapes(), items: basket.to_vec() };
    let reach = Coord { x: CONNECT_M, y: CONNECT_M };
    let boxes = (0..own.len()).map(|item| own.bounds(item));
    let Some(bounds) = boxes.reduce(|a, b| {
        let (min, max) = (a.min(), a.max());
        Rect::new((min.x.min(b.min().x), min.y.min(b.min().y)), (max.x.max(b.max().x), max.y.max(b.max().y)))
    }) else {
        return Ok(json!([]));
    };
    let mut rows = table.index().rows(Rect::new(bounds.min() - reach, bounds.max() + reach));
    keep_standing(city, table, &mut rows, &LandOn::parse(&as_of.to_string())?);
    if rows.len() > MOST_AROUND {
        return Ok(json!([]));
    }
    let (parcels, areas, plain, _) = parcels_to_judge(city, &rows, pack, as_of.year());
    let around = Subset { set: table.shapes(), items: rows };
    let contacts = adjacency(&around, &params.adjacency);
    let graph = Graph::of_edges(around.items.len(), &contacts);
    let cost: Vec<Option<f64>> = consolidation::judge(&parcels, &areas, &plain, params)
        .iter()
        .map(|judgement| judgement.is_eligible().then_some(judgement.cost_wan))
        .collect();
    let wanted: Vec<bool> = around.items.iter().map(|row| basket.binary_search(row).is_ok()).collect();
    let codes = |nodes: &[u32]| nodes.iter().map(|node| table.key(around.items[*node as usize] as usize)).collect::<Vec<_>>();
    let found: Vec<Value> = consolidation::connect(&graph, &cost, &wanted)
        .iter()
        .map(|connection| {
            let area_m2: f64 = connection.through.iter().map(|node| areas[*node as usize]).sum();
            json!({ "parcels": codes(&connection.through), "joins": codes(&connection.joins), "added_area_m2": area_m2, "cost_wan": connection.cost_wan })
        })
        .collect();
    Ok(json!(found))
}

/// One park with the pack's figures alone: what an action plan spreads over the years.
pub(super) fn solve_park(
    city: &City,
    park: &str,
    pack: &rules::ConsolidationPack,
    as_of: NaiveDate,
    seed: u64,
    stop: &(dyn Fn() -> bool + Sync),
) -> Outcome<consolidation::Answer> {
    let inputs = Inputs { park: Some(park.to_owned()), seed: Some(seed), ..Inputs::default() };
    let Some(table) = city.named("parcel") else { return Err(Fault::internal("city", "no parcel layer")) };
    let Instance { set, parcels, params, .. } = instance(city, table, &inputs, pack, as_of)?;
    consolidation::consolidate(&set, &parcels, &plain(pack), &params, Control { stop, progress: &|_| {} })
}

/// The parcels in question that stand on a day, with what lies on and over them.
fn instance<'a>(city: &City, table: &'a Table, inputs: &Inputs, pack: &rules::ConsolidationPack, as_of: NaiveDate) -> Outcome<Instance<'a>> {
    let (rows, share_inside) = rows_in_question(city, table, inputs)?;
    let (items, share_inside, gone) = standing(city, table, rows, share_inside, &as_of.to_string())?;
    let set = Subset { set: table.shapes(), items };
    let parcels = evidence(city, table, &set, &share_inside, pack);
    let params = Params { dedicated: dedicated_land(city, &set), ..params(inputs, pack, as_of.year()) };
    Ok(Instance { set, parcels, params, gone })
}

/// Parcels as the eligibility test sees them, with their planar areas.
pub(super) fn parcels_to_judge(
    city: &City,
    rows: &[u32],
    pack: &rules::ConsolidationPack,
    year: i32,
) -> (Vec<ParcelInput>, Vec<f64>, consolidation::ConsolidationPack, Params) {
    let params = params(&Inputs::default(), pack, year);
    let Some(table) = city.named("parcel") else { return (Vec::new(), Vec::new(), plain(pack), params) };
    let set = Subset { set: table.shapes(), items: rows.to_vec() };
    let parcels = evidence(&city, table, &set, &vec![1.0; rows.len()], pack);
    let areas = (0..set.len()).map(|i| set.area_m2(i)).collect();
    (parcels, areas, plain(pack), params)
}

/// Rows of the parcels that the question may touch, ascending, with the share of each inside the area.
fn rows_in_question(city: &City, table: &Table, inputs: &Inputs) -> Outcome<(Vec<u32>, Vec<f64>)> {
    let area = match (&inputs.park, &inputs.area, &inputs.parcels) {
        (Some(park), None, None) => {
            let parks = city.named("park").filter(|parks| parks.row_of(park).is_some());
            let row = parks.and_then(|parks| parks.row_of(park).map(|row| parks.shapes().multi_polygon(row)));
            row.ok_or_else(|| Fault::not_found("no_such_park", format!("没有园区 {park}"), format!("there is no park {park}")).at("/inputs/park"))?
        }
        (None, Some(area), None) => drawn_area(city, area)?,
        (None, None, Some(codes)) => {
            let mut rows = Vec::with_capacity(codes.len());
            for code in codes {
                rows.push(parcel_row(city, code)? as u32);
            }
            rows.sort_unstable();
            rows.dedup();
            let shares = vec![1.0; rows.len()];
            return Ok((rows, shares));
        }
        _ => {
            return Err(Fault::bad("area", "请给出 park、area、parcels 三者之一", "give one of park, area and parcels").at("/inputs"));
        }
    };
    let bounds = area.bounding_rect().unwrap_or_else(|| Rect::new(Coord { x: 0.0, y: 0.0 }, Coord { x: 0.0, y: 0.0 }));
    let near = Subset { set: table.shapes(), items: table.index().rows(bounds) };
    let question: Polygons = [&area].into_iter().collect();
    let (mut rows, mut shares) = (Vec::new(), Vec::new());
    for (item, _, shared) in overlay(&near, &question) {
        let whole = near.area_m2(item as usize);
        // A sliver of contact is no part of the question.
        if whole > 0.0 && shared / whole > 1e-6 {
            rows.push(near.items[item as usize]);
            shares.push((shared / whole).min(1.0));
        }
    }
    Ok((rows, shares))
}

fn drawn_area(city: &City, area: &Value) -> Outcome<MultiPolygon<f64>> {
    let bad = |zh: &str, en: &str| Fault::bad("area", zh, en).at("/inputs/area");
    let unreadable = || bad("area 应为 GeoJSON 面（经纬度）", "the area is a GeoJSON polygon in longitude and latitude");
    // A Feature or a FeatureCollection of one is what drawing tools save.
    let geometry = match area.get("type").and_then(Value::as_str) {
        Some("FeatureCollection") => area["features"].get(0).map(|feature| feature["geometry"].clone()).ok_or_else(unreadable)?,
        Some("Feature") => area["geometry"].clone(),
        _ => area.clone(),
    };
    let parsed: geojson::Geometry = serde_json::from_value(geometry).map_err(|_| unreadable())?;
    let shape = match Geometry::try_from(parsed).map_err(|_| unreadable())? {
        Geometry::Polygon(part) => MultiPolygon(vec![part]),
        Geometry::MultiPolygon(shape) => shape,
        _ => return Err(unreadable()),
    };
    use geo::Validation;
    if shape.0.is_empty() || !shape.is_valid() {
        return Err(bad("画的范围自相交或不闭合", "the drawn area crosses itself or is not closed"));
    }
    let plane = shape.map_coords(|point| city.crs.from_lon_lat(point));
    let finite = plane
        .bounding_rect()
        .is_some_and(|bounds| bounds.min().x.is_finite() && bounds.max().x.is_finite() && bounds.min().y.is_finite() && bounds.max().y.is_finite());
    if finite { Ok(plane) } else { Err(unreadable()) }
}

/// What a run takes when nothing is said: the pack's figures under the names of the inputs.
pub(super) fn defaults() -> Outcome<Value> {
    let pack = rules::ConsolidationPack::read(&Packs::embedded().resolve("consolidation", None)?)?;
    let weights = &pack.weights;
    Ok(json!({
        "min_area_ha": hectares(pack.area_min.value), "max_area_ha": hectares(pack.area_max.value), "sites": pack.count_max.value,
        "tolerance_m": pack.gap.value, "min_compactness": pack.compactness_min.value, "bridge_width_m": pack.bridge_width.value,
        "rectangle_m": pack.rectangle, "pack": pack.id, "pack_version": pack.version,
        "weights": {
            "area": weights.area, "compactness": weights.compactness, "cost": weights.cost, "owners": weights.owners, "readiness": weights.readiness,
        },
    }))
}

fn params(inputs: &Inputs, pack: &rules::ConsolidationPack, year: i32) -> Params {
    let weight = |own: Option<f64>, default: f64| own.unwrap_or(default);
    Params {
        min_area_m2: inputs.min_area_ha.map_or(pack.area_min.value, |ha| ha * 10_000.0),
        max_area_m2: Some(inputs.max_area_ha.map_or(pack.area_max.value, |ha| ha * 10_000.0)),
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

/// The pack's figures without their sources, as the solver takes them.
fn plain(pack: &rules::ConsolidationPack) -> consolidation::ConsolidationPack {
    let values = |figures: &BTreeMap<String, rules::Cited<f64>>| figures.iter().map(|(key, figure)| (key.clone(), figure.value)).collect();
    let split = &pack.split;
    let steps = split.bands.iter().enumerate().map(|(index, band)| {
        let far_to = split.bands.get(index + 1).map_or(f64::INFINITY, |next| next.from);
        SharedStep { far_to, base: band.base, per_far: band.per_far, cap: 1.0 }
    });
    consolidation::ConsolidationPack {
        industrial_uses: pack.planned_uses.value.clone(),
        min_share_inside: pack.inside_share.value,
        control_max_share: BTreeMap::new(),
        control_default_max_share: pack.control_share.value,
        recent_building_years: pack.recent_years.value,
        dense_far: pack.dense_far.value,
        land_price_wan_m2: values(&pack.land_price),
        demolition_price_wan_m2: values(&pack.demolition_price),
        readiness: values(&pack.readiness),
        land_split: Some(LandSplitTable {
            legal_tenures: vec!["state_reserve".into(), "state_granted".into()],
            legal_factor: split.legal_factor.value,
            shared_tenures: vec!["collective".into(), "irregular".into(), "unverified".into()],
            shared: steps.collect(),
            cap_share: split.retained_cap.value,
        }),
    }
}

fn evidence(
    city: &City,
    table: &Table,
    set: &Subset<'_, crate::spatial::arena::Arena>,
    share_inside: &[f64],
    pack: &rules::ConsolidationPack,
) -> Vec<ParcelInput> {
    let mut control: Vec<Vec<(String, f64)>> = vec![Vec::new(); set.items.len()];
    if let Some(lines) = city.named("control_line") {
        let hard: Vec<u32> = (0..lines.len() as u32)
            .filter(|row| lines.flag(*row as usize, "hard") == Some(true))
            .filter(|row| lines.text(*row as usize, "kind").is_some_and(|kind| pack.hard_kinds.value.iter().any(|known| known == kind)))
            .collect();
        let lines_set = Subset { set: lines.shapes(), items: hard };
        for (item, line, shared) in overlay(set, &lines_set) {
            let kind = lines.text(lines_set.items[line as usize] as usize, "kind").unwrap_or_default();
            let share = shared / set.area_m2(item as usize).max(f64::MIN_POSITIVE);
            let shares = &mut control[item as usize];
            match shares.iter_mut().find(|(known, _)| known == kind) {
                Some((_, sum)) => *sum += share,
                None => shares.push((kind.to_owned(), share)),
            }
        }
    }
    let buildings = largest_buildings(city);
    set.items
        .iter()
        .zip(share_inside)
        .zip(control)
        .map(|((row, share), control_share)| {
            let row = *row as usize;
            let text = |name: &str| table.text(row, name).map(str::to_owned);
            let code = table.key(row).to_owned();
            let building = buildings.get(&code);
            ParcelInput {
                is_road: table.text(row, "land_use").is_some_and(|code| code.starts_with("12")),
                geometry_valid: table.shapes().area(row) > 0.0,
                tenure: text("tenure"),
                owner: text("owner"),
                built_gfa_m2: table.number(row, "built_gfa_m2"),
                has_building: building.is_some(),
                built_year: table.number(row, "built_year").map(|year| year as i32),
                structure: building.and_then(|(_, structure)| structure.clone()),
                planned_use: text("planned_use"),
                far_present: table.number(row, "far_present"),
                stage: text("stage"),
                share_inside: *share,
                control_share,
                code,
            }
        })
        .collect()
}

/// By parcel: GFA and structure of its largest building.
fn largest_buildings(city: &City) -> HashMap<String, (f64, Option<String>)> {
    let mut largest: HashMap<String, (f64, Option<String>)> = HashMap::new();
    let Some(buildings) = city.named("building") else { return largest };
    for row in 0..buildings.len() {
        let Some(parcel) = buildings.text(row, "parcel") else { continue };
        let gfa = buildings.number(row, "gfa_m2").unwrap_or(0.0);
        if largest.get(parcel).is_none_or(|(most, _)| gfa > *most) {
            largest.insert(parcel.to_owned(), (gfa, buildings.text(row, "structure").map(str::to_owned)));
        }
    }
    largest
}

fn hide_owners(value: &mut Value) {
    let candidates = value["candidates"].as_array_mut().into_iter().flatten();
    for row in candidates
        .flat_map(|candidate| candidate["sites"].as_array_mut().into_iter().flatten())
        .flat_map(|site| site["ledger"]["rows"].as_array_mut().into_iter().flatten())
    {
        if let Some(members) = row.as_object_mut() {
            members.remove("owner");
        }
    }
}

/// One GeoJSON feature per site of the candidate `label` (the first when it is not there).
pub fn sites_as_geojson(answer: &Value, label: &str) -> Value {
    let candidates = answer["candidates"].as_array();
    let chosen = candidates.and_then(|all| all.iter().find(|candidate| candidate["label"] == label).or(all.first()));
    let features: Vec<Value> = chosen
        .and_then(|candidate| candidate["sites"].as_array())
        .into_iter()
        .flatten()
        .map(|site| {
            let mut properties = site.clone();
            if let Some(members) = properties.as_object_mut() {
                members.remove("outline");
                members.remove("ledger");
            }
            json!({ "type": "Feature", "id": site["id"], "geometry": site["outline"], "properties": properties })
        })
        .collect();
    json!({ "type": "FeatureCollection", "run": answer["run"], "features": features })
}
