//! `actionplan`: sites into years, from the command line.

use super::common::{Common, Format, Search, finite, report_run, write_json};
use super::output::{OutFile, Output, table};
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use crate::service::Planner;
use crate::service::processes::{self, PlannedYears, Unplanned};
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct ActionPlan {
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
    #[arg(long, value_delimiter = ',', value_parser = finite)]
    budget: Vec<f64>,
    /// ha: one number for every year, or one for each, separated by commas
    #[arg(long, value_delimiter = ',', value_parser = finite)]
    capacity_ha: Vec<f64>,
    /// Targets must be met; what cannot be is answered by the smallest relaxation
    #[arg(long)]
    hard: bool,
    /// Cumulative target YEAR=HA; repeat for more (default: the pack's)
    #[arg(long)]
    target: Vec<String>,
    /// Banked before the first year (default: the banked parcels inside the parks)
    #[arg(long, value_parser = finite)]
    banked_before_ha: Option<f64>,
    /// Precedence A>B: B only if A, in a later year; repeat for more
    #[arg(long)]
    after: Vec<String>,
    #[command(flatten)]
    search: Search,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    format: Format,
    #[command(flatten)]
    out: OutFile,
}

impl ActionPlan {
    pub(super) fn run(self, output: &Output) -> Outcome<()> {
        let geojson = self.format.is_geojson(&self.out.out)?;
        let after = self.after.iter().map(|text| pair(text, '>')).collect::<Outcome<Vec<_>>>()?;
        let mut inputs = json!({ "hard": self.hard, "seed": self.search.seed, "after": after });
        let given = [
            ("from", json!(self.from)),
            ("to", json!(self.to)),
            ("parks", if self.parks.is_empty() { Value::Null } else { json!(self.parks) }),
            ("source", json!(self.source)),
            ("budget_wan", per_year(&self.budget)),
            ("capacity_ha", per_year(&self.capacity_ha)),
            ("banked_before_ha", json!(self.banked_before_ha)),
            ("time_limit", json!(self.search.time_limit)),
        ];
        for (name, value) in given.into_iter().filter(|(_, value)| !value.is_null()) {
            inputs[name] = value;
        }
        if !self.target.is_empty() {
            inputs["targets"] = self.target.iter().map(|text| target(text)).collect::<Outcome<Value>>()?;
        }
        let planner = Planner::open_reading(&self.city)?;
        let answer = self.common.execute::<processes::ActionPlan>(output, &planner, inputs)?;
        if geojson {
            write_json(&self.out, &answer.features())?;
        } else {
            write_json(&self.out, &answer)?;
        }
        report_run(output, &self.out, &answer.run, || readable(output, &answer));
        Ok(())
    }
}

fn readable(output: &Output, answer: &PlannedYears) -> String {
    let or_empty = |value: Option<f64>, digits: usize| value.map_or_else(String::new, |number| format!("{number:.digits$}"));
    let rows: Vec<Vec<String>> = answer
        .years
        .iter()
        .map(|line| {
            vec![
                line.year.to_string(),
                line.sites.len().to_string(),
                format!("{:.2}", line.area_ha),
                format!("{:.0}", line.cost_wan),
                format!("{:.2}", line.cumulative_ha),
                or_empty(line.target_ha, 0),
                or_empty(line.shortfall_ha, 2),
            ]
        })
        .collect();
    let head = format!(
        "{} {}  {} {:.2} ha  {} {:.2}  {} {:.2}  {} {:.4} %",
        output.say("地块", "sites"),
        answer.sites.len(),
        output.say("此前入库", "banked before"),
        answer.banked_before_ha,
        output.say("得分", "objective"),
        answer.objective,
        output.say("上界", "bound"),
        answer.bound,
        output.say("差距", "gap"),
        answer.gap * 100.0,
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
    // The table holds the targets of its own years; those before and after it are said here.
    for line in answer.targets.iter().filter(|line| answer.years.iter().all(|year| year.year != line.year)) {
        let said = [output.say("目标", "target"), output.say("缺口", "shortfall")];
        text.push_str(&format!("\n{} {} {:.0} ha  {} {:.2} ha", said[0], line.year, line.ha, said[1], line.shortfall_ha));
    }
    for entry in &answer.relaxation {
        let kind = match entry.kind {
            "target" => output.say("放宽目标", "relaxed target"),
            "budget" => output.say("追加预算", "added budget"),
            _ => output.say("追加能力", "added capacity"),
        };
        text.push_str(&format!("\n{kind} {} {:.2} {} ({:.2} %)", entry.year, entry.amount, entry.unit, entry.relative * 100.0));
    }
    for entry in &answer.excluded {
        let reason = match entry.reason {
            Unplanned::NothingNew => output.say("已全部入库", "all of it is banked already"),
            Unplanned::OverCapacity => output.say("大于任何一年的能力", "larger than the capacity of any year"),
            Unplanned::OverBudget => output.say("超过任何一年的预算", "dearer than the budget of any year"),
            Unplanned::Precedence => output.say("须先做的地块没有年份", "what must come first has no year"),
            Unplanned::NoRoom => output.say("各年已满", "the years are full"),
        };
        text.push_str(&format!("\n{} {}: {reason}", output.say("未排入", "without a year"), entry.count));
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
    match (year.parse::<i32>(), finite(ha.as_str())) {
        (Ok(year), Ok(ha)) => Ok(json!({ "year": year, "ha": ha })),
        _ => Err(Fault::bad("target", format!("目标应写作 2035=5900：{text}"), format!("write a target as 2035=5900: {text}")).at(text.to_owned())),
    }
}
