//! What of tenants' data any answer may tell outside their park (exact-designation P2). Decided over everything that can be asked, by any pack and for any
//! year, so that no second question takes a first answer apart.

use super::{allocation, designation, virtual_parks};
use crate::analysis::disclosure::Told;
use crate::city::City;
use crate::domain::LayerId;
use crate::domain::columns::firm;
use crate::domain::fault::Outcome;
use crate::rules::{DesignationPack, RuleSet};
use crate::service::packs;
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// Figures of a city that may be told. A figure is told for the records it rests on: on a day on which records count that do not count at the end of the
/// year, it is another figure, and withheld.
pub(in crate::service) fn told(city: &City) -> Outcome<Told> {
    let mut figures = Vec::new();
    for day in year_ends(city) {
        for pack in RuleSet::shipped().packs("designation") {
            let pack = DesignationPack::read(pack)?;
            figures.extend(designation::figures(city, &pack, day));
            figures.extend(virtual_parks::figures(city, &pack, day));
        }
        figures.extend(allocation::figures(city, day));
    }
    Ok(Told::choose(figures, packs::progress()?.min_tenants.value))
}

/// Last days of the years in which the flows of the city's firms count: those are of the year before (G2). Without firms any day serves.
fn year_ends(city: &City) -> BTreeSet<NaiveDate> {
    let firms = city.table(LayerId::Firm);
    let years = (0..firms.len()).filter_map(|row| i32::try_from(firms.integer(row, firm::YEAR)?).ok());
    let mut days: BTreeSet<NaiveDate> = years.filter_map(|year| NaiveDate::from_ymd_opt(year.checked_add(1)?, 12, 31)).collect();
    if days.is_empty() {
        days.extend(NaiveDate::from_ymd_opt(9999, 12, 31));
    }
    days
}
