//! Matching by hand: verdicts, costs, changes and the order, and what must hold whatever the city.

mod laws;

use super::*;
use crate::analysis::upstairs::{Fit, FitVerdict};
use crate::rules::{MatchingPack, Packs, Verdict};
use Verdict::{Fail, Pass, Unknown};
use chrono::NaiveDate;

pub(super) fn pack() -> MatchingPack {
    MatchingPack::read(&Packs::embedded().resolve("matching", None).expect("pack")).expect("read")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("day")
}

/// A floor of 2,000 m², 8 kN/m², 4.5 m, 200 kVA, 丙二, vacant.
pub(super) const FLOOR: Candidate<'static> = Candidate {
    kind: Kind::Floor,
    id: "F",
    district: Some("440306"),
    area_m2: Some(2000.0),
    load: Some(8.0),
    height: Some(4.5),
    power: Some(200.0),
    fire: Some("丙二"),
    free: Free::Now,
    fit: None,
};

fn one(need: &Need, candidate: &Candidate<'static>) -> Ranked<'static> {
    rank(need, std::slice::from_ref(candidate), &pack()).remove(0)
}

fn verdict(need: &Need, candidate: &Candidate<'static>, criterion: Criterion) -> Option<Verdict> {
    let at = CRITERIA.iter().position(|one| *one == criterion).expect("criterion");
    one(need, candidate).verdicts[at]
}

fn all() -> Need {
    Need {
        cluster: Some("c24-robot".to_owned()),
        area_min: Some(2500.0),
        area_max: Some(3000.0),
        load: Some(10.0),
        height: Some(5.0),
        power: Some(400.0),
        fire: Some("丙".to_owned()),
        districts: vec!["440306".to_owned()],
        by: Some(day("2027-01-01")),
    }
}

#[test]
fn the_cost_is_the_weighted_relative_shortfall_of_each_fail() {
    let floor =
        Candidate { free: Free::From(day("2027-01-02")), fit: Some(Fit { verdict: FitVerdict::Retrofit, factor: Some("equipment_load") }), ..FLOOR };
    let ranked = one(&all(), &floor);
    assert_eq!(ranked.verdicts, [Some(Fail); 7]);
    // Retrofit 1; 4·500/2500; 3·2/10; 5·0.5/5; 1·200/400; 丙 of a need is 丙一: 2; one day late: 1.
    assert!((ranked.cost - (1.0 + 0.8 + 0.6 + 0.5 + 0.5 + 2.0 + 1.0)).abs() < 1e-12, "{}", ranked.cost);
    assert!(ranked.wished && ranked.distance_m2 == Some(500.0));
    let (told, changes) = explain(&all(), &floor, &pack());
    assert_eq!((told.len(), changes.len()), (7, 7));
    assert!((changes.iter().map(|change| change.cost).sum::<f64>() - ranked.cost).abs() < 1e-12);
    let to = |criterion: Criterion| changes.iter().find(|change| change.criterion == criterion).and_then(|change| change.to.clone());
    assert_eq!(to(Criterion::Area), Some(Measure::Number(2500.0)));
    assert_eq!(to(Criterion::Fire), Some(Measure::Text("丙".into())));
    assert_eq!(to(Criterion::Date), Some(Measure::Text("2027-01-02".into())));
    assert_eq!(told[0].factor, Some("equipment_load"));
}

#[test]
fn what_is_not_stated_is_no_criterion_and_what_is_not_recorded_is_unknown() {
    let ranked = one(&Need { districts: vec!["440305".into()], ..Need::default() }, &FLOOR);
    assert_eq!((ranked.verdicts, ranked.cost, ranked.fits(), ranked.wished), ([None; 7], 0.0, true, false));
    assert!(ranked.cost.is_sign_positive() && ranked.distance_m2 == Some(0.0));
    let blank =
        Candidate { district: None, area_m2: None, load: None, height: None, power: None, fire: None, free: Free::Unknown, fit: None, ..FLOOR };
    let ranked = one(&all(), &blank);
    assert_eq!((ranked.verdicts, ranked.cost, ranked.distance_m2), ([Some(Unknown); 7], 0.0, None));
    assert!(explain(&all(), &blank, &pack()).1.is_empty());
}

#[test]
fn an_area_above_the_range_passes_where_it_can_be_divided_and_else_fails_without_a_shortfall() {
    let need = Need { area_min: Some(1000.0), area_max: Some(1500.0), ..Need::default() };
    assert_eq!(verdict(&need, &FLOOR, Criterion::Area), Some(Pass));
    let mut whole = pack();
    whole.divisible.value = false;
    let ranked = rank(&need, &[FLOOR], &whole).remove(0);
    assert_eq!((ranked.verdicts[1], ranked.cost), (Some(Fail), 0.0));
    let change = explain(&need, &FLOOR, &whole).1.remove(0);
    assert_eq!((change.from, change.to), (Some(Measure::Number(2000.0)), Some(Measure::Number(1500.0))));
    // Equal to a bound but for rounding (G4).
    let least = Need { area_min: Some(2000.0 + 1e-6), ..Need::default() };
    assert_eq!(verdict(&least, &FLOOR, Criterion::Area), Some(Pass));
    assert_eq!(one(&Need { area_max: Some(2600.0), ..Need::default() }, &FLOOR).distance_m2, Some(600.0));
}

#[test]
fn a_floor_takes_what_is_no_more_dangerous_than_its_class_and_plain_c_is_read_on_the_safe_side() {
    let takes = |rated: &'static str, need: &str| {
        verdict(&Need { fire: Some(need.to_owned()), ..Need::default() }, &Candidate { fire: Some(rated), ..FLOOR }, Criterion::Fire)
    };
    let order = ["甲", "乙", "丙一", "丙二", "丁", "戊"];
    for (a, rated) in order.into_iter().enumerate() {
        for (b, need) in order.into_iter().enumerate() {
            assert_eq!(takes(rated, need), Some(if a <= b { Pass } else { Fail }), "{rated} {need}");
        }
    }
    assert_eq!(
        [takes("丙", "丙"), takes("丙", "丙二"), takes("丙一", "丙"), takes("三类", "丁")],
        [Some(Fail), Some(Pass), Some(Pass), Some(Unknown)]
    );
}

#[test]
fn a_cluster_after_retrofit_fails_with_a_change_and_an_unfit_one_without() {
    let need = Need { cluster: Some("c24-robot".into()), ..Need::default() };
    let of = |verdict| {
        let floor = Candidate { fit: Some(Fit { verdict, factor: None }), ..FLOOR };
        let (told, changes) = explain(&need, &floor, &pack());
        (told[0].verdict, changes.len(), one(&need, &floor).cost)
    };
    assert_eq!(of(FitVerdict::Fit), (Pass, 0, 0.0));
    assert_eq!(of(FitVerdict::Retrofit), (Fail, 1, 1.0));
    assert_eq!(of(FitVerdict::Unfit), (Fail, 0, 6.0));
    assert_eq!(of(FitVerdict::Unknown), (Unknown, 0, 0.0));
}

#[test]
fn a_day_counts_from_the_morning_after_the_lease_and_vacant_is_now() {
    let need = Need { by: Some(day("2027-01-01")), ..Need::default() };
    let of = |free| verdict(&need, &Candidate { free, ..FLOOR }, Criterion::Date);
    assert_eq!(
        [of(Free::Now), of(Free::From(day("2027-01-01"))), of(Free::From(day("2027-01-02"))), of(Free::Unknown)].map(Option::unwrap),
        [Pass, Pass, Fail, Unknown]
    );
}

/// Each candidate is worse than the one before by the next rule of the order alone.
#[test]
fn the_order_is_fails_unknowns_cost_wish_distance_id() {
    let need = Need { area_min: Some(1000.0), load: Some(8.0), height: Some(4.5), districts: vec!["440306".into()], ..Need::default() };
    let best = [
        Candidate { id: "b", area_m2: Some(1000.0), ..FLOOR },
        Candidate { id: "c", area_m2: Some(1000.0), ..FLOOR },
        Candidate { id: "a", area_m2: Some(1001.0), ..FLOOR },
        Candidate { id: "0", district: None, area_m2: Some(1000.0), ..FLOOR },
        Candidate { id: "1", load: None, ..FLOOR },
        Candidate { id: "2", load: None, height: None, ..FLOOR },
        Candidate { id: "3", load: Some(7.0), ..FLOOR },
        Candidate { id: "4", load: Some(6.0), ..FLOOR },
        Candidate { id: "5", load: Some(7.9), height: None, ..FLOOR },
        Candidate { id: "6", load: Some(7.9), height: Some(4.4), ..FLOOR },
    ];
    let expected: Vec<&str> = best.iter().map(|candidate| candidate.id).collect();
    let mut shuffled = best.to_vec();
    for turn in 0..best.len() {
        shuffled.rotate_left(turn);
        let found: Vec<&str> = rank(&need, &shuffled, &pack()).iter().map(|ranked| ranked.id).collect();
        assert_eq!(found, expected);
    }
    // The same code for a floor and a parcel.
    let twins = [Candidate { kind: Kind::Parcel, ..FLOOR }, FLOOR];
    assert_eq!(rank(&need, &twins, &pack()).iter().map(|ranked| ranked.kind).collect::<Vec<_>>(), [Kind::Floor, Kind::Parcel]);
}
