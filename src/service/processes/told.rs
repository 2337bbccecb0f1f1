//! What of tenants' data any answer may tell outside their park (exact-designation P2). Decided over everything that can be asked, by any pack and for any
//! year, so that no second question takes a first answer apart.

use super::designation::evidence;
use super::{allocation, virtual_parks};
use crate::analysis::designation as analysis;
use crate::analysis::disclosure::Told;
use crate::city::{City, Table};
use crate::domain::LayerId;
use crate::domain::columns::firm;
use crate::domain::fault::Outcome;
use crate::rules::{DesignationPack, RuleSet};
use crate::service::clock::settled_by;
use crate::service::packs;
use chrono::NaiveDate;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Layers that the choice rests on.
const RESTS_ON: [LayerId; 8] = [
    LayerId::Firm,
    LayerId::Unit,
    LayerId::Building,
    LayerId::Park,
    LayerId::Parcel,
    LayerId::District,
    LayerId::VirtualPark,
    LayerId::VirtualMember,
];

/// A choice with the tables that it was made from: held, so that none of them can be mistaken for a later one.
type Chosen = (Vec<Arc<Table>>, NaiveDate, Arc<Told>);

/// Figures of a city that may be told. A figure is told for the records it rests on: on a day on which records count that do not count at the end of the
/// year, it is another figure, and withheld. Made once for each state of the tables.
pub(in crate::service) fn told(city: &City) -> Outcome<Arc<Told>> {
    static LAST: Mutex<Option<Chosen>> = Mutex::new(None);
    let tables: Vec<Arc<Table>> = RESTS_ON.iter().map(|layer| city.table(*layer).clone()).collect();
    let settled = settled_by()?;
    let is_same = |chosen: &&Chosen| chosen.1 == settled && chosen.0.iter().zip(&tables).all(|(a, b)| Arc::ptr_eq(a, b));
    if let Some((_, _, told)) = LAST.lock().unwrap_or_else(PoisonError::into_inner).as_ref().filter(is_same) {
        return Ok(told.clone());
    }
    let told = Arc::new(choose(city, settled)?);
    *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some((tables, settled, told.clone()));
    Ok(told)
}

fn choose(city: &City, settled: NaiveDate) -> Outcome<Told> {
    let different = packs_that_differ()?;
    let mut figures = Vec::new();
    for day in year_ends(city) {
        let firms = evidence::firms_of_the_city(city, day);
        // Virtual parks are measured for themselves, as their cards are.
        for parks in [evidence::tenants(city, day), virtual_parks::tenants(city, day, settled)] {
            figures.extend(different.iter().flat_map(|pack| analysis::figures(&parks, &firms, pack, day)));
        }
        figures.extend(allocation::figures(city, day));
    }
    Ok(Told::choose(figures, packs::progress()?.min_tenants.value))
}

/// Packs that choose records differently: thresholds and weights do not matter here.
fn packs_that_differ() -> Outcome<Vec<DesignationPack>> {
    let mut seen = BTreeSet::new();
    let mut different = Vec::new();
    for pack in RuleSet::shipped().packs("designation") {
        let pack = DesignationPack::read(pack)?;
        let leaders = pack.leader_output.as_ref().map(|figure| figure.value);
        let land = (&pack.industrial_uses.value, &pack.excluded_tenure.value, pack.land_metric.id(), pack.min_same_type, pack.min_known.value);
        if seen.insert(format!("{:?}", (&pack.counted_uses.value, pack.lq_basis, leaders, land))) {
            different.push(pack);
        }
    }
    Ok(different)
}

/// Years before these are told to nobody: a table may hold any number of them.
const LATEST_YEARS: usize = 6;

/// Last days of the latest years in which the flows of the city's firms count: those are of the year before (G2). Without firms any day serves.
fn year_ends(city: &City) -> BTreeSet<NaiveDate> {
    let firms = city.table(LayerId::Firm);
    let years = (0..firms.len()).filter_map(|row| i32::try_from(firms.integer(row, firm::YEAR)?).ok());
    let mut days: BTreeSet<NaiveDate> = years.filter_map(|year| NaiveDate::from_ymd_opt(year.checked_add(1)?, 12, 31)).collect();
    if days.is_empty() {
        days.extend(NaiveDate::from_ymd_opt(9999, 12, 31));
    }
    days.into_iter().rev().take(LATEST_YEARS).collect()
}
