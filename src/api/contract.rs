//! What the document of the API says about each route, as the door checks it.

use super::negotiate::Form;
use axum::http::Method;
use serde_json::Value;
use std::collections::HashMap;

/// A query parameter of a route.
#[derive(Debug)]
pub(super) struct Parameter {
    pub name: String,
    /// It may stand several times.
    pub repeats: bool,
    /// The values that it may have; none where any text is read further on.
    pub choices: Vec<String>,
}

impl Parameter {
    pub(super) fn allows(&self, value: &str) -> bool {
        self.choices.is_empty() || self.choices.iter().any(|choice| choice == value)
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
            let choices: Vec<String> =
                parameter["schema"]["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
            if name == "f" {
                read.forms = choices.iter().filter_map(|name| Form::parse(name)).collect();
            }
            read.parameters.push(Parameter { name, repeats, choices });
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
