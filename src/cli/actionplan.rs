//! `actionplan`: sites into years, from the command line.

use super::analyses::{ending, report_run, write_json};
use super::output::{OutFile, Output, table};
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use crate::service::analyses::Control;
use crate::service::analyses::execute;
use crate::service::analyses::plan_as_geojson;
use crate::service::{Planner, Viewer};
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Args)]
pub struct ActionPlan {
    city: PathBuf,
    /// First year (default: this year)
    #[arg(long)]
    from: Option<i32>,
    /// Last year (default: the last target's)
    #[arg(long)]
    to: Option<i32>,
    /// These parks only
    #[arg(long, value_delimiter = ',')]
    parks: Vec<String>,
    /// accepted (instruments), solved (best candidate of each park) or both
    #[arg(long)]
    source: Option<String>,
    /// 万元: one number for every year, or one for each, separated by commas
    #[arg(long, value_delimiter = ',')]
    budget: Vec<f64>,
    /// ha: one number for every year, or one for each, separated by commas
    #[arg(long, value_delimiter = ',')]
    capacity_ha: Vec<f64>,
    /// Targets must be met; what cannot be is answered by the smallest relaxation
    #[arg(long)]
    hard: bool,
    /// Cumulative target YEAR=HA; repeat for more (default: the pack's)
    #[arg(long)]
    target: Vec<String>,
    /// Banked before the first year (default: the banked parcels inside the parks)
    #[arg(long)]
    banked_before_ha: Option<f64>,
    /// Precedence A>B: B only if A, in a later year; repeat for more
    #[arg(long)]
    after: Vec<String>,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long)]
    as_of: Option<String>,
    /// Seconds that the solver may take
    #[arg(long)]
    time_limit: Option<f64>,
    /// json, or geojson with one feature per site (default: by the file's ending)
    #[arg(long)]
    format: Option<String>,
    #[command(flatten)]
    out: OutFile,
}

impl ActionPlan {
    pub fn run(self, output: &Output) -> Outcome<()> {
        let mut inputs =
            json!({ "hard": self.hard, "seed": self.seed, "after": self.after.iter().map(|text| pair(text, '>')).collect::<Outcome<Vec<_>>>()? });
        let given = [
            ("from", json!(self.from)),
            ("to", json!(self.to)),
            ("parks", if self.parks.is_empty() { Value::Null } else { json!(self.parks) }),
            ("source", json!(self.source)),
            ("budget_wan", per_year(&self.budget)),
            ("capacity_ha", per_year(&self.capacity_ha)),
            ("banked_before_ha", json!(self.banked_before_ha)),
            ("as_of", json!(self.as_of)),
            ("time_limit", json!(self.time_limit)),
        ];
        for (name, value) in given.into_iter().filter(|(_, value)| !value.is_null()) {
            inputs[name] = value;
        }
        if !self.target.is_empty() {
            inputs["targets"] = self.target.iter().map(|text| target(text)).collect::<Outcome<Value>>()?;
        }
        let planner = Planner::open_reading(&self.city)?;
        let bar = output.bar(Some(100));
        let answer = execute(
            &planner.city(),
            &Viewer::local(),
            "actionplan",
            &inputs,
            Control { stop: &|| false, progress: &|share| bar.set_position((share * 100.0) as u64) },
        );
        bar.finish_and_clear();
        let answer = answer?;
        let geojson = self.format.as_deref().unwrap_or(ending(&self.out.out)) == "geojson";
        write_json(&self.out, &if geojson { plan_as_geojson(&answer) } else { answer.clone() })?;
        report_run(output, &self.out, &answer, || readable(output, &answer));
        Ok(())
    }
}

fn readable(output: &Output, answer: &Value) -> String {
    let number = |value: &Value, digits: usize| value.as_f64().map_or_else(String::new, |number| format!("{number:.digits$}"));
    let years = answer["years"].as_array().map_or(&[][..], Vec::as_slice);
    let rows: Vec<Vec<String>> = years
        .iter()
        .map(|line| {
            vec![
                line["year"].to_string(),
                line["sites"].as_array().map_or(0, Vec::len).to_string(),
                number(&line["area_ha"], 2),
                number(&line["cost_wan"], 0),
                number(&line["cumulative_ha"], 2),
                number(&line["target_ha"], 0),
                number(&line["shortfall_ha"], 2),
            ]
        })
        .collect();
    let head = format!(
        "{} {}  {} {} ha  {} {:.2}  {} {:.2}  {} {:.4} %",
        output.say("地块", "sites"),
        answer["sites"].as_array().map_or(0, Vec::len),
        output.say("此前入库", "banked before"),
        number(&answer["banked_before_ha"], 2),
        output.say("得分", "objective"),
        answer["objective"].as_f64().unwrap_or(0.0),
        output.say("上界", "bound"),
        answer["bound"].as_f64().unwrap_or(0.0),
        output.say("差距", "gap"),
        answer["gap"].as_f64().unwrap_or(0.0) * 100.0,
    );
    let names = [
        output.say("年", "year"),
        output.say("片", "sites"),
        output.say("公顷", "ha"),
        output.say("万元", "cost 万元"),
        output.say("累计公顷", "cumulative ha"),
        output.say("目标", "target"),
        output.say("缺口", "shortfall"),
    ];
    let mut text = format!("{head}\n{}", table(&names, &rows));
    let years_shown: Vec<i64> = years.iter().filter_map(|line| line["year"].as_i64()).collect();
    for line in answer["targets"].as_array().into_iter().flatten() {
        // The table holds the targets of its own years; those before and after it are said here.
        if !line["year"].as_i64().is_some_and(|year| years_shown.contains(&year)) {
            let said = [output.say("目标", "target"), output.say("缺口", "shortfall")];
            text.push_str(&format!(
                "\n{} {} {} ha  {} {} ha",
                said[0],
                line["year"],
                number(&line["ha"], 0),
                said[1],
                number(&line["shortfall_ha"], 2)
            ));
        }
    }
    for entry in answer["relaxation"].as_array().into_iter().flatten() {
        let kind = match entry["kind"].as_str() {
            Some("target") => output.say("放宽目标", "relaxed target"),
            Some("budget") => output.say("追加预算", "added budget"),
            _ => output.say("追加能力", "added capacity"),
        };
        let share = entry["relative"].as_f64().unwrap_or(0.0) * 100.0;
        text.push_str(&format!(
            "\n{kind} {} {} {} ({share:.2} %)",
            entry["year"],
            number(&entry["amount"], 2),
            entry["unit"].as_str().unwrap_or_default()
        ));
    }
    for entry in answer["excluded"].as_array().into_iter().flatten() {
        let reason = match entry["reason"].as_str() {
            Some("nothing_new") => output.say("已全部入库", "all of it is banked already"),
            Some("over_capacity") => output.say("大于任何一年的能力", "larger than the capacity of any year"),
            Some("over_budget") => output.say("超过任何一年的预算", "dearer than the budget of any year"),
            Some("precedence") => output.say("须先做的地块没有年份", "what must come first has no year"),
            _ => output.say("各年已满", "the years are full"),
        };
        text.push_str(&format!("\n{} {}: {reason}", output.say("未排入", "without a year"), entry["count"]));
    }
    text
}

fn per_year(numbers: &[f64]) -> Value {
    match numbers {
        [] => Value::Null,
        [all] => json!(all),
        each => json!(each),
    }
}

fn pair(text: &str, sign: char) -> Outcome<(String, String)> {
    text.split_once(sign)
        .map(|(a, b)| (a.trim().to_owned(), b.trim().to_owned()))
        .ok_or_else(|| Fault::bad("pair", format!("应写作 A{sign}B：{text}"), format!("write A{sign}B: {text}")).at(text.to_owned()))
}

fn target(text: &str) -> Outcome<Value> {
    let (year, ha) = pair(text, '=')?;
    match (year.parse::<i32>(), ha.parse::<f64>()) {
        (Ok(year), Ok(ha)) => Ok(json!({ "year": year, "ha": ha })),
        _ => Err(Fault::bad("target", format!("目标应写作 2035=5900：{text}"), format!("write a target as 2035=5900: {text}")).at(text.to_owned())),
    }
}
