//! `rules list|show|check|record`: the rule packs.

use super::output::{Output, table, to_file};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Lang};
use crate::rules::embedded::EMBEDDED;
use crate::rules::{self, Lock, Pack, Packs, Problem};
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(super) struct Rules {
    #[command(subcommand)]
    command: RulesCommand,
}

#[derive(Subcommand)]
enum RulesCommand {
    /// The packs in force
    List,
    /// One pack with the status of each figure
    Show { id: String },
    /// Check pack files, or the shipped ones when none is named; exit code 3 when one has a fault
    Check {
        files: Vec<PathBuf>,
        /// The record of versions (`packs.lock`); beside the first file, or the shipped one
        #[arg(long)]
        lock: Option<PathBuf>,
    },
    /// Add packs to the record of versions beside them (`packs.lock`): from then on their text stands
    Record {
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

impl Rules {
    pub(super) fn run(self, output: &Output) -> Outcome<bool> {
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
            RulesCommand::Check { files, lock } => check(&files, lock, output),
            RulesCommand::Record { files } => record(&files, output).map(|()| true),
        }
    }
}

fn check(files: &[PathBuf], lock: Option<PathBuf>, output: &Output) -> Outcome<bool> {
    let beside = files.first().map(|file| file.with_file_name(LOCK_NAME)).filter(|path| path.exists());
    let lock = match lock.or(beside) {
        Some(path) => Lock::parse(&read(&path)?).map_err(|problem| unreadable(&path, &problem))?,
        None => Lock::embedded().clone(),
    };
    let given: Vec<(String, String)> = if files.is_empty() {
        EMBEDDED.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    } else {
        files.iter().map(|file| Ok((file.display().to_string(), read(file)?))).collect::<Outcome<_>>()?
    };
    // What the files inherit from may be a shipped pack: those stand behind them, except where a file replaces one.
    let id = |text: &str| Pack::parse(text).ok().map(|pack| pack.header.id);
    let own: Vec<Option<String>> = given.iter().map(|(_, text)| id(text)).collect();
    let behind = EMBEDDED.iter().map(|(_, text)| *text).filter(|text| !own.contains(&id(text)));
    let texts: Vec<&str> = given.iter().map(|(_, text)| text.as_str()).chain(behind).collect();
    let problems: Vec<_> = rules::check_together(&texts, &lock).into_iter().filter(|(index, _)| *index < given.len()).collect();
    let value: Vec<_> = problems.iter().map(|(index, problem)| json!({ "file": given[*index].0, "problem": problem })).collect();
    output.result(&json!({ "checked": given.len(), "problems": value }), || {
        if problems.is_empty() {
            return format!("{} {}", given.len(), output.say("个规则包，没有发现问题", "packs, no problems"));
        }
        let line = |(index, problem): &(usize, Problem)| {
            format!("{}: {}: {} [{}]", given[*index].0, problem.place, if output.lang == Lang::Zh { &problem.zh } else { &problem.en }, problem.code)
        };
        problems.iter().map(line).collect::<Vec<_>>().join("\n")
    });
    Ok(problems.is_empty())
}

/// Adds what is not recorded yet; a version that was recorded with another text refuses the whole call.
fn record(files: &[PathBuf], output: &Output) -> Outcome<()> {
    let mut added = 0;
    for file in files {
        let path = file.with_file_name(LOCK_NAME);
        let known = if path.exists() { read(&path)? } else { String::new() };
        let lock = Lock::parse(&known).map_err(|problem| unreadable(&path, &problem))?;
        let text = read(file)?;
        let pack = Pack::parse(&text)?;
        if let Some(problem) = rules::check(&text).into_iter().next().or_else(|| lock.problem(&pack)) {
            return Err(unreadable(file, &problem));
        }
        if lock.hash(&pack.header.id, &pack.header.version).is_none() {
            let line = Lock::line(&pack);
            to_file(&path, true, |part| std::fs::write(part, format!("{known}{line}")).map_err(|error| Fault::internal("write", error)))?;
            added += 1;
        }
    }
    output.result(&json!({ "recorded": added }), || format!("{added} {}", output.say("个新版本已登记", "new versions recorded")));
    Ok(())
}

const LOCK_NAME: &str = "packs.lock";

fn read(path: &Path) -> Outcome<String> {
    std::fs::read_to_string(path)
        .map_err(|error| Fault::bad("read", format!("读不了 {}：{error}", path.display()), format!("cannot read {}: {error}", path.display())))
}

fn unreadable(path: &Path, problem: &Problem) -> Fault {
    Fault::bad(problem.code, format!("{}：{}", path.display(), problem.zh), format!("{}: {}", path.display(), problem.en))
        .at(format!("{} {}", path.display(), problem.place))
        .help("改正后再试；内容变了就换版本号", "mend it and try again; changed content takes a new version")
}
