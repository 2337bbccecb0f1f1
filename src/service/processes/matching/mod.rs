//! Site matching as a use case: which floors and parcels a requirement finds.

mod answer;
mod evidence;
mod features;
mod inputs;
mod listing;
mod parcels;
mod sites;
mod tenants;
mod wishes;

pub use answer::{Matching, Offered, Site};
pub(super) use inputs::Inputs;
pub use tenants::Tenants;

use super::process::{Common, Context, Pace, Process, Words};
use crate::analysis::matching::{Candidate, Free, rank};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind, PackUse, RunRecord};
use crate::rules::{MatchingPack, RuleSet};
use answer::{Group, Weights};
use evidence::Found;
use inputs::Question;

pub struct Match;

impl Process for Match {
    const ID: &'static str = "match";
    const PACKS: &'static [&'static str] = &["matching", "upstairs", "upstairs-fit", "floor-loads"];
    const EXAMPLE: &'static str = r#"{"need": {"cluster": "c24-robot", "area_min_m2": 1500, "area_max_m2": 3000, "load_kn_m2": 8, "height_m": 4.5,
        "fire_class": "丙", "districts": ["440306"]}, "limit": 20}"#;

    type Inputs = Inputs;
    type Answer = Matching;
    type Defaults = ();

    fn words() -> Words {
        Words { zh: "招商：为需求找楼层和地块", en: "Site matching: floors and parcels for a requirement" }
    }

    fn pace(_inputs: &Inputs) -> Pace {
        Pace::Quick
    }

    fn common(inputs: &Inputs) -> Common<'_> {
        Common { as_of: inputs.as_of.as_deref(), seed: None, pack: inputs.pack.as_deref() }
    }

    fn defaults(_rules: &RuleSet) -> Outcome<()> {
        Ok(())
    }

    fn run(context: &Context<'_>, inputs: Inputs) -> Outcome<Matching> {
        let question = Question::read(context.city, inputs)?;
        matching(context, &question)
    }
}

fn matching(context: &Context<'_>, question: &Question) -> Outcome<Matching> {
    let layers = context.rules.pack("matching")?;
    let pack = MatchingPack::read(&layers)?;
    let (fits, mut uses) = evidence::packs(context, question.need.cluster.as_deref())?;
    uses.extend(layers.uses.iter().cloned());
    let found = evidence::gather(context, question, &pack, &fits)?;
    go_on(context, 0.6)?;
    let groups = groups(context, question, &pack, &found);
    go_on(context, 1.0)?;
    let excluded = found.excluded(&question.sites);
    let answer = Matching::new(question, groups, excluded, Weights::from(&pack), context.as_of, record::<Match>(context, &pack, uses));
    Ok(answer)
}

/// A match rests on several packs, which are named by content.
fn record<P: Process>(context: &Context<'_>, pack: &MatchingPack, mut uses: Vec<PackUse>) -> RunRecord {
    uses.sort();
    uses.dedup();
    let run = context.record::<P>((&pack.id, &pack.version), &[]);
    RunRecord { packs: Vec::new(), ..run }.with_packs(uses)
}

fn go_on(context: &Context<'_>, share: f64) -> Outcome<()> {
    (context.control.progress)(share);
    if (context.control.stop)() {
        return Err(Fault::new(FaultKind::Cancelled, "cancelled", "已取消", "cancelled"));
    }
    Ok(())
}

/// The best of each group, ranked all together. The end of a lease is for the park's own operator: such a floor stands in its park's group twice, as
/// everybody sees it and as the operator does, and who reads the answer decides which of the two counts.
fn groups(context: &Context<'_>, question: &Question, pack: &MatchingPack, found: &Found<'_>) -> Vec<Group> {
    let offers = &found.offers;
    let mut candidates: Vec<Candidate<'_>> = offers.iter().map(|offer| offer.candidate.clone()).collect();
    let private: Vec<usize> = (0..offers.len()).filter(|at| offers[*at].leased_until_known()).collect();
    candidates.extend(private.iter().map(|at| {
        let offer = &offers[*at];
        Candidate { free: offer.free_from.map_or(Free::Unknown, Free::From), ..offer.candidate.clone() }
    }));
    let keep = question.offset + question.limit;
    let mut groups: Vec<Group> = vec![Group::open()];
    for (place, ranked) in rank(&question.need, &candidates, pack).into_iter().enumerate() {
        let (at, own) = if ranked.at < offers.len() { (ranked.at, false) } else { (private[ranked.at - offers.len()], true) };
        let offer = &offers[at];
        let group = Group::of(&mut groups, offer.leased_until_known().then_some(offer.park).flatten());
        let list = if own { &mut group.own } else { &mut group.public };
        list.counts.add(&ranked);
        if list.sites.len() < keep {
            let site = sites::site(context.city, &question.need, &candidates[ranked.at], offer, &ranked, pack);
            list.sites.push((place, site));
        }
    }
    groups
}
