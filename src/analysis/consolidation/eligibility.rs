//! Which parcels may be in a site, what each costs, and why the others may not (C7–C9).

use super::input::{ConsolidationPack, Params, ParcelInput};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Why a parcel is in no site; the order of the variants is the order in which reasons are listed (C7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LeftOutReason)]
pub enum Reason {
    OutsideArea,
    Banned,
    DataIncomplete,
    UseNotIndustrial,
    ControlLine,
    RecentBuilding,
    DenseBuilding,
    NoSitePossible,
    OverMaxArea,
    Budget,
    SiteLimit,
    Shape,
    Worse,
    /// An instrument in force has taken it into a plan parcel.
    Consolidated,
}

impl Reason {
    pub fn name(self) -> &'static str {
        match self {
            Reason::OutsideArea => "outside_area",
            Reason::Banned => "banned",
            Reason::DataIncomplete => "data_incomplete",
            Reason::UseNotIndustrial => "use_not_industrial",
            Reason::ControlLine => "control_line",
            Reason::RecentBuilding => "recent_building",
            Reason::DenseBuilding => "dense_building",
            Reason::NoSitePossible => "no_site_possible",
            Reason::OverMaxArea => "over_max_area",
            Reason::Budget => "budget",
            Reason::SiteLimit => "site_limit",
            Reason::Shape => "shape",
            Reason::Worse => "worse",
            Reason::Consolidated => "consolidated",
        }
    }
}

/// The judgement on one parcel.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// Failed tests in C7's order; empty for an eligible parcel.
    pub reasons: Vec<Reason>,
    /// For `data_incomplete`: the first field that is missing.
    pub missing: Option<String>,
    /// c_i in 万元; 0 while a price is missing.
    pub cost_wan: f64,
    pub built_gfa_m2: f64,
    /// r_i in 0..=1.
    pub readiness: f64,
}

impl Judgement {
    pub fn is_eligible(&self) -> bool {
        self.reasons.is_empty()
    }
}

/// Judges every parcel; `area_m2` is its planar area.
pub fn judge(parcels: &[ParcelInput], area_m2: &[f64], pack: &ConsolidationPack, params: &Params) -> Vec<Judgement> {
    let bans: BTreeSet<&str> = params.bans.iter().map(String::as_str).collect();
    parcels.iter().zip(area_m2).map(|(parcel, &area)| judge_one(parcel, area, pack, params, &bans)).collect()
}

fn judge_one(parcel: &ParcelInput, area_m2: f64, pack: &ConsolidationPack, params: &Params, bans: &BTreeSet<&str>) -> Judgement {
    let built_gfa_m2 = parcel.built_gfa_m2.unwrap_or(0.0);
    let land = parcel.tenure.as_ref().and_then(|tenure| pack.land_price_wan_m2.get(tenure));
    let structure = parcel.structure.as_deref().unwrap_or("unknown");
    let demolition = if built_gfa_m2 > 0.0 { pack.demolition_price_wan_m2.get(structure).copied() } else { Some(0.0) };
    let missing = missing_field(parcel, area_m2, pack, land.is_some(), demolition.is_some());

    let is_over_control =
        parcel.control_share.iter().any(|(kind, share)| *share > pack.control_max_share.get(kind).copied().unwrap_or(pack.control_default_max_share));
    let is_recent = parcel.has_building
        && pack.recent_building_years.zip(parcel.built_year).is_some_and(|(years, built)| f64::from(params.as_of_year - built) < years);
    let far = present_far(parcel, area_m2);
    let tests = [
        (parcel.share_inside < pack.min_share_inside, Reason::OutsideArea),
        (bans.contains(parcel.code.as_str()), Reason::Banned),
        (missing.is_some(), Reason::DataIncomplete),
        (parcel.planned_use.as_ref().is_some_and(|code| !pack.industrial_uses.contains(code)), Reason::UseNotIndustrial),
        (is_over_control, Reason::ControlLine),
        (is_recent, Reason::RecentBuilding),
        (pack.dense_far.is_some_and(|limit| far > limit), Reason::DenseBuilding),
    ];
    Judgement {
        reasons: tests.into_iter().filter_map(|(failed, reason)| failed.then_some(reason)).collect(),
        missing,
        cost_wan: area_m2 * land.copied().unwrap_or(0.0) + built_gfa_m2 * demolition.unwrap_or(0.0),
        built_gfa_m2,
        readiness: parcel.stage.as_ref().and_then(|stage| pack.readiness.get(stage)).copied().unwrap_or(0.0),
    }
}

/// FAR as recorded, else built GFA over planar area.
pub(super) fn present_far(parcel: &ParcelInput, area_m2: f64) -> f64 {
    let computed = if area_m2 > 0.0 { parcel.built_gfa_m2.unwrap_or(0.0) / area_m2 } else { 0.0 };
    parcel.far_present.unwrap_or(computed)
}

/// The first missing field that makes the parcel `data_incomplete` (C8, C9).
fn missing_field(parcel: &ParcelInput, area_m2: f64, pack: &ConsolidationPack, has_land: bool, has_demolition: bool) -> Option<String> {
    let number_is_bad = |n: Option<f64>| n.is_some_and(|n| !n.is_finite() || n < 0.0);
    let fields = [
        (!(parcel.geometry_valid && area_m2 > 0.0 && area_m2.is_finite()), "geometry"),
        (parcel.tenure.is_none(), "tenure"),
        (parcel.planned_use.is_none(), "planned_use"),
        (number_is_bad(parcel.built_gfa_m2) || (parcel.has_building && parcel.built_gfa_m2.is_none()), "built_gfa_m2"),
        (parcel.has_building && pack.recent_building_years.is_some() && parcel.built_year.is_none(), "built_year"),
        (parcel.tenure.is_some() && !has_land, "land_price"),
        (!has_demolition, "demolition_price"),
    ];
    fields.into_iter().find_map(|(is_missing, field)| is_missing.then(|| field.to_owned()))
}
