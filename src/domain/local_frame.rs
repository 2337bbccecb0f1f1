//! A city survey's own coordinates: how they lie on a public reference system.

use serde::{Deserialize, Serialize};

/// A four-parameter (plane similarity) transformation, as a person states it: its parameters, or pairs of control points.
///
/// With x east and y north in both systems, X = dx + k (x cos θ − y sin θ) and Y = dy + k (x sin θ + y cos θ).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LocalFrame {
    /// The projected CRS that it leads to, `EPSG:n`.
    pub to: String,
    /// Metres.
    pub dx: Option<f64>,
    /// Metres.
    pub dy: Option<f64>,
    /// The factor k; 1 when not given.
    pub scale: Option<f64>,
    /// k − 1 in parts per million, in place of `scale`.
    pub ppm: Option<f64>,
    /// θ in degrees, counter-clockwise; 0 when not given.
    pub rotation: Option<f64>,
    /// Control points: local x, local y, X, Y; in place of the parameters.
    pub points: Vec<[f64; 4]>,
}
