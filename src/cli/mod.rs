//! The command line: parses, calls the service, prints. stdout carries the result and nothing else.

mod actionplan;
mod allocate;
mod audit;
mod backup;
mod bench;
mod command_line;
mod common;
mod consolidate;
mod designate;
mod designations;
#[cfg(test)]
mod examples;
mod files;
mod import;
mod instruments;
mod interrupt;
mod local_frame;
mod matching;
mod measure;
mod occupancy;
mod output;
mod people;
mod progress;
mod regions;
mod rules;
mod sample;
mod serve;
mod shape_set;
mod target;
mod upstairs;
mod virtualparks;

use crate::config::Config;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind, Lang};
use crate::formats::confined;
use crate::service::Settings;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};
use interrupt::CANCELLED;
use output::Output;
use std::path::PathBuf;
use std::process::ExitCode;
use target::Target;

/// 园图: a land and park planning workbench.
#[derive(Parser)]
#[command(name = "parkplan", version, about, propagate_version = true)]
struct Cli {
    /// Configuration file (TOML)
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    /// Language of messages: zh or en
    #[arg(long, global = true)]
    lang: Option<String>,
    /// Print the result as JSON
    #[arg(long, global = true)]
    json: bool,
    /// No notices on stderr
    #[arg(long, global = true)]
    quiet: bool,
    /// No progress bars
    #[arg(long, global = true)]
    no_progress: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the map and the API; without CITY the sample city, made on first use
    Serve(serve::Serve),
    /// Make the sample city
    Sample(sample::Sample),
    /// Make an empty city file
    New(files::New),
    /// Layers, counts, CRS, areas, revision, freshness
    Info(files::Info),
    /// Read a file into a layer, all or nothing, with a report
    Import(import::Import),
    /// Write exactly what is filtered to a file
    Export(files::Export),
    /// Pairs of neighbouring parcels with shared length, as CSV
    Adjacency(measure::Adjacency),
    /// Areas of a layer by another, as CSV
    Overlay(measure::Overlay),
    /// Faults of a layer that should tile, with place, severity and repair
    Topology(measure::Topology),
    /// Contiguous sites in a park or a drawn area
    Consolidate(consolidate::Consolidate),
    /// Recorded merges: draft, review, bring into force, undo
    Instrument(instruments::Instruments),
    /// What a piece of land came from and became
    Lineage(instruments::Lineage),
    /// Max-p regions of any polygon file
    Regions(regions::Regions),
    /// Sites into years, against budgets, capacities and targets
    Actionplan(actionplan::ActionPlan),
    /// Lights of the tasks, or of a saved action plan
    Progress(progress::Progress),
    /// What can be built upwards, and what stops it
    Upstairs(upstairs::Upstairs),
    /// Scorecards of the parks
    Designate(designate::Designate),
    /// Members and figures of the virtual parks
    Virtualparks(virtualparks::VirtualParks),
    /// The life of a title: draft, move, assess, would it pass today, register, certificate
    Designation(designations::Designations),
    /// The change log's hash chain: verify, head, show; a row as it was
    Audit(audit::Audit),
    /// A whole copy of a city, also of one that is being served
    Backup(backup::BackUp),
    /// A city of a backup, checked first
    Restore(backup::Restore),
    /// Clusters × districts: audit, why bounds clash, best allocation
    Allocate(allocate::Allocate),
    /// Floors and parcels for a requirement: what fits, what does not, the smallest change
    Match(matching::Match),
    /// Floor units by table, with receipts; reports due, made, late
    Occupancy(occupancy::Occupancy),
    /// Rule packs: list, show, check
    Rules(rules::Rules),
    /// Accounts: add, list, disable, password
    User(people::User),
    /// One JSON line per row with the baseline of the same run
    Bench(bench::Bench),
}

/// Exit codes (see the surface): 1 bad input or failure, 3 done and a check says no, 130 cancelled.
const CHECK_SAYS_NO: u8 = 3;

/// Runs the command line.
pub fn run() -> ExitCode {
    // The program that reads a file from outside is this one, started again by itself: no command of a person's, no settings, no signals.
    if std::env::args_os().nth(1).is_some_and(|argument| argument == confined::PROGRAM_ARGUMENT) {
        return confined::serve();
    }
    confined::read_by(None);
    let matches = Cli::command().get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    command_line::remember(&matches);
    let config = Config::load(cli.config.as_deref());
    let wanted = cli.lang.clone().or_else(|| config.as_ref().ok().and_then(|config| config.lang.clone()));
    let named = wanted.as_deref().map(|name| (name, Lang::named(name)));
    let lang = named.and_then(|(_, lang)| lang).unwrap_or(Lang::Zh);
    let output = Output { lang, json: cli.json, quiet: cli.quiet, progress: !cli.no_progress && !cli.quiet };
    if let Some((name, None)) = named {
        output.fault(
            &Fault::bad("no_such_language", format!("没有语言 {name}"), format!("there is no language {name}"))
                .at("--lang")
                .help("可用：zh、en", "known: zh, en"),
        );
        return ExitCode::FAILURE;
    }
    if !matches!(cli.command, Command::Serve(_)) {
        interrupt::listen();
    }
    let done = config.and_then(|config| outputs_may_be_written(&matches).and_then(|()| dispatch(cli.command, &config, &output)));
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(CHECK_SAYS_NO),
        Err(fault) => {
            output.fault(&fault);
            ExitCode::from(if fault.kind == FaultKind::Cancelled { CANCELLED } else { 1 })
        }
    }
}

/// What the configuration says of how work is done.
fn settings(config: &Config) -> Settings {
    let usual = Settings::default();
    Settings { two_persons: config.two_persons.unwrap_or(usual.two_persons), font: config.font.clone() }
}

/// Asks the guard for every output before the work that would be lost. The sample makes its folder, a Shapefile is asked for as a whole.
fn outputs_may_be_written(matches: &ArgMatches) -> Outcome<()> {
    if matches.subcommand_name() == Some("sample") {
        return Ok(());
    }
    let force = command_line::is_on(matches, "force");
    command_line::named(matches, &["out", "neighbours", "report", "rejects"]).into_iter().try_for_each(|path| Target::of(path, force).map(|_| ()))
}

/// Runs one command; `false` means the work was done and a check says no.
fn dispatch(command: Command, config: &Config, output: &Output) -> Outcome<bool> {
    match command {
        Command::Serve(command) => command.run(config, output).map(|()| true),
        Command::Sample(command) => command.run(output).map(|()| true),
        Command::New(command) => command.run(output).map(|()| true),
        Command::Info(command) => command.run(output).map(|()| true),
        Command::Import(command) => command.run(config, output).map(|()| true),
        Command::Export(command) => command.run(output).map(|()| true),
        Command::Adjacency(command) => command.run(output).map(|()| true),
        Command::Overlay(command) => command.run(output).map(|()| true),
        Command::Topology(command) => command.run(output).map(|()| true),
        Command::Consolidate(command) => command.run(output).map(|()| true),
        Command::Instrument(command) => command.run(config, output).map(|()| true),
        Command::Lineage(command) => command.run(output).map(|()| true),
        Command::Regions(command) => command.run(output).map(|()| true),
        Command::Actionplan(command) => command.run(output).map(|()| true),
        Command::Progress(command) => command.run(output).map(|()| true),
        Command::Upstairs(command) => command.run(output).map(|()| true),
        Command::Designate(command) => command.run(output).map(|()| true),
        Command::Virtualparks(command) => command.run(output).map(|()| true),
        Command::Designation(command) => command.run(config, output).map(|()| true),
        Command::Audit(command) => command.run(config, output),
        Command::Backup(command) => command.run(output).map(|()| true),
        Command::Restore(command) => command.run(output).map(|()| true),
        Command::Allocate(command) => command.run(output).map(|()| true),
        Command::Match(command) => command.run(output).map(|()| true),
        Command::Occupancy(command) => command.run(output),
        Command::Rules(command) => command.run(output),
        Command::User(command) => command.run(output).map(|()| true),
        Command::Bench(command) => command.run(output).map(|()| true),
    }
}
