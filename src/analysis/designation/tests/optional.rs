//! Indicators that a scheme may ask for, thresholds that only tell, and schemes without weights.

use super::*;
use crate::rules::designation::LandMetric;
use crate::rules::indicators::INDICATORS;
use crate::rules::{Cited, Pack};

#[test]
fn totals_shares_and_counts_of_other_schemes_by_hand() {
    let mut evidence = park("P");
    let firms = evidence.firms.as_mut().expect("firms");
    firms[0].high_tech = Some(true);
    for one in firms.iter_mut() {
        one.rd_wan = one.output_wan.map(|output| output * 0.02);
        one.output_before_wan = one.output_wan.map(|output| output / 1.25);
    }
    evidence.platforms = Some(2.0);
    evidence.boundary_pieces = Some(1);
    evidence.districts = vec!["440306".into()];
    let city = CityEvidence { placements: Some(BTreeMap::from([("440306".to_owned(), vec![LEAD.to_owned()])])), ..city() };
    let pack = DesignationPack { leader_output: Some(cited(2000.0)), ..pack() };
    let result = assess(&[evidence], &city, &pack, day("2026-05-01")).parks.remove(0);
    near(of(&result, "output_total").value, 10_000.0);
    near(of(&result, "high_tech_output").value, 0.6); // 6 000 of 10 000
    near(of(&result, "rd_share").value, 0.02);
    near(of(&result, "output_growth").value, 0.25);
    near(of(&result, "leaders").value, 1.0); // 6 000 ≥ 2 000; the other two make 1 000 each
    near(of(&result, "platforms").value, 2.0);
    near(of(&result, "boundary_pieces").value, 1.0);
    near(of(&result, "gfa_total").value, 8000.0);
    near(of(&result, "placement_match").value, 1.0);
    near(of(&result, "mean_rent").value, 30.0);
}

/// A figure with somebody's cite.
fn cited(value: f64) -> Cited<f64> {
    pack().min_known.map(|_| value)
}

#[test]
fn land_is_measured_as_the_pack_says_and_another_area_is_no_substitute() {
    let mut evidence = park("P");
    evidence.parcels.as_mut().expect("parcels")[0].planar_area_m2 = Some(40_000.0);
    let planar = DesignationPack { land_metric: LandMetric::Planar, ..pack() };
    let result = assess(&[evidence.clone()], &city(), &planar, day("2026-05-01")).parks.remove(0);
    near(of(&result, "output_mu").value, 10_000.0 / 60.0);
    assert_eq!(of(&result, "output_mu").metric, Some("planar_area_m2"));
    let ellipsoidal = DesignationPack { land_metric: LandMetric::Ellipsoidal, ..pack() };
    let result = assess(&[evidence], &city(), &ellipsoidal, day("2026-05-01")).parks.remove(0);
    assert_eq!(of(&result, "output_mu").value, None);
}

#[test]
fn service_by_connection_needs_a_record_of_it() {
    let mut pack = pack();
    pack.facilities.iter_mut().filter(|rule| rule.class == "substation").for_each(|rule| rule.connected = true);
    let mut evidence = park("P");
    let asked = |evidence: &ParkEvidence| assess(std::slice::from_ref(evidence), &city(), &pack, day("2026-05-01")).parks.remove(0);
    assert_eq!(left(of(&asked(&evidence), "facility_substation")), [(Reason::NoConnection, vec!["x", "y"])]);
    for (building, has) in evidence.buildings.as_mut().expect("buildings").iter_mut().zip([false, true]) {
        building.connected = BTreeMap::from([("substation".to_owned(), has)]);
    }
    near(of(&asked(&evidence), "facility_substation").value, 0.25); // 2 000 of 8 000
}

#[test]
fn a_threshold_that_is_no_must_is_told_and_forces_nothing() {
    let mut evidence = park("P");
    // Nobody outside the lead: a quotient of 1 against the threshold of 1.5.
    evidence.firms = Some((0..3).map(|index| firm(&format!("f{index}"), LEAD, 1.0)).collect());
    let city = CityEvidence { firms: evidence.firms.clone(), ..city() };
    let result = assess(&[evidence], &city, &pack(), day("2026-05-01")).parks.remove(0);
    let quotient = of(&result, "lq");
    assert_eq!((quotient.must, quotient.threshold, quotient.verdict), (false, Some(1.5), Judgement::Verdict(Verdict::Fail)));
    assert!(!result.reasons.iter().any(|reason| reason.contains("lq")), "{:?}", result.reasons);
}

#[test]
fn what_is_asked_and_unknown_is_counted_once() {
    let mut evidence = park("P");
    evidence.reports = None;
    let result = one(evidence);
    // Of the five about returns only the rate on time is asked for.
    assert_eq!(result.missing, 1);
    assert_eq!(one(park("P")).missing, 0);
}

#[test]
fn the_heads_move_together_and_the_middle_of_five_is_the_rank_itself() {
    let result = assess(&[park("A"), park("B")], &city(), &pack(), day("2026-05-01"));
    for card in &result.parks {
        assert_eq!(card.sensitivity.heads.len(), 3);
        for head in &card.sensitivity.heads {
            assert_eq!(head.runs.iter().map(|run| run.factor).collect::<Vec<_>>(), [0.8, 0.9, 1.0, 1.1, 1.2]);
            assert_eq!(head.runs[2].rank, card.rank);
        }
    }
}

#[test]
fn a_scheme_of_conditions_only_ranks_nobody() {
    let shipped = include_str!("../../../../geodata/rules/designation-featured-park.toml");
    let only_conditions: Vec<&str> = shipped
        .lines()
        .filter(|line| {
            ![".weight =", ".low =", ".high =", ".at =", ".points ="].iter().any(|key| line.split('{').next().is_some_and(|path| path.contains(key)))
        })
        .filter(|line| !line.starts_with("weight_sum"))
        .collect();
    let pack = DesignationPack::read(&Pack::parse(&only_conditions.join("\n")).expect("pack")).expect("read");
    assert!(!pack.weighs());
    let weak = ParkEvidence { firms: Some(vec![firm("a", LEAD, 100.0)]), ..park("Q") };
    let result = assess(&[park("P"), weak], &city(), &pack, day("2026-05-01"));
    for card in &result.parks {
        assert_eq!((card.grade, card.rank), (Grade::Ungraded, None));
    }
    assert_eq!(result.parks.iter().map(|card| card.reasons.len()).collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn a_card_says_which_rows_it_was_made_from() {
    let mut evidence = park("P");
    evidence.park = "BA-0'3".into();
    let result = one(evidence);
    let filter = |collection: &str| result.evidence.iter().find(|rows| rows.collection == collection).map(|rows| rows.filter.as_str());
    assert_eq!(filter("firm"), Some("park = 'BA-0''3'"));
    assert_eq!(filter("unit"), Some("building IN ('x', 'y')"));
    assert_eq!(of(&result, "jobs_per_ha").rows, ["firm", "parcel"]);
    assert_eq!(of(&result, "jobs_per_ha").source, "统计年报");
}

#[test]
fn every_indicator_that_a_pack_may_name_is_measured() {
    let result = one(park("P"));
    for indicator in INDICATORS {
        assert!(of(&result, indicator.id).notes.iter().all(|note| note.code != "no_measure"), "{}", indicator.id);
    }
}
