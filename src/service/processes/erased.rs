//! JSON whose type only its process knows: inputs as they come in, answers as they go out.

use super::described::Described;
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use crate::domain::ranges;
use crate::domain::run::input_hash;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Its members go out in the order of their names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Erased(pub(super) Value);

impl Erased {
    pub fn of(typed: &impl Serialize) -> Outcome<Erased> {
        serde_json::to_value(typed).map(Erased).map_err(|error| Fault::internal("json", error))
    }

    /// What a process's own text says, such as its example.
    pub(super) fn parse(text: &str) -> Outcome<Erased> {
        serde_json::from_str(text).map(Erased).map_err(|error| Fault::internal("json", error))
    }

    /// Whether nothing was said.
    pub(super) fn is_null(&self) -> bool {
        self.0.is_null()
    }

    /// The inputs of a process; what does not fit is named.
    pub(super) fn inputs<T: DeserializeOwned + Default>(&self) -> Outcome<T> {
        if self.is_null() {
            return Ok(T::default());
        }
        T::deserialize(&self.0)
            .map_err(|error| Fault::bad("inputs", format!("输入有误：{error}"), format!("the inputs are not right: {error}")).at("/inputs"))
    }

    /// Whether the figures lie in the ranges of the process's inputs, whose schema is made once.
    pub(super) fn within(&self, process: &'static str, inputs: impl FnOnce() -> Described) -> Outcome<()> {
        ranges::check(&made_once(process, inputs).0, &self.0)
    }

    /// Of the inputs as they were given, for the record of their run.
    pub(super) fn hash(&self) -> String {
        input_hash(&self.0)
    }
}

impl fmt::Display for Erased {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// The schema of a process's inputs. A slider asks many times a second, so each is made once.
fn made_once(process: &'static str, inputs: impl FnOnce() -> Described) -> Arc<Erased> {
    static MADE: Mutex<BTreeMap<&'static str, Arc<Erased>>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    made.entry(process).or_insert_with(|| Arc::new(inputs().whole())).clone()
}

#[cfg(test)]
mod tests {
    use super::super::registry::PROCESSES;
    use super::*;
    use serde_json::json;

    fn place(process: &str, inputs: Value) -> Option<String> {
        let process = PROCESSES.iter().find(|own| own.id() == process).unwrap();
        process.check(&Erased::of(&inputs).unwrap()).err().map(|fault| fault.place.unwrap_or_default())
    }

    #[test]
    fn figures_that_mean_nothing_are_refused_with_their_place() {
        let at = |place: &str| Some(place.to_owned());
        for (name, values) in [
            ("time_limit", vec![json!(-1), json!(0), json!(601)]),
            ("tolerance_m", vec![json!(-1), json!(50.5)]),
            ("min_compactness", vec![json!(2), json!(-0.1)]),
            ("sites", vec![json!(0)]),
            ("min_area_ha", vec![json!(-1)]),
            ("max_area_ha", vec![json!(-1), json!(0)]),
            ("budget_wan", vec![json!(-1)]),
            ("bridge_width_m", vec![json!(-1)]),
            ("as_of", vec![json!("1000-01-01"), json!("x"), json!("2026-9-1")]),
        ] {
            for value in values {
                assert_eq!(place("consolidate", json!({ "park": "P", name: value })), at(&format!("/inputs/{name}")), "{name} {value}");
            }
        }
        for owners in [-1.0, 1e308] {
            assert_eq!(place("consolidate", json!({ "weights": { "owners": owners } })), at("/inputs/weights/owners"));
        }
        assert_eq!(place("consolidate", json!({ "rectangle_m": [0, 20] })), at("/inputs/rectangle_m/0"));
        for (inputs, wrong) in [
            (json!({ "from": 26 }), "/inputs/from"),
            (json!({ "to": 20350 }), "/inputs/to"),
            (json!({ "capacity_ha": -1 }), "/inputs/capacity_ha"),
            (json!({ "budget_wan": [1, null, -2] }), "/inputs/budget_wan/2"),
            (json!({ "targets": [{ "year": 2030, "ha": -4 }] }), "/inputs/targets/0/ha"),
            (json!({ "targets": [[2030, 4]] }), "/inputs/targets/0"),
            (json!({ "discount": -0.1 }), "/inputs/discount"),
            (json!({ "banked_before_ha": -1 }), "/inputs/banked_before_ha"),
        ] {
            assert_eq!(place("actionplan", inputs), at(wrong));
        }
    }

    #[test]
    fn inputs_are_an_object_and_examples_and_bounds_are_within_their_ranges() {
        for process in PROCESSES {
            for raw in [json!([]), json!("x"), json!(1)] {
                assert_eq!(place(process.id(), raw.clone()).as_deref(), Some("/inputs"), "{} {raw}", process.id());
            }
            assert!(process.check(&Erased::default()).is_ok(), "{}: nothing said", process.id());
            assert!(process.check(&process.example().unwrap()).is_ok(), "{}", process.id());
        }
        let fine = json!({ "park": "P", "time_limit": 0.1, "tolerance_m": 0, "min_compactness": 1, "sites": 1, "bridge_width_m": 0, "weights": { "area": 0 },
            "as_of": "2026-09-01" });
        assert_eq!(place("consolidate", fine), None);
        assert_eq!(place("actionplan", json!({ "budget_wan": [1, null], "capacity_ha": 0, "from": 2026, "to": 2035 })), None);
    }
}
