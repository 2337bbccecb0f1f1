//! `designation`: the life of a title from the command line: draft, moves, yearly grades, today's answer, register, certificate.

use super::common::own_pack;
use super::output::{OutFile, Output, table};
use crate::cli::command_line;
use crate::config::Config;
use crate::domain::edit::Precondition;
use crate::domain::fault::Outcome;
use crate::domain::{DesignationState, DesignationStep, Fault};
use crate::service::decisions::Decisions;
use crate::service::designations::{
    DesignationAnswer, DesignationMove, DesignationQuery, DraftPatch, NewAssessment, NewDesignation, RegisterFormat, TodayAnswer,
};
use crate::service::{Planner, Viewer};
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(super) struct Designations {
    #[command(subcommand)]
    action: Action,
}

#[derive(Args)]
struct Which {
    /// draft, district_review, city_review, designated, recheck_due, expired, revoked, rejected or withdrawn
    #[arg(long)]
    state: Option<String>,
    #[arg(long)]
    park: Option<String>,
    /// A, B, C or D
    #[arg(long)]
    grade: Option<String>,
    /// The day on which states are read (default: today)
    #[arg(long)]
    at: Option<String>,
}

impl Which {
    fn query(self) -> Outcome<DesignationQuery> {
        let known = |text: &str| {
            let names = DesignationState::ALL.map(DesignationState::as_str).join(", ");
            DesignationState::parse(text).ok_or_else(|| no_such("state", text, &names))
        };
        let state = self.state.as_deref().map(known).transpose()?;
        Ok(DesignationQuery { state, park: self.park, grade: self.grade, at: self.at })
    }
}

#[derive(Subcommand)]
enum Action {
    /// The register, or those of a state, park or grade
    List {
        city: PathBuf,
        #[command(flatten)]
        which: Which,
    },
    /// The register as a file: CSV, XLSX, or GeoJSON with the parks' shapes
    Register {
        city: PathBuf,
        #[command(flatten)]
        which: Which,
        /// csv, xlsx or geojson (default: by the file's ending)
        #[arg(long)]
        format: Option<String>,
        #[command(flatten)]
        out: OutFile,
    },
    /// One designation with its history and frozen evidence
    Show { city: PathBuf, code: String },
    /// Draft an application
    Draft {
        city: PathBuf,
        #[arg(long)]
        park: String,
        /// One of the park's lead clusters (default: its first)
        #[arg(long)]
        lead_cluster: Option<String>,
        /// On what it rests
        #[arg(long)]
        basis: Option<String>,
        /// Rule pack by which it is judged: ID, ID@version or a TOML file (default: the one in force)
        #[arg(long)]
        pack: Option<String>,
    },
    /// Edit a draft; what is not named stays
    Edit {
        city: PathBuf,
        code: String,
        #[arg(long)]
        lead_cluster: Option<String>,
        #[arg(long)]
        basis: Option<String>,
        #[arg(long)]
        pack: Option<String>,
    },
    /// Move on: submit, forward, return, reject, designate, keep, revoke or withdraw
    Move {
        city: PathBuf,
        code: String,
        #[arg(long)]
        step: String,
        /// The day of the step (default: today)
        #[arg(long)]
        date: Option<String>,
        /// Needed to return, reject and revoke
        #[arg(long)]
        reason: Option<String>,
        /// To keep or revoke a title: rule pack in place of the one in force, a TOML file. An application is judged by the pack that it names
        #[arg(long)]
        pack: Option<PathBuf>,
    },
    /// Record the grade of a year
    Assess {
        city: PathBuf,
        code: String,
        /// The day on which the evidence is read; its year is the grade's (default: today)
        #[arg(long)]
        date: Option<String>,
    },
    /// Would it pass today? Frozen and present data, frozen and present rules
    Today {
        city: PathBuf,
        code: String,
        /// The day on which today's data is read (default: today)
        #[arg(long)]
        as_of: Option<String>,
    },
    /// The certificate of a title in force, one page of PDF
    Certificate {
        city: PathBuf,
        code: String,
        #[command(flatten)]
        out: OutFile,
    },
}

impl Designations {
    pub(super) fn run(self, config: &Config, output: &Output) -> Outcome<()> {
        let viewer = Viewer::local();
        let reading = |city: &Path| Ok::<_, Fault>(super::settings(config).on(Planner::open_reading(city)?));
        let writing = |city: &Path| Ok::<_, Fault>(super::settings(config).on(Planner::open(city, &command_line::typed())?));
        match self.action {
            Action::List { city, which } => {
                let planner = reading(&city)?;
                let list = Decisions::of(&planner).list(&planner.city(), &viewer, &which.query()?)?;
                output.result(&list, || rows(output, &list.designations));
            }
            Action::Register { city, which, format, out } => {
                let ending = out.out.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
                let named = format.unwrap_or(if ending.is_empty() { "csv".to_owned() } else { ending });
                let format = RegisterFormat::parse(&named).ok_or_else(|| no_such("format", &named, &RegisterFormat::NAMES.join(", ")))?;
                let planner = reading(&city)?;
                let (bytes, count) = Decisions::of(&planner).register(&planner.city(), &viewer, &which.query()?, format, output.lang)?;
                out.write_bytes(&bytes)?;
                if out.out.as_os_str() != "-" {
                    output.result(&json!({ "out": out.out, "count": count }), || format!("{count}"));
                }
            }
            Action::Show { city, code } => {
                let planner = reading(&city)?;
                show(output, &Decisions::of(&planner).one(&planner.city(), &viewer, &code)?);
            }
            Action::Draft { city, park, lead_cluster, basis, pack } => {
                let (own, pack) = own_pack(pack.as_deref(), &["designation"])?;
                let new = NewDesignation { park, lead_cluster, basis, pack };
                show(output, &Decisions::of(&writing(&city)?).draft(&viewer, None, &new, own.as_ref())?);
            }
            Action::Edit { city, code, lead_cluster, basis, pack } => {
                let patch = DraftPatch { lead_cluster, basis, pack };
                show(output, &Decisions::of(&writing(&city)?).edit(&viewer, &code, Precondition::Any, &patch)?);
            }
            Action::Move { city, code, step, date, reason, pack } => {
                let names = DesignationStep::ALL.map(DesignationStep::as_str).join(", ");
                let step = DesignationStep::parse(&step).ok_or_else(|| no_such("step", &step, &names))?;
                let file = pack.map(|path| path.to_string_lossy().into_owned());
                let (own, _) = own_pack(file.as_deref(), &["designation"])?;
                let wanted = DesignationMove { step, date, reason };
                // The person at the machine moves it as it is.
                show(output, &Decisions::of(&writing(&city)?).step(&viewer, &code, Precondition::Any, &wanted, own.as_ref())?);
            }
            Action::Assess { city, code, date } => {
                show(output, &Decisions::of(&writing(&city)?).assess(&viewer, &code, Precondition::Any, &NewAssessment { date })?);
            }
            Action::Today { city, code, as_of } => {
                let planner = reading(&city)?;
                let answer = Decisions::of(&planner).today(&planner.city(), &viewer, &code, as_of.as_deref())?;
                output.result(&answer, || three(output, &answer));
            }
            Action::Certificate { city, code, out } => {
                let planner = reading(&city)?;
                let bytes = Decisions::of(&planner).certificate(&planner.city(), &viewer, &code)?;
                out.write_bytes(&bytes)?;
                if out.out.as_os_str() != "-" {
                    output.result(&json!({ "out": out.out, "bytes": bytes.len() }), || out.out.display().to_string());
                }
            }
        }
        Ok(())
    }
}

fn no_such(code: &'static str, text: &str, known: &str) -> Fault {
    Fault::bad(code, format!("没有 {text}"), format!("there is no {text}")).at(text).help(format!("可用：{known}"), format!("known: {known}"))
}

fn dash(text: Option<&str>) -> String {
    text.unwrap_or("—").to_owned()
}

fn rows(output: &Output, designations: &[DesignationAnswer]) -> String {
    let row = |one: &DesignationAnswer| {
        vec![
            one.code.clone(),
            one.park.clone(),
            one.state.as_str().to_owned(),
            dash(one.grade.as_deref()),
            dash(one.date.as_deref()),
            dash(one.valid_through.as_deref()),
            dash(one.recheck_from.as_deref()),
        ]
    };
    let names = [
        output.say("编号", "code"),
        output.say("园区", "park"),
        output.say("状态", "state"),
        output.say("等级", "grade"),
        output.say("决定日", "decided"),
        output.say("有效期至", "valid through"),
        output.say("复核自", "re-check from"),
    ];
    table(&names, &designations.iter().map(row).collect::<Vec<_>>())
}

fn show(output: &Output, one: &DesignationAnswer) {
    output.result(one, || {
        let mut text = rows(output, std::slice::from_ref(one));
        let steps: Vec<&str> = one.next.iter().map(|next| next.step.as_str()).collect();
        text.push_str(&format!("\n{} {}", output.say("可办：", "next:"), if steps.is_empty() { "—".to_owned() } else { steps.join(", ") }));
        let Some(whole) = &one.whole else { return text };
        if let Some(sha256) = &one.evidence_sha256 {
            let holds = if whole.evidence_holds == Some(true) { "✓" } else { "✗" };
            text.push_str(&format!("\n{} {sha256} {holds}", output.say("证据", "evidence")));
        }
        for entry in &whole.history {
            let account = dash(entry.account.as_deref());
            text.push_str(&format!("\n  #{} {} {account} {} {}", entry.seq, entry.at, entry.what, entry.reasons.as_deref().unwrap_or_default()));
        }
        text.push_str(&format!("\n{} #{} {}", output.say("链头", "head"), whole.head.seq, whole.head.hash));
        text
    });
}

fn three(output: &Output, answer: &TodayAnswer) -> String {
    let answers = [
        (output.say("当时数据 + 当时规则", "frozen data, frozen rules"), answer.frozen.as_ref()),
        (output.say("今日数据 + 当时规则", "today's data, frozen rules"), Some(&answer.today_by_frozen)),
        (output.say("今日数据 + 现行规则", "today's data, rules in force"), Some(&answer.today)),
    ];
    let rows: Vec<Vec<String>> = answers
        .into_iter()
        .map(|(name, judged)| {
            let cell = |text: fn(&crate::service::designations::Judged) -> String| judged.map_or_else(|| "—".to_owned(), text);
            vec![
                name.to_owned(),
                cell(|one| if one.passes { "✓".to_owned() } else { "✗".to_owned() }),
                cell(|one| one.grade.clone()),
                cell(|one| one.total.map_or_else(|| "—".to_owned(), |total| format!("{total:.2}"))),
                cell(|one| one.rank.map_or_else(|| "—".to_owned(), |rank| rank.to_string())),
                cell(|one| format!("{}@{}", one.pack.id, one.pack.version)),
                cell(|one| one.reproduces.map_or_else(String::new, |same| if same { "=".to_owned() } else { "≠".to_owned() })),
            ]
        })
        .collect();
    let names = [
        "",
        output.say("达线", "passes"),
        output.say("等级", "grade"),
        output.say("总分", "total"),
        output.say("名次", "rank"),
        output.say("规则包", "pack"),
        output.say("复现", "reproduces"),
    ];
    table(&names, &rows)
}
