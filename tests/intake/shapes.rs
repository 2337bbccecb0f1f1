//! Shapes as they were meant: curves, rings the wrong way round, units of drawings, the same land twice.

use super::support::*;
use parkplan::intake::{ImportOptions, Prepared};

fn of_wkt(wkt: &str) -> Prepared {
    let folder = folder();
    let path = file(&folder, "a.csv", format!("code,wkt\nC1,\"{wkt}\"\n"));
    run(&path, &parcels_in_4547(), &shenzhen()).expect("prepared")
}

fn of_drawing(header: &str, entities: &str) -> Prepared {
    let folder = folder();
    let text = format!("0\nSECTION\n2\nHEADER\n{header}0\nENDSEC\n0\nSECTION\n2\nENTITIES\n{entities}0\nENDSEC\n0\nEOF\n");
    let path = file(&folder, "a.dxf", text);
    run(&path, &ImportOptions { key: Some("@row".into()), ..parcels_in_4547() }, &shenzhen()).expect("prepared")
}

fn areas(prepared: &Prepared) -> Vec<f64> {
    prepared.rows.iter().map(|row| row.get(prepared.layer, "planar_area_m2").as_f64().expect("area")).collect()
}

fn told<'a>(prepared: &'a Prepared, code: &str) -> Option<&'a serde_json::Value> {
    prepared.report.notices.iter().find(|notice| notice.code == code).map(|notice| notice.items.first().unwrap_or(&serde_json::Value::Null))
}

const CIRCLE: &str = "CURVEPOLYGON(CIRCULARSTRING(500000 2500050,500050 2500100,500100 2500050,500050 2500000,500000 2500050))";

#[test]
fn curves_of_every_kind_become_chords_within_a_centimetre_and_are_told() {
    let circle = std::f64::consts::PI * 2_500.0;
    let straight = "((500200 2500000,500300 2500000,500300 2500100,500200 2500000))";
    for (wkt, area) in [
        (CIRCLE.to_owned(), circle),
        (format!("MULTISURFACE({CIRCLE},{straight})"), circle + 5_000.0),
        (
            "CURVEPOLYGON(COMPOUNDCURVE(CIRCULARSTRING(500000 2500000,500050 2500050,500100 2500000),(500100 2500000,500000 2500000)))".to_owned(),
            circle / 2.0,
        ),
    ] {
        let prepared = of_wkt(&wkt);
        let found = areas(&prepared)[0];
        assert!((found / area - 1.0).abs() < 5e-4, "{wkt}: {found} for {area}");
        let told = told(&prepared, "curves_straightened").expect("told");
        assert!(told["arcs"].as_u64() > Some(0) && told["sagitta_m"].as_f64().is_some_and(|most| most > 0.0 && most <= 0.010_001), "{told}");
    }
    assert_eq!(areas(&of_wkt(&format!("MULTISURFACE({straight})"))), [5_000.0]);
    assert!(told(&of_wkt("LINESTRING(500000 2500000,500100 2500000,500100 2500100,500000 2500000)"), "closed_lines").is_some());
    let open = of_wkt("CIRCULARSTRING(500000 2500000,500050 2500050,500100 2500000)");
    assert_eq!(open.report.rejected[0].reason, "open_line");
}

#[test]
fn circles_and_bulges_of_a_drawing_keep_their_area() {
    let circle = |x: f64, radius: f64| format!("0\nCIRCLE\n8\n0\n10\n{x}\n20\n2493000\n40\n{radius}\n");
    let bulge = "0\nLWPOLYLINE\n8\n0\n90\n2\n70\n1\n10\n509000\n20\n2493000\n42\n1\n10\n509200\n20\n2493000\n42\n1\n";
    let prepared = of_drawing("", &(circle(505_000.0, 100.0) + &circle(507_000.0, 500.0) + bulge));
    for (found, radius) in areas(&prepared).iter().zip([100.0f64, 500.0, 100.0]) {
        let truth = std::f64::consts::PI * radius * radius;
        assert!((found / truth - 1.0).abs() < 2e-4, "{radius}: {found} for {truth}");
    }
    let told = told(&prepared, "curves_straightened").expect("told");
    assert!(told["arcs"].as_u64() >= Some(3) && told["sagitta_m"].as_f64() <= Some(0.010_001), "{told}");
}

#[test]
fn a_hatch_is_not_the_land_of_its_boundary_again() {
    let outline = "10\n505000\n20\n2493000\n10\n505100\n20\n2493000\n10\n505100\n20\n2493100\n10\n505000\n20\n2493100\n";
    let polyline = format!("0\nLWPOLYLINE\n8\n宗地\n90\n4\n70\n1\n{outline}");
    let hatch = format!(
        "0\nHATCH\n8\n填充\n10\n0\n20\n0\n30\n0\n210\n0\n220\n0\n230\n1\n2\nSOLID\n70\n1\n71\n0\n91\n1\n92\n2\n72\n0\n73\n1\n93\n4\n{outline}97\n0\n75\n0\n76\n1\n98\n0\n"
    );
    for entities in [format!("{polyline}{hatch}"), format!("{hatch}{polyline}")] {
        let prepared = of_drawing("", &entities);
        assert_eq!(areas(&prepared), [10_000.0]);
        assert!(told(&prepared, "hatches_dropped").is_some());
    }
    assert_eq!(areas(&of_drawing("", &hatch)), [10_000.0]);
}

#[test]
fn equal_shapes_under_two_codes_are_told() {
    let folder = folder();
    let here = r#"{"type":"Polygon","coordinates":[[[114.05,22.54],[114.051,22.54],[114.051,22.541],[114.05,22.541],[114.05,22.54]]]}"#;
    let turned = r#"{"type":"Polygon","coordinates":[[[114.051,22.541],[114.051,22.54],[114.05,22.54],[114.05,22.541],[114.051,22.541]]]}"#;
    let there = r#"{"type":"Polygon","coordinates":[[[114.06,22.54],[114.061,22.54],[114.061,22.541],[114.06,22.54]]]}"#;
    let prepared = run(&geojson(&folder, &[here, there, turned]), &options("parcel"), &shenzhen()).expect("prepared");
    assert_eq!(told(&prepared, "equal_shapes").expect("told")["keys"], serde_json::json!(["p1", "p3"]));
    assert_eq!(prepared.rows.len(), 3);
}

#[test]
fn the_unit_of_a_drawing_is_believed_where_the_numbers_fit_by_it() {
    let square = |factor: f64| {
        let at = |x: f64, y: f64| format!("10\n{}\n20\n{}\n", x * factor, y * factor);
        format!(
            "0\nLWPOLYLINE\n8\n0\n90\n4\n70\n1\n{}{}{}{}",
            at(505_000.0, 2_493_000.0),
            at(505_100.0, 2_493_000.0),
            at(505_100.0, 2_493_100.0),
            at(505_000.0, 2_493_100.0)
        )
    };
    let millimetres = "9\n$INSUNITS\n70\n4\n";
    let scaled = of_drawing(millimetres, &square(1000.0));
    assert!((areas(&scaled)[0] - 10_000.0).abs() < 1e-6 && told(&scaled, "unit_scaled").is_some());
    // Most drawings that state millimetres are in metres.
    let ignored = of_drawing(millimetres, &square(1.0));
    assert!(areas(&ignored) == [10_000.0] && told(&ignored, "unit_ignored").is_some());
    assert!(told(&of_drawing("9\n$INSUNITS\n70\n6\n", &square(1.0)), "unit_ignored").is_none());
}

#[test]
fn a_hole_that_stands_before_its_land_is_a_hole() {
    let prepared = of_wkt(
        "POLYGON((500020 2500020,500020 2500040,500040 2500040,500040 2500020,500020 2500020),(500000 2500000,500100 2500000,500100 2500100,500000 2500100,500000 2500000))",
    );
    assert_eq!(areas(&prepared), [9_600.0]);
    assert!(prepared.report.repaired.is_empty() && told(&prepared, "rings_nested").is_some());
}

#[test]
fn a_datum_without_a_public_shift_is_told_and_hong_kongs_grid_is_not_doubted() {
    let at = |x: f64, y: f64| format!("POLYGON(({x} {y},{} {y},{} {},{x} {y}))", x + 100.0, x + 100.0, y + 100.0);
    let of = |crs: &str, wkt: String| {
        let folder = folder();
        let path = file(&folder, "a.csv", format!("code,wkt\nC1,\"{wkt}\"\n"));
        run(&path, &ImportOptions { crs: Some(crs.into()), ..options("parcel") }, &city("EPSG:4547")).expect("prepared")
    };
    let hong_kong = of("EPSG:2326", at(830_000.0, 820_000.0));
    assert!(told(&hong_kong, "crs_ballpark").is_none() && told(&hong_kong, "crs_datum_shift").is_some());
    // Xian 1980, 3 degrees, central meridian 114 E.
    // CGCS2000 and WGS 84 are one to a decimetre, and say so.
    let degrees = of("EPSG:4326", "POLYGON((114.05 22.54,114.051 22.54,114.051 22.541,114.05 22.54))".to_owned());
    assert!(told(&degrees, "crs_ballpark").is_none() && told(&degrees, "crs_datums_one").is_some());
    let own = of("EPSG:4547", at(500_000.0, 2_500_000.0));
    assert!(
        ["crs_datums_one", "crs_datum_shift"]
            .iter()
            .all(|code| told(&own, code).is_none() && (*code == "crs_datums_one" || told(&degrees, code).is_none()))
    );
    assert!(told(&of("EPSG:2383", at(500_000.0, 2_500_000.0)), "crs_ballpark").is_some());
}
