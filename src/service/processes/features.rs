//! Answers as GeoJSON, for a map that is not ours.

use crate::domain::RunRecord;
use crate::spatial::Drawing;
use serde::Serialize;
use serde_json::Value;

/// A FeatureCollection with the record of its run.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename = "FeatureCollection")]
pub struct Features {
    run: RunRecord,
    features: Vec<Feature>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type")]
pub struct Feature {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Id>,
    geometry: Option<Drawing>,
    properties: Value,
}

#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum Id {
    Code(String),
    Number(u64),
}

impl Features {
    pub(super) fn new(run: &RunRecord, features: Vec<Feature>) -> Features {
        Features { run: run.clone(), features }
    }
}

impl Feature {
    pub(super) fn new(id: Option<&str>, geometry: Option<Drawing>, properties: impl Serialize) -> Feature {
        // Our property structs hold texts, numbers and lists of them: nothing that JSON cannot say.
        Feature { id: id.map(|id| Id::Code(id.to_owned())), geometry, properties: serde_json::to_value(properties).unwrap_or_default() }
    }

    /// A feature by its row number in a file.
    pub(super) fn numbered(number: u64, geometry: Drawing, properties: impl Serialize) -> Feature {
        Feature { id: Some(Id::Number(number)), ..Feature::new(None, Some(geometry), properties) }
    }
}
