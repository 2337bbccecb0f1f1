//! The answer of the upstairs check.

use super::shape::Point;
use crate::rules::upstairs::band_schema;
use crate::rules::{Cite, Op, Status, Verdict};
use geo_types::{LineString, MultiPolygon, Polygon};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// One rule, checked. `limit: None` with `pass` means that no limit applies; `measured: None` is always `unknown`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Finding {
    pub rule: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    pub clause: String,
    #[schema(required)]
    pub measured: Option<f64>,
    #[schema(required)]
    pub limit: Option<f64>,
    pub op: Op,
    pub unit: &'static str,
    /// Distance to the limit on the allowed side (negative when it fails), in `unit`.
    #[schema(required)]
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
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Requirement {
    pub rule: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    /// Index of the plate it holds for; `None` for the whole scheme.
    #[schema(required)]
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
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = WaterfallBar)]
pub struct Bar {
    pub id: String,
    pub zh: String,
    pub en: String,
    /// m² newly removed (or left); `None` when not computed.
    #[schema(required)]
    pub area_m2: Option<f64>,
    /// The restriction's whole area on the parcel, overlaps included.
    #[schema(required)]
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

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Storey)]
pub struct StoreyResult {
    pub n: usize,
    #[schema(schema_with = band_schema)]
    pub band: &'static str,
    pub height_m: f64,
    /// Over all plates.
    pub area_m2: f64,
    pub load_kn_m2: f64,
}

/// The storeys of one band in every plate, for a model of the mass.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = BandMass)]
pub struct BandResult {
    #[schema(schema_with = band_schema)]
    pub band: &'static str,
    /// First and last storey, 1 is the ground floor.
    pub first: usize,
    pub last: usize,
    /// Above the ground at the parcel, m.
    pub base_m: f64,
    pub top_m: f64,
    /// Over all plates.
    pub gfa_m2: f64,
    pub load_kn_m2: f64,
}

/// The circle in which a truck can turn (U14): centre in the working CRS; the radius is the pack's where it is reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct YardResult {
    pub centre: Point,
    pub radius_m: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Binding {
    pub rule: &'static str,
    pub gain_m2: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LeverChange {
    pub lever: String,
    #[schema(required)]
    pub from: Option<f64>,
    pub to: f64,
}

/// One way to mend the scheme (U18). `reaches: false` is the best that the levers' bounds allow.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = SmallestChange)]
pub struct Change {
    pub levers: Vec<LeverChange>,
    pub cost: f64,
    pub gfa_m2: f64,
    pub reaches: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FitVerdict {
    Fit,
    Retrofit,
    Unfit,
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FitCell {
    pub cluster: String,
    #[schema(schema_with = band_schema)]
    pub band: &'static str,
    pub verdict: FitVerdict,
    /// The factor that decides; `None` when all fit.
    #[schema(required)]
    pub factor: Option<&'static str>,
    /// The five factors in their order.
    pub factors: [FitVerdict; 5],
    /// What the pack says of the deciding need.
    #[schema(required)]
    pub clause: Option<String>,
    /// `sourced` only where every figure behind the verdict is.
    pub status: Status,
}

/// Findings on one building that stands.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = ExistingBuilding)]
pub struct ExistingResult {
    pub building: String,
    pub findings: Vec<Finding>,
    pub overall: Verdict,
}

/// Figures serialise under the names of the API; shapes and what is shaped by them go out by [`UpstairsResult::drawn`].
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = UpstairsFigures)]
pub struct UpstairsResult {
    pub parcel: String,
    #[schema(required)]
    pub cluster: Option<String>,
    #[serde(skip)]
    pub pack: String,
    #[serde(skip)]
    pub pack_version: String,
    #[serde(skip)]
    pub pack_hash: String,
    pub waterfall: Vec<Bar>,
    pub site_area_m2: f64,
    pub outline_area_m2: f64,
    /// Buildable outline in the working CRS.
    #[serde(skip)]
    pub outline: MultiPolygon<f64>,
    /// Parts of the outline into which no plate fits.
    #[serde(skip)]
    pub unusable: Vec<Polygon<f64>>,
    #[serde(skip)]
    pub plates: Vec<PlateResult>,
    pub storeys: Vec<StoreyResult>,
    pub height_m: f64,
    /// The height that the building had to keep (U5); `None` is no limit.
    #[schema(required)]
    pub height_limit_m: Option<f64>,
    /// Parcel without dedicated land, in the working CRS. Like the next two and the frontage, only in a full answer.
    #[serde(skip)]
    pub site: MultiPolygon<f64>,
    /// The site line moved inwards by the setbacks, before other restrictions are taken out.
    #[serde(skip)]
    pub setback_line: MultiPolygon<f64>,
    /// Where the site faces a road.
    #[serde(skip)]
    pub frontage: Vec<LineString<f64>>,
    #[serde(skip)]
    pub yard: Option<YardResult>,
    pub gfa_m2: f64,
    pub counted_gfa_m2: f64,
    #[schema(required)]
    pub far: Option<f64>,
    #[schema(required)]
    pub coverage: Option<f64>,
    /// Upper bound of the total plate area: the outline's area or the coverage limit, whichever is less.
    pub bound_m2: f64,
    /// FAR limit × site area; `None` without a FAR limit.
    #[schema(required)]
    pub allowed_gfa_m2: Option<f64>,
    #[schema(required)]
    pub built_gfa_m2: Option<f64>,
    pub directions_deg: Vec<f64>,
    #[serde(skip)]
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
    /// The storeys band by band.
    pub fn bands(&self) -> Vec<BandResult> {
        let mut base = 0.0;
        let mut bands: Vec<BandResult> = Vec::new();
        for storey in &self.storeys {
            let top = base + storey.height_m;
            match bands.last_mut().filter(|band| band.band == storey.band) {
                Some(band) => {
                    band.last = storey.n;
                    band.top_m = top;
                    band.gfa_m2 += storey.area_m2;
                }
                None => bands.push(BandResult {
                    band: storey.band,
                    first: storey.n,
                    last: storey.n,
                    base_m: base,
                    top_m: top,
                    gfa_m2: storey.area_m2,
                    load_kn_m2: storey.load_kn_m2,
                }),
            }
            base = top;
        }
        bands
    }
}
