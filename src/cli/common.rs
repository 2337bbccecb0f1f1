//! Options that several commands share, and what they do with answers.

use super::output::{OutFile, Output};
use super::shape_set::ending;
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use crate::rules::{Pack, RuleSet};
use crate::service::Planner;
use crate::service::processes::{Ask, Control, Erased, Process, run};
use clap::Args;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// Of every process over a city.
#[derive(Args)]
pub(super) struct Common {
    /// Date on which time-dependent figures stand, YYYY-MM-DD (default: today)
    #[arg(long)]
    as_of: Option<String>,
    /// Rule pack in place of the one in force: ID, ID@version or a TOML file
    #[arg(long)]
    pack: Option<String>,
    #[command(flatten)]
    threads: Threads,
}

#[derive(Args)]
pub(super) struct Threads {
    /// Threads to compute on (default: one a core); the answer does not depend on it
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

/// Of a search with dice and a clock.
#[derive(Args)]
pub(super) struct Search {
    /// Seed of the search's dice
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Seconds after which the best answer so far is the answer
    #[arg(long, value_parser = finite)]
    pub time_limit: Option<f64>,
}

/// `--format`, for answers with shapes.
#[derive(Args)]
pub(super) struct Format {
    /// json or geojson (default: by the file's ending)
    #[arg(long)]
    format: Option<String>,
}

impl Threads {
    /// Has this program compute on as many threads as were asked for; to be called before anything is computed.
    pub(super) fn apply(&self) -> Outcome<()> {
        let Some(threads) = self.threads else { return Ok(()) };
        rayon::ThreadPoolBuilder::new().num_threads(usize::from(threads)).build_global().map_err(|error| Fault::internal("threads", error))
    }
}

impl Common {
    /// Executes a process on a city file, with a bar. `inputs` are completed by the options that all processes share.
    pub(super) fn execute<P: Process>(&self, output: &Output, planner: &Planner, inputs: Value) -> Outcome<P::Answer> {
        let mut inputs = inputs;
        inputs["as_of"] = json!(self.as_of);
        let own = self.pack.as_deref().map(|pack| rules_with(pack, P::PACKS)).transpose()?;
        let rules = own.as_ref().unwrap_or(RuleSet::shipped());
        let bar = output.bar(Some(100));
        let control = Control { stop: &|| false, progress: &|share| bar.set_position((share * 100.0) as u64) };
        let ask = Ask { city: &planner.city(), control, rules, threads: self.threads.threads.map(usize::from) };
        let answer = Erased::of(&inputs).and_then(|inputs| run::<P>(&ask, &inputs));
        bar.finish_and_clear();
        answer
    }
}

/// A pack that a person brought as a file, or the name of a shipped one.
pub(super) fn own_pack(pack: Option<&str>, kinds: &'static [&'static str]) -> Outcome<(Option<Pack>, Option<String>)> {
    let Some(named) = pack else { return Ok((None, None)) };
    if !Path::new(named).is_file() && !named.ends_with(".toml") {
        return Ok((None, Some(named.to_owned())));
    }
    let rules = rules_with(named, kinds)?;
    rules.must_serve(kinds)?;
    Ok((kinds.first().map(|kind| rules.pack(kind)).transpose()?, None))
}

/// A file where there is one or the word looks like one; else a shipped pack's name.
fn rules_with(pack: &str, kinds: &[&str]) -> Outcome<RuleSet> {
    let path = Path::new(pack);
    if !path.is_file() && !pack.ends_with(".toml") {
        return RuleSet::shipped().choose(pack, kinds);
    }
    RuleSet::shipped().with_text(&read_text(path)?).map_err(|fault| {
        let place = fault.place.as_ref().map_or_else(|| pack.to_owned(), |place| format!("{pack}: {place}"));
        fault.at(place)
    })
}

impl Format {
    /// Whether GeoJSON is wanted of a file.
    pub(super) fn is_geojson(&self, out: &Path) -> Outcome<bool> {
        match self.format.as_deref() {
            Some("geojson") => Ok(true),
            Some("json") => Ok(false),
            None => match ending(out).as_str() {
                "geojson" => Ok(true),
                "json" | "" => Ok(false),
                other => Err(not_written(other, "json、geojson", "json, geojson")),
            },
            Some(other) => {
                Err(Fault::bad("format", format!("没有格式 {other}"), format!("there is no format {other}"))
                    .help("json 或 geojson", "json or geojson"))
            }
        }
    }
}

/// The refusal of a file whose ending promises what is not written.
pub(super) fn not_written(ending: &str, known_zh: &str, known_en: &str) -> Fault {
    Fault::bad("format", format!("不写 .{ending} 文件"), format!("no .{ending} is written here"))
        .help(format!("可用：{known_zh}；或用 --out - 输出到标准输出"), format!("known: {known_en}; --out - goes to stdout"))
}

/// A number that JSON can say: an infinite one would be none at all, and the pack's would stand in its place.
pub(super) fn finite(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        Ok(_) => Err("the number is not finite".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// A length or an amount: a number of at least zero.
pub(super) fn not_negative(text: &str) -> Result<f64, String> {
    finite(text).and_then(|number| if number < 0.0 { Err("the number is below zero".to_owned()) } else { Ok(number) })
}

/// `name=number` pairs as an object.
pub(super) fn pairs(texts: &[String]) -> Outcome<Value> {
    let mut object = Map::new();
    for text in texts {
        let pair = text.split_once('=').and_then(|(name, value)| finite(value).ok().map(|value| (name.to_owned(), value)));
        let (name, value) =
            pair.ok_or_else(|| Fault::bad("pair", format!("应写作 名称=数值：{text}"), format!("write name=number: {text}")).at(text.clone()))?;
        if object.insert(name.clone(), json!(value)).is_some() {
            let (zh, en) = (format!("{name} 给了不止一次"), format!("{name} is given more than once"));
            return Err(Fault::bad("pair_twice", zh, en).at(text.clone()).help("每项只给一次", "give each once"));
        }
    }
    Ok(Value::Object(object))
}

fn read_text(path: &Path) -> Outcome<String> {
    std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))
}

pub(super) fn read_json(path: &Path) -> Outcome<Value> {
    serde_json::from_str(&read_text(path)?).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &dyn std::fmt::Display) -> Fault {
    Fault::bad("read", format!("读不了 {}：{error}", path.display()), format!("cannot read {}: {error}", path.display()))
}

/// Writes JSON with its members in the order of their names.
pub(super) fn write_json(out: &OutFile, body: &impl Serialize) -> Outcome<()> {
    let body = serde_json::to_value(body).map_err(|error| Fault::internal("json", error))?;
    out.write_bytes(format!("{body}\n").as_bytes())
}

/// `--out` where a command may also go without a file.
#[derive(Args)]
pub(super) struct MaybeOut {
    /// Also write the answer (JSON) to a file
    #[arg(long)]
    out: Option<PathBuf>,
    /// Replace an existing file
    #[arg(long)]
    force: bool,
}

impl MaybeOut {
    pub(super) fn write(self, body: &impl Serialize) -> Outcome<()> {
        self.out.map_or(Ok(()), |out| write_json(&OutFile { out, force: self.force }, body))
    }
}

/// The run record and the readable result, unless the file itself went to stdout.
pub(super) fn report_run(output: &Output, out: &OutFile, run: &crate::domain::RunRecord, text: impl FnOnce() -> String) {
    if out.out.as_os_str() != "-" {
        output.result(&json!({ "out": out.out, "run": run }), || format!("{}\nrun {}", text(), run.id));
    }
}
