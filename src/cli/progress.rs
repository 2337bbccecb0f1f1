//! `progress`: the lights of a saved action plan.

use super::common::{Common, MaybeOut};
use super::output::{Output, table};
use crate::domain::fault::Outcome;
use crate::service::Planner;
use crate::service::processes::{self, Light, ProgressAnswer};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct Progress {
    city: PathBuf,
    /// Id of a saved action plan (default: the newest)
    #[arg(long)]
    plan: Option<String>,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    out: MaybeOut,
}

impl Progress {
    pub(super) fn run(self, output: &Output) -> Outcome<()> {
        let planner = Planner::open_reading(&self.city)?;
        let answer = self.common.execute::<processes::Progress>(output, &planner, json!({ "plan": self.plan }))?;
        self.out.write(&answer)?;
        output.result(&answer, || readable(output, &answer));
        Ok(())
    }
}

fn readable(output: &Output, answer: &ProgressAnswer) -> String {
    let number = |value: Option<f64>| value.map_or_else(|| "—".to_owned(), |number| format!("{number:.1}"));
    let light = |shown: Option<Light>| match shown {
        Some(Light::Green) => output.say("绿", "green"),
        Some(Light::Yellow) => output.say("黄", "yellow"),
        Some(Light::Red) => output.say("红", "red"),
        Some(Light::Unknown) => output.say("缺报", "unknown"),
        None => output.say("未开始", "waiting"),
    };
    let rows: Vec<Vec<String>> = answer
        .tasks
        .iter()
        .map(|task| {
            let last = task.periods.last();
            vec![
                task.id.clone(),
                number(task.target_ha),
                number(task.done_ha),
                number(last.map(|period| period.planned)),
                number(last.and_then(|period| period.actual)),
                light(task.shown).to_owned(),
            ]
        })
        .collect();
    let counts = answer.counts;
    let shown = [
        (Some(Light::Green), counts.green),
        (Some(Light::Yellow), counts.yellow),
        (Some(Light::Red), counts.red),
        (Some(Light::Unknown), counts.unknown),
        (None, counts.waiting),
    ];
    let head: Vec<String> = shown.into_iter().map(|(shown, count)| format!("{} {count}", light(shown))).collect();
    let names = [
        output.say("任务", "task"),
        output.say("目标公顷", "target ha"),
        output.say("完成公顷", "done ha"),
        output.say("计划 %", "planned %"),
        output.say("实际 %", "actual %"),
        output.say("灯", "light"),
    ];
    format!("{}\n{}", head.join("  "), table(&names, &rows))
}
