//! How a file is to be taken: what the command line's options say, as one object.

use crate::domain::WriteMode;
use crate::intake::{Datum, ImportOptions, OnDuplicate, OnInvalid, OnMissingKey};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The options of an import. What is left out is as with `parkplan import`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportSettings {
    /// Our layer.
    #[schema(value_type = String, example = "parcel")]
    pub layer: String,
    /// The file's layer, sheet or archive member.
    #[serde(default)]
    pub source_layer: Option<String>,
    /// `EPSG:n` of the file, over what it declares.
    #[serde(default)]
    pub crs: Option<String>,
    #[serde(default)]
    pub encoding: Option<String>,
    /// Our column and the file's field: `theirs`, `sum(theirs)`, `max(theirs)`, `first(theirs)`, each also `… * factor`.
    #[serde(default)]
    pub map: BTreeMap<String, String>,
    /// The file's field that is our key; `@row` numbers the rows.
    #[serde(default)]
    pub key: Option<String>,
    #[serde(default)]
    pub mode: WriteMode,
    /// What is done with invalid geometry; a damaged file is refused whole unless this is said.
    #[serde(default)]
    pub on_invalid: Option<OnInvalid>,
    /// Rows of one key; rejected where nothing is said.
    #[serde(default)]
    pub on_duplicate: Option<OnDuplicate>,
    /// Rows without a key, or with a text that stands for none; rejected where nothing is said.
    #[serde(default)]
    pub on_missing_key: Option<OnMissingKey>,
    /// The web maps' shift: in the coordinates and to be taken out, or not there. Where nothing is said it is looked for, and asked about.
    #[serde(default)]
    pub datum: Option<Datum>,
    /// Where the layer lies and how large its shapes are has been checked.
    #[serde(default)]
    pub place_checked: bool,
}

impl ImportSettings {
    pub(super) fn options(&self) -> ImportOptions {
        let stated = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        ImportOptions {
            layer: self.layer.clone(),
            source_layer: stated(&self.source_layer),
            crs: stated(&self.crs),
            encoding: stated(&self.encoding),
            map: self.map.iter().filter(|(_, theirs)| !theirs.trim().is_empty()).map(|(ours, theirs)| (ours.clone(), theirs.clone())).collect(),
            key: stated(&self.key),
            on_invalid: self.on_invalid.unwrap_or_default(),
            on_duplicate: self.on_duplicate,
            on_missing_key: self.on_missing_key.unwrap_or_default(),
            datum: self.datum,
            place_checked: self.place_checked,
            mode: self.mode,
            ..ImportOptions::default()
        }
    }
}

/// To write what a trial showed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommitRequest {
    pub settings: ImportSettings,
    /// The revision that the trial read: where the layer has changed since, nothing is written.
    pub revision: i64,
}
