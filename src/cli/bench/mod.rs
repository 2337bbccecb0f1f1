//! `parkplan bench`: one JSON line per row, each with a baseline of the same run.
//!
//! Every row runs at each size in a process of its own, so that the peak memory it prints is its own.

mod consolidation;
mod edit;
mod matching;
mod plot;
mod queries;
mod serving;
mod upstairs;

use crate::cli::output::Output;
use crate::cli::sample;
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use crate::sample::SampleOptions;
use crate::service::Planner;
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

#[derive(Args)]
pub(super) struct Bench {
    /// Rows to run; all when none is named
    rows: Vec<String>,
    /// Sizes in parcels
    #[arg(long, value_delimiter = ',', default_values_t = [20_000u32, 1_000_000])]
    parcels: Vec<u32>,
    /// Folder for the cities (kept, so that a second run need not grow them again)
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Measure growth from 1,000 to 1,000,000 parcels instead and draw it into this SVG file
    #[arg(long, conflicts_with_all = ["rows", "city"])]
    growth: Option<PathBuf>,
    /// One row in this process, on this city
    #[arg(long, hide = true)]
    city: Option<PathBuf>,
}

const ROWS: &[&str] = &[
    "sample",
    "start",
    "bbox",
    "point",
    "overlay",
    "tile",
    "items",
    "export",
    "edit",
    "adjacency",
    "consolidation",
    "upstairs",
    "upstairs-matrix",
    "upstairs-http",
    "match",
];
/// Parcels up to which the rows of consolidation and upstairs run by themselves.
const MOST_PARCELS_OF_ANALYSES: u32 = 100_000;
/// Sizes of the growth plot, in parcels.
const GROWTH: [u32; 7] = [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000];

impl Bench {
    pub(super) fn run(self, output: &Output) -> Outcome<()> {
        if let (Some(city), [row]) = (&self.city, self.rows.as_slice()) {
            let mut line = measure(row, city)?;
            line["peak_mb"] = json!(peak_mb());
            println!("{line}");
            return Ok(());
        }
        let rows: Vec<&str> = if self.rows.is_empty() { ROWS.to_vec() } else { self.rows.iter().map(String::as_str).collect() };
        if let Some(unknown) = rows.iter().find(|row| !ROWS.contains(row)) {
            return Err(Fault::bad("row", format!("没有基准 {unknown}"), format!("there is no row {unknown}")).help(ROWS.join("、"), ROWS.join(", ")));
        }
        let named = !self.rows.is_empty();
        let folder = self.folder.unwrap_or_else(|| std::env::temp_dir().join("parkplan-bench"));
        std::fs::create_dir_all(&folder).map_err(|error| Fault::internal("mkdir", error))?;
        if let Some(plot) = &self.growth {
            return growth(&folder, plot, output);
        }
        for parcels in self.parcels {
            let city = folder.join(format!("bench-{parcels}.gpkg"));
            let wants_sample = rows.contains(&"sample");
            if wants_sample || !city.exists() {
                let _ = std::fs::remove_file(&city);
                let started = Instant::now();
                sample::make(&city, false, &SampleOptions { parcels, seed: 1, as_of: "2026-09-01".to_owned() }, output)?;
                let seconds = started.elapsed().as_secs_f64();
                if wants_sample {
                    let bytes = std::fs::metadata(&city).map_or(0, |data| data.len());
                    println!(
                        "{}",
                        json!({ "row": "sample", "parcels": parcels, "seconds": seconds, "file_mb": bytes / 1_000_000, "peak_mb": peak_mb() })
                    );
                }
            }
            let own = std::env::current_exe().map_err(|error| Fault::internal("exe", error))?;
            // At a million the check of every parcel takes minutes, and an area of 2,000 parcels is no park: only when they are named.
            let is_large = |row: &str| row.starts_with("upstairs") || row == "consolidation";
            let is_wanted = |row: &&&str| named || parcels <= MOST_PARCELS_OF_ANALYSES || !is_large(row);
            for row in rows.iter().filter(|row| **row != "sample").filter(is_wanted) {
                let status =
                    Command::new(&own).args(["bench", row, "--city"]).arg(&city).status().map_err(|error| Fault::internal("spawn", error))?;
                if !status.success() {
                    return Err(Fault::internal("bench", format!("{row} at {parcels} ended with {status}")));
                }
            }
        }
        Ok(())
    }
}

fn growth(folder: &Path, plot: &Path, output: &Output) -> Outcome<()> {
    let mut cities = Vec::new();
    for parcels in GROWTH {
        let city = folder.join(format!("bench-{parcels}.gpkg"));
        if !city.exists() {
            sample::make(&city, false, &SampleOptions { parcels, seed: 1, as_of: "2026-09-01".to_owned() }, output)?;
        }
        cities.push((parcels as usize, city));
    }
    for row in consolidation::growth(&cities, plot)? {
        println!("{row}");
    }
    Ok(())
}

/// Peak resident memory of this process in MB (Linux).
fn peak_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kb| kb / 1024)
}

fn resident_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kb| kb / 1024.0)
}

fn measure(row: &str, city: &Path) -> Outcome<Value> {
    match row {
        "start" => start(city),
        "bbox" => queries::bbox(city),
        "point" => queries::point(city),
        "overlay" => queries::overlay_row(city),
        "tile" => serving::tile(city),
        "items" => serving::items(city),
        "export" => serving::export(city),
        "edit" => edit::row(city),
        "adjacency" => consolidation::adjacency_row(city),
        "consolidation" => consolidation::consolidation_row(city),
        "upstairs" => upstairs::city(city),
        "upstairs-matrix" => upstairs::matrix(city),
        "upstairs-http" => upstairs::http(city),
        "match" => matching::row(city),
        other => Err(Fault::bad("row", format!("没有基准 {other}"), format!("there is no row {other}"))),
    }
}

/// Middle of the sorted durations, milliseconds.
pub(super) fn median_ms(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples.get(samples.len() / 2).copied().unwrap_or(f64::NAN) * 1000.0
}

fn mean_ms(samples: &[f64]) -> f64 {
    samples.iter().sum::<f64>() / samples.len().max(1) as f64 * 1000.0
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let started = Instant::now();
    let answer = work();
    (answer, started.elapsed().as_secs_f64())
}

/// Numbers in [0, 1) that are the same in every run.
fn spread(count: usize) -> impl Iterator<Item = (f64, f64)> {
    (0..count).map(|i| {
        let at = i as f64 + 1.0;
        ((at * 0.754_877_666_246_693).fract(), (at * 0.569_840_290_998_053).fract())
    })
}

fn start(city: &Path) -> Outcome<Value> {
    let before = resident_mb();
    let (planner, opened) = timed(|| Planner::open_reading(city));
    let planner = planner?;
    let snapshot = planner.city();
    let extent = snapshot.extent().ok_or_else(|| Fault::internal("bench", "empty city"))?;
    let (_, first) = timed(|| snapshot.named("parcel").map(|table| table.at_point(extent.center()).len()));
    let parcels = snapshot.named("parcel").map_or(0, |table| table.len());
    let after = resident_mb();
    let per_parcel = before.zip(after).map(|(before, after)| (after - before) * 1024.0 * 1024.0 / parcels as f64);
    // The ordinary way: GDAL reads the parcels once.
    let (count, gdal) = timed(|| crate::formats::count_features(city, "parcel"));
    Ok(json!({
        "row": "start", "parcels": parcels, "seconds": opened + first, "bytes_per_parcel": per_parcel, "baseline": "GDAL reads the parcel layer once", "baseline_seconds": gdal, "baseline_count": count?,
    }))
}
