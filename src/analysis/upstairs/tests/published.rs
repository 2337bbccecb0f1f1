//! Built examples and published figures, reproduced from their published inputs.

use super::*;

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
