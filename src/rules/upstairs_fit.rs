//! Typed reading of what clusters need of a floor, what each band offers and what a retrofit reaches (exact reading U19).

use super::RulesFault;
use super::figure::{Cite, Cited, FigureValue, Status};
use super::order::{fire_need, fire_rating, vibration_rank};
use super::pack::{Pack, cite_pack};
use super::upstairs::{load_bands, number_bands};
use crate::domain::catalogue;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The five factors in the order in which they decide.
pub const FACTORS: [&str; 5] = ["environment_fire", "vibration", "process_height", "vertical_transport", "equipment_load"];
const KEYS: [&str; 5] = ["fire", "vibration", "height", "lift", "load"];
/// Place of the equipment load among the factors.
pub const LOAD: usize = 4;

/// A measure per band on a scale where more is better (a rank, m, t or kN/m²); `None` where it is not known.
pub type Bands = [Option<Cited<f64>>; 4];

#[derive(Clone, Debug)]
pub struct FitTable {
    /// By factor; height and load are left `None` here because the upstairs pack decides them.
    pub available: [Bands; 5],
    /// What a retrofit reaches; `None` where none is known.
    pub retrofit: [Bands; 5],
    /// By cluster id, then factor.
    pub demand: BTreeMap<String, [Bands; 5]>,
    /// The table as a whole: what an unknown need is told with.
    pub cite: Arc<Cite>,
}

/// Floor loads by process, and which column of the code's table is read.
pub(super) struct Processes<'a> {
    pub loads: &'a Pack,
    pub span: &'a str,
}

impl FitTable {
    /// `clusters` are the resolved packs of the clusters that have one; what they say of a need goes before the table's word.
    pub(super) fn read(fit: &Pack, clusters: &BTreeMap<String, Pack>, processes: &Processes<'_>) -> Result<Self, RulesFault> {
        let mut demand = BTreeMap::new();
        let is_cluster = |id: &str| catalogue().cluster(id).is_some();
        let known = || catalogue().clusters.iter().map(|cluster| cluster.id.clone()).collect();
        for cluster in fit.known_members("demand", is_cluster, known)? {
            demand.insert(cluster.to_owned(), needs(fit, &format!("demand.{cluster}"), processes)?);
        }
        for (cluster, pack) in clusters {
            let own = needs(pack, "demand", processes)?;
            let known: &mut [Bands; 5] = demand.entry(cluster.clone()).or_default();
            for (factor, bands) in own.into_iter().enumerate().filter(|(_, bands)| bands.iter().any(Option::is_some)) {
                known[factor] = bands;
            }
        }
        let mut cite = (*cite_pack(fit)).clone();
        cite.status = Status::Unconfirmed;
        Ok(FitTable { available: factors(fit, "available", false)?, retrofit: factors(fit, "retrofit", false)?, demand, cite: Arc::new(cite) })
    }

    /// Load that a cluster needs on a band, kN/m².
    pub fn load(&self, cluster: &str, band: usize) -> Option<&Cited<f64>> {
        self.demand.get(cluster).and_then(|factors| factors[LOAD][band].as_ref())
    }
}

/// The five needs under a group; a load may be told by the process whose floor load the national code gives.
fn needs(pack: &Pack, group: &str, processes: &Processes<'_>) -> Result<[Bands; 5], RulesFault> {
    let mut needs = factors(pack, group, true)?;
    let path = format!("{group}.process");
    if needs[LOAD].iter().all(Option::is_none)
        && let Some(figure) = pack.figure(&path)
    {
        for (band, name) in words(pack, &path)?.iter().enumerate() {
            let load = processes.loads.number(&format!("process.{name}.{}", processes.span))?;
            let mut cite = (*load.cite).clone();
            cite.clause = format!("{}；{}", load.cite.clause, figure.cite.clause);
            // The code's figure is sourced; that this process stands on this floor may be a judgement, and then so is the need.
            if figure.cite.status == Status::Unconfirmed {
                cite.status = Status::Unconfirmed;
            }
            needs[LOAD][band] = Some(Cited { value: load.value, cite: Arc::new(cite) });
        }
    }
    Ok(needs)
}

fn factors(pack: &Pack, group: &str, need: bool) -> Result<[Bands; 5], RulesFault> {
    let mut values: [Bands; 5] = Default::default();
    for (slot, key) in values.iter_mut().zip(KEYS) {
        let path = format!("{group}.{key}");
        let Some(figure) = pack.figure(&path).filter(|figure| figure.value != FigureValue::Null) else { continue };
        let numbers = match &figure.value {
            FigureValue::Text(_) | FigureValue::Texts(_) => classes(pack, &path, key, need)?,
            _ if key == "load" => load_bands(pack, &path)?.value,
            _ => number_bands(pack, &path)?.value,
        };
        *slot = numbers.map(|value| Some(Cited { value, cite: Arc::clone(&figure.cite) }));
    }
    Ok(values)
}

/// One word per band; a single one stands for all.
fn words(pack: &Pack, path: &str) -> Result<[String; 4], RulesFault> {
    let given = match pack.figure(path).map(|figure| &figure.value) {
        Some(FigureValue::Text(word)) => vec![word.clone(); 4],
        Some(FigureValue::Texts(words)) => words.clone(),
        _ => Vec::new(),
    };
    given.try_into().map_err(|_| RulesFault::Type { pack: pack.header.id.clone(), path: path.to_owned(), wanted: "a word, or one per band" })
}

fn classes(pack: &Pack, path: &str, key: &str, need: bool) -> Result<[f64; 4], RulesFault> {
    let rank = |class: &str| match (key, need) {
        ("fire", true) => fire_need(class),
        ("fire", false) => fire_rating(class),
        ("vibration", _) => vibration_rank(class),
        // Heights, lifts and loads are numbers.
        _ => None,
    };
    let words = words(pack, path)?;
    let [a, b, c, d] = words.each_ref().map(|word| rank(word));
    a.zip(b).zip(c.zip(d)).map(|((a, b), (c, d))| [a, b, c, d]).ok_or_else(|| RulesFault::Type {
        pack: pack.header.id.clone(),
        path: path.to_owned(),
        wanted: "a class, or one per band",
    })
}
