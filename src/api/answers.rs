//! Answers that are made of parts here: landing, collections, processes, jobs, sessions. Members stand as they always have: scripts compare answers as text.

use crate::domain::catalogue::{Cluster, Code, Lineage};
use crate::service::jobs::JobStatus;
use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A link as OGC APIs write it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Link {
    pub rel: String,
    pub href: String,
    /// Media type.
    #[serde(rename = "type")]
    pub kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<&'static str>,
    /// How it is followed, where that is not by GET.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<&'static str>,
    /// What is then sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub body: Option<Box<Value>>,
}

impl Link {
    pub(super) fn new(rel: &str, href: String, kind: &'static str) -> Self {
        Link { href, rel: rel.to_owned(), title: None, kind, method: None, body: None }
    }

    /// A link that is followed by sending a body, as STAC writes it.
    pub(super) fn post(rel: &str, href: String, kind: &'static str, body: Value) -> Self {
        Link { method: Some("POST"), body: Some(Box::new(body)), ..Link::new(rel, href, kind) }
    }

    pub(super) fn json(rel: &str, href: String) -> Self {
        Link::new(rel, href, "application/json")
    }
}

/// The landing page.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Landing {
    pub title: String,
    pub description: &'static str,
    pub links: Vec<Link>,
    pub city: CityFacts,
}

/// What the served city says of itself.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CityFacts {
    pub name: String,
    /// `EPSG:n` of the working CRS.
    pub crs: String,
    pub revision: i64,
    /// Whether the city is the embedded sample.
    pub sample: bool,
    /// ISO date on which the data stands.
    pub as_of: String,
    /// West, south, east, north in degrees.
    pub bbox: Option<[f64; 4]>,
    /// Where a map may open so that the city is seen at once.
    pub focus: Option<[f64; 4]>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Conformance {
    #[serde(rename = "conformsTo")]
    pub conforms_to: Vec<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    pub status: &'static str,
    pub revision: i64,
    pub version: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Collections {
    pub collections: Vec<Collection>,
    pub links: Vec<Link>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Collection {
    pub id: String,
    pub title: String,
    /// `feature`, or `record` where there is no geometry.
    #[serde(rename = "itemType")]
    pub item_type: &'static str,
    /// URIs of the reference systems that it is asked and answered in.
    pub crs: Vec<String>,
    #[serde(rename = "itemCount")]
    pub item_count: Option<usize>,
    pub links: Vec<Link>,
    /// In which the coordinates are kept.
    #[serde(rename = "storageCrs", skip_serializing_if = "Option::is_none")]
    pub storage_crs: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extent: Option<Extent>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Extent {
    pub spatial: SpatialExtent,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SpatialExtent {
    pub bbox: [[f64; 4]; 1],
    pub crs: &'static str,
}

/// JSON Schema of a collection's properties.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Properties {
    #[serde(rename = "$schema")]
    pub schema: &'static str,
    #[serde(rename = "$id")]
    pub id: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub title: String,
    pub properties: IndexMap<String, Property>,
    #[serde(rename = "additionalProperties")]
    pub additional: bool,
}

/// A property as JSON Schema, with its names, its unit and its source.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct Property {
    pub title: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
    #[serde(rename = "x-zh", skip_serializing_if = "Option::is_none")]
    pub zh: Option<String>,
    #[serde(rename = "x-en", skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
    #[serde(rename = "x-source", skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    #[serde(rename = "x-unit", skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    #[serde(rename = "x-codes", skip_serializing_if = "Option::is_none")]
    pub codes: Option<String>,
    #[serde(rename = "enum", skip_serializing_if = "Option::is_none")]
    pub choices: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<&'static str>,
    #[serde(rename = "x-ogc-role", skip_serializing_if = "Option::is_none")]
    pub role: Option<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Processes {
    pub processes: Vec<ProcessSummary>,
    pub links: Vec<Link>,
}

/// An analysis in the list of them (OGC processSummary).
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProcessSummary {
    pub id: String,
    pub version: &'static str,
    pub title: String,
    pub description: String,
    #[serde(rename = "jobControlOptions")]
    pub job_control: [&'static str; 3],
    pub links: Vec<Link>,
}

/// An analysis by itself, also with what it takes and gives.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProcessDescription {
    #[serde(flatten)]
    pub summary: ProcessSummary,
    /// What a form starts from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub defaults: Option<Value>,
    /// An execution that answers on the sample city.
    pub example: BTreeMap<&'static str, Value>,
    /// JSON Schema of the inputs as a whole.
    #[serde(rename = "inputSchema")]
    pub input_schema: Value,
    /// One by one, by name.
    pub inputs: BTreeMap<String, InputDescription>,
    /// What it answers, by name: one, the whole.
    pub outputs: BTreeMap<&'static str, OutputDescription>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct InputDescription {
    pub description: String,
    #[serde(rename = "minOccurs")]
    pub min_occurs: u8,
    /// JSON Schema.
    pub schema: Value,
    pub title: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OutputDescription {
    pub title: &'static str,
    /// JSON Schema.
    pub schema: Value,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct JobList {
    pub jobs: Vec<Job>,
    pub links: Vec<Link>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Job {
    #[serde(flatten)]
    pub status: JobStatus,
    pub links: Vec<Link>,
}

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Session {
    pub signed_in: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub role: &'static str,
    /// Parks in which an operator may write.
    pub parks: Vec<String>,
    /// No account exists yet: the first one is made with the one-time link.
    pub setup: bool,
}

/// Code lists by name, and what stands beside them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Catalogue {
    #[serde(flatten)]
    pub lists: &'static BTreeMap<String, Vec<Code>>,
    pub clusters: &'static [Cluster],
    pub lineage: &'static [Lineage],
    pub layer: Vec<Code>,
}

/// A page of features (RFC 7946 with the counts of OGC API – Features).
#[derive(ToSchema)]
#[allow(dead_code)] // Written as text, feature by feature; the tests hold the text against this.
pub(super) struct FeatureCollection {
    #[schema(inline)]
    #[serde(rename = "type")]
    kind: FeatureCollectionType,
    #[serde(rename = "timeStamp")]
    time_stamp: Option<String>,
    #[serde(rename = "numberMatched")]
    number_matched: Option<usize>,
    #[serde(rename = "numberReturned")]
    number_returned: Option<usize>,
    links: Option<Vec<Link>>,
    features: Vec<Feature>,
}

/// The parcels of a plan.
#[derive(ToSchema)]
#[allow(dead_code)] // As above.
pub(super) struct PlanFeatures {
    #[schema(inline)]
    #[serde(rename = "type")]
    kind: FeatureCollectionType,
    #[schema(value_type = BTreeMap<String, Value>)]
    plan: Value,
    /// Codes of parcels that have gone since.
    missing: Vec<String>,
    #[serde(rename = "numberMatched")]
    number_matched: usize,
    features: Vec<Feature>,
}

/// A file of features.
#[derive(ToSchema)]
#[allow(dead_code)] // As above.
pub(super) struct ExportedFeatures {
    #[schema(inline)]
    #[serde(rename = "type")]
    kind: FeatureCollectionType,
    /// The collection.
    name: String,
    #[serde(rename = "numberMatched")]
    number_matched: usize,
    features: Vec<Feature>,
}

/// Rows of an imported file that were not taken, with their own fields and `_row`, `_reason`, `_detail`.
#[derive(ToSchema)]
#[allow(dead_code)] // Written in `intake`.
pub(super) struct RejectedFeatures {
    #[schema(inline)]
    #[serde(rename = "type")]
    kind: FeatureCollectionType,
    features: Vec<RejectedFeature>,
}

#[derive(ToSchema)]
#[allow(dead_code)]
struct RejectedFeature {
    #[schema(inline)]
    #[serde(rename = "type")]
    kind: FeatureType,
    properties: BTreeMap<String, Value>,
    /// As the file has it, faults and all, in degrees.
    #[schema(required = true)]
    geometry: Option<BTreeMap<String, Value>>,
}

#[derive(ToSchema)]
#[allow(dead_code)]
enum FeatureCollectionType {
    FeatureCollection,
}

#[derive(ToSchema)]
#[allow(dead_code)]
pub(super) struct Feature {
    #[schema(inline)]
    #[serde(rename = "type")]
    kind: FeatureType,
    /// The row's key.
    id: String,
    bbox: Option<[f64; 4]>,
    /// By the collection's schema.
    properties: BTreeMap<String, Value>,
    /// GeoJSON in degrees (CRS84).
    #[schema(required = true)]
    geometry: Option<BTreeMap<String, Value>>,
}

#[derive(ToSchema)]
#[allow(dead_code)]
enum FeatureType {
    Feature,
}

/// RFC 9457.
#[derive(ToSchema)]
#[allow(dead_code)] // Written in `problem`, in the language of the request.
pub(super) struct Problem {
    /// `urn:parkplan:problem:` and the fault's code.
    #[serde(rename = "type")]
    kind: String,
    title: String,
    status: u16,
    /// What is wrong and how to mend it.
    detail: String,
    instance: String,
    /// The parameter, field or row that it is about.
    place: Option<String>,
    errors: Option<Vec<ProblemField>>,
    /// The row as it stands now, where a change came too late.
    current: Option<Value>,
}

#[derive(ToSchema)]
#[allow(dead_code)]
struct ProblemField {
    /// JSON pointer into the body.
    pointer: String,
    detail: String,
}
