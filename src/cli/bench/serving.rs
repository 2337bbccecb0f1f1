//! What is written for others: tiles, pages of features, an export.

use super::queries::windows;
use super::{median_ms, spread, timed};
use crate::domain::Lang;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, LayerId};
use crate::service::exports::{FileOptions, Format};
use crate::service::items::Selection;
use crate::service::{Planner, Viewer, exports, items, tiles};
use crate::spatial::frame::Frame;
use crate::spatial::mercator::world_position;
use crate::spatial::tile::TileAddress;
use crate::store::geopackage::RtreeBaseline;
use rayon::prelude::*;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

pub(super) fn tile(city: &Path) -> Outcome<Value> {
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
    let ((), theirs) = timed(|| {
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

pub(super) fn items(city: &Path) -> Outcome<Value> {
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
            Ok(selected.features(&planner.city().crs, page, None, true, &Frame::default()).len())
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

pub(super) fn export(city: &Path) -> Outcome<Value> {
    let planner = Planner::open_reading(city)?;
    let table = planner.city().table(LayerId::Parcel).clone();
    let folder = std::env::temp_dir().join(format!("parkplan-export-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| Fault::internal("mkdir", error))?;
    let selected = items::select(&planner.city(), &Viewer::guest(), "parcel", &Selection::default())?;
    let options = FileOptions { format: Format::GeoJson, precision: 7, crs: None, encoding: None, lang: Lang::Zh, properties: None };
    let own = folder.join("own.geojson");
    let (exported, seconds) = timed(|| exports::export_file(&planner.city(), &selected, &options, &own));
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
        "row": "export", "parcels": table.len(), "features": exported?.count, "seconds": seconds, "mb_per_second": bytes as f64 / 1e6 / seconds,
        "baseline": "ogr2ogr to RFC 7946 GeoJSON", "baseline_seconds": gdal,
    }))
}
