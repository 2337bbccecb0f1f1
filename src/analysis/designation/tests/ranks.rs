//! Ranks and grades over a field of parks.

use super::*;

/// Twelve parks that differ in their lead firm's output only: 300, 600, … 3 600 beside 1 000 of others.
fn field() -> Vec<ParkEvidence> {
    (1..=12)
        .map(|index| {
            let mut evidence = park(&format!("{index:02}"));
            evidence.firms.as_mut().expect("firms")[0].output_wan = Some(1500.0 + 300.0 * f64::from(index));
            evidence
        })
        .collect()
}

#[test]
fn ranks_follow_totals_and_quotas_give_two_a_three_b_and_one_d_of_twelve() {
    // ⌊2.4⌋ A, ⌊3.6⌋ B, ⌈0.6⌉ D.
    let result = assess(&field(), &city(), &pack(), day("2026-05-01"));
    let grades: String = result.parks.iter().map(|park| format!("{:?}", park.grade)).collect();
    assert_eq!(grades, "AABBBCCCCCCD");
    assert_eq!(result.parks[0].park, "12");
    assert_eq!(result.parks.iter().map(|park| park.rank).collect::<Vec<_>>(), (1..=12).map(Some).collect::<Vec<_>>());
    // Every indicator moves with output in the same direction, so no weight can change a rank.
    assert!(result.parks.iter().all(|park| park.sensitivity.holds == Some(1.0)));
}

#[test]
fn a_rank_that_hangs_on_one_weight_does_not_hold() {
    // Two leaders almost equal: one stronger in output share, the other in let rate. Some single change of ±20 % turns them.
    let mut parks = field();
    parks.truncate(10);
    let make = |name: &str, output: f64, vacant: f64| {
        let mut evidence = park(name);
        evidence.firms.as_mut().expect("firms")[0].output_wan = Some(output);
        evidence.units.as_mut().expect("units")[2].area_m2 = Some(vacant);
        evidence
    };
    // Base weights 12 and 6: scores (share − 0.3)/0.6 and (rate − 0.5)/0.45; 5 000/7 000… both clamp below 1.
    parks.push(make("X", 9_000.0, 1_000.0));
    parks.push(make("Y", 8_000.0, 950.0));
    let result = assess(&parks, &city(), &pack(), day("2026-05-01"));
    let top: Vec<_> = result.parks.iter().filter(|park| ["X", "Y"].contains(&park.park.as_str())).collect();
    assert_eq!(top.iter().map(|park| park.rank).collect::<Vec<_>>(), [Some(1), Some(2)]);
    assert!(top.iter().all(|park| park.sensitivity.best.is_some() && park.sensitivity.worst.is_some()));
}

#[test]
fn the_same_evidence_in_another_order_gives_the_same_bytes() {
    let parks = field();
    let mut turned: Vec<ParkEvidence> = parks.iter().rev().cloned().collect();
    turned.iter_mut().for_each(|park| park.firms.as_mut().expect("firms").reverse());
    let bytes = |parks: &[ParkEvidence]| serde_json::to_string(&assess(parks, &city(), &pack(), day("2026-05-01"))).expect("json");
    assert_eq!(bytes(&parks), bytes(&turned));
}
