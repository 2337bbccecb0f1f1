//! JSON Schemas that refer to each other by name.

use serde_json::{Map, Value};

/// Where schemas of a document refer to each other.
pub const COMPONENTS: &str = "#/components/schemas/";

/// The schema with what it refers to written out in its place; what is not among the parts stays a reference. No part may hold itself.
pub fn written_out(schema: &Value, parts: &Map<String, Value>) -> Value {
    match schema {
        Value::Object(members) => {
            let part = members.get("$ref").and_then(Value::as_str).and_then(|place| parts.get(place.strip_prefix(COMPONENTS)?));
            let mut whole = part.map_or_else(Map::new, |part| written_out(part, parts).as_object().cloned().unwrap_or_default());
            // What stands beside a reference says more of it in this place.
            let beside = members.iter().filter(|(name, _)| part.is_none() || *name != "$ref");
            whole.extend(beside.map(|(name, member)| (name.clone(), written_out(member, parts))));
            Value::Object(whole)
        }
        Value::Array(items) => items.iter().map(|item| written_out(item, parts)).collect(),
        plain => plain.clone(),
    }
}
