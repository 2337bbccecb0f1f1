//! Designation, worked by hand: each expected number is derived in its comment.

mod dirt;
mod figures;
mod optional;
mod ranks;
mod schemes;
mod virtual_parks;

use super::*;
use crate::rules::indicators::Head;
use crate::rules::{DesignationPack, Packs, Verdict};
use chrono::NaiveDate;
use geo_types::{Geometry, point, polygon};
use std::collections::BTreeMap;

fn pack() -> DesignationPack {
    DesignationPack::read(&Packs::embedded().resolve("designation", None).expect("pack")).expect("read")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("date")
}

const LEAD: &str = "c24-robot";

fn firm(code: &str, cluster: &str, output: f64) -> FirmRecord {
    FirmRecord {
        code: code.into(),
        active: true,
        cluster: Some(cluster.into()),
        year: Some(2025),
        output_wan: Some(output),
        tax_wan: Some(output / 10.0),
        jobs: Some(100.0),
        above_scale: Some(output >= 2000.0),
        high_tech: Some(false),
        as_of: Some(day("2025-12-31")),
        ..FirmRecord::default()
    }
}

fn unit(id: &str, state: &str, area: f64, cluster: &str) -> UnitRecord {
    UnitRecord {
        id: id.into(),
        area_m2: Some(area),
        use_code: Some("production".into()),
        state: Some(state.into()),
        tenant: (state == "let").then(|| format!("tenant {id}")),
        cluster: Some(cluster.into()),
        rent: (state == "let").then_some(30.0),
        as_of: Some(day("2026-03-01")),
    }
}

fn building(code: &str, gfa: f64, x: f64) -> BuildingRecord {
    BuildingRecord { code: code.into(), gfa_m2: Some(gfa), centroid: [x, 0.0], connected: BTreeMap::new() }
}

fn quarter(end: &str, received: Option<&str>) -> ReportRecord {
    ReportRecord { id: format!("q{end}"), period: Period::Quarter, period_end: day(end), received: received.map(day) }
}

fn park(name: &str) -> ParkEvidence {
    ParkEvidence {
        park: name.into(),
        park_type: Some("production".into()),
        lead_clusters: vec![LEAD.into(), "c24-sensor".into()],
        firms: Some(vec![
            firm("a", LEAD, 6000.0),
            firm("b", LEAD, 1000.0),
            firm("c", LEAD, 1000.0),
            firm("d", "c24-sensor", 1000.0),
            firm("e", NO_CLUSTER, 1000.0),
        ]),
        units: Some(vec![unit("1", "let", 3000.0, LEAD), unit("2", "own_use", 1000.0, NO_CLUSTER), unit("3", "vacant", 1000.0, LEAD)]),
        buildings: Some(vec![building("x", 6000.0, 0.0), building("y", 2000.0, 3000.0)]),
        parcels: Some(vec![
            ParcelRecord {
                code: "p".into(),
                registered_area_m2: Some(20_000.0),
                land_use: Some("1001".into()),
                tenure: Some("state_granted".into()),
                ..ParcelRecord::default()
            },
            ParcelRecord {
                code: "q".into(),
                registered_area_m2: Some(90_000.0),
                land_use: Some("1001".into()),
                tenure: Some("state_reserve".into()),
                ..ParcelRecord::default()
            },
        ]),
        reports: Some(vec![
            quarter("2025-03-31", Some("2025-04-20")),
            quarter("2025-06-30", Some("2025-08-15")),
            quarter("2025-09-30", None),
            quarter("2025-12-31", Some("2026-01-10")),
            ReportRecord { id: "year".into(), period: Period::Year, period_end: day("2025-12-31"), received: Some(day("2026-03-31")) },
        ]),
        false_data: Some(false),
        major_accident: Some(false),
        ..ParkEvidence::default()
    }
}

fn city() -> CityEvidence {
    let mut firms = park("x").firms.expect("firms");
    firms.push(firm("z", NO_CLUSTER, 30_000.0));
    let mut facilities = BTreeMap::new();
    for class in pack().facilities {
        let here = vec![FacilitySite { code: format!("{}-1", class.class), geometry: Geometry::Point(point!(x: 0.0, y: class.radius_m.value)) }];
        facilities.insert(class.class, here);
    }
    CityEvidence { firms: Some(firms), facilities, ..CityEvidence::default() }
}

fn one(evidence: ParkEvidence) -> ParkResult {
    assess(&[evidence], &city(), &pack(), day("2026-05-01")).parks.remove(0)
}

fn of<'a>(result: &'a ParkResult, id: &str) -> &'a IndicatorResult {
    result.indicators.iter().find(|indicator| indicator.id == id).expect("indicator")
}

fn left(indicator: &IndicatorResult) -> Vec<(Reason, Vec<&str>)> {
    indicator.excluded.iter().map(|left| (left.reason, left.ids.iter().map(String::as_str).collect())).collect()
}

fn near(value: Option<f64>, expected: f64) {
    let value = value.expect("a value");
    assert!((value - expected).abs() < 1e-9, "{value} is not {expected}");
}

#[test]
fn shares_by_output_firms_and_floor_each_have_their_own_base() {
    let result = one(park("P"));
    near(of(&result, "lead_output").value, 0.8); // 8 000 of 10 000
    near(of(&result, "declared_share").value, 0.9); // with the sensor firm
    near(of(&result, "lead_firms").value, 0.6); // 3 of 5
    near(of(&result, "lead_floor").value, 0.75); // 3 000 of 4 000 in use; the vacant unit is in neither
    near(of(&result, "lead_firm_count").value, 3.0);
    near(of(&result, "above_scale").value, 1.0);
}

#[test]
fn the_location_quotient_is_share_over_the_city_s_share() {
    // (8 000 / 10 000) ÷ (8 000 / 40 000) = 0.8 ÷ 0.2 = 4.
    near(of(&one(park("P")), "lq").value, 4.0);
    let mut official = city();
    official.table = Some(ClusterTable { year: 2025, by_cluster: BTreeMap::from([(LEAD.to_owned(), 10.0)]), total: 20.0, source: "年鉴".into() });
    let result = assess(&[park("P")], &official, &pack(), day("2026-05-01")).parks.remove(0);
    near(of(&result, "lq").value, 1.6); // 0.8 ÷ 0.5
    assert_eq!(of(&result, "lq").source, "年鉴");
}

#[test]
fn occupancy_rent_and_land_figures_by_hand() {
    let result = one(park("P"));
    near(of(&result, "let_rate").value, 0.75); // 3 000 ÷ (3 000 + 1 000)
    near(of(&result, "vacancy").value, 0.25);
    near(of(&result, "move_in_rate").value, 0.8); // 4 000 ÷ 5 000
    near(of(&result, "rent_to_cap").value, 30.0 / 35.0);
    // Land: 20 000 m² = 2 ha = 30 亩; reserve land does not count. Jobs 500 ÷ 2 ha.
    near(of(&result, "jobs_per_ha").value, 250.0);
    // One park is its own mean.
    near(of(&result, "output_per_mu").value, 1.0);
    near(of(&result, "output_mu").value, 10_000.0 / 30.0);
    near(of(&result, "tax_mu").value, 1000.0 / 30.0);
    assert!(of(&result, "output_per_mu").notes[0].en.starts_with("333.3333 万元/亩"));
    // Due before 1 May: four quarters and the year; late: the second (15 August after 30 July); missed: the third. (4 − 1) ÷ 5.
    near(of(&result, "report_due").value, 5.0);
    near(of(&result, "report_made").value, 4.0);
    near(of(&result, "report_late").value, 1.0);
    near(of(&result, "report_on_time").value, 0.6);
    near(of(&result, "report_missed").value, 1.0);
    near(Some(result.penalty), 2.0);
}

#[test]
fn the_mean_of_the_type_is_land_weighted_and_too_few_parks_take_all_types() {
    // Three parks of the type: outputs 10 000 on 30, 60 and 90 亩: mean 30 000 ÷ 180 = 166.67; ratios 2, 1, 2/3. A fourth of another type stands apart:
    // alone of its type, it is compared with all four: mean 40 000 ÷ 210.
    let sized = |name: &str, mu: f64, kind: &str| {
        let mut evidence = park(name);
        evidence.park_type = Some(kind.into());
        evidence.parcels.as_mut().expect("parcels")[0].registered_area_m2 = Some(mu * 2000.0 / 3.0);
        evidence
    };
    let parks = [sized("A", 30.0, "production"), sized("B", 60.0, "production"), sized("C", 90.0, "production"), sized("D", 30.0, "service")];
    let result = assess(&parks, &city(), &pack(), day("2026-05-01"));
    let value = |name: &str| of(result.parks.iter().find(|park| park.park == name).expect("park"), "output_per_mu").value;
    near(value("A"), 2.0);
    near(value("B"), 1.0);
    near(value("C"), 2.0 / 3.0);
    near(value("D"), (10_000.0 / 30.0) / (40_000.0 / 210.0));
}

#[test]
fn coverage_weighs_floor_area_and_reaches_exactly_to_the_radius() {
    // Building x (6 000 m²) lies exactly at the radius of every class, y (2 000 m²) is 3 km east: in reach only of the waste-water plant, whose radius
    // of 5 km puts it √(3² + 5²) = 5.83 km away: not. So every class covers 6 000 of 8 000.
    let result = one(park("P"));
    for class in pack().facilities {
        near(of(&result, &format!("facility_{}", class.class)).value, 0.75);
    }
    near(of(&result, "facility_mean").value, 0.75);
}

#[test]
fn a_building_without_a_footprint_is_left_out_not_taken_for_unserved() {
    let mut evidence = park("P");
    let nowhere = BuildingRecord { centroid: [f64::NAN; 2], ..building("z", 100.0, 0.0) };
    let mut many: Vec<BuildingRecord> = (0..9).map(|index| building(&format!("b{index}"), 100.0, 0.0)).collect();
    many.push(nowhere);
    evidence.buildings = Some(many);
    let result = one(evidence);
    let metro = of(&result, "facility_metro");
    near(metro.value, 1.0);
    assert_eq!(left(metro), [(Reason::NoFootprint, vec!["z"])]);
}

#[test]
fn a_polygon_facility_reaches_from_its_nearest_side() {
    let mut city = city();
    let green = polygon![(x: 1900.0, y: -10.0), (x: 2500.0, y: -10.0), (x: 2500.0, y: 10.0), (x: 1900.0, y: 10.0), (x: 1900.0, y: -10.0)];
    city.facilities.insert("green".into(), vec![FacilitySite { code: "g".into(), geometry: Geometry::Polygon(green) }]);
    // Radius 1 000: x (0) is 1 900 m away, y (3 000) is 500 m from the eastern side: 2 000 of 8 000.
    let result = assess(&[park("P")], &city, &pack(), day("2026-05-01")).parks.remove(0);
    near(of(&result, "facility_green").value, 0.25);
}

#[test]
fn a_class_never_loaded_is_unknown_and_takes_the_mean_with_it_while_an_empty_one_is_zero() {
    let mut city = city();
    city.facilities.remove("metro");
    city.facilities.insert("bus".into(), Vec::new());
    let result = assess(&[park("P")], &city, &pack(), day("2026-05-01")).parks.remove(0);
    assert_eq!(of(&result, "facility_metro").verdict, Judgement::Verdict(Verdict::Unknown));
    near(of(&result, "facility_bus").value, 0.0);
    let mean = of(&result, "facility_mean");
    assert_eq!(mean.value, None);
    assert!(mean.notes[0].en.starts_with("9 of 10"));
    // The mean is a must: its unknown withholds the grade.
    assert_eq!((result.grade, result.rank, result.status), (Grade::Withheld, None, ParkStatus::Withheld));
    assert!(result.total_high > result.total);
}

#[test]
fn too_few_known_records_make_an_indicator_unknown_and_are_listed() {
    // One of five firms without output: 80 % < 90 %.
    let mut evidence = park("P");
    evidence.firms.as_mut().expect("firms")[4].output_wan = None;
    let result = one(evidence);
    let share = of(&result, "lead_output");
    assert_eq!((share.value, share.verdict), (None, Judgement::Verdict(Verdict::Unknown)));
    assert_eq!(left(share), [(Reason::NoValue, vec!["e"])]);
    near(share.known, 0.8);
    // The count of firms by cluster needs no output.
    near(of(&result, "lead_firms").value, 0.6);
}

#[test]
fn nine_of_ten_known_is_enough_and_the_tenth_is_left_out() {
    let mut evidence = park("P");
    let mut firms: Vec<FirmRecord> = (0..9).map(|index| firm(&format!("f{index}"), LEAD, 100.0)).collect();
    firms.push(FirmRecord { output_wan: None, ..firm("f9", NO_CLUSTER, 0.0) });
    evidence.firms = Some(firms);
    let result = one(evidence);
    near(of(&result, "lead_output").value, 1.0);
    assert_eq!(left(of(&result, "lead_output")), [(Reason::NoValue, vec!["f9"])]);
}

#[test]
fn the_flows_of_another_year_are_not_a_substitute() {
    let mut evidence = park("P");
    evidence.firms.as_mut().expect("firms").iter_mut().for_each(|firm| firm.year = Some(2024));
    assert_eq!(of(&one(evidence), "lead_output").value, None);
}

#[test]
fn nothing_loaded_is_unknown_everywhere_and_never_passes() {
    let blank = ParkEvidence { park: "B".into(), lead_clusters: vec![LEAD.into()], ..ParkEvidence::default() };
    let result = assess(&[blank], &CityEvidence::default(), &pack(), day("2026-05-01")).parks.remove(0);
    assert!(result.indicators.iter().all(|one| one.value.is_none() && one.verdict == Judgement::Verdict(Verdict::Unknown)));
    assert!(!result.passes);
    assert_eq!((result.total, result.total_high), (Some(0.0), Some(100.0)));
}

#[test]
fn a_counted_parcel_without_registered_area_makes_the_land_unknown() {
    let mut evidence = park("P");
    evidence.parcels.as_mut().expect("parcels")[0].registered_area_m2 = None;
    assert_eq!(of(&one(evidence), "jobs_per_ha").value, None);
}

#[test]
fn land_figures_do_not_apply_to_a_virtual_park_and_weigh_nothing_there() {
    let result = one(ParkEvidence { is_virtual: true, ..park("V") });
    assert_eq!(of(&result, "output_per_mu").verdict, Judgement::NotApplicable);
    let weight: f64 = result.heads.values().map(|head| head.weight).sum();
    let physical: f64 = one(park("P")).heads.values().map(|head| head.weight).sum();
    assert_eq!(physical - weight, 20.0); // 8 + 8 + 4
}

#[test]
fn the_total_is_the_weighted_mean_of_scores_less_the_penalty() {
    // Weights and scores by hand, from the shipped pack:
    // lead_output 10·(0.8 − 0.3)/0.6 = 8.333333; lead_firms 8·0.5 = 4; lead_floor 6·0.75 = 4.5; lq 6·1 = 6; above_scale 6·0; high_tech 6·0;
    // facility_mean 12·(0.45/0.65) = 8.307692; metro 4·(0.75/0.8) = 3.75; dormitory 4·(0.45/0.65) = 2.769231;
    // let_rate 6·(0.25/0.45) = 3.333333; move_in 4·(0.3/0.45) = 2.666667; rent 4·(1.1 − 0.857143)/0.4 = 2.428571;
    // output and tax per 亩 8·0 each (1 < 1.5); jobs 4·(200/350) = 2.285714; on time 4·0.2 = 0.8 (0.6). Σ = 49.174542 of 100.
    let result = one(park("P"));
    let expected = 10.0 * 0.5 / 0.6
        + 4.0
        + 4.5
        + 6.0
        + 12.0 * 0.45 / 0.65
        + 3.75
        + 4.0 * 0.45 / 0.65
        + 6.0 * 0.25 / 0.45
        + 4.0 * 0.3 / 0.45
        + 4.0 * (1.1 - 30.0 / 35.0) / 0.4
        + 4.0 * 200.0 / 350.0
        + 0.8
        - 2.0;
    near(result.total, expected);
    assert_eq!(result.heads[&Head::Industry].weight, 42.0);
    near(result.heads[&Head::Industry].score, 100.0 * (14.5 + 25.0 / 3.0) / 42.0);
}

#[test]
fn knock_outs_force_a_d_whatever_the_score() {
    for (evidence, reason) in [
        (ParkEvidence { false_data: Some(true), ..park("P") }, "false_data"),
        (ParkEvidence { major_accident: Some(true), ..park("P") }, "major_accident"),
    ] {
        let result = one(evidence);
        assert_eq!((result.grade, result.rank, result.status), (Grade::D, None, ParkStatus::Forced));
        assert_eq!(result.reasons, [reason]);
    }
    let mut silent = park("P");
    silent.reports.as_mut().expect("reports").retain(|report| report.period != Period::Year);
    assert_eq!(one(silent).reasons, ["no_annual_data"]);
    let mut weak = park("P");
    weak.firms.as_mut().expect("firms").truncate(1);
    assert_eq!(one(weak).reasons, ["must_failed: lead_firm_count"]); // 1 < 3
}

#[test]
fn a_value_that_misses_its_threshold_by_rounding_passes() {
    // Rents of 34.9 and 35.1 on equal areas: the mean is 35.000000000000004 or 34.99999…; the cap is 35 (G4).
    let mut evidence = park("P");
    let rented = |id: &str, rent: f64| UnitRecord { rent: Some(rent), ..unit(id, "let", 0.1, LEAD) };
    evidence.units = Some(vec![rented("1", 34.9), rented("2", 35.1), rented("3", 35.0)]);
    let result = one(evidence);
    let rent = of(&result, "rent_to_cap");
    assert_eq!(rent.verdict, Judgement::Verdict(Verdict::Pass));
    assert_eq!(rent.flagged, [Excluded { reason: Reason::AboveCap, count: 1, ids: vec!["2".into()] }]);
    // "Above 50 %" is not met by half, however the sums are rounded.
    let mut half = park("P");
    half.firms = Some(vec![firm("a", LEAD, 0.1), firm("b", LEAD, 0.1), firm("c", LEAD, 0.1), firm("e", NO_CLUSTER, 0.3)]);
    assert_eq!(of(&one(half), "lead_output").verdict, Judgement::Verdict(Verdict::Fail));
}

#[test]
fn the_json_carries_the_promised_members() {
    let json = serde_json::to_value(assess(&[park("P")], &city(), &pack(), day("2026-05-01"))).expect("json");
    let park = &json["parks"][0];
    for member in ["park", "lead_cluster", "indicators", "heads", "penalty", "total", "total_high", "passes", "grade", "rank", "sensitivity"] {
        assert!(park.get(member).is_some(), "{member}");
    }
    assert!(park["heads"]["industry"]["score"].is_number());
    for member in [
        "id",
        "head",
        "zh",
        "en",
        "value",
        "unit",
        "known",
        "threshold",
        "op",
        "verdict",
        "score",
        "weight",
        "must",
        "source",
        "as_of",
        "metric",
        "excluded",
    ] {
        assert!(park["indicators"][0].get(member).is_some(), "{member}");
    }
}
