//! Drafts against land that changes while they are made.

use super::draft::NewInstrument;
use super::*;
use crate::domain::WriteMode;
use crate::service::Viewer;
use crate::spatial::polygons::samples::rectangle;
use crate::store::geopackage::GeoPackage;
use crate::store::{Author, RowChange};
use geo_types::{Geometry, MultiPolygon};

const DAY: &str = "2026-09-01";
const OTHER: Author<'_> = Author { account: "other", source: "test" };

/// A city of two parcels of 100 m × 50 m side by side.
fn two_parcels(folder: &tempfile::TempDir) -> Planner {
    let path = folder.path().join("city.gpkg");
    GeoPackage::create(&path, "EPSG:4547", "two parcels", false, DAY).unwrap();
    let layer = dictionary().known("parcel");
    let parcel = |code: &str, east: f64| {
        let mut row = Row::empty(layer);
        row.geometry = Some(Geometry::MultiPolygon(rectangle(500_000.0 + east, 2_500_000.0, 100.0, 50.0)));
        row.set(layer, "code", code).set(layer, "park", "P1").set(layer, "planned_use", "M1");
        row
    };
    let planner = Planner::open(&path).unwrap();
    planner.store.write_rows(layer, &[parcel("a", 0.0), parcel("b", 100.0)], WriteMode::Add, &OTHER).unwrap();
    drop(planner);
    Planner::open(&path).unwrap()
}

fn merge() -> NewInstrument {
    serde_json::from_value(serde_json::json!({ "kind": "merge", "parcels": ["a", "b"] })).unwrap()
}

fn reshape(planner: &Planner, code: &str, shape: &MultiPolygon<f64>) {
    let change = |reading: &dyn Reading| {
        let mut land = land(reading, code)?;
        land.row.geometry = Some(Geometry::MultiPolygon(shape.clone()));
        Ok(vec![RowChange::Update { layer: dictionary().known("parcel"), fid: land.fid, row: land.row }])
    };
    planner.store.transact(&OTHER, &change).unwrap();
}

#[test]
fn a_draft_whose_land_changed_between_computing_and_writing_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let planner = two_parcels(&folder);
    let new = merge();
    let prepared = planner.prepare_merge(&new, DAY).unwrap();
    // Another writer is not held up by a draft in the making, and what it writes is seen.
    reshape(&planner, "b", &rectangle(500_100.0, 2_500_000.0, 90.0, 50.0));
    let refused = planner.record_draft("planner", &new, Some(&prepared), DAY).unwrap_err();
    assert_eq!((refused.kind, refused.code, refused.place.as_deref()), (FaultKind::Conflict, "land_changed_meanwhile", Some("b")));
    assert!(refused.zh.contains('b') && refused.help_zh.is_some() && refused.help_en.is_some());
    assert!(all(&Now(&planner)).unwrap().is_empty(), "nothing was written");

    let drafted = planner.draft_instrument(&Viewer::local(), &new).unwrap();
    assert_eq!(drafted["ledger"]["out_m2"].as_f64().map(f64::round), Some(9500.0));
}

#[test]
fn a_draft_whose_land_ended_between_computing_and_writing_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let planner = two_parcels(&folder);
    let viewer = Viewer::local();
    let new = merge();
    let prepared = planner.prepare_merge(&new, DAY).unwrap();
    let mut first = planner.draft_instrument(&viewer, &new).unwrap();
    for to in [InstrumentState::Reviewed, InstrumentState::InForce] {
        let wanted = Move { to, date: Some(DAY.to_owned()), note: None };
        first = planner.move_instrument(&viewer, first["code"].as_str().unwrap(), first["etag"].as_str(), &wanted).unwrap();
    }
    let refused = planner.record_draft("planner", &new, Some(&prepared), DAY).unwrap_err();
    assert_eq!((refused.kind, refused.code), (FaultKind::Conflict, "parent_ended"));
}
