//! `regions`: max-p regions of any polygon file.

use super::common::{Format, Search, Threads, finite, not_negative, write_json};
use super::measure::{only_csv, write_lines};
use super::output::{OutFile, Output};
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use crate::formats::{Limits, ReadOptions, read};
use crate::service::processes::{NeighbourPair, RegionsAnswer, RegionsQuestion, regions_of};
use clap::{Args, ValueEnum};
use serde_json::json;
use std::path::PathBuf;
use std::time::{Duration, Instant};

#[derive(Clone, Copy, ValueEnum)]
enum Contiguity {
    /// Common edges connect
    Rook,
    /// Common corners connect as well
    Queen,
}

#[derive(Args)]
pub(super) struct Regions {
    /// Polygon file (GeoPackage, GeoJSON, Shapefile, FlatGeobuf, …)
    file: PathBuf,
    #[arg(long)]
    source_layer: Option<String>,
    /// Field whose sum each region must reach
    #[arg(long)]
    sum: String,
    /// Least sum of a region
    #[arg(long, value_parser = finite)]
    at_least: f64,
    /// Fields that make units alike (numbers, taken as they are)
    #[arg(long, required = true, num_args = 1.., value_delimiter = ',')]
    by: Vec<String>,
    #[arg(long, value_enum, default_value = "rook")]
    contiguity: Contiguity,
    /// Bring each field to mean 0 and standard deviation 1 first
    #[arg(long)]
    standardise: bool,
    /// Widest gap between neighbours, in the file's units (m for degrees; default: 0.1 % of a typical unit's width)
    #[arg(long, value_parser = not_negative)]
    tolerance: Option<f64>,
    /// Least common edge, in the file's units (m for degrees; default: 0.1 % of a typical unit's width)
    #[arg(long, value_parser = not_negative)]
    min_length: Option<f64>,
    #[command(flatten)]
    search: Search,
    #[command(flatten)]
    threads: Threads,
    /// 1 for the quick answer; 10 for ten times the work and regions that are more alike
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    effort: u16,
    #[command(flatten)]
    format: Format,
    /// File to write; `-` is stdout
    #[arg(long)]
    out: Option<PathBuf>,
    /// File for the pairs of neighbours the regions rest on, as CSV: row numbers, common length in the plane's units, class
    #[arg(long)]
    neighbours: Option<PathBuf>,
    /// Replace existing files
    #[arg(long)]
    force: bool,
}

/// Longest time of a run: a day.
const LONGEST_S: f64 = 86_400.0;

/// When a run of so many seconds is over.
fn time(seconds: f64) -> Outcome<Instant> {
    if !(0.1..=LONGEST_S).contains(&seconds) {
        let (zh, en) = (format!("time_limit = {seconds} 超出范围"), format!("time_limit = {seconds} is out of range"));
        return Err(Fault::bad("out_of_range", zh, en)
            .at("time_limit")
            .help(format!("应为 0.1 到 {LONGEST_S} 秒"), format!("it lies between 0.1 and {LONGEST_S} seconds")));
    }
    Ok(Instant::now() + Duration::from_secs_f64(seconds))
}

impl Regions {
    pub(super) fn run(self, output: &Output) -> Outcome<()> {
        self.threads.apply()?;
        let as_features = self.out.as_deref().map_or(Ok(false), |out| self.format.is_geojson(out))?;
        if let Some(neighbours) = &self.neighbours {
            only_csv(neighbours)?;
        }
        let limits = Limits::default();
        let options = ReadOptions {
            our_layer: "",
            source_layer: self.source_layer.as_deref(),
            encoding: None,
            wanted: &|_| false,
            wants_geometry: true,
            limits: &limits,
        };
        let table = read(&self.file, &options, &|_, _| true)?;
        let question = RegionsQuestion {
            sum: self.sum,
            at_least: self.at_least,
            by: self.by,
            queen: matches!(self.contiguity, Contiguity::Queen),
            standardise: self.standardise,
            tolerance: self.tolerance,
            min_length: self.min_length,
            seed: self.search.seed,
            effort: usize::from(self.effort),
        };
        let deadline = self.search.time_limit.map(time).transpose()?;
        let answer = regions_of(&table, &question, &|| deadline.is_some_and(|end| Instant::now() >= end))?;
        if let Some(out) = self.neighbours {
            write_neighbours(&OutFile { out, force: self.force }, &answer)?;
        }
        let mut to_stdout = false;
        if let Some(out) = self.out {
            to_stdout = out.as_os_str() == "-";
            let out = OutFile { out, force: self.force };
            if as_features { write_json(&out, &answer.features())? } else { write_json(&out, &answer.body)? }
        }
        if !to_stdout {
            let mut value = json!(answer.body);
            value["seconds"] = json!(answer.seconds);
            output.result(&value, || readable(output, &answer));
        }
        Ok(())
    }
}

fn write_neighbours(out: &OutFile, answer: &RegionsAnswer) -> Outcome<()> {
    let line = |pair: &NeighbourPair| format!("{},{},{},{}", pair.a, pair.b, pair.length, json!(pair.class).as_str().unwrap_or_default());
    out.write(|path| write_lines(path, "a,b,length,class", answer.neighbours.iter().map(line)))
}

fn readable(output: &Output, answer: &RegionsAnswer) -> String {
    let body = &answer.body;
    let mut text = format!(
        "p {} ({} {})  H {:.6}  {} {}  {:.3} s\n{} {}  {} {:.6}  {} {:.6}  {} {:.6}",
        body.p,
        output.say("上界", "bound"),
        body.p_bound,
        body.heterogeneity,
        output.say("单元", "units"),
        body.units,
        answer.seconds,
        output.say("平面", "plane"),
        body.plane,
        output.say("典型宽度", "typical width"),
        body.typical_width,
        output.say("容差", "tolerance"),
        body.tolerance,
        output.say("最短公共边", "least edge"),
        body.min_length,
    );
    let mut tell = |name: &str, reason: &str, rows: &[u64]| {
        let first: Vec<String> = rows.iter().take(10).map(ToString::to_string).collect();
        let more = if rows.len() > first.len() { " …" } else { "" };
        text.push_str(&format!("\n{name}: {reason} ({}) {}{more}", rows.len(), first.join(" ")));
    };
    for component in &body.unsolved {
        tell(output.say("达不到下限的连片", "component below the threshold"), component.reason, &component.rows);
    }
    for left in &body.excluded {
        tell(output.say("未计入的行", "rows left out"), left.reason, &left.rows);
    }
    text
}
