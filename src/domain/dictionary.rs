//! The data dictionary (`geodata/dictionary.toml`): layers and columns, declared once.

use serde::Deserialize;
use std::sync::OnceLock;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GeometryKind {
    Polygon,
    Line,
    Point,
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    Text,
    Integer,
    Real,
    Boolean,
    /// ISO date text `YYYY-MM-DD`.
    Date,
    /// JSON array text.
    List,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Column {
    pub name: String,
    pub zh: String,
    pub en: String,
    #[serde(rename = "type")]
    pub kind: ColumnType,
    pub unit: Option<String>,
    pub source: String,
    pub codes: Option<String>,
    /// The layer whose keys the cells are.
    pub refers: Option<String>,
    /// Smallest and largest number that a person may state.
    pub least: Option<f64>,
    pub most: Option<f64>,
    #[serde(default)]
    pub required: bool,
    #[serde(default)]
    pub private: bool,
    #[serde(default)]
    pub computed: bool,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Layer {
    pub name: String,
    pub zh: String,
    pub en: String,
    pub geometry: GeometryKind,
    #[serde(default = "code")]
    pub key: String,
    pub columns: Vec<Column>,
}

fn code() -> String {
    "code".to_owned()
}

impl Layer {
    pub fn column_index(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    pub fn is_spatial(&self) -> bool {
        self.geometry != GeometryKind::None
    }
}

#[derive(Debug, Deserialize)]
pub struct Dictionary {
    #[serde(rename = "layer")]
    pub layers: Vec<Layer>,
}

impl Dictionary {
    pub fn layer(&self, name: &str) -> Option<&Layer> {
        self.layers.iter().find(|layer| layer.name == name)
    }

    /// The layer of a name known at compile time.
    ///
    /// # Panics
    /// When the dictionary lacks it: the embedded dictionary is fixed, so a test would have failed.
    pub fn known(&self, name: &str) -> &Layer {
        self.layer(name).unwrap_or_else(|| panic!("dictionary.toml lacks the layer {name}"))
    }
}

/// The embedded dictionary.
pub fn dictionary() -> &'static Dictionary {
    static DICTIONARY: OnceLock<Dictionary> = OnceLock::new();
    DICTIONARY.get_or_init(|| {
        toml::from_str(include_str!("../../geodata/dictionary.toml")).unwrap_or_else(|error| panic!("geodata/dictionary.toml: {error}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layer_has_its_key_column_and_no_column_twice() {
        for layer in &dictionary().layers {
            assert!(layer.column(&layer.key).is_some_and(|column| column.required), "{}", layer.name);
            let mut names: Vec<_> = layer.columns.iter().map(|column| &column.name).collect();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), layer.columns.len(), "{}", layer.name);
        }
    }

    #[test]
    fn every_layer_that_a_column_refers_to_exists() {
        for column in dictionary().layers.iter().flat_map(|layer| &layer.columns) {
            assert!(column.refers.as_deref().is_none_or(|layer| dictionary().layer(layer).is_some()), "{}", column.name);
            assert!(column.least.zip(column.most).is_none_or(|(least, most)| least <= most), "{}", column.name);
        }
    }

    #[test]
    fn every_code_list_that_a_column_names_exists() {
        for column in dictionary().layers.iter().flat_map(|layer| &layer.columns) {
            if let Some(list) = &column.codes {
                assert!(list == "cluster" || crate::domain::catalogue().codes(list).is_some(), "{list}");
            }
        }
    }
}
