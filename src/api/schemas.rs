//! Schemas of what the processes take and give: the registry knows them, here they become parts of the document.

use crate::domain::json_schema::COMPONENTS;
use crate::service::imports::ImportAnswer;
use crate::service::processes::{AnyProcess, Described, PROCESSES};
use serde_json::{Value, json};
use std::borrow::Cow;
use utoipa::openapi::schema::OneOfBuilder;
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// What a job answers: any of the processes, or an import.
pub(super) struct ProcessAnswer;

impl PartialSchema for ProcessAnswer {
    fn schema() -> RefOr<Schema> {
        let answers = PROCESSES.iter().map(|process| Ref::from_schema_name(process.answer().name));
        let imported = Ref::from_schema_name(ImportAnswer::name());
        let whole = answers.chain([imported]).fold(OneOfBuilder::new(), OneOfBuilder::item);
        whole.description(Some("What a process answers, each in its own form; of an import what came of it.")).into()
    }
}

impl ToSchema for ProcessAnswer {
    fn name() -> Cow<'static, str> {
        "ProcessAnswer".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.extend(PROCESSES.iter().flat_map(|process| types(*process)).flat_map(Described::components));
    }
}

/// All that a process says of its types.
fn types(process: &dyn AnyProcess) -> impl Iterator<Item = Described> {
    [process.inputs(), process.answer()].into_iter().chain(process.described_defaults())
}

/// The execution of one process, from that of any: its own inputs and its own answer.
pub(super) fn of_process(operation: &mut Value, process: &dyn AnyProcess) {
    let reference = |described: Described| json!({ "$ref": format!("{COMPONENTS}{}", described.name) });
    let body = json!({ "type": "object", "properties": { "inputs": reference(process.inputs()) } });
    operation["summary"] = json!(process.words().en);
    operation["requestBody"]["content"]["application/json"]["schema"] = body;
    operation["responses"]["200"]["content"]["application/json"]["schema"] = reference(process.answer());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_of_a_process_is_in_the_document_and_no_two_share_a_name() {
        let document = super::super::document();
        let components = &document["components"]["schemas"];
        for (name, schema) in PROCESSES.iter().flat_map(|process| types(*process)).flat_map(Described::components) {
            assert_eq!(components[&name], json!(schema), "{name} is the name of two types");
        }
    }
}
