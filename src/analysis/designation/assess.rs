//! The assessment of all parks together: cards, ranks, sensitivity.

use super::card::{Card, Field, measure};
use super::city_side::CitySide;
use super::coverage::Reach;
use super::doubt::Doubt;
use super::evidence::{CityEvidence, ParkEvidence};
use super::land::Means;
use super::measure::{Frame, Park};
use super::ranking::{rank, sensitivity};
use super::result::{DesignationResult, ParkResult};
use crate::analysis::disclosure::Figure;
use crate::rules::DesignationPack;
use crate::rules::indicators::INDICATORS;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Scorecards of all `parks`. Ranks, quotas and the means of park types are over exactly these, so a caller who wants one park passes all of
/// them and picks.
pub fn assess(parks: &[ParkEvidence], city: &CityEvidence, pack: &DesignationPack, as_of: NaiveDate) -> DesignationResult {
    let mut order: Vec<&ParkEvidence> = parks.iter().collect();
    order.sort_by(|a, b| a.park.cmp(&b.park));
    let doubt = Doubt::new(&order, city);
    let frame = Frame { pack, as_of, doubt: &doubt };
    let seen: Vec<Park<'_>> = order.iter().map(|evidence| Park { evidence, frame, judged_by: 0 }).collect();
    let field = Field {
        city,
        side: CitySide::new(city, &frame),
        reaches: city.facilities.iter().map(|(class, sites)| (class.as_str(), Reach::new(sites))).collect(),
        means: Means::new(&seen),
    };
    let cards: Vec<Card> = seen.iter().map(|park| Card::new(park, &field)).collect();
    let base = rank(&cards, pack, None);
    let sensitivity = sensitivity(&cards, pack, &base);
    let placed = cards.into_iter().zip(base).zip(sensitivity);
    let mut results: Vec<ParkResult> = placed.map(|((card, (grade, rank)), sensitivity)| card.result(pack, grade, rank, sensitivity)).collect();
    results.sort_by(|a, b| (a.rank.is_none(), a.rank, a.status as u8, &a.park).cmp(&(b.rank.is_none(), b.rank, b.status as u8, &b.park)));
    DesignationResult { as_of, pack: pack.id.clone(), pack_version: pack.version.clone(), pack_hash: pack.hash.clone(), parks: results }
}

/// Indicators whose records hang on which cluster a park is judged by.
const BY_LEAD: [&str; 6] = ["lead_output", "lead_firms", "lead_floor", "lq", "lead_firm_count", "leaders"];

/// Everything of tenants' data that the scorecards of `parks` rest on, whatever of it a pack weighs, and by whichever of a park's clusters it is judged.
pub fn figures(parks: &[ParkEvidence], city: &CityEvidence, pack: &DesignationPack, as_of: NaiveDate) -> Vec<Figure> {
    let order: Vec<&ParkEvidence> = parks.iter().collect();
    let doubt = Doubt::new(&order, city);
    let frame = Frame { pack, as_of, doubt: &doubt };
    let mut seen: Vec<Park<'_>> = order.iter().map(|evidence| Park { evidence, frame, judged_by: 0 }).collect();
    let field = Field { city, side: CitySide::new(city, &frame), reaches: BTreeMap::new(), means: Means::new(&seen) };
    let most = parks.iter().map(|park| park.lead_clusters.len()).max().unwrap_or(0).max(1);
    let mut figures = Vec::new();
    for judged_by in 0..most {
        seen.iter_mut().for_each(|park| park.judged_by = judged_by);
        let asked = || INDICATORS.iter().filter(|indicator| judged_by == 0 || BY_LEAD.contains(&indicator.id));
        figures.extend(seen.iter().flat_map(|park| asked().flat_map(|indicator| measure(park, indicator, &field, &[]).figures)));
    }
    figures
}
