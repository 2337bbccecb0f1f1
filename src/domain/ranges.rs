//! Inputs against their JSON Schema: the ranges of figures, and objects that are written as objects. Types are read by serde, which takes a row
//! of values for an object as well.

use super::fault::{Fault, Outcome};
use serde_json::{Map, Value};

/// Refuses what lies outside the schema's ranges. What is null or absent was left out.
///
/// # Errors
/// `out_of_range` or `inputs`, at the input's JSON pointer.
pub fn check(schema: &Value, inputs: &Value) -> Outcome<()> {
    walk(schema, inputs, "/inputs")
}

fn walk(schema: &Value, value: &Value, place: &str) -> Outcome<()> {
    if let Some(parts) = schema["allOf"].as_array() {
        return parts.iter().try_for_each(|part| walk(part, value, place));
    }
    if let Some(branches) = branches(schema) {
        let fitting = branches.iter().find(|branch| takes(branch, value));
        return fitting.map_or(Ok(()), |branch| walk(branch, value, place));
    }
    match value {
        Value::Number(number) => number.as_f64().map_or(Ok(()), |number| within(schema, number, place)),
        Value::Array(_) if is_kind(schema, "object") && !is_kind(schema, "array") => Err(no_object(place)),
        Value::Array(parts) => {
            let part = |index: usize| schema["prefixItems"].get(index).unwrap_or(&schema["items"]);
            parts.iter().enumerate().try_for_each(|(index, value)| walk(part(index), value, &format!("{place}/{index}")))
        }
        Value::Object(members) => each(schema, members, place),
        // Without a name for where they are, inputs are nothing but an object.
        other if place == "/inputs" && !other.is_null() => Err(no_object(place)),
        _ => Ok(()),
    }
}

fn each(schema: &Value, members: &Map<String, Value>, place: &str) -> Outcome<()> {
    members.iter().try_for_each(|(name, value)| match schema["properties"].get(name) {
        Some(own) => walk(own, value, &format!("{place}/{name}")),
        None => Ok(()),
    })
}

fn branches(schema: &Value) -> Option<&Vec<Value>> {
    schema["oneOf"].as_array().or(schema["anyOf"].as_array())
}

fn is_kind(schema: &Value, kind: &str) -> bool {
    match &schema["type"] {
        Value::String(own) => own == kind,
        Value::Array(kinds) => kinds.iter().any(|own| own == kind),
        _ => false,
    }
}

/// Whether a branch is about a value of this kind.
fn takes(branch: &Value, value: &Value) -> bool {
    if let Some(branches) = branches(branch) {
        return branches.iter().any(|branch| takes(branch, value));
    }
    match value {
        Value::Number(_) => is_kind(branch, "number") || is_kind(branch, "integer"),
        Value::Array(_) => is_kind(branch, "array"),
        Value::Object(_) => is_kind(branch, "object"),
        _ => false,
    }
}

fn within(schema: &Value, number: f64, place: &str) -> Outcome<()> {
    let bound = |name: &str| schema[name].as_f64();
    let (least, above, most) = (bound("minimum"), bound("exclusiveMinimum"), bound("maximum"));
    if least.is_none_or(|least| number >= least) && above.is_none_or(|above| number > above) && most.is_none_or(|most| number <= most) {
        return Ok(());
    }
    let (zh, en) = match (least, above, most) {
        (Some(least), _, Some(most)) => (format!("应为 {least} 到 {most}"), format!("it lies between {least} and {most}")),
        (Some(least), _, None) => (format!("应不小于 {least}"), format!("it is at least {least}")),
        (None, Some(above), _) => (format!("应大于 {above}"), format!("it is more than {above}")),
        (None, None, most) => (format!("应不大于 {}", most.unwrap_or_default()), format!("it is at most {}", most.unwrap_or_default())),
    };
    let name = place.strip_prefix("/inputs/").unwrap_or(place);
    Err(Fault::bad("out_of_range", format!("{name} = {number} 超出范围"), format!("{name} = {number} is out of range")).at(place).help(zh, en))
}

fn no_object(place: &str) -> Fault {
    Fault::bad("inputs", format!("{place} 应为对象"), format!("{place} is an object"))
        .at(place)
        .help("写成 {\"名称\": 值}", "write {\"name\": value}")
}
