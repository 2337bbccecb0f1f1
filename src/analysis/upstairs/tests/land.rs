//! Site and outline: setbacks, mitres, restrictions, roads (exact readings U1–U4).

use super::*;

#[test]
fn one_setback_on_a_rectangle_leaves_exactly_the_inner_rectangle() {
    // (100 − 2·10) × (60 − 2·10) = 80 × 40 = 3 200 m².
    let result = check(&rectangle(100.0, 60.0), &pack(), &Overrides::default());
    near(result.outline.unsigned_area(), 3200.0, 1e-9);
    // The plate 40 × 80 fills it.
    near(result.plates[0].area_m2, 3200.0, 1e-9);
    near(result.bound_m2, 3200.0, 1e-9);
}

#[test]
fn an_l_shape_with_mitred_reflex_corner_has_the_offset_area_by_hand() {
    // L: 100 × 100 without its upper right 50 × 50; setback 10. Inner L: outer legs 90 − 10 = 80; the reflex corner (50, 50) moves to (40, 40):
    // lower leg (10…90) × (10…40) = 80 × 30 = 2 400, upright leg (10…40) × (40…90) = 30 × 50 = 1 500; together 3 900 m².
    let l = parcel(&[(0.0, 0.0), (100.0, 0.0), (100.0, 50.0), (50.0, 50.0), (50.0, 100.0), (0.0, 100.0)]);
    let result = check(&l, &pack(), &Overrides::default());
    near(result.outline.unsigned_area(), 3900.0, 1e-3);
    // The largest plate: 30 × 80 in either leg.
    near(result.gfa_m2 / result.storeys.len() as f64, 2400.0, 1e-6);
}

#[test]
fn rotation_and_translation_leave_gfa_alone() {
    let base = ParcelCase { far_limit: Some(3.0), coverage_limit: Some(0.5), ..rectangle(120.0, 90.0) };
    let expected = check(&base, &pack(), &Overrides::default()).gfa_m2;
    for angle in [7.0, 33.3, 61.0, 89.5] {
        let outline = base.outline.rotate_around_point(angle, point!(x: 0.0, y: 0.0)).translate(505_955.85, 2_493_941.25);
        let result = check(&ParcelCase { outline, ..base.clone() }, &pack(), &Overrides::default());
        near(result.gfa_m2, expected, expected * 0.005);
    }
}

#[test]
fn a_dedicated_strip_leaves_the_far_base_and_a_corridor_does_not() {
    // 100 × 60; road widening takes y < 10 (1 000 m²), a corridor y > 50 (1 000 m², overlapping nothing): site 5 000, FAR base 5 000.
    // Outline: site 100 × 50 (y 10…60) − 10 all round = 80 × 30 (y 20…50), the corridor lies beyond: 2 400 m².
    let strip = |y0: f64, y1: f64| MultiPolygon(vec![Polygon::new(LineString::from(vec![(0.0, y0), (100.0, y0), (100.0, y1), (0.0, y1)]), vec![])]);
    let restriction = |kind: &str, geometry| Restriction { geometry, ..Restriction::none_here(kind) };
    let restrictions =
        vec![restriction("road_widening", strip(-5.0, 10.0)), restriction("high_voltage", strip(50.0, 70.0)), Restriction::none_here("heritage")];
    let case = ParcelCase { restrictions, far_limit: Some(2.0), coverage_limit: Some(1.0), ..rectangle(100.0, 60.0) };
    let result = check(&case, &pack(), &Overrides::default());
    near(result.site_area_m2, 5000.0, 1e-6);
    near(result.outline_area_m2, 2400.0, 1e-6);
    let bar = |id: &str| result.waterfall.iter().find(|bar| bar.id == id).expect("bar");
    near(bar("road_widening").area_m2.expect("area"), 1000.0, 1e-6);
    assert_eq!(bar("heritage").area_m2, Some(0.0));
    assert_eq!((bar("ecological").area_m2, bar("ecological").computed), (None, false));
    assert!(result.unknown.contains(&"ecological".to_owned()));
    // The bars add up: parcel − restrictions − setbacks = outline.
    let removed: f64 =
        result.waterfall.iter().filter(|bar| !["parcel", "site", "outline"].contains(&bar.id.as_str())).filter_map(|bar| bar.area_m2).sum();
    near(6000.0 - removed, 2400.0, 1e-6);
    assert!(result.gfa_m2 <= 10_000.0 + 1e-6); // FAR 2 × 5 000, not 6 000
}

#[test]
fn overlapping_restrictions_are_counted_once_in_the_bars_and_whole_beside_them() {
    // Farmland x < 30, heritage x < 50: in this order 30 × 60 = 1 800 and then 20 × 60 = 1 200; heritage alone is 3 000.
    let block = |x: f64| MultiPolygon(vec![Polygon::new(LineString::from(vec![(0.0, 0.0), (x, 0.0), (x, 60.0), (0.0, 60.0)]), vec![])]);
    let restrictions = vec![
        Restriction { geometry: block(50.0), ..Restriction::none_here("heritage") },
        Restriction { geometry: block(30.0), ..Restriction::none_here("farmland") },
    ];
    let result = check(&ParcelCase { restrictions, ..rectangle(100.0, 60.0) }, &pack(), &Overrides::default());
    let bar = |id: &str| result.waterfall.iter().find(|bar| bar.id == id).map(|bar| (bar.area_m2, bar.full_area_m2)).expect("bar");
    for (id, removed, full) in [("farmland", 1800.0, 1800.0), ("heritage", 1200.0, 3000.0)] {
        near(bar(id).0.expect("area"), removed, 1e-6);
        near(bar(id).1.expect("area"), full, 1e-6);
    }
}

#[test]
fn road_setbacks_make_a_step_only_where_they_change() {
    // One road along the bottom at y = −12: bottom pieces 9 m (local), the others 10 m. Sides' lowest pieces face it too where their midpoint is within 30 m.
    let road = RoadLine { class: "local".into(), width_m: None, line: LineString::from(vec![(0.0, -12.0), (100.0, -12.0)]) };
    let case = ParcelCase { roads: Some(vec![road]), ..rectangle(100.0, 60.0) };
    let result = check(&case, &pack(), &Overrides::default());
    // Sides are 60 m: three pieces of 20 m, midpoints at y = 10, 30, 50; the road's end (0, −12) is 22 m from (0, 10), on the line, so the first piece
    // faces it and keeps 9 m. Outline: x 10…90, y 9…50 = 3 280, plus 1 m more on each side from y 9 to 20: 2 × 11 = 22.
    near(result.outline_area_m2, 3302.0, 1e-3);
    let setback = result.findings.iter().find(|finding| finding.rule == "setback").expect("finding");
    assert_eq!(setback.verdict, Verdict::Pass);
}
