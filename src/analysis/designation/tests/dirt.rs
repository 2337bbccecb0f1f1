//! Records that cannot be right are left out with their reason, and never decide a figure in silence.

use super::*;

/// Ten firms of 100 each, nine of them of the lead cluster.
fn ten() -> Vec<FirmRecord> {
    let cluster = |index: i32| if index == 0 { NO_CLUSTER } else { LEAD };
    (0..10).map(|index| firm(&format!("f{index}"), cluster(index), 100.0)).collect()
}

fn with_firms(firms: Vec<FirmRecord>) -> ParkResult {
    one(ParkEvidence { firms: Some(firms), ..park("P") })
}

#[test]
fn a_firm_in_two_clusters_counts_in_neither() {
    let mut firms: Vec<FirmRecord> = (0..20).map(|index| firm(&format!("f{index:02}"), LEAD, 100.0)).collect();
    firms.push(firm("f00", "c24-sensor", 100.0));
    let result = with_firms(firms);
    let share = of(&result, "lead_output");
    assert_eq!(left(share), [(Reason::TwoClusters, vec!["f00", "f00"])]);
    near(share.known, 19.0 / 21.0);
    near(share.value, 1.0);
    near(of(&result, "lead_firm_count").value, 19.0);
    // Its output is its output whatever its cluster.
    near(of(&result, "output_total").value, 2100.0);
}

#[test]
fn the_second_site_in_another_park_casts_the_doubt_in_both() {
    let (mut here, mut there) = (park("A"), park("B"));
    here.firms = Some(ten());
    there.firms = Some(ten().into_iter().map(|one| FirmRecord { code: format!("x{}", one.code), ..one }).collect());
    there.firms.as_mut().expect("firms").push(firm("f1", "c24-sensor", 50.0));
    let result = assess(&[here, there], &city(), &pack(), day("2026-05-01"));
    for (name, code) in [("A", "f1"), ("B", "f1")] {
        let card = result.parks.iter().find(|card| card.park == name).expect("card");
        assert_eq!(left(of(card, "lead_firms")), [(Reason::TwoClusters, vec![code])], "{name}");
    }
}

#[test]
fn a_cluster_that_the_catalogue_lacks_a_negative_output_and_another_year_are_told_apart() {
    let mut firms = ten();
    firms.extend(ten().into_iter().map(|one| FirmRecord { code: format!("g{}", one.code), ..one }));
    firms.extend(ten().into_iter().map(|one| FirmRecord { code: format!("h{}", one.code), ..one }));
    firms[1].cluster = Some("robots".into());
    firms[2].output_wan = Some(-5.0);
    firms[3].year = Some(2024);
    let result = with_firms(firms);
    assert_eq!(
        left(of(&result, "lead_output")),
        [(Reason::OtherYear, vec!["f3"]), (Reason::UnknownCluster, vec!["f1"]), (Reason::Impossible, vec!["f2"])]
    );
    near(of(&result, "lead_output").value, 24.0 / 27.0);
    // A refund makes tax negative; that is a figure.
    let mut firms = ten();
    firms[4].tax_wan = Some(-20.0);
    near(of(&with_firms(firms), "tax_mu").value, 70.0 / 30.0); // (9·10 − 20) ÷ 30 亩
}

#[test]
fn owners_shares_that_add_to_135_per_cent_make_the_land_unknown() {
    let mut evidence = park("P");
    evidence.parcels.as_mut().expect("parcels")[0].owner_shares = Some(1.35);
    let result = one(evidence);
    for id in ["output_mu", "output_per_mu", "jobs_per_ha"] {
        assert_eq!(of(&result, id).value, None, "{id}");
        assert_eq!(left(of(&result, id)), [(Reason::OwnerShares, vec!["p"])], "{id}");
    }
    let mut whole = park("P");
    whole.parcels.as_mut().expect("parcels")[0].owner_shares = Some(1.0);
    near(of(&one(whole), "output_mu").value, 10_000.0 / 30.0);
    // Land that does not count cannot spoil the land that does.
    let mut reserve = park("P");
    reserve.parcels.as_mut().expect("parcels")[1].owner_shares = Some(1.35);
    near(of(&one(reserve), "output_mu").value, 10_000.0 / 30.0);
}

#[test]
fn a_stock_dated_after_the_assessment_is_not_yet_known() {
    let mut evidence = park("P");
    evidence.units.as_mut().expect("units").iter_mut().for_each(|unit| unit.as_of = Some(day("2026-05-02")));
    let result = one(evidence);
    assert_eq!(of(&result, "let_rate").value, None);
    assert_eq!(left(of(&result, "let_rate")), [(Reason::Later, vec!["1", "2", "3"])]);
    // On its day it is.
    let mut same = park("P");
    same.units.as_mut().expect("units").iter_mut().for_each(|unit| unit.as_of = Some(day("2026-05-01")));
    near(of(&one(same), "let_rate").value, 0.75);
}

#[test]
fn a_tenant_in_two_clusters_and_an_area_of_nothing_are_left_out_of_the_floor_share() {
    let mut units: Vec<UnitRecord> = (0..40).map(|index| unit(&format!("u{index:02}"), "let", 100.0, LEAD)).collect();
    units[0].tenant = Some("甲".into());
    units[1] = UnitRecord { tenant: Some("甲".into()), ..unit("u01", "let", 100.0, "c24-sensor") };
    units[2].area_m2 = Some(0.0);
    let result = one(ParkEvidence { units: Some(units), ..park("P") });
    let share = of(&result, "lead_floor");
    assert_eq!(left(share), [(Reason::TwoClusters, vec!["u00", "u01"]), (Reason::Impossible, vec!["u02"])]);
    near(share.value, 1.0);
    near(share.known, 37.0 / 39.0); // 3 700 of 3 900 m²; 39 of 40 have an area
}

#[test]
fn a_closed_firm_counts_nowhere() {
    let mut firms = ten();
    firms[0].active = false;
    near(of(&with_firms(firms), "lead_output").value, 1.0);
}

#[test]
fn a_missing_quarter_is_missed_though_nothing_stands_of_it_and_a_correction_keeps_the_first_day() {
    let mut evidence = park("P");
    let reports = evidence.reports.as_mut().expect("reports");
    reports.retain(|report| report.period_end != day("2025-09-30"));
    reports.push(ReportRecord { id: "again".into(), ..quarter("2025-03-31", Some("2025-12-01")) });
    reports.push(ReportRecord { id: "odd".into(), ..quarter("2025-02-28", Some("2025-03-01")) });
    let result = one(evidence);
    near(of(&result, "report_missed").value, 1.0);
    near(of(&result, "report_late").value, 1.0);
    assert_eq!(left(of(&result, "report_due")), [(Reason::NotOwed, vec!["odd"])]);
    near(Some(result.penalty), 2.0);
}
