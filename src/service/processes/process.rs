//! What an analysis is to the rest of the house: typed inputs, typed answer, and what people must know of it.

use super::seen::Seen;
use crate::analysis::Control;
use crate::analysis::disclosure::Told;
use crate::city::City;
use crate::domain::fault::Outcome;
use crate::domain::{PackUse, RunRecord};
use crate::rules::RuleSet;
use chrono::NaiveDate;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use utoipa::ToSchema;

/// One analysis. To add one: a folder in `analysis`, a file here, its names in `mod.rs`, a line in [`super::registry::PROCESSES`].
pub trait Process: Sync + 'static {
    const ID: &'static str;
    /// Kinds of rule packs that the run reads: what may be chosen for it.
    const PACKS: &'static [&'static str];
    /// The seed that stands when none is given; `None` for a run without dice.
    const SEED: Option<u64> = None;
    /// Inputs that answer on the sample city, as JSON.
    const EXAMPLE: &'static str;

    /// Their schemas, like those of the answer, are parts of the API's document: the name of each type there is its own.
    type Inputs: DeserializeOwned + Default + ToSchema + Send;
    type Answer: Serialize + ToSchema + Seen + Send + Sync + 'static;
    /// What a form starts from; `()` where there is nothing to start from.
    type Defaults: Serialize + ToSchema + 'static;

    fn words() -> Words;

    /// Whether a person waits at the screen for this answer (a slider) or comes back for it.
    fn pace(_inputs: &Self::Inputs) -> Pace {
        Pace::Slow
    }

    /// The inputs that every analysis reads the same way.
    fn common(inputs: &Self::Inputs) -> Common<'_>;

    /// The figures that the run takes when its inputs leave them out.
    fn defaults(rules: &RuleSet) -> Outcome<Self::Defaults>;

    /// Executes on one city; the same inputs on the same revision give the same answer, byte for byte, whatever the number of threads.
    fn run(context: &Context<'_>, inputs: Self::Inputs) -> Outcome<Self::Answer>;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    pub zh: &'static str,
    pub en: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Milliseconds: done at once, so that it does not wait behind a long run.
    Quick,
    /// Seconds and more: goes to the analyses' own threads.
    Slow,
}

/// As given; `None` where nothing was said.
#[derive(Clone, Copy, Debug, Default)]
pub struct Common<'a> {
    /// `YYYY-MM-DD`.
    pub as_of: Option<&'a str>,
    pub seed: Option<u64>,
    /// `ID` or `ID@version` of a shipped rule pack.
    pub pack: Option<&'a str>,
}

/// All that a run may look at besides its inputs: no clock, no store.
pub struct Context<'a> {
    pub city: &'a City,
    pub control: Control<'a>,
    pub rules: &'a RuleSet,
    /// The day on which time-dependent figures stand.
    pub as_of: NaiveDate,
    pub seed: u64,
    /// Chooses what of tenants' data may be told outside their parks.
    pub told: fn(&City) -> Outcome<Arc<Told>>,
    /// Of the inputs as they were given.
    pub(super) input_hash: &'a str,
}

impl Context<'_> {
    /// The record of this run. It names the revision that was read, and by content the packs where a person chose them.
    pub fn record<P: Process>(&self, pack: (&str, &str), uses: &[PackUse]) -> RunRecord {
        let run = RunRecord::new(P::ID, self.input_hash, self.city.revision, pack, self.seed, &self.as_of.to_string());
        if self.rules.is_chosen() { run.with_packs(uses.to_vec()) } else { run }
    }
}
