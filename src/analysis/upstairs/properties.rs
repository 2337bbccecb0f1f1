//! Properties that must hold for any parcel, and the time one takes.

use super::tests::{pack, parcel, rectangle};
use super::*;
use crate::rules::{UpstairsPack, Verdict};
use geo::{Area, BooleanOps, Distance, Euclidean, Rotate, Translate};
use geo_types::{MultiPolygon, point, polygon};
use proptest::prelude::*;

/// A star-shaped parcel of 5–9 corners around (0, 0), 40–140 m out: convex or not, never self-crossing.
fn stars() -> impl Strategy<Value = Vec<(f64, f64)>> {
    proptest::collection::vec(40.0..140.0f64, 5..10).prop_map(|radii| {
        let count = radii.len() as f64;
        radii
            .iter()
            .enumerate()
            .map(|(index, radius)| {
                let (sin, cos) = (index as f64 / count * std::f64::consts::TAU).sin_cos();
                (radius * cos, radius * sin)
            })
            .collect()
    })
}

fn two_plates() -> UpstairsPack {
    let mut pack = pack();
    pack.plate.count_max.value = 3;
    pack
}

fn gfa(case: &ParcelCase, pack: &UpstairsPack, overrides: &Overrides) -> f64 {
    check_to(case, pack, overrides, Depth::Figures).gfa_m2
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn plates_lie_inside_the_outline_keep_their_distance_and_the_limits(points in stars(), far in 0.5..6.0f64, coverage in 0.1..0.7f64, side in 3.0..15.0f64) {
        let case = ParcelCase { far_limit: Some(far), coverage_limit: Some(coverage), height_limit_m: Some(80.0), ..parcel(&points) };
        let mut pack = two_plates();
        pack.setback.side.value = side;
        let result = check_to(&case, &pack, &Overrides::default(), Depth::Figures);
        for (index, plate) in result.plates.iter().enumerate() {
            let outside = MultiPolygon(vec![plate.polygon.clone()]).difference(&result.outline).unsigned_area();
            // A millimetre along the outline at most.
            prop_assert!(outside < 0.002 * (plate.width_m + plate.length_m), "{outside}");
            for other in &result.plates[index + 1..] {
                let distance = Euclidean.distance(&plate.polygon, &other.polygon);
                prop_assert!(distance >= pack.plate.fire_distance.value - 2e-3, "{distance}");
            }
        }
        let area: f64 = result.plates.iter().map(|plate| plate.area_m2).sum();
        prop_assert!(area <= coverage * result.site_area_m2 + 1e-6);
        prop_assert!(area <= result.bound_m2 + 1e-6);
        prop_assert!(result.counted_gfa_m2 <= far * result.site_area_m2 * (1.0 + 1e-9));
        prop_assert!(result.height_m <= 80.0 + 1e-9);
    }

    #[test]
    fn a_looser_limit_never_gives_less(points in stars(), far in 0.5..5.0f64, coverage in 0.1..0.6f64, height in 20.0..90.0f64, more in 0.01..1.0f64) {
        let case = parcel(&points);
        let pack = two_plates();
        let tight = Overrides { far: Some(far), coverage: Some(coverage), height: Some(height), ..Overrides::default() };
        let base = gfa(&case, &pack, &tight);
        for loose in [
            Overrides { far: Some(far * (1.0 + more)), ..tight.clone() },
            Overrides { coverage: Some(coverage * (1.0 + more)), ..tight.clone() },
            Overrides { height: Some(height * (1.0 + more)), ..tight.clone() },
            Overrides { storeys: Some(30), ..tight.clone() },
        ] {
            prop_assert!(gfa(&case, &pack, &loose) >= base * (1.0 - 1e-6), "{loose:?}");
        }
    }

    /// Three plates are placed by a search that is not exhaustive: about one star in 35,000 differs by as much as 0.7 %, by a column's spacing of one plate.
    #[test]
    fn turning_and_moving_a_parcel_changes_gfa_by_less_than_half_a_percent(points in stars(), angle in 0.0..90.0f64) {
        let case = ParcelCase { far_limit: Some(3.0), coverage_limit: Some(0.5), ..parcel(&points) };
        let outline = case.outline.rotate_around_point(angle, point!(x: 0.0, y: 0.0)).translate(505_955.85, 2_493_941.25);
        let moved = ParcelCase { outline, ..case.clone() };
        let (here, there) = (gfa(&case, &two_plates(), &Overrides::default()), gfa(&moved, &two_plates(), &Overrides::default()));
        prop_assert!((here - there).abs() <= 0.005 * here.max(1.0), "{here} {there}");
    }

    #[test]
    fn nothing_unknown_passes(points in stars(), far in proptest::option::of(1.0..4.0f64), roads in any::<bool>()) {
        let mut case = ParcelCase { far_limit: far, ..parcel(&points) };
        if !roads {
            case.roads = None;
        }
        let result = check_to(&case, &pack(), &Overrides::default(), Depth::Figures);
        for finding in &result.findings {
            prop_assert!(finding.measured.is_some() || finding.verdict != Verdict::Pass, "{}", finding.rule);
        }
        if far.is_none() || !roads {
            prop_assert!(result.overall != Verdict::Pass);
        }
    }

    #[test]
    fn the_outline_of_strips_is_the_outline_of_half_planes(radii in proptest::collection::vec(60.0..70.0f64, 6), side in 2.0..12.0f64) {
        // Nearly regular hexagons are convex; a hole far away in the middle forces the general way, and takes its own setback with it.
        let points: Vec<(f64, f64)> = radii.iter().enumerate().map(|(index, radius)| {
            let (sin, cos) = (index as f64 * std::f64::consts::FRAC_PI_3).sin_cos();
            (radius * cos, radius * sin)
        }).collect();
        let mut pack = pack();
        pack.setback.side.value = side;
        let convex = check_to(&parcel(&points), &pack, &Overrides::default(), Depth::Figures);
        let mut holed = parcel(&points);
        let hole = geo_types::LineString::from(vec![(-1.0, -1.0), (-1.0, 1.0), (1.0, 1.0), (1.0, -1.0), (-1.0, -1.0)]);
        holed.outline.0[0].interiors_push(hole);
        let general = check_to(&holed, &pack, &Overrides::default(), Depth::Figures);
        // A square hole of 2 m grown by a mitred setback s: (2 + 2 s)².
        let expected = convex.outline_area_m2 - (2.0 + 2.0 * side).powi(2);
        prop_assert!((general.outline_area_m2 - expected).abs() < 1e-2, "{} {expected}", general.outline_area_m2);
    }
}

/// A looser height lets in more storeys whose smaller plates leave land over; the span between slanted edges that the tighter one needed must still be seen.
#[test]
fn a_higher_building_on_slanted_land_is_no_smaller() {
    let points = [
        (44.78987331541109, 0.0),
        (38.08558207330927, 65.96616318680606),
        (-35.66190751787955, 61.76823571578992),
        (-114.114975977515, 1.3975054006564085e-14),
        (-36.86003199023115, -63.843448175694434),
        (68.98263499031968, -119.48142864321227),
    ];
    let tight =
        Overrides { far: Some(4.59141699587761), coverage: Some(0.48137557669362313), height: Some(61.3270784209128), ..Overrides::default() };
    let loose = Overrides { height: Some(76.48975752354596), ..tight.clone() };
    let of = |overrides: &Overrides| gfa(&parcel(&points), &two_plates(), overrides);
    assert!(of(&loose) >= of(&tight) * (1.0 - 1e-6), "{} {}", of(&loose), of(&tight));
}

#[test]
#[ignore = "a measurement: cargo test --release -- --ignored --nocapture time_per_parcel"]
fn time_per_parcel() {
    let shipped = UpstairsPack::resolve(crate::rules::Packs::embedded(), None, None).expect("pack");
    let slanted = parcel(&[(0.0, 0.0), (210.0, 12.0), (195.0, 160.0), (-8.0, 149.0)]);
    let l = parcel(&[(0.0, 0.0), (200.0, 0.0), (200.0, 90.0), (90.0, 90.0), (90.0, 180.0), (0.0, 180.0)]);
    let road = RoadLine { class: "local".into(), width_m: Some(15.0), line: geo_types::LineString::from(vec![(-50.0, -15.0), (300.0, -15.0)]) };
    for (name, case) in [("rectangle", rectangle(180.0, 140.0)), ("small rectangle", rectangle(70.0, 90.0)), ("quadrilateral", slanted), ("L", l)] {
        for roads in [Vec::new(), vec![road.clone()]] {
            let facing = roads.len();
            let case = ParcelCase { far_limit: Some(3.0), coverage_limit: Some(0.5), height_limit_m: Some(80.0), roads: Some(roads), ..case.clone() };
            for plates in [1, 4] {
                let overrides = Overrides { plates: Some(plates), ..Overrides::default() };
                for (depth, runs) in [(Depth::Figures, 500), (Depth::Full, 10)] {
                    let start = std::time::Instant::now();
                    let total: f64 = (0..runs).map(|_| check_to(&case, &shipped, &overrides, depth).gfa_m2).sum();
                    println!(
                        "{name}, {facing} road, {plates} plate(s), {depth:?}: {:.1} µs, GFA {:.0}",
                        start.elapsed().as_secs_f64() * 1e6 / f64::from(runs),
                        total / f64::from(runs)
                    );
                }
            }
        }
    }
}

/// A looser question answered knowing the tighter one's plates, as the service and the smallest change ask it.
fn from(case: &ParcelCase, pack: &UpstairsPack, overrides: &Overrides, known: &UpstairsResult) -> f64 {
    check_from(case, pack, overrides, Depth::Scheme, &known.plates).gfa_m2
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_limit_eased_ever_gives_less(points in stars(), far in 0.5..5.0f64, coverage in 0.1..0.6f64, height in 20.0..90.0f64, side in 4.0..15.0f64, less in 0.0..0.95f64) {
        let road = RoadLine { class: "local".into(), width_m: None, line: geo_types::LineString::from(vec![(-200.0, -120.0), (200.0, -120.0)]) };
        let zone = MultiPolygon(vec![polygon![(x: 20.0, y: -200.0), (x: 200.0, y: -200.0), (x: 200.0, y: 200.0), (x: 20.0, y: 200.0), (x: 20.0, y: -200.0)]]);
        let corridor = MultiPolygon(vec![polygon![(x: -200.0, y: 10.0), (x: 200.0, y: 10.0), (x: 200.0, y: 22.0), (x: -200.0, y: 22.0), (x: -200.0, y: 10.0)]]);
        let restrictions = vec![
            Restriction { geometry: zone, height_limit_m: Some(height * 0.8), ..Restriction::none_here("height") },
            Restriction { geometry: corridor, ..Restriction::none_here("high_voltage") },
        ];
        let case = ParcelCase { roads: Some(vec![road]), restrictions: restrictions.clone(), ..parcel(&points) };
        let mut pack = two_plates();
        pack.storey.max.value = 15;
        let tight = Overrides { far: Some(far), coverage: Some(coverage), height: Some(height), setback_side: Some(side), setback_road: Some(side * 1.5), ..Overrides::default() };
        let base = check_to(&case, &pack, &tight, Depth::Scheme);
        let least = base.gfa_m2 * (1.0 - 1e-6);
        let more = 2.0 - less;
        for eased in [
            Overrides { far: Some(far * more), ..tight.clone() },
            Overrides { coverage: Some(coverage * more), ..tight.clone() },
            Overrides { height: Some(height * more), ..tight.clone() },
            Overrides { setback_side: Some(side * less), ..tight.clone() },
            Overrides { setback_road: Some(side * 1.5 * less), ..tight.clone() },
            Overrides { storeys: Some(18), ..tight.clone() },
            Overrides { plates: Some(4), ..tight.clone() },
            Overrides { storey_typical: Some(4.4), ..tight.clone() },
            Overrides { storey_lower: Some(4.0), ..tight.clone() },
        ] {
            prop_assert!(from(&case, &pack, &eased, &base) >= least, "{eased:?}");
        }
        type Ease = fn(&mut UpstairsPack, f64);
        let limits: [(&str, Ease); 6] = [
            ("fire distance", |pack, less| pack.plate.fire_distance.value *= less),
            ("smallest plate", |pack, less| pack.plate.min_plate.value *= less),
            ("least width", |pack, less| pack.plate.width_min.value *= less.max(0.4)),
            ("largest length", |pack, less| pack.plate.length_max.value *= 2.0 - less),
            ("largest width", |pack, less| pack.plate.width_max.value *= 2.0 - less),
            ("least length", |pack, less| pack.plate.length_min.value *= less.max(0.4)),
        ];
        for (name, ease) in limits {
            let mut eased = pack.clone();
            ease(&mut eased, less);
            prop_assert!(from(&case, &eased, &tight, &base) >= least, "{name}");
        }
        for dropped in 0..restrictions.len() {
            let mut fewer = case.clone();
            fewer.restrictions.remove(dropped);
            prop_assert!(from(&fewer, &pack, &tight, &base) >= least, "restriction {dropped}");
        }
    }
}
