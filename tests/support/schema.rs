//! Every answer that a test gets, against what `openapi.json` says of its route: status, media type, entity tag and schema.
//!
//! Schemas are read as closed: a member that the document does not name is a fault, too.

use super::Answer;
use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

/// The committed document.
pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
        let text = std::fs::read_to_string(file).expect("openapi.json: `make openapi` writes it");
        serde_json::from_str(&text).expect("openapi.json is JSON")
    })
}

/// Fails where an answer is not what the document promises.
pub fn hold(method: &str, path: &str, answer: &Answer) {
    let path = path.split('?').next().unwrap_or_default();
    let Some((template, methods)) = route(path) else {
        if answer.status >= 400 {
            problem(method, path, answer);
        }
        return;
    };
    let Some(operation) = methods.get(method.to_ascii_lowercase()) else { return problem(method, path, answer) };
    let status = answer.status.to_string();
    let Some(response) = operation["responses"].get(&status) else {
        assert!(answer.status >= 400, "{method} {template}: {status} is not documented");
        return problem(method, path, answer);
    };
    let media_type = essence(answer.header("content-type"));
    let content = response["content"].as_object();
    if answer.bytes.is_empty() && content.is_none() {
        return;
    }
    let documented = content.into_iter().flatten().find(|(documented, _)| essence(documented) == media_type);
    let Some((_, content)) = documented else { panic!("{method} {template}: {media_type} is not documented with {status}: {}", response["content"]) };
    let is_tagged = parameters(operation).any(|parameter| parameter["name"] == "If-None-Match");
    if method == "GET" && template != "/" {
        assert_eq!(is_tagged, !answer.header("etag").is_empty(), "{template}: an entity tag and If-None-Match go together");
    }
    if media_type.ends_with("json") {
        let schema = content.get("schema").unwrap_or_else(|| panic!("{method} {template}: {status} {media_type} without a schema"));
        fits(&format!("{method} {path} {status}"), schema, &answer.json());
    }
}

fn problem(method: &str, path: &str, answer: &Answer) {
    assert_eq!(answer.header("content-type"), "application/problem+json", "{method} {path}: {}", answer.status);
    fits(&format!("{method} {path} {}", answer.status), &json!({ "$ref": "#/components/schemas/Problem" }), &answer.json());
}

fn parameters(operation: &Value) -> impl Iterator<Item = &Value> {
    operation["parameters"].as_array().into_iter().flatten()
}

fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// The documented route of a path; literal parts before parameters.
fn route(path: &str) -> Option<(&'static str, &'static Value)> {
    let parts: Vec<&str> = path.split('/').collect();
    let fitting = document()["paths"].as_object()?.iter().filter_map(|(template, methods)| {
        let own: Vec<&str> = template.split('/').collect();
        let fits = own.len() == parts.len() && own.iter().zip(&parts).all(|(own, part)| own == part || (own.starts_with('{') && !part.is_empty()));
        let literal = own.iter().filter(|own| !own.starts_with('{')).count();
        fits.then_some((literal, template.as_str(), methods))
    });
    fitting.max_by_key(|(literal, _, _)| *literal).map(|(_, template, methods)| (template, methods))
}

/// What of an instance is not as a schema says; the schema may refer to those of the document.
pub fn faults(schema: &Value, instance: &Value) -> Vec<String> {
    validator(schema).iter_errors(instance).take(5).map(|error| format!("{}: {}", error.instance_path, cut(&error.to_string()))).collect()
}

fn fits(what: &str, schema: &Value, instance: &Value) {
    let errors = faults(schema, instance);
    assert!(errors.is_empty(), "{what}: not what openapi.json says:\n{}\n{}", errors.join("\n"), cut(&instance.to_string()));
}

fn cut(text: &str) -> String {
    text.chars().take(600).collect()
}

fn validator(schema: &Value) -> Arc<Validator> {
    static VALIDATORS: OnceLock<Mutex<HashMap<String, Arc<Validator>>>> = OnceLock::new();
    let known = VALIDATORS.get_or_init(Mutex::default);
    let key = schema.to_string();
    if let Some(validator) = known.lock().unwrap().get(&key) {
        return validator.clone();
    }
    let mut definitions = Map::new();
    for (name, schema) in document()["components"]["schemas"].as_object().unwrap() {
        definitions.insert(name.clone(), closed(schema, true));
        definitions.insert(format!("{name}.open"), closed(schema, false));
    }
    let mut whole = closed(schema, true);
    whole["$defs"] = Value::Object(definitions);
    let validator = Arc::new(jsonschema::options().with_draft(Draft::Draft202012).build(&whole).expect("the schemas are JSON Schema"));
    known.lock().unwrap().insert(key, validator.clone());
    validator
}

/// A schema whose objects have no other members than those it names. Parts of an `allOf` stay open: the whole closes them.
fn closed(schema: &Value, close: bool) -> Value {
    let Some(members) = schema.as_object() else { return schema.clone() };
    let each = |list: &Value, close: bool| Value::Array(list.as_array().into_iter().flatten().map(|part| closed(part, close)).collect());
    let mut out = Map::new();
    for (name, value) in members {
        let value = match name.as_str() {
            "$ref" => {
                let name = value.as_str().unwrap().rsplit('/').next().unwrap();
                json!(format!("#/$defs/{name}{}", if close { "" } else { ".open" }))
            }
            "allOf" => each(value, false),
            "oneOf" | "anyOf" => each(value, close),
            "prefixItems" => each(value, true),
            "properties" => value.as_object().unwrap().iter().map(|(name, schema)| (name.clone(), closed(schema, true))).collect(),
            "items" | "additionalProperties" | "propertyNames" => closed(value, true),
            _ => value.clone(),
        };
        out.insert(name.clone(), value);
    }
    if close && (members.contains_key("properties") || members.contains_key("allOf")) && !members.contains_key("additionalProperties") {
        out.insert("unevaluatedProperties".to_owned(), json!(false));
    }
    Value::Object(out)
}

#[test]
fn a_member_that_is_not_documented_or_of_another_kind_or_missing_is_a_fault() {
    let errors = |instance: Value| validator(&json!({ "$ref": "#/components/schemas/UnitPage" })).iter_errors(&instance).count();
    let unit = json!({ "id": "u", "building": "b", "revision": 1, "stale": false, "etag": "\"u1\"", "tenant": null });
    let page = |unit: Value| json!({ "units": [unit], "numberMatched": 1 });
    assert_eq!(errors(page(unit.clone())), 0);
    let with = |name: &str, value: Value| {
        let mut unit = unit.clone();
        unit[name] = value;
        page(unit)
    };
    assert!(errors(with("colour", json!("red"))) > 0 && errors(with("revision", json!("one"))) > 0 && errors(with("id", Value::Null)) > 0);
    assert!(errors(json!({ "units": [] })) > 0);
}
