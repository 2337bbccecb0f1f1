//! Inputs as they come in.

use crate::domain::Fault;
use crate::domain::fault::Outcome;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads a process's inputs; what does not fit is named.
pub(super) fn read_inputs<T: DeserializeOwned + Default>(inputs: &Value) -> Outcome<T> {
    if inputs.is_null() {
        return Ok(T::default());
    }
    serde_json::from_value(inputs.clone())
        .map_err(|error| Fault::bad("inputs", format!("输入有误：{error}"), format!("the inputs are not right: {error}")).at("/inputs"))
}
