//! The promises of the sample city, tested on small cities.

use super::ring::{area, contains};
use super::split::VERTICES;
use super::{SampleOptions, SampleSummary, generate};
use crate::domain::fault::Outcome;
use crate::domain::{CitySink, ColumnType, GeometryKind, Layer, Row, Value, catalogue, dictionary};
use geo::{BooleanOps, Validation};
use geo_types::{Coord, Geometry, Polygon};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
struct Memory {
    rows: Vec<(&'static str, Row)>,
}

impl CitySink for Memory {
    fn push(&mut self, layer: &'static Layer, row: Row) -> Outcome<()> {
        self.rows.push((layer.name.as_str(), row));
        Ok(())
    }
}

impl Memory {
    fn layer(&self, name: &str) -> Vec<&Row> {
        self.rows.iter().filter(|(layer, _)| *layer == name).map(|(_, row)| row).collect()
    }

    fn hash(&self) -> String {
        let mut digest = Sha256::new();
        for (layer, row) in &self.rows {
            digest.update(format!("{layer}{row:?}").as_bytes());
        }
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn grow(parcels: u32, seed: u64) -> (Memory, SampleSummary) {
    let mut memory = Memory::default();
    let options = SampleOptions { parcels, seed, as_of: "2026-09-01".to_owned() };
    let summary = generate(&options, &mut memory, &|_, _| ()).expect("the sample grows");
    (memory, summary)
}

fn polygons(row: &Row) -> &[Polygon<f64>] {
    match &row.geometry {
        Some(Geometry::MultiPolygon(polygons)) => &polygons.0,
        _ => &[],
    }
}

fn exterior(row: &Row) -> Vec<Coord<f64>> {
    let ring = &polygons(row)[0].exterior().0;
    ring[..ring.len() - 1].to_vec()
}

fn text<'a>(layer: &str, row: &'a Row, column: &str) -> &'a str {
    row.get(dictionary().known(layer), column).as_str().unwrap_or_default()
}

fn number(layer: &str, row: &Row, column: &str) -> f64 {
    row.get(dictionary().known(layer), column).as_f64().unwrap_or_default()
}

#[test]
fn the_same_seed_grows_the_same_city_whatever_the_threads() {
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    let first = alone.install(|| grow(900, 7).0.hash());
    assert_eq!(first, grow(900, 7).0.hash());
    assert_ne!(first, grow(900, 8).0.hash());
}

#[test]
fn the_parcel_count_is_met_within_three_per_cent() {
    for parcels in [400, 3000, 24_000] {
        let count = grow(parcels, 1).0.layer("parcel").len() as f64;
        assert!((count / f64::from(parcels) - 1.0).abs() < 0.03, "{count} of {parcels}");
    }
}

#[test]
fn every_geometry_is_valid_and_of_the_layer_s_kind() {
    let (city, _) = grow(3000, 3);
    for (name, row) in &city.rows {
        let layer = dictionary().known(name);
        match (&row.geometry, layer.geometry) {
            (Some(geometry @ Geometry::MultiPolygon(_)), GeometryKind::Polygon)
            | (Some(geometry @ Geometry::MultiLineString(_)), GeometryKind::Line)
            | (Some(geometry @ Geometry::Point(_)), GeometryKind::Point) => {
                assert!(geometry.is_valid(), "{name} {}: {:?}", row.key(layer), geometry.check_validation());
            }
            (None, GeometryKind::None) => (),
            (found, wanted) => panic!("{name} {}: {found:?} where {wanted:?} is due", row.key(layer)),
        }
    }
}

#[test]
fn parcels_have_between_five_and_forty_distinct_vertices() {
    let (city, _) = grow(3000, 4);
    for row in city.layer("parcel") {
        let mut ring = exterior(row);
        let count = ring.len();
        ring.sort_by(|a, b| (a.x, a.y).partial_cmp(&(b.x, b.y)).expect("finite"));
        ring.dedup();
        assert_eq!(ring.len(), count);
        assert!((VERTICES.0..=VERTICES.1).contains(&count), "{count}");
    }
}

#[test]
fn parcels_overlap_only_where_the_summary_says() {
    let (city, summary) = grow(3000, 5);
    let boxed: Vec<_> =
        city.layer("parcel").into_iter().map(|row| (geo::BoundingRect::bounding_rect(&polygons(row)[0]).expect("a box"), row)).collect();
    let mut overlaps = 0;
    for (index, (a, first)) in boxed.iter().enumerate() {
        for (b, second) in &boxed[index + 1..] {
            if a.min().x < b.max().x && b.min().x < a.max().x && a.min().y < b.max().y && b.min().y < a.max().y {
                let shared = geo::Area::unsigned_area(&polygons(first)[0].intersection(&polygons(second)[0]));
                // Rounded T-junctions overlap by a fraction of a millimetre times their length.
                overlaps += u64::from(shared > 0.5);
            }
        }
    }
    assert_eq!(overlaps, summary.flaws.overlaps);
}

#[test]
fn more_than_half_of_the_industrial_land_is_held_by_collectives_or_without_title() {
    let (city, _) = grow(6000, 6);
    let (mut held, mut all) = (0.0, 0.0);
    for row in city.layer("parcel") {
        if super::land::is_industrial(text("parcel", row, "land_use")) {
            let area = number("parcel", row, "planar_area_m2");
            all += area;
            held += if matches!(text("parcel", row, "tenure"), "collective" | "irregular") { area } else { 0.0 };
        }
    }
    assert!(held / all > 0.5, "{}", held / all);
}

#[test]
fn industrial_land_is_built_to_about_the_known_mean_ratio() {
    let (city, _) = grow(6000, 6);
    let ratios: Vec<f64> = city
        .layer("parcel")
        .into_iter()
        .filter(|row| super::land::is_industrial(text("parcel", row, "land_use")))
        .filter_map(|row| row.get(dictionary().known("parcel"), "far_present").as_f64())
        .collect();
    let mean = ratios.iter().sum::<f64>() / ratios.len() as f64;
    assert!((mean - 1.46).abs() < 0.12, "{mean}");
}

#[test]
fn buildings_stand_inside_their_parcels_apart_and_add_up() {
    let (city, _) = grow(3000, 9);
    let parcels: BTreeMap<&str, &Row> = city.layer("parcel").into_iter().map(|row| (text("parcel", row, "code"), row)).collect();
    let mut by_parcel: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in city.layer("building") {
        by_parcel.entry(text("building", row, "parcel")).or_default().push(row);
        let ring = exterior(row);
        let parcel = exterior(parcels[text("building", row, "parcel")]);
        assert!(ring.iter().all(|point| contains(&parcel, *point)), "{}", text("building", row, "code"));
        assert!((number("building", row, "gfa_m2") - area(&ring) * number("building", row, "storeys")).abs() < 0.02);
    }
    for (code, rows) in by_parcel {
        for (index, first) in rows.iter().enumerate() {
            for second in &rows[index + 1..] {
                assert!(geo::Area::unsigned_area(&polygons(first)[0].intersection(&polygons(second)[0])) < 1e-6);
            }
        }
        let total: f64 = rows.iter().map(|row| number("building", row, "gfa_m2")).sum();
        let built = parcels[code].get(dictionary().known("parcel"), "built_gfa_m2");
        assert!(built.as_f64().is_none_or(|built| (built - total).abs() < 0.1), "{code}: {built:?} {total}");
    }
}

#[test]
fn every_value_has_its_column_s_type_and_every_code_its_list() {
    let (city, _) = grow(1200, 10);
    for (name, row) in &city.rows {
        let layer = dictionary().known(name);
        assert_eq!(row.values.len(), layer.columns.len());
        for (column, value) in layer.columns.iter().zip(&row.values) {
            let fits = match (value, column.kind) {
                (Value::Null, _) => !column.required,
                (Value::Text(_), ColumnType::Text | ColumnType::Date | ColumnType::List) => true,
                (Value::Integer(_), ColumnType::Integer) | (Value::Boolean(_), ColumnType::Boolean) => true,
                (Value::Real(number), ColumnType::Real) => number.is_finite(),
                _ => false,
            };
            assert!(fits, "{name}.{}: {value:?}", column.name);
            if let (Some(list), Some(text)) = (&column.codes, value.as_str()) {
                let used: Vec<String> =
                    if column.kind == ColumnType::List { serde_json::from_str(text).expect("a JSON list") } else { vec![text.to_owned()] };
                for code in used {
                    let known = if list == "cluster" {
                        catalogue().cluster(&code).is_some()
                    } else {
                        catalogue().codes(list).is_some_and(|codes| codes.iter().any(|known| known.code == code))
                    };
                    assert!(known, "{name}.{}: {code}", column.name);
                }
            }
        }
    }
}

#[test]
fn tasks_have_dates_in_order_and_reports_that_do_not_fall() {
    for as_of in ["2026-09-01", "2027-01-15", "2024-02-29"] {
        let mut city = Memory::default();
        generate(&SampleOptions { parcels: 300, seed: 4, as_of: as_of.to_owned() }, &mut city, &|_, _| ()).expect("grows");
        let mut done: BTreeMap<&str, (String, f64)> = BTreeMap::new();
        for row in city.layer("task_report") {
            let (task, date) = (text("task_report", row, "task"), text("task_report", row, "date").to_owned());
            assert!(date.as_str() < as_of && text("task_report", row, "reported_on") <= as_of, "{task} {date}");
            let now = number("task_report", row, "done");
            if let Some((before, earlier)) = done.insert(task, (date.clone(), now)) {
                assert!(before < date && earlier <= now, "{task} {date}");
            }
        }
        let tasks = city.layer("task");
        assert!(tasks.iter().all(|row| text("task", row, "start") < text("task", row, "end") && number("task", row, "target") > 0.0));
        assert!(done.len() < tasks.len() && done.keys().all(|code| tasks.iter().any(|row| text("task", row, "code") == *code)));
    }
}

#[test]
fn keys_are_unique_and_layers_come_in_order() {
    let (city, _) = grow(1200, 11);
    let order = [
        "district",
        "park",
        "zone",
        "road",
        "control_line",
        "facility",
        "parcel",
        "building",
        "floor",
        "unit",
        "firm",
        "report",
        "task",
        "task_report",
    ];
    let seen: Vec<usize> = city.rows.iter().filter_map(|(name, _)| order.iter().position(|layer| layer == name)).collect();
    assert!(seen.is_sorted());
    let mut keys = BTreeSet::new();
    for (name, row) in &city.rows {
        assert!(keys.insert((*name, row.key(dictionary().known(name)).to_owned())), "{name} {}", row.key(dictionary().known(name)));
    }
}

#[test]
fn parks_are_twenty_and_lie_where_the_public_plan_counts_them() {
    let (city, _) = grow(400, 12);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for row in city.layer("park") {
        *counts.entry(text("park", row, "districts").to_owned()).or_default() += 1;
    }
    let wanted = [("440306", 4), ("440307", 3), ("440309", 3), ("440310", 3), ("440311", 4), ("4403SS", 2)];
    for (district, count) in wanted {
        assert_eq!(counts[&format!("[\"{district}\"]")], count, "{district}");
    }
    assert_eq!(counts["[\"440308\",\"4403DP\"]"], 1);
    assert_eq!((city.layer("park").len(), city.layer("district").len()), (20, 11));
}

#[test]
fn zones_partition_their_park_and_parks_measure_two_to_twelve_square_kilometres() {
    let (city, _) = grow(400, 12);
    for park in city.layer("park") {
        let whole = number("park", park, "planar_area_m2");
        let zones: f64 = city
            .layer("zone")
            .into_iter()
            .filter(|zone| text("zone", zone, "park") == text("park", park, "code"))
            .map(|zone| number("zone", zone, "planar_area_m2"))
            .sum();
        assert!((zones - whole).abs() < 1.0 && (2e6..12e6).contains(&whole), "{whole} {zones}");
    }
}

#[test]
fn park_parcels_lie_inside_their_zone_of_the_park() {
    let (city, _) = grow(3000, 13);
    let zones: BTreeMap<&str, Vec<Vec<Coord<f64>>>> = city
        .layer("zone")
        .into_iter()
        .map(|row| (text("zone", row, "code"), polygons(row).iter().map(|polygon| polygon.exterior().0.clone()).collect()))
        .collect();
    for row in city.layer("parcel").into_iter().filter(|row| !text("parcel", row, "park").is_empty()) {
        assert!(text("parcel", row, "zone").starts_with(text("parcel", row, "park")));
        let rings = &zones[text("parcel", row, "zone")];
        assert!(exterior(row).iter().all(|point| rings.iter().any(|ring| contains(ring, *point))), "{}", text("parcel", row, "code"));
    }
}

#[test]
fn units_fit_their_floors_and_floors_their_buildings() {
    let (city, _) = grow(3000, 14);
    let mut left: BTreeMap<(String, String), f64> = BTreeMap::new();
    for row in city.layer("floor") {
        left.insert((text("floor", row, "building").to_owned(), text("floor", row, "floor").to_owned()), number("floor", row, "area_m2"));
    }
    for row in city.layer("unit") {
        let key = (text("unit", row, "building").to_owned(), text("unit", row, "floor").to_owned());
        *left.get_mut(&key).expect("a floor of the unit") -= number("unit", row, "area_m2");
    }
    assert!(left.values().all(|area| *area > -0.011));
    let buildings: BTreeMap<&str, &Row> = city.layer("building").into_iter().map(|row| (text("building", row, "code"), row)).collect();
    for row in city.layer("floor") {
        let building = buildings[text("floor", row, "building")];
        assert!((number("floor", row, "area_m2") - number("building", building, "planar_area_m2")).abs() < 0.01);
        assert!(number("floor", row, "floor_order") <= number("building", building, "storeys"));
    }
}

#[test]
fn every_park_has_between_five_and_forty_per_cent_empty_and_some_stale_reports() {
    let (city, _) = grow(6000, 15);
    let parks: BTreeMap<&str, &str> =
        city.layer("building").into_iter().map(|row| (text("building", row, "code"), text("building", row, "park"))).collect();
    let mut areas: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    let (mut stale, mut all) = (0.0, 0.0);
    for row in city.layer("unit") {
        let area = number("unit", row, "area_m2");
        let entry = areas.entry(parks[text("unit", row, "building")]).or_default();
        entry.1 += area;
        entry.0 += if text("unit", row, "state") == "vacant" { area } else { 0.0 };
        all += 1.0;
        stale += f64::from(u8::from(text("unit", row, "as_of") < "2026-08-02"));
    }
    assert_eq!(areas.len(), 20);
    for (park, (vacant, area)) in areas {
        assert!((0.05..0.40).contains(&(vacant / area)), "{park}: {}", vacant / area);
    }
    assert!((0.11..0.19).contains(&(stale / all)), "{}", stale / all);
}

#[test]
fn lead_clusters_dominate_the_firms_of_their_park() {
    let (city, _) = grow(400, 16);
    for park in city.layer("park") {
        let leads = text("park", park, "lead_clusters");
        let own: Vec<_> = city.layer("firm").into_iter().filter(|row| text("firm", row, "park") == text("park", park, "code")).collect();
        let leading = own.iter().filter(|row| leads.contains(text("firm", row, "cluster"))).count();
        assert!((40..=150).contains(&own.len()) && leading * 2 > own.len(), "{leading} of {}", own.len());
    }
    assert!(
        city.layer("firm")
            .iter()
            .all(|row| row.key(dictionary().known("firm")).starts_with("9144SAMPLE") && row.key(dictionary().known("firm")).len() == 18)
    );
}

#[test]
fn every_kind_of_facility_control_line_and_street_occurs() {
    let (city, _) = grow(3000, 17);
    for (layer, column, list) in
        [("facility", "class", "facility_class"), ("control_line", "kind", "control_kind"), ("road", "class", "road_class"), ("zone", "kind", "zone")]
    {
        let used: BTreeSet<&str> = city.layer(layer).into_iter().map(|row| text(layer, row, column)).collect();
        let all: BTreeSet<&str> = catalogue().codes(list).expect("a list").iter().map(|code| code.code.as_str()).collect();
        assert_eq!(used, all, "{layer}");
    }
}
