//! What an action plan answers, and as GeoJSON.

use super::super::features::{Feature, Features};
use super::super::progress::{PlanLights, PlanSite};
use super::super::seen::Seen;
use super::sites::{CandidateSite, Found};
use crate::analysis::consolidation::action_plan::{self, Excluded, Phase, Question, Relaxation, YearLine};
use crate::domain::RunRecord;
use crate::domain::units::hectares;
use crate::rules::{self, Status};
use crate::spatial::Drawing;
use crate::spatial::drawing::Place;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlannedYears {
    pub from: i32,
    pub to: i32,
    pub hard: bool,
    pub sites: Vec<PlannedSite>,
    pub years: Vec<YearLine>,
    pub targets: Vec<TargetAnswer>,
    pub relaxation: Vec<Relaxation>,
    pub objective: f64,
    pub bound: f64,
    pub gap: f64,
    pub exact: bool,
    pub banked_before_ha: f64,
    pub discount: f64,
    pub penalty: f64,
    pub excluded: Vec<Excluded>,
    pub gantt: Vec<Bar>,
    pub curve: Vec<CurvePoint>,
    pub parks: Vec<ParkLine>,
    /// Whether the yearly capacity is sourced.
    pub capacity_status: Status,
    /// How far its parks and years are on the day of the run.
    pub lights: PlanLights,
    pub run: RunRecord,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlannedSite {
    #[serde(flatten)]
    pub figures: SiteFigures,
    pub parcels: Vec<String>,
    pub outline: Drawing,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PlannedFigures)]
pub struct SiteFigures {
    pub id: String,
    pub park: String,
    #[schema(required)]
    pub phase: Option<Phase>,
    /// `None`: it found no year.
    #[schema(required)]
    pub year: Option<i32>,
    /// New land; `block_ha` with what was banked already.
    pub area_ha: f64,
    pub block_ha: f64,
    pub banked_ha: f64,
    pub cost_wan: f64,
    /// `solved` or `instrument`.
    pub source: &'static str,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TargetLine)]
pub struct TargetAnswer {
    pub year: i32,
    pub ha: f64,
    pub shortfall_ha: f64,
    pub status: Status,
    /// `input` for a target that a planner set.
    pub source: String,
}

/// A site's bar in a Gantt chart.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = GanttBar)]
pub struct Bar {
    pub id: String,
    pub park: String,
    #[schema(required)]
    pub phase: Option<Phase>,
    pub start: String,
    pub end: String,
    /// Sites that come first because the planner said so.
    pub after: Vec<String>,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct CurvePoint {
    pub year: i32,
    pub cumulative_ha: f64,
    #[schema(required)]
    pub target_ha: Option<f64>,
}

/// How a park's sites were found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ParkLine {
    pub park: String,
    pub sites: usize,
    /// `no_parcels` and the like, when the park gave no answer.
    #[schema(required)]
    pub fault: Option<&'static str>,
    pub gap: f64,
    /// The search was cut short by its time: another machine may find other sites.
    pub cut_short: bool,
}

impl Seen for PlannedYears {}

pub(super) fn answer(
    run: RunRecord,
    plan: action_plan::ActionPlan,
    question: Question,
    found: Found,
    pack: &rules::ConsolidationPack,
    entered: bool,
    lights: PlanLights,
    place: Place<'_>,
) -> PlannedYears {
    let candidates: BTreeMap<&str, &CandidateSite> = found.sites.iter().map(|site| (site.id.as_str(), site)).collect();
    let sites = plan.sites.iter().filter_map(|(site, year)| Some(candidates.get(site.id.as_str())?.planned(site, *year, place)));
    let (status, source) = if entered { (Status::Unconfirmed, "input") } else { (pack.targets_cite.status, pack.targets_cite.source.as_str()) };
    let targets = plan.targets.iter().map(|line| TargetAnswer {
        year: line.year,
        ha: line.ha,
        shortfall_ha: line.shortfall_ha,
        status,
        source: source.to_owned(),
    });
    let before = |id: &str| question.after.iter().filter(|(_, later)| later == id).map(|(first, _)| first.clone()).collect();
    let bar = |site: &action_plan::PlanSite, year: i32| Bar {
        id: site.id.clone(),
        park: site.park.clone(),
        phase: site.phase,
        start: format!("{year}-01-01"),
        end: format!("{year}-12-31"),
        after: before(&site.id),
    };
    PlannedYears {
        run,
        from: question.from,
        to: question.to,
        hard: question.hard,
        sites: sites.collect(),
        targets: targets.collect(),
        gantt: plan.sites.iter().filter_map(|(site, year)| Some(bar(site, (*year)?))).collect(),
        curve: plan.years.iter().map(|line| CurvePoint { year: line.year, cumulative_ha: line.cumulative_ha, target_ha: line.target_ha }).collect(),
        years: plan.years,
        relaxation: plan.relaxation,
        objective: plan.objective,
        bound: plan.bound,
        gap: plan.gap,
        exact: plan.exact,
        banked_before_ha: question.banked_before_ha,
        discount: question.discount,
        penalty: question.penalty,
        excluded: plan.excluded,
        parks: found.parks,
        capacity_status: pack.year_capacity.cite.status,
        lights,
    }
}

/// What the lights of a plan that is being made need of its sites.
pub(super) fn followed(plan: &action_plan::ActionPlan, found: &Found) -> Vec<PlanSite> {
    let parcels: BTreeMap<&str, &Vec<String>> = found.sites.iter().map(|site| (site.id.as_str(), &site.parcels)).collect();
    let site = |(site, year): &(action_plan::PlanSite, Option<i32>)| {
        let parcels = parcels.get(site.id.as_str()).map(|parcels| (*parcels).clone()).unwrap_or_default();
        PlanSite { park: site.park.clone(), area_ha: site.area_ha, parcels, year: *year }
    };
    plan.sites.iter().map(site).collect()
}

impl CandidateSite {
    fn planned(&self, site: &action_plan::PlanSite, year: Option<i32>, place: Place<'_>) -> PlannedSite {
        let figures = SiteFigures {
            id: site.id.clone(),
            park: site.park.clone(),
            phase: site.phase,
            year,
            area_ha: site.area_ha,
            block_ha: hectares(self.area_m2),
            banked_ha: hectares(self.banked_m2),
            cost_wan: site.cost_wan,
            source: self.source,
        };
        PlannedSite { figures, parcels: self.parcels.clone(), outline: Drawing::of(&self.shape, place) }
    }
}

#[derive(Serialize)]
struct MapProperties<'a> {
    #[serde(flatten)]
    figures: &'a SiteFigures,
    parcel_count: usize,
}

impl PlannedYears {
    /// One feature per site; a site without a year has a null one.
    pub fn features(&self) -> Features {
        let features = self.sites.iter().map(|site| {
            let properties = MapProperties { figures: &site.figures, parcel_count: site.parcels.len() };
            Feature::new(Some(&site.figures.id), Some(site.outline.clone()), properties)
        });
        Features::new(&self.run, features.collect())
    }
}
