//! The indicators of designation, declared once: id, head, names, unit, direction, what they need. The pack says which of them are weighed and which
//! are a must.

mod list;

use super::Op;
use crate::domain::dictionary;
pub use list::{FACILITY, INDICATORS};
use serde::Serialize;
use utoipa::ToSchema;

/// The three heads that the plan names (I16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = IndicatorHead)]
pub enum Head {
    Industry,
    Facilities,
    Operation,
}

pub const HEADS: [Head; 3] = [Head::Industry, Head::Facilities, Head::Operation];

/// One indicator. `formula` is for people; the code in `analysis::designation` is what counts.
#[derive(Clone, Copy, Debug)]
pub struct Indicator {
    pub id: &'static str,
    pub head: Head,
    pub zh: &'static str,
    pub en: &'static str,
    pub unit: &'static str,
    /// Which side is better: `>=` or `<=`. A pack's threshold may be strict, but not turn it round.
    pub op: Op,
    /// In words, Chinese and English.
    pub formula: [&'static str; 2],
    /// Columns as `layer.column`; the first is what is measured.
    pub needs: &'static [&'static str],
    /// Area metric where an area enters (G1).
    pub metric: Option<&'static str>,
    /// Means nothing without land of its own (V1).
    pub land: bool,
    /// A fraction 0…1, so a threshold above 1 is a slip of the pen.
    pub share: bool,
}

impl Indicator {
    /// Layers that the value comes from, each once, the measured one first.
    pub fn layers(&self) -> Vec<&'static str> {
        let mut layers = Vec::new();
        for layer in self.needs.iter().filter_map(|need| need.split('.').next()) {
            if !layers.contains(&layer) {
                layers.push(layer);
            }
        }
        layers
    }

    /// Measured on buildings or their units.
    pub fn needs_floors(&self) -> bool {
        self.needs.iter().any(|need| need.starts_with("building.") || need.starts_with("unit."))
    }

    /// Measured on where the park lies.
    pub fn needs_place(&self) -> bool {
        self.needs.iter().any(|need| matches!(*need, "park.planar_area_m2" | "park.district"))
    }

    /// Tells of firms or of what tenants do and pay: over a few of them it would tell of each (P2).
    pub fn tells_of_firms(&self) -> bool {
        self.needs.iter().any(|need| need.starts_with("firm.") || matches!(*need, "unit.rent_yuan_m2_month" | "unit.cluster"))
    }

    /// Where the measured column comes from, as the dictionary says.
    pub fn source(&self) -> String {
        let column = self.needs.first().and_then(|need| need.split_once('.')).and_then(|(layer, column)| dictionary().layer(layer)?.column(column));
        column.map(|column| column.source.clone()).unwrap_or_default()
    }
}

/// Names of the share of floor area within reach of one class of facility.
pub fn facility_names(class: &str) -> (String, String) {
    let code = crate::domain::catalogue().codes("facility_class").and_then(|codes| codes.iter().find(|code| code.code == class));
    let (zh, en) = code.map_or((class, class), |code| (&code.zh, &code.en));
    (format!("{zh}覆盖率"), format!("Coverage: {en}"))
}

/// The declaration behind an id, given the classes of facilities that a pack lists; `None` for an id that cannot be measured.
pub fn declared(id: &str, classes: &[String]) -> Option<&'static Indicator> {
    let of_class = || id.strip_prefix("facility_").is_some_and(|class| classes.iter().any(|known| known == class));
    INDICATORS.iter().find(|indicator| indicator.id == id).or_else(|| of_class().then_some(&FACILITY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_declared_once_and_needs_columns_that_exist() {
        let mut ids: Vec<&str> = INDICATORS.iter().map(|indicator| indicator.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), INDICATORS.len());
        for indicator in INDICATORS {
            assert!(!indicator.needs.is_empty(), "{}", indicator.id);
            for need in indicator.needs {
                let (layer, column) = need.split_once('.').expect("layer.column");
                assert!(
                    dictionary().layer(layer).is_some_and(|layer| layer.column(column).is_some() || column == "geom"),
                    "{}: {need}",
                    indicator.id
                );
            }
            assert!(!indicator.source().is_empty(), "{}", indicator.id);
            assert!(indicator.formula.iter().all(|words| !words.is_empty()), "{}", indicator.id);
            // A facility's ids begin with a prefix of their own, which no other may take.
            assert!(indicator.id == FACILITY.id || !indicator.id.starts_with("facility_"));
            assert!(!indicator.share || indicator.unit == "1", "{}", indicator.id);
        }
    }
}
