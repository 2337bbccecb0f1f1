//! “Would it pass today?”: three answers side by side (exact reading S11).

use super::freeze::{About, cards, chosen_pack};
use crate::analysis::designation::{FrozenCard, again};
use crate::city::City;
use crate::domain::fault::Outcome;
use crate::domain::{Designation, Fault, PackUse};
use crate::rules::{DesignationPack, Pack, RuleSet};
use crate::service::Viewer;
use crate::service::processes::ParkResult;
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::HashMap;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct TodayAnswer {
    pub code: String,
    pub park: String,
    /// The day on which today's data is read.
    pub as_of: NaiveDate,
    /// Data revision that was read.
    pub revision: i64,
    /// Frozen data by the frozen pack, which must reproduce the decision; null before there is one.
    #[schema(required)]
    pub frozen: Option<Judged>,
    /// Today's data by the frozen pack.
    pub today_by_frozen: Judged,
    /// Today's data by the pack in force today: the answer to the question.
    pub today: Judged,
}

/// One of the three.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JudgedDesignation)]
pub struct Judged {
    pub as_of: NaiveDate,
    pub pack: PackUse,
    pub passes: bool,
    /// Null where it would tell what is withheld outside the park.
    #[schema(required)]
    pub total: Option<f64>,
    #[schema(required)]
    pub total_high: Option<f64>,
    pub grade: String,
    #[schema(required)]
    pub rank: Option<usize>,
    pub missing: usize,
    pub reasons: Vec<String>,
    /// Of frozen data: whether scores, total, grade and rank are those of the decision.
    #[schema(required)]
    pub reproduces: Option<bool>,
    /// Indicators that stand otherwise than at the decision.
    pub changed: Vec<Changed>,
}

/// An indicator then and now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChangedIndicator)]
pub struct Changed {
    pub id: String,
    pub zh: String,
    pub en: String,
    pub unit: String,
    #[schema(required)]
    pub was: Option<f64>,
    #[schema(required)]
    pub now: Option<f64>,
    #[schema(required)]
    pub threshold_was: Option<f64>,
    #[schema(required)]
    pub threshold_now: Option<f64>,
    #[schema(required)]
    pub verdict_was: Option<String>,
    #[schema(required)]
    pub verdict_now: Option<String>,
}

/// The three answers on a day.
pub fn today_answers(city: &City, known: &Designation, as_of: NaiveDate, rules: &RuleSet, viewer: &Viewer) -> Outcome<TodayAnswer> {
    let is_inside = viewer.is_inside(&known.park);
    let about = About { park: &known.park, lead_cluster: known.lead_cluster.as_deref(), as_of };
    let frozen_pack = kept_pack(known)?;
    let card = known.evidence.as_deref().map(|text| read_card(known, text)).transpose()?;
    let frozen = card.as_ref().map(|card| Ok::<_, Fault>(reproduced(card, &DesignationPack::read(&frozen_pack)?, is_inside))).transpose()?;
    Ok(TodayAnswer {
        code: known.code.clone(),
        park: known.park.clone(),
        as_of,
        revision: city.revision,
        frozen,
        today_by_frozen: judged(city, &about, &frozen_pack, card.as_ref(), is_inside)?,
        today: judged(city, &about, &chosen_pack(rules, None)?, card.as_ref(), is_inside)?,
    })
}

/// The pack as its text was kept with the record, whatever the program ships by now.
pub fn kept_pack(known: &Designation) -> Outcome<Pack> {
    let code = &known.code;
    let damaged = |detail: String| Fault::internal("kept_pack", format!("{code}: {detail}")).at(code.clone());
    let text = known.pack_text.as_deref().ok_or_else(|| damaged("no rule pack was kept with it".to_owned()))?;
    let texts: Vec<String> = serde_json::from_str(text).map_err(|error| damaged(error.to_string()))?;
    let pack = Pack::of_layers(texts.iter().map(String::as_str))?;
    if pack.hash == known.pack_sha256 {
        Ok(pack)
    } else {
        Err(damaged(format!("the kept text has the hash {}, not {}", pack.hash, known.pack_sha256)))
    }
}

fn read_card(known: &Designation, text: &str) -> Outcome<FrozenCard> {
    serde_json::from_str(text).map_err(|error| Fault::internal("evidence", format!("{}: {error}", known.code)).at(known.code.clone()))
}

fn reproduced(card: &FrozenCard, pack: &DesignationPack, is_inside: bool) -> Judged {
    let again = again(card, pack);
    let is_told = is_inside || !card.withholds_total();
    Judged {
        as_of: card.as_of,
        pack: PackUse { id: pack.id.clone(), version: pack.version.clone(), hash: pack.hash.clone() },
        passes: again.passes,
        total: is_told.then_some(again.total),
        total_high: is_told.then_some(again.total_high),
        grade: again.grade.as_str().to_owned(),
        rank: again.rank,
        missing: card.missing,
        reasons: card.reasons.clone(),
        reproduces: Some(again.reproduces(card)),
        changed: Vec::new(),
    }
}

fn judged(city: &City, about: &About<'_>, pack: &Pack, then: Option<&FrozenCard>, is_inside: bool) -> Outcome<Judged> {
    let (cards, read) = cards(city, about, pack)?;
    let park = about.park;
    let none = || Fault::internal("card", format!("{park} has no card"));
    let card = cards.result.parks.into_iter().find(|card| card.park == park).ok_or_else(none)?;
    let is_told = is_inside || !card.withholds_total();
    Ok(Judged {
        as_of: about.as_of,
        pack: PackUse { id: read.id, version: read.version, hash: read.hash },
        passes: card.passes,
        total: card.total.filter(|_| is_told),
        total_high: card.total_high.filter(|_| is_told),
        grade: card.grade.as_str().to_owned(),
        rank: card.rank,
        missing: card.missing,
        reproduces: None,
        changed: then.map(|then| changed(then, &card, is_inside)).unwrap_or_default(),
        reasons: card.reasons,
    })
}

/// What a person would want to know of the way from then to now; an indicator that only one of the two has counts as unknown in the other.
fn changed(then: &FrozenCard, now: &ParkResult, is_inside: bool) -> Vec<Changed> {
    let mut then: HashMap<&str, _> = then.indicators.iter().map(|one| (one.id.as_str(), one)).collect();
    let verdict = |judgement| serde_json::to_value(judgement).ok().as_ref().and_then(Json::as_str).map(str::to_owned);
    let mut all: Vec<Changed> = now
        .indicators
        .iter()
        .map(|one| {
            let was = then.remove(one.id.as_str());
            Changed {
                id: one.id.clone(),
                zh: one.zh.clone(),
                en: one.en.clone(),
                unit: one.unit.to_owned(),
                was: was.filter(|was| is_inside || !was.withheld).and_then(|was| was.value),
                now: one.value.filter(|_| is_inside || !one.withheld),
                threshold_was: was.and_then(|was| was.threshold),
                threshold_now: one.threshold,
                verdict_was: was.and_then(|was| was.verdict.clone()),
                verdict_now: verdict(one.verdict),
            }
        })
        .collect();
    all.retain(|one| (one.was, one.threshold_was, &one.verdict_was) != (one.now, one.threshold_now, &one.verdict_now));
    all
}
