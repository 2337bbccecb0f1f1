//! The members of each virtual park on a day, and the evidence that they bring.

use crate::analysis::designation::{FirmRecord, ParkEvidence, Stay, UnitRecord, is_member};
use crate::city::letting::day;
use crate::city::{City, Table};
use crate::domain::LayerId;
use crate::domain::columns::{building, firm, unit, virtual_member as member, virtual_park};
use crate::service::processes::designation::evidence;
use chrono::NaiveDate;
use geo_types::Coord;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A virtual park with what is known of its members.
pub(super) struct Gathered {
    /// Row of the table.
    pub row: usize,
    pub evidence: ParkEvidence,
    /// Everybody who was ever admitted, by day of admission.
    pub roll: Vec<Entry>,
    /// Where the members are, working CRS.
    pub places: Vec<Place>,
    /// Codes of the firms that are members themselves.
    pub member_firms: BTreeSet<String>,
    /// Distinct active firms that count, members and tenants of member buildings.
    pub firms: usize,
    /// Distinct tenants of member buildings.
    pub tenants: usize,
    /// Those of them that no firm of the table answers to.
    pub unmatched: usize,
    /// Last day on which a row of its roll was written, as ISO date.
    pub changed_on: Option<String>,
}

impl Gathered {
    /// Whether nothing of its roll was written after `day`. Who admits a firm and reads the sums before and after has that firm's figures: until the
    /// quarter is over, sums over members tell nobody anything.
    pub(super) fn is_settled(&self, day: NaiveDate) -> bool {
        self.changed_on.as_deref().is_none_or(|changed| changed <= day.to_string().as_str())
    }
}

/// A member of the roll.
pub(super) struct Entry {
    pub code: String,
    pub is_firm: bool,
    /// Code of the firm or building, and its name.
    pub who: String,
    pub name: Option<String>,
    pub admitted: String,
    pub left: Option<String>,
    /// Whether it is a member on the day.
    pub current: bool,
}

pub(super) struct Place {
    /// Code in the roll.
    pub member: String,
    pub is_firm: bool,
    pub at: Coord<f64>,
}

/// All virtual parks, or one, by code.
pub(super) fn gather(city: &City, as_of: NaiveDate, only: Option<&str>) -> Vec<Gathered> {
    let parks = city.table(LayerId::VirtualPark);
    let firms = Firms::of(city);
    let mut rows: Vec<usize> = (0..parks.len()).filter(|row| only.is_none_or(|code| parks.key(*row) == code)).collect();
    rows.sort_by(|a, b| parks.key(*a).cmp(parks.key(*b)));
    rows.into_iter().map(|row| one(city, &firms, as_of, row)).collect()
}

fn one(city: &City, firms: &Firms<'_>, as_of: NaiveDate, row: usize) -> Gathered {
    let (parks, buildings, units) = (city.table(LayerId::VirtualPark), city.table(LayerId::Building), city.table(LayerId::Unit));
    let roll = roll(city, firms, as_of, parks.key(row));
    let now = |is_firm: bool| roll.iter().filter(move |entry| entry.current && entry.is_firm == is_firm);
    let member_firms: BTreeSet<String> = now(true).map(|entry| entry.who.clone()).collect();
    // A building counts once, in the order of its code.
    let member_buildings: BTreeMap<&str, usize> = now(false).filter_map(|entry| Some((entry.who.as_str(), buildings.row_of(&entry.who)?))).collect();
    let of_building = |row: &usize| city.links().units_of_building(*row).iter().map(|unit| *unit as usize);
    let unit_records: Vec<UnitRecord> = member_buildings.values().flat_map(of_building).map(|row| evidence::unit(units, row)).collect();

    let tenants: BTreeSet<&str> = unit_records.iter().filter_map(|unit| unit.tenant.as_deref()).collect();
    let matched: Vec<Option<&str>> = tenants.iter().map(|tenant| firms.of_tenant(tenant)).collect();
    let unmatched = matched.iter().filter(|code| code.is_none()).count();
    // The union by code: each firm once, with all its establishments (V2).
    let codes: BTreeSet<&str> = member_firms.iter().map(String::as_str).chain(matched.into_iter().flatten()).collect();
    let records: Vec<FirmRecord> = codes.iter().flat_map(|code| firms.rows_of(code)).map(|row| evidence::firm(firms.table, *row, as_of)).collect();
    let active: BTreeSet<&str> = records.iter().filter(|firm| firm.active).map(|firm| firm.code.as_str()).collect();

    let counted = active.len();
    let evidence = ParkEvidence {
        park: parks.key(row).to_owned(),
        lead_clusters: parks.list(row, virtual_park::LEAD_CLUSTERS).unwrap_or_default(),
        is_virtual: true,
        by_members: true,
        firms: (!firms.table.is_empty()).then(|| records.clone()),
        units: (!units.is_empty()).then(|| unit_records.clone()),
        buildings: (!buildings.is_empty()).then(|| member_buildings.values().map(|row| evidence::building(buildings, *row)).collect()),
        ..ParkEvidence::default()
    };
    let places = places(city, firms, &roll);
    let tenants = tenants.len();
    let rolls = city.table(LayerId::VirtualMember);
    let own = (0..rolls.len()).filter(|member_row| rolls.text(*member_row, member::VIRTUAL_PARK) == Some(parks.key(row)));
    let changed_on = own.filter_map(|row| rolls.text(row, member::UPDATED_ON)).max().map(str::to_owned);
    Gathered { row, evidence, places, member_firms, firms: counted, tenants, unmatched, roll, changed_on }
}

fn roll(city: &City, firms: &Firms<'_>, as_of: NaiveDate, park: &str) -> Vec<Entry> {
    let (members, buildings) = (city.table(LayerId::VirtualMember), city.table(LayerId::Building));
    let own = |text: Option<&str>| text.map(str::to_owned);
    let entry = |row: usize| {
        let is_firm = members.text(row, member::KIND) == Some("firm");
        let who = own(if is_firm { members.text(row, member::FIRM) } else { members.text(row, member::BUILDING) })?;
        let admitted = own(members.text(row, member::ADMITTED))?;
        let left = own(members.text(row, member::LEFT));
        let name = match is_firm {
            true => firms.rows_of(&who).first().and_then(|row| own(firms.table.text(*row, firm::NAME))),
            false => buildings.row_of(&who).and_then(|row| own(buildings.text(row, building::NAME))),
        };
        let stay = Stay { admitted: day(&admitted)?, left: left.as_deref().and_then(day) };
        Some(Entry { code: members.key(row).to_owned(), is_firm, who, name, admitted, left, current: is_member(stay, as_of) })
    };
    let mut roll: Vec<Entry> = (0..members.len()).filter(|row| members.text(*row, member::VIRTUAL_PARK) == Some(park)).filter_map(entry).collect();
    roll.sort_by(|a, b| (&a.admitted, &a.code).cmp(&(&b.admitted, &b.code)));
    roll
}

/// One place a member: a building where it stands, a firm where it has most of its floor area.
fn places(city: &City, firms: &Firms<'_>, roll: &[Entry]) -> Vec<Place> {
    let buildings = city.table(LayerId::Building);
    let centre = |row: usize| {
        let [x, y] = evidence::building(buildings, row).centroid;
        (x.is_finite() && y.is_finite()).then_some(Coord { x, y })
    };
    let mut places = Vec::new();
    for entry in roll.iter().filter(|entry| entry.current) {
        let row = match entry.is_firm {
            true => firms.seat(&entry.who),
            false => buildings.row_of(&entry.who),
        };
        places.extend(row.and_then(centre).map(|at| Place { member: entry.code.clone(), is_firm: entry.is_firm, at }));
    }
    places
}

/// The table of firms, by code and by what tenants are called.
struct Firms<'c> {
    table: &'c Table,
    rows: HashMap<&'c str, Vec<usize>>,
    /// A name that two codes share tells of neither.
    by_name: HashMap<&'c str, Option<&'c str>>,
    /// Rows of the buildings in which a firm has units, with their area, m².
    sites: HashMap<&'c str, BTreeMap<usize, f64>>,
}

impl<'c> Firms<'c> {
    fn of(city: &'c City) -> Firms<'c> {
        let table = city.table(LayerId::Firm);
        let (mut rows, mut by_name) = (HashMap::<&str, Vec<usize>>::new(), HashMap::<&str, Option<&str>>::new());
        for row in 0..table.len() {
            let code = table.key(row);
            rows.entry(code).or_default().push(row);
            if let Some(name) = table.text(row, firm::NAME) {
                by_name.entry(name).and_modify(|known| *known = known.filter(|known| *known == code)).or_insert(Some(code));
            }
        }
        let mut firms = Firms { table, rows, by_name, sites: HashMap::new() };
        let (units, buildings) = (city.table(LayerId::Unit), city.table(LayerId::Building));
        for row in 0..units.len() {
            let code = units.text(row, unit::TENANT).and_then(|tenant| firms.of_tenant(tenant));
            let site = units.text(row, unit::BUILDING).and_then(|building| buildings.row_of(building));
            if let Some((code, site)) = code.zip(site) {
                *firms.sites.entry(code).or_default().entry(site).or_default() += units.number(row, unit::AREA_M2).unwrap_or(0.0);
            }
        }
        firms
    }

    /// A tenant is written as a firm's code or as its name (P2).
    fn of_tenant(&self, tenant: &str) -> Option<&'c str> {
        let by_code = self.rows.get_key_value(tenant).map(|(code, _)| *code);
        by_code.or_else(|| self.by_name.get(tenant).copied().flatten())
    }

    /// The building with most of a firm's floor area; of several the first.
    fn seat(&self, code: &str) -> Option<usize> {
        let mut best: Option<(usize, f64)> = None;
        for (row, area) in self.sites.get(code)? {
            if best.is_none_or(|(_, most)| *area > most) {
                best = Some((*row, *area));
            }
        }
        best.map(|(row, _)| row)
    }

    fn rows_of(&self, code: &str) -> &[usize] {
        self.rows.get(code).map_or(&[], Vec::as_slice)
    }
}
