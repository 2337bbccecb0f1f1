//! `consolidate`, `designate`: the analyses from the command line.

use super::output::{OutFile, Output, table};
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use crate::service::analyses::sites_as_geojson;
use crate::service::{Planner, Viewer};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

#[derive(Args)]
pub struct Consolidate {
    city: PathBuf,
    /// Code of a park
    #[arg(long, conflicts_with = "area")]
    park: Option<String>,
    /// GeoJSON file with a drawn area (lon/lat)
    #[arg(long)]
    area: Option<PathBuf>,
    #[arg(long)]
    min_area_ha: Option<f64>,
    #[arg(long)]
    max_area_ha: Option<f64>,
    /// Most sites
    #[arg(long)]
    sites: Option<usize>,
    /// Budget in 万元
    #[arg(long)]
    budget: Option<f64>,
    /// area=1 compactness=1 cost=0.02 owners=0.1 readiness=0.5
    #[arg(long, num_args = 1..)]
    weights: Vec<String>,
    /// Parcels that must be in a site
    #[arg(long, value_delimiter = ',')]
    pin: Vec<String>,
    /// Parcels that must not be in a site
    #[arg(long, value_delimiter = ',')]
    ban: Vec<String>,
    #[arg(long)]
    min_compactness: Option<f64>,
    /// Gap tolerance in metres
    #[arg(long)]
    tolerance: Option<f64>,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long)]
    as_of: Option<String>,
    /// Seconds after which the best plan so far is the answer
    #[arg(long)]
    time_limit: Option<f64>,
    /// json, or geojson with one feature per site of the best candidate (default: by the file's ending)
    #[arg(long)]
    format: Option<String>,
    #[command(flatten)]
    out: OutFile,
}

impl Consolidate {
    pub fn run(self, output: &Output) -> Outcome<()> {
        let mut inputs = json!({ "pin": self.pin, "ban": self.ban, "seed": self.seed, "weights": pairs(&self.weights)? });
        let given = [
            ("park", json!(self.park)),
            ("min_area_ha", json!(self.min_area_ha)),
            ("max_area_ha", json!(self.max_area_ha)),
            ("sites", json!(self.sites)),
            ("budget_wan", json!(self.budget)),
            ("min_compactness", json!(self.min_compactness)),
            ("tolerance_m", json!(self.tolerance)),
            ("as_of", json!(self.as_of)),
            ("time_limit", json!(self.time_limit)),
        ];
        for (name, value) in given {
            inputs[name] = value;
        }
        if let Some(file) = &self.area {
            inputs["area"] = read_json(file)?;
        }
        let planner = Planner::open_reading(&self.city)?;
        let answer = planner.execute(&Viewer::guest(), "consolidate", &inputs)?;
        let geojson = self.format.as_deref().unwrap_or(ending(&self.out.out)) == "geojson";
        let body = if geojson { sites_as_geojson(&answer, "best") } else { answer.clone() };
        write_json(&self.out, &body)?;
        let candidates = answer["candidates"].as_array().map_or(&[][..], Vec::as_slice);
        let rows: Vec<Vec<String>> = candidates
            .iter()
            .map(|candidate| {
                let number = |name: &str, per: f64| format!("{:.2}", candidate[name].as_f64().unwrap_or(0.0) / per);
                vec![
                    candidate["label"].as_str().unwrap_or_default().to_owned(),
                    number("objective", 1.0),
                    number("area_m2", 10_000.0),
                    number("cost_wan", 1.0),
                    candidate["owners"].to_string(),
                    candidate["sites"].as_array().map_or(0, Vec::len).to_string(),
                ]
            })
            .collect();
        report_run(output, &self.out, &answer, || {
            let head = format!(
                "{} {:.2}  {} {:.2} %",
                output.say("上界", "bound"),
                answer["bound"].as_f64().unwrap_or(0.0),
                output.say("差距", "gap"),
                answer["gap"].as_f64().unwrap_or(0.0) * 100.0
            );
            let names = [
                output.say("方案", "candidate"),
                output.say("得分", "objective"),
                output.say("公顷", "ha"),
                output.say("万元", "cost 万元"),
                output.say("权属", "owners"),
                output.say("片", "sites"),
            ];
            format!("{head}\n{}", table(&names, &rows))
        });
        Ok(())
    }
}

#[derive(Args)]
pub struct Designate {
    city: PathBuf,
    /// One park's scorecard (ranks still count all parks)
    #[arg(long)]
    park: Option<String>,
    #[arg(long)]
    as_of: Option<String>,
    /// Also write the scorecards (JSON) to a file
    #[arg(long)]
    out: Option<PathBuf>,
    /// Replace an existing file
    #[arg(long)]
    force: bool,
}

impl Designate {
    pub fn run(self, output: &Output) -> Outcome<()> {
        let planner = Planner::open_reading(&self.city)?;
        let answer = planner.execute(&Viewer::guest(), "designate", &json!({ "park": self.park, "as_of": self.as_of }))?;
        if let Some(out) = self.out {
            write_json(&OutFile { out, force: self.force }, &answer)?;
        }
        output.result(&answer, || {
            let text =
                |value: &serde_json::Value| value.as_f64().map_or_else(|| value.as_str().unwrap_or("—").to_owned(), |number| format!("{number:.1}"));
            let parks = answer["parks"].as_array().map_or(&[][..], Vec::as_slice);
            let rows: Vec<Vec<String>> = parks
                .iter()
                .map(|park| {
                    vec![
                        park["rank"].as_u64().map_or_else(|| "—".to_owned(), |rank| rank.to_string()),
                        text(&park["park"]),
                        text(&park["grade"]),
                        text(&park["total"]),
                        text(&park["total_high"]),
                    ]
                })
                .collect();
            table(
                &[
                    output.say("名次", "rank"),
                    output.say("园区", "park"),
                    output.say("等级", "grade"),
                    output.say("得分", "total"),
                    output.say("缺证全得时", "total if known"),
                ],
                &rows,
            )
        });
        Ok(())
    }
}

/// `name=number` pairs as an object.
pub(super) fn pairs(texts: &[String]) -> Outcome<serde_json::Value> {
    let mut object = serde_json::Map::new();
    for text in texts {
        let pair = text.split_once('=').and_then(|(name, value)| value.parse::<f64>().ok().map(|value| (name.to_owned(), value)));
        let (name, value) =
            pair.ok_or_else(|| Fault::bad("pair", format!("应写作 名称=数值：{text}"), format!("write name=number: {text}")).at(text.clone()))?;
        object.insert(name, json!(value));
    }
    Ok(serde_json::Value::Object(object))
}

pub(super) fn read_json(path: &std::path::Path) -> Outcome<serde_json::Value> {
    let bad = |error: &dyn std::fmt::Display| {
        Fault::bad("read", format!("读不了 {}：{error}", path.display()), format!("cannot read {}: {error}", path.display()))
    };
    serde_json::from_str(&std::fs::read_to_string(path).map_err(|error| bad(&error))?).map_err(|error| bad(&error))
}

pub(super) fn ending(path: &std::path::Path) -> &str {
    path.extension().and_then(|ending| ending.to_str()).unwrap_or_default()
}

pub(super) fn write_json(out: &OutFile, body: &serde_json::Value) -> Outcome<()> {
    out.write(|path| std::fs::write(path, format!("{body}\n")).map_err(|error| Fault::internal("write", error)))
}

/// The run record and the readable result, unless the file itself went to stdout.
pub(super) fn report_run(output: &Output, out: &OutFile, answer: &serde_json::Value, text: impl FnOnce() -> String) {
    if out.out.as_os_str() != "-" {
        output.result(&json!({ "out": out.out, "run": answer["run"] }), || {
            format!("{}\nrun {}", text(), answer["run"]["id"].as_str().unwrap_or_default())
        });
    }
}
