//! Working out what a decision rests on, before the edit enters the queue.

use crate::analysis::designation::{Circumstances, FrozenCard};
use crate::city::City;
use crate::domain::edit::{Frozen, JudgedBy};
use crate::domain::fault::Outcome;
use crate::domain::run::{input_hash, sha256_hex};
use crate::domain::{Fault, RunRecord, jcs};
use crate::rules::{DesignationPack, Pack, RuleSet};
use crate::service::processes::{Scorecards, told};
use crate::service::sessions::random_token;
use chrono::NaiveDate;
use serde_json::json;

/// Whose evidence, read on which day.
#[derive(Clone, Copy)]
pub struct About<'a> {
    pub park: &'a str,
    /// The cluster that is judged; the park's first where nothing is said.
    pub lead_cluster: Option<&'a str>,
    pub as_of: NaiveDate,
}

/// The pack of an application: the named one, or the one in force. Another place's scheme gives no title here.
pub fn chosen_pack(rules: &RuleSet, named: Option<&str>) -> Outcome<Pack> {
    const KINDS: &[&str] = &["designation"];
    let pack = match named {
        None => rules.pack(KINDS[0])?,
        Some(named) => rules.choose(named, KINDS).map_err(|fault| fault.at("/pack"))?.pack(KINDS[0])?,
    };
    if pack.header.is_model() {
        let id = &pack.header.id;
        return Err(Fault::bad(
            "model_pack",
            format!("{id} 是他处范例，只供比较，不能据以授牌"),
            format!("{id} is another place's scheme, for comparison only: no title rests on it"),
        )
        .at("/pack")
        .help("不写规则包，即按现行的评分", "leave the pack out to be judged by the one in force"));
    }
    Ok(pack)
}

pub fn judged_by(pack: &Pack) -> JudgedBy {
    JudgedBy {
        id: pack.header.id.clone(),
        version: pack.header.version.clone(),
        sha256: pack.hash.clone(),
        texts: pack.texts.iter().map(ToString::to_string).collect(),
    }
}

/// The cards of all parks with this one judged by its named cluster, without ids of firms.
pub(super) fn cards(city: &City, about: &About<'_>, pack: &Pack) -> Outcome<(Scorecards, DesignationPack)> {
    let read = DesignationPack::read(pack)?;
    // By what it is judged, not by what it is called: the text counts.
    let inputs = json!({ "park": about.park, "lead_cluster": about.lead_cluster, "as_of": about.as_of.to_string(), "pack": pack.hash });
    let by = (pack.header.id.as_str(), pack.header.version.as_str());
    let run = RunRecord::new("designate", &input_hash(&inputs), city.revision, by, 0, &about.as_of.to_string()).with_packs(pack.uses.clone());
    let whole = Scorecards::of(city, &read, about.as_of, about.lead_cluster.map(|cluster| (about.park, cluster)), &*told(city)?, run);
    Ok((whole.without_ids(), read))
}

/// The frozen evidence of a decision, whole, so that it can be worked out again; each reader is shown of it what the scorecard would show him.
pub fn freeze(city: &City, about: &About<'_>, pack: &Pack) -> Outcome<Frozen> {
    let (cards, read) = cards(city, about, pack)?;
    let park_types = crate::service::processes::park_types(city);
    let salt = random_token()?;
    let circumstances =
        Circumstances { revision: city.revision, input_hash: &cards.run.input_hash, run: &cards.run.id, salt: &salt, park_types: &park_types };
    let card = FrozenCard::of(&cards.result, about.park, &circumstances)?;
    let told = |value: serde_json::Result<serde_json::Value>| value.map_err(|error| Fault::internal("json", error));
    let evidence = jcs::canonical(&told(serde_json::to_value(&card))?);
    let total = card.clone().seen(|_| false).total;
    Ok(Frozen {
        sha256: sha256_hex(evidence.as_bytes()),
        evidence,
        lead_cluster: card.lead_cluster,
        grade: card.grade,
        total,
        rank: card.rank.map(|rank| rank as i64),
        passes: card.passes,
        reasons: card.reasons,
        run: told(serde_json::to_value(&cards.run))?.to_string(),
        pack: judged_by(pack),
        term_years: read.term_years.value,
        recheck_months: read.recheck_months.value,
        revoke_after: read.revoke_after.value,
    })
}
