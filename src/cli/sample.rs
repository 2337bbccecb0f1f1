//! `parkplan sample`: the sample city.

use super::output::{Output, table};
use super::target::Target;
use crate::cli::command_line;
use crate::domain::fault::Outcome;
use crate::domain::{Author, Fault, Lang};
use crate::sample::{SampleOptions, SampleSummary, generate};
use crate::store::geopackage::GeoPackage;
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};

/// The sample city's working CRS.
const CRS: &str = "EPSG:4547";

#[derive(Args)]
pub(super) struct Sample {
    /// City file to make
    #[arg(long)]
    out: PathBuf,
    /// Wanted number of parcels
    #[arg(long, default_value_t = 20_000)]
    parcels: u32,
    /// Same seed, same city
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Date on which the city stands, YYYY-MM-DD (default today)
    #[arg(long)]
    as_of: Option<String>,
    /// Replace an existing file
    #[arg(long)]
    force: bool,
}

impl Sample {
    pub(super) fn run(self, output: &Output) -> Outcome<()> {
        if let Some(folder) = self.out.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|error| no_folder(folder, &error))?;
        }
        Target::of(&self.out, self.force)?;
        let as_of = self.as_of.unwrap_or_else(crate::service::today);
        let summary = make(&self.out, self.force, &SampleOptions { parcels: self.parcels, seed: self.seed, as_of }, output)?;
        let rows: Vec<Vec<String>> = summary.rows.iter().map(|(layer, count)| vec![(*layer).to_owned(), count.to_string()]).collect();
        output.result(&json!({ "city": self.out, "rows": summary.rows }), || match output.lang {
            Lang::Zh => table(&["图层", "行数"], &rows),
            Lang::En => table(&["layer", "rows"], &rows),
        });
        Ok(())
    }
}

/// Grows the sample into a new city file; it appears under its name only when it is whole.
pub(super) fn make(path: &Path, force: bool, options: &SampleOptions, output: &Output) -> Outcome<SampleSummary> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| no_folder(folder, &error))?;
    }
    let target = Target::of(path, force)?;
    let mut summary = None;
    target.write(|growing| {
        summary = Some(grow(growing, options, output)?);
        Ok(())
    })?;
    summary.ok_or_else(|| Fault::internal("sample", "nothing was written"))
}

fn no_folder(folder: &Path, error: &std::io::Error) -> Fault {
    Fault::bad("mkdir", format!("建不了目录 {}：{error}", folder.display()), format!("cannot make {}: {error}", folder.display()))
}

fn grow(path: &Path, options: &SampleOptions, output: &Output) -> Outcome<SampleSummary> {
    let bar = output.bar(Some(1000));
    GeoPackage::create(path, CRS, "样例城", true, &options.as_of)?;
    let city = GeoPackage::open_writing(path, &command_line::typed())?;
    let mut writer = city.bulk()?;
    let summary = generate(options, &mut writer, &|layer, share| {
        bar.set_message(layer.to_owned());
        bar.set_position((share * 1000.0) as u64);
    })?;
    bar.set_message(output.say("建立索引", "building indexes").to_owned());
    let at = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    writer.finish(&Author { account: "sample".to_owned(), source: "sample".to_owned(), at })?;
    bar.finish_and_clear();
    Ok(summary)
}
