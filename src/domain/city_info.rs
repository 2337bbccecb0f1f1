//! What a city says of itself.

use serde::Serialize;

/// What a city file says of itself.
#[derive(Clone, Debug, Serialize)]
pub struct CityInfo {
    pub name: String,
    /// `EPSG:n` of the working CRS.
    pub crs: String,
    /// Whether the city is the embedded sample (its parks and figures are illustrative).
    pub sample: bool,
    /// ISO date on which the data stands.
    pub as_of: String,
    /// Grows by one with each recorded change.
    pub revision: i64,
}
