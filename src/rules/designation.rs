//! Typed reading of a designation pack (analyses §4; exact readings I and S).

use super::Op;
use super::RulesFault;
use super::figure::{Cited, FigureValue};
use super::indicators::{INDICATORS, declared};
use super::pack::Pack;
use std::collections::BTreeMap;

/// Figures of the featured-park scorecard. Shares are fractions, distances m, money 万元, rent 元/m²·月.
#[derive(Clone, Debug)]
pub struct DesignationPack {
    pub id: String,
    pub version: String,
    pub hash: String,
    pub valid_from: String,
    /// Below this share of known records an indicator is unknown (G3).
    pub min_known: Cited<f64>,
    pub counted_uses: Cited<Vec<String>>,
    pub lq_basis: LqBasis,
    pub industrial_uses: Cited<Vec<String>>,
    pub excluded_tenure: Cited<Vec<String>>,
    pub land_metric: LandMetric,
    pub few_firms: usize,
    pub min_same_type: usize,
    /// From this output (万元) on a firm of the lead cluster is a leading one; `None` when the pack counts none.
    pub leader_output: Option<Cited<f64>>,
    pub rent_cap: Cited<Option<f64>>,
    pub facilities: Vec<FacilityRule>,
    pub due_days: Cited<usize>,
    pub annual_due_days: Cited<usize>,
    /// Quarterly returns of a year, evenly spread.
    pub quarters: Cited<usize>,
    /// Whether a yearly return is owed.
    pub annual: bool,
    pub indicators: BTreeMap<String, IndicatorRule>,
    pub missed_quarter: Cited<f64>,
    pub no_annual_is_d: bool,
    pub false_data_is_d: bool,
    pub major_accident_is_d: bool,
    pub a_share: Cited<f64>,
    pub b_share: Cited<f64>,
    pub d_share: Cited<f64>,
    pub min_ranked: usize,
    /// Rank inside each park type instead of over the whole city.
    pub rank_within_type: bool,
    pub min_score: Cited<f64>,
    /// Relative change of one weight at a time in the sensitivity runs (S7).
    pub sensitivity: f64,
    pub term_years: Cited<usize>,
    pub recheck_months: Cited<usize>,
    pub revoke_after: Cited<usize>,
}

/// What a location quotient is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LqBasis {
    Output,
    Jobs,
    Firms,
    Floor,
}

/// Which of a parcel's areas land figures are made from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LandMetric {
    #[default]
    Registered,
    Planar,
    Ellipsoidal,
}

impl LandMetric {
    pub fn id(self) -> &'static str {
        match self {
            LandMetric::Registered => "registered_area_m2",
            LandMetric::Planar => "planar_area_m2",
            LandMetric::Ellipsoidal => "ellipsoidal_area_m2",
        }
    }
}

#[derive(Clone, Debug)]
pub struct FacilityRule {
    pub class: String,
    pub radius_m: Cited<f64>,
    /// Served by connection rather than by nearness (substations, waste water).
    pub connected: bool,
}

/// What the pack asks of one indicator.
#[derive(Clone, Debug, Default)]
pub struct IndicatorRule {
    /// A threshold that must be passed.
    pub must: Option<Cited<f64>>,
    /// A threshold that is only told.
    pub threshold: Option<Cited<f64>>,
    /// How a value stands to its threshold; the indicator's own direction when the pack says nothing.
    pub op: Option<Op>,
    pub weight: Option<Cited<f64>>,
    pub score: Option<ScoreRule>,
}

/// Points from a value (S1).
#[derive(Clone, Debug, PartialEq)]
pub enum ScoreRule {
    /// Sorted (at, points).
    Steps(Vec<(f64, f64)>),
    /// Full points at `high`, none at `low`; `low > high` means less is better.
    Linear { low: f64, high: f64 },
}

impl DesignationPack {
    pub fn read(pack: &Pack) -> Result<Self, RulesFault> {
        let lq = pack.text("general.lq_basis")?;
        Ok(DesignationPack {
            id: pack.header.id.clone(),
            version: pack.header.version.clone(),
            hash: pack.hash.clone(),
            valid_from: pack.header.valid_from.clone(),
            min_known: pack.number("general.min_known")?,
            counted_uses: pack.texts("general.counted_uses")?,
            lq_basis: match lq.value.as_str() {
                "output" => LqBasis::Output,
                "jobs" => LqBasis::Jobs,
                "firms" => LqBasis::Firms,
                "floor" => LqBasis::Floor,
                _ => return Err(wrong(pack, "general.lq_basis", "output, jobs, firms or floor")),
            },
            industrial_uses: pack.texts("general.industrial_uses")?,
            excluded_tenure: pack.texts("general.excluded_tenure")?,
            land_metric: land_metric(pack)?,
            leader_output: pack.figure("general.leader_output").map(|_| pack.number("general.leader_output")).transpose()?,
            few_firms: pack.count("general.few_firms")?.value,
            min_same_type: pack.count("general.min_same_type")?.value,
            rent_cap: pack.limit("general.rent_cap")?,
            facilities: facilities(pack)?,
            due_days: pack.count("report.due_days")?,
            annual_due_days: pack.count(if pack.figure("report.annual_due_days").is_some() {
                "report.annual_due_days"
            } else {
                "report.due_days"
            })?,
            annual: pack.figure("report.annual").map(|_| pack.count("report.annual")).transpose()?.is_some_and(|count| count.value > 0),
            quarters: pack.count("report.quarters")?,
            indicators: indicators(pack)?,
            missed_quarter: pack.number("penalty.missed_quarter")?,
            no_annual_is_d: pack.flag("penalty.no_annual_is_d")?.value,
            false_data_is_d: pack.flag("penalty.false_data_is_d")?.value,
            major_accident_is_d: pack.flag("penalty.major_accident_is_d")?.value,
            a_share: pack.number("grade.a_share")?,
            b_share: pack.number("grade.b_share")?,
            d_share: pack.number("grade.d_share")?,
            min_ranked: pack.count("grade.min_ranked")?.value,
            rank_within_type: match pack.text("grade.rank_within")?.value.as_str() {
                "type" => true,
                "city" => false,
                _ => return Err(wrong(pack, "grade.rank_within", "city or type")),
            },
            min_score: pack.number("grade.min_score")?,
            sensitivity: pack.number("grade.sensitivity")?.value,
            term_years: pack.count("life.term_years")?,
            recheck_months: pack.count("life.recheck_months")?,
            revoke_after: pack.count("life.revoke_after")?,
        })
    }

    /// Whether the pack weighs anything; one that does not has conditions only: no total, rank or grade.
    pub fn weighs(&self) -> bool {
        self.indicators.values().any(|rule| rule.weight.is_some())
    }
}

fn land_metric(pack: &Pack) -> Result<LandMetric, RulesFault> {
    const PATH: &str = "general.land_metric";
    if pack.figure(PATH).is_none() {
        return Ok(LandMetric::default());
    }
    let named = pack.text(PATH)?.value;
    let metrics = [LandMetric::Registered, LandMetric::Planar, LandMetric::Ellipsoidal];
    metrics
        .into_iter()
        .find(|metric| metric.id() == named)
        .ok_or_else(|| wrong(pack, PATH, "registered_area_m2, planar_area_m2 or ellipsoidal_area_m2"))
}

fn facilities(pack: &Pack) -> Result<Vec<FacilityRule>, RulesFault> {
    let classes = pack.texts("facility.classes")?.value;
    classes
        .into_iter()
        .map(|class| {
            let mode = format!("facility.{class}.mode");
            let connected = match pack.figure(&mode).map(|figure| &figure.value) {
                None => false,
                Some(FigureValue::Text(mode)) if mode == "distance" => false,
                Some(FigureValue::Text(mode)) if mode == "connected" => true,
                Some(_) => return Err(wrong(pack, &mode, "distance or connected")),
            };
            Ok(FacilityRule { radius_m: pack.number(&format!("facility.{class}.radius"))?, connected, class })
        })
        .collect()
}

fn indicators(pack: &Pack) -> Result<BTreeMap<String, IndicatorRule>, RulesFault> {
    let mut rules = BTreeMap::new();
    let classes = pack.texts("facility.classes")?.value;
    let known =
        || INDICATORS.iter().map(|indicator| indicator.id.to_owned()).chain(classes.iter().map(|class| format!("facility_{class}"))).collect();
    for id in pack.known_members("indicator", |id| declared(id, &classes).is_some(), known)? {
        let path = |key: &str| format!("indicator.{id}.{key}");
        let number = |key: &str| pack.figure(&path(key)).map(|_| pack.number(&path(key))).transpose();
        let score = if pack.figure(&path("at")).is_some() {
            Some(ScoreRule::Steps(pack.numbers(&path("at"))?.value.into_iter().zip(pack.numbers(&path("points"))?.value).collect()))
        } else {
            number("low")?.zip(number("high")?).map(|(low, high)| ScoreRule::Linear { low: low.value, high: high.value })
        };
        let op = match pack.figure(&path("op")) {
            None => None,
            Some(_) => Some(Op::parse(&pack.text(&path("op"))?.value).ok_or_else(|| wrong(pack, &path("op"), "one of >=, >, <=, <"))?),
        };
        let rule = IndicatorRule { must: number("must")?, threshold: number("threshold")?, op, weight: number("weight")?, score };
        rules.insert(id.to_owned(), rule);
    }
    Ok(rules)
}

fn wrong(pack: &Pack, path: &str, wanted: &'static str) -> RulesFault {
    RulesFault::Type { pack: pack.header.id.clone(), path: path.to_owned(), wanted }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Packs;

    #[test]
    fn the_shipped_pack_reads_and_scores_what_it_weighs() {
        let pack = DesignationPack::read(&Packs::embedded().resolve("designation", None).expect("pack")).expect("read");
        assert_eq!(pack.facilities.len(), 10);
        for (id, rule) in &pack.indicators {
            assert_eq!(rule.weight.is_some(), rule.score.is_some(), "{id}");
        }
    }

    #[test]
    fn an_unknown_indicator_is_refused_by_the_reading_and_by_the_linter() {
        let text = include_str!("../../geodata/rules/designation-featured-park.toml").replace("lq.points", "lqq.points").replace("lq.at", "lqq.at");
        let fault = DesignationPack::read(&Pack::parse(&text).expect("form")).expect_err("unknown");
        assert!(matches!(&fault, RulesFault::Unknown { path, .. } if path == "indicator.lqq"), "{fault}");
        let problems = crate::rules::check(&text);
        assert!(problems.iter().any(|problem| problem.code == "vocabulary" && problem.place.starts_with("indicator.lqq.")), "{problems:?}");
    }
}
