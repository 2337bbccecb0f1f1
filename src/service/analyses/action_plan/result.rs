//! The action plan as JSON and as GeoJSON.

use super::sites::{CandidateSite, Found};
use crate::analysis::consolidation::action_plan::{ActionPlan, Question};
use crate::analysis::consolidation::geometry_json;
use crate::rules;
use geo_types::Coord;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) fn to_json(
    plan: &ActionPlan,
    question: &Question,
    found: &Found,
    pack: &rules::ConsolidationPack,
    entered: bool,
    project: &dyn Fn(Coord<f64>) -> Coord<f64>,
) -> Value {
    let candidates: BTreeMap<&str, &CandidateSite> = found.sites.iter().map(|site| (site.id.as_str(), site)).collect();
    let sites: Vec<Value> = plan
        .sites
        .iter()
        .filter_map(|(site, year)| {
            let own = candidates.get(site.id.as_str())?;
            Some(json!({
                "id": site.id, "park": site.park, "phase": site.phase, "year": year,
                "area_ha": site.area_ha, "block_ha": own.area_m2 / super::HA, "banked_ha": own.banked_m2 / super::HA,
                "cost_wan": site.cost_wan, "parcels": own.parcels, "outline": geometry_json(&own.shape, project), "source": own.source,
            }))
        })
        .collect();
    let (status, source) =
        if entered { (json!("unconfirmed"), json!("input")) } else { (json!(pack.targets_cite.status), json!(pack.targets_cite.source)) };
    let targets: Vec<Value> = plan
        .targets
        .iter()
        .map(|line| json!({ "year": line.year, "ha": line.ha, "shortfall_ha": line.shortfall_ha, "status": status, "source": source }))
        .collect();
    let before = |id: &str| -> Vec<&String> { question.after.iter().filter(|(_, b)| b == id).map(|(a, _)| a).collect() };
    let gantt: Vec<Value> = plan
        .sites
        .iter()
        .filter_map(|(site, year)| {
            let year = (*year)?;
            Some(json!({
                "id": site.id, "park": site.park, "phase": site.phase,
                "start": format!("{year}-01-01"), "end": format!("{year}-12-31"), "after": before(&site.id),
            }))
        })
        .collect();
    let curve: Vec<Value> =
        plan.years.iter().map(|line| json!({ "year": line.year, "cumulative_ha": line.cumulative_ha, "target_ha": line.target_ha })).collect();
    let parks: Vec<Value> = found
        .parks
        .iter()
        .map(|run| json!({ "park": run.park, "sites": run.sites, "fault": run.fault, "gap": run.gap, "cut_short": run.cut_short }))
        .collect();
    json!({
        "from": question.from, "to": question.to, "hard": question.hard,
        "sites": sites, "years": plan.years, "targets": targets, "relaxation": plan.relaxation,
        "objective": plan.objective, "bound": plan.bound, "gap": plan.gap, "exact": plan.exact,
        "banked_before_ha": question.banked_before_ha, "discount": question.discount, "penalty": question.penalty,
        "excluded": plan.excluded, "gantt": gantt, "curve": curve, "parks": parks,
        "capacity_status": pack.year_capacity.cite.status,
    })
}

/// One feature per site; a site without a year has a null one.
pub fn plan_as_geojson(answer: &Value) -> Value {
    let features: Vec<Value> = answer["sites"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|site| {
            let mut properties = site.clone();
            if let Some(members) = properties.as_object_mut() {
                members.remove("outline");
                members.remove("parcels");
                members.insert("parcel_count".to_owned(), json!(site["parcels"].as_array().map_or(0, Vec::len)));
            }
            json!({ "type": "Feature", "id": site["id"], "geometry": site["outline"], "properties": properties })
        })
        .collect();
    json!({ "type": "FeatureCollection", "run": answer["run"], "features": features })
}
