//! The assessment of all parks together: values, verdicts, totals, ranks, sensitivity.

use super::coverage::{Reach, coverage, mean};
use super::evidence::{CityEvidence, ParkEvidence};
use super::grade::{Grade, Quotas, Standing, grades};
use super::measure::{CitySide, Measure, Park};
use super::result::{DesignationResult, HeadResult, IndicatorResult, Judgement, ParkResult, ParkStatus, Sensitivity};
use super::score::{Weighed, rounded, score, total, weighted};
use crate::domain::units::{hectares, mu};
use crate::rules::indicators::{FACILITY, HEADS, Head, INDICATORS, Indicator, facility_names};
use crate::rules::{DesignationPack, Op, Verdict};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Scorecards of all `parks`. Ranks, quotas and the means of park types are over exactly these, so a caller who wants one park passes all of
/// them and picks.
pub fn assess(parks: &[ParkEvidence], city: &CityEvidence, pack: &DesignationPack, as_of: NaiveDate) -> DesignationResult {
    let mut order: Vec<&ParkEvidence> = parks.iter().collect();
    order.sort_by(|a, b| a.park.cmp(&b.park));
    let reaches: BTreeMap<&str, Reach<'_>> = city.facilities.iter().map(|(class, sites)| (class.as_str(), Reach::new(sites))).collect();
    let seen: Vec<Park<'_>> = order.iter().map(|evidence| Park { evidence, pack, as_of }).collect();
    let means = Means::new(&seen);
    let side = CitySide::new(city, pack, as_of);
    let mut cards: Vec<Card> = seen.iter().map(|park| Card::new(park, &side, &reaches, &means)).collect();
    let base = rank(&cards, pack, None);
    let sensitivity = sensitivity(&cards, pack, &base);
    let mut results: Vec<ParkResult> =
        cards.drain(..).zip(base).zip(sensitivity).map(|((card, (grade, rank)), sensitivity)| card.result(pack, grade, rank, sensitivity)).collect();
    results.sort_by(|a, b| (a.rank.is_none(), a.rank, a.status as u8, &a.park).cmp(&(b.rank.is_none(), b.rank, b.status as u8, &b.park)));
    DesignationResult { as_of, pack: pack.id.clone(), pack_version: pack.version.clone(), pack_hash: pack.hash.clone(), parks: results }
}

/// Output and tax per 亩 over the city's parks (I12).
struct Means {
    rows: Vec<LandRow>,
}

/// One park that is not virtual: 亩 of land, and output and tax in 万元.
struct LandRow {
    park_type: Option<String>,
    mu: Option<f64>,
    flows: [Option<f64>; 2],
}

impl Means {
    fn new(parks: &[Park<'_>]) -> Means {
        let rows = parks.iter().filter(|park| !park.evidence.is_virtual).map(|park| LandRow {
            park_type: park.evidence.park_type.clone(),
            mu: park.land().value.map(mu),
            flows: [park.total_flow(|firm| firm.output_wan).value, park.total_flow(|firm| firm.tax_wan).value],
        });
        Means { rows: rows.collect() }
    }

    /// Σ x ÷ Σ 亩 over the parks of the type with both known; over all types when the type has too few. True: all types were taken.
    fn of(&self, park_type: &Option<String>, flow: usize, min_same_type: usize) -> (Option<f64>, bool) {
        let merged = self.rows.iter().filter(|row| row.park_type == *park_type).count() < min_same_type;
        let rows = self.rows.iter().filter(|row| merged || row.park_type == *park_type);
        let known = rows.filter_map(|row| Some((row.mu?, row.flows[flow]?)));
        let (land, sum) = known.fold((0.0, 0.0), |(land, sum), (mu, value)| (land + mu, sum + value));
        ((land > 0.0).then(|| sum / land), merged)
    }
}

/// One park before ranking.
struct Card {
    park: String,
    park_type: Option<String>,
    lead: Option<String>,
    indicators: Vec<IndicatorResult>,
    penalty: f64,
    reasons: Vec<String>,
    status: ParkStatus,
}

impl Card {
    fn new(park: &Park<'_>, city: &CitySide, reaches: &BTreeMap<&str, Reach<'_>>, means: &Means) -> Card {
        let pack = park.pack;
        let buildings = park.evidence.buildings.as_deref();
        let classes: Vec<Measure> =
            pack.facilities.iter().map(|rule| coverage(buildings, reaches.get(rule.class.as_str()), rule, pack.min_known.value)).collect();
        let mut indicators: Vec<IndicatorResult> =
            INDICATORS.iter().map(|indicator| judged(park, indicator, measure(park, indicator, city, means, &classes))).collect();
        for (rule, measured) in pack.facilities.iter().zip(classes) {
            let (zh, en) = facility_names(&rule.class);
            indicators.push(facility(park, &rule.class, zh, en, measured));
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
        }
    }

    /// Indicators that count, with one weight changed by a factor.
    fn weighed(&self, changed: Option<(&str, f64)>) -> Vec<Weighed> {
        self.weighed_of(changed, None)
    }

    fn weighed_of(&self, changed: Option<(&str, f64)>, head: Option<Head>) -> Vec<Weighed> {
        let counts = self.indicators.iter().filter(|one| one.verdict != Judgement::NotApplicable && head.is_none_or(|head| one.head == head));
        counts
            .filter_map(|one| {
                let factor = changed.filter(|(id, _)| *id == one.id).map_or(1.0, |(_, factor)| factor);
                Some(Weighed { weight: one.weight? * factor, score: one.score })
            })
            .collect()
    }

    fn standing(&self, changed: Option<(&str, f64)>) -> Standing {
        match self.status {
            ParkStatus::Forced => Standing::Forced,
            ParkStatus::Withheld => Standing::Withheld,
            ParkStatus::Ranked => Standing::Ranked(rounded(total(&self.weighed(changed), 0.0, self.penalty))),
        }
    }

    fn result(self, pack: &DesignationPack, grade: Grade, rank: Option<usize>, sensitivity: Sensitivity) -> ParkResult {
        let all = self.weighed(None);
        let heads = HEADS.iter().map(|head| {
            let of_head = self.weighed_of(None, Some(*head));
            (*head, HeadResult { score: weighted(&of_head, 0.0), weight: of_head.iter().map(|one| one.weight).sum() })
        });
        let total_now = total(&all, 0.0, self.penalty);
        let musts_pass = self
            .indicators
            .iter()
            .filter(|one| one.must)
            .all(|one| matches!(one.verdict, Judgement::Verdict(Verdict::Pass) | Judgement::NotApplicable));
        ParkResult {
            heads: heads.collect(),
            total_high: total(&all, 1.0, self.penalty),
            total: total_now,
            passes: self.status == ParkStatus::Ranked && musts_pass && Op::AtLeast.holds(total_now, pack.min_score.value),
            park: self.park,
            lead_cluster: self.lead,
            indicators: self.indicators,
            penalty: self.penalty,
            status: self.status,
            grade,
            rank,
            reasons: self.reasons,
            sensitivity,
            life: None,
        }
    }
}

fn measure(park: &Park<'_>, indicator: &Indicator, city: &CitySide, means: &Means, classes: &[Measure]) -> Measure {
    let lead = &park.evidence.lead_clusters[..park.evidence.lead_clusters.len().min(1)];
    match indicator.id {
        "lead_output" => park.output_share(lead),
        "declared_share" => park.output_share(&park.evidence.lead_clusters),
        "lead_firms" => park.firm_share(),
        "lead_floor" => park.floor_share(),
        "lq" => park.location_quotient(city),
        "lead_firm_count" => park.lead_firm_count(),
        "above_scale" => park.flagged(|firm| firm.above_scale),
        "high_tech" => park.flagged(|firm| firm.high_tech),
        "facility_mean" => mean(classes),
        "let_rate" => park.occupancy(false),
        "vacancy" => {
            let rate = park.occupancy(false);
            Measure { value: rate.value.map(|rate| 1.0 - rate), ..rate }
        }
        "move_in_rate" => park.occupancy(true),
        "rent_to_cap" => park.rent_to_cap(),
        "output_per_mu" => per_mu(park, park.total_flow(|firm| firm.output_wan), means, 0),
        "tax_per_mu" => per_mu(park, park.total_flow(|firm| firm.tax_wan), means, 1),
        "jobs_per_ha" => {
            let land = park.land().value.map(hectares);
            per(park.total_jobs(), land)
        }
        "report_on_time" => reports(park, |returns| returns.on_time()),
        "report_missed" => reports(park, |returns| Some((returns.due - returns.made) as f64)),
        // A test asks for each; an id without a measure is unknown, never another's value.
        id => Measure::unknown("", &format!("{id}: no measure")),
    }
}

fn reports(park: &Park<'_>, value: impl Fn(super::measure::Returns) -> Option<f64>) -> Measure {
    let Some(returns) = park.reports() else { return Measure::unknown("report", "report: not loaded") };
    let note = format!("due {}, made {}, late {}", returns.due, returns.made, returns.late);
    Measure {
        value: value(returns),
        known: Some(1.0),
        period: Some(park.flow_year()),
        source: "report".to_owned(),
        notes: vec![note],
        ..Measure::default()
    }
}

/// A measure divided by land; unknown when either is.
fn per(measure: Measure, land: Option<f64>) -> Measure {
    let value = measure.value.zip(land).map(|(value, land)| value / land);
    Measure { value, ..measure }
}

fn per_mu(park: &Park<'_>, flow: Measure, means: &Means, index: usize) -> Measure {
    let mut measure = per(flow, park.land().value.map(mu));
    let (city, merged) = means.of(&park.evidence.park_type, index, park.pack.min_same_type);
    if let (Some(own), Some(city)) = (measure.value, city) {
        measure.notes.push(format!("{own:.4} 万元/亩; city mean {city:.4} 万元/亩"));
    }
    if merged {
        measure.notes.push("all park types together: too few of this type".to_owned());
    }
    measure.value = measure.value.zip(city.filter(|city| *city > 0.0)).map(|(own, city)| own / city);
    measure
}

fn judged(park: &Park<'_>, indicator: &Indicator, measured: Measure) -> IndicatorResult {
    let applicable = !(indicator.land && park.evidence.is_virtual);
    build(park, indicator.id.to_owned(), indicator, (indicator.zh.to_owned(), indicator.en.to_owned()), measured, applicable)
}

fn facility(park: &Park<'_>, class: &str, zh: String, en: String, measured: Measure) -> IndicatorResult {
    build(park, format!("facility_{class}"), &FACILITY, (zh, en), measured, true)
}

fn build(park: &Park<'_>, id: String, indicator: &Indicator, names: (String, String), measured: Measure, applicable: bool) -> IndicatorResult {
    let rule = park.pack.indicators.get(&id);
    let must = rule.and_then(|rule| rule.must.as_ref());
    let judgement = match (applicable, must, measured.value) {
        (false, ..) => Judgement::NotApplicable,
        (true, None, Some(_)) => Judgement::NoThreshold,
        (true, limit, value) => Judgement::Verdict(indicator.op.judge(value, limit.map(|limit| limit.value))),
    };
    IndicatorResult {
        head: indicator.head,
        zh: names.0,
        en: names.1,
        unit: indicator.unit,
        known: measured.known,
        threshold: must.map(|limit| limit.value),
        op: indicator.op,
        verdict: judgement,
        score: rule.and_then(|rule| rule.score.as_ref()).zip(measured.value).map(|(rule, value)| score(rule, indicator.op, value)),
        weight: rule.and_then(|rule| rule.weight.as_ref()).map(|weight| weight.value),
        must: must.is_some(),
        source: measured.source,
        as_of: measured.as_of,
        period: measured.period,
        metric: indicator.metric,
        excluded: measured.excluded,
        excluded_private: None,
        notes: measured.notes,
        clause: must.map(|limit| limit.cite.clause.clone()),
        status: must.map(|limit| limit.cite.status),
        value: measured.value,
        id,
    }
}

/// Points off, and the reasons for a D whatever the score (I17, S4).
fn penalties(park: &Park<'_>) -> (f64, Vec<String>) {
    let pack = park.pack;
    let returns = park.reports().unwrap_or_default();
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

type Placing = (Grade, Option<usize>);

/// Grades and ranks with one weight changed; inside each park type when the pack says so.
fn rank(cards: &[Card], pack: &DesignationPack, changed: Option<(&str, f64)>) -> Vec<Placing> {
    let quotas = Quotas { a_share: pack.a_share.value, b_share: pack.b_share.value, d_share: pack.d_share.value, min_ranked: pack.min_ranked };
    let mut fields: BTreeMap<Option<&String>, Vec<usize>> = BTreeMap::new();
    for (index, card) in cards.iter().enumerate() {
        let field = if pack.rank_within_type { card.park_type.as_ref() } else { None };
        fields.entry(field).or_default().push(index);
    }
    let mut placings = vec![(Grade::Withheld, None); cards.len()];
    for members in fields.values() {
        let standings: Vec<Standing> = members.iter().map(|index| cards[*index].standing(changed)).collect();
        for (index, placing) in members.iter().zip(grades(&standings, &quotas)) {
            placings[*index] = placing;
        }
    }
    placings
}

/// One weight at a time down and up by the pack's share; everyone ranked again (S7).
fn sensitivity(cards: &[Card], pack: &DesignationPack, base: &[Placing]) -> Vec<Sensitivity> {
    let weighed: Vec<&str> = pack.indicators.iter().filter(|(_, rule)| rule.weight.is_some()).map(|(id, _)| id.as_str()).collect();
    let changes = weighed.iter().flat_map(|id| [1.0 - pack.sensitivity, 1.0 + pack.sensitivity].map(|factor| (*id, factor)));
    let runs: Vec<Vec<Placing>> = changes.map(|change| rank(cards, pack, Some(change))).collect();
    (0..cards.len())
        .map(|index| {
            let ranks = || runs.iter().filter_map(|run| run[index].1);
            let same = runs.iter().filter(|run| run[index].1 == base[index].1).count();
            let mut grades: Vec<Grade> = runs.iter().map(|run| run[index].0).chain([base[index].0]).collect();
            grades.sort();
            grades.dedup();
            let holds = base[index].1.filter(|_| !runs.is_empty()).map(|_| same as f64 / runs.len() as f64);
            Sensitivity { best: ranks().min(), worst: ranks().max(), holds, grades }
        })
        .collect()
}
