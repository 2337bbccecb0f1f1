//! The other way round (M10): which open requirements a floor or parcel suits.

use super::super::process::{Common, Context, Pace, Process, Words};
use super::super::seen::Seen;
use super::answer::Left;
use super::evidence;
use super::inputs::{Question, Wanted, no_such_site};
use super::wishes::{self, Wish};
use crate::analysis::matching::{Candidate, Change, Free, Kind, Ranked, Told, explain, order, rank};
use crate::city::City;
use crate::domain::columns::floor;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, LayerId, Role, RunRecord};
use crate::rules::{MatchingPack, RuleSet, Verdict};
use crate::service::Viewer;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = TenantsInputs)]
pub struct Inputs {
    /// Code of a floor or parcel.
    site: Option<String>,
    /// In place of a floor's code: its building, with `floor`.
    building: Option<String>,
    /// The floor's label as people say it, such as `3F`.
    floor: Option<String>,
    /// ISO date on which evidence is read; today when left out.
    as_of: Option<String>,
    /// Rule pack as `ID` or `ID@version`; the one in force when left out.
    pack: Option<String>,
}

/// Requirements are not for guests, who read none here.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TenantsAnswer)]
pub struct Answer {
    pub as_of: NaiveDate,
    pub site: String,
    /// Best first.
    pub requirements: Vec<Suited>,
    /// Requirements that are not matched with this place, by reason: without their codes.
    pub excluded: Vec<Left>,
    pub run: RunRecord,
    #[serde(skip)]
    found: Arc<Found>,
}

/// A requirement and how the place suits it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = SuitedRequirement)]
pub struct Suited {
    /// 1 is the best.
    pub rank: usize,
    pub requirement: String,
    #[schema(required)]
    pub state: Option<String>,
    pub need: Wanted,
    /// The place was offered to it.
    pub offered: bool,
    /// The place lies in a wished district, or none is wished.
    pub wished: bool,
    pub criteria: Vec<Told>,
    pub change: Vec<Change>,
    pub cost: f64,
    pub mendable: bool,
    pub fails: usize,
    pub unknowns: usize,
}

/// What the answer is made of for each reader.
#[derive(Debug, Default)]
struct Found {
    public: Vec<Suited>,
    /// As the operator of this park reads it, who knows when its leases end.
    own: Option<(String, Vec<Suited>)>,
    excluded: Vec<Left>,
}

impl Seen for Answer {
    fn seen_by(&self, viewer: &Viewer) -> Cow<'_, Self> {
        if matches!(viewer.role(), Role::Guest | Role::Viewer) {
            return Cow::Borrowed(self);
        }
        let own = self.found.own.as_ref().filter(|(park, _)| viewer.operates(Some(park)));
        let requirements = own.map_or(&self.found.public, |(_, own)| own).clone();
        Cow::Owned(Answer { requirements, excluded: self.found.excluded.clone(), ..self.clone() })
    }
}

pub struct Tenants;

impl Process for Tenants {
    const ID: &'static str = "tenants";
    const PACKS: &'static [&'static str] = super::Match::PACKS;
    const EXAMPLE: &'static str = r#"{"site": "440306-015-0004"}"#;

    type Inputs = Inputs;
    type Answer = Answer;
    type Defaults = ();

    fn words() -> Words {
        Words { zh: "招商：为楼层或地块找企业诉求", en: "Site matching: requirements for a floor or parcel" }
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

    fn run(context: &Context<'_>, inputs: Inputs) -> Outcome<Answer> {
        let city = context.city;
        let site = match (inputs.site, inputs.building, inputs.floor) {
            (Some(site), None, None) => site,
            (None, Some(building), Some(label)) => floor_code(city, &building, &label)?,
            _ => {
                let (zh, en) = ("请给出楼层或宗地的代码，或建筑与楼层", "give the code of a floor or parcel, or a building and a floor");
                return Err(Fault::bad("site", zh, en).at("/inputs/site"));
            }
        };
        if city.table(LayerId::Floor).row_of(&site).is_none() && city.table(LayerId::Parcel).row_of(&site).is_none() {
            return Err(no_such_site(&site, "/inputs/site"));
        }
        tenants(context, site)
    }
}

/// The code of a building's floor by its label.
fn floor_code(city: &City, building: &str, label: &str) -> Outcome<String> {
    let (buildings, floors) = (city.table(LayerId::Building), city.table(LayerId::Floor));
    let rows = buildings.row_of(building).map(|row| city.links().floors_of_building(row)).unwrap_or_default();
    let found = rows.iter().find(|row| floors.text(**row as usize, floor::FLOOR) == Some(label));
    found.map(|row| floors.key(*row as usize).to_owned()).ok_or_else(|| {
        Fault::not_found("no_such_floor", format!("{building} 没有登记楼层 {label}"), format!("no floor {label} is recorded of {building}"))
            .at("/inputs/floor")
            .help("先登记楼层的面积、层高与荷载", "record its area, storey height and load first")
    })
}

/// A requirement with what the place is to it, for everybody and for the park's operator.
struct Pair<'a> {
    wish: &'a Wish,
    question: Question,
    candidate: Candidate<'a>,
    private: Option<Candidate<'a>>,
}

fn tenants(context: &Context<'_>, site: String) -> Outcome<Answer> {
    let layers = context.rules.pack("matching")?;
    let pack = MatchingPack::read(&layers)?;
    let mut uses = layers.uses.clone();
    let wishes = wishes::open(context.city);
    let district = evidence::district_of(context.city, &site).map(str::to_owned);
    let (mut pairs, mut left, mut park) = (Vec::new(), BTreeMap::<&'static str, usize>::new(), None);
    for (at, wish) in wishes.iter().enumerate() {
        super::go_on(context, at as f64 / wishes.len() as f64)?;
        // What was imported may ask for what does not exist.
        let Ok(question) = Question::of_one(context.city, wish.wanted.clone(), &site) else {
            *left.entry("requirement_not_readable").or_default() += 1;
            continue;
        };
        let (fits, packs) = evidence::packs_of(context, wish.wanted.cluster.as_deref(), [district.clone()].into_iter())?;
        uses.extend(packs);
        let mut found = evidence::gather_one(context, &question, &pack, &fits);
        let Some(offer) = found.offers.pop() else {
            found.excluded(&question.sites).into_iter().for_each(|one| *left.entry(one.reason).or_default() += 1);
            continue;
        };
        let private =
            offer.leased_until_known().then(|| Candidate { free: offer.free_from.map_or(Free::Unknown, Free::From), ..offer.candidate.clone() });
        park = offer.park.map(str::to_owned).filter(|_| private.is_some()).or(park);
        pairs.push(Pair { wish, question, candidate: offer.candidate, private });
    }
    let public = suited(&pairs, &site, &pack, |pair| &pair.candidate);
    let own = park.map(|park| (park, suited(&pairs, &site, &pack, |pair| pair.private.as_ref().unwrap_or(&pair.candidate))));
    let excluded = left.into_iter().map(|(reason, count)| Left { reason, count, ids: Vec::new() }).collect();
    Ok(Answer {
        as_of: context.as_of,
        requirements: Vec::new(),
        excluded: Vec::new(),
        run: super::record::<Tenants>(context, &pack, uses),
        found: Arc::new(Found { public, own, excluded }),
        site,
    })
}

fn suited<'a>(pairs: &'a [Pair<'a>], site: &str, pack: &MatchingPack, seen: impl Fn(&'a Pair<'a>) -> &'a Candidate<'a>) -> Vec<Suited> {
    let one = |(at, pair): (usize, &'a Pair<'a>)| {
        let alone = rank(&pair.question.need, std::slice::from_ref(seen(pair)), pack).pop();
        // The requirement's own code settles ties.
        alone.map(|ranked| Ranked { at, id: pair.wish.code.as_str(), kind: Kind::Floor, ..ranked })
    };
    let mut ranked: Vec<Ranked<'_>> = pairs.iter().enumerate().filter_map(one).collect();
    ranked.sort_by(order);
    let tell = |(place, ranked): (usize, &Ranked<'_>)| {
        let pair = &pairs[ranked.at];
        let (criteria, change) = explain(&pair.question.need, seen(pair), pack);
        let fails = ranked.count(Verdict::Fail);
        Suited {
            rank: place + 1,
            requirement: pair.wish.code.clone(),
            state: pair.wish.state.clone(),
            need: pair.wish.wanted.clone(),
            offered: pair.wish.offered.iter().any(|code| code == site),
            wished: ranked.wished,
            criteria,
            mendable: change.len() == fails,
            change,
            cost: ranked.cost,
            fails,
            unknowns: ranked.count(Verdict::Unknown),
        }
    };
    ranked.iter().enumerate().map(tell).collect()
}
