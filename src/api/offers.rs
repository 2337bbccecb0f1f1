//! Parameters as the document of the API knows them: forms of an answer, conditions, the selection of features.

use super::collections::CRS84;
use super::negotiate::Form;
use super::parameters::{DEFAULT_LIMIT, LARGEST_LIMIT};
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn, ParameterStyle};
use utoipa::openapi::schema::{ArrayBuilder, Object, ObjectBuilder, Schema, Type};

/// `f`: what a route offers, the form that is given without a wish first.
macro_rules! offers {
    ($($(#[$about:meta])* $name:ident: $($form:ident)+;)+) => { $(
        $(#[$about])*
        pub(super) enum $name {}
        impl IntoParams for $name {
            fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
                vec![form(&[$(Form::$form),+])]
            }
        }
    )+ };
}

offers! {
    /// Documents.
    Pages: Json Html;
    /// Pages of features.
    Items: GeoJson Json Html Csv FlatGeobuf GeoPackage Shapefile Kml Xlsx GeoJsonSeq Dxf;
    /// One feature.
    Item: GeoJson Json Html;
    /// Features without a page for people.
    Features: GeoJson Json;
    Plain: Json;
    /// Tables to fill in.
    Sheets: Xlsx Csv;
    /// What came of a table, or the rows of it that were not taken.
    Judgements: Json Csv Xlsx;
    /// Rows of a file that were left out.
    LeftOut: Csv GeoJson;
    Tiles: Tile;
}

/// A group of parameters that several routes share.
macro_rules! group {
    ($($(#[$about:meta])* $name:ident = $parameters:expr;)+) => { $(
        $(#[$about])*
        pub(super) enum $name {}
        impl IntoParams for $name {
            fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
                $parameters
            }
        }
    )+ };
}

group! {
    /// The answer has an entity tag, and who has it already is told so.
    Tagged = vec![header("If-None-Match", "entity tags that the reader has; 304 when one still holds").build()];
    /// The state that a write is about.
    Seen = vec![header("If-Match", "entity tag of the row as it was read, a list of them, or *").required(Required::True).build()];
    /// Which features.
    Selecting = selection();
    /// Which page of them, and how much of each.
    Paging = paging();
    /// The only reference system of coordinates.
    Crs = vec![choice("crs", &[CRS84])];
}

fn form(forms: &[Form]) -> Parameter {
    let names: Vec<&str> = forms.iter().map(|form| form.name()).collect();
    query("f", one_of(&names)).description(Some("form of the answer; wins over Accept")).build()
}

fn header(name: &str, about: &str) -> ParameterBuilder {
    let text = ObjectBuilder::new().schema_type(Type::String).build();
    ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header).description(Some(about)).schema(Some(text))
}

fn query(name: &str, schema: impl Into<Schema>) -> ParameterBuilder {
    ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query).schema(Some(schema.into()))
}

fn one_of(choices: &[&str]) -> Object {
    let default: Option<Value> = choices.first().map(|first| json!(first));
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(choices.iter().copied())).default(default).build()
}

fn text(name: &str) -> Parameter {
    query(name, ObjectBuilder::new().schema_type(Type::String).build()).build()
}

fn choice(name: &str, choices: &[&str]) -> Parameter {
    query(name, one_of(choices)).build()
}

fn selection() -> Vec<Parameter> {
    let ids = "codes, parted by commas; a code with a comma stands in double quotes, or each code in an `ids` of its own";
    let list = |of: Type| ArrayBuilder::new().items(ObjectBuilder::new().schema_type(of).build());
    let bbox = list(Type::Number).min_items(Some(4)).max_items(Some(6)).build();
    vec![
        query("bbox", bbox).style(Some(ParameterStyle::Form)).explode(Some(false)).description(Some("west,south,east,north in degrees")).build(),
        choice("bbox-crs", &[CRS84]),
        choice("crs", &[CRS84]),
        choice("filter-lang", &["cql2-text", "cql2-json"]),
        choice("filter-crs", &[CRS84]),
        query("ids", list(Type::String).build()).style(Some(ParameterStyle::Form)).explode(Some(true)).description(Some(ids)).build(),
        text("datetime"),
        text("filter"),
    ]
}

fn paging() -> Vec<Parameter> {
    let count = |least: usize, usual: usize| ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(least)).default(Some(json!(usual)));
    vec![
        query("limit", count(1, DEFAULT_LIMIT).build()).description(Some(format!("at most {LARGEST_LIMIT}"))).build(),
        query("offset", count(0, 0).build()).build(),
        choice("skipGeometry", &["false", "true"]),
        choice("resulttype", &["results", "hits"]),
        text("sortby"),
        text("properties"),
    ]
}
