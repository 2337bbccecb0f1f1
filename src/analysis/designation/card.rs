//! One park's card before ranking: values, verdicts, points, penalties.

use super::city_side::CitySide;
use super::coverage::{Reach, coverage, mean};
use super::evidence::{CityEvidence, ParkEvidence};
use super::grade::{Grade, Standing};
use super::land::{Flow, Means};
use super::measure::{Measure, Park};
use super::ranking::Change;
use super::result::{HeadResult, IndicatorResult, Judgement, Note, ParkResult, ParkStatus, RowsOf, Sensitivity};
use super::score::{Weighed, rounded, score, total, weighted};
use crate::domain::units::hectares;
use crate::rules::indicators::{FACILITY, HEADS, Head, INDICATORS, Indicator, facility_names};
use crate::rules::{DesignationPack, Op, Verdict};
use std::collections::BTreeMap;

/// What the parks are measured against.
pub(super) struct Field<'a> {
    pub city: &'a CityEvidence,
    pub side: CitySide,
    pub reaches: BTreeMap<&'a str, Reach<'a>>,
    pub means: Means,
}

pub(super) struct Card {
    park: String,
    park_type: Option<String>,
    lead: Option<String>,
    indicators: Vec<IndicatorResult>,
    penalty: f64,
    reasons: Vec<String>,
    status: ParkStatus,
    evidence: Vec<RowsOf>,
}

impl Card {
    pub(super) fn new(park: &Park<'_>, field: &Field<'_>) -> Card {
        let pack = park.frame.pack;
        let buildings = park.evidence.buildings.as_deref();
        let cover = |class: &str, rule| coverage(buildings, field.reaches.get(class), rule, park.frame.min_known());
        let classes: Vec<Measure> = pack.facilities.iter().map(|rule| cover(&rule.class, rule)).collect();
        let mut indicators: Vec<IndicatorResult> = INDICATORS
            .iter()
            .map(|indicator| {
                let names = (indicator.zh.to_owned(), indicator.en.to_owned());
                judged(park, indicator.id.to_owned(), indicator, names, measure(park, indicator, field, &classes))
            })
            .collect();
        for (rule, measured) in pack.facilities.iter().zip(classes) {
            indicators.push(judged(park, format!("facility_{}", rule.class), &FACILITY, facility_names(&rule.class), measured));
        }
        let (penalty, mut reasons) = penalties(park);
        let forced = !reasons.is_empty();
        let musts =
            |verdict: Verdict| indicators.iter().filter(move |one| one.must && one.verdict == Judgement::Verdict(verdict)).map(|one| one.id.clone());
        let failed: Vec<String> = musts(Verdict::Fail).map(|id| format!("must_failed: {id}")).collect();
        let unknown: Vec<String> = musts(Verdict::Unknown).map(|id| format!("must_unknown: {id}")).collect();
        let status = match (forced || !failed.is_empty(), unknown.is_empty()) {
            (true, _) => ParkStatus::Forced,
            (false, false) => ParkStatus::Withheld,
            (false, true) => ParkStatus::Ranked,
        };
        reasons.extend(failed);
        reasons.extend(unknown);
        Card {
            park: park.evidence.park.clone(),
            park_type: park.evidence.park_type.clone(),
            lead: park.lead().map(str::to_owned),
            indicators,
            penalty,
            reasons,
            status,
            evidence: rows_of(park),
        }
    }

    pub(super) fn park_type(&self) -> Option<&String> {
        self.park_type.as_ref()
    }

    pub(super) fn is_withheld(&self) -> bool {
        self.status == ParkStatus::Withheld
    }

    /// Indicators that count, with weights changed.
    fn weighed(&self, changed: Option<Change<'_>>, head: Option<Head>) -> Vec<Weighed> {
        let counts = self.indicators.iter().filter(|one| one.verdict != Judgement::NotApplicable && head.is_none_or(|head| one.head == head));
        counts
            .filter_map(|one| {
                let factor = changed.map_or(1.0, |change| change.factor(&one.id, one.head));
                Some(Weighed { weight: one.weight? * factor, score: one.score })
            })
            .collect()
    }

    pub(super) fn standing(&self, changed: Option<Change<'_>>) -> Standing {
        match self.status {
            ParkStatus::Forced => Standing::Forced,
            ParkStatus::Withheld => Standing::Withheld,
            ParkStatus::Ranked => Standing::Ranked(rounded(total(&self.weighed(changed, None), 0.0, self.penalty))),
        }
    }

    pub(super) fn result(self, pack: &DesignationPack, grade: Grade, rank: Option<usize>, sensitivity: Sensitivity) -> ParkResult {
        let all = self.weighed(None, None);
        let heads = HEADS.iter().map(|head| {
            let of_head = self.weighed(None, Some(*head));
            (*head, HeadResult { score: weighted(&of_head, 0.0), weight: of_head.iter().map(|one| one.weight).sum() })
        });
        let total_now = total(&all, 0.0, self.penalty);
        let musts_pass = self
            .indicators
            .iter()
            .filter(|one| one.must)
            .all(|one| matches!(one.verdict, Judgement::Verdict(Verdict::Pass) | Judgement::NotApplicable));
        let is_missing =
            |one: &&IndicatorResult| (one.weight.is_some() || one.threshold.is_some()) && one.verdict == Judgement::Verdict(Verdict::Unknown);
        ParkResult {
            heads: heads.collect(),
            total_high: Some(total(&all, 1.0, self.penalty)),
            total: Some(total_now),
            passes: self.status == ParkStatus::Ranked && musts_pass && Op::AtLeast.holds(total_now, pack.min_score.value),
            missing: self.indicators.iter().filter(is_missing).count(),
            park: self.park,
            lead_cluster: self.lead,
            indicators: self.indicators,
            penalty: self.penalty,
            status: self.status,
            grade,
            rank,
            reasons: self.reasons,
            sensitivity,
            evidence: self.evidence,
            life: None,
        }
    }
}

pub(super) fn measure(park: &Park<'_>, indicator: &Indicator, field: &Field<'_>, classes: &[Measure]) -> Measure {
    let lead = park.evidence.lead_clusters.get(park.judged_by..=park.judged_by).unwrap_or_default();
    match indicator.id {
        "lead_output" => park.cluster_output_share(lead),
        "declared_share" => park.cluster_output_share(&park.evidence.lead_clusters),
        "lead_firms" => park.lead_firms(true),
        "lead_floor" => park.floor_share(),
        "lq" => park.location_quotient(&field.side),
        "lead_firm_count" => park.lead_firms(false),
        "leaders" => park.leaders(),
        "above_scale" => park.above_scale(),
        "high_tech" => park.high_tech(),
        "high_tech_output" => park.high_tech_output(),
        "output_total" => park.output(),
        "rd_share" => park.research(),
        "platforms" => park.platforms(),
        "placement_match" => park.placement(field.city),
        "facility_mean" => mean(classes),
        "boundary_pieces" => park.boundary_pieces(),
        "gfa_total" => park.floor_area(),
        "let_rate" => park.let_rate(),
        "vacancy" => park.let_rate().map(|rate| 1.0 - rate),
        "move_in_rate" => park.move_in_rate(),
        "mean_rent" => park.mean_rent(),
        "rent_to_cap" => park.rent_to_cap(),
        "output_mu" => park.per_mu(Flow::Output),
        "tax_mu" => park.per_mu(Flow::Tax),
        "output_per_mu" => park.per_mu_to_mean(Flow::Output, &field.means),
        "tax_per_mu" => park.per_mu_to_mean(Flow::Tax, &field.means),
        "output_growth" => park.growth(),
        "jobs_per_ha" => park.jobs().over(&park.land(), hectares),
        "report_due" => park.reports(|returns| Some(returns.due as f64)),
        "report_made" => park.reports(|returns| Some(returns.made as f64)),
        "report_late" => park.reports(|returns| Some(returns.late as f64)),
        "report_missed" => park.reports(|returns| Some((returns.due - returns.made) as f64)),
        "report_on_time" => park.reports(super::returns::Returns::on_time),
        // A test asks for each; an id without a measure is unknown, never another's value.
        id => Measure::unknown(Note::new("no_measure", format!("{id} 没有算法"), format!("{id}: no measure"))),
    }
}

fn judged(park: &Park<'_>, id: String, indicator: &Indicator, names: (String, String), measured: Measure) -> IndicatorResult {
    let rule = park.frame.pack.indicators.get(&id);
    let must = rule.and_then(|rule| rule.must.as_ref());
    let limit = must.or_else(|| rule.and_then(|rule| rule.threshold.as_ref()));
    let op = rule.and_then(|rule| rule.op).unwrap_or(indicator.op);
    let applies = applies(park.evidence, indicator);
    let measured = if applies { measured } else { Measure { value: None, ..measured } };
    let verdict = match (applies, limit, measured.value) {
        (false, ..) => Judgement::NotApplicable,
        (true, None, Some(_)) => Judgement::NoThreshold,
        (true, limit, value) => Judgement::Verdict(op.judge(value, limit.map(|limit| limit.value))),
    };
    IndicatorResult {
        head: indicator.head,
        zh: names.0,
        en: names.1,
        unit: indicator.unit,
        known: measured.known,
        threshold: limit.map(|limit| limit.value),
        op,
        verdict,
        score: rule.and_then(|rule| rule.score.as_ref()).zip(measured.value).map(|(rule, value)| score(rule, indicator.op, value)),
        weight: rule.and_then(|rule| rule.weight.as_ref()).map(|weight| weight.value),
        must: must.is_some(),
        source: measured.source.unwrap_or_else(|| indicator.source()),
        as_of: measured.as_of,
        period: measured.period,
        metric: if indicator.land { Some(park.frame.pack.land_metric.id()) } else { indicator.metric },
        excluded: measured.excluded,
        flagged: measured.flagged,
        rows: indicator.layers(),
        notes: measured.notes,
        clause: limit.map(|limit| limit.cite.clause.clone()),
        status: limit.map(|limit| limit.cite.status),
        value: measured.value,
        withheld: false,
        figures: measured.figures,
        id,
    }
}

/// A virtual park has no land; one that is made up of members has no place either, and no floors without member buildings (V1).
fn applies(park: &ParkEvidence, indicator: &Indicator) -> bool {
    let no_floors = || park.buildings.as_ref().is_some_and(Vec::is_empty);
    let nowhere = park.by_members && (indicator.needs_place() || (indicator.needs_floors() && no_floors()));
    !(park.is_virtual && (indicator.land || nowhere))
}

/// The rows of each collection that this park's figures come from.
fn rows_of(park: &Park<'_>) -> Vec<RowsOf> {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let own = format!("park = {}", quoted(&park.evidence.park));
    let mut rows: Vec<RowsOf> =
        ["firm", "building", "parcel", "report"].into_iter().map(|collection| RowsOf { collection, filter: own.clone() }).collect();
    rows.push(RowsOf { collection: "park", filter: format!("code = {}", quoted(&park.evidence.park)) });
    let buildings: Vec<String> = park.evidence.buildings.iter().flatten().map(|building| quoted(&building.code)).collect();
    if !buildings.is_empty() {
        rows.push(RowsOf { collection: "unit", filter: format!("building IN ({})", buildings.join(", ")) });
    }
    let classes: Vec<String> = park.frame.pack.facilities.iter().map(|rule| quoted(&rule.class)).collect();
    if !classes.is_empty() {
        rows.push(RowsOf { collection: "facility", filter: format!("class IN ({})", classes.join(", ")) });
    }
    rows.sort_by_key(|one| one.collection);
    rows
}

/// Points off, and the reasons for a D whatever the score (I17, S4).
fn penalties(park: &Park<'_>) -> (f64, Vec<String>) {
    let pack = park.frame.pack;
    let returns = park.returns().unwrap_or_default();
    let mut reasons = Vec::new();
    let mut force = |applies: bool, reason: &str| {
        if applies {
            reasons.push(reason.to_owned());
        }
    };
    force(pack.no_annual_is_d && returns.annual_missing, "no_annual_data");
    force(pack.false_data_is_d && park.evidence.false_data == Some(true), "false_data");
    force(pack.major_accident_is_d && park.evidence.major_accident == Some(true), "major_accident");
    (returns.missed_quarters as f64 * pack.missed_quarter.value, reasons)
}
