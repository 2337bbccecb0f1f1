//! How the files of one sender are read: a mapping that is kept and used again. Its text is TOML, the same for the command line and the page.

use super::LocalFrame;
use super::fault::{Fault, Outcome};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A saved mapping of one sender.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
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
    /// `reject`, `first`, `number` or `merge`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub on_duplicate: Option<String>,
    /// `reject` or `make`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub on_missing_key: Option<String>,
    /// `gcj02` or `as-stated`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub datum: Option<String>,
    /// Our column and the file's field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
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

/// Words that a profile may say, by member.
const WORDS: [(&str, &[&str]); 3] =
    [("on_duplicate", &["reject", "first", "number", "merge"]), ("on_missing_key", &["reject", "make"]), ("datum", &["gcj02", "as-stated"])];

impl ImportProfile {
    /// Reads the text of a profile.
    ///
    /// # Errors
    /// What is no TOML, or names what a profile does not have.
    pub fn parse(text: &str) -> Outcome<ImportProfile> {
        let wrong = |error: &dyn std::fmt::Display| {
            Fault::bad("profile", format!("映射文件有误：{error}"), format!("the profile is not right: {error}")).help(
                "TOML：key、crs、encoding、source_layer、layer、on_duplicate、on_missing_key、datum、local，以及 [map] 下的 我方列 = \"对方字段\"",
                "TOML: key, crs, encoding, source_layer, layer, on_duplicate, on_missing_key, datum, local, and under [map] our column = \"their field\"",
            )
        };
        let profile: ImportProfile = toml::from_str(text).map_err(|error| wrong(&error))?;
        let said = [&profile.on_duplicate, &profile.on_missing_key, &profile.datum];
        for ((member, words), said) in WORDS.iter().zip(said) {
            if let Some(said) = said.as_deref().filter(|said| !words.contains(said)) {
                return Err(wrong(&format!("{member} = {said} ({})", words.join(", "))));
            }
        }
        Ok(profile)
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
