//! Importing a file into a city: read and judge (`intake`), place by location, write all or nothing.

use crate::domain::fault::Outcome;
use crate::domain::row::CellRef;
use crate::domain::{Fault, GeometryKind, Layer, Row, WriteMode, dictionary};
use crate::formats::geopackage_blob;
use crate::intake::{CityContext, ImportOptions, ImportReport, KnownShape, prepare};
use crate::spatial::majority;
use crate::spatial::polygons::Polygons;
use crate::store::{Author, Store};
use geo::Centroid;
use geo_types::{Geometry, MultiPolygon};
use std::collections::HashSet;
use std::path::Path;

/// What came of an import.
pub struct Imported {
    pub report: ImportReport,
    /// The city's revision after the write; none for a dry run.
    pub revision: Option<i64>,
}

/// Imports `path`; with `dry_run` nothing is written and the report is the same.
pub fn import(
    store: &dyn Store,
    path: &Path,
    options: &ImportOptions,
    dry_run: bool,
    progress: &dyn Fn(u64, Option<u64>) -> bool,
) -> Outcome<Imported> {
    let layer = dictionary().layer(&options.layer).ok_or_else(|| {
        let known: Vec<&str> = dictionary().layers.iter().map(|layer| layer.name.as_str()).collect();
        Fault::bad("no_such_layer", format!("没有图层 {}", options.layer), format!("there is no layer {}", options.layer))
            .help(format!("可用：{}", known.join("、")), format!("known: {}", known.join(", ")))
    })?;
    let context = context(store, layer)?;
    let mut prepared = prepare(path, options, &context, progress)?;
    place(store, layer, &mut prepared.rows, options.mode)?;
    if dry_run {
        return Ok(Imported { report: prepared.report, revision: None });
    }
    let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let author = Author { account: "cli", source: &file };
    let revision = store.write_rows(layer, &prepared.rows, options.mode, &author)?;
    Ok(Imported { report: prepared.report, revision: Some(revision) })
}

fn context(store: &dyn Store, layer: &'static Layer) -> Outcome<CityContext> {
    let mut existing_keys = HashSet::new();
    let mut known = Vec::new();
    let key_at = layer.column_index(&layer.key).unwrap_or(0);
    let name_at = layer.column_index("name");
    let compare_places = matches!(layer.name.as_str(), "district" | "park");
    store.scan(layer, &mut |_, cells, blob| {
        let text = |index: usize| if let CellRef::Text(text) = cells[index] { Some(text.to_owned()) } else { None };
        let Some(key) = text(key_at) else { return };
        if compare_places && let Some(centroid) = blob.and_then(decode).and_then(|shape| shape.centroid()) {
            known.push(KnownShape { key: key.clone(), name: name_at.and_then(text), centroid });
        }
        existing_keys.insert(key);
    })?;
    let districts = shapes(store, dictionary().known("district"))?.into_iter().flat_map(|(_, shape)| shape.0).collect::<Vec<_>>();
    Ok(CityContext { crs: store.info()?.crs, districts: (!districts.is_empty()).then_some(MultiPolygon(districts)), existing_keys, known })
}

fn decode(blob: &[u8]) -> Option<Geometry<f64>> {
    geopackage_blob::decode(blob).ok().flatten()
}

/// Keys and shapes of a polygon layer.
fn shapes(store: &dyn Store, layer: &'static Layer) -> Outcome<Vec<(String, MultiPolygon<f64>)>> {
    let key_at = layer.column_index(&layer.key).unwrap_or(0);
    let mut shapes = Vec::new();
    store.scan(layer, &mut |_, cells, blob| {
        if let (CellRef::Text(key), Some(Geometry::MultiPolygon(shape))) = (cells[key_at], blob.and_then(decode)) {
            shapes.push((key.to_owned(), shape));
        }
    })?;
    Ok(shapes)
}

/// Fills `district`, `park`, `zone` and `parcel` where the file leaves them out: the shape that holds most of the row's area.
fn place(store: &dyn Store, layer: &'static Layer, rows: &mut [Row], mode: WriteMode) -> Outcome<()> {
    if layer.geometry != GeometryKind::Polygon || mode == WriteMode::Update {
        return Ok(());
    }
    for container in ["district", "park", "zone", "parcel"] {
        let Some(at) = layer.column_index(container).filter(|_| container != layer.name) else { continue };
        let open: Vec<usize> = (0..rows.len()).filter(|row| rows[*row].values[at].is_null()).collect();
        let holders = shapes(store, dictionary().known(container))?;
        if open.is_empty() || holders.is_empty() {
            continue;
        }
        let own: Vec<MultiPolygon<f64>> = open
            .iter()
            .map(|row| match &rows[*row].geometry {
                Some(Geometry::MultiPolygon(shape)) => shape.clone(),
                _ => MultiPolygon(Vec::new()),
            })
            .collect();
        let (keys, shapes): (Vec<String>, Vec<MultiPolygon<f64>>) = holders.into_iter().unzip();
        for (row, holder) in open.iter().zip(majority(&polygons(&own), &polygons(&shapes))) {
            if let Some((holder, _)) = holder {
                rows[*row].values[at] = keys[holder as usize].as_str().into();
            }
        }
    }
    Ok(())
}

fn polygons(shapes: &[MultiPolygon<f64>]) -> Polygons {
    let mut polygons = Polygons::new();
    shapes.iter().for_each(|shape| polygons.push(shape));
    polygons
}
