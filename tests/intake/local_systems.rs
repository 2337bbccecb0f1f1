//! Coordinates of a city survey's own system, and those of the web maps: brought over as stated, and told everywhere.

use super::support::*;
use geo_types::{Coord, Geometry, Point};
use parkplan::domain::{Lang, LocalFrame};
use parkplan::intake::{Datum, ImportOptions, Mode, Prepared, gcj02};
use parkplan::spatial::similarity::Similarity;

const LOCAL: [(f64, f64); 4] = [(112_345.0, 21_345.0), (113_345.0, 21_900.0), (112_800.0, 22_800.0), (111_900.0, 22_100.0)];

/// A made-up local system over Shenzhen.
fn truth() -> Similarity {
    Similarity::new(391_090.25, 2_470_660.5, 1.000_012, 0.75)
}

fn parameters() -> LocalFrame {
    let s = truth();
    LocalFrame { to: "EPSG:4547".into(), dx: Some(s.dx), dy: Some(s.dy), ppm: Some(12.0), rotation: Some(0.75), ..LocalFrame::default() }
}

fn points(off_m: f64) -> LocalFrame {
    let signs = [(1.0, -1.0), (-1.0, 1.0), (1.0, 1.0), (-1.0, -1.0)];
    let point = |((x, y), (u, v)): (&(f64, f64), (f64, f64))| {
        let there = truth().apply(Coord { x: *x, y: *y });
        [*x, *y, there.x + u * off_m, there.y + v * off_m]
    };
    LocalFrame { to: "EPSG:4547".into(), points: LOCAL.iter().zip(signs).map(point).collect(), ..LocalFrame::default() }
}

fn asked(local: LocalFrame) -> ImportOptions {
    ImportOptions { crs: Some("local".into()), local: Some(local), ..options("facility") }
}

fn of(options: &ImportOptions) -> Prepared {
    let folder = folder();
    let lines: String = LOCAL.iter().enumerate().map(|(index, (x, y))| format!("f{index},{x},{y}\n")).collect();
    run(&file(&folder, "points.csv", format!("code,x,y\n{lines}")), options, &shenzhen()).expect("prepared")
}

fn places(prepared: &Prepared) -> Vec<Coord<f64>> {
    prepared.rows.iter().map(|row| if let Some(Geometry::Point(Point(at))) = row.geometry { at } else { panic!("no point") }).collect()
}

#[test]
fn local_coordinates_come_by_stated_parameters_and_it_is_told_everywhere() {
    let prepared = of(&asked(parameters()));
    for (found, (x, y)) in places(&prepared).iter().zip(LOCAL) {
        let there = truth().apply(Coord { x, y });
        assert!((found.x - there.x).hypot(found.y - there.y) < 1e-6, "{found:?} {there:?}");
    }
    let crs = prepared.report.crs.as_ref().expect("crs");
    let local = crs.local.as_ref().expect("told");
    assert_eq!((crs.source.as_str(), crs.given_by, crs.to.as_str(), local.to.as_str()), ("local", "option", "EPSG:4547", "EPSG:4547"));
    assert!((local.scale - 1.000_012).abs() < 1e-12 && (local.rotation_deg - 0.75).abs() < 1e-9 && local.deviation_m.is_none());
    let notice = prepared.report.notices.iter().find(|notice| notice.code == "crs_local").expect("told");
    assert!(notice.zh.contains("四参数") && notice.en.contains("four parameters") && notice.zh.contains("391090.2500"), "{}", notice.zh);
    // Each row and the log say it, so that exports and the history do.
    let source = prepared.rows[0].get(prepared.layer, "source").as_str().expect("source");
    assert!(source.starts_with("points.csv [local→EPSG:4547 dx=391090.2500 dy=2470660.5000 scale=1.000012000 rotation=0.75"), "{source}");
    assert_eq!(prepared.report.source(), source);
    assert!(prepared.report.text(Lang::Zh).contains("local (option) → EPSG:4547"));
}

#[test]
fn control_points_give_the_parameters_and_their_residuals() {
    let exact = of(&asked(points(0.0)));
    let by_parameters = of(&asked(parameters()));
    for (a, b) in places(&exact).iter().zip(places(&by_parameters)) {
        assert!((a.x - b.x).hypot(a.y - b.y) < 1e-4, "{a:?} {b:?}");
    }
    let noisy = of(&asked(points(0.05)));
    let local = noisy.report.crs.as_ref().and_then(|crs| crs.local.as_ref()).expect("told");
    assert_eq!(local.points.len(), 4);
    let deviation = local.deviation_m.expect("deviation");
    let squares: f64 = local.points.iter().map(|point| point.off_m[0].powi(2) + point.off_m[1].powi(2)).sum();
    assert!((deviation - (squares / 4.0).sqrt()).abs() < 1e-12 && (0.01..0.15).contains(&deviation), "{deviation}");
    let notice = noisy.report.notices.iter().find(|notice| notice.code == "crs_local").expect("told");
    assert!(notice.items.len() == 4 && notice.en.contains("from 4 control points") && notice.zh.contains("最大残差"));
    let two = of(&asked(LocalFrame { points: points(0.0).points[..2].to_vec(), ..points(0.0) }));
    assert!(two.report.notices.iter().any(|notice| notice.code == "crs_local" && notice.zh.contains("没有多余观测")));
}

#[test]
fn what_cannot_be_a_local_system_is_refused_with_the_way_to_write_it() {
    let folder = folder();
    let path = file(&folder, "points.csv", "code,x,y\nf0,112345,21345\n");
    let refused = |options: ImportOptions| fault(&path, &options, &shenzhen());
    for frame in [
        LocalFrame { to: String::new(), ..parameters() },
        LocalFrame { to: "EPSG:4490".into(), ..parameters() },
        LocalFrame { dx: None, ..parameters() },
        LocalFrame { scale: Some(1.0), ..parameters() },
        LocalFrame { ppm: None, scale: Some(0.0), ..parameters() },
        LocalFrame { ppm: None, scale: Some(0.3048), ..parameters() },
        LocalFrame { dy: Some(f64::NAN), ..parameters() },
        LocalFrame { dx: Some(1.0), ..points(0.0) },
        LocalFrame { points: points(0.0).points[..1].to_vec(), ..points(0.0) },
        LocalFrame { points: vec![points(0.0).points[0]; 3], ..points(0.0) },
    ] {
        let fault = refused(asked(frame));
        assert!(fault.code == "local_frame" && fault.help_en.as_deref().is_some_and(|help| help.contains("--local to=")), "{fault:?}");
    }
    let swapped = points(0.0).points.iter().map(|[x, y, to_x, to_y]| [*y, *x, *to_x, *to_y]).collect();
    assert!(refused(asked(LocalFrame { points: swapped, ..points(0.0) })).en.contains("axes swapped"));
    assert_eq!(refused(ImportOptions { crs: Some("local".into()), ..options("facility") }).code, "local_frame");
    assert_eq!(refused(ImportOptions { crs: Some("EPSG:4547".into()), ..asked(parameters()) }).code, "crs_twice");
    // Parameters that lead elsewhere are held against the city like any CRS.
    assert_eq!(refused(asked(LocalFrame { dy: Some(3_900_000.0), ..parameters() })).code, "outside_city");
}

fn square(shift: &dyn Fn(Coord<f64>) -> Coord<f64>) -> String {
    let ring = [(114.05, 22.54), (114.051, 22.54), (114.051, 22.541), (114.05, 22.541), (114.05, 22.54)];
    let ring: Vec<String> = ring.iter().map(|(x, y)| shift(Coord { x: *x, y: *y })).map(|c| format!("[{:.9},{:.9}]", c.x, c.y)).collect();
    format!(r#"{{"type":"Polygon","coordinates":[[{}]]}}"#, ring.join(","))
}

#[test]
fn the_web_maps_shift_is_taken_out_where_it_is_stated_and_told_with_its_accuracy() {
    let folder = folder();
    let plain = run(&geojson(&folder, &[&square(&|c| c)]), &options("parcel"), &shenzhen()).expect("prepared");
    let path = geojson(&folder, &[&square(&gcj02::shifted)]);
    let stated = ImportOptions { datum: Some(Datum::Gcj02), ..options("parcel") };
    let prepared = run(&path, &stated, &shenzhen()).expect("prepared");
    let (Some(Geometry::MultiPolygon(a)), Some(Geometry::MultiPolygon(b))) = (&plain.rows[0].geometry, &prepared.rows[0].geometry) else { panic!() };
    for (p, q) in a.0[0].exterior().0.iter().zip(&b.0[0].exterior().0) {
        assert!((p.x - q.x).hypot(p.y - q.y) < 1e-3, "{p:?} {q:?}");
    }
    let notice = prepared.report.notices.iter().find(|notice| notice.code == "gcj02_reversed").expect("told");
    assert!(notice.zh.contains("5 米") && notice.en.contains("5 m"), "{}", notice.en);
    assert_eq!(prepared.report.crs.as_ref().and_then(|crs| crs.datum), Some(Datum::Gcj02));
    assert_eq!(prepared.rows[0].get(prepared.layer, "source").as_str(), Some("地块.geojson [GCJ-02→WGS 84]"));
    // The same of a file in a projected CRS, and of an update, which then says so in the rows it changes.
    let mut there = shenzhen();
    there.existing_keys = ["p1".to_owned()].into();
    let updated = run(&path, &ImportOptions { mode: Mode::Update, ..stated.clone() }, &there).expect("prepared");
    let source = updated.layer.column_index("source").expect("source");
    assert!(updated.columns.contains(&source) && updated.rows[0].values[source].as_str() == Some("地块.geojson [GCJ-02→WGS 84]"));
    // Outside of China the maps do not shift.
    let folder = super::support::folder();
    let away = file(&folder, "b.csv", "code,x,y\nf0,-71.1,42.4\n");
    let asked = ImportOptions { crs: Some("EPSG:4326".into()), datum: Some(Datum::Gcj02), ..options("facility") };
    let rejected = run(&away, &asked, &city("EPSG:26986")).expect("prepared").report.rejected;
    assert_eq!(rejected[0].reason, "outside_crs");
}

#[test]
fn a_layer_where_the_citys_plane_does_not_hold_is_asked_about() {
    let folder = folder();
    // Web Mercator with its axes swapped is still inside of Web Mercator: at 75° N.
    let ring = |swap: bool| {
        let corners = [
            (12_696_000.0, 2_577_000.0),
            (12_696_350.0, 2_577_000.0),
            (12_696_350.0, 2_577_350.0),
            (12_696_000.0, 2_577_350.0),
            (12_696_000.0, 2_577_000.0),
        ];
        let corner = |(x, y): &(f64, f64)| if swap { format!("{y} {x}") } else { format!("{x} {y}") };
        format!("code,wkt\np1,\"POLYGON(({}))\"\n", corners.iter().map(corner).collect::<Vec<_>>().join(","))
    };
    let of = |text: String| {
        let path = file(&folder, "a.csv", text);
        run(&path, &ImportOptions { crs: Some("EPSG:3857".into()), ..options("parcel") }, &city("EPSG:4547")).expect("prepared")
    };
    let asks = |prepared: &Prepared| prepared.report.notices.iter().filter(|notice| notice.asks).map(|notice| notice.code).collect::<Vec<_>>();
    let swapped = of(ring(true));
    assert!(asks(&swapped).contains(&"far_from_working_crs"), "{:?}", asks(&swapped));
    assert!(asks(&of(ring(false))).is_empty());
    // A first layer of parcels a square kilometre each.
    let large = "code,wkt\np1,\"POLYGON((500000 2500000,501100 2500000,501100 2501100,500000 2501100,500000 2500000))\"\n";
    let path = file(&folder, "b.csv", large);
    let of = |city| run(&path, &parcels_in_4547(), &city).expect("prepared");
    assert_eq!(asks(&of(city("EPSG:4547"))), ["shapes_large"]);
    assert!(asks(&of(shenzhen())).is_empty());
}
