//! The designation scorecard as a use case: evidence of every park, from the city and the tables.

use super::with_run;
use super::{date, read_inputs};
use crate::analysis::designation::{BuildingRecord, CityEvidence, FacilitySite, FirmRecord, ParcelRecord, ParkEvidence, UnitRecord, assess};
use crate::city::{City, Table};
use crate::domain::Fault;
use crate::domain::LayerId;
use crate::domain::fault::Outcome;
use crate::rules::{DesignationPack, Packs};
use crate::service::Viewer;
use chrono::NaiveDate;
use geo::Centroid;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Inputs {
    park: Option<String>,
    as_of: Option<String>,
}

pub(super) fn designate(city: &City, viewer: &Viewer, raw: &Value) -> Outcome<Value> {
    let inputs: Inputs = read_inputs(raw)?;
    let as_of = date(inputs.as_of.as_deref())?;
    let Some(park_table) = city.named("park") else { return Err(Fault::internal("city", "no park layer")) };
    if let Some(park) = &inputs.park
        && park_table.row_of(park).is_none()
    {
        return Err(Fault::not_found("no_such_park", format!("没有园区 {park}"), format!("there is no park {park}")).at("/inputs/park"));
    }
    let pack = DesignationPack::read(&Packs::embedded().resolve("designation", None)?)?;
    let firms = city.table(LayerId::Firm);
    let parks = park_evidence(city, park_table, &firms, as_of)?;
    let all_firms = (0..firms.len()).map(|row| firm(&firms, row, as_of)).collect();
    let evidence = CityEvidence { firms: (!firms.is_empty()).then_some(all_firms), table: None, facilities: facilities(&city) };
    // Ranks and means need every park; one park's card is then a part of the whole.
    let result = assess(&parks, &evidence, &pack, as_of);
    let mut answer = serde_json::to_value(&result).map_err(|error| Fault::internal("json", error))?;
    hide_firm_codes(viewer, &firms, &mut answer);
    if let (Some(park), Some(cards)) = (&inputs.park, answer["parks"].as_array_mut()) {
        cards.retain(|card| card["park"] == park.as_str());
    }
    with_run(city, answer, "designate", raw, (&pack.id, &pack.version), 0, &as_of.to_string())
}

fn park_evidence(city: &City, parks: &Table, firms: &Table, as_of: NaiveDate) -> Outcome<Vec<ParkEvidence>> {
    let mut evidence: Vec<ParkEvidence> = (0..parks.len())
        .map(|row| ParkEvidence {
            park: parks.key(row).to_owned(),
            park_type: parks.text(row, "type").map(str::to_owned),
            lead_clusters: parks.text(row, "lead_clusters").and_then(|list| serde_json::from_str(list).ok()).unwrap_or_default(),
            is_virtual: parks.flag(row, "virtual").unwrap_or(false),
            ..ParkEvidence::default()
        })
        .collect();
    let at: HashMap<String, usize> = evidence.iter().enumerate().map(|(index, park)| (park.park.clone(), index)).collect();
    let place = |park: Option<&str>| park.and_then(|park| at.get(park).copied());

    if !firms.is_empty() {
        evidence.iter_mut().for_each(|park| park.firms = Some(Vec::new()));
        for row in 0..firms.len() {
            if let Some(list) = place(firms.text(row, "park")).and_then(|park| evidence[park].firms.as_mut()) {
                list.push(firm(firms, row, as_of));
            }
        }
    }
    let mut park_of_building: HashMap<String, usize> = HashMap::new();
    if let Some(buildings) = city.named("building").filter(|table| !table.is_empty()) {
        evidence.iter_mut().for_each(|park| park.buildings = Some(Vec::new()));
        for row in 0..buildings.len() {
            let Some(park) = place(buildings.text(row, "park")) else { continue };
            park_of_building.insert(buildings.key(row).to_owned(), park);
            let centroid = buildings.shapes().multi_polygon(row).centroid().map_or([f64::NAN, f64::NAN], |point| [point.x(), point.y()]);
            if let Some(list) = evidence[park].buildings.as_mut() {
                list.push(BuildingRecord {
                    code: buildings.key(row).to_owned(),
                    gfa_m2: buildings.number(row, "gfa_m2"),
                    centroid,
                    connected: BTreeMap::new(),
                });
            }
        }
    }
    let units = city.table(LayerId::Unit);
    if !units.is_empty() {
        evidence.iter_mut().for_each(|park| park.units = Some(Vec::new()));
        for row in 0..units.len() {
            let Some(park) = units.text(row, "building").and_then(|building| park_of_building.get(building)) else { continue };
            if let Some(list) = evidence[*park].units.as_mut() {
                list.push(UnitRecord {
                    id: units.key(row).to_owned(),
                    area_m2: units.number(row, "area_m2"),
                    use_code: units.text(row, "use").map(str::to_owned),
                    state: units.text(row, "state").map(str::to_owned),
                    has_tenant: units.text(row, "tenant").is_some(),
                    cluster: units.text(row, "cluster").map(str::to_owned),
                    rent: units.number(row, "rent_yuan_m2_month"),
                    as_of: day(units.text(row, "as_of")),
                });
            }
        }
    }
    if let Some(parcels) = city.named("parcel").filter(|table| !table.is_empty()) {
        evidence.iter_mut().for_each(|park| park.parcels = Some(Vec::new()));
        for row in 0..parcels.len() {
            if let Some(list) = place(parcels.text(row, "park")).and_then(|park| evidence[park].parcels.as_mut()) {
                list.push(ParcelRecord {
                    code: parcels.key(row).to_owned(),
                    registered_area_m2: parcels.number(row, "registered_area_m2"),
                    land_use: parcels.text(row, "land_use").map(str::to_owned),
                    tenure: parcels.text(row, "tenure").map(str::to_owned),
                });
            }
        }
    }
    Ok(evidence)
}

fn day(text: Option<&str>) -> Option<NaiveDate> {
    text.and_then(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
}

/// The certificate column is a register: once any firm has a date, a firm without one holds no certificate. A column without any date was never filled.
fn firm(firms: &Table, row: usize, as_of: NaiveDate) -> FirmRecord {
    let registered = firms.column("high_tech_until").is_some_and(|column| column.has_any());
    let year = firms.number(row, "year").map(|year| year as i32);
    FirmRecord {
        code: firms.key(row).to_owned(),
        active: true,
        cluster: firms.text(row, "cluster").map(str::to_owned),
        year,
        output_wan: firms.number(row, "output_wan"),
        tax_wan: firms.number(row, "tax_wan"),
        jobs: firms.number(row, "jobs"),
        above_scale: firms.flag(row, "above_scale"),
        high_tech: day(firms.text(row, "high_tech_until")).map(|until| until >= as_of).or(registered.then_some(false)),
        as_of: year.and_then(|year| NaiveDate::from_ymd_opt(year, 12, 31)),
    }
}

/// By class; a class that no facility of the city has was never loaded.
fn facilities(city: &City) -> BTreeMap<String, Vec<FacilitySite>> {
    let mut classes: BTreeMap<String, Vec<FacilitySite>> = BTreeMap::new();
    let Some(table) = city.named("facility") else { return classes };
    for row in 0..table.len() {
        if let (Some(class), Some(geometry)) = (table.text(row, "class"), table.geometry(row)) {
            classes.entry(class.to_owned()).or_default().push(FacilitySite { code: table.key(row).to_owned(), geometry });
        }
    }
    classes
}

/// Codes of firms in the lists of left-out records are for the park's own operator only; everybody else sees how many.
fn hide_firm_codes(viewer: &Viewer, firms: &Table, answer: &mut Value) {
    let codes: HashSet<&str> = (0..firms.len()).map(|row| firms.key(row)).collect();
    for card in answer["parks"].as_array_mut().into_iter().flatten() {
        if viewer.operates(card["park"].as_str()) {
            continue;
        }
        for indicator in card["indicators"].as_array_mut().into_iter().flatten() {
            let Some(excluded) = indicator["excluded"].as_array_mut() else { continue };
            let before = excluded.len();
            excluded.retain(|id| id.as_str().is_none_or(|id| !codes.contains(id)));
            let hidden = before - excluded.len();
            if hidden > 0 {
                indicator["excluded_private"] = hidden.into();
            }
        }
    }
}
