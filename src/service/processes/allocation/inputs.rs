//! What may be asked of an allocation, and whether it can be.

use crate::analysis::allocation::{Board, OverlapBasis, Pair};
use crate::city::City;
use crate::domain::catalogue::ClusterClass;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, LayerId, catalogue};
use crate::rules::AllocationPack;
use crate::service::collections::no_such_park;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = AllocateInputs)]
pub struct Inputs {
    /// Ids or classes (`strategic`, `leading`, `supporting`, `improving`, `future`) of the clusters that the city places, in place of the rule
    /// pack's; `none` or an empty list exempts nothing.
    pub(super) exempt: Option<Vec<String>>,
    /// What a district's vector holds when districts are compared.
    pub(super) basis: OverlapBasis,
    /// A declared matrix in place of the city's own.
    pub(super) declared: Option<Vec<Pair>>,
    /// Pairs that the best allocation may not have.
    pub(super) forbidden: Vec<Pair>,
    /// Other lead clusters for one park.
    pub(super) what_if: Option<WhatIf>,
    /// ISO date on which evidence is read; today when left out.
    pub(super) as_of: Option<String>,
    /// Rule pack as `ID` or `ID@version`; the one in force when left out.
    pub(super) pack: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AllocateWhatIf)]
pub(super) struct WhatIf {
    pub(super) park: String,
    pub(super) lead_clusters: Vec<String>,
}

impl Inputs {
    /// Clusters, districts and parks that are named must exist.
    pub(super) fn check(&self, board: &Board, city: &City) -> Outcome<()> {
        let lists = [("declared", self.declared.as_deref().unwrap_or_default()), ("forbidden", self.forbidden.as_slice())];
        for (name, pairs) in lists {
            for (at, pair) in pairs.iter().enumerate() {
                known_cluster(&pair.cluster, || format!("/inputs/{name}/{at}/cluster"))?;
                if board.districts.binary_search(&pair.district).is_err() {
                    let district = &pair.district;
                    return Err(Fault::not_found("no_such_district", format!("没有行政区 {district}"), format!("there is no district {district}"))
                        .at(format!("/inputs/{name}/{at}/district"))
                        .help(format!("可用：{}", board.districts.join("、")), format!("known: {}", board.districts.join(", "))));
                }
            }
        }
        let Some(change) = &self.what_if else { return Ok(()) };
        if city.table(LayerId::Park).row_of(&change.park).is_none() {
            return Err(no_such_park(&change.park).at("/inputs/what_if/park"));
        }
        change.lead_clusters.iter().enumerate().try_for_each(|(at, id)| known_cluster(id, || format!("/inputs/what_if/lead_clusters/{at}")))
    }
}

fn known_cluster(id: &str, place: impl FnOnce() -> String) -> Outcome<()> {
    if catalogue().cluster(id).is_some() {
        return Ok(());
    }
    Err(Fault::bad("no_such_cluster", format!("目录中没有产业集群 {id}"), format!("the catalogue has no cluster {id}"))
        .at(place())
        .help("集群代码见 /catalogue，如 c24-robot", "ids stand in /catalogue, such as c24-robot"))
}

/// Clusters that the city places: no bound of their own, not counted in any district (A1).
#[derive(Debug)]
pub(super) struct Exemption {
    words: BTreeSet<String>,
}

/// What a class is called.
fn class_word(class: ClusterClass) -> &'static str {
    match class {
        ClusterClass::Strategic => "strategic",
        ClusterClass::Leading => "leading",
        ClusterClass::Supporting => "supporting",
        ClusterClass::Improving => "improving",
        ClusterClass::Future => "future",
    }
}

const CLASSES: [ClusterClass; 5] =
    [ClusterClass::Strategic, ClusterClass::Leading, ClusterClass::Supporting, ClusterClass::Improving, ClusterClass::Future];
const NOTHING: &str = "none";

impl Exemption {
    /// The rule pack's where nothing is said.
    pub(super) fn read(said: Option<&[String]>, pack: &AllocationPack) -> Outcome<Exemption> {
        let Some(said) = said else { return Ok(Exemption { words: pack.exempt_classes.value.iter().cloned().collect() }) };
        if said.iter().any(|word| word == NOTHING) && said.len() > 1 {
            return Err(Fault::bad("exempt", "none 须单独使用", "`none` stands alone").at("/inputs/exempt"));
        }
        for (at, word) in said.iter().enumerate().filter(|(_, word)| *word != NOTHING) {
            if !CLASSES.iter().any(|class| class_word(*class) == word) && catalogue().cluster(word).is_none() {
                return Err(Fault::bad("exempt", format!("没有集群或类别 {word}"), format!("there is no cluster and no class {word}"))
                    .at(format!("/inputs/exempt/{at}"))
                    .help(
                        "集群代码如 c24-ai，或类别 strategic、leading、supporting、improving、future，或 none",
                        "ids such as c24-ai, the classes strategic, leading, supporting, improving, future, or none",
                    ));
            }
        }
        Ok(Exemption { words: said.iter().filter(|word| *word != NOTHING).cloned().collect() })
    }

    pub(super) fn holds(&self, id: &str, class: ClusterClass) -> bool {
        self.words.contains(id) || self.words.contains(class_word(class))
    }
}
