//! `audit`: the change log's hash chain, computed again.

use super::command_line;
use super::output::{Output, table};
use crate::config::Config;
use crate::domain::fault::Outcome;
use crate::domain::{Change, ChangeQuery, Fault};
use crate::service::audit::StrayRow;
use crate::service::earlier::{EarlierState, make_again};
use crate::service::{Planner, Viewer, audit};
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct Audit {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Compute the whole chain again and hold decisions against it; exit code 3 names the first entry, or the rows, that do not hold and why
    Verify {
        city: PathBuf,
        /// A head that was written down: it must lie in the chain
        #[arg(long, value_name = "HEX")]
        head: Option<String>,
    },
    /// The end of the chain, to be written down
    Head { city: PathBuf },
    /// Give a row the values that an entry left it with (`audit show` tells the numbers): a change of its own, refused where it would be refused by hand
    Restore {
        city: PathBuf,
        #[arg(long)]
        collection: String,
        #[arg(long)]
        id: String,
        /// Number of the entry
        #[arg(long)]
        seq: i64,
        /// Units: the park that you are at work for
        #[arg(long)]
        park: Option<String>,
    },
    /// Entries, newest first
    Show {
        city: PathBuf,
        /// Of one row
        #[arg(long)]
        id: Option<String>,
        #[arg(long)]
        collection: Option<String>,
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
}

impl Audit {
    /// `false` where the chain does not hold.
    pub(super) fn run(self, config: &Config, output: &Output) -> Outcome<bool> {
        match self.action {
            Action::Verify { city, head } => {
                let head = head.as_deref().map(head_of).transpose()?;
                let check = audit::verify(&Planner::open_reading(&city)?, head.as_deref())?;
                output.result(&check, || match &check.log.fault {
                    None if !check.rows.is_empty() => strays(output, &check.rows),
                    None => {
                        let (entries, hash) = (check.log.entries, &check.log.head.hash);
                        format!("{} {entries}  {hash}", output.say("修改记录完好，条数", "the log holds; entries"))
                    }
                    Some(fault) => format!(
                        "{} {}（{}）{}",
                        output.say("修改记录不成立：第", "the log does not hold: entry"),
                        fault.seq,
                        fault.why,
                        meaning(output, fault.why)
                    ),
                });
                Ok(check.holds())
            }
            Action::Head { city } => {
                let head = audit::head(&Planner::open_reading(&city)?)?;
                output.result(&head, || format!("{}  {}", head.seq, head.hash));
                Ok(true)
            }
            Action::Restore { city, collection, id, seq, park } => {
                let planner = super::settings(config).on(Planner::open(&city, &command_line::typed())?);
                let done =
                    make_again(&planner, &park.as_deref().map_or_else(Viewer::local, Viewer::local_of), &EarlierState { collection, id, seq })?;
                output.result(&done, || format!("{} {}  {}", output.say("修订", "revision"), done.revision, done.columns.join(", ")));
                Ok(true)
            }
            Action::Show { city, id, collection, limit } => {
                let planner = Planner::open_reading(&city)?;
                let query = ChangeQuery { id, collection, limit, ..ChangeQuery::default() };
                let list = planner.changes(&planner.city(), &Viewer::local(), &query)?;
                output.result(&json!({ "changes": list.changes }), || rows(output, &list.changes));
                Ok(true)
            }
        }
    }
}

/// A head as somebody wrote it down.
pub(super) fn head_of(text: &str) -> Outcome<String> {
    let hex = text.trim().to_ascii_lowercase();
    if hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(hex);
    }
    Err(Fault::bad("bad_head", format!("{hex} 不是链头"), format!("{hex} is no head of the chain"))
        .at("--head")
        .help("写 audit head 给出的 64 位十六进制数", "give the 64 hex digits that `audit head` prints"))
}

fn strays(output: &Output, rows: &[StrayRow]) -> String {
    let why = |row: &StrayRow| match row.why {
        "changed" => output.say("与最后一条记录不符", "it is not as its last entry left it"),
        "unlogged" => output.say("没有修改记录", "the log knows nothing of it"),
        _ => output.say("记录在而登记已不在", "the log has it, the table has not"),
    };
    let line = |row: &StrayRow| format!("  {} {}（{}）{}", row.collection, row.id, row.why, why(row));
    let head = output.say("修改记录完好，但有登记与之不符：", "the log holds, but rows are not as it has them:");
    std::iter::once(head.to_owned()).chain(rows.iter().map(line)).collect::<Vec<_>>().join("\n")
}

fn meaning<'a>(output: &Output, why: &str) -> &'a str {
    match why {
        "seq" => output.say("序号缺失或错乱", "a number is missing or out of order"),
        "link" => output.say("与上一条的哈希不相接", "it does not name the entry before"),
        "body" => output.say("内容与其哈希不符", "its text is not what was hashed"),
        _ => output.say("所记的链头不在链中", "the head that was kept does not lie in the chain"),
    }
}

fn rows(output: &Output, changes: &[Change]) -> String {
    let row = |change: &Change| {
        vec![
            change.seq.to_string(),
            change.at.clone(),
            change.by.clone(),
            change.collection.clone(),
            change.id.clone(),
            change.action.clone(),
            change.hash[..change.hash.len().min(12)].to_owned(),
        ]
    };
    let names = [
        output.say("序号", "seq"),
        output.say("时刻", "at"),
        output.say("账号", "by"),
        output.say("图层", "collection"),
        output.say("编号", "id"),
        output.say("动作", "action"),
        output.say("哈希", "hash"),
    ];
    table(&names, &changes.iter().map(row).collect::<Vec<_>>())
}
