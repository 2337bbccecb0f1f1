//! `adjacency`, `overlay`, `topology`: measurements over all parcels.

use super::common::{Threads, not_negative, not_written, write_json};
use super::output::{OutFile, Output};
use super::shape_set::ending;
use crate::domain::Fault;
use crate::domain::LayerId;
use crate::domain::fault::Outcome;
use crate::service::topology::TopologyReport;
use crate::service::{Planner, table, topology};
use crate::spatial::{AdjacencyOptions, adjacency, overlay};
use clap::Args;
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct Adjacency {
    city: PathBuf,
    /// Only parcels of this park
    #[arg(long)]
    park: Option<String>,
    /// Gap tolerance in metres
    #[arg(long, default_value_t = 0.5, value_parser = not_negative)]
    tolerance: f64,
    /// Least shared length of an edge contact in metres
    #[arg(long, default_value_t = 2.0, value_parser = not_negative)]
    min_length: f64,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    out: OutFile,
}

impl Adjacency {
    pub(super) fn run(self, output: &Output) -> Outcome<()> {
        self.threads.apply()?;
        only_csv(&self.out.out)?;
        let planner = Planner::open_reading(&self.city)?;
        let table = planner.city().table(LayerId::Parcel).clone();
        if !(0.0..=50.0).contains(&self.tolerance) || !(0.0..=1e6).contains(&self.min_length) {
            return Err(Fault::bad(
                "tolerance",
                "缝隙容差应为 0 到 50 米，最短边长不小于 0",
                "the tolerance is 0 to 50 m and the least length at least 0",
            ));
        }
        let options = AdjacencyOptions { tolerance_m: self.tolerance, min_length_m: self.min_length, ..AdjacencyOptions::default() };
        let contacts = adjacency(table.shapes(), &options);
        let inside = |row: u32| self.park.is_none() || table.text(row as usize, "park") == self.park.as_deref();
        let kept: Vec<_> = contacts.into_iter().filter(|contact| inside(contact.a) && inside(contact.b)).collect();
        self.out.write(|path| {
            write_lines(
                path,
                "a,b,length_m,class,gap_m",
                kept.iter().map(|contact| {
                    let class = json!(contact.class);
                    format!(
                        "{},{},{},{},{}",
                        quoted(table.key(contact.a as usize)),
                        quoted(table.key(contact.b as usize)),
                        contact.length_m,
                        class.as_str().unwrap_or_default(),
                        contact.gap_m
                    )
                }),
            )
        })?;
        output.notice(format!("相邻关系 {} 对", kept.len()), format!("{} pairs", kept.len()));
        Ok(())
    }
}

#[derive(Args)]
pub(super) struct Overlay {
    city: PathBuf,
    #[arg(long)]
    layer: String,
    /// The other layer
    #[arg(long)]
    by: String,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    out: OutFile,
}

impl Overlay {
    pub(super) fn run(self, output: &Output) -> Outcome<()> {
        self.threads.apply()?;
        only_csv(&self.out.out)?;
        let planner = Planner::open_reading(&self.city)?;
        let city = planner.city();
        let (a, b) = (table(&city, &self.layer)?.clone(), table(&city, &self.by)?.clone());
        let shares = overlay(a.shapes(), b.shapes());
        self.out.write(|path| {
            write_lines(
                path,
                "a,b,area_m2",
                shares.iter().map(|share| format!("{},{},{}", quoted(a.key(share.0 as usize)), quoted(b.key(share.1 as usize)), share.2)),
            )
        })?;
        output.notice(format!("{} 行", shares.len()), format!("{} rows", shares.len()));
        Ok(())
    }
}

#[derive(Args)]
pub(super) struct Topology {
    city: PathBuf,
    /// A polygon layer
    #[arg(long, default_value = "parcel")]
    layer: String,
    /// Gap tolerance in metres: wider gaps are not faults
    #[arg(long, default_value_t = 0.5, value_parser = not_negative)]
    tolerance: f64,
    /// A mean width below this is a sliver, in metres
    #[arg(long, default_value_t = 1.0, value_parser = not_negative)]
    sliver_width: f64,
    /// csv, json or geojson (default: by the file's ending)
    #[arg(long)]
    format: Option<String>,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    out: OutFile,
}

impl Topology {
    pub(super) fn run(self, output: &Output) -> Outcome<()> {
        self.threads.apply()?;
        let ending = ending(&self.out.out);
        let as_features = match self.format.as_deref().unwrap_or(&ending) {
            "json" | "geojson" => true,
            "csv" | "txt" | "" => false,
            other => return Err(not_written(other, "csv、json、geojson", "csv, json, geojson")),
        };
        let planner = Planner::open_reading(&self.city)?;
        let report = topology::topology(&planner.city(), &self.layer, self.tolerance, self.sliver_width)?;
        if as_features {
            write_json(&self.out, &report.to_geojson())?;
        } else {
            let rows = report.csv_rows().map(|row| row.map(|cell| quoted(&cell)).join(","));
            self.out.write(|path| write_lines(path, TopologyReport::CSV_HEAD, rows))?;
        }
        if self.out.out.as_os_str() != "-" {
            output.result(&report.counts(), || report.to_text(output.lang));
        }
        Ok(())
    }
}

/// Refuses an ending that promises another format than the one there is.
pub(super) fn only_csv(out: &std::path::Path) -> Outcome<()> {
    match ending(out).as_str() {
        "csv" | "txt" | "" => Ok(()),
        other => Err(not_written(other, "csv", "csv")),
    }
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

pub(super) fn write_lines(path: &std::path::Path, head: &str, lines: impl Iterator<Item = String>) -> Outcome<()> {
    let failed = |error: std::io::Error| Fault::internal("write", error);
    let mut out = std::io::BufWriter::new(std::fs::File::create(path).map_err(failed)?);
    writeln!(out, "{head}").map_err(failed)?;
    for line in lines {
        writeln!(out, "{line}").map_err(failed)?;
    }
    out.flush().map_err(failed)
}
