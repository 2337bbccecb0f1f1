//! What the upstairs process is asked: one subject, a cluster, what a planner sets or adds.

use super::super::drawing::Drawn;
use crate::analysis::upstairs::Overrides;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, catalogue};
use crate::rules::lever_bounds;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// One of `parcel`, `outline`, `park` and `all` says what is checked.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = UpstairsInputs)]
pub struct Inputs {
    /// Code of a parcel.
    parcel: Option<String>,
    /// GeoJSON Polygon in longitude and latitude.
    outline: Option<Drawn>,
    /// Code of a park.
    park: Option<String>,
    /// The whole city.
    all: bool,
    /// Cluster of the catalogue whose needs count.
    cluster: Option<String>,
    /// By lever: instead of the parcel's or the pack's figure.
    set: BTreeMap<String, f64>,
    /// By lever: on top of each parcel's own figure.
    add: BTreeMap<String, f64>,
    /// ISO date on which the packs must be in force; today when left out.
    pub(super) as_of: Option<String>,
    /// Rule pack as `ID` or `ID@version`, in its place; the one in force when left out.
    pub(super) pack: Option<String>,
    /// The clusters on the floor bands of the park or city.
    matrix: bool,
    /// Land uses that a roll-up counts, as codes or beginnings of codes; the pack's when left out, every use for `all`.
    uses: Option<Vec<String>>,
}

impl Inputs {
    pub(super) fn is_of_one(&self) -> bool {
        self.parcel.is_some() || self.outline.is_some()
    }
}

#[derive(Debug)]
pub(super) enum Subject {
    Parcel(String),
    Outline(Drawn),
    Park(String),
    City,
}

#[derive(Debug)]
pub(super) struct Question {
    pub subject: Subject,
    pub cluster: Option<String>,
    pub overrides: Overrides,
    pub set: BTreeMap<String, f64>,
    pub add: BTreeMap<String, f64>,
    pub matrix: bool,
    pub uses: Option<Vec<String>>,
}

impl Question {
    pub(super) fn read(inputs: Inputs) -> Outcome<Question> {
        if let Some(cluster) = inputs.cluster.as_deref().filter(|cluster| catalogue().cluster(cluster).is_none()) {
            return Err(Fault::bad("no_such_cluster", format!("目录中没有产业集群 {cluster}"), format!("the catalogue has no cluster {cluster}"))
                .at("/inputs/cluster"));
        }
        let mut overrides = Overrides::default();
        for (lever, value) in &inputs.set {
            let bounds = lever_bounds(lever).ok_or_else(|| unknown_lever("set", lever))?;
            if !bounds.allows(*value) || !overrides.set(lever, *value) {
                return Err(out_of_bounds("set", lever, *value, bounds.low, bounds.high));
            }
        }
        for (lever, value) in &inputs.add {
            let bounds = lever_bounds(lever).ok_or_else(|| unknown_lever("add", lever))?;
            if inputs.set.contains_key(lever) {
                let (zh, en) = (format!("{lever} 不能既设定又增减"), format!("{lever} is both set and added to"));
                return Err(Fault::bad("lever_twice", zh, en)
                    .at(format!("/inputs/add/{lever}"))
                    .help("只留 set 或 add 之一", "keep either set or add"));
            }
            if !value.is_finite() || value.abs() > bounds.high {
                return Err(out_of_bounds("add", lever, *value, -bounds.high, bounds.high));
            }
            if !overrides.add(lever, *value) {
                let (zh, en) = (format!("{lever} 没有可增减的现值，请用 set"), format!("{lever} has no present figure to add to: use set"));
                return Err(Fault::bad("lever", zh, en).at(format!("/inputs/add/{lever}")));
            }
        }
        let subject = match (inputs.parcel, inputs.outline, inputs.park, inputs.all) {
            (Some(parcel), None, None, false) => Subject::Parcel(parcel),
            (None, Some(outline), None, false) => Subject::Outline(outline),
            (None, None, Some(park), false) => Subject::Park(park),
            (None, None, None, true) => Subject::City,
            _ => {
                return Err(Fault::bad(
                    "subject",
                    "请给出 parcel、outline、park、all 之一，且只给一个",
                    "give one of parcel, outline, park and all, and only one",
                )
                .at("/inputs")
                .help("例如 {\"parcel\": \"…\"} 或 {\"all\": true}", "for example {\"parcel\": \"…\"} or {\"all\": true}"));
            }
        };
        Ok(Question { subject, cluster: inputs.cluster, overrides, set: inputs.set, add: inputs.add, matrix: inputs.matrix, uses: inputs.uses })
    }

    /// Whether a planner moved any figure.
    pub(super) fn moved(&self) -> bool {
        !self.set.is_empty() || !self.add.is_empty()
    }
}

fn unknown_lever(member: &str, lever: &str) -> Fault {
    Fault::bad("lever", format!("没有参数 {lever}"), format!("there is no setting {lever}")).at(format!("/inputs/{member}/{lever}")).help(
        "可用：far height coverage setback_road setback_side storey_ground storey_lower storey_typical storeys plates lifts bays wanted_gfa neighbour",
        "known: far height coverage setback_road setback_side storey_ground storey_lower storey_typical storeys plates lifts bays wanted_gfa neighbour",
    )
}

fn out_of_bounds(member: &str, lever: &str, value: f64, low: f64, high: f64) -> Fault {
    Fault::bad(
        "lever_range",
        format!("{lever} = {value} 不可用：应在 {low} 与 {high} 之间（件数为整数）"),
        format!("{lever} = {value} cannot be used: it lies between {low} and {high} (counts are whole numbers)"),
    )
    .at(format!("/inputs/{member}/{lever}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::processes::Erased;
    use serde_json::{Value, json};

    fn question(raw: &Value) -> Outcome<Question> {
        Question::read(Erased::of(raw)?.inputs()?)
    }

    fn fault(raw: Value) -> (&'static str, Option<String>) {
        let fault = question(&raw).expect_err("refused");
        (fault.code, fault.place)
    }

    #[test]
    fn what_is_asked_wrongly_is_refused_with_its_place() {
        let at = |place: &str| Some(place.to_owned());
        assert_eq!(fault(json!({})), ("subject", at("/inputs")));
        assert_eq!(fault(json!({ "parcel": "A", "all": true })), ("subject", at("/inputs")));
        assert_eq!(fault(json!({ "parcle": "A" })), ("inputs", at("/inputs")));
        assert_eq!(fault(json!({ "all": true, "set": { "magic": 1 } })), ("lever", at("/inputs/set/magic")));
        assert_eq!(fault(json!({ "all": true, "set": { "coverage": 1.5 } })), ("lever_range", at("/inputs/set/coverage")));
        assert_eq!(fault(json!({ "all": true, "set": { "plates": 1e9 } })), ("lever_range", at("/inputs/set/plates")));
        assert_eq!(fault(json!({ "all": true, "set": { "storeys": 2.5 } })), ("lever_range", at("/inputs/set/storeys")));
        assert_eq!(fault(json!({ "all": true, "set": { "far": 3 }, "add": { "far": 1 } })), ("lever_twice", at("/inputs/add/far")));
        assert_eq!(fault(json!({ "all": true, "add": { "lifts": 1 } })), ("lever", at("/inputs/add/lifts")));
        assert_eq!(fault(json!({ "all": true, "cluster": "c99" })), ("no_such_cluster", at("/inputs/cluster")));
        let question = question(&json!({ "park": "P", "add": { "far": 0.5, "height": -3 } })).expect("question");
        assert_eq!((question.overrides.add.far, question.overrides.add.height), (0.5, -3.0));
        assert!(question.moved());
    }
}
