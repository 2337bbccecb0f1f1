//! What a designation is judged on: plain records, each with its own date and source. `None` is "not recorded", never 0 and never "no".

use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The cluster id of a firm or unit outside all clusters: counted in denominators only (G7).
pub const NO_CLUSTER: &str = "none";

/// Evidence about one park. A list is `None` when its layer was never loaded, and empty when it was loaded and holds nothing here.
#[derive(Clone, Debug, Default)]
pub struct ParkEvidence {
    pub park: String,
    pub park_type: Option<String>,
    /// The first is the one that is judged (I1).
    pub lead_clusters: Vec<String>,
    /// A virtual park has no land: figures per 亩 or ha do not apply to it (V1).
    pub is_virtual: bool,
    /// Made up of members that are admitted and leave: it has no place, and floors only where buildings are members (V1).
    pub by_members: bool,
    /// Codes of the districts in which it lies.
    pub districts: Vec<String>,
    /// Pieces of its boundary that do not touch; `None` when it is not drawn.
    pub boundary_pieces: Option<usize>,
    pub platforms: Option<f64>,
    pub firms: Option<Vec<FirmRecord>>,
    pub units: Option<Vec<UnitRecord>>,
    pub buildings: Option<Vec<BuildingRecord>>,
    pub parcels: Option<Vec<ParcelRecord>>,
    pub reports: Option<Vec<ReportRecord>>,
    /// Proven false data, a major accident; `None` when nobody looked.
    pub false_data: Option<bool>,
    pub major_accident: Option<bool>,
}

/// One establishment (firm × park).
#[derive(Clone, Debug, Default)]
pub struct FirmRecord {
    /// Firm code; what is counted is distinct codes (G6).
    pub code: String,
    pub active: bool,
    pub cluster: Option<String>,
    /// Calendar year of the flows.
    pub year: Option<i32>,
    /// 万元.
    pub output_wan: Option<f64>,
    pub tax_wan: Option<f64>,
    /// Output of the year before `year`.
    pub output_before_wan: Option<f64>,
    pub rd_wan: Option<f64>,
    pub jobs: Option<f64>,
    /// 规上.
    pub above_scale: Option<bool>,
    /// 国高, valid at the date of the assessment.
    pub high_tech: Option<bool>,
    pub as_of: Option<NaiveDate>,
}

#[derive(Clone, Debug, Default)]
pub struct UnitRecord {
    pub id: String,
    pub area_m2: Option<f64>,
    /// Code of `unit_use` and of `unit_state`.
    pub use_code: Option<String>,
    pub state: Option<String>,
    pub tenant: Option<String>,
    pub cluster: Option<String>,
    /// 元/m²·月, base rent.
    pub rent: Option<f64>,
    pub as_of: Option<NaiveDate>,
}

#[derive(Clone, Debug, Default)]
pub struct BuildingRecord {
    pub code: String,
    pub gfa_m2: Option<f64>,
    /// Area centroid of the footprint in the working CRS, m; NaN when there is no footprint.
    pub centroid: [f64; 2],
    /// By facility class: recorded as connected or not.
    pub connected: BTreeMap<String, bool>,
}

#[derive(Clone, Debug, Default)]
pub struct ParcelRecord {
    pub code: String,
    pub registered_area_m2: Option<f64>,
    pub planar_area_m2: Option<f64>,
    pub ellipsoidal_area_m2: Option<f64>,
    /// Sum of the owners' shares as the register states them (1 is the whole); `None` when it states none.
    pub owner_shares: Option<f64>,
    pub land_use: Option<String>,
    pub tenure: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    Quarter,
    Year,
}

/// A return that the park's operator owes.
#[derive(Clone, Debug)]
pub struct ReportRecord {
    pub id: String,
    pub period: Period,
    pub period_end: NaiveDate,
    /// First receipt; a correction keeps it (I15).
    pub received: Option<NaiveDate>,
}

/// What the park is compared with.
#[derive(Clone, Debug, Default)]
pub struct CityEvidence {
    /// Every active establishment of the city, those in parks and those outside; `None` when the table was never loaded.
    pub firms: Option<Vec<FirmRecord>>,
    /// An official table that replaces the sums over `firms` in the location quotient (I4).
    pub table: Option<ClusterTable>,
    /// Clusters that the city placed in each district; `None` when it has no such plan.
    pub placements: Option<BTreeMap<String, Vec<String>>>,
    /// By class; a class that is absent was never loaded (I7).
    pub facilities: BTreeMap<String, Vec<FacilitySite>>,
}

/// Points or areas of one facility, in the working CRS.
#[derive(Clone, Debug)]
pub struct FacilitySite {
    pub code: String,
    pub geometry: geo_types::Geometry<f64>,
}

/// X_c and X of one year, in the pack's basis of the location quotient.
#[derive(Clone, Debug, Default)]
pub struct ClusterTable {
    pub year: i32,
    pub by_cluster: BTreeMap<String, f64>,
    pub total: f64,
    pub source: String,
}
