//! Importing a file into a city: read and judge (`intake`), place by location, write all or nothing.

use super::edits::{CONTAINERS, check, complete, may_come_by_file};
use super::shifted;
use super::{Planner, Viewer};
use crate::city::City;
use crate::domain::edit::{Edit, Import};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, GeometryKind, LayerId, Row, WriteMode};
use crate::formats::Progress;
use crate::intake::{CityContext, ImportOptions, ImportReport, KnownShape, RowNote, prepare};
use crate::spatial::majority;
use crate::spatial::polygons::Polygons;
use geo::Centroid;
use geo_types::{Geometry, MultiPolygon};
use rayon::prelude::*;
use std::collections::HashSet;
use std::path::Path;

/// What came of an import.
pub struct Imported {
    pub report: ImportReport,
    /// The city's revision after the write; none for a dry run.
    pub revision: Option<i64>,
}

/// Reasons that tell of a damaged file rather than of odd land: what the coordinates were meant to be is not in it.
const DAMAGE: [&str; 3] = ["unclosed_ring", "non_finite", "unreadable_geometry"];

/// Refuses a damaged file unless the person has said what to do with such rows, and a file of which nothing can be taken.
pub(super) fn refuse_damage(report: &ImportReport, told_what_to_do: bool) -> Outcome<()> {
    let notes = || report.repaired.iter().chain(&report.rejected);
    let damaged: Vec<_> = notes().filter(|note| DAMAGE.contains(&note.reason)).collect();
    let place = |note: &RowNote| match note.place {
        Some([x, y]) => format!("row {} ({x}, {y})", note.row),
        None => format!("row {}", note.row),
    };
    if let (false, Some(first)) = (told_what_to_do, damaged.first()) {
        return Err(Fault::bad(
            "damaged_geometry",
            format!("文件有 {} 行几何损坏（首先第 {} 行：{}），未写入任何内容", damaged.len(), first.row, first.zh),
            format!("{} rows of the file have damaged geometry (first row {}: {}); nothing was written", damaged.len(), first.row, first.en),
        )
        .at(place(first))
        .help(
            "改正文件；或加 --on-invalid repair 修补可修的、--on-invalid reject 舍去这些行，先用 --dry-run 看清单",
            "mend the file, or say --on-invalid repair to mend what can be mended or --on-invalid reject to leave such rows out; --dry-run lists them",
        ));
    }
    if report.accepted == 0 {
        let first = notes().next();
        let fault = Fault::bad(
            "nothing_accepted",
            format!(
                "读到 {} 行，没有一行可以采用{}，未写入任何内容",
                report.read,
                first.map(|note| format!("（首先：{}）", note.zh)).unwrap_or_default()
            ),
            format!(
                "of {} rows none can be taken{}; nothing was written",
                report.read,
                first.map(|note| format!(" (first: {})", note.en)).unwrap_or_default()
            ),
        )
        .help("用 --dry-run 查看每一行的原因", "see the reason of each row with --dry-run");
        return Err(match first {
            Some(note) => fault.at(place(note)),
            None => fault,
        });
    }
    Ok(())
}

/// Refuses what a person must answer first, with the answers there are.
pub(super) fn ask(report: &ImportReport, options: &ImportOptions) -> Outcome<()> {
    let answered = |code: &str| if code.starts_with("gcj02") { options.datum.is_some() } else { options.place_checked };
    let Some(open) = report.notices.iter().find(|notice| notice.asks && !answered(notice.code)) else { return Ok(()) };
    let (zh, en) = if open.code.starts_with("gcj02") {
        (
            "确为 GCJ-02：选“去除偏移”（--datum gcj02，用公开公式反算）；不是：选“坐标无偏移”（--datum as-stated）",
            "--datum gcj02 takes the shift out by the published formula; --datum as-stated says that there is none",
        )
    } else {
        (
            "请核对坐标系（--crs）；位置和大小无误，则勾选“已核对位置”（--place-checked）",
            "check the CRS (--crs); where place and size are right, say so (--place-checked)",
        )
    };
    Err(Fault::bad(open.code, format!("{}。未写入任何内容", open.zh), format!("{}; nothing was written", open.en)).help(zh, en))
}

/// A file that was read, judged, placed and measured, on one city.
pub(super) struct Ready {
    pub import: Import,
    pub report: ImportReport,
}

/// Reads and judges `path` for a city; nothing is written.
pub(super) fn ready(city: &City, path: &Path, options: &ImportOptions, progress: Progress<'_>) -> Outcome<Ready> {
    let layer = layer_named(&options.layer)?;
    may_come_by_file(layer)?;
    let mut prepared = prepare(path, options, &context(city, layer), progress)?;
    let suspected = if options.datum.is_none() { shifted::notice(city, layer, &prepared) } else { None };
    prepared.report.notices.extend(suspected);
    place(city, layer, &mut prepared.rows, options.mode);
    prepared.rows.par_iter_mut().for_each(|row| complete(row, layer.layer(), &city.crs));
    let source = prepared.report.source();
    Ok(Ready { import: Import { layer, mode: options.mode, rows: prepared.rows, source, judged_at: None }, report: prepared.report })
}

pub(super) fn layer_named(name: &str) -> Outcome<LayerId> {
    LayerId::parse(name).ok_or_else(|| {
        let known: Vec<&str> = LayerId::ALL.into_iter().map(LayerId::name).collect();
        Fault::bad("no_such_layer", format!("没有图层 {name}"), format!("there is no layer {name}"))
            .help(format!("可用：{}", known.join("、")), format!("known: {}", known.join(", ")))
    })
}

impl Planner {
    /// Imports `path`. `write` is called when the file is judged and the city is about to be written; without it nothing is, and the report is
    /// the same. `told_what_to_do`: the person named a way with invalid rows.
    pub fn import(
        &self,
        viewer: &Viewer,
        path: &Path,
        options: &ImportOptions,
        write: Option<&dyn Fn()>,
        told_what_to_do: bool,
        progress: Progress<'_>,
    ) -> Outcome<Imported> {
        let city = self.city();
        let Ready { import, report } = ready(&city, path, options, progress)?;
        let Some(begin) = write else {
            // What the rules of a table refuse is told before anybody means to write.
            check(&Edit::Import(import), &city, &self.person(viewer))?;
            return Ok(Imported { report, revision: None });
        };
        refuse_damage(&report, told_what_to_do)?;
        ask(&report, options)?;
        begin();
        let done = self.edit(viewer, Edit::Import(import))?;
        Ok(Imported { report, revision: Some(done.revision) })
    }
}

pub(super) fn context(city: &City, layer: LayerId) -> CityContext {
    let table = city.table(layer);
    let existing_keys: HashSet<String> = (0..table.len()).map(|row| table.key(row).to_owned()).filter(|key| !key.is_empty()).collect();
    let known = if matches!(layer, LayerId::District | LayerId::Park) {
        let shape = |row: usize| {
            let centroid = table.geometry(row)?.centroid()?;
            Some(KnownShape { key: table.key(row).to_owned(), name: table.text(row, "name").map(str::to_owned), centroid })
        };
        (0..table.len()).filter_map(shape).collect()
    } else {
        Vec::new()
    };
    let districts: Vec<_> = shapes(city, LayerId::District).into_iter().flat_map(|(_, shape)| shape.0).collect();
    CityContext { crs: city.info().crs, districts: (!districts.is_empty()).then_some(MultiPolygon(districts)), existing_keys, known }
}

/// Keys and shapes of a polygon layer.
fn shapes(city: &City, layer: LayerId) -> Vec<(String, MultiPolygon<f64>)> {
    let table = city.table(layer);
    let shaped = (0..table.len()).filter(|row| !table.key(*row).is_empty() && table.shapes().bounds(*row).is_some());
    shaped.map(|row| (table.key(row).to_owned(), table.shapes().multi_polygon(row))).collect()
}

/// Fills `district`, `park`, `zone` and `parcel` where the file leaves them out: the shape that holds most of the row's area.
fn place(city: &City, layer: LayerId, rows: &mut [Row], mode: WriteMode) {
    if layer.layer().geometry != GeometryKind::Polygon || mode == WriteMode::Update {
        return;
    }
    for container in CONTAINERS {
        let Some(at) = layer.layer().column_index(container.name()).filter(|_| container != layer) else { continue };
        let open: Vec<usize> = (0..rows.len()).filter(|row| rows[*row].values[at].is_null()).collect();
        let holders = shapes(city, container);
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
}

fn polygons(shapes: &[MultiPolygon<f64>]) -> Polygons {
    let mut polygons = Polygons::new();
    shapes.iter().for_each(|shape| polygons.push(shape));
    polygons
}
