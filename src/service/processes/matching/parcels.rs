//! Parcels with spare GFA (M3): what the FAR limit leaves of the planar area beyond what is built.

use super::super::process::Context;
use super::answer::Offered;
use super::evidence::{Fits, Found, Offer, pack_of};
use super::inputs::Question;
use crate::analysis::matching::{Candidate, Free, Kind};
use crate::analysis::upstairs::{Fit, FitVerdict, Overrides, verdicts};
use crate::city::Table;
use crate::city::letting::day;
use crate::domain::LayerId;
use crate::domain::columns::parcel;
use crate::rules::{MatchingPack, Op, UpstairsPack};
use crate::service::instruments::merged_parcels;
use chrono::Months;
use std::collections::HashMap;

pub(super) fn parcels<'a>(context: &Context<'a>, question: &Question, pack: &MatchingPack, fits: &Fits) -> Found<'a> {
    let city = context.city;
    let table: &'a Table = city.table(LayerId::Parcel);
    let merged = merged_parcels(city);
    // A new building stands after the pack's months: one day for all.
    let built = u32::try_from(pack.build_months.value).ok().and_then(|months| context.as_of.checked_add_months(Months::new(months)));
    let best: HashMap<Option<&str>, Fit> = match question.need.cluster.as_deref() {
        Some(cluster) => fits.iter().map(|(district, pack)| (district.as_deref(), best_band(pack, cluster))).collect(),
        None => HashMap::new(),
    };
    let mut found = Found::default();
    for row in (0..table.len()).filter(|row| question.asks(Kind::Parcel, table.key(*row))) {
        let id = table.key(row);
        let spare = match spare(table, row, pack) {
            _ if merged.contains_key(id) => Err("merged"),
            spare => spare,
        };
        let spare = match spare {
            Ok(spare) => spare,
            Err(reason) => {
                found.leave(reason, id);
                continue;
            }
        };
        let district = table.text(row, parcel::DISTRICT);
        let fit = best.get(&district).or_else(|| best.get(&None)).copied();
        let candidate = Candidate {
            kind: Kind::Parcel,
            id,
            district,
            area_m2: Some(spare),
            // Of a building that does not stand nothing is recorded.
            load: None,
            height: None,
            power: None,
            fire: None,
            free: built.map_or(Free::Unknown, Free::From),
            fit: fit.filter(|_| pack_of(fits, district).is_some()),
        };
        let as_of = table.text(row, parcel::AS_OF).and_then(day);
        let park = table.text(row, parcel::PARK);
        found.offers.push(Offer { candidate, row, park, state: Offered::Spare, units: Vec::new(), free_from: None, as_of });
    }
    found
}

/// Spare GFA in m², or why the parcel is no candidate.
fn spare(table: &Table, row: usize, pack: &MatchingPack) -> Result<f64, &'static str> {
    // The plan decides what land is for; where it says nothing, the present use.
    let code = table.text(row, parcel::PLANNED_USE).or_else(|| table.text(row, parcel::LAND_USE)).ok_or("use_unknown")?;
    if !pack.parcel_uses.value.iter().any(|counted| code.starts_with(counted.as_str())) {
        return Err("other_use");
    }
    let far = table.number(row, parcel::FAR_LIMIT).ok_or("far_unknown")?;
    let built = table.number(row, parcel::BUILT_GFA_M2).ok_or("built_unknown")?;
    let spare = far * table.shapes().area(row) - built;
    if Op::AtLeast.holds(spare, pack.min_spare.value) { Ok(spare) } else { Err("little_spare") }
}

/// A new building has every band: the cluster takes the one that suits it best.
fn best_band(pack: &UpstairsPack, cluster: &str) -> Fit {
    let bands = verdicts(pack, cluster, &Overrides::default());
    let order = [FitVerdict::Fit, FitVerdict::Unknown, FitVerdict::Retrofit, FitVerdict::Unfit];
    let found = order.into_iter().find_map(|verdict| bands.iter().find(|band| band.0 == verdict));
    found.map_or(Fit { verdict: FitVerdict::Unknown, factor: None }, |(verdict, factor)| Fit { verdict: *verdict, factor: *factor })
}
