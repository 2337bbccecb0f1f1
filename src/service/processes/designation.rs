//! The designation scorecard as a use case: evidence of every park, from the city and the tables.

mod choice;
pub(super) mod evidence;

use super::process::{Common, Context, Process, Words};
use super::seen::Seen;
use crate::analysis::designation::{DesignationResult, IndicatorResult, ParkResult, assess};
use crate::analysis::disclosure::Told;
use crate::city::City;
use crate::domain::columns::park as column;
use crate::domain::designation::Life;
use crate::domain::fault::Outcome;
use crate::domain::{LayerId, RunRecord};
use crate::rules::{DesignationPack, RuleSet};
use crate::service::Viewer;
use crate::service::collections::no_such_park;
use crate::service::designations::record;
use choice::Choice;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use utoipa::ToSchema;

#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = DesignateInputs)]
pub struct Inputs {
    /// One park's scorecard (ranks still count all parks).
    park: Option<String>,
    /// ISO date on which evidence is read; today when left out.
    as_of: Option<String>,
    /// Rule pack as `ID` or `ID@version`; the one in force when left out.
    pack: Option<String>,
}

/// The scorecards. Codes of firms stay in the lists of left-out records until somebody reads them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Scorecards {
    #[serde(flatten)]
    pub result: DesignationResult,
    pub run: RunRecord,
    /// Which of the left-out records are firms.
    #[serde(skip)]
    firm_codes: HashSet<String>,
}

impl Seen for Scorecards {
    /// Codes of firms and figures over few tenants are for the park's own operator only; everybody else sees how many were left out.
    fn seen_by(&self, viewer: &Viewer) -> Cow<'_, Self> {
        let mut seen = self.clone();
        for card in seen.result.parks.iter_mut().filter(|card| !viewer.operates(Some(&card.park))) {
            card.indicators.iter_mut().for_each(|indicator| self.hide(indicator));
            card.seen_from_outside();
        }
        Cow::Owned(seen)
    }
}

/// Marks the indicators that are not told outside their park.
pub(super) fn withheld(cards: &mut [ParkResult], told: &Told) {
    for indicator in cards.iter_mut().flat_map(|card| &mut card.indicators) {
        indicator.withheld = indicator.value.is_some() && !indicator.figures.iter().all(|figure| told.tells(figure));
    }
}

impl Scorecards {
    /// All parks' cards. Ranks and means need every park. `judged` names a park and the cluster by which it is judged in place of its first.
    pub(in crate::service) fn of(
        city: &City,
        pack: &DesignationPack,
        as_of: NaiveDate,
        judged: Option<(&str, &str)>,
        told: &Told,
        run: RunRecord,
    ) -> Self {
        let mut parks = evidence::parks(city, as_of);
        for park in &mut parks {
            if let Some((_, cluster)) = judged.filter(|(code, _)| *code == park.park) {
                park.lead_clusters.retain(|own| own != cluster);
                park.lead_clusters.insert(0, cluster.to_owned());
            }
        }
        let mut result = assess(&parks, &evidence::city_side(city, as_of), pack, as_of);
        withheld(&mut result.parks, told);
        let firms = city.table(LayerId::Firm);
        let indicators = result.parks.iter().flat_map(|card| &card.indicators);
        let left_out = indicators.flat_map(|indicator| &indicator.excluded).flat_map(|left| &left.ids);
        let firm_codes = left_out.filter(|id| firms.row_of(id).is_some()).cloned().collect();
        Scorecards { result, run, firm_codes }
    }

    /// Every figure as it is, and no id of a firm: what is frozen with a decision and rendered for each reader later.
    pub(in crate::service) fn without_ids(mut self) -> Self {
        let mut parks = std::mem::take(&mut self.result.parks);
        parks.iter_mut().flat_map(|card| &mut card.indicators).for_each(|indicator| self.hide(indicator));
        self.result.parks = parks;
        self
    }

    /// What is flagged tells of rents, which are the operator's too.
    fn hide(&self, indicator: &mut IndicatorResult) {
        indicator.excluded.iter_mut().for_each(|left| left.ids.retain(|id| !self.firm_codes.contains(id)));
        indicator.flagged.iter_mut().for_each(|one| one.ids.clear());
    }
}

pub struct Designate;

impl Process for Designate {
    const ID: &'static str = "designate";
    const PACKS: &'static [&'static str] = &["designation"];
    const EXAMPLE: &'static str = r#"{"as_of": "2026-09-01"}"#;

    type Inputs = Inputs;
    type Answer = Scorecards;
    type Defaults = Choice;

    fn words() -> Words {
        Words { zh: "特色产业园区授牌：评分", en: "Featured-park designation: scorecards" }
    }

    fn common(inputs: &Inputs) -> Common<'_> {
        Common { as_of: inputs.as_of.as_deref(), seed: None, pack: inputs.pack.as_deref() }
    }

    fn defaults(rules: &RuleSet) -> Outcome<Choice> {
        Choice::of(rules)
    }

    fn run(context: &Context<'_>, inputs: Inputs) -> Outcome<Scorecards> {
        designate(context, inputs.park.as_deref())
    }
}

fn designate(context: &Context<'_>, park: Option<&str>) -> Outcome<Scorecards> {
    let (city, as_of) = (context.city, context.as_of);
    if let Some(park) = park
        && city.table(LayerId::Park).row_of(park).is_none()
    {
        return Err(no_such_park(park).at("/inputs/park"));
    }
    let layers = context.rules.pack("designation")?;
    let pack = DesignationPack::read(&layers)?;
    let run = context.record::<Designate>((&pack.id, &pack.version), &layers.uses);
    let mut cards = Scorecards::of(city, &pack, as_of, None, &*(context.told)(city)?, run);
    // One park's card is a part of the whole.
    cards.result.parks.retain(|card| park.is_none_or(|park| card.park == park));
    for card in &mut cards.result.parks {
        card.life = title(city, &card.park, as_of)?;
    }
    Ok(cards)
}

/// The title that a park has or had on a day.
fn title(city: &City, park: &str, as_of: NaiveDate) -> Outcome<Option<Life>> {
    let known = record::of_park(city, park, as_of)?;
    Ok(known.and_then(|known| Some(Life { state: known.state_on(as_of), valid_through: known.valid_through?, recheck_from: known.recheck_from? })))
}

/// By park; a park without a type is not in it.
pub(in crate::service) fn park_types(city: &City) -> BTreeMap<String, String> {
    let parks = city.table(LayerId::Park);
    (0..parks.len()).filter_map(|row| Some((parks.key(row).to_owned(), parks.text(row, column::TYPE)?.to_owned()))).collect()
}
