//! The indicators of designation, declared once: id, head, names, unit, direction. The pack says which of them are weighed and which are a must.

use super::Op;
use serde::Serialize;

/// The three heads that the plan names (I16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = IndicatorHead)]
pub enum Head {
    Industry,
    Facilities,
    Operation,
}

pub const HEADS: [Head; 3] = [Head::Industry, Head::Facilities, Head::Operation];

/// One indicator. `formula` is for people; the code in `analysis::designation` is what counts.
#[derive(Clone, Copy, Debug)]
pub struct Indicator {
    pub id: &'static str,
    pub head: Head,
    pub zh: &'static str,
    pub en: &'static str,
    pub unit: &'static str,
    pub op: Op,
    pub formula: &'static str,
    pub needs: &'static [&'static str],
    /// Area metric where land enters (G1).
    pub metric: Option<&'static str>,
    /// Means nothing without land of its own (V1).
    pub land: bool,
}

const fn one(
    id: &'static str,
    head: Head,
    names: [&'static str; 2],
    unit: &'static str,
    formula: &'static str,
    needs: &'static [&'static str],
) -> Indicator {
    Indicator { id, head, zh: names[0], en: names[1], unit, op: Op::AtLeast, formula, needs, metric: None, land: false }
}

const fn per_land(mut indicator: Indicator) -> Indicator {
    indicator.metric = Some("registered_area_m2");
    indicator.land = true;
    indicator
}

const fn lower(mut indicator: Indicator) -> Indicator {
    indicator.op = Op::AtMost;
    indicator
}

use Head::{Facilities, Industry, Operation};
use utoipa::ToSchema;

/// Every indicator except the classes of facilities, which the pack lists.
pub const INDICATORS: &[Indicator] = &[
    one("lead_output", Industry, ["主导产业产值占比", "Lead cluster's share of output"], "1", "Σ output of lead firms ÷ Σ output", &["firm"]),
    one("lead_firms", Industry, ["主导产业企业数占比", "Lead cluster's share of firms"], "1", "lead firms ÷ firms", &["firm"]),
    one(
        "lead_floor",
        Industry,
        ["主导产业建筑面积占比", "Lead cluster's share of floor area"],
        "1",
        "Σ area of lead units in use ÷ Σ area in use",
        &["unit"],
    ),
    one(
        "declared_share",
        Industry,
        ["申报集群产值占比", "All declared clusters' share of output"],
        "1",
        "Σ output of firms in any declared cluster ÷ Σ output",
        &["firm"],
    ),
    one("lq", Industry, ["区位商", "Location quotient"], "1", "(x_pc ÷ x_p) ÷ (X_c ÷ X)", &["firm"]),
    one("lead_firm_count", Industry, ["主导产业企业数", "Firms of the lead cluster"], "家", "distinct lead firms", &["firm"]),
    one("above_scale", Industry, ["规上企业数", "Firms above scale"], "家", "distinct 规上 firms", &["firm"]),
    one("high_tech", Industry, ["国高企业数", "National high-tech firms"], "家", "distinct 国高 firms", &["firm"]),
    FACILITY,
    one("let_rate", Operation, ["出租率", "Let rate"], "1", "let ÷ (let + vacant)", &["unit"]),
    one("move_in_rate", Operation, ["入驻率", "Move-in rate"], "1", "(own use + let) ÷ (all − out of service)", &["unit"]),
    lower(one("vacancy", Operation, ["空置率", "Vacancy"], "1", "1 − let rate", &["unit"])),
    lower(one("rent_to_cap", Operation, ["平均租金与上限之比", "Mean rent to the cap"], "1", "Σ rent·area ÷ Σ area ÷ cap", &["unit"])),
    per_land(one(
        "output_per_mu",
        Operation,
        ["亩均产出与全市均值之比", "Output per mu to the city's mean"],
        "1",
        "(output ÷ 亩) ÷ mean of the type",
        &["firm", "parcel"],
    )),
    per_land(one(
        "tax_per_mu",
        Operation,
        ["亩均税收与全市均值之比", "Tax per mu to the city's mean"],
        "1",
        "(tax ÷ 亩) ÷ mean of the type",
        &["firm", "parcel"],
    )),
    per_land(one("jobs_per_ha", Operation, ["每公顷从业人员", "Jobs per hectare"], "人/ha", "jobs ÷ ha", &["firm", "parcel"])),
    one("report_on_time", Operation, ["按时填报率", "Reports on time"], "1", "(made − late) ÷ due", &["report"]),
    lower(one("report_missed", Operation, ["漏报次数", "Reports missed"], "次", "due − made", &["report"])),
];

/// Share of floor area within reach of one class of facility.
pub fn facility_names(class: &str) -> (String, String) {
    let code = crate::domain::catalogue().codes("facility_class").and_then(|codes| codes.iter().find(|code| code.code == class));
    let (zh, en) = code.map_or((class, class), |code| (&code.zh, &code.en));
    (format!("{zh}覆盖率"), format!("Coverage: {en}"))
}

/// What a class of facility is judged by: the same direction and unit as the mean over the classes.
pub const FACILITY: Indicator =
    one("facility_mean", Facilities, ["配套覆盖均值", "Mean facility coverage"], "1", "mean of the classes' coverage", &["building", "facility"]);

/// Whether an indicator of this id can be measured, given the classes of facilities that a pack lists.
pub fn is_indicator(id: &str, classes: &[String]) -> bool {
    let of_class = || id.strip_prefix("facility_").is_some_and(|class| classes.iter().any(|known| known == class));
    INDICATORS.iter().any(|indicator| indicator.id == id) || of_class()
}
