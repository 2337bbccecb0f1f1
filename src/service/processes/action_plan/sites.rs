//! Sites that an action plan spreads over the years: the best consolidation of each park, and the phase of each site.

use super::super::consolidation::solve_park;
use super::result::ParkLine;
use crate::analysis::Control;
use crate::analysis::consolidation::action_plan::{Phase, PlanSite};
use crate::city::City;
use crate::city::Table;
use crate::domain::codes::stage;
use crate::domain::columns::{parcel, zone};
use crate::domain::fault::Outcome;
use crate::domain::units::hectares;
use crate::domain::{Fault, FaultKind, LayerId};
use crate::rules;
use crate::spatial::overlay;
use crate::spatial::polygons::Polygons;
use chrono::NaiveDate;
use geo_types::MultiPolygon;
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A site with what the plan and its readers need of it; the shape stands in the working plane.
#[derive(Clone, Debug)]
pub(super) struct CandidateSite {
    pub id: String,
    pub park: String,
    pub phase: Option<Phase>,
    /// The whole block, m² (C1).
    pub area_m2: f64,
    /// Area of its parcels that are banked already, m²: recorded as banked before, so the plan does not count it again.
    pub banked_m2: f64,
    pub cost_wan: f64,
    pub parcels: Vec<String>,
    pub shape: MultiPolygon<f64>,
    /// `solved` or `instrument`.
    pub source: &'static str,
}

impl CandidateSite {
    pub(super) fn new_ha(&self) -> f64 {
        hectares((self.area_m2 - self.banked_m2).max(0.0))
    }

    pub(super) fn to_plan(&self) -> PlanSite {
        PlanSite { id: self.id.clone(), park: self.park.clone(), phase: self.phase, area_ha: self.new_ha(), cost_wan: self.cost_wan }
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    pub sites: Vec<CandidateSite>,
    pub parks: Vec<ParkLine>,
}

/// A park's search ends by its own count of steps; the clock only guards against a park beyond all measure.
const PARK_SECONDS: u64 = 120;

/// The best candidate of each park, parks side by side; the answer does not depend on the number of threads.
pub(super) fn solved_sites(
    city: &City,
    parks: &[String],
    pack: &rules::ConsolidationPack,
    as_of: NaiveDate,
    seed: u64,
    control: Control<'_>,
) -> Outcome<Found> {
    let done = AtomicUsize::new(0);
    let runs = parks
        .par_iter()
        .map(|park| {
            let run = solved_park(city, park, pack, as_of, seed, control.stop);
            let ready = done.fetch_add(1, Ordering::Relaxed) + 1;
            (control.progress)(0.95 * ready as f64 / parks.len() as f64);
            run
        })
        .collect::<Outcome<Vec<Found>>>()?;
    Ok(runs.into_iter().fold(Found::default(), |mut all, run| {
        all.sites.extend(run.sites);
        all.parks.extend(run.parks);
        all
    }))
}

fn solved_park(
    city: &City,
    park: &str,
    pack: &rules::ConsolidationPack,
    as_of: NaiveDate,
    seed: u64,
    ended: &(dyn Fn() -> bool + Sync),
) -> Outcome<Found> {
    let deadline = Instant::now() + Duration::from_secs(PARK_SECONDS);
    let stop = || ended() || Instant::now() >= deadline;
    let answer = match solve_park(city, park, pack, as_of, seed, &stop) {
        Ok(answer) => answer,
        // A park without parcels has no site; that is an answer, not a failure of the plan.
        Err(Fault { kind: FaultKind::BadInput, code, .. }) => {
            return Ok(Found {
                sites: Vec::new(),
                parks: vec![ParkLine { park: park.to_owned(), sites: 0, fault: Some(code), gap: 0.0, cut_short: false }],
            });
        }
        Err(fault) => return Err(fault),
    };
    let parcels = city.table(LayerId::Parcel);
    let best = answer.candidates.into_iter().next().map(|candidate| candidate.sites).unwrap_or_default();
    let sites: Vec<CandidateSite> = best
        .into_iter()
        .map(|site| CandidateSite {
            id: format!("{park}-{}", site.id),
            park: park.to_owned(),
            phase: None,
            area_m2: site.area_m2,
            banked_m2: banked_m2(parcels, &site.parcels),
            cost_wan: site.cost_wan,
            parcels: site.parcels,
            shape: site.outline,
            source: "solved",
        })
        .collect();
    let run = ParkLine { park: park.to_owned(), sites: sites.len(), fault: None, gap: answer.gap, cut_short: stop() };
    Ok(Found { sites, parks: vec![run] })
}

/// The phase of a site is the kind of the zone that holds most of it.
pub(super) fn set_phases(city: &City, sites: &mut [CandidateSite]) {
    let zones = city.table(LayerId::Zone);
    let shapes: Polygons = sites.iter().map(|site| &site.shape).collect();
    let mut most = vec![0.0; sites.len()];
    for (site, zone, shared) in overlay(&shapes, zones.shapes()) {
        let phase = zones.text(zone as usize, zone::KIND).and_then(Phase::parse);
        if phase.is_some() && shared > most[site as usize] {
            most[site as usize] = shared;
            sites[site as usize].phase = phase;
        }
    }
}

/// Planar area of the banked ones among these parcels, m².
pub(super) fn banked_m2(table: &Table, codes: &[String]) -> f64 {
    codes
        .iter()
        .filter_map(|code| table.row_of(code))
        .filter(|row| table.text(*row, parcel::STAGE) == Some(stage::BANKED) && table.text(*row, parcel::PARK).is_some())
        .map(|row| table.shapes().area(row))
        .fold(0.0, |sum, area| sum + area)
}
