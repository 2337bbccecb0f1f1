//! How the files of one sender are read: a mapping that is kept and used again. Its text is TOML, the same for the command line and the page.

use super::LocalFrame;
use super::fault::{Fault, Outcome};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A saved mapping of one sender.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportProfile {
    /// Our layer that it was made for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub layer: Option<String>,
    /// The file's field that is our key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub crs: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub encoding: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub source_layer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline, nullable = false)]
    pub on_duplicate: Option<OnDuplicate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline, nullable = false)]
    pub on_missing_key: Option<OnMissingKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline, nullable = false)]
    pub datum: Option<Datum>,
    /// Our column and the file's field.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub map: BTreeMap<String, String>,
    /// The city survey's own system: a name of the configuration, or its parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<Object>)]
    pub local: Option<LocalSystem>,
}

/// A local system in a saved mapping: a name of the configuration, or the system itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum LocalSystem {
    Named(String),
    Frame(LocalFrame),
}

/// What to do with rows of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnDuplicate {
    /// The first row stands, the others are rejected.
    Reject,
    /// The first row that can be taken stands; the others are left out because the person said so.
    First,
    /// The first row keeps the key, the others get it with `-2`, `-3` … in the order of the file.
    Number,
    /// The rows become one, of several parts, where their values agree; where they do not, none of them is taken.
    Merge,
}

/// What to do with rows without a key, or with a text that stands for none (`---`, 无, `N/A`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnMissingKey {
    /// Rows without a key are rejected; a text that stands for none is a key as it is written, and told.
    #[default]
    Reject,
    /// They get a key that is made of their shape (of their values, without one): the same file gives the same keys again.
    Make,
}

/// What is known of the file's datum beyond its CRS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Datum {
    /// The coordinates carry the web maps' shift, which is to be taken out.
    #[serde(rename = "gcj02")]
    Gcj02,
    /// They are what the CRS says, however they look.
    #[serde(rename = "as-stated")]
    AsStated,
}

impl ImportProfile {
    /// Reads the text of a profile.
    ///
    /// # Errors
    /// What is no TOML, or names what a profile does not have.
    pub fn parse(text: &str) -> Outcome<ImportProfile> {
        toml::from_str(text).map_err(|error| {
            Fault::bad("profile", format!("映射文件有误：{error}"), format!("the profile is not right: {error}")).help(
                "TOML：key、crs、encoding、source_layer、layer、on_duplicate、on_missing_key、datum、local，以及 [map] 下的 我方列 = \"对方字段\"",
                "TOML: key, crs, encoding, source_layer, layer, on_duplicate, on_missing_key, datum, local, and under [map] our column = \"their field\"",
            )
        })
    }

    /// The text as a file.
    pub fn text(&self) -> Outcome<String> {
        toml::to_string(self).map_err(|error| Fault::internal("toml", error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_comes_back_from_its_text() {
        let map = [("code", "宗地\"号"), ("registered_area_m2", "sum(面积) * 10000")];
        let profile = ImportProfile {
            layer: Some("parcel".to_owned()),
            crs: Some("EPSG:4526".to_owned()),
            map: map.map(|(ours, theirs)| (ours.to_owned(), theirs.to_owned())).into(),
            ..ImportProfile::default()
        };
        assert_eq!(ImportProfile::parse(&profile.text().unwrap()).unwrap(), profile);
        assert_eq!(ImportProfile::parse("key = \"编码\"\n[map]\nname = \"名称\"\n").unwrap().key.as_deref(), Some("编码"));
        assert_eq!(ImportProfile::parse("on_duplicate = \"never\"").unwrap_err().code, "profile");
        assert_eq!(ImportProfile::parse("mapp = 1").unwrap_err().code, "profile");
    }
}
