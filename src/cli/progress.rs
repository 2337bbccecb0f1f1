//! `progress`: the lights of the tasks, or of a saved action plan.

use super::common::{Common, not_written, write_json};
use super::output::{OutFile, Output, table};
use super::shape_set::ending;
use crate::domain::columns::district;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Lang, LayerId, catalogue};
use crate::formats::{self, sheet_csv, sheets_xlsx};
use crate::service::plans::make_tasks;
use crate::service::processes::{self, CategoryCompletion, Completion, Light, ProgressAnswer, TaskLights};
use crate::service::{Planner, Viewer};
use clap::{Args, ValueEnum};
use serde_json::json;
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct Progress {
    city: PathBuf,
    /// Id of a saved action plan (default: the tasks that are kept; where there are none, the newest plan)
    #[arg(long)]
    plan: Option<String>,
    /// Tasks of this year only
    #[arg(long)]
    year: Option<i32>,
    /// Tasks of these parks only
    #[arg(long = "park", value_delimiter = ',')]
    parks: Option<Vec<String>>,
    /// First make a task of each park and year of the plan that --plan names; what is there stays
    #[arg(long, requires = "plan")]
    make_tasks: bool,
    #[command(flatten)]
    common: Common,
    /// Also write the answer to a file: .json, .xlsx (tasks, months, completion), .csv (see --table)
    #[arg(long)]
    out: Option<PathBuf>,
    /// What goes into a CSV
    #[arg(long, value_enum, default_value_t = Sheet::Tasks)]
    table: Sheet,
    /// Replace an existing file
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Sheet {
    Tasks,
    Months,
    Completion,
}

impl Progress {
    pub(super) fn run(self, output: &Output) -> Outcome<()> {
        let out = self.out.clone().map(|out| OutFile { out, force: self.force });
        let ending = out.as_ref().map(|file| ending(&file.out)).unwrap_or_default();
        if !matches!(ending.as_str(), "" | "json" | "csv" | "xlsx") {
            return Err(not_written(&ending, "json、csv、xlsx", "json, csv, xlsx"));
        }
        if self.make_tasks {
            return self.make(output);
        }
        let planner = Planner::open_reading(&self.city)?;
        let inputs = json!({ "plan": self.plan, "year": self.year, "parks": self.parks });
        let answer = self.common.execute::<processes::Progress>(output, &planner, inputs)?;
        match (&out, ending.as_str()) {
            (None, _) => {}
            (Some(file), "csv") => file.write_bytes(&sheet_csv(&sheet(&answer, self.table))?)?,
            (Some(file), "xlsx") => {
                let sheets = [Sheet::Tasks, Sheet::Months, Sheet::Completion].map(|table| sheet(&answer, table));
                file.write_bytes(&sheets_xlsx(&sheets)?)?;
            }
            (Some(file), _) => write_json(file, &answer)?,
        }
        if out.is_none_or(|file| file.out.as_os_str() != "-") {
            let table = planner.city().table(LayerId::District).clone();
            let district = |code: &str| table.row_of(code).and_then(|row| table.text(row, district::NAME)).unwrap_or(code).to_owned();
            output.result(&answer, || readable(output, &answer, &district));
        }
        Ok(())
    }

    fn make(&self, output: &Output) -> Outcome<()> {
        let plan = self.plan.as_deref().ok_or_else(|| Fault::bad("plan", "请用 --plan 指明行动计划", "name the action plan with --plan"))?;
        let planner = Planner::open(&self.city, "progress")?;
        let made = make_tasks(&planner, &Viewer::local(), plan)?;
        output.result(&made, || match output.lang {
            Lang::Zh => format!("新建任务 {} 项，已有 {} 项保持不变", made.made.len(), made.kept.len()),
            Lang::En => format!("{} tasks made, {} were there and stay", made.made.len(), made.kept.len()),
        });
        Ok(())
    }
}

fn sheet(answer: &ProgressAnswer, table: Sheet) -> formats::Sheet {
    match table {
        Sheet::Tasks => answer.task_sheet(),
        Sheet::Months => answer.month_sheet(),
        Sheet::Completion => answer.completion_sheet(),
    }
}

fn word(output: &Output, shown: Option<Light>) -> &str {
    match shown {
        Some(Light::Green) => output.say("绿", "green"),
        Some(Light::Yellow) => output.say("黄", "yellow"),
        Some(Light::Red) => output.say("红", "red"),
        Some(Light::Unknown) => output.say("缺报", "unknown"),
        None => output.say("未开始", "waiting"),
    }
}

/// `district` gives a district's name.
fn readable(output: &Output, answer: &ProgressAnswer, district: &dyn Fn(&str) -> String) -> String {
    let counts = answer.counts;
    let shown = [
        (Some(Light::Green), counts.green),
        (Some(Light::Yellow), counts.yellow),
        (Some(Light::Red), counts.red),
        (Some(Light::Unknown), counts.unknown),
        (None, counts.waiting),
    ];
    let head: Vec<String> = shown.into_iter().map(|(shown, count)| format!("{} {count}", word(output, shown))).collect();
    let mut parts = vec![format!("{}\n{}", head.join("  "), tasks(output, &answer.tasks)), completion(output, &answer.completion, district)];
    let owing: Vec<&str> = answer.tasks.iter().filter(|task| !task.missing.is_empty()).map(|task| task.id.as_str()).collect();
    if !owing.is_empty() {
        parts.push(format!("{}{}", output.say("红灯任务缺原因或措施：", "red without a cause or a measure: "), owing.join(", ")));
    }
    parts.extend(answer.excluded.iter().map(|left| format!("{} {}", left.id, output.say(&left.zh, &left.en))));
    parts.join("\n\n")
}

fn number(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "—".to_owned(), |number| format!("{number:.digits$}"))
}

fn tasks(output: &Output, tasks: &[TaskLights]) -> String {
    let line = |task: &TaskLights| {
        let last = task.periods.last();
        let mut light = word(output, task.shown).to_owned();
        if task.finished.is_some() {
            light.push_str(output.say("（完成）", " (finished)"));
        } else if task.promoted {
            light.push_str(output.say("（连黄）", " (yellows in a row)"));
        }
        vec![
            task.id.clone(),
            category(output, &task.category),
            number(task.target, 1),
            number(task.done, 1),
            task.unit.clone().unwrap_or_default(),
            number(last.map(|period| period.planned), 1),
            number(last.and_then(|period| period.actual), 1),
            number(last.and_then(|period| period.gap), 1),
            light,
        ]
    };
    let names = [
        output.say("任务", "task"),
        output.say("类别", "category"),
        output.say("目标", "target"),
        output.say("完成", "done"),
        output.say("单位", "unit"),
        output.say("计划 %", "planned %"),
        output.say("实际 %", "actual %"),
        output.say("差距", "gap"),
        output.say("灯", "light"),
    ];
    table(&names, &tasks.iter().map(line).collect::<Vec<_>>())
}

fn category(output: &Output, code: &str) -> String {
    let codes = catalogue().codes("task_category").unwrap_or_default();
    codes.iter().find(|known| known.code == code).map_or(code, |known| output.say(&known.zh, &known.en)).to_owned()
}

fn completion(output: &Output, categories: &[CategoryCompletion], name_of: &dyn Fn(&str) -> String) -> String {
    let mut rows = Vec::new();
    for group in categories {
        let line = |name: String, figures: &Completion, rank: Option<usize>| {
            let rank = rank.map_or_else(String::new, |rank| rank.to_string());
            let unit = group.unit.clone().unwrap_or_default();
            let share = figures.share.map_or_else(|| output.say("缺证", "unknown").to_owned(), |share| format!("{:.1} %", 100.0 * share));
            vec![name, number(Some(figures.target), 1), number(Some(figures.done), 1), unit, share, rank]
        };
        rows.push(line(category(output, &group.whole.name), &group.whole, None));
        rows.extend(group.districts.iter().map(|district| line(format!("  {}", name_of(&district.name)), district, district.rank)));
    }
    let names = [
        output.say("类别、行政区", "category, district"),
        output.say("目标", "target"),
        output.say("完成", "done"),
        output.say("单位", "unit"),
        output.say("完成率", "completion"),
        output.say("名次", "rank"),
    ];
    table(&names, &rows)
}
