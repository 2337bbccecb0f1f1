//! What can be offered.

use crate::analysis::upstairs::Fit;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MatchKind)]
pub enum Kind {
    Floor,
    Parcel,
}

/// From when it can be moved into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Free {
    Now,
    From(NaiveDate),
    /// Let, and the end of the lease is not recorded or not for this reader.
    Unknown,
}

/// A floor or a parcel with what is known of it; `None` where nothing is.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate<'a> {
    pub kind: Kind,
    pub id: &'a str,
    pub district: Option<&'a str>,
    /// Of the area on offer, m².
    pub area_m2: Option<f64>,
    /// kN/m².
    pub load: Option<f64>,
    /// m.
    pub height: Option<f64>,
    /// kVA.
    pub power: Option<f64>,
    /// Fire class that it is rated for, as recorded.
    pub fire: Option<&'a str>,
    pub free: Free,
    /// Of the cluster that is asked for.
    pub fit: Option<Fit>,
}
