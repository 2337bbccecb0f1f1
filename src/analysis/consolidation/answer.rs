//! What a consolidation answers, with the member names that clients rely on.

use super::eligibility::Reason;
use super::ledger::Ledger;
use geo_types::{Coord, MultiPolygon};
use serde::Serialize;
use serde_json::{Value, json};

/// Everything the analysis found; geometry stands in the working plane until [`Answer::to_json`] projects it.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Best objective first.
    pub candidates: Vec<Candidate>,
    /// Proven upper bound on the objective (C14).
    pub bound: f64,
    pub gap: f64,
    pub exact: bool,
    /// What the bound left out of the problem.
    pub relaxed: Vec<&'static str>,
    pub excluded: Vec<Excluded>,
    pub eligible: Eligible,
    pub fragmentation: Fragmentation,
    pub land_split: Option<LandSplit>,
}

#[derive(Clone, Debug)]
pub struct Candidate {
    /// `best`, `cheapest`, `largest` or `fewest_owners`.
    pub label: &'static str,
    pub objective: f64,
    pub area_m2: f64,
    pub cost_wan: f64,
    /// Sum over sites (C10).
    pub owners: usize,
    /// Distinct owners of the whole plan (C10).
    pub distinct_owners: usize,
    pub demolition_gfa_m2: f64,
    pub mean_compactness: f64,
    pub sites: Vec<SiteAnswer>,
    pub land_split: Option<LandSplit>,
}

#[derive(Clone, Debug)]
pub struct SiteAnswer {
    pub id: String,
    pub parcels: Vec<String>,
    pub area_m2: f64,
    pub compactness: f64,
    pub cost_wan: f64,
    pub owners: usize,
    pub demolition_gfa_m2: f64,
    pub value: f64,
    pub outline: MultiPolygon<f64>,
    pub ledger: Ledger,
}

/// Parcels left out for one reason.
#[derive(Clone, Debug)]
pub struct Excluded {
    pub reason: Reason,
    pub area_m2: f64,
    pub parcels: Vec<String>,
    pub details: Vec<ExcludedDetail>,
}

/// "Why not?" for one parcel.
#[derive(Clone, Debug, Serialize)]
pub struct ExcludedDetail {
    pub parcel: String,
    /// All failed tests in order; the first is the one that is counted.
    pub reasons: Vec<Reason>,
    /// For `data_incomplete`: the missing field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
    /// For `worse`: the best objective change that adding it would bring.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<f64>,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub struct Eligible {
    pub count: usize,
    pub area_m2: f64,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub struct Fragmentation {
    pub before: Blocks,
    pub after: Blocks,
}

/// C15 over the blocks: eligible parcels before; sites and eligible parcels outside them after.
#[derive(Clone, Copy, Debug, Serialize, PartialEq)]
pub struct Blocks {
    /// Number of blocks.
    pub parcels: usize,
    pub median_area_m2: f64,
    /// Largest Σ a over the components of contact among eligible parcels; a plan does not change it.
    pub largest_block_m2: f64,
    /// Share of the land in blocks ≥ A_min.
    pub share_in_blocks: f64,
    /// Σ A² / Σ A (Jaeger 2000).
    pub m_eff_m2: f64,
}

/// Retained and banked land of a plan; the table's figures are unconfirmed.
#[derive(Clone, Copy, Debug, Serialize, PartialEq)]
pub struct LandSplit {
    pub retained_m2: f64,
    pub banked_m2: f64,
    pub status: &'static str,
}

impl Answer {
    /// The JSON of the answer without its run record; `project` maps working coordinates to lon/lat.
    pub fn to_json(&self, project: &dyn Fn(Coord<f64>) -> Coord<f64>) -> Value {
        let mut answer = json!({
            "candidates": self.candidates.iter().map(|c| c.to_json(project)).collect::<Vec<_>>(),
            "bound": self.bound,
            "gap": self.gap,
            "exact": self.exact,
            "relaxed": self.relaxed,
            "excluded": self.excluded.iter().map(|e| json!({
                "reason": e.reason, "count": e.parcels.len(), "area_m2": e.area_m2, "parcels": e.parcels, "details": e.details,
            })).collect::<Vec<_>>(),
            "eligible": self.eligible,
            "fragmentation": self.fragmentation,
        });
        if let Some(split) = &self.land_split {
            answer["land_split"] = json!(split);
        }
        answer
    }
}

impl Candidate {
    fn to_json(&self, project: &dyn Fn(Coord<f64>) -> Coord<f64>) -> Value {
        let mut candidate = json!({
            "label": self.label,
            "objective": self.objective,
            "area_m2": self.area_m2,
            "cost_wan": self.cost_wan,
            "owners": self.owners,
            "distinct_owners": self.distinct_owners,
            "demolition_gfa_m2": self.demolition_gfa_m2,
            "mean_compactness": self.mean_compactness,
            "sites": self.sites.iter().map(|s| s.to_json(project)).collect::<Vec<_>>(),
        });
        if let Some(split) = &self.land_split {
            candidate["land_split"] = json!(split);
        }
        candidate
    }
}

impl SiteAnswer {
    fn to_json(&self, project: &dyn Fn(Coord<f64>) -> Coord<f64>) -> Value {
        json!({
            "id": self.id,
            "parcels": self.parcels,
            "area_m2": self.area_m2,
            "compactness": self.compactness,
            "cost_wan": self.cost_wan,
            "owners": self.owners,
            "demolition_gfa_m2": self.demolition_gfa_m2,
            "value": self.value,
            "outline": geometry_json(&self.outline, project),
            "ledger": self.ledger.to_json(project),
        })
    }
}

/// A GeoJSON Polygon for one part, MultiPolygon for more (RFC 7946: exterior counter-clockwise as our shapes are).
pub fn geometry_json(shape: &MultiPolygon<f64>, project: &dyn Fn(Coord<f64>) -> Coord<f64>) -> Value {
    let ring = |line: &geo_types::LineString<f64>| -> Value {
        line.0
            .iter()
            .map(|c| {
                let c = project(*c);
                json!([c.x, c.y])
            })
            .collect()
    };
    let parts: Vec<Value> = shape.iter().map(|p| std::iter::once(p.exterior()).chain(p.interiors()).map(ring).collect()).collect();
    match parts.as_slice() {
        [only] => json!({"type": "Polygon", "coordinates": only}),
        _ => json!({"type": "MultiPolygon", "coordinates": parts}),
    }
}
