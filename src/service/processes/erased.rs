//! JSON whose type only its process knows: inputs as they come in, answers as they go out.

use crate::domain::Fault;
use crate::domain::fault::Outcome;
use crate::domain::run::input_hash;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// Its members go out in the order of their names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Erased(Value);

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
