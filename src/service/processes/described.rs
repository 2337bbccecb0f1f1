//! A type of a process as the document of the API says it.

use super::erased::Erased;
use crate::domain::json_schema::written_out;
use serde_json::json;
use std::borrow::Cow;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

/// The JSON Schema of a type, and those of the types that it refers to by name.
pub struct Described {
    pub name: Cow<'static, str>,
    pub schema: RefOr<Schema>,
    pub parts: Vec<(String, RefOr<Schema>)>,
}

impl Described {
    pub(super) fn of<T: ToSchema>() -> Described {
        let mut parts = Vec::new();
        T::schemas(&mut parts);
        Described { name: T::name(), schema: T::schema(), parts }
    }

    /// Itself and its parts, by name.
    pub fn components(self) -> impl Iterator<Item = (String, RefOr<Schema>)> {
        self.parts.into_iter().chain([(self.name.into_owned(), self.schema)])
    }

    /// The schema standing alone: what it refers to is written out in its place. No type of a process holds itself.
    pub fn whole(&self) -> Erased {
        let parts = self.parts.iter().map(|(name, schema)| (name.clone(), json!(schema))).collect();
        Erased(written_out(&json!(self.schema), &parts))
    }
}
