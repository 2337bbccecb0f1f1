//! Typed reading of a consolidation pack (analyses §2; exact readings C7–C19).

use super::RulesFault;
use super::figure::{Cite, Cited};
use super::pack::Pack;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Figures of land consolidation. Areas m², lengths m, prices 万元 per m² (land or GFA).
#[derive(Clone, Debug)]
pub struct ConsolidationPack {
    pub id: String,
    pub version: String,
    pub hash: String,
    /// Smallest share of a parcel's area inside the area asked for.
    pub inside_share: Cited<f64>,
    /// Planned-use codes that count as industrial.
    pub planned_uses: Cited<Vec<String>>,
    /// Largest share of a parcel under hard control lines.
    pub control_share: Cited<f64>,
    pub hard_kinds: Cited<Vec<String>>,
    /// Present uses, as beginnings of codes, that are roads: such land is never part of a site.
    pub road_uses: Cited<Vec<String>>,
    /// Buildings younger than this many years keep a parcel out; `None` does not test age.
    pub recent_years: Cited<Option<f64>>,
    /// Present FAR from which a parcel is dense; `None` does not test it.
    pub dense_far: Cited<Option<f64>>,
    /// 万元/m² of land by tenure; a tenure without a price makes a parcel `data_incomplete` (C9).
    pub land_price: BTreeMap<String, Cited<f64>>,
    /// 万元/m² of GFA by structure, `unknown` for an unrecorded one.
    pub demolition_price: BTreeMap<String, Cited<f64>>,
    /// 0…1 by stage code.
    pub readiness: BTreeMap<String, Cited<f64>>,
    /// α, β, γ, δ, ρ of the objective.
    pub weights: Weights,
    pub area_min: Cited<f64>,
    pub area_max: Cited<f64>,
    pub compactness_min: Cited<f64>,
    pub count_max: Cited<usize>,
    /// Width and length of the rectangle that must fit, when asked.
    pub rectangle: Option<(f64, f64)>,
    pub gap: Cited<f64>,
    pub angle_deg: Cited<f64>,
    pub length_min: Cited<f64>,
    pub bridge_width: Cited<f64>,
    pub split: LandSplit,
    pub discount: Cited<f64>,
    pub shortfall_penalty: Cited<f64>,
    /// Area that can be done in a year, m²; `None` sets no limit.
    pub year_capacity: Cited<Option<f64>>,
    /// 万元 a year; `None` sets no limit.
    pub year_budget: Cited<Option<f64>>,
    /// Weights of relaxing a target, a budget, a capacity (C19).
    pub relax: [Cited<f64>; 3],
    /// (year, cumulative m²) in rising order.
    pub targets: Vec<(i32, f64)>,
    pub targets_cite: Arc<Cite>,
}

/// Weights of the objective, per the unit each term is counted in (ha, ha, 百万元, owner, ha).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    pub area: f64,
    pub compactness: f64,
    pub cost: f64,
    pub owners: f64,
    pub readiness: f64,
}

/// The land split of 利益统筹: retained = legal × factor + shared(r), capped.
#[derive(Clone, Debug)]
pub struct LandSplit {
    pub min_untitled: Cited<f64>,
    /// Tenures whose land is returned by the factor, and those whose land is shared by present FAR.
    pub legal_tenures: Cited<Vec<String>>,
    pub shared_tenures: Cited<Vec<String>>,
    pub legal_factor: Cited<f64>,
    /// Bands of present FAR r: the share is `base + per_far · r` of the last band whose start is below r (the first for r = 0).
    pub bands: Vec<SplitBand>,
    pub retained_cap: Cited<f64>,
    pub cite: Arc<Cite>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SplitBand {
    pub from: f64,
    pub base: f64,
    pub per_far: f64,
}

impl LandSplit {
    /// Largest shared part of untitled land at a present FAR of `far` (a share of that land).
    pub fn shared_share(&self, far: f64) -> f64 {
        let band = self.bands.iter().rev().find(|band| far > band.from).or(self.bands.first());
        band.map_or(0.0, |band| band.base + band.per_far * far)
    }
}

impl ConsolidationPack {
    pub fn read(pack: &Pack) -> Result<Self, RulesFault> {
        let years = pack.numbers("plan.target_years")?;
        let areas = pack.numbers("plan.target_area")?;
        Ok(ConsolidationPack {
            id: pack.header.id.clone(),
            version: pack.header.version.clone(),
            hash: pack.hash.clone(),
            inside_share: pack.number("eligible.inside_share")?,
            planned_uses: pack.texts("eligible.planned_uses")?,
            control_share: pack.number("eligible.control_share")?,
            hard_kinds: pack.texts("eligible.hard_kinds")?,
            road_uses: pack.texts("eligible.road_uses")?,
            recent_years: pack.limit("eligible.recent_years")?,
            dense_far: pack.limit("eligible.dense_far")?,
            land_price: by_code(pack, "price.land", "tenure", &[])?,
            demolition_price: by_code(pack, "price.demolition", "structure", &["unknown"])?,
            readiness: by_code(pack, "readiness", "stage", &[])?,
            weights: Weights {
                area: pack.number("weight.area")?.value,
                compactness: pack.number("weight.compactness")?.value,
                cost: pack.number("weight.cost")?.value,
                owners: pack.number("weight.owners")?.value,
                readiness: pack.number("weight.readiness")?.value,
            },
            area_min: pack.number("site.area_min")?,
            area_max: pack.number("site.area_max")?,
            compactness_min: pack.number("site.compactness_min")?,
            count_max: pack.count("site.count_max")?,
            rectangle: pack.limit("site.rectangle_width")?.value.zip(pack.limit("site.rectangle_length")?.value),
            gap: pack.number("adjacency.gap")?,
            angle_deg: pack.number("adjacency.angle_deg")?,
            length_min: pack.number("adjacency.length_min")?,
            bridge_width: pack.number("adjacency.bridge_width")?,
            split: split(pack)?,
            discount: pack.number("plan.discount")?,
            shortfall_penalty: pack.number("plan.shortfall_penalty")?,
            year_capacity: pack.limit("plan.year_capacity")?,
            year_budget: pack.limit("plan.year_budget")?,
            relax: [pack.number("plan.relax_target")?, pack.number("plan.relax_budget")?, pack.number("plan.relax_capacity")?],
            targets: years.value.iter().map(|year| *year as i32).zip(areas.value).collect(),
            targets_cite: areas.cite,
        })
    }
}

fn split(pack: &Pack) -> Result<LandSplit, RulesFault> {
    let from = pack.numbers("split.far_from")?;
    let base = pack.numbers("split.share_base")?;
    let per_far = pack.numbers("split.share_per_far")?;
    let bands = from.value.iter().zip(&base.value).zip(&per_far.value);
    Ok(LandSplit {
        min_untitled: pack.number("split.min_untitled")?,
        legal_tenures: pack.texts("split.legal_tenures")?,
        shared_tenures: pack.texts("split.shared_tenures")?,
        legal_factor: pack.number("split.legal_factor")?,
        bands: bands.map(|((from, base), per_far)| SplitBand { from: *from, base: *base, per_far: *per_far }).collect(),
        retained_cap: pack.number("split.retained_cap")?,
        cite: base.cite,
    })
}

/// The numbers of a group by code of a list, or one of `more`; a null one is left out, as if it were not there.
fn by_code(pack: &Pack, group: &str, list: &str, more: &[&str]) -> Result<BTreeMap<String, Cited<f64>>, RulesFault> {
    let mut numbers = BTreeMap::new();
    for name in pack.code_members(group, list, more)? {
        let figure = pack.limit(&format!("{group}.{name}"))?;
        if let Some(value) = figure.value {
            numbers.insert(name.to_owned(), Cited { value, cite: figure.cite });
        }
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Packs, Status};

    #[test]
    fn the_shipped_pack_reads_and_its_split_is_marked_unconfirmed() {
        let pack = ConsolidationPack::read(&Packs::embedded().resolve("consolidation", None).expect("pack")).expect("read");
        assert_eq!(pack.land_price.len(), 5);
        assert_eq!(pack.split.cite.status, Status::Unconfirmed);
        assert_eq!(pack.targets, [(2025, 32e6), (2035, 59e6)]);
        // r = 0 → 20 %; r = 1 → 20 % + 20 %; r = 1.5 → 50 %; r = 2 → 50 %.
        for (far, share) in [(0.0, 0.2), (1.0, 0.4), (1.5, 0.5), (2.0, 0.5)] {
            assert!((pack.split.shared_share(far) - share).abs() < 1e-12, "{far}");
        }
    }

    #[test]
    fn a_price_of_an_unknown_tenure_is_refused_and_never_another_s() {
        let text = include_str!("../../geodata/rules/consolidation-shenzhen.toml").replace("land.irregular =", "land.iregular =");
        let fault = ConsolidationPack::read(&Pack::parse(&text).expect("form")).expect_err("unknown");
        assert!(matches!(&fault, RulesFault::Unknown { path, .. } if path == "price.land.iregular"), "{fault}");
        assert!(fault.to_string().contains("irregular, unverified"), "{fault}");
        assert!(crate::rules::check(&text).iter().any(|problem| problem.code == "vocabulary" && problem.place == "price.land.iregular"));
    }
}
