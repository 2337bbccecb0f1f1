//! Floors with vacant units from the city's tables, and what is left out (M1, M2).

use super::super::process::Context;
use super::answer::{Left, Offered};
use super::inputs::Question;
use super::parcels;
use crate::analysis::matching::{Candidate, Free, Kind};
use crate::analysis::upstairs::{Fit, RecordedFloor, floor_fit};
use crate::city::letting::day;
use crate::city::{City, Table};
use crate::domain::columns::{building, floor, parcel, park, unit};
use crate::domain::fault::Outcome;
use crate::domain::{LayerId, PackUse};
use crate::rules::{MatchingPack, UpstairsPack};
use crate::service::packs::district_name;
use chrono::NaiveDate;
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// A candidate with where it comes from.
pub(super) struct Offer<'a> {
    /// As everybody sees it: a let floor is free on an unknown day.
    pub candidate: Candidate<'a>,
    /// Its row in the table of floors or parcels.
    pub row: usize,
    pub park: Option<&'a str>,
    pub state: Offered,
    /// Rows of the units that make up the area.
    pub units: Vec<u32>,
    /// The day after the last lease of a let floor, where all of them are recorded. Private.
    pub free_from: Option<NaiveDate>,
    pub as_of: Option<NaiveDate>,
}

impl Offer<'_> {
    /// Whether the park's operator sees another date than everybody else.
    pub(super) fn leased_until_known(&self) -> bool {
        self.free_from.is_some() && self.park.is_some()
    }
}

/// Candidates, and what is none.
#[derive(Default)]
pub(super) struct Found<'a> {
    pub offers: Vec<Offer<'a>>,
    left: BTreeMap<&'static str, Vec<&'a str>>,
}

/// Codes that are told of a reason when no place was asked for by code.
const SHOWN_LEFT: usize = 20;

impl<'a> Found<'a> {
    pub(super) fn leave(&mut self, reason: &'static str, id: &'a str) {
        self.left.entry(reason).or_default().push(id);
    }

    fn join(mut self, other: Found<'a>) -> Found<'a> {
        self.offers.extend(other.offers);
        other.left.into_iter().for_each(|(reason, ids)| self.left.entry(reason).or_default().extend(ids));
        self
    }

    pub(super) fn excluded(&self, sites: &HashSet<String>) -> Vec<Left> {
        let shown = if sites.is_empty() { SHOWN_LEFT } else { usize::MAX };
        let left = |(reason, ids): (&&'static str, &Vec<&str>)| {
            let mut codes = ids.clone();
            codes.sort_unstable();
            Left { reason, count: codes.len(), ids: codes.into_iter().take(shown).map(str::to_owned).collect() }
        };
        self.left.iter().map(left).collect()
    }
}

/// The upstairs pack of each district, by its code; nothing when no cluster is asked for.
pub(super) type Fits = HashMap<Option<String>, Arc<UpstairsPack>>;

pub(super) fn packs(context: &Context<'_>, cluster: Option<&str>) -> Outcome<(Fits, Vec<PackUse>)> {
    let districts = context.city.table(LayerId::District);
    packs_of(context, cluster, (0..districts.len()).map(|row| Some(districts.key(row).to_owned())).chain([None]))
}

/// Those of some districts alone.
pub(super) fn packs_of(
    context: &Context<'_>,
    cluster: Option<&str>,
    districts: impl Iterator<Item = Option<String>>,
) -> Outcome<(Fits, Vec<PackUse>)> {
    let (mut fits, mut uses) = (Fits::new(), Vec::new());
    if cluster.is_none() {
        return Ok((fits, uses));
    }
    for code in districts {
        let name = code.as_deref().map(|code| district_name(context.city, code));
        let pack = context.rules.upstairs(name, cluster, &context.as_of.to_string())?;
        uses.extend(pack.uses.iter().cloned());
        fits.insert(code, pack);
    }
    Ok((fits, uses))
}

/// All that the question asks about.
pub(super) fn gather<'a>(context: &Context<'a>, question: &Question, pack: &MatchingPack, fits: &Fits) -> Outcome<Found<'a>> {
    let city = context.city;
    let found = if question.floors { floors(city, question, pack, fits) } else { Found::default() };
    let more = if question.parcels { parcels::parcels(context, question, pack, fits) } else { Found::default() };
    Ok(found.join(more))
}

/// The one floor or parcel of `question.sites`.
pub(super) fn gather_one<'a>(context: &Context<'a>, question: &Question, pack: &MatchingPack, fits: &Fits) -> Found<'a> {
    let (floors, buildings) = (context.city.table(LayerId::Floor), context.city.table(LayerId::Building));
    let floor = question.sites.iter().next().and_then(|code| floors.row_of(code));
    let Some(row) = floor else { return parcels::parcels(context, question, pack, fits) };
    let mut found = Found::default();
    if let Some(stands) = floors.text(row, floor::BUILDING).and_then(|code| buildings.row_of(code)) {
        of_building(context.city, stands, question, pack, fits, &mut found);
    }
    found
}

/// The district of a floor or parcel.
pub(super) fn district_of<'a>(city: &'a City, code: &str) -> Option<&'a str> {
    let (floors, buildings, parcels) = (city.table(LayerId::Floor), city.table(LayerId::Building), city.table(LayerId::Parcel));
    match floors.row_of(code) {
        Some(row) => place(city, floors.text(row, floor::BUILDING).and_then(|code| buildings.row_of(code))?).district,
        None => parcels.text(parcels.row_of(code)?, parcel::DISTRICT),
    }
}

/// Buildings one by one on all cores, joined in file order.
fn floors<'a>(city: &'a City, question: &Question, pack: &MatchingPack, fits: &Fits) -> Found<'a> {
    let buildings = city.table(LayerId::Building);
    let found: Vec<Found<'a>> = (0..buildings.len())
        .into_par_iter()
        .with_min_len(256)
        .fold(Found::default, |mut found, row| {
            of_building(city, row, question, pack, fits, &mut found);
            found
        })
        .collect();
    found.into_iter().fold(Found::default(), Found::join)
}

/// Where a building stands.
struct Place<'a> {
    park: Option<&'a str>,
    district: Option<&'a str>,
}

fn place(city: &City, building_row: usize) -> Place<'_> {
    let (buildings, parcels, parks) = (city.table(LayerId::Building), city.table(LayerId::Parcel), city.table(LayerId::Park));
    let own_park = buildings.text(building_row, building::PARK);
    let on = buildings.text(building_row, building::PARCEL).and_then(|code| parcels.row_of(code));
    let of_parcel = on.and_then(|row| parcels.text(row, parcel::DISTRICT));
    let of_park = || own_park.and_then(|code| parks.row_of(code)).and_then(|row| parks.text(row, park::DISTRICT));
    Place { park: own_park, district: of_parcel.or_else(of_park) }
}

/// The units of a floor that could be offered.
#[derive(Default)]
struct OnFloor {
    vacant: Vec<u32>,
    let_: Vec<u32>,
}

fn of_building<'a>(city: &'a City, row: usize, question: &Question, pack: &MatchingPack, fits: &Fits, found: &mut Found<'a>) {
    let rows = city.links().units_of_building(row);
    let floor_rows = city.links().floors_of_building(row);
    if rows.is_empty() && floor_rows.is_empty() {
        return;
    }
    let (floors, units) = (city.table(LayerId::Floor), city.table(LayerId::Unit));
    let labels: Vec<Option<&str>> = floor_rows.iter().map(|at| floors.text(*at as usize, floor::FLOOR)).collect();
    let mut on: Vec<OnFloor> = floor_rows.iter().map(|_| OnFloor::default()).collect();
    for unit_row in rows {
        let at = *unit_row as usize;
        let Some(state) = state(units, at, pack) else { continue };
        let label = units.text(at, unit::FLOOR);
        match labels.iter().position(|known| label.is_some() && *known == label) {
            Some(floor) if state == Offered::Vacant => on[floor].vacant.push(*unit_row),
            Some(floor) => on[floor].let_.push(*unit_row),
            None if state == Offered::Vacant && question.sites.is_empty() => found.leave("floor_not_recorded", units.key(at)),
            None => {}
        }
    }
    let place = place(city, row);
    for (floor_row, on) in floor_rows.iter().zip(on) {
        let (floor_row, id) = (*floor_row as usize, floors.key(*floor_row as usize));
        if !question.asks(Kind::Floor, id) {
            continue;
        }
        let (state, rows) = match (on.vacant.is_empty(), on.let_.is_empty()) {
            (false, _) => (Offered::Vacant, on.vacant),
            // Only who says by when can wait for a lease to end.
            (true, false) if question.need.by.is_some() => (Offered::Let, on.let_),
            (true, _) => {
                found.leave("not_vacant", id);
                continue;
            }
        };
        found.offers.push(offer(city, floor_row, &place, question, fits, state, rows));
    }
}

/// Vacant, let, or neither: own use and out of service are not on offer, and uses that do not count are none of this.
fn state(units: &Table, row: usize, pack: &MatchingPack) -> Option<Offered> {
    if units.text(row, unit::USE).is_some_and(|code| !pack.unit_uses.value.iter().any(|counted| counted == code)) {
        return None;
    }
    match (units.text(row, unit::STATE), units.text(row, unit::TENANT).is_some()) {
        (Some("vacant"), _) | (Some("fit_out"), false) => Some(Offered::Vacant),
        (Some("let"), _) | (Some("fit_out"), true) => Some(Offered::Let),
        _ => None,
    }
}

fn offer<'a>(city: &'a City, row: usize, place: &Place<'a>, question: &Question, fits: &Fits, state: Offered, rows: Vec<u32>) -> Offer<'a> {
    let (floors, units) = (city.table(LayerId::Floor), city.table(LayerId::Unit));
    let recorded = RecordedFloor {
        order: floors.integer(row, floor::FLOOR_ORDER),
        height_m: floors.number(row, floor::HEIGHT_M),
        load_kn_m2: floors.number(row, floor::LOAD_KN_M2),
        fire_class: floors.text(row, floor::FIRE_CLASS),
        lifts: floors.number(row, floor::LIFTS),
    };
    let free_from = (state == Offered::Let).then(|| last_lease(units, &rows)).flatten().and_then(|end| end.succ_opt());
    let candidate = Candidate {
        kind: Kind::Floor,
        id: floors.key(row),
        district: place.district,
        area_m2: rows.iter().map(|row| units.number(*row as usize, unit::AREA_M2)).try_fold(0.0, |sum, area| area.map(|area| sum + area)),
        load: recorded.load_kn_m2,
        height: recorded.height_m,
        power: floors.number(row, floor::POWER_KVA),
        fire: recorded.fire_class,
        free: if state == Offered::Vacant { Free::Now } else { Free::Unknown },
        fit: question.need.cluster.as_deref().map(|cluster| fit(fits, place.district, cluster, &recorded)),
    };
    let as_of = rows.iter().filter_map(|row| units.text(*row as usize, unit::AS_OF).and_then(day)).min();
    Offer { candidate, row, park: place.park, state, units: rows, free_from, as_of }
}

/// The last end of the leases; `None` when one of them is not recorded.
fn last_lease(units: &Table, rows: &[u32]) -> Option<NaiveDate> {
    let ends: Option<Vec<NaiveDate>> = rows.iter().map(|row| units.text(*row as usize, unit::LEASE_END).and_then(day)).collect();
    ends.and_then(|ends| ends.into_iter().max())
}

fn fit(fits: &Fits, district: Option<&str>, cluster: &str, recorded: &RecordedFloor<'_>) -> Fit {
    let known = pack_of(fits, district);
    known.map_or(Fit { verdict: crate::analysis::upstairs::FitVerdict::Unknown, factor: None }, |pack| floor_fit(pack, cluster, recorded))
}

/// The pack of a district; of one that the city does not hold, the pack of none.
pub(super) fn pack_of<'a>(fits: &'a Fits, district: Option<&str>) -> Option<&'a Arc<UpstairsPack>> {
    fits.get(&district.map(str::to_owned)).or_else(|| fits.get(&None))
}
