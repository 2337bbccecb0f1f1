//! Parameters as the document of the API knows them: forms of an answer, conditions, the selection of features.

use super::negotiate::Form;
use super::parameters::{DEFAULT_LIMIT, LARGEST_LIMIT};
use crate::spatial::frame::CRS84;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn, ParameterStyle};
use utoipa::openapi::schema::{ArrayBuilder, Object, ObjectBuilder, Schema, SchemaFormat, Type};

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
    /// The reference system of coordinates in the answer.
    Crs = vec![reference("crs", "of the coordinates in the answer")];
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
    let meeting = "features whose geometry meets the box: west,south,east,north in degrees (west beyond east runs over ±180°), or two corners in \
                   the order of axes of `bbox-crs`";
    let list = |of: Type| ArrayBuilder::new().items(ObjectBuilder::new().schema_type(of).build());
    let bbox = list(Type::Number).min_items(Some(4)).max_items(Some(6)).build();
    vec![
        query("bbox", bbox).style(Some(ParameterStyle::Form)).explode(Some(false)).description(Some(meeting)).build(),
        reference("bbox-crs", "of `bbox`"),
        // GDAL asks under the name of an early draft, and sends no filter where it is not among the choices.
        choice("filter-lang", &["cql2-text", "cql2-json", "cql-text"]),
        reference("filter-crs", "of the geometries in `filter`"),
        query("ids", list(Type::String).build()).style(Some(ParameterStyle::Form)).explode(Some(true)).description(Some(ids)).build(),
        text("datetime"),
        text("filter"),
    ]
}

/// A reference system by its URI; the collection names those that it has.
fn reference(name: &str, of: &str) -> Parameter {
    let uri = ObjectBuilder::new().schema_type(Type::String).default(Some(json!(CRS84))).format(Some(SchemaFormat::Custom("uri".to_owned())));
    query(name, uri.build()).description(Some(format!("reference system {of}: one of `crs` of the collection"))).build()
}

fn paging() -> Vec<Parameter> {
    let count = |least: usize, usual: usize| ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(least)).default(Some(json!(usual)));
    vec![
        reference("crs", "of the coordinates in the answer"),
        query("limit", count(1, DEFAULT_LIMIT).build()).description(Some(format!("at most {LARGEST_LIMIT}"))).build(),
        query("offset", count(0, 0).build()).build(),
        choice("skipGeometry", &["false", "true"]),
        choice("resulttype", &["results", "hits"]),
        text("sortby"),
        text("properties"),
    ]
}
