//! The answer of the upstairs check, and its JSON (member names of the API).

use super::shape::Point;
use crate::rules::{Cite, Op, Status, Verdict};
use geo_types::{MultiPolygon, Polygon};
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// One rule, checked. `limit: None` with `pass` means that no limit applies; `measured: None` is always `unknown`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    pub rule: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    pub clause: String,
    pub measured: Option<f64>,
    pub limit: Option<f64>,
    pub op: Op,
    pub unit: &'static str,
    /// Distance to the limit on the allowed side (negative when it fails), in `unit`.
    pub margin: Option<f64>,
    pub verdict: Verdict,
    pub source: String,
    pub status: Status,
    /// Pack and version that gave the limit; `city` for the parcel's own record, `input` for a planner's figure.
    pub pack: String,
    pub pack_version: String,
}

impl Finding {
    pub(super) fn new(rule: &Rule, measured: Option<f64>, limit: Option<f64>, cite: &Arc<Cite>) -> Finding {
        Finding {
            rule: rule.id,
            zh: rule.zh,
            en: rule.en,
            clause: cite.clause.clone(),
            measured,
            limit,
            op: rule.op,
            unit: rule.unit,
            margin: measured.zip(limit).map(|(measured, limit)| rule.op.margin(measured, limit)),
            verdict: rule.op.judge(measured, limit),
            source: cite.source.clone(),
            status: cite.status,
            pack: cite.pack.clone(),
            pack_version: cite.version.clone(),
        }
    }

    pub(super) fn with_verdict(mut self, verdict: Verdict) -> Finding {
        self.verdict = verdict;
        self
    }
}

/// What a rule is called and which way it compares.
pub(super) struct Rule {
    pub id: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    pub op: Op,
    pub unit: &'static str,
}

/// A figure that the scheme must provide but about which nothing was stated: a requirement, not a verdict (U13).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Requirement {
    pub rule: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    /// Index of the plate it holds for; `None` for the whole scheme.
    pub plate: Option<usize>,
    pub required: f64,
    pub op: Op,
    pub unit: &'static str,
    pub clause: String,
    pub source: String,
    pub status: Status,
}

impl Requirement {
    pub(super) fn new(rule: &Rule, plate: Option<usize>, required: f64, cite: &Arc<Cite>) -> Requirement {
        Requirement {
            rule: rule.id,
            zh: rule.zh,
            en: rule.en,
            plate,
            required,
            op: rule.op,
            unit: rule.unit,
            clause: cite.clause.clone(),
            source: cite.source.clone(),
            status: cite.status,
        }
    }
}

/// One bar of the waterfall: `parcel` (gross), restrictions and `setback` as removed area, `site` and `outline` as what is left.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bar {
    pub id: String,
    pub zh: String,
    pub en: String,
    /// m² newly removed (or left); `None` when not computed.
    pub area_m2: Option<f64>,
    /// The restriction's whole area on the parcel, overlaps included.
    pub full_area_m2: Option<f64>,
    pub computed: bool,
    pub dedicated: bool,
}

/// One footplate, corners counter-clockwise in the working CRS.
#[derive(Clone, Debug, PartialEq)]
pub struct PlateResult {
    pub width_m: f64,
    pub length_m: f64,
    pub area_m2: f64,
    /// Direction of the long side, degrees from east, counter-clockwise, in [0, 180).
    pub angle_deg: f64,
    pub polygon: Polygon<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StoreyResult {
    pub n: usize,
    pub band: &'static str,
    pub height_m: f64,
    /// Over all plates.
    pub area_m2: f64,
    pub load_kn_m2: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Binding {
    pub rule: &'static str,
    pub gain_m2: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LeverChange {
    pub lever: String,
    pub from: Option<f64>,
    pub to: f64,
}

/// One way to mend the scheme (U18). `reaches: false` is the best that the levers' bounds allow.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    pub levers: Vec<LeverChange>,
    pub cost: f64,
    pub gfa_m2: f64,
    pub reaches: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FitVerdict {
    Fit,
    Retrofit,
    Unfit,
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FitCell {
    pub cluster: String,
    pub band: &'static str,
    pub verdict: FitVerdict,
    /// The factor that decides; `None` when all fit.
    pub factor: Option<&'static str>,
    pub status: Status,
}

/// Findings on one building that stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExistingResult {
    pub building: String,
    pub findings: Vec<Finding>,
    pub overall: Verdict,
}

#[derive(Clone, Debug, PartialEq)]
pub struct UpstairsResult {
    pub parcel: String,
    pub cluster: Option<String>,
    pub pack: String,
    pub pack_version: String,
    pub pack_hash: String,
    pub waterfall: Vec<Bar>,
    pub site_area_m2: f64,
    pub outline_area_m2: f64,
    /// Buildable outline in the working CRS.
    pub outline: MultiPolygon<f64>,
    /// Parts of the outline into which no plate fits.
    pub unusable: Vec<Polygon<f64>>,
    pub plates: Vec<PlateResult>,
    pub storeys: Vec<StoreyResult>,
    pub height_m: f64,
    pub gfa_m2: f64,
    pub counted_gfa_m2: f64,
    pub far: Option<f64>,
    pub coverage: Option<f64>,
    /// Upper bound of the total plate area: the outline's area or the coverage limit, whichever is less.
    pub bound_m2: f64,
    /// FAR limit × site area; `None` without a FAR limit.
    pub allowed_gfa_m2: Option<f64>,
    pub built_gfa_m2: Option<f64>,
    pub directions_deg: Vec<f64>,
    pub binding: Vec<Binding>,
    pub findings: Vec<Finding>,
    pub requirements: Vec<Requirement>,
    pub overall: Verdict,
    pub smallest_change: Vec<Change>,
    pub fit: Vec<FitCell>,
    pub existing: Vec<ExistingResult>,
    /// What could not be told, as rule or layer ids: such a parcel is counted apart in a roll-up.
    pub unknown: Vec<String>,
}

impl UpstairsResult {
    /// The API's JSON; `project` turns working coordinates into longitude and latitude.
    pub fn to_json(&self, project: &dyn Fn(f64, f64) -> (f64, f64)) -> Value {
        let binding: Vec<Value> = match &self.binding[..] {
            [] if self.gfa_m2 > 0.0 => vec![json!({"rule": "joint", "gain_m2": 0.0})],
            several => several.iter().map(|one| json!(one)).collect(),
        };
        json!({
            "parcel": self.parcel,
            "cluster": self.cluster,
            "waterfall": self.waterfall,
            "site_area_m2": self.site_area_m2,
            "outline_area_m2": self.outline_area_m2,
            "outline": multi_polygon(&self.outline, project),
            "unusable": self.unusable.iter().map(|part| polygon(part, project)).collect::<Vec<_>>(),
            "plates": self.plates.iter().enumerate().map(|(index, plate)| json!({
                "id": format!("P{}", index + 1),
                "width_m": plate.width_m,
                "length_m": plate.length_m,
                "area_m2": plate.area_m2,
                "angle_deg": plate.angle_deg,
                "geometry": polygon(&plate.polygon, project),
            })).collect::<Vec<_>>(),
            "storeys": self.storeys,
            "height_m": self.height_m,
            "gfa_m2": self.gfa_m2,
            "counted_gfa_m2": self.counted_gfa_m2,
            "far": self.far,
            "coverage": self.coverage,
            "bound_m2": self.bound_m2,
            "allowed_gfa_m2": self.allowed_gfa_m2,
            "built_gfa_m2": self.built_gfa_m2,
            "directions_deg": self.directions_deg,
            "binding": binding,
            "findings": self.findings,
            "requirements": self.requirements,
            "overall": self.overall,
            "smallest_change": self.smallest_change,
            "fit": self.fit,
            "existing": self.existing,
            "unknown": self.unknown,
        })
    }
}

fn position(point: &Point, project: &dyn Fn(f64, f64) -> (f64, f64)) -> Value {
    let (x, y) = project(point.x, point.y);
    json!([x, y])
}

fn rings(polygon: &Polygon<f64>, project: &dyn Fn(f64, f64) -> (f64, f64)) -> Value {
    let ring = |ring: &geo_types::LineString<f64>| -> Value { ring.0.iter().map(|point| position(point, project)).collect() };
    std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(ring).collect()
}

fn polygon(shape: &Polygon<f64>, project: &dyn Fn(f64, f64) -> (f64, f64)) -> Value {
    json!({"type": "Polygon", "coordinates": rings(shape, project)})
}

fn multi_polygon(shape: &MultiPolygon<f64>, project: &dyn Fn(f64, f64) -> (f64, f64)) -> Value {
    let polygons: Vec<Value> = shape.0.iter().map(|polygon| rings(polygon, project)).collect();
    json!({"type": "MultiPolygon", "coordinates": polygons})
}
