//! What an allocation is judged on: plain records. `None` is "not recorded", never 0.

use std::collections::BTreeMap;

/// What is known of the city's parks and firms.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    pub parks: Vec<ParkSite>,
    /// Establishments of the whole city; `None` when the table was never loaded.
    pub firms: Option<Vec<FirmRecord>>,
    /// Key levers (关键抓手) that each cluster's action plan names; `None` when no table of them was loaded.
    pub levers: Option<BTreeMap<String, usize>>,
}

#[derive(Clone, Debug, Default)]
pub struct ParkSite {
    pub code: String,
    /// A virtual park has no land and places no cluster (A3, V3).
    pub is_virtual: bool,
    /// Ids of the present catalogue, any place in the list.
    pub lead_clusters: Vec<String>,
    /// Planar area by district, m²; a park in two districts has two entries.
    pub land: Vec<(String, f64)>,
}

/// One establishment (firm × park).
#[derive(Clone, Debug, Default)]
pub struct FirmRecord {
    /// Firm code; what is counted is distinct codes (G6).
    pub code: String,
    /// `None` outside every park: such a firm is part of the city's sums only.
    pub district: Option<String>,
    /// `None` is unknown; an id that is none of the catalogue's is outside all clusters and counts in denominators only (G7).
    pub cluster: Option<String>,
    /// Output of the last full calendar year (G2), 万元.
    pub output_wan: Option<f64>,
    /// Named in the ledger of key firms (重点企业台账).
    pub is_key: Option<bool>,
}
