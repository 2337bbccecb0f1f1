//! The processes, and the border behind which they are typed: JSON comes in, JSON goes out.

use super::described::Described;
use super::erased::Erased;
use super::process::{Context, Pace, Process, Words};
use super::seen::AnyAnswer;
use super::told::told;
use super::{ActionPlan, Allocate, Consolidate, Designate, Match, Progress, Tenants, Upstairs, VirtualParks};
use crate::analysis::Control;
use crate::city::City;
use crate::domain::days::no_day;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, stated_day};
use crate::rules::RuleSet;
use crate::service::today;
use chrono::NaiveDate;
use std::any::TypeId;
use std::sync::Arc;

/// In the order in which they are listed.
pub static PROCESSES: &[&dyn AnyProcess] = &[&Consolidate, &ActionPlan, &Progress, &Upstairs, &Designate, &Allocate, &VirtualParks, &Match, &Tenants];

/// Of what city, by which rules, on how many threads. Who asks does not matter: answers are whole until they are read.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    pub city: &'a City,
    pub control: Control<'a>,
    pub rules: &'a RuleSet,
    /// Threads of this run alone; the caller's when `None`.
    pub threads: Option<usize>,
}

impl<'a> Ask<'a> {
    /// By the rules in force, on the caller's threads, to the end without a word.
    pub fn plain(city: &'a City) -> Ask<'a> {
        Ask { city, control: Control::none(), rules: RuleSet::shipped(), threads: None }
    }
}

/// A process whose types are not known: what lists, routes and jobs deal with.
pub trait AnyProcess: Sync {
    fn id(&self) -> &'static str;
    fn words(&self) -> Words;
    /// What goes in and what comes out, as the API's document says it.
    fn inputs(&self) -> Described;
    fn answer(&self) -> Described;
    /// `None` where a form has nothing to start from.
    fn described_defaults(&self) -> Option<Described>;
    fn example(&self) -> Outcome<Erased>;
    /// `None` where a form has nothing to start from.
    fn defaults(&self) -> Outcome<Option<Erased>>;
    /// Whether a run would take these inputs, as far as can be told without the city.
    fn check(&self, raw: &Erased) -> Outcome<()>;
    /// What cannot be read is slow: the run will say what is wrong with it.
    fn pace(&self, raw: &Erased) -> Pace;
    fn execute(&self, ask: &Ask<'_>, raw: &Erased) -> Outcome<Arc<dyn AnyAnswer>>;
}

impl<P: Process> AnyProcess for P {
    fn id(&self) -> &'static str {
        P::ID
    }

    fn words(&self) -> Words {
        <P as Process>::words()
    }

    fn inputs(&self) -> Described {
        Described::of::<P::Inputs>()
    }

    fn answer(&self) -> Described {
        Described::of::<P::Answer>()
    }

    fn described_defaults(&self) -> Option<Described> {
        let is_nothing = TypeId::of::<P::Defaults>() == TypeId::of::<()>();
        (!is_nothing).then(Described::of::<P::Defaults>)
    }

    fn example(&self) -> Outcome<Erased> {
        Erased::parse(P::EXAMPLE)
    }

    fn defaults(&self) -> Outcome<Option<Erased>> {
        let defaults = Erased::of(&<P as Process>::defaults(RuleSet::shipped())?)?;
        Ok((!defaults.is_null()).then_some(defaults))
    }

    fn check(&self, raw: &Erased) -> Outcome<()> {
        readable::<P>(raw).map(|_| ())
    }

    fn pace(&self, raw: &Erased) -> Pace {
        raw.inputs::<P::Inputs>().map_or(Pace::Slow, |inputs| <P as Process>::pace(&inputs))
    }

    fn execute(&self, ask: &Ask<'_>, raw: &Erased) -> Outcome<Arc<dyn AnyAnswer>> {
        Ok(Arc::new(run::<P>(ask, raw)?))
    }
}

/// The process of an id.
pub fn find(id: &str) -> Outcome<&'static dyn AnyProcess> {
    let found = PROCESSES.iter().find(|process| process.id() == id);
    found.copied().ok_or_else(|| Fault::not_found("no_such_process", format!("没有分析 {id}"), format!("there is no process {id}")).at(id))
}

/// The inputs with the day on which they stand, where they fit their types and ranges.
fn readable<P: Process>(raw: &Erased) -> Outcome<(P::Inputs, NaiveDate)> {
    raw.within(P::ID, Described::of::<P::Inputs>)?;
    let inputs: P::Inputs = raw.inputs()?;
    let as_of = day(P::common(&inputs).as_of)?;
    Ok((inputs, as_of))
}

/// Executes a process whose types are known.
pub fn run<P: Process>(ask: &Ask<'_>, raw: &Erased) -> Outcome<P::Answer> {
    let (inputs, as_of) = readable::<P>(raw)?;
    let common = P::common(&inputs);
    let chosen = common.pack.map(|named| ask.rules.choose(named, P::PACKS)).transpose().map_err(|fault| fault.at("/inputs/pack"))?;
    let rules = chosen.as_ref().unwrap_or(ask.rules);
    rules.must_serve(P::PACKS)?;
    let seed = P::SEED.map_or(0, |usual| common.seed.unwrap_or(usual));
    let context = Context { city: ask.city, control: ask.control, rules, as_of, seed, told, input_hash: &raw.hash() };
    match ask.threads {
        None => P::run(&context, inputs),
        Some(threads) => pool(threads)?.install(|| P::run(&context, inputs)),
    }
}

/// Threads for one run.
fn pool(threads: usize) -> Outcome<rayon::ThreadPool> {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| Fault::internal("threads", error))
}

/// A date input, today if absent.
fn day(as_of: Option<&str>) -> Outcome<NaiveDate> {
    let text = as_of.map_or_else(today, str::to_owned);
    stated_day(&text).ok_or_else(|| no_day("as_of", &text).at("/inputs/as_of"))
}
