//! `parkplan bench`: one JSON line per row, each with a baseline of the same run.
//!
//! Every row runs at each size in a process of its own, so that the peak memory it prints is its own.

mod consolidation;
mod edit;
mod plot;
mod upstairs;

use crate::city::Query;
use crate::cli::output::Output;
use crate::cli::sample;
use crate::domain::Fault;
use crate::domain::LayerId;
use crate::domain::fault::Outcome;
use crate::sample::SampleOptions;
use crate::service::exports::{FileOptions, Format};
use crate::service::items::Selection;
use crate::service::{Planner, Viewer, exports, items, tiles};
use crate::spatial::mercator::world_position;
use crate::spatial::overlay;
use crate::spatial::polygons::PolygonSet;
use crate::spatial::tile::TileAddress;
use crate::store::geopackage::RtreeBaseline;
use clap::Args;
use geo::{BooleanOps, Contains};
use geo_types::{Coord, Point, Rect};
use rayon::prelude::*;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

#[derive(Args)]
pub struct Bench {
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
];
/// Parcels up to which the rows of consolidation and upstairs run by themselves.
const MOST_PARCELS_OF_ANALYSES: u32 = 100_000;
/// Sizes of the growth plot, in parcels.
const GROWTH: [u32; 7] = [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000];

impl Bench {
    pub fn run(self, output: &Output) -> Outcome<()> {
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
                sample::make(&city, &SampleOptions { parcels, seed: 1, as_of: "2026-09-01".to_owned() }, output)?;
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
            sample::make(&city, &SampleOptions { parcels, seed: 1, as_of: "2026-09-01".to_owned() }, output)?;
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
        "bbox" => bbox(city),
        "point" => point(city),
        "overlay" => overlay_row(city),
        "tile" => tile(city),
        "items" => items(city),
        "export" => export(city),
        "edit" => edit::row(city),
        "adjacency" => consolidation::adjacency_row(city),
        "consolidation" => consolidation::consolidation_row(city),
        "upstairs" => upstairs::city(city),
        "upstairs-matrix" => upstairs::matrix(city),
        "upstairs-http" => upstairs::http(city),
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

fn windows(extent: Rect<f64>, count: usize) -> Vec<Rect<f64>> {
    // A tenth of each side: 1 % of the extent.
    let size = Coord { x: extent.width() / 10.0, y: extent.height() / 10.0 };
    spread(count)
        .map(|(u, v)| {
            let min = Coord { x: extent.min().x + u * (extent.width() - size.x), y: extent.min().y + v * (extent.height() - size.y) };
            Rect::new(min, min + size)
        })
        .collect()
}

fn bbox(city: &Path) -> Outcome<Value> {
    let planner = Planner::open_reading(city)?;
    let table = planner.city().table(LayerId::Parcel).clone();
    let extent = table.extent().ok_or_else(|| Fault::internal("bench", "empty city"))?;
    let baseline = RtreeBaseline::open(city)?;
    let windows = windows(extent, 200);
    let (mut own, mut theirs, mut found) = (Vec::new(), Vec::new(), 0usize);
    for window in &windows {
        let (rows, seconds) = timed(|| {
            let mut rows = Vec::new();
            table.index().visit(*window, |row| rows.push(row));
            rows
        });
        own.push(seconds);
        found += rows.len();
        let (ids, seconds) = timed(|| baseline.ids(*window));
        theirs.push(seconds);
        let exact = Query { bounds: Some(*window), ..Query::default() }.select(&table, &planner.city().crs)?;
        if ids?.len().abs_diff(exact.len()) > exact.len() / 100 + 8 {
            return Err(Fault::internal("bench", "the two indexes disagree"));
        }
    }
    Ok(json!({
        "row": "bbox", "parcels": table.len(), "queries": windows.len(), "mean_found": found / windows.len(), "mean_ms": mean_ms(&own), "p50_ms": median_ms(own),
        "baseline": "SQLite R-tree of the same file", "baseline_mean_ms": mean_ms(&theirs), "baseline_p50_ms": median_ms(theirs),
    }))
}

fn point(city: &Path) -> Outcome<Value> {
    let planner = Planner::open_reading(city)?;
    let table = planner.city().table(LayerId::Parcel).clone();
    let baseline = RtreeBaseline::open(city)?;
    let step = (table.len() / 2000).max(1);
    let points: Vec<Coord<f64>> = (0..table.len())
        .step_by(step)
        .filter_map(|row| PolygonSet::rings(table.shapes(), row).next().map(|ring| ring[0]))
        .map(|corner| corner + Coord { x: 3.0, y: 3.0 })
        .collect();
    let (mut own, mut theirs) = (Vec::new(), Vec::new());
    for place in &points {
        let (rows, seconds) = timed(|| table.at_point(*place));
        own.push(seconds);
        let (hits, seconds) = timed(|| -> Outcome<usize> {
            let ids = baseline.ids(Rect::new(*place, *place))?;
            Ok(ids.len())
        });
        theirs.push(seconds);
        let brute = rows
            .iter()
            .all(|row| table.shapes().multi_polygon(*row as usize).contains(&Point(*place)) || table.shapes().contains(*row as usize, *place));
        if !brute || hits? < rows.len() {
            return Err(Fault::internal("bench", "the two indexes disagree"));
        }
    }
    Ok(json!({
        "row": "point", "parcels": table.len(), "queries": points.len(), "p50_ms": median_ms(own),
        "baseline": "SQLite R-tree candidates, without the polygon test", "baseline_p50_ms": median_ms(theirs),
    }))
}

fn overlay_row(city: &Path) -> Outcome<Value> {
    let planner = Planner::open_reading(city)?;
    let (parcels, districts) = (planner.city().table(LayerId::Parcel).clone(), planner.city().table(LayerId::District).clone());
    let (shares, seconds) = timed(|| overlay(parcels.shapes(), districts.shapes()));
    // Brute force on a part: each parcel against each district whose box it meets, by boolean operation.
    let sample = 300.min(parcels.len());
    let step = (parcels.len() / sample.max(1)).max(1);
    let shapes: Vec<_> = (0..districts.len()).map(|row| districts.shapes().multi_polygon(row)).collect();
    let (worst, brute) = timed(|| {
        let mut worst = 0.0f64;
        for row in (0..parcels.len()).step_by(step) {
            let own = parcels.shapes().multi_polygon(row);
            for near in districts.index().rows(parcels.shapes().bounds(row).unwrap_or_else(|| Rect::new((0.0, 0.0), (0.0, 0.0)))) {
                let exact = crate::spatial::area::planar_area(&own.intersection(&shapes[near as usize]));
                let found = shares
                    .iter()
                    .skip(shares.partition_point(|share| share.0 < row as u32))
                    .take_while(|share| share.0 == row as u32)
                    .find(|share| share.1 == near)
                    .map_or(0.0, |share| share.2);
                worst = worst.max((exact - found).abs() / crate::spatial::area::planar_area(&own).max(1.0));
            }
        }
        worst
    });
    Ok(json!({
        "row": "overlay", "parcels": parcels.len(), "districts": districts.len(), "pairs": shares.len(), "seconds": seconds,
        "baseline": "boolean operations, every nth parcel, scaled up", "baseline_seconds": brute * step as f64, "worst_relative_difference": worst,
    }))
}

fn tile(city: &Path) -> Outcome<Value> {
    let planner = Planner::open_reading(city)?;
    let table = planner.city().table(LayerId::Parcel).clone();
    let addresses: Vec<TileAddress> = spread(3000)
        .enumerate()
        .filter_map(|(index, (u, _))| {
            let z = 10 + (index % 6) as u8;
            let row = (u * table.len() as f64) as usize;
            let place = table.shapes().bounds(row)?.center();
            let world = world_position(planner.city().crs.to_lon_lat(place));
            let side = f64::from(1u32 << z) / crate::spatial::mercator::WORLD;
            TileAddress::new(z, (world.x * side) as u32, (world.y * side) as u32)
        })
        .collect();
    tiles::tile(&planner.city(), "parcel", addresses[0])?;
    let (bytes, seconds) = timed(|| {
        addresses.par_iter().map(|address| tiles::tile(&planner.city(), "parcel", *address).map(|bytes| bytes.len())).collect::<Outcome<Vec<usize>>>()
    });
    let bytes = bytes?;
    // The ordinary way: candidates from the file's R-tree alone, without encoding anything.
    let baseline = RtreeBaseline::open(city)?;
    let snapshot = planner.city();
    let few = &addresses[..addresses.len().min(300)];
    let (_, theirs) = timed(|| {
        for address in few {
            let [west, south, east, north] = address.lon_lat_box();
            let _ = baseline.ids(snapshot.plane_box(west, south, east, north));
        }
    });
    Ok(json!({
        "row": "tile", "parcels": table.len(), "tiles": bytes.len(), "mean_bytes": bytes.iter().sum::<usize>() / bytes.len().max(1), "tiles_per_second": bytes.len() as f64 / seconds,
        "baseline": "SQLite R-tree candidates of the same tiles, one thread, nothing encoded", "baseline_tiles_per_second": few.len() as f64 / theirs,
    }))
}

fn items(city: &Path) -> Outcome<Value> {
    let planner = Planner::open_reading(city)?;
    let table = planner.city().table(LayerId::Parcel).clone();
    let page = crate::city::Page { offset: 0, limit: 1000 };
    let mut own = Vec::new();
    let boxes: Vec<[f64; 4]> = windows(table.extent().ok_or_else(|| Fault::internal("bench", "empty city"))?, 60)
        .into_iter()
        .map(|window| planner.city().lon_lat_box(window))
        .collect();
    let mut features = 0;
    for bbox in &boxes {
        let (text, seconds) = timed(|| -> Outcome<usize> {
            let selected = items::select(&planner.city(), &Viewer::guest(), "parcel", &Selection { bbox: Some(*bbox), ..Selection::default() })?;
            features += page.of(&selected.rows).len();
            Ok(selected.features(&planner.city().crs, page, None, true, 7).len())
        });
        text?;
        own.push(seconds);
    }
    let (gdal, seconds) = timed(|| {
        boxes
            .iter()
            .take(10)
            .map(|bbox| crate::formats::read_box(city, "parcel", planner.city().plane_box(bbox[0], bbox[1], bbox[2], bbox[3]), 1000))
            .collect::<Outcome<Vec<usize>>>()
    });
    gdal?;
    Ok(json!({
        "row": "items", "parcels": table.len(), "mean_features": features / boxes.len(), "p50_ms": median_ms(own),
        "baseline": "GDAL: spatial filter on the same file, 1,000 features to GeoJSON geometry", "baseline_mean_ms": seconds * 1000.0 / 10.0,
    }))
}

fn export(city: &Path) -> Outcome<Value> {
    let planner = Planner::open_reading(city)?;
    let table = planner.city().table(LayerId::Parcel).clone();
    let folder = std::env::temp_dir().join(format!("parkplan-export-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| Fault::internal("mkdir", error))?;
    let selected = items::select(&planner.city(), &Viewer::guest(), "parcel", &Selection::default())?;
    let options = FileOptions { format: Format::GeoJson, precision: 7, crs: None, encoding: None, properties: None };
    let own = folder.join("own.geojson");
    let (count, seconds) = timed(|| exports::export_file(&planner.city(), &selected, &options, &own));
    let bytes = std::fs::metadata(&own).map_or(0, |data| data.len());
    let theirs = folder.join("gdal.geojson");
    let (status, gdal) = timed(|| {
        Command::new("ogr2ogr")
            .args(["-f", "GeoJSON", "-t_srs", "EPSG:4326", "-lco", "RFC7946=YES"])
            .arg(&theirs)
            .arg(city)
            .arg("parcel")
            .stderr(std::process::Stdio::null())
            .status()
    });
    let gdal = status.ok().filter(std::process::ExitStatus::success).map(|_| gdal);
    let _ = std::fs::remove_dir_all(&folder);
    Ok(json!({
        "row": "export", "parcels": table.len(), "features": count?, "seconds": seconds, "mb_per_second": bytes as f64 / 1e6 / seconds,
        "baseline": "ogr2ogr to RFC 7946 GeoJSON", "baseline_seconds": gdal,
    }))
}
