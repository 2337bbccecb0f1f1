//! The evidence of every park, from the City's tables.

use crate::analysis::designation::{
    BuildingRecord, CityEvidence, FacilitySite, FirmRecord, ParcelRecord, ParkEvidence, Period, ReportRecord, UnitRecord,
};
use crate::city::letting::day;
use crate::city::{City, Table};
use crate::domain::columns::{building, facility, firm, parcel, park, report, unit};
use crate::domain::{LayerId, catalogue};
use chrono::NaiveDate;
use geo::Centroid;
use std::collections::{BTreeMap, HashMap};

pub(crate) fn parks(city: &City, as_of: NaiveDate) -> Vec<ParkEvidence> {
    let mut gathering = Gathering::new(city);
    gathering.firms(city.table(LayerId::Firm), as_of);
    let park_of_building = gathering.buildings(city.table(LayerId::Building));
    gathering.units(city.table(LayerId::Unit), &park_of_building);
    gathering.parcels(city.table(LayerId::Parcel));
    gathering.reports(city.table(LayerId::Report));
    gathering.parks
}

/// Of every park only what is tenants' data, and its land, which decides whose flows a mean is over.
pub(crate) fn tenants(city: &City, as_of: NaiveDate) -> Vec<ParkEvidence> {
    let mut gathering = Gathering::new(city);
    gathering.firms(city.table(LayerId::Firm), as_of);
    let park_of_building = gathering.buildings(city.table(LayerId::Building));
    gathering.units(city.table(LayerId::Unit), &park_of_building);
    gathering.parcels(city.table(LayerId::Parcel));
    gathering.parks
}

pub(crate) fn city_side(city: &City, as_of: NaiveDate) -> CityEvidence {
    CityEvidence { facilities: facilities(city), ..firms_of_the_city(city, as_of) }
}

pub(crate) fn firms_of_the_city(city: &City, as_of: NaiveDate) -> CityEvidence {
    let firms = city.table(LayerId::Firm);
    let all = (0..firms.len()).map(|row| firm(firms, row, as_of)).collect();
    CityEvidence { firms: (!firms.is_empty()).then_some(all), ..CityEvidence::default() }
}

fn park(parks: &Table, row: usize) -> ParkEvidence {
    let mut districts = parks.list(row, park::DISTRICTS).unwrap_or_default();
    if districts.is_empty() {
        districts.extend(parks.text(row, park::DISTRICT).map(str::to_owned));
    }
    let pieces = parks.shapes().multi_polygon(row).0.len();
    ParkEvidence {
        park: parks.key(row).to_owned(),
        park_type: parks.text(row, park::TYPE).map(str::to_owned),
        lead_clusters: parks.list(row, park::LEAD_CLUSTERS).unwrap_or_default(),
        is_virtual: parks.flag(row, park::VIRTUAL).unwrap_or(false),
        districts,
        boundary_pieces: (pieces > 0).then_some(pieces),
        platforms: parks.number(row, park::PLATFORMS),
        false_data: parks.flag(row, park::FALSE_DATA),
        major_accident: parks.flag(row, park::MAJOR_ACCIDENT),
        ..ParkEvidence::default()
    }
}

/// Parks that are given their records, table by table. A table without a row was never loaded; one with rows was, for every park.
struct Gathering {
    parks: Vec<ParkEvidence>,
    at: HashMap<String, usize>,
}

impl Gathering {
    fn new(city: &City) -> Gathering {
        let table = city.table(LayerId::Park);
        let parks: Vec<ParkEvidence> = (0..table.len()).map(|row| park(table, row)).collect();
        let at = parks.iter().enumerate().map(|(index, park)| (park.park.clone(), index)).collect();
        Gathering { parks, at }
    }

    fn place(&self, park: Option<&str>) -> Option<usize> {
        self.at.get(park?).copied()
    }

    fn firms(&mut self, firms: &Table, as_of: NaiveDate) {
        if firms.is_empty() {
            return;
        }
        self.parks.iter_mut().for_each(|park| park.firms = Some(Vec::new()));
        for row in 0..firms.len() {
            if let Some(list) = self.place(firms.text(row, firm::PARK)).and_then(|park| self.parks[park].firms.as_mut()) {
                list.push(firm(firms, row, as_of));
            }
        }
    }

    fn buildings(&mut self, buildings: &Table) -> HashMap<String, usize> {
        let mut park_of_building = HashMap::new();
        if buildings.is_empty() {
            return park_of_building;
        }
        self.parks.iter_mut().for_each(|park| park.buildings = Some(Vec::new()));
        for row in 0..buildings.len() {
            let Some(park) = self.place(buildings.text(row, building::PARK)) else { continue };
            park_of_building.insert(buildings.key(row).to_owned(), park);
            self.parks[park].buildings.get_or_insert_default().push(building(buildings, row));
        }
        park_of_building
    }

    fn units(&mut self, units: &Table, park_of_building: &HashMap<String, usize>) {
        if units.is_empty() {
            return;
        }
        self.parks.iter_mut().for_each(|park| park.units = Some(Vec::new()));
        for row in 0..units.len() {
            let Some(park) = units.text(row, unit::BUILDING).and_then(|building| park_of_building.get(building)) else { continue };
            self.parks[*park].units.get_or_insert_default().push(unit(units, row));
        }
    }

    fn parcels(&mut self, parcels: &Table) {
        if parcels.is_empty() {
            return;
        }
        self.parks.iter_mut().for_each(|park| park.parcels = Some(Vec::new()));
        for row in 0..parcels.len() {
            let Some(park) = self.place(parcels.text(row, parcel::PARK)) else { continue };
            let record = ParcelRecord {
                code: parcels.key(row).to_owned(),
                registered_area_m2: parcels.number(row, parcel::REGISTERED_AREA_M2),
                planar_area_m2: parcels.number(row, parcel::PLANAR_AREA_M2),
                ellipsoidal_area_m2: parcels.number(row, parcel::ELLIPSOIDAL_AREA_M2),
                owner_shares: parcels.text(row, parcel::OWNER).and_then(stated_shares),
                land_use: parcels.text(row, parcel::LAND_USE).map(str::to_owned),
                tenure: parcels.text(row, parcel::TENURE).map(str::to_owned),
            };
            self.parks[park].parcels.get_or_insert_default().push(record);
        }
    }

    fn reports(&mut self, reports: &Table) {
        if reports.is_empty() {
            return;
        }
        self.parks.iter_mut().for_each(|park| park.reports = Some(Vec::new()));
        for row in 0..reports.len() {
            let period = match reports.text(row, report::PERIOD) {
                Some("quarter") => Period::Quarter,
                Some("year") => Period::Year,
                _ => continue,
            };
            let (Some(park), Some(period_end)) = (self.place(reports.text(row, report::PARK)), reports.text(row, report::PERIOD_END).and_then(day))
            else {
                continue;
            };
            let received = reports.text(row, report::RECEIVED).and_then(day);
            self.parks[park].reports.get_or_insert_default().push(ReportRecord { id: reports.key(row).to_owned(), period, period_end, received });
        }
    }
}

pub(crate) fn building(buildings: &Table, row: usize) -> BuildingRecord {
    let centroid = buildings.shapes().multi_polygon(row).centroid().map_or([f64::NAN, f64::NAN], |point| [point.x(), point.y()]);
    BuildingRecord {
        code: buildings.key(row).to_owned(),
        gfa_m2: buildings.number(row, building::GFA_M2),
        centroid,
        connected: connections(buildings.list(row, building::CONNECTED)),
    }
}

pub(crate) fn unit(units: &Table, row: usize) -> UnitRecord {
    UnitRecord {
        id: units.key(row).to_owned(),
        area_m2: units.number(row, unit::AREA_M2),
        use_code: units.text(row, unit::USE).map(str::to_owned),
        state: units.text(row, unit::STATE).map(str::to_owned),
        tenant: units.text(row, unit::TENANT).map(str::to_owned),
        cluster: units.text(row, unit::CLUSTER).map(str::to_owned),
        rent: units.number(row, unit::RENT_YUAN_M2_MONTH),
        as_of: units.text(row, unit::AS_OF).and_then(day),
    }
}

/// A building that records its connections says of every class whether it has it; one that records none says nothing.
fn connections(recorded: Option<Vec<String>>) -> BTreeMap<String, bool> {
    let Some(to) = recorded else { return BTreeMap::new() };
    let classes = catalogue().codes("facility_class").into_iter().flatten();
    classes.map(|class| (class.code.clone(), to.contains(&class.code))).collect()
}

/// The sum of the shares that an owner's entry states (`甲公司 60%、乙公司 40%`), as a fraction; `None` when it states none.
fn stated_shares(owner: &str) -> Option<f64> {
    let is_part = |c: &char| c.is_ascii_digit() || *c == '.';
    let before = owner.split(['%', '％']);
    let count = owner.matches(['%', '％']).count();
    let shares: Vec<f64> = before
        .take(count)
        .filter_map(|text| {
            let digits: String = text.trim_end().chars().rev().take_while(is_part).collect();
            digits.chars().rev().collect::<String>().parse().ok()
        })
        .collect();
    (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / 100.0)
}

/// The certificate column is a register: once any firm has a date, a firm without one holds no certificate. A column without any date was never filled.
pub(crate) fn firm(firms: &Table, row: usize, as_of: NaiveDate) -> FirmRecord {
    let registered = firms.column(firm::HIGH_TECH_UNTIL).is_some_and(crate::city::column::Column::has_any);
    let year = firms.number(row, firm::YEAR).map(|year| year as i32);
    FirmRecord {
        code: firms.key(row).to_owned(),
        active: firms.text(row, firm::CLOSED).and_then(day).is_none_or(|closed| closed > as_of),
        cluster: firms.text(row, firm::CLUSTER).map(str::to_owned),
        year,
        output_wan: firms.number(row, firm::OUTPUT_WAN),
        tax_wan: firms.number(row, firm::TAX_WAN),
        output_before_wan: firms.number(row, firm::OUTPUT_BEFORE_WAN),
        rd_wan: firms.number(row, firm::RD_WAN),
        jobs: firms.number(row, firm::JOBS),
        above_scale: firms.flag(row, firm::ABOVE_SCALE),
        high_tech: firms.text(row, firm::HIGH_TECH_UNTIL).and_then(day).map(|until| until >= as_of).or(registered.then_some(false)),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_owners_are_read_where_they_are_stated() {
        assert_eq!(stated_shares("示例股份公司"), None);
        assert_eq!(stated_shares("甲公司 60%、乙公司 75％"), Some(1.35));
        assert_eq!(stated_shares("甲 33.5%; 乙66.5 %"), Some(1.0));
        assert_eq!(stated_shares("3 号楼业主"), None);
    }

    #[test]
    fn a_building_that_records_connections_says_no_of_the_others() {
        assert!(connections(None).is_empty());
        let some = connections(Some(vec!["substation".to_owned()]));
        assert_eq!((some["substation"], some["waste_water"]), (true, false));
    }
}
