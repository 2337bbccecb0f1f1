//! The designation scorecard as a use case: evidence of every park, from the city and the tables.

use super::process::{Common, Context, Process, Words};
use super::seen::Seen;
use crate::analysis::designation::{
    BuildingRecord, CityEvidence, DesignationResult, FacilitySite, FirmRecord, ParcelRecord, ParkEvidence, UnitRecord, assess,
};
use crate::city::{City, Table};
use crate::domain::columns::{building, facility, firm, parcel, park, unit};
use crate::domain::fault::Outcome;
use crate::domain::{LayerId, RunRecord};
use crate::rules::{DesignationPack, RuleSet};
use crate::service::Viewer;
use crate::service::collections::no_such_park;
use chrono::NaiveDate;
use geo::Centroid;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use utoipa::ToSchema;

#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = DesignateInputs)]
pub struct Inputs {
    /// One park's scorecard (ranks still count all parks).
    park: Option<String>,
    /// ISO date on which evidence is read; today when left out.
    as_of: Option<String>,
    /// Rule pack as `ID` or `ID@version`; the one in force when left out.
    pack: Option<String>,
}

/// The scorecards. Codes of firms stay in the lists of left-out records until somebody reads them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Scorecards {
    #[serde(flatten)]
    pub result: DesignationResult,
    pub run: RunRecord,
    /// Which of the left-out records are firms.
    #[serde(skip)]
    firm_codes: HashSet<String>,
}

impl Seen for Scorecards {
    /// Codes of firms are for the park's own operator only; everybody else sees how many were left out.
    fn seen_by(&self, viewer: &Viewer) -> Cow<'_, Self> {
        let mut seen = self.clone();
        for card in seen.result.parks.iter_mut().filter(|card| !viewer.operates(Some(&card.park))) {
            for indicator in &mut card.indicators {
                let before = indicator.excluded.len();
                indicator.excluded.retain(|id| !self.firm_codes.contains(id));
                let hidden = before - indicator.excluded.len();
                indicator.excluded_private = (hidden > 0).then_some(hidden);
            }
        }
        Cow::Owned(seen)
    }
}

pub struct Designate;

impl Process for Designate {
    const ID: &'static str = "designate";
    const PACKS: &'static [&'static str] = &["designation"];
    const EXAMPLE: &'static str = r#"{"as_of": "2026-09-01"}"#;

    type Inputs = Inputs;
    type Answer = Scorecards;
    type Defaults = ();

    fn words() -> Words {
        Words { zh: "特色产业园区授牌：评分", en: "Featured-park designation: scorecards" }
    }

    fn common(inputs: &Inputs) -> Common<'_> {
        Common { as_of: inputs.as_of.as_deref(), seed: None, pack: inputs.pack.as_deref() }
    }

    fn defaults(_rules: &RuleSet) -> Outcome<()> {
        Ok(())
    }

    fn run(context: &Context<'_>, inputs: Inputs) -> Outcome<Scorecards> {
        designate(context, inputs.park.as_deref())
    }
}

fn designate(context: &Context<'_>, park: Option<&str>) -> Outcome<Scorecards> {
    let (city, as_of) = (context.city, context.as_of);
    let park_table = city.table(LayerId::Park);
    if let Some(park) = park
        && park_table.row_of(park).is_none()
    {
        return Err(no_such_park(park).at("/inputs/park"));
    }
    let layers = context.rules.pack("designation")?;
    let pack = DesignationPack::read(&layers)?;
    let firms = city.table(LayerId::Firm);
    let parks = park_evidence(city, park_table, firms, as_of)?;
    let all_firms = (0..firms.len()).map(|row| firm(firms, row, as_of)).collect();
    let evidence = CityEvidence { firms: (!firms.is_empty()).then_some(all_firms), table: None, facilities: facilities(city) };
    // Ranks and means need every park; one park's card is then a part of the whole.
    let mut result = assess(&parks, &evidence, &pack, as_of);
    result.parks.retain(|card| park.is_none_or(|park| card.park == park));
    let left_out = result.parks.iter().flat_map(|card| &card.indicators).flat_map(|indicator| &indicator.excluded);
    let firm_codes = left_out.filter(|id| firms.row_of(id).is_some()).cloned().collect();
    Ok(Scorecards { run: context.record::<Designate>((&pack.id, &pack.version), &layers.uses), result, firm_codes })
}

fn park_evidence(city: &City, parks: &Table, firms: &Table, as_of: NaiveDate) -> Outcome<Vec<ParkEvidence>> {
    let mut evidence: Vec<ParkEvidence> = (0..parks.len())
        .map(|row| ParkEvidence {
            park: parks.key(row).to_owned(),
            park_type: parks.text(row, park::TYPE).map(str::to_owned),
            lead_clusters: parks.text(row, park::LEAD_CLUSTERS).and_then(|list| serde_json::from_str(list).ok()).unwrap_or_default(),
            is_virtual: parks.flag(row, park::VIRTUAL).unwrap_or(false),
            ..ParkEvidence::default()
        })
        .collect();
    let at: HashMap<String, usize> = evidence.iter().enumerate().map(|(index, park)| (park.park.clone(), index)).collect();
    let place = |park: Option<&str>| park.and_then(|park| at.get(park).copied());

    if !firms.is_empty() {
        evidence.iter_mut().for_each(|park| park.firms = Some(Vec::new()));
        for row in 0..firms.len() {
            if let Some(list) = place(firms.text(row, firm::PARK)).and_then(|park| evidence[park].firms.as_mut()) {
                list.push(firm(firms, row, as_of));
            }
        }
    }
    let mut park_of_building: HashMap<String, usize> = HashMap::new();
    if let Some(buildings) = Some(city.table(LayerId::Building)).filter(|table| !table.is_empty()) {
        evidence.iter_mut().for_each(|park| park.buildings = Some(Vec::new()));
        for row in 0..buildings.len() {
            let Some(park) = place(buildings.text(row, building::PARK)) else { continue };
            park_of_building.insert(buildings.key(row).to_owned(), park);
            let centroid = buildings.shapes().multi_polygon(row).centroid().map_or([f64::NAN, f64::NAN], |point| [point.x(), point.y()]);
            if let Some(list) = evidence[park].buildings.as_mut() {
                list.push(BuildingRecord {
                    code: buildings.key(row).to_owned(),
                    gfa_m2: buildings.number(row, building::GFA_M2),
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
            let Some(park) = units.text(row, unit::BUILDING).and_then(|building| park_of_building.get(building)) else { continue };
            if let Some(list) = evidence[*park].units.as_mut() {
                list.push(UnitRecord {
                    id: units.key(row).to_owned(),
                    area_m2: units.number(row, unit::AREA_M2),
                    use_code: units.text(row, unit::USE).map(str::to_owned),
                    state: units.text(row, unit::STATE).map(str::to_owned),
                    has_tenant: units.text(row, unit::TENANT).is_some(),
                    cluster: units.text(row, unit::CLUSTER).map(str::to_owned),
                    rent: units.number(row, unit::RENT_YUAN_M2_MONTH),
                    as_of: day(units.text(row, unit::AS_OF)),
                });
            }
        }
    }
    if let Some(parcels) = Some(city.table(LayerId::Parcel)).filter(|table| !table.is_empty()) {
        evidence.iter_mut().for_each(|park| park.parcels = Some(Vec::new()));
        for row in 0..parcels.len() {
            if let Some(list) = place(parcels.text(row, parcel::PARK)).and_then(|park| evidence[park].parcels.as_mut()) {
                list.push(ParcelRecord {
                    code: parcels.key(row).to_owned(),
                    registered_area_m2: parcels.number(row, parcel::REGISTERED_AREA_M2),
                    land_use: parcels.text(row, parcel::LAND_USE).map(str::to_owned),
                    tenure: parcels.text(row, parcel::TENURE).map(str::to_owned),
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
    let registered = firms.column(firm::HIGH_TECH_UNTIL).is_some_and(crate::city::column::Column::has_any);
    let year = firms.number(row, firm::YEAR).map(|year| year as i32);
    FirmRecord {
        code: firms.key(row).to_owned(),
        active: true,
        cluster: firms.text(row, firm::CLUSTER).map(str::to_owned),
        year,
        output_wan: firms.number(row, firm::OUTPUT_WAN),
        tax_wan: firms.number(row, firm::TAX_WAN),
        jobs: firms.number(row, firm::JOBS),
        above_scale: firms.flag(row, firm::ABOVE_SCALE),
        high_tech: day(firms.text(row, firm::HIGH_TECH_UNTIL)).map(|until| until >= as_of).or(registered.then_some(false)),
        as_of: year.and_then(|year| NaiveDate::from_ymd_opt(year, 12, 31)),
    }
}

/// By class; a class that no facility of the city has was never loaded.
fn facilities(city: &City) -> BTreeMap<String, Vec<FacilitySite>> {
    let mut classes: BTreeMap<String, Vec<FacilitySite>> = BTreeMap::new();
    let table = city.table(LayerId::Facility);
    for row in 0..table.len() {
        if let (Some(class), Some(geometry)) = (table.text(row, facility::CLASS), table.geometry(row)) {
            classes.entry(class.to_owned()).or_default().push(FacilitySite { code: table.key(row).to_owned(), geometry });
        }
    }
    classes
}
