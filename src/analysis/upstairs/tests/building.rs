//! Plates and storeys, and which limit binds (exact readings U5–U11).

use super::*;

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
    assert_eq!(result.drawn(&|point| point).binding[0].rule, "joint");
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
