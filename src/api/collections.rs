//! `/collections`: what there is, and what each property means.

use super::answers::{Collection, Collections, Extent, Link, Properties, Property, SpatialExtent};
use super::conditions::Tag;
use super::offers::{Pages, Tagged};
use super::{App, Caller, Refusal, reply};
use crate::city::City;
use crate::domain::{Column, ColumnType, Lang, Layer, LayerId, catalogue};
use crate::service::{self, frames, kept};
use crate::spatial::frame::CRS84;
use axum::extract::{Path, State};
use axum::response::Response;
use indexmap::IndexMap;

fn describe(city: &City, layer: &Layer, caller: &Caller) -> Collection {
    let (base, name) = (&caller.base, &layer.name);
    let table = city.named(name);
    let place = |path: &str| format!("{base}/collections/{name}{path}");
    let mut links = vec![
        Link::json("self", place("")),
        Link::new("items", place("/items"), "application/geo+json"),
        Link::new("http://www.opengis.net/def/rel/ogc/1.0/queryables", place("/queryables"), "application/schema+json"),
        Link::new("describedby", place("/schema"), "application/schema+json"),
    ];
    if layer.is_spatial() {
        links.push(Link::json("http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector", place("/tilejson.json")));
    }
    let extent = table.filter(|_| layer.is_spatial()).and_then(|table| table.extent());
    Collection {
        crs: frames::uris(city, layer),
        extent: extent.map(|extent| Extent { spatial: SpatialExtent { bbox: [city.lon_lat_box(extent)], crs: CRS84 } }),
        id: name.clone(),
        // Of a table that hides rows not even their number is told.
        item_count: table.filter(|table| !kept::hides_rows(table.id())).map(|table| table.len()),
        item_type: if layer.is_spatial() { "feature" } else { "record" },
        links,
        storage_crs: frames::storage(city, layer),
        title: in_language(caller, &layer.zh, &layer.en),
    }
}

fn in_language(caller: &Caller, zh: &str, en: &str) -> String {
    if caller.lang == Lang::Zh { zh.to_owned() } else { en.to_owned() }
}

#[utoipa::path(
    get, path = "/collections", summary = "Collections",
    params(Pages, Tagged),
    responses((status = 200, body = Collections)),
)]
pub(super) async fn list(State(app): State<App>, caller: Caller) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let collections = service::collections().map(|layer| describe(city, layer, &caller)).collect();
        let links = vec![Link::json("self", format!("{}/collections", caller.base))];
        let tag = app.tag(city).told_in(caller.lang).formed(caller.form, &caller.base);
        reply::document(caller.form, &Collections { collections, links }, tag)
    })
    .await
}

/// The tag of what is said about one collection.
fn tag(app: &App, city: &City, name: &str, caller: &Caller) -> Tag {
    let tag = LayerId::parse(name).map_or_else(|| app.tag(city), |layer| app.tag_on(city, &[layer]));
    tag.told_in(caller.lang).formed(caller.form, &caller.base)
}

#[utoipa::path(
    get, path = "/collections/{collection}", summary = "A collection",
    params(("collection" = String, Path), Pages, Tagged),
    responses((status = 200, body = Collection)),
)]
pub(super) async fn one(State(app): State<App>, caller: Caller, Path(name): Path<String>) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let answer = describe(city, service::collection(&name)?, &caller);
        reply::document(caller.form, &answer, tag(app, city, &name, &caller))
    })
    .await
}

/// JSON Schema of a collection's properties.
#[utoipa::path(
    get, path = "/collections/{collection}/schema", summary = "Properties",
    params(("collection" = String, Path), Pages, Tagged),
    responses((status = 200, body = Properties, content_type = "application/schema+json")),
)]
pub(super) async fn schema(State(app): State<App>, caller: Caller, Path(name): Path<String>) -> Result<Response, Refusal> {
    answer_properties(app, caller, name).await
}

/// The queryables are the same properties.
#[utoipa::path(
    get, path = "/collections/{collection}/queryables", summary = "Properties that filters may name",
    params(("collection" = String, Path), Pages, Tagged),
    responses((status = 200, body = Properties, content_type = "application/schema+json")),
)]
pub(super) async fn queryables(State(app): State<App>, caller: Caller, Path(name): Path<String>) -> Result<Response, Refusal> {
    answer_properties(app, caller, name).await
}

async fn answer_properties(app: App, caller: Caller, name: String) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let body = properties(service::collection(&name)?, &caller);
        let tag = tag(app, city, &name, &caller).seen_by(&caller.viewer);
        reply::typed_document(caller.form, "application/schema+json", &body, tag)
    })
    .await
}

fn properties(layer: &Layer, caller: &Caller) -> Properties {
    let private = LayerId::parse(&layer.name).is_some_and(|id| kept::sees_private(&caller.viewer, id));
    let columns = layer.columns.iter().filter(|column| private || !column.private);
    let mut properties = IndexMap::new();
    if layer.is_spatial() {
        let title = in_language(caller, "几何", "Geometry");
        properties.insert("geom".to_owned(), Property { format: Some("geometry-any"), title, role: Some("primary-geometry"), ..Property::default() });
    }
    // A column of that name would win, as it does in features.
    properties.extend(columns.map(|column| (column.name.clone(), property(column, caller))));
    Properties {
        id: format!("{}/collections/{}/schema", caller.base, layer.name),
        schema: "https://json-schema.org/draft/2020-12/schema",
        additional: false,
        properties,
        title: in_language(caller, &layer.zh, &layer.en),
        kind: "object",
    }
}

fn property(column: &Column, caller: &Caller) -> Property {
    let codes = column.codes.as_deref().filter(|_| column.kind == ColumnType::Text);
    let choices = codes.and_then(|codes| catalogue().codes(codes)).map(|list| list.iter().map(|code| code.code.clone()).collect());
    let kind = match column.kind {
        ColumnType::Text | ColumnType::Date => "string",
        ColumnType::Integer => "integer",
        ColumnType::Real => "number",
        ColumnType::Boolean => "boolean",
        ColumnType::List => "array",
    };
    Property {
        choices,
        format: (column.kind == ColumnType::Date).then_some("date"),
        title: in_language(caller, &column.zh, &column.en),
        kind: Some(kind),
        codes: codes.map(str::to_owned),
        en: Some(column.en.clone()),
        role: None,
        source: Some(column.source.clone()),
        unit: column.unit.clone(),
        zh: Some(column.zh.clone()),
    }
}
