//! One figure of a pack: a value, its unit and where it comes from.

use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Whether a named public source gives the figure. Whatever rests on memory or judgement is `unconfirmed` and is shown so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FigureStatus)]
pub enum Status {
    Sourced,
    Unconfirmed,
}

/// `Null` says "no limit"; it is written `null = true`, so that a forgotten value is a fault and not a licence.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum FigureValue {
    Null,
    Number(f64),
    Text(String),
    Numbers(Vec<f64>),
    Texts(Vec<String>),
}

/// Where a figure comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cite {
    pub pack: String,
    pub version: String,
    pub clause: String,
    pub source: String,
    pub status: Status,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    pub value: FigureValue,
    /// `m`, `m²`, `kN/m²`, `1` for a share, … ; the schema lists what each figure may carry.
    pub unit: String,
    #[serde(flatten, serialize_with = "serialize_cite")]
    pub cite: Arc<Cite>,
}

fn serialize_cite<S: serde::Serializer>(cite: &Arc<Cite>, serializer: S) -> Result<S::Ok, S::Error> {
    cite.as_ref().serialize(serializer)
}

/// A typed value that still knows its source.
#[derive(Clone, Debug, PartialEq)]
pub struct Cited<T> {
    pub value: T,
    pub cite: Arc<Cite>,
}

impl<T> Cited<T> {
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Cited<U> {
        Cited { value: change(self.value), cite: self.cite }
    }
}

impl Cite {
    /// A cite for figures that a person typed in (an override in a what-if): never confirmed.
    pub fn entered() -> Arc<Cite> {
        Arc::new(Cite {
            pack: "input".to_owned(),
            version: String::new(),
            clause: "人工设定 / set by the planner".to_owned(),
            source: "input".to_owned(),
            status: Status::Unconfirmed,
        })
    }

    /// A cite for figures of the city's own records (a parcel's limit from the detailed plan).
    pub fn record(clause: &str) -> Arc<Cite> {
        Arc::new(Cite {
            pack: "city".to_owned(),
            version: String::new(),
            clause: clause.to_owned(),
            source: "parcel".to_owned(),
            status: Status::Sourced,
        })
    }
}
