//! How the files of one sender are read: a mapping that is kept and used again. Its text is TOML, the same for the command line and the page.

use super::fault::{Fault, Outcome};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A saved mapping of one sender.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
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
    /// Our column and the file's field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    pub map: BTreeMap<String, String>,
}

impl ImportProfile {
    /// Reads the text of a profile.
    ///
    /// # Errors
    /// What is no TOML, or names what a profile does not have.
    pub fn parse(text: &str) -> Outcome<ImportProfile> {
        toml::from_str(text).map_err(|error| {
            Fault::bad("profile", format!("映射文件有误：{error}"), format!("the profile is not right: {error}")).help(
                "TOML：key、crs、encoding、source_layer、layer，以及 [map] 下的 我方列 = \"对方字段\"",
                "TOML: key, crs, encoding, source_layer, layer, and under [map] our column = \"their field\"",
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
        assert_eq!(ImportProfile::parse("mapp = 1").unwrap_err().code, "profile");
    }
}
