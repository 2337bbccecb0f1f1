//! `rules list|show|check`: the rule packs.

use super::output::{Output, table};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Lang};
use crate::rules::{self, Packs};
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::PathBuf;

#[derive(Args)]
pub struct Rules {
    #[command(subcommand)]
    command: RulesCommand,
}

#[derive(Subcommand)]
enum RulesCommand {
    /// The packs in force
    List,
    /// One pack with the status of each figure
    Show { id: String },
    /// Check pack files; exit code 3 when one has a fault
    Check { files: Vec<PathBuf> },
}

impl Rules {
    pub fn run(self, output: &Output) -> Outcome<bool> {
        match self.command {
            RulesCommand::List => {
                let packs: Vec<_> = Packs::embedded().list().iter().map(|pack| &pack.header).collect();
                let rows: Vec<Vec<String>> = packs
                    .iter()
                    .map(|header| vec![header.id.clone(), header.version.clone(), header.valid_from.clone(), header.document.clone()])
                    .collect();
                let value: Vec<_> = packs.iter().map(|header| json!({ "id": header.id, "version": header.version, "valid_from": header.valid_from, "document": header.document, "jurisdiction": header.jurisdiction })).collect();
                output.result(&json!({ "packs": value }), || {
                    table(&["id", output.say("版本", "version"), output.say("起效", "valid from"), output.say("文件", "document")], &rows)
                });
                Ok(true)
            }
            RulesCommand::Show { id } => {
                let pack = Packs::embedded().get(&id).ok_or_else(|| {
                    Fault::not_found("no_such_pack", format!("没有规则包 {id}"), format!("there is no rule pack {id}"))
                        .help("用 rules list 查看", "see `rules list`")
                })?;
                let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let rows: Vec<Vec<String>> = pack
                    .figures
                    .iter()
                    .map(|(path, figure)| {
                        let figure = json!(figure);
                        let cite = figure.get("cite").unwrap_or(&figure);
                        vec![path.clone(), text(&figure["value"]), text(&figure["unit"]), text(&cite["status"]), text(&cite["clause"])]
                    })
                    .collect();
                output.result(&json!(pack), || {
                    table(
                        &[
                            "path",
                            output.say("数值", "value"),
                            output.say("单位", "unit"),
                            output.say("状态", "status"),
                            output.say("条款", "clause"),
                        ],
                        &rows,
                    )
                });
                Ok(true)
            }
            RulesCommand::Check { files } => {
                let mut problems = Vec::new();
                for file in &files {
                    let text = std::fs::read_to_string(file).map_err(|error| {
                        Fault::bad("read", format!("读不了 {}：{error}", file.display()), format!("cannot read {}: {error}", file.display()))
                    })?;
                    problems.extend(rules::check(&text).into_iter().map(|problem| (file.clone(), problem)));
                }
                let value: Vec<_> = problems.iter().map(|(file, problem)| json!({ "file": file, "problem": problem })).collect();
                output.result(&json!({ "problems": value }), || {
                    if problems.is_empty() {
                        return output.say("没有发现问题", "no problems").to_owned();
                    }
                    problems
                        .iter()
                        .map(|(file, problem)| format!("{}: {}", file.display(), if output.lang == Lang::Zh { &problem.zh } else { &problem.en }))
                        .collect::<Vec<_>>()
                        .join("\n")
                });
                Ok(problems.is_empty())
            }
        }
    }
}
