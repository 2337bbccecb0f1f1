//! What is let and what is stale, per parcel.

use super::occupancy::{age_days, stale_after_days, unit_layer};
use crate::city::City;
use crate::domain::fault::Outcome;
use crate::store::Store;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Letting figures per parcel, kept beside the city because units change far more often than land.
#[derive(Debug, Default)]
pub struct Occupancy {
    parcels: HashMap<u32, Letting>,
    parcel_of_building: HashMap<String, u32>,
    /// Stale flags of a day, made once: every tile asks for them.
    flags: Mutex<Option<(String, Arc<Vec<bool>>)>>,
}

/// Lettable and vacant area of some units, and the oldest date among them.
#[derive(Clone, Debug, Default)]
pub(super) struct Letting {
    pub(super) lettable_m2: f64,
    pub(super) vacant_m2: f64,
    pub(super) oldest: Option<String>,
}

/// Totals over parcels.
#[derive(Debug, Default)]
pub struct LettingTotals {
    pub lettable_m2: f64,
    pub vacant_m2: f64,
    pub stale: usize,
    pub oldest: Option<String>,
}

impl Occupancy {
    pub(super) fn read(store: &dyn Store, city: &City) -> Outcome<Self> {
        let mut occupancy = Occupancy::default();
        let (Some(buildings), Some(parcels)) = (city.named("building"), city.named("parcel")) else { return Ok(occupancy) };
        for row in 0..buildings.len() {
            if let Some(parcel) = buildings.text(row, "parcel").and_then(|code| parcels.row_of(code)) {
                occupancy.parcel_of_building.insert(buildings.key(row).to_owned(), parcel as u32);
            }
        }
        let unit = unit_layer();
        let at = |name: &str| unit.column_index(name).unwrap_or(usize::MAX);
        let (building, state, area, tenant, as_of) = (at("building"), at("state"), at("area_m2"), at("tenant"), at("as_of"));
        store.scan(unit, &mut |_, cells, _| {
            use crate::domain::row::CellRef;
            let text = |index: usize| if let CellRef::Text(text) = cells[index] { Some(text) } else { None };
            let Some(parcel) = text(building).and_then(|code| occupancy.parcel_of_building.get(code)) else { return };
            let area = match cells[area] {
                CellRef::Real(area) => area,
                CellRef::Integer(area) => area as f64,
                _ => 0.0,
            };
            occupancy.parcels.entry(*parcel).or_default().add(text(state), area, text(tenant).is_some(), text(as_of));
        })?;
        Ok(occupancy)
    }

    /// Reads the buildings of one parcel again after a change.
    pub(super) fn refresh(&mut self, store: &dyn Store, building: &str) -> Outcome<()> {
        let Some(parcel) = self.parcel_of_building.get(building).copied() else { return Ok(()) };
        let mut letting = Letting::default();
        let unit = unit_layer();
        for code in self.parcel_of_building.iter().filter(|(_, row)| **row == parcel).map(|(code, _)| code) {
            for (_, row) in store.rows(unit, &[("building", code)])? {
                let get = |name: &str| row.get(unit, name);
                letting.add(get("state").as_str(), get("area_m2").as_f64().unwrap_or(0.0), !get("tenant").is_null(), get("as_of").as_str());
            }
        }
        self.parcels.insert(parcel, letting);
        *self.flags.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(())
    }

    pub fn of_parcels(&self, rows: &[u32], today: &str) -> LettingTotals {
        let mut totals = LettingTotals::default();
        for letting in rows.iter().filter_map(|row| self.parcels.get(row)) {
            totals.lettable_m2 += letting.lettable_m2;
            totals.vacant_m2 += letting.vacant_m2;
            totals.stale += usize::from(letting.is_stale(today));
            if let Some(oldest) = &letting.oldest
                && totals.oldest.as_ref().is_none_or(|known| oldest < known)
            {
                totals.oldest = Some(oldest.clone());
            }
        }
        totals
    }

    /// Per parcel row: does a figure of it need an update?
    pub fn stale_flags(&self, parcels: usize, today: &str) -> Arc<Vec<bool>> {
        let mut kept = self.flags.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((day, flags)) = kept.as_ref()
            && day == today
            && flags.len() == parcels
        {
            return flags.clone();
        }
        let mut flags = vec![false; parcels];
        for (row, letting) in &self.parcels {
            if let Some(flag) = flags.get_mut(*row as usize) {
                *flag = letting.is_stale(today);
            }
        }
        let flags = Arc::new(flags);
        *kept = Some((today.to_owned(), flags.clone()));
        flags
    }
}

impl Letting {
    /// L and V of the let rate (exact-designation I8): own use and out of service are in neither.
    pub(super) fn add(&mut self, state: Option<&str>, area: f64, tenant: bool, as_of: Option<&str>) {
        let (lettable, vacant) = match (state, tenant) {
            (Some("let"), _) | (Some("fit_out"), true) => (area, 0.0),
            (Some("vacant"), _) | (Some("fit_out"), false) => (area, area),
            _ => (0.0, 0.0),
        };
        self.lettable_m2 += lettable;
        self.vacant_m2 += vacant;
        if let Some(as_of) = as_of
            && self.oldest.as_deref().is_none_or(|known| as_of < known)
        {
            self.oldest = Some(as_of.to_owned());
        }
    }

    pub(super) fn is_stale(&self, today: &str) -> bool {
        self.oldest.as_deref().and_then(|as_of| age_days(as_of, today)).is_some_and(|age| age > stale_after_days())
    }
}
