//! Reading the query string of items: selection, page, and conditions by property.

use crate::city::{Page, cql2};
use crate::domain::{ColumnType, Fault, Layer};
use crate::service::items::Selection;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

pub(super) const DEFAULT_LIMIT: usize = 10;
pub(super) const LARGEST_LIMIT: usize = 10_000;

/// A page as people ask for it, from the query string or a body.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ids: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bbox: Option<[f64; 4]>,
    #[serde(rename = "bbox-crs", skip_serializing_if = "Option::is_none")]
    bbox_crs: Option<String>,
    #[serde(rename = "filter-crs", skip_serializing_if = "Option::is_none")]
    filter_crs: Option<String>,
    /// URI of the reference system of the answer; CRS84 without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crs: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sortby: Option<String>,
    #[schema(minimum = 1)]
    limit: Option<usize>,
    #[serde(default)]
    offset: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub properties: Option<Vec<String>>,
    #[serde(default, rename = "skipGeometry", skip_serializing_if = "is_default")]
    pub skip_geometry: bool,
    #[serde(default, rename = "resulttype", skip_serializing_if = "is_default")]
    result: ResultType,
    #[serde(skip_serializing_if = "Option::is_none")]
    datetime: Option<String>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ResultType {
    #[default]
    Results,
    Hits,
}

impl Wanted {
    pub(super) fn selection(&self) -> Selection {
        Selection {
            filter: self.filter.clone(),
            ids: self.ids.clone(),
            bbox: self.bbox,
            bbox_crs: self.bbox_crs.clone(),
            filter_crs: self.filter_crs.clone(),
            sortby: self.sortby.clone(),
            datetime: self.datetime.clone(),
        }
    }

    pub(super) fn page(&self) -> Result<Page, Fault> {
        let limit = self.limit.unwrap_or(DEFAULT_LIMIT);
        if limit == 0 {
            return Err(Fault::bad("limit", format!("limit 应为 1 到 {LARGEST_LIMIT}"), format!("limit is 1 to {LARGEST_LIMIT}")).at("limit"));
        }
        Ok(Page { offset: self.offset, limit: limit.min(LARGEST_LIMIT) })
    }

    /// The same question as parameters of an address, but for the page.
    pub(super) fn parameters(&self) -> Vec<(String, String)> {
        let bbox = self.bbox.map(|bounds| bounds.map(|bound| bound.to_string()).join(","));
        // In quotes, so that a code may hold what parts codes.
        let ids = self.ids.as_ref().map(|codes| codes.iter().map(|code| format!("\"{}\"", code.replace('"', "\"\""))).collect::<Vec<_>>().join(","));
        [
            ("filter", self.filter.clone()),
            ("ids", ids),
            ("bbox", bbox),
            ("bbox-crs", self.bbox_crs.clone()),
            ("filter-crs", self.filter_crs.clone()),
            ("crs", self.crs.clone()),
            ("sortby", self.sortby.clone()),
            ("properties", self.properties.as_ref().map(|names| names.join(","))),
            ("skipGeometry", self.skip_geometry.then(|| "true".to_owned())),
            ("resulttype", self.is_hits().then(|| "hits".to_owned())),
            ("datetime", self.datetime.clone()),
        ]
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| (name.to_owned(), value)))
        .collect()
    }

    /// The same question as a body, about another page.
    pub(super) fn body(&self, page: Page) -> Value {
        json!(Wanted { limit: Some(page.limit), offset: page.offset, ..self.clone() })
    }

    /// Only the count is wanted.
    pub(super) fn is_hits(&self) -> bool {
        self.result == ResultType::Hits
    }
}

/// Reads the query string; a property's name is a filter by equality, anything else unknown is refused. The door has checked what stands
/// once only and what has few values. `is_key` tells the collection's keys, for codes that hold commas.
pub(super) fn wanted(layer: &Layer, query: &[(String, String)], private: bool, is_key: &dyn Fn(&str) -> bool) -> Result<Wanted, Fault> {
    let mut wanted = Wanted::default();
    let mut conditions: Vec<String> = Vec::new();
    let mut filter: Option<String> = None;
    let mut ids: Vec<&str> = Vec::new();
    let mut language: Option<&str> = None;
    for (name, value) in query {
        let bad = || {
            Fault::bad("parameter", format!("参数 {name} 的值有误：{value}"), format!("the parameter {name} has a bad value: {value}"))
                .at(name.clone())
        };
        match name.as_str() {
            "bbox" => {
                wanted.bbox = Some(bbox(value).ok_or_else(|| {
                    bad().help(
                        "写成 西,南,东,北（度），或按 bbox-crs 的轴序写两个角",
                        "write west,south,east,north in degrees, or two corners in the order of axes of bbox-crs",
                    )
                })?);
            }
            "limit" => wanted.limit = Some(value.parse().map_err(|_| bad())?),
            "offset" => wanted.offset = value.parse().map_err(|_| bad())?,
            "filter" => filter = Some(value.clone()),
            "ids" => ids.push(value),
            "sortby" => wanted.sortby = Some(value.clone()),
            "properties" => wanted.properties = Some(list(value)),
            "skipGeometry" => wanted.skip_geometry = value.parse().map_err(|_| bad())?,
            "resulttype" => wanted.result = if value == "hits" { ResultType::Hits } else { ResultType::Results },
            "datetime" => wanted.datetime = Some(value.clone()),
            "bbox-crs" => wanted.bbox_crs = Some(value.clone()),
            "filter-crs" => wanted.filter_crs = Some(value.clone()),
            "crs" => wanted.crs = Some(value.clone()),
            "filter-lang" => language = Some(value),
            "f" => {}
            property => match layer.column(property).filter(|column| private || !column.private) {
                Some(column) => conditions.push(equality(property, column.kind, value)),
                None => {
                    let own = layer.columns.iter().filter(|column| private || !column.private).map(|column| column.name.as_str());
                    let own = own.collect::<Vec<_>>().join("、");
                    return Err(Fault::bad("unknown_parameter", format!("不认识的参数 {name}"), format!("unknown parameter {name}"))
                        .at(name.clone())
                        .help(
                            format!("参数见 /api；可作条件的属性：{own}"),
                            format!("see /api; properties that may be conditions: {}", own.replace('、', ", ")),
                        ));
                }
            },
        }
    }
    if let (Some(language), Some(filter)) = (language, &filter) {
        must_be_in(language, filter)?;
    }
    if !ids.is_empty() {
        wanted.ids = Some(codes(&ids, is_key)?);
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

/// Refuses a filter that is not in the language that was named.
fn must_be_in(language: &str, filter: &str) -> Result<(), Fault> {
    if (language == "cql2-json") == filter.trim_start().starts_with('{') {
        return Ok(());
    }
    Err(Fault::bad("filter_lang", format!("filter 不是 {language}"), format!("the filter is not in {language}"))
        .at("filter-lang")
        .help("filter-lang 与 filter 的写法应一致，或去掉 filter-lang", "name the language that the filter is written in, or leave filter-lang out"))
}

/// Refuses names that are no properties of the layer, or private ones of which the reader shall not know.
pub(super) fn must_be_properties(layer: &Layer, names: &[String], private: bool) -> Result<(), Fault> {
    let own = || layer.columns.iter().filter(|column| private || !column.private).map(|column| column.name.as_str());
    let Some(name) = names.iter().find(|name| !own().any(|own| own == *name)) else { return Ok(()) };
    let known: Vec<&str> = own().collect();
    Err(Fault::bad("no_such_property", format!("{} 没有属性 {name}", layer.name), format!("{} has no property {name}", layer.name))
        .at("properties")
        .help(format!("可用：{}", known.join("、")), format!("known: {}", known.join(", "))))
}

fn joined(mut conditions: Vec<String>) -> Option<String> {
    if conditions.len() < 2 {
        return conditions.pop();
    }
    Some(conditions.iter().map(|condition| format!("({condition})")).collect::<Vec<_>>().join(" AND "))
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// The codes of `ids`. Once: a list with commas, where a code with a comma stands in double quotes (`"A,1",B`; a quote inside is doubled).
/// Several times: one code each, as it stands.
fn codes(values: &[&str], is_key: &dyn Fn(&str) -> bool) -> Result<Vec<String>, Fault> {
    let [value] = values else { return values.iter().map(|value| whole(value, is_key)).collect() };
    if value.contains('"') {
        return if is_key(value) { Ok(vec![(*value).to_owned()]) } else { quoted(value) };
    }
    let parts = list(value);
    // A code with a comma that somebody wrote without quotes, where nothing else can be meant.
    if is_key(value) && !parts.iter().all(|part| is_key(part)) {
        return Ok(vec![(*value).to_owned()]);
    }
    Ok(parts)
}

/// One code, in quotes or not.
fn whole(value: &str, is_key: &dyn Fn(&str) -> bool) -> Result<String, Fault> {
    match value.starts_with('"') && value.ends_with('"') && value.len() > 1 && !is_key(value) {
        true => Ok(quoted(value)?.swap_remove(0)),
        false => Ok(value.to_owned()),
    }
}

fn quoted(text: &str) -> Result<Vec<String>, Fault> {
    let bad = || {
        Fault::bad("ids", format!("ids 的引号有误：{text}"), format!("the quotes of ids do not fit: {text}"))
            .at("ids")
            .help("含逗号的编码写在双引号内，例如 \"A,1\",B", "put codes with commas in double quotes, for example \"A,1\",B")
    };
    let mut codes = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let Some(mut inside) = rest.strip_prefix('"') else {
            let (code, after) = rest.split_once(',').map_or((rest, None), |(code, after)| (code, Some(after)));
            if code.contains('"') {
                return Err(bad());
            }
            codes.extend(Some(code.trim().to_owned()).filter(|code| !code.is_empty()));
            match after {
                Some(after) => rest = after,
                None => return Ok(codes),
            }
            continue;
        };
        let mut code = String::new();
        loop {
            let (before, after) = inside.split_once('"').ok_or_else(bad)?;
            code.push_str(before);
            match after.strip_prefix('"') {
                Some(next) => {
                    code.push('"');
                    inside = next;
                }
                None => {
                    rest = after.trim_start();
                    break;
                }
            }
        }
        codes.push(code);
        match rest.strip_prefix(',') {
            Some(next) => rest = next,
            None if rest.is_empty() => return Ok(codes),
            None => return Err(bad()),
        }
    }
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

/// Percent-encoding of a query part.
pub(super) fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dictionary;

    fn read(query: &[(&str, &str)]) -> Result<Wanted, Fault> {
        let query: Vec<_> = query.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        wanted(dictionary().known("parcel"), &query, false, &|code| ["A", "B", "A,1", "x\"y"].contains(&code))
    }

    #[test]
    fn properties_become_conditions_and_strangers_are_refused() {
        assert_eq!(read(&[("park", "P'1"), ("far_limit", "3.5")]).unwrap().filter.unwrap(), "(park = 'P''1') AND (far_limit = 3.5)");
        assert_eq!(read(&[("code", r"a\")]).unwrap().filter.unwrap(), r"code = 'a\\'");
        let json = r#"{"op":"=","args":[{"property":"far_limit"},3]}"#;
        assert_eq!(read(&[("filter", json), ("code", "0012")]).unwrap().filter.unwrap(), "(far_limit = 3) AND (code = '0012')");
        assert!(read(&[("filter", "code = 'a') OR (code = 'b'"), ("park", "BA-03")]).is_err());
        assert!(read(&[("owner", "x")]).is_err() && read(&[("colour", "red")]).is_err());
        assert!(read(&[("bbox", "1,2,3")]).is_err() && read(&[("bbox", "1,2,0,3,4,9")]).unwrap().bbox == Some([1.0, 2.0, 3.0, 4.0]));
        let json = r#"{"op":"=","args":[{"property":"far_limit"},3]}"#;
        assert!(read(&[("filter", json), ("filter-lang", "cql2-text")]).is_err() && read(&[("filter", json), ("filter-lang", "cql2-json")]).is_ok());
        assert!(read(&[("filter", "code = 'a'"), ("filter-lang", "cql2-json")]).is_err() && read(&[("filter-lang", "cql2-json")]).is_ok());
        assert!(read(&[("limit", "0")]).unwrap().page().is_err() && read(&[("offset", "-1")]).is_err());
    }

    #[test]
    fn a_question_by_a_body_is_the_same_by_its_address() {
        let body = json!({ "filter": "park = 'P''1' AND far_limit > 2.5", "ids": ["A,1", "B", "x\"y", " c", ""], "bbox": [113.9, 22.5, 114.123456789012, 22.75],
            "bbox-crs": "http://www.opengis.net/def/crs/EPSG/0/3857", "filter-crs": "x", "crs": "http://www.opengis.net/def/crs/EPSG/0/4547",
            "sortby": "-code", "properties": ["code", "park"], "skipGeometry": true, "resulttype": "hits", "datetime": "2026-01-01/.." });
        for body in [body, json!({}), json!({ "ids": [] }), json!({ "ids": ["A,1"] }), json!({ "ids": ["x\"y"], "properties": [] })] {
            let asked: Wanted = serde_json::from_value(body.clone()).unwrap();
            let query = asked.parameters();
            let again = wanted(dictionary().known("parcel"), &query, false, &|code| ["A", "B", "A,1", "x\"y"].contains(&code)).unwrap();
            assert_eq!(again, asked, "{query:?}");
            let next: Wanted = serde_json::from_value(asked.body(Page { offset: 20, limit: 10 })).unwrap();
            assert_eq!(next, Wanted { limit: Some(10), offset: 20, ..asked });
        }
    }

    #[test]
    fn names_that_are_no_properties_are_refused_and_private_ones_are_none() {
        let layer = dictionary().known("parcel");
        let refused = |name: &str, private| must_be_properties(layer, &["code".to_owned(), name.to_owned()], private).is_err();
        assert!(refused("nope", true) && refused("owner", false) && !refused("owner", true) && !refused("park", false));
    }

    #[test]
    fn codes_are_listed_quoted_or_repeated() {
        let of = |values: &[&str]| read(&values.iter().map(|value| ("ids", *value)).collect::<Vec<_>>()).map(|wanted| wanted.ids.unwrap());
        assert_eq!(of(&["A, B"]).unwrap(), ["A", "B"]);
        assert_eq!(of(&["A,2"]).unwrap(), ["A", "2"]);
        assert_eq!(of(&["A,1"]).unwrap(), ["A,1"], "nothing else can be meant");
        assert_eq!(of(&["\"A,1\", B,\"say \"\"x\"\"\""]).unwrap(), ["A,1", "B", "say \"x\""]);
        assert_eq!(of(&["A,1", "\"B\"", " c "]).unwrap(), ["A,1", "B", " c "]);
        assert_eq!(of(&["x\"y"]).unwrap(), ["x\"y"]);
        assert!(of(&["\"A"]).is_err() && of(&["\"A\"B"]).is_err() && of(&["A\"B"]).is_err());
    }
}
