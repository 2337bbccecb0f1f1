//! Closed forms: each expected number is worked out by hand in its comment.

use super::*;
use crate::rules::{Packs, UpstairsPack, Verdict};
use geo::{Area, Distance, Euclidean, Rotate, Translate};
use geo_types::{LineString, MultiPolygon, Polygon, point};

/// A pack with round figures: 10 m columns, plates 20–40 × 30–90 m of at least 600 m², setback 10 m all round, storeys 5 m, no plate closer than 13 m.
pub(super) fn pack() -> UpstairsPack {
    let mut pack = UpstairsPack::resolve(Packs::embedded(), None, None).expect("pack");
    let plate = &mut pack.plate;
    plate.column.value = 10.0;
    (plate.width_min.value, plate.width_max.value) = (20.0, 40.0);
    (plate.length_min.value, plate.length_max.value) = (30.0, 90.0);
    plate.min_plate.value = 600.0;
    plate.fire_distance.value = 13.0;
    plate.count_max.value = 1;
    pack.setback.side.value = 10.0;
    pack.storey.height.iter_mut().for_each(|height| height.value = 5.0);
    pack.storey.max.value = 20;
    pack.turning_radius.value = 4.0;
    pack
}

pub(super) fn parcel(points: &[(f64, f64)]) -> ParcelCase {
    let outline = MultiPolygon(vec![Polygon::new(LineString::from(points.to_vec()), vec![])]);
    ParcelCase { roads: Some(Vec::new()), ..ParcelCase::new("T", outline) }
}

pub(super) fn rectangle(width: f64, height: f64) -> ParcelCase {
    parcel(&[(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)])
}

fn near(a: f64, b: f64, tolerance: f64) {
    assert!((a - b).abs() <= tolerance, "{a} is not {b} ± {tolerance}");
}

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
fn height_binds_where_the_storeys_reach_it_first() {
    // 47 m ÷ 5 m = 9 storeys (45 m); 9 × 3 200 = 28 800 m². Lifting the height alone: 20 storeys, + 11 × 3 200 = 35 200 m².
    let case = ParcelCase { height_limit_m: Some(47.0), far_limit: Some(100.0), coverage_limit: Some(1.0), ..rectangle(100.0, 60.0) };
    let result = check(&case, &pack(), &Overrides::default());
    assert_eq!(result.storeys.len(), 9);
    near(result.gfa_m2, 28_800.0, 1e-6);
    assert_eq!(result.binding[0].rule, "height");
    near(result.binding[0].gain_m2, 35_200.0, 1e-6);
}

#[test]
fn far_binds_and_the_storeys_are_chosen_to_use_it_up() {
    // FAR 3 × 6 000 = 18 000 m² = 180 cells of 100 m². n × cells ≤ 180 with cells a product 2–4 × 3–9 of at least 6:
    // n = 5 would need 36 > 32 (the plate is 4 × 8); n = 6 needs 30, which is no such product; so are 25 (n = 7) and 22 (n = 8), 24 and 21 are;
    // n = 9 gives 20 = 4 × 5, and 9 × 20 = 180 cells exactly: 18 000 m².
    let case = ParcelCase { far_limit: Some(3.0), coverage_limit: Some(1.0), ..rectangle(100.0, 60.0) };
    let result = check(&case, &pack(), &Overrides::default());
    near(result.gfa_m2, 18_000.0, 1e-6);
    assert_eq!(result.storeys.len(), 9);
    assert_eq!(result.binding[0].rule, "far");
}

#[test]
fn coverage_binds_where_the_plate_may_not_fill_the_outline() {
    // Coverage 0.3 × 6 000 = 1 800 m² = 18 cells = 2 × 9 or 3 × 6; 20 storeys: 36 000 m². FAR 8 allows 48 000.
    // Lifting coverage: 15 storeys of 3 200 = 48 000 (+ 12 000). Lifting the number of storeys: 30 × 1 600 = 48 000 likewise; a tie keeps the rules' order.
    let case = ParcelCase { far_limit: Some(8.0), coverage_limit: Some(0.3), ..rectangle(100.0, 60.0) };
    let result = check(&case, &pack(), &Overrides::default());
    near(result.gfa_m2, 36_000.0, 1e-6);
    assert_eq!(result.binding.iter().map(|one| (one.rule, one.gain_m2.round())).collect::<Vec<_>>(), [("storeys", 12_000.0), ("coverage", 12_000.0)]);
}

#[test]
fn the_setback_binds_where_height_and_storeys_bind_together() {
    // 47 m and 9 storeys of 5 m: lifting one alone leaves the other. 9 × 3 200 = 28 800. Without setbacks the plate is 40 × 90 = 3 600, its largest:
    // 9 × 400 = 3 600 more. Larger plates alone find no room: 80 × 40 is full.
    let mut pack = pack();
    pack.storey.max.value = 9;
    let case = ParcelCase { height_limit_m: Some(47.0), far_limit: Some(100.0), coverage_limit: Some(1.0), ..rectangle(100.0, 60.0) };
    let result = check(&case, &pack, &Overrides::default());
    near(result.gfa_m2, 28_800.0, 1e-6);
    assert_eq!(result.binding.iter().map(|one| (one.rule, one.gain_m2.round())).collect::<Vec<_>>(), [("outline", 3_600.0)]);
}

#[test]
fn the_size_of_plates_binds_where_land_is_left_over() {
    // 200 × 60, one plate of at most 40 × 90 on an outline of 180 × 40; 9 storeys under 47 m. A second plate and no largest side: 180 × 40 whole, twice
    // the area: 9 × (7 200 − 3 600) = 32 400 more. The site itself holds 200 × 60, but the plate keeps its largest side: nothing gained.
    let mut pack = pack();
    pack.storey.max.value = 9;
    let case = ParcelCase { height_limit_m: Some(47.0), far_limit: Some(100.0), coverage_limit: Some(1.0), ..rectangle(200.0, 60.0) };
    let result = check(&case, &pack, &Overrides::default());
    near(result.gfa_m2, 32_400.0, 1e-6);
    assert_eq!(result.binding.iter().map(|one| (one.rule, one.gain_m2.round())).collect::<Vec<_>>(), [("plate", 32_400.0)]);
}

#[test]
fn nothing_binds_alone_where_limits_bind_together() {
    // Where no plate fits at all, no single limit helps: the answer says `joint` even then.
    let result = check(&rectangle(20.0, 15.0), &pack(), &Overrides::default());
    assert!(result.binding.is_empty());
    assert_eq!(result.to_json(&|x, y| (x, y))["binding"][0]["rule"], "joint");
}

#[test]
fn what_is_added_goes_on_top_of_the_parcel_s_own_limit_and_an_unknown_limit_stays_unknown() {
    let mut more = Overrides::default();
    assert!(more.add("far", 0.5) && more.add("height", 10.0) && !more.add("plates", 1.0));
    // FAR 3 + 0.5 on 6 000 m².
    let case = ParcelCase { far_limit: Some(3.0), height_limit_m: Some(40.0), coverage_limit: Some(1.0), ..rectangle(100.0, 60.0) };
    let result = check(&case, &pack(), &more);
    near(result.allowed_gfa_m2.expect("allowed"), 21_000.0, 1e-9);
    assert_eq!(result.height_limit_m, Some(50.0));
    assert!(result.gfa_m2 >= check(&case, &pack(), &Overrides::default()).gfa_m2);
    let finding = result.findings.iter().find(|finding| finding.rule == "far").expect("far");
    assert_eq!(finding.pack, "input");
    // Set goes before added; no record, nothing to add to.
    let set = check(&case, &pack(), &Overrides { far: Some(2.0), ..more.clone() });
    near(set.allowed_gfa_m2.expect("allowed"), 12_000.0, 1e-9);
    assert_eq!(check(&rectangle(100.0, 60.0), &pack(), &more).allowed_gfa_m2, None);
    // Setbacks: 10 − 4 all round leaves 88 × 48.
    let mut closer = Overrides::default();
    closer.add("setback_side", -4.0);
    near(check(&case, &pack(), &closer).outline_area_m2, 88.0 * 48.0, 1e-6);
}

#[test]
fn the_bands_stack_from_the_ground_to_the_height_of_the_building() {
    let case = ParcelCase { height_limit_m: Some(62.0), far_limit: Some(100.0), coverage_limit: Some(1.0), ..rectangle(100.0, 60.0) };
    let result = check(&case, &pack(), &Overrides::default());
    let bands = result.bands();
    // 12 storeys of 5 m: 1, 2–3, 4–8, 9–12.
    let told: Vec<_> = bands.iter().map(|band| (band.band, band.first, band.last, band.base_m, band.top_m)).collect();
    assert_eq!(told, [("ground", 1, 1, 0.0, 5.0), ("lower", 2, 3, 5.0, 15.0), ("middle", 4, 8, 15.0, 40.0), ("upper", 9, 12, 40.0, 60.0)]);
    near(bands.iter().map(|band| band.gfa_m2).sum(), result.gfa_m2, 1e-6);
    near(result.setback_line.unsigned_area(), 3_200.0, 1e-6);
    near(result.site.unsigned_area(), 6_000.0, 1e-6);
}

#[test]
fn the_truck_yard_is_told_with_its_place() {
    let road = RoadLine { class: "local".into(), width_m: None, line: LineString::from(vec![(0.0, -12.0), (100.0, -12.0)]) };
    let case = ParcelCase { roads: Some(vec![road]), ..rectangle(100.0, 60.0) };
    let result = check(&case, &pack(), &Overrides::default());
    let yard = result.yard.expect("yard");
    near(yard.radius_m, 4.0, 1e-9);
    for plate in &result.plates {
        assert!(Euclidean.distance(&plate.polygon, &geo_types::Point(yard.centre)) >= 4.0 - 1e-6);
    }
    assert!((4.0..=96.0).contains(&yard.centre.x) && (4.0..=56.0).contains(&yard.centre.y), "{yard:?}");
    // It touches the 9 m strip along the road at the bottom, or the strips of the sides' lowest pieces.
    assert!(!result.frontage.is_empty());
}

#[test]
fn nothing_fits_and_the_answer_names_the_largest_rectangle() {
    // 50 × 35 − 10 all round = 30 × 15: 3 × 1 cells = 300 m² at most.
    let result = check(&rectangle(50.0, 35.0), &pack(), &Overrides::default());
    assert_eq!((result.gfa_m2, result.overall), (0.0, Verdict::Fail));
    let finding = result.findings.iter().find(|finding| finding.rule == "footplate").expect("finding");
    assert_eq!((finding.verdict, finding.measured), (Verdict::Fail, Some(300.0)));
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
fn a_u_shape_takes_two_plates_d_fire_apart_along_its_arms() {
    // U: 120 × 100 with a bay 40 × 60 cut from the top (x 40…80, y 40…100), no setback. Single best: the base 120 × 40, cut to length 90: 36 cells.
    // Two plates: each arm 40 × 100 takes 4 × 9 = 36 cells, 40 m apart (≥ 13): 72 cells = 7 200 m².
    let mut pack = pack();
    pack.setback.side.value = 0.0;
    pack.plate.count_max.value = 2;
    let u = parcel(&[(0.0, 0.0), (120.0, 0.0), (120.0, 100.0), (80.0, 100.0), (80.0, 40.0), (40.0, 40.0), (40.0, 100.0), (0.0, 100.0)]);
    let result = check(&u, &pack, &Overrides::default());
    near(result.plates.iter().map(|plate| plate.area_m2).sum(), 7200.0, 1e-6);
    let fire = result.findings.iter().find(|finding| finding.rule == "fire_distance").expect("finding");
    assert_eq!(fire.verdict, Verdict::Pass);
    near(fire.measured.expect("distance"), 40.0, 0.01);
}

#[test]
fn two_plates_side_by_side_need_the_fire_distance_between_them() {
    // 93 × 90, no setback: 40 + 13 + 40 = 93 fits exactly: two of 4 × 9 = 72 cells. At 92 m only 40 + 13 + 30: 36 + 27 = 63 cells.
    let mut pack = pack();
    pack.setback.side.value = 0.0;
    pack.plate.count_max.value = 2;
    for (width, area) in [(93.0, 7200.0), (92.0, 6300.0)] {
        let result = check(&rectangle(width, 90.0), &pack, &Overrides::default());
        near(result.plates.iter().map(|plate| plate.area_m2).sum(), area, 1e-6);
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
fn a_height_zone_holds_only_the_plates_that_touch_it() {
    // A zone of 20 m over x > 50 of the outline 80 × 40 (x 10…90). Inside the zone's height: 4 storeys × 3 200 = 12 800. Keeping off it: 40 × 40 at
    // x 10…50, 20 storeys (no other limit): 20 × 1 600 = 32 000, which wins.
    let zone = MultiPolygon(vec![Polygon::new(LineString::from(vec![(50.0, 0.0), (100.0, 0.0), (100.0, 60.0), (50.0, 60.0)]), vec![])]);
    let restrictions = vec![Restriction { geometry: zone, height_limit_m: Some(20.0), ..Restriction::none_here("height") }];
    let result = check(&ParcelCase { restrictions, ..rectangle(100.0, 60.0) }, &pack(), &Overrides::default());
    near(result.gfa_m2, 32_000.0, 1e-6);
    near(result.outline_area_m2, 3200.0, 1e-6); // height zones do not lower the outline
}

#[test]
fn tall_storeys_count_twice_towards_far() {
    // Ground 9 m above the pack's 8 m counts twice. FAR 3 × 6 000 = 18 000: with n storeys the plate may have 18 000 ÷ (n + 1) m²; n = 8 gives exactly
    // 2 000 = 4 × 5 cells: built 16 000, counted 18 000. n = 9 gives 18 cells: built 16 200, counted 18 000, which is more; n = 14: 12 cells, 16 800;
    // n = 19: 9 cells = 3 × 3, built 17 100; n = 20: 8.57 → 8 cells, 16 000.
    let mut pack = pack();
    pack.storey.height[0].value = 9.0;
    let case = ParcelCase { far_limit: Some(3.0), coverage_limit: Some(1.0), ..rectangle(100.0, 60.0) };
    let result = check(&case, &pack, &Overrides::default());
    assert_eq!(result.storeys.len(), 19);
    near(result.gfa_m2, 17_100.0, 1e-6);
    near(result.counted_gfa_m2, 18_000.0, 1e-6);
}

#[test]
fn a_partial_top_storey_uses_up_what_far_leaves() {
    // FAR 1.5 × 6 000 = 9 000; coverage 0.3 → 18 cells. Whole storeys: 5 × 18 = 90 cells = 9 000. With FAR 1.6 = 9 600: 5 × 1 800 + 600 on top.
    let mut pack = pack();
    pack.storey.partial_top.value = true;
    let case = ParcelCase { far_limit: Some(1.6), coverage_limit: Some(0.3), ..rectangle(100.0, 60.0) };
    let result = check(&case, &pack, &Overrides::default());
    near(result.gfa_m2, 9600.0, 1e-6);
    near(result.counted_gfa_m2, 9600.0, 1e-6);
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

#[test]
fn without_a_road_layer_setback_and_yard_are_unknown_and_never_pass() {
    let case = ParcelCase { roads: None, ..rectangle(100.0, 60.0) };
    let result = check(&case, &pack(), &Overrides::default());
    for rule in ["setback", "yard", "far", "coverage"] {
        assert_eq!(result.findings.iter().find(|finding| finding.rule == rule).expect("finding").verdict, Verdict::Unknown, "{rule}");
    }
    assert_eq!(result.overall, Verdict::Unknown);
}

#[test]
fn the_yard_takes_the_largest_circle_beside_the_plate() {
    // 100 × 60, road at the bottom; plate 40 × 80 (y 10…50 less the road's 9): free strip below the plate about 9–10 m: radius 4 fits, 8 does not.
    let road = RoadLine { class: "local".into(), width_m: None, line: LineString::from(vec![(0.0, -12.0), (100.0, -12.0)]) };
    let case = ParcelCase { roads: Some(vec![road]), ..rectangle(100.0, 60.0) };
    let mut pack = pack();
    let verdict =
        |pack: &UpstairsPack| check(&case, pack, &Overrides::default()).findings.into_iter().find(|finding| finding.rule == "yard").expect("finding");
    assert_eq!(verdict(&pack).verdict, Verdict::Pass);
    pack.turning_radius.value = 12.0;
    let found = verdict(&pack);
    assert_eq!(found.verdict, Verdict::Fail);
    assert!(found.measured.expect("radius") < 8.0);
}

#[test]
fn lifts_are_a_requirement_until_they_are_stated() {
    // One tower of 20 × 3 200 = 64 000 m²; 15 000 m² per lift: ⌈4.27⌉ = 5, more than the pack's 2.
    let road = RoadLine { class: "local".into(), width_m: None, line: LineString::from(vec![(0.0, -12.0), (100.0, -12.0)]) };
    let case = ParcelCase { roads: Some(vec![road]), far_limit: Some(100.0), coverage_limit: Some(1.0), ..rectangle(100.0, 60.0) };
    let mut pack = pack();
    pack.m2_per_lift.value = Some(15_000.0);
    let result = check(&case, &pack, &Overrides::default());
    assert_eq!(result.requirements.iter().find(|one| one.rule == "lifts").expect("lifts").required, 5.0);
    assert!(result.findings.iter().all(|finding| finding.rule != "lifts"));
    let stated = |lifts| check(&case, &pack, &Overrides { lifts: Some(lifts), ..Overrides::default() });
    let verdict = |result: &UpstairsResult| result.findings.iter().find(|finding| finding.rule == "lifts").expect("lifts").verdict;
    assert_eq!(verdict(&stated(5)), Verdict::Pass);
    let short = stated(4);
    assert_eq!((verdict(&short), short.overall), (Verdict::Fail, Verdict::Fail));
    // The cheapest mend is one more lift: weight 0.5 × 1 ÷ 12.
    let change = &short.smallest_change[0];
    assert!(change.reaches);
    assert!(change.cost <= 0.5 / 12.0 + 1e-9, "{change:?}");
}

#[test]
fn the_smallest_change_to_a_wanted_gfa_is_one_step_past_it() {
    // FAR 3 gives 18 000; 18 500 wanted. FAR 3.1 = 18 600 = 186 cells: 6 × 31 no, … n = 31 … the search says which; the answer must reach and be FAR alone
    // or cheaper, and one FAR step less must not reach.
    let case = ParcelCase { far_limit: Some(3.0), coverage_limit: Some(1.0), ..rectangle(100.0, 60.0) };
    let overrides = Overrides { wanted_gfa: Some(18_500.0), ..Overrides::default() };
    let result = check(&case, &pack(), &overrides);
    let best = &result.smallest_change[0];
    assert!(best.reaches && best.gfa_m2 >= 18_500.0 - 1e-6);
    let far = result.smallest_change.iter().find(|change| change.levers.len() == 1 && change.levers[0].lever == "far").expect("far");
    let less = Overrides { far: Some(far.levers[0].to - 0.1), ..Overrides::default() };
    assert!(check(&case, &pack(), &less).gfa_m2 < 18_500.0);
}

#[test]
fn what_no_lever_reaches_is_said_so_with_the_best_reachable() {
    let case = ParcelCase { far_limit: Some(3.0), coverage_limit: Some(1.0), ..rectangle(100.0, 60.0) };
    let result = check(&case, &pack(), &Overrides { wanted_gfa: Some(1e7), ..Overrides::default() });
    assert_eq!(result.smallest_change.len(), 1);
    assert!(!result.smallest_change[0].reaches && result.smallest_change[0].gfa_m2 > 18_000.0);
}

#[test]
fn a_roll_up_lists_what_it_cannot_add() {
    let known = check(&ParcelCase { far_limit: Some(3.0), built_gfa_m2: Some(20_000.0), ..rectangle(100.0, 60.0) }, &pack(), &Overrides::default());
    let other = check(
        &ParcelCase { far_limit: Some(2.0), built_gfa_m2: Some(1_000.0), code: "U".into(), ..rectangle(100.0, 60.0) },
        &pack(),
        &Overrides::default(),
    );
    let blank = check(&ParcelCase { code: "V".into(), ..rectangle(100.0, 60.0) }, &pack(), &Overrides::default());
    let sums = roll_up(&[blank, other.clone(), known.clone()]);
    near(sums.allowed_gfa_m2, 30_000.0, 1e-6);
    near(sums.potential_gfa_m2, known.gfa_m2 + other.gfa_m2, 1e-6);
    // The first is built above its potential: nothing remains there, and nothing is taken off the other.
    near(sums.remaining_gfa_m2, other.gfa_m2 - 1_000.0, 1e-6);
    assert_eq!(sums.partial, [PartialParcel { parcel: "V".into(), unknown: vec!["built", "allowed", "potential"] }]);
}

#[test]
fn an_existing_building_fails_by_its_record_and_is_unknown_without_one() {
    let square = |x: f64| MultiPolygon(vec![Polygon::new(LineString::from(vec![(x, 0.0), (x + 20.0, 0.0), (x + 20.0, 20.0), (x, 20.0)]), vec![])]);
    let building = ExistingBuilding {
        storeys: Some(2),
        height_m: Some(12.0),
        footprint: square(10.0),
        floors: vec![ExistingFloor { order: 1, height_m: Some(6.0), load_kn_m2: Some(5.0), ..ExistingFloor::default() }],
        ..ExistingBuilding::new("B1")
    };
    // A zone of 10 m over the building's corner and one of 5 m beside it: 12 m is 2 m too much, whatever the parcel allows.
    let zone = |x: f64, limit: f64| Restriction { geometry: square(x), height_limit_m: Some(limit), ..Restriction::none_here("height") };
    let restrictions = vec![zone(25.0, 10.0), zone(60.0, 5.0)];
    let case = ParcelCase { existing: vec![building], restrictions, height_limit_m: Some(60.0), ..rectangle(100.0, 60.0) };
    let result = check(&case, &pack(), &Overrides::default());
    let existing = &result.existing[0];
    let height = existing.findings.iter().find(|finding| finding.rule == "existing_height").expect("height");
    assert_eq!((height.limit, height.margin, height.verdict), (Some(10.0), Some(-2.0), Verdict::Fail));
    let verdicts = |rule: &str| existing.findings.iter().filter(|finding| finding.rule == rule).map(|finding| finding.verdict).collect::<Vec<_>>();
    // Ground: 5 kN/m² against 2 t/m² = 19.6 fails; the second floor has no record.
    assert_eq!(verdicts("existing_load"), [Verdict::Fail, Verdict::Unknown]);
    assert_eq!(verdicts("existing_storey_height"), [Verdict::Pass, Verdict::Unknown]);
    assert_eq!(existing.overall, Verdict::Fail);
}

#[test]
fn the_json_carries_the_promised_members() {
    let result = check(&rectangle(100.0, 60.0), &pack(), &Overrides::default());
    let json = result.to_json(&|x, y| (114.0 + x / 1e5, 22.5 + y / 1e5));
    for member in [
        "parcel",
        "cluster",
        "waterfall",
        "outline",
        "plates",
        "storeys",
        "height_m",
        "gfa_m2",
        "counted_gfa_m2",
        "far",
        "coverage",
        "bound_m2",
        "binding",
        "findings",
        "overall",
        "smallest_change",
        "fit",
    ] {
        assert!(json.get(member).is_some(), "{member}");
    }
    assert_eq!(json["plates"][0]["geometry"]["type"], "Polygon");
    assert_eq!(json["findings"][0]["op"], ">=");
}

/// Built examples, from their published land, height and storeys; the tolerance is one column cell per storey and what publishers round off.
#[test]
fn published_buildings_come_out_of_their_published_inputs() {
    // (name, land m², FAR to one digit, height m, storeys, plates, GFA m², tolerance).
    // Pingshan new-energy vehicle park: 10.78 万㎡ of land, 32.1 万㎡, about 100 m, 17 storeys. Pingshan quality-space pilot: 2.92 and 17.54 万㎡, FAR 6.0.
    // Baguang pilot: 7 万㎡ of land at FAR ≥ 3.0, published as 22 万㎡: at FAR 3.0 exactly it is 21, within 5 %.
    let shipped = UpstairsPack::resolve(Packs::embedded(), None, Some("c24-smart-vehicle")).expect("pack");
    for (name, land, far, height, storeys, plates, gfa, tolerance) in [
        ("坪山新能源汽车产业园", 107_800.0, 3.0, 100.0, 17, 6, 321_000.0, 0.02),
        ("坪山优质产业空间试点", 29_200.0, 6.0, 150.0, 30, 4, 175_400.0, 0.02),
        ("坝光试点", 70_000.0, 3.0, 100.0, 21, 6, 220_000.0, 0.06),
    ] {
        let width: f64 = f64::sqrt(land * 1.4);
        let case = ParcelCase { far_limit: Some(far), height_limit_m: Some(height), coverage_limit: Some(0.5), ..rectangle(width, land / width) };
        let result = check_to(&case, &shipped, &Overrides { storeys: Some(storeys), plates: Some(plates), ..Overrides::default() }, Depth::Figures);
        near(result.gfa_m2, gfa, gfa * tolerance);
        assert!(result.height_m <= height && result.storeys.len() <= storeys, "{name}");
    }
}

#[test]
fn published_towers_have_the_storeys_loads_and_lifts_that_their_packs_were_made_from() {
    let city = UpstairsPack::resolve(Packs::embedded(), None, None).expect("pack");
    let high = ParcelCase { far_limit: Some(50.0), coverage_limit: Some(0.5), ..rectangle(120.0, 90.0) };
    let tower = |pack: &UpstairsPack, height: f64| {
        check_to(&ParcelCase { height_limit_m: Some(height), ..high.clone() }, pack, &Overrides::default(), Depth::Figures)
    };
    // Xinqiao East: 21 storeys; 8 + 2 × 5.4 + 18 × 4.5 = 99.8 m, just inside the 100 m that Baoan's guide allows (gzdaily 2023-12-20; nssti.org.cn).
    let xinqiao = tower(&city, 100.0);
    assert_eq!(xinqiao.storeys.len(), 21);
    near(xinqiao.height_m, 99.8, 1e-9);
    // Pingshan vehicle park: ground floor up to 10 m, 17 storeys; floors 1–3 2.5 t/m², above 650 kg/m² (sznews 2023-03-14).
    let vehicles = UpstairsPack::resolve(Packs::embedded(), None, Some("c24-smart-vehicle")).expect("pack");
    let park = tower(&vehicles, 100.0);
    assert_eq!(park.storeys.len(), 17);
    near(park.height_m, 10.0 + 2.0 * 5.4 + 14.0 * 4.5, 1e-9);
    assert!(park.storeys[..3].iter().all(|storey| (storey.load_kn_m2 - 2.5 * 9.80665).abs() < 1e-9));
    assert!(park.storeys[3..].iter().all(|storey| (storey.load_kn_m2 - 0.65 * 9.80665).abs() < 1e-9));
    // Pingshan biomedicine accelerator: about 85 m, ground about 7 m, 1.2 t/m², two lifts of 3 t a building (ofweek 2024-04).
    let medicine = UpstairsPack::resolve(Packs::embedded(), None, Some("c24-biomedicine")).expect("pack");
    let accelerator = tower(&medicine, 85.0);
    assert!(accelerator.height_m <= 85.0 && accelerator.height_m > 80.0, "{}", accelerator.height_m);
    near(accelerator.storeys[0].height_m, 7.0, 1e-9);
    assert!(accelerator.storeys.iter().all(|storey| (storey.load_kn_m2 - 1.2 * 9.80665).abs() < 1e-9));
    assert_eq!((medicine.lift_min.value, medicine.lift_capacity.value.as_slice()), (2, &[3.0, 3.0][..]));
}

#[test]
fn the_first_batch_s_mean_project_reaches_its_mean_far_upstairs() {
    // 72 projects, 2 306.5 万㎡ at FAR 4.2: 549.2 ha, so 7.63 ha and 32.0 万㎡ each. A square of that size holds it inside 100 m.
    let shipped = UpstairsPack::resolve(Packs::embedded(), None, None).expect("pack");
    let side = f64::sqrt(2_306.5e4 / 4.2 / 72.0);
    let case = ParcelCase { far_limit: Some(4.2), height_limit_m: Some(100.0), coverage_limit: Some(0.5), ..rectangle(side, side) };
    let result = check_to(&case, &shipped, &Overrides::default(), Depth::Figures);
    near(result.gfa_m2, 2_306.5e4 / 72.0, 2_306.5e4 / 72.0 * 0.01);
}

#[test]
fn slab_loads_tell_upper_from_ground_floors_as_the_load_code_does() {
    // At a slab span of 2 m: bench work (4) and lines with machines up to 12 kN (6) fit 650 kg/m² = 6.37; class-4 metal cutting (8) needs 1.2 t = 11.77;
    // class 1 (14) more than that.
    let loads = Packs::embedded().resolve("floor-loads", None).expect("pack");
    let of = |process: &str| loads.number(&format!("process.{process}.slab_span_2_0")).expect("figure").value;
    let (light, medium) = (0.65 * 9.80665, 1.2 * 9.80665);
    assert!(of("instrument_assembly") <= light && of("semiconductor_9_12") <= light);
    assert!(of("metal_cutting_4") > light && of("metal_cutting_4") <= medium && of("semiconductor_14_18") <= medium);
    assert!(of("metal_cutting_1") > medium);
}
