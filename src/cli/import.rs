//! `import`: a file into a layer, all or nothing.

use super::interrupt;
use super::local_frame;
use super::output::Output;
use super::target::Target;
use crate::cli::command_line;
use crate::config::Config;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, ImportProfile, Lang, LocalSystem, WriteMode};
use crate::formats::Limits;
use crate::intake::{Datum, ImportOptions, OnDuplicate, OnInvalid, OnMissingKey};
use crate::service::{Planner, Viewer};
use clap::{Args, ValueEnum};
use serde_json::json;
use std::path::PathBuf;

#[derive(Clone, Copy, ValueEnum, Default)]
enum Invalid {
    #[default]
    Repair,
    Reject,
}

#[derive(Clone, Copy, ValueEnum)]
enum Duplicates {
    /// The first row stands, the others are rejected
    Reject,
    /// The first row that can be taken stands
    First,
    /// The others get the key with -2, -3 …
    Number,
    /// One parcel of several parts where the attributes agree, else all are rejected
    Merge,
}

#[derive(Clone, Copy, ValueEnum)]
enum MissingKey {
    /// Rows without a key are rejected; a placeholder is a key as it is written, and told
    Reject,
    /// They get a key made of their shape (of their values, without one): the same file gives the same keys again
    Make,
}

#[derive(Clone, Copy, ValueEnum)]
enum StatedDatum {
    #[value(name = "gcj02")]
    Gcj02,
    AsStated,
}

impl From<Duplicates> for OnDuplicate {
    fn from(asked: Duplicates) -> Self {
        match asked {
            Duplicates::Reject => OnDuplicate::Reject,
            Duplicates::First => OnDuplicate::First,
            Duplicates::Number => OnDuplicate::Number,
            Duplicates::Merge => OnDuplicate::Merge,
        }
    }
}

impl From<MissingKey> for OnMissingKey {
    fn from(asked: MissingKey) -> Self {
        match asked {
            MissingKey::Reject => OnMissingKey::Reject,
            MissingKey::Make => OnMissingKey::Make,
        }
    }
}

impl From<StatedDatum> for Datum {
    fn from(stated: StatedDatum) -> Self {
        match stated {
            StatedDatum::Gcj02 => Datum::Gcj02,
            StatedDatum::AsStated => Datum::AsStated,
        }
    }
}

#[derive(Clone, Copy, ValueEnum, Default)]
enum Mode {
    #[default]
    Add,
    Update,
    Replace,
}

#[derive(Args)]
pub(super) struct Import {
    city: PathBuf,
    /// Our layer
    #[arg(long)]
    layer: String,
    /// File to read
    file: PathBuf,
    /// Layer, sheet or archive member of the file
    #[arg(long)]
    source_layer: Option<String>,
    /// CRS of the file, over what it declares: EPSG:n, or local
    #[arg(long)]
    crs: Option<String>,
    /// A city survey's own coordinates (four parameters): to=EPSG:n,dx=…,dy=…,scale=…,rotation=… (x east, y north, rotation in degrees
    /// counter-clockwise), or the name of a [local.NAME] of the configuration
    #[arg(long)]
    local: Option<String>,
    /// Control points of the local system in place of its parameters (CSV, a line each: local x,local y,X,Y), with --local to=EPSG:n
    #[arg(long)]
    control: Option<PathBuf>,
    /// gcj02: the web maps' shift is in the coordinates, and is taken out; as-stated: it is not, however they look
    #[arg(long, value_enum)]
    datum: Option<StatedDatum>,
    /// Where the layer lies and how large its shapes are has been checked
    #[arg(long)]
    place_checked: bool,
    /// Encoding of the file's texts
    #[arg(long)]
    encoding: Option<String>,
    /// ours=theirs; theirs may be sum(field), max(field), first(field), each also `* factor`
    #[arg(long, num_args = 1..)]
    map: Vec<String>,
    /// Saved mapping (TOML: key, crs, encoding, source_layer, layer, on_duplicate, on_missing_key, datum, local, [map])
    #[arg(long)]
    profile: Option<PathBuf>,
    /// The file's field that is our key; @row numbers the rows
    #[arg(long)]
    key: Option<String>,
    #[arg(long, value_enum, default_value_t)]
    mode: Mode,
    /// Invalid geometry: repair (default) or reject; a damaged file (open rings, NaN) is refused whole unless this is given
    #[arg(long, value_enum)]
    on_invalid: Option<Invalid>,
    /// Rows of one key (default: reject; in an update without shapes they become one, column by column)
    #[arg(long, value_enum)]
    on_duplicate: Option<Duplicates>,
    /// Rows without a key, or with a placeholder such as ---, 无, N/A (default: reject)
    #[arg(long, value_enum)]
    on_missing_key: Option<MissingKey>,
    /// Read and report, write nothing
    #[arg(long)]
    dry_run: bool,
    /// Write the report (JSON) here as well
    #[arg(long)]
    report: Option<PathBuf>,
    /// Replace an existing report
    #[arg(long)]
    force: bool,
}

impl Import {
    pub(super) fn run(self, config: &Config, output: &Output) -> Outcome<()> {
        let profile = match &self.profile {
            None => ImportProfile::default(),
            Some(path) => {
                let place = path.display().to_string();
                let text = std::fs::read_to_string(path).map_err(|error| {
                    Fault::bad("profile", format!("读不了映射文件：{error}"), format!("cannot read the profile: {error}")).at(place.clone())
                })?;
                ImportProfile::parse(&text).map_err(|fault| fault.at(place))?
            }
        };
        let mut map: Vec<(String, String)> = profile.map.into_iter().collect();
        for pair in &self.map {
            let (ours, theirs) = pair.split_once('=').ok_or_else(|| {
                Fault::bad("map", format!("映射应写作 我方=对方：{pair}"), format!("write a mapping as ours=theirs: {pair}")).at("--map")
            })?;
            map.retain(|(known, _)| known != ours);
            map.push((ours.to_owned(), theirs.to_owned()));
        }
        let local = self.local.as_deref().map(|text| local_frame::stated(text, config)).transpose()?;
        let local = match (local, profile.local) {
            (None, Some(LocalSystem::Named(name))) => Some(local_frame::stated(&name, config)?),
            (None, Some(LocalSystem::Frame(frame))) => Some(frame),
            (local, _) => local,
        };
        let local = local_frame::with_points(local, self.control.as_deref())?;
        let options = ImportOptions {
            layer: self.layer,
            source_layer: self.source_layer.or(profile.source_layer),
            crs: self.crs.or(profile.crs),
            local,
            datum: self.datum.map(Datum::from).or(profile.datum),
            place_checked: self.place_checked,
            encoding: self.encoding.or(profile.encoding),
            map,
            key: self.key.or(profile.key),
            on_invalid: match self.on_invalid.unwrap_or_default() {
                Invalid::Repair => OnInvalid::Repair,
                Invalid::Reject => OnInvalid::Reject,
            },
            on_duplicate: self.on_duplicate.map(OnDuplicate::from).or(profile.on_duplicate),
            on_missing_key: self.on_missing_key.map(OnMissingKey::from).or(profile.on_missing_key).unwrap_or_default(),
            mode: match self.mode {
                Mode::Add => WriteMode::Add,
                Mode::Update => WriteMode::Update,
                Mode::Replace => WriteMode::Replace,
            },
            limits: Limits::default(),
        };
        let report_to = self.report.as_deref().map(|path| Target::of(path, self.force)).transpose()?;
        // A dry run only reads, and so works beside a server.
        let planner = if self.dry_run { Planner::open_reading(&self.city)? } else { Planner::open(&self.city, &command_line::typed())? };
        let bar = output.bar(None);
        bar.set_message(self.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default());
        let write: Option<&dyn Fn()> = if self.dry_run { None } else { Some(&interrupt::no_way_back) };
        let imported = planner.import(&Viewer::local(), &self.file, &options, write, self.on_invalid.is_some(), &|done, total| {
            if let Some(total) = total {
                bar.set_length(total);
            }
            bar.set_position(done);
            true
        })?;
        bar.finish_and_clear();
        let mut report = serde_json::to_value(&imported.report).map_err(|error| Fault::internal("json", error))?;
        report["dry_run"] = json!(self.dry_run);
        report["revision"] = json!(imported.revision);
        if let Some(target) = report_to {
            target.write(|path| std::fs::write(path, format!("{report:#}\n")).map_err(|error| Fault::internal("write", error))).map_err(
                |mut fault| {
                    if !self.dry_run {
                        fault.zh = format!("已导入，但写不了报告：{}", fault.zh);
                        fault.en = format!("imported, but the report was not written: {}", fault.en);
                    }
                    fault
                },
            )?;
        }
        output.result(&report, || {
            let foot = match (imported.revision, output.lang) {
                (None, Lang::Zh) => "试运行：未写入".to_owned(),
                (None, Lang::En) => "dry run: nothing was written".to_owned(),
                (Some(revision), Lang::Zh) => format!("已写入，修订 {revision}"),
                (Some(revision), Lang::En) => format!("written, revision {revision}"),
            };
            format!("{}\n{foot}", imported.report.text(output.lang).trim_end())
        });
        Ok(())
    }
}
