//! Parks, firms and what the districts declare, from the city's tables.

use super::answer::MappedName;
use crate::analysis::allocation::{Evidence, FirmRecord, Pair, ParkSite};
use crate::city::{City, Table};
use crate::domain::cluster_names::Named;
use crate::domain::columns::{district, firm, park};
use crate::domain::{LayerId, catalogue};
use crate::spatial::overlap::shared_area;
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeSet, HashMap};

pub(super) struct Found {
    pub districts: BTreeSet<String>,
    pub evidence: Evidence,
    /// What the districts declare; `None` when none of them does.
    pub declared: Option<Vec<Pair>>,
    pub names: Vec<MappedName>,
}

pub(super) fn gather(city: &City, as_of: NaiveDate) -> Found {
    let (districts, parks, firms) = (city.table(LayerId::District), city.table(LayerId::Park), city.table(LayerId::Firm));
    let mut names = Vec::new();
    let declared = declared(districts, &mut names);
    let sites: Vec<ParkSite> = (0..parks.len())
        .map(|row| ParkSite {
            code: parks.key(row).to_owned(),
            is_virtual: parks.flag(row, park::VIRTUAL).unwrap_or(false),
            lead_clusters: present_ids("park", parks.key(row), parks.list(row, park::LEAD_CLUSTERS), &mut names),
            land: land(parks, row, districts),
        })
        .collect();
    names.sort_by(|a, b| (a.layer, &a.code, &a.name).cmp(&(b.layer, &b.code, &b.name)));
    // A firm of a park in two districts counts in the park's main one: which side it is on is not recorded.
    let main: HashMap<&str, &str> = (0..parks.len())
        .filter(|row| parks.flag(*row, park::VIRTUAL) != Some(true))
        .filter_map(|row| Some((parks.key(row), parks.text(row, park::DISTRICT)?)))
        .collect();
    let records = (0..firms.len()).map(|row| record(firms, row, &main, as_of));
    Found {
        districts: (0..districts.len()).map(|row| districts.key(row).to_owned()).collect(),
        evidence: Evidence { parks: sites, firms: (!firms.is_empty()).then(|| records.collect()), levers: None },
        declared,
        names,
    }
}

fn declared(districts: &Table, names: &mut Vec<MappedName>) -> Option<Vec<Pair>> {
    let stated: Vec<usize> = (0..districts.len()).filter(|row| districts.text(*row, district::LEAD_CLUSTERS).is_some()).collect();
    if stated.is_empty() {
        return None;
    }
    let mut pairs = Vec::new();
    for row in stated {
        let code = districts.key(row);
        let clusters = present_ids("district", code, districts.list(row, district::LEAD_CLUSTERS), names);
        pairs.extend(clusters.into_iter().map(|cluster| Pair::new(cluster, code)));
    }
    Some(pairs)
}

/// The ids of the present catalogue in a list, each once; what stands there as a name is mapped and told.
fn present_ids(layer: &'static str, code: &str, list: Option<Vec<String>>, names: &mut Vec<MappedName>) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for name in list.unwrap_or_default() {
        let id = if catalogue().cluster(&name).is_some() { Some(name) } else { mapped(layer, code, name, names) };
        ids.extend(id.filter(|id| !ids.contains(id)));
    }
    ids
}

fn mapped(layer: &'static str, code: &str, name: String, names: &mut Vec<MappedName>) -> Option<String> {
    // Records do not carry the year of the catalogue that their names come from.
    let (cluster, how, needs_review, candidates) = match catalogue().named(None, None, &name) {
        Named::Cluster { id, how, needs_review, candidates, .. } => (Some(id), how, needs_review, candidates),
        Named::Unknown { candidates } => (None, "unknown", true, candidates),
        Named::Unmatched => (None, "unmatched", true, Vec::new()),
    };
    names.push(MappedName { layer, code: code.to_owned(), name, cluster: cluster.clone(), how, needs_review, candidates });
    cluster
}

/// Planar area of a park by district; of one that lies in two, what each of them holds of it.
fn land(parks: &Table, row: usize, districts: &Table) -> Vec<(String, f64)> {
    let several = parks.list(row, park::DISTRICTS).unwrap_or_default();
    let whole = parks.shapes().area(row);
    match (several.as_slice(), parks.text(row, park::DISTRICT)) {
        ([], None) => Vec::new(),
        ([], Some(only)) => vec![(only.to_owned(), whole)],
        ([only], _) => vec![(only.clone(), whole)],
        (several, _) => {
            let area =
                |district: &String| districts.row_of(district).map_or(0.0, |other| shared_area(parks.shapes(), row, districts.shapes(), other, 0.0));
            several.iter().map(|district| (district.clone(), area(district))).collect()
        }
    }
}

fn record(firms: &Table, row: usize, main: &HashMap<&str, &str>, as_of: NaiveDate) -> FirmRecord {
    // Flows are those of the last full calendar year (G2).
    let is_of_year = firms.integer(row, firm::YEAR) == Some(i64::from(as_of.year()) - 1);
    FirmRecord {
        code: firms.key(row).to_owned(),
        district: firms.text(row, firm::PARK).and_then(|park| main.get(park)).map(|district| (*district).to_owned()),
        cluster: firms.text(row, firm::CLUSTER).map(str::to_owned),
        output_wan: firms.number(row, firm::OUTPUT_WAN).filter(|_| is_of_year),
        is_key: firms.flag(row, firm::LEAD),
    }
}
