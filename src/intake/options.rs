//! What the person asked for, and what the city is.

use crate::domain::LocalFrame;
pub use crate::domain::WriteMode as Mode;
pub use crate::domain::import_profile::{Datum, OnDuplicate, OnMissingKey};
use crate::formats::Limits;
use geo_types::{MultiPolygon, Point};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use utoipa::ToSchema;

/// What to do with a geometry that is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnInvalid {
    /// Mend it and list it with its area before and after.
    #[default]
    Repair,
    /// Leave the row out and list it.
    Reject,
}

/// The options of one import.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// Our layer.
    pub layer: String,
    /// The file's layer, sheet or archive member.
    pub source_layer: Option<String>,
    /// `EPSG:n` of the file, over what it declares; `local` with `local`.
    pub crs: Option<String>,
    /// The local system that the file is in.
    pub local: Option<LocalFrame>,
    /// Not said: a shift like the web maps' is looked for, and asked about.
    pub datum: Option<Datum>,
    /// The person has checked where the layer lies and how large it is.
    pub place_checked: bool,
    pub encoding: Option<String>,
    /// Our column and the file's field: `theirs`, `sum(theirs)`, `max(theirs)`, `first(theirs)`, each also `… * factor`.
    pub map: Vec<(String, String)>,
    /// The file's field that is our key; `@row` numbers the rows.
    pub key: Option<String>,
    pub on_invalid: OnInvalid,
    /// Not said: rows are rejected; rows of an update without shapes become one, column by column (see `map`).
    pub on_duplicate: Option<OnDuplicate>,
    pub on_missing_key: OnMissingKey,
    pub mode: Mode,
    pub limits: Limits,
}

/// A shape that the city has already, to compare an import of the same layer with.
#[derive(Clone, Debug)]
pub struct KnownShape {
    pub key: String,
    pub name: Option<String>,
    /// In the working CRS.
    pub centroid: Point<f64>,
}

/// The city that takes the rows.
#[derive(Clone, Debug, Default)]
pub struct CityContext {
    /// Working CRS, `EPSG:n`, metres.
    pub crs: String,
    /// The districts in the working CRS, to see whether a layer lies in the city.
    pub districts: Option<MultiPolygon<f64>>,
    /// Keys of the layer's present rows.
    pub existing_keys: HashSet<String>,
    /// Present shapes of the layer, for the comparison of places (districts and parks are enough).
    pub known: Vec<KnownShape>,
}
