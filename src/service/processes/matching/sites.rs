//! One site as it is told.

use super::answer::{FloorPlace, Offered, Site};
use super::evidence::Offer;
use crate::analysis::matching::{Candidate, Need, Ranked, explain};
use crate::city::City;
use crate::domain::LayerId;
use crate::domain::columns::{building, floor};
use crate::rules::{MatchingPack, Verdict};

pub(super) fn site(city: &City, need: &Need, candidate: &Candidate<'_>, offer: &Offer<'_>, ranked: &Ranked<'_>, pack: &MatchingPack) -> Site {
    let (criteria, change) = explain(need, candidate, pack);
    let own = |text: Option<&str>| text.map(str::to_owned);
    let floor = if offer.state == Offered::Spare { FloorPlace::default() } else { floor_place(city, offer) };
    let parcel = match (&floor.building, offer.state) {
        (_, Offered::Spare) => Some(candidate.id.to_owned()),
        (Some(code), _) => {
            let buildings = city.table(LayerId::Building);
            own(buildings.row_of(code).and_then(|row| buildings.text(row, building::PARCEL)))
        }
        (None, _) => None,
    };
    let fails = ranked.count(Verdict::Fail);
    Site {
        rank: 0,
        kind: candidate.kind,
        id: candidate.id.to_owned(),
        floor,
        parcel,
        park: own(offer.park),
        district: own(candidate.district),
        wished: ranked.wished,
        state: offer.state,
        area_m2: candidate.area_m2,
        figures_as_of: offer.as_of,
        criteria,
        mendable: change.len() == fails,
        change,
        cost: ranked.cost,
        fails,
        unknowns: ranked.count(Verdict::Unknown),
    }
}

fn floor_place(city: &City, offer: &Offer<'_>) -> FloorPlace {
    let (floors, buildings, units) = (city.table(LayerId::Floor), city.table(LayerId::Building), city.table(LayerId::Unit));
    let code = floors.text(offer.row, floor::BUILDING);
    let name = code.and_then(|code| buildings.row_of(code)).and_then(|row| buildings.text(row, building::NAME));
    FloorPlace {
        building: code.map(str::to_owned),
        building_name: name.map(str::to_owned),
        floor: floors.text(offer.row, floor::FLOOR).map(str::to_owned),
        floor_order: floors.integer(offer.row, floor::FLOOR_ORDER),
        units: offer.units.iter().map(|row| units.key(*row as usize).to_owned()).collect(),
    }
}
