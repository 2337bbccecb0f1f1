//! The landing page, conformance, the catalogue and health.

use super::answers::{Catalogue, CityFacts, Conformance, Health, Landing, Link};
use super::negotiate::Form;
use super::offers::{Pages, Tagged};
use super::{App, Caller, Refusal, assets, away, reply};
use crate::domain::catalogue::Code;
use crate::domain::{catalogue as embedded, dictionary};
use crate::service::items;
use axum::Json;
use axum::extract::State;
use axum::response::Response;

/// Workbench for browsers, OGC landing page for everything else.
#[utoipa::path(
    get, path = "/", summary = "Landing page (the workbench for browsers)",
    params(Pages, Tagged),
    responses((status = 200, body = Landing)),
)]
pub(super) async fn root(State(app): State<App>, caller: Caller) -> Result<Response, Refusal> {
    if caller.form == Form::Html {
        return Ok(assets::index());
    }
    app.read(move |app, city| {
        let (info, base) = (city.info(), &caller.base);
        let (extent, focus) = (city.extent().map(|extent| city.lon_lat_box(extent)), items::focus(city));
        let link = |rel: &str, path: &str, kind: &'static str, title: &'static str| Link {
            title: Some(title),
            ..Link::new(rel, format!("{base}{path}"), kind)
        };
        let body = Landing {
            city: CityFacts {
                as_of: info.as_of.clone(),
                bbox: extent,
                crs: info.crs.clone(),
                focus,
                name: info.name.clone(),
                revision: info.revision,
                sample: info.sample,
            },
            description: "土地与园区规划工作台 · land and park planning workbench",
            links: vec![
                link("self", "/?f=json", "application/json", "this document"),
                link("alternate", "/?f=html", "text/html", "the workbench"),
                link("service-desc", "/api", "application/vnd.oai.openapi+json;version=3.1", "the API"),
                link("service-doc", "/api?f=html", "text/html", "the API for people"),
                link("conformance", "/conformance", "application/json", "conformance classes"),
                link("http://www.opengis.net/def/rel/ogc/1.0/conformance", "/conformance", "application/json", "conformance classes"),
                link("data", "/collections", "application/json", "collections"),
                link("http://www.opengis.net/def/rel/ogc/1.0/processes", "/processes", "application/json", "processes"),
            ],
            title: format!("园图 parkplan · {}", info.name),
        };
        reply::document(caller.form, &body, app.tag(city).formed(caller.form, base))
    })
    .await
}

#[utoipa::path(
    get, path = "/conformance", summary = "Conformance classes",
    params(Pages),
    responses((status = 200, body = Conformance)),
)]
pub(super) async fn conformance(caller: Caller) -> Response {
    let conforms_to = vec![
        "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
        "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
        "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
        "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
        "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
        "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
        "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
        "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
        "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
        "http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
        "http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
        "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
        "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions-plus",
        "http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions",
        "http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions",
        "http://www.opengis.net/spec/cql2/1.0/conf/array-functions",
        "http://www.opengis.net/spec/cql2/1.0/conf/property-property",
        "http://www.opengis.net/spec/cql2/1.0/conf/arithmetic",
        "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
        "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
        "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/core",
        "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/json",
    ];
    reply::untagged(caller.form, &Conformance { conforms_to })
}

/// Code lists and clusters, for forms and legends.
#[utoipa::path(
    get, path = "/catalogue", summary = "Code lists and industry clusters",
    params(Pages),
    responses((status = 200, body = Catalogue)),
)]
pub(super) async fn catalogue(caller: Caller) -> Response {
    let known = embedded();
    let layer = dictionary().layers.iter().map(|layer| Code { code: layer.name.clone(), zh: layer.zh.clone(), en: layer.en.clone() });
    let body = Catalogue { clusters: &known.clusters, layer: layer.collect(), lineage: &known.lineage, lists: known.lists() };
    reply::untagged(caller.form, &body)
}

#[utoipa::path(get, path = "/healthz", summary = "Health", responses((status = 200, body = Health)))]
pub(super) async fn healthz(State(app): State<App>) -> Result<Json<Health>, Refusal> {
    health(app).await
}

/// The same under the name that clusters ask for.
#[utoipa::path(get, path = "/readyz", summary = "Readiness", responses((status = 200, body = Health)))]
pub(super) async fn readyz(State(app): State<App>) -> Result<Json<Health>, Refusal> {
    health(app).await
}

async fn health(app: App) -> Result<Json<Health>, Refusal> {
    let revision = away(move || app.planner.must_be_current().map(|()| app.planner.city().revision)).await?;
    Ok(Json(Health { revision, status: "ok", version: env!("CARGO_PKG_VERSION") }))
}
