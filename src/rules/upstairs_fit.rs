//! Typed reading of the fit table: what a cluster needs of a floor and what each band offers (exact reading U19).

use super::RulesFault;
use super::figure::{Cite, FigureValue, Status};
use super::order::{fire_need, fire_rating, vibration_rank};
use super::pack::{Pack, cite_pack};
use super::upstairs::{load_bands, number_bands};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The five factors in the order in which they decide.
pub const FACTORS: [&str; 5] = ["environment_fire", "vibration", "process_height", "vertical_transport", "equipment_load"];
const KEYS: [&str; 5] = ["fire", "vibration", "height", "lift", "load"];

/// A measure per band on a scale where more is better (a rank, m, t or kN/m²); `None` where it is not known.
pub type Bands = [Option<f64>; 4];

#[derive(Clone, Debug)]
pub struct FitTable {
    /// By factor; height and load are left `None` here because the upstairs pack decides them.
    pub available: [Bands; 5],
    /// What a retrofit reaches; `None` where none is known.
    pub retrofit: [Bands; 5],
    /// By cluster id, then factor.
    pub demand: BTreeMap<String, [Bands; 5]>,
    pub cite: Arc<Cite>,
}

impl FitTable {
    pub fn read(pack: &Pack) -> Result<Self, RulesFault> {
        let mut demand = BTreeMap::new();
        for cluster in pack.members("demand") {
            demand.insert(cluster.to_owned(), factors(pack, &format!("demand.{cluster}"), true)?);
        }
        let mut cite = (*cite_pack(pack)).clone();
        cite.status = Status::Unconfirmed;
        Ok(FitTable { available: factors(pack, "available", false)?, retrofit: factors(pack, "retrofit", false)?, demand, cite: Arc::new(cite) })
    }
}

fn factors(pack: &Pack, group: &str, need: bool) -> Result<[Bands; 5], RulesFault> {
    let mut values = [[None; 4]; 5];
    for (slot, key) in values.iter_mut().zip(KEYS) {
        let path = format!("{group}.{key}");
        *slot = match pack.figure(&path).map(|figure| &figure.value) {
            None | Some(FigureValue::Null) => [None; 4],
            Some(FigureValue::Text(_) | FigureValue::Texts(_)) => classes(pack, &path, key, need)?,
            Some(_) if key == "load" => load_bands(pack, &path)?.value.map(Some),
            Some(_) => number_bands(pack, &path)?.value.map(Some),
        };
    }
    Ok(values)
}

fn classes(pack: &Pack, path: &str, key: &str, need: bool) -> Result<Bands, RulesFault> {
    let fault = || RulesFault::Type { pack: pack.header.id.clone(), path: path.to_owned(), wanted: "a class, or one per band" };
    let rank = |class: &str| match (key, need) {
        ("fire", true) => fire_need(class),
        ("fire", false) => fire_rating(class),
        _ => vibration_rank(class),
    };
    let words: Vec<String> = match pack.figure(path).map(|figure| &figure.value) {
        Some(FigureValue::Text(word)) => vec![word.clone(); 4],
        Some(FigureValue::Texts(words)) => words.clone(),
        _ => return Err(fault()),
    };
    let ranks: Vec<Option<f64>> = words.iter().map(|word| rank(word)).collect();
    match ranks[..] {
        [a, b, c, d] if ranks.iter().all(Option::is_some) => Ok([a, b, c, d]),
        _ => Err(fault()),
    }
}
