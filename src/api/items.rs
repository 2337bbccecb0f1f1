//! Items: pages of features, one feature, totals, search, neighbours.

use super::{App, Caller, Refusal, away};
use crate::city::{Page, cql2};
use crate::domain::{ColumnType, Fault, Layer};
use crate::service;
use crate::service::items::{Selection, SummaryAnswer};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

const DEFAULT_LIMIT: usize = 10;
const LARGEST_LIMIT: usize = 10_000;

/// A page as people ask for it, from the query string or a body.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    filter: Option<String>,
    ids: Option<Vec<String>>,
    bbox: Option<[f64; 4]>,
    sortby: Option<String>,
    limit: Option<usize>,
    #[serde(default)]
    offset: usize,
    properties: Option<Vec<String>>,
    #[serde(default, rename = "skipGeometry")]
    skip_geometry: bool,
    resulttype: Option<String>,
    datetime: Option<String>,
}

impl Wanted {
    fn selection(&self) -> Selection {
        Selection {
            filter: self.filter.clone(),
            ids: self.ids.clone(),
            bbox: self.bbox,
            sortby: self.sortby.clone(),
            datetime: self.datetime.clone(),
        }
    }

    fn page(&self) -> Result<Page, Fault> {
        let limit = self.limit.unwrap_or(DEFAULT_LIMIT);
        if limit == 0 {
            return Err(Fault::bad("limit", format!("limit 应为 1 到 {LARGEST_LIMIT}"), format!("limit is 1 to {LARGEST_LIMIT}")).at("limit"));
        }
        Ok(Page { offset: self.offset, limit: limit.min(LARGEST_LIMIT) })
    }
}

/// Reads the query string; a property's name is a filter by equality, anything else unknown is refused.
fn wanted(layer: &Layer, query: &[(String, String)], private: bool) -> Result<Wanted, Fault> {
    let mut wanted = Wanted::default();
    let mut conditions: Vec<String> = Vec::new();
    let mut filter: Option<String> = None;
    for (name, value) in query {
        let bad = || {
            Fault::bad("parameter", format!("参数 {name} 的值有误：{value}"), format!("the parameter {name} has a bad value: {value}"))
                .at(name.clone())
        };
        let list = || value.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect::<Vec<_>>();
        match name.as_str() {
            "bbox" => wanted.bbox = Some(bbox(value).ok_or_else(|| bad().help("写成 西,南,东,北（度）", "write west,south,east,north in degrees"))?),
            "limit" => wanted.limit = Some(value.parse().map_err(|_| bad())?),
            "offset" => wanted.offset = value.parse().map_err(|_| bad())?,
            "filter" => filter = Some(value.clone()),
            "filter-lang" if matches!(value.as_str(), "cql2-text" | "cql2-json") => {}
            "filter-crs" | "crs" | "bbox-crs" if value.ends_with("CRS84") => {}
            "ids" => wanted.ids = Some(list()),
            "sortby" => wanted.sortby = Some(value.clone()),
            "properties" => wanted.properties = Some(list()),
            "skipGeometry" => wanted.skip_geometry = value.parse().map_err(|_| bad())?,
            "resulttype" if matches!(value.as_str(), "hits" | "results") => wanted.resulttype = Some(value.clone()),
            "f" if matches!(value.as_str(), "json" | "geojson") => {}
            "datetime" => wanted.datetime = Some(value.clone()),
            "rev" | "lang" => {}
            "filter-lang" | "filter-crs" | "crs" | "bbox-crs" | "resulttype" | "f" => return Err(bad()),
            property => match layer.column(property).filter(|column| private || !column.private) {
                Some(column) => conditions.push(equality(property, column.kind, value)),
                None => {
                    return Err(Fault::bad("unknown_parameter", format!("不认识的参数 {name}"), format!("unknown parameter {name}")).at(name.clone()));
                }
            },
        }
    }
    wanted.filter = match filter {
        // Joined with others only once it was read by itself: it may be JSON, and may not end the bracket around it.
        Some(filter) if !conditions.is_empty() => {
            conditions.insert(0, cql2::parse(&filter)?.to_string());
            joined(conditions)
        }
        Some(filter) => Some(filter),
        None => joined(conditions),
    };
    Ok(wanted)
}

fn joined(mut conditions: Vec<String>) -> Option<String> {
    if conditions.len() < 2 {
        return conditions.pop();
    }
    Some(conditions.iter().map(|condition| format!("({condition})")).collect::<Vec<_>>().join(" AND "))
}

fn equality(property: &str, kind: ColumnType, value: &str) -> String {
    match kind {
        ColumnType::Real | ColumnType::Integer if value.parse::<f64>().is_ok_and(f64::is_finite) => format!("{property} = {value}"),
        ColumnType::Boolean if matches!(value, "true" | "false") => format!("{property} = {value}"),
        _ => format!("{property} = {}", cql2::text_literal(value)),
    }
}

fn bbox(text: &str) -> Option<[f64; 4]> {
    let numbers: Vec<f64> = text.split(',').map(|number| number.trim().parse()).collect::<Result<_, _>>().ok()?;
    match numbers.as_slice() {
        [west, south, east, north] | [west, south, _, east, north, _] => Some([*west, *south, *east, *north]),
        _ => None,
    }
}

pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, Refusal> {
    let wanted = wanted(service::collection(&name)?, &query, caller.viewer.sees_private(&name))?;
    let kept: Vec<(String, String)> = query.into_iter().filter(|(key, _)| key != "offset" && key != "limit").collect();
    answer(app, caller, name, wanted, kept).await
}

pub async fn search(State(app): State<App>, caller: Caller, Path(name): Path<String>, Json(wanted): Json<Wanted>) -> Result<Response, Refusal> {
    answer(app, caller, name, wanted, Vec::new()).await
}

async fn answer(app: App, caller: Caller, name: String, wanted: Wanted, query: Vec<(String, String)>) -> Result<Response, Refusal> {
    let page = wanted.page()?;
    let text = away(move || {
        let city = app.planner.city();
        let selected = service::items::select(&city, &caller.viewer, &name, &wanted.selection())?;
        let matched = selected.rows.len();
        let hits = wanted.resulttype.as_deref() == Some("hits");
        let features =
            if hits { String::new() } else { selected.features(&city.crs, page, wanted.properties.as_deref(), !wanted.skip_geometry, 7) };
        let returned = if hits { 0 } else { page.of(&selected.rows).len() };
        let link = |rel: &str, offset: usize| {
            let mut href = format!("{}/collections/{name}/items?", caller.base);
            for (key, value) in &query {
                href.push_str(&format!("{}={}&", encode(key), encode(value)));
            }
            json!({ "rel": rel, "type": "application/geo+json", "href": format!("{href}limit={}&offset={offset}", page.limit) })
        };
        let mut links = vec![link("self", page.offset)];
        if page.offset + page.limit < matched && !hits {
            links.push(link("next", page.offset + page.limit));
        }
        if page.offset > 0 {
            links.push(link("prev", page.offset.saturating_sub(page.limit)));
        }
        Ok(format!(
            "{{\"type\":\"FeatureCollection\",\"timeStamp\":\"{}\",\"numberMatched\":{matched},\"links\":{},\"features\":[{features}],\"numberReturned\":{returned}}}",
            chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            Value::from(links),
        ))
    })
    .await?;
    Ok(([(header::CONTENT_TYPE, "application/geo+json"), (header::VARY, "accept, accept-encoding, cookie")], text).into_response())
}

/// Percent-encoding of a query part.
fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

pub async fn one(State(app): State<App>, caller: Caller, Path((name, id)): Path<(String, String)>) -> Result<Response, Refusal> {
    let (text, revision) = away(move || {
        let city = app.planner.city();
        Ok((service::items::item(&city, &caller.viewer, &name, &id)?, city.revision))
    })
    .await?;
    Ok((
        [
            (header::CONTENT_TYPE, "application/geo+json".to_owned()),
            (header::ETAG, format!("W/\"r{revision}\"")),
            (header::VARY, "cookie".to_owned()),
        ],
        text,
    )
        .into_response())
}

pub async fn summary(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Json<SummaryAnswer>, Refusal> {
    let wanted = wanted(service::collection(&name)?, &query, caller.viewer.sees_private(&name))?;
    away(move || service::items::summary(&app.planner.city(), &caller.viewer, &name, &wanted.selection()).map(Json)).await
}

pub async fn summary_of(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
    Json(selection): Json<Selection>,
) -> Result<Json<SummaryAnswer>, Refusal> {
    away(move || service::items::summary(&app.planner.city(), &caller.viewer, &name, &selection).map(Json)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Find {
    q: String,
    limit: Option<usize>,
}

pub async fn find(State(app): State<App>, Query(find): Query<Find>) -> Result<Json<Value>, Refusal> {
    away(move || service::search::search(&app.planner.city(), &find.q, find.limit.unwrap_or(10).clamp(1, 100)).map(Json)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Near {
    tolerance: Option<f64>,
}

pub async fn neighbours(State(app): State<App>, Path(code): Path<String>, Query(near): Query<Near>) -> Result<Json<Value>, Refusal> {
    away(move || service::analyses::neighbours(&app.planner.city(), &code, near.tolerance).map(Json)).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dictionary;

    fn read(query: &[(&str, &str)]) -> Result<Wanted, Fault> {
        let query: Vec<_> = query.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        wanted(dictionary().known("parcel"), &query, false)
    }

    #[test]
    fn properties_become_conditions_and_strangers_are_refused() {
        assert_eq!(read(&[("park", "P'1"), ("far_limit", "3.5")]).unwrap().filter.unwrap(), "(park = 'P''1') AND (far_limit = 3.5)");
        assert_eq!(read(&[("code", r"a\")]).unwrap().filter.unwrap(), r"code = 'a\\'");
        let json = r#"{"op":"=","args":[{"property":"far_limit"},3]}"#;
        assert_eq!(read(&[("filter", json), ("code", "0012")]).unwrap().filter.unwrap(), "(far_limit = 3) AND (code = '0012')");
        assert!(read(&[("filter", "code = 'a') OR (code = 'b'"), ("park", "BA-03")]).is_err());
        assert!(read(&[("owner", "x")]).is_err() && read(&[("colour", "red")]).is_err() && read(&[("f", "xml")]).is_err());
        assert!(read(&[("bbox", "1,2,3")]).is_err() && read(&[("bbox", "1,2,0,3,4,9")]).unwrap().bbox == Some([1.0, 2.0, 3.0, 4.0]));
        assert!(read(&[("limit", "0")]).unwrap().page().is_err());
    }
}
