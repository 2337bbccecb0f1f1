//! `progress`: the lights of a saved action plan.

use super::analyses::write_json;
use super::output::{OutFile, Output, table};
use crate::domain::fault::Outcome;
use crate::service::{Planner, Viewer};
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Args)]
pub struct Progress {
    city: PathBuf,
    /// Id of a saved action plan (default: the newest)
    #[arg(long)]
    plan: Option<String>,
    #[arg(long)]
    as_of: Option<String>,
    /// Also write the lights (JSON) to a file
    #[arg(long)]
    out: Option<PathBuf>,
    /// Replace an existing file
    #[arg(long)]
    force: bool,
}

impl Progress {
    pub fn run(self, output: &Output) -> Outcome<()> {
        let planner = Planner::open_reading(&self.city)?;
        let answer = planner.execute(&Viewer::guest(), "progress", &json!({ "plan": self.plan, "as_of": self.as_of }))?;
        if let Some(out) = self.out {
            write_json(&OutFile { out, force: self.force }, &answer)?;
        }
        output.result(&answer, || readable(output, &answer));
        Ok(())
    }
}

fn readable(output: &Output, answer: &Value) -> String {
    let number = |value: &Value| value.as_f64().map_or_else(|| "—".to_owned(), |number| format!("{number:.1}"));
    let light = |value: &Value| match value.as_str() {
        Some("green") => output.say("绿", "green"),
        Some("yellow") => output.say("黄", "yellow"),
        Some("red") => output.say("红", "red"),
        Some(_) => output.say("缺报", "unknown"),
        None => output.say("未开始", "waiting"),
    };
    let tasks = answer["tasks"].as_array().map_or(&[][..], Vec::as_slice);
    let rows: Vec<Vec<String>> = tasks
        .iter()
        .map(|task| {
            let last = task["periods"].as_array().and_then(|periods| periods.last()).cloned().unwrap_or(Value::Null);
            vec![
                task["id"].as_str().unwrap_or_default().to_owned(),
                number(&task["target_ha"]),
                number(&task["done_ha"]),
                number(&last["planned"]),
                number(&last["actual"]),
                light(&task["shown"]).to_owned(),
            ]
        })
        .collect();
    let counts = &answer["counts"];
    let head = format!(
        "{} {}  {} {}  {} {}  {} {}  {} {}",
        light(&json!("green")),
        counts["green"],
        light(&json!("yellow")),
        counts["yellow"],
        light(&json!("red")),
        counts["red"],
        light(&json!("unknown")),
        counts["unknown"],
        light(&Value::Null),
        counts["waiting"]
    );
    let names = [
        output.say("任务", "task"),
        output.say("目标公顷", "target ha"),
        output.say("完成公顷", "done ha"),
        output.say("计划 %", "planned %"),
        output.say("实际 %", "actual %"),
        output.say("灯", "light"),
    ];
    format!("{head}\n{}", table(&names, &rows))
}
