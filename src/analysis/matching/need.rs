//! What a firm asks for.

use chrono::NaiveDate;

/// A requirement; what is `None` was not stated and is no criterion.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Need {
    /// Id of the catalogue.
    pub cluster: Option<String>,
    /// m².
    pub area_min: Option<f64>,
    pub area_max: Option<f64>,
    /// kN/m².
    pub load: Option<f64>,
    /// m.
    pub height: Option<f64>,
    /// kVA.
    pub power: Option<f64>,
    /// Fire hazard class of the process, as packs write it.
    pub fire: Option<String>,
    /// Wished districts: they order, they do not exclude.
    pub districts: Vec<String>,
    /// The day by which the firm wants to move in.
    pub by: Option<NaiveDate>,
}
