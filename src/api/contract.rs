//! What the document of the API says about each route, as the door checks it.

use super::negotiate::Form;
use crate::domain::days::how_a_day_is_written;
use crate::domain::stated_day;
use axum::http::Method;
use serde_json::Value;
use std::collections::HashMap;

/// A query parameter of a route.
#[derive(Debug)]
pub(super) struct Parameter {
    pub name: String,
    /// It may stand several times.
    pub repeats: bool,
    pub required: bool,
    takes: Takes,
}

/// The values that a parameter may have, as its schema says.
#[derive(Debug, PartialEq)]
enum Takes {
    /// What is read further on.
    Text,
    OneOf(Vec<String>),
    Whole {
        least: i64,
        most: u64,
    },
    Number {
        least: f64,
        most: f64,
    },
    Day,
}

impl Takes {
    fn read(schema: &Value) -> Self {
        if let Some(choices) = schema["enum"].as_array() {
            return Takes::OneOf(choices.iter().filter_map(Value::as_str).map(str::to_owned).collect());
        }
        match (schema["type"].as_str(), schema["format"].as_str()) {
            (Some("boolean"), _) => Takes::OneOf(vec!["false".to_owned(), "true".to_owned()]),
            (Some("integer"), _) => Takes::Whole {
                least: schema["minimum"].as_f64().map_or(i64::MIN, |least| least as i64),
                // Without a stated size it is a count, which may be larger than any signed number.
                most: match schema["format"].as_str() {
                    Some("int32") => i32::MAX as u64,
                    Some("int64") => i64::MAX as u64,
                    _ => u64::MAX,
                },
            },
            (Some("number"), _) => Takes::Number {
                least: schema["minimum"].as_f64().unwrap_or(f64::NEG_INFINITY),
                most: schema["maximum"].as_f64().unwrap_or(f64::INFINITY),
            },
            (_, Some("date")) => Takes::Day,
            _ => Takes::Text,
        }
    }
}

impl Parameter {
    pub(super) fn allows(&self, value: &str) -> bool {
        match &self.takes {
            Takes::Text => true,
            Takes::OneOf(choices) => choices.iter().any(|choice| choice == value),
            Takes::Whole { least, most } => value.parse::<i128>().is_ok_and(|number| (i128::from(*least)..=i128::from(*most)).contains(&number)),
            Takes::Number { least, most } => value.parse::<f64>().is_ok_and(|number| number.is_finite() && (*least..=*most).contains(&number)),
            Takes::Day => stated_day(value).is_some(),
        }
    }

    /// What may stand there, in both languages; nothing where any text may.
    pub(super) fn help(&self) -> Option<(String, String)> {
        Some(match &self.takes {
            Takes::Text => return None,
            Takes::OneOf(choices) => (format!("可用：{}", choices.join("、")), format!("known: {}", choices.join(", "))),
            Takes::Whole { least: i64::MIN, .. } => ("应为整数".to_owned(), "it is a whole number".to_owned()),
            Takes::Whole { least, .. } => (format!("应为不小于 {least} 的整数"), format!("it is a whole number of at least {least}")),
            Takes::Number { least, most } if least.is_finite() && most.is_finite() => {
                (format!("应为 {least} 到 {most} 的数"), format!("it is a number from {least} to {most}"))
            }
            Takes::Number { .. } => ("应为数".to_owned(), "it is a number".to_owned()),
            Takes::Day => how_a_day_is_written(),
        })
    }
}

/// A method of a route.
#[derive(Debug, Default)]
pub(super) struct Operation {
    pub parameters: Vec<Parameter>,
    /// Properties of the collection are parameters as well.
    pub takes_properties: bool,
    /// Forms of the answer, the one that is given without a wish first; empty where there is nothing to choose.
    pub forms: Vec<Form>,
}

impl Operation {
    fn read(operation: &Value) -> Self {
        let query = |parameter: &&Value| parameter["in"] == "query";
        let mut read = Operation { takes_properties: operation["x-takes-properties"] == true, ..Operation::default() };
        for parameter in operation["parameters"].as_array().into_iter().flatten().filter(query) {
            let name = parameter["name"].as_str().unwrap_or_default().to_owned();
            let repeats = parameter["schema"]["type"] == "array" && parameter["explode"] == true;
            let takes = if repeats { Takes::Text } else { Takes::read(&parameter["schema"]) };
            if let ("f", Takes::OneOf(forms)) = (name.as_str(), &takes) {
                read.forms = forms.iter().filter_map(|name| Form::parse(name)).collect();
            }
            read.parameters.push(Parameter { name, repeats, required: parameter["required"] == true, takes });
        }
        read
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }
}

/// All operations by method and route.
#[derive(Debug, Default)]
pub(super) struct Contract(HashMap<Method, HashMap<String, Operation>>);

impl Contract {
    pub(super) fn of(document: &Value) -> Self {
        let mut contract = Contract::default();
        for (path, methods) in document["paths"].as_object().into_iter().flatten() {
            for (method, operation) in methods.as_object().into_iter().flatten() {
                if let Ok(method) = Method::from_bytes(method.to_ascii_uppercase().as_bytes()) {
                    contract.0.entry(method).or_default().insert(path.clone(), Operation::read(operation));
                }
            }
        }
        contract
    }

    pub(super) fn operation(&self, method: &Method, route: &str) -> Option<&Operation> {
        let method = if method == Method::HEAD { &Method::GET } else { method };
        self.0.get(method)?.get(route)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_parameter_allows_what_its_schema_says() {
        for (schema, fine, bad) in [
            (json!({ "type": "integer", "minimum": 1 }), vec!["1", "18446744073709551615"], vec!["0", "-1", "1.5", "x", "", "18446744073709551616"]),
            (
                json!({ "type": "integer", "format": "int64", "minimum": 0 }),
                vec!["0", "7", "9223372036854775807"],
                vec!["-1", "abc", "9223372036854775808"],
            ),
            (json!({ "type": "integer", "format": "int64" }), vec!["-7", "0"], vec!["-9223372036854775809", "1e3"]),
            (json!({ "type": "number", "minimum": 0, "maximum": 50 }), vec!["0", "0.5", "50"], vec!["-1", "50.1", "NaN", "inf", "x"]),
            (json!({ "type": "boolean" }), vec!["true", "false"], vec!["1", "yes", ""]),
            (json!({ "type": "string", "enum": ["a", "b"] }), vec!["a", "b"], vec!["c", "A", ""]),
            (json!({ "type": "string", "format": "date" }), vec!["2026-09-01"], vec!["x", "1000-01-01", "2026-9-1"]),
            (json!({ "type": "string" }), vec!["", "anything"], vec![]),
        ] {
            let parameter = Parameter { name: "p".to_owned(), repeats: false, required: false, takes: Takes::read(&schema) };
            assert!(fine.iter().all(|value| parameter.allows(value)), "{schema}");
            assert!(!bad.iter().any(|value| parameter.allows(value)), "{schema}");
            assert_eq!(parameter.help().is_none(), bad.is_empty(), "{schema}");
        }
    }
}
