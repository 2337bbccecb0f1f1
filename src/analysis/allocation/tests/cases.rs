//! Cases worked by hand.

use super::*;
use crate::domain::catalogue;
use crate::domain::catalogue::ClusterClass;
use crate::rules::{AllocationPack, Packs, Verdict};

fn pack() -> AllocationPack {
    AllocationPack::read(&Packs::embedded().resolve("allocation", None).expect("pack")).expect("read")
}

fn whole_board(count: usize) -> Board {
    Board::new(catalogue(), &districts(count), &pack(), |_, class| class == ClusterClass::Future)
}

/// The objective, which only what is told outside may lack.
fn worth(best: &Best) -> f64 {
    best.objective.expect("objective")
}

#[test]
fn the_best_placements_are_those_worth_more_than_they_cost() {
    let board = board(&[(0, 2), (0, 2)], &[(0, 2), (0, 2)]);
    let best = Best::of(&board, &vec![false; 4], &fits(&[0.9, 0.2, 0.3, 0.25]), 0.25);
    // 0.25 is worth nothing: the shorter list goes first.
    assert_eq!(placed(&best), ["C00D00", "C01D00"]);
    assert!((worth(&best) - 0.70).abs() < 1e-12 && best.feasible && best.kept == 0);
}

#[test]
fn a_bound_is_kept_before_any_fit() {
    let board = board(&[(0, 1), (1, 1)], &[(1, 1), (0, 1)]);
    let best = Best::of(&board, &vec![false; 4], &fits(&[0.0, 0.9, 0.1, 0.95]), 0.25);
    // D00 needs a cluster: C01 there (−0.15) and C00 in D01 (0.65) beat C00 there (−0.25) and C01 in D01 (0.70).
    assert_eq!(placed(&best), ["C00D01", "C01D00"]);
    assert!((worth(&best) - 0.5).abs() < 1e-12);
}

#[test]
fn among_equals_what_is_there_stays_and_then_the_smallest_list_wins() {
    let board = board(&[(1, 1), (1, 1)], &[(0, 2), (0, 2)]);
    let equal = fits(&[0.5; 4]);
    assert_eq!(placed(&Best::of(&board, &vec![false; 4], &equal, 0.25)), ["C00D00", "C01D00"]);
    let (present, _) = board.matrix(&[Pair::new("C01", "D01")]);
    let best = Best::of(&board, &present, &equal, 0.25);
    assert_eq!((placed(&best).as_slice(), best.kept), (["C00D00".to_owned(), "C01D01".to_owned()].as_slice(), 1));
}

#[test]
fn bounds_that_clash_give_the_least_violation_and_say_so() {
    let board = board(&[(2, 2), (2, 2)], &[(0, 1), (0, 1)]);
    let best = Best::of(&board, &vec![false; 4], &fits(&[0.9, 0.1, 0.2, 0.8]), 0.25);
    // Four placements wanted, two taken: each one more mends a cluster and hurts a district.
    assert_eq!((best.feasible, best.violation), (false, 2));
    assert!(best.breaches.iter().map(|breach| breach.count.abs_diff(breach.limit)).sum::<usize>() == 2);
    let certificate = Certificate::of(&board).expect("infeasible");
    assert_eq!(certificate.zh, "2 个集群 × 至少 2 = 4 > 2 个区 × 至多 1 = 2；任取 2 个集群即已冲突：4 > 2".split('；').next().unwrap());
}

#[test]
fn unequal_bounds_name_the_members_that_clash() {
    // D00 asks for two clusters, but of the two that may go there one may have no district at all.
    let mut board = board(&[(0, 0), (0, 2), (0, 2)], &[(2, 3), (0, 3)]);
    board.allowed[4] = false;
    let certificate = Certificate::of(&board).expect("infeasible");
    assert_eq!((certificate.kind, certificate.need, certificate.most, certificate.other_pairs), (Side::District, 2, 0, 1));
    assert_eq!(certificate.districts, ["D00"]);
    assert_eq!(certificate.clusters, ["C00"]);
    assert_eq!(certificate.equal, None);
    assert_eq!(certificate.zh, "这 1 个区合计至少需要 2 处；1 个集群至多容纳 0 处，其余可布局 1 处，合计 1：2 > 1");
}

#[test]
fn a_cluster_is_where_a_park_lists_it_in_any_place_but_no_virtual_one() {
    let board = whole_board(3);
    let mut cloud = park("V", &["c24-health"], &[("D02", 1.0)]);
    cloud.is_virtual = true;
    let parks =
        [park("A", &["c24-robot", "c24-ocean", "c24-ocean"], &[("D00", 4.0), ("D01", 6.0)]), park("B", &["c24-robot", "x"], &[("D00", 5.0)]), cloud];
    let matrix = board.of_parks(&parks);
    let placed: Vec<Pair> = (0..matrix.len()).filter(|at| matrix[*at]).map(|at| board.pair(at)).collect();
    let expected = [("c24-ocean", "D00"), ("c24-ocean", "D01"), ("c24-robot", "D00"), ("c24-robot", "D01")];
    assert_eq!(placed, expected.map(|(cluster, district)| Pair::new(cluster, district)));
}

#[test]
fn the_fit_is_the_weighted_sum_of_its_three_parts() {
    let board = whole_board(2);
    let evidence = Evidence {
        parks: vec![park("A", &["c24-robot"], &[("D00", 30.0)]), park("B", &["c24-robot"], &[("D01", 10.0)])],
        firms: Some(vec![
            firm("1", Some("D00"), Some("c24-robot"), Some(60.0)),
            firm("2", Some("D00"), Some("c24-ocean"), Some(40.0)),
            firm("3", Some("D01"), Some("c24-robot"), Some(20.0)),
            firm("4", Some("D01"), Some("none"), Some(80.0)),
            // The rest of the city: part of X only.
            firm("5", None, Some("c24-robot"), Some(0.0)),
            firm("6", None, Some("c24-ocean"), Some(200.0)),
        ]),
        levers: None,
    };
    let table = FitTable::of(&board, &evidence, &pack().fit);
    assert_eq!(table.unknown, []);
    let of = |cluster: &str, district: &str| table.pairs[board.find(&Pair::new(cluster, district)).expect("pair")];
    let close = |a: Option<f64>, b: f64| (a.expect("known") - b).abs() < 1e-12;
    // (60/100) / (80/400) = 3; 30 of 40 m²; 1 of 2 firms.
    let robot = of("c24-robot", "D00");
    assert!(close(robot.location_quotient, 3.0) && close(robot.suited_area, 0.75) && close(robot.present_firms, 0.5));
    assert!((robot.total - (0.4 + 0.3 * 0.75 + 0.3 * 0.5)).abs() < 1e-12);
    // (20/100) / (80/400) = 1.
    assert!((of("c24-robot", "D01").total - (0.4 / 3.0 + 0.3 * 0.25 + 0.3 * 0.5)).abs() < 1e-12);
    // Nothing to divide by gives 0, not unknown.
    assert_eq!(of("c24-health", "D01"), Fit { location_quotient: Some(0.0), suited_area: Some(0.0), present_firms: Some(0.0), total: 0.0 });
}

#[test]
fn what_is_not_known_counts_nothing_and_is_listed() {
    let board = whole_board(2);
    let table = FitTable::of(&board, &Evidence::default(), &pack().fit);
    assert_eq!(table.unknown.iter().map(|part| part.part).collect::<Vec<_>>(), ["location_quotient", "suited_area", "present_firms"]);
    assert!(table.pairs.iter().all(|fit| fit.total == 0.0 && fit.location_quotient.is_none()));
    // Two of eleven outputs in D01 are missing: enough of the city is known, too little of D01.
    let firms = (0..31).map(|at| {
        let (district, output) = if at < 20 { ("D00", Some(1.0)) } else { ("D01", (at > 21).then_some(1.0)) };
        firm(&format!("{at:02}"), Some(district), Some("c24-robot"), output)
    });
    let evidence = Evidence { firms: Some(firms.collect()), ..Evidence::default() };
    let table = FitTable::of(&board, &evidence, &pack().fit);
    let quotient = table.unknown.iter().find(|part| part.part == "location_quotient").expect("listed");
    assert_eq!((quotient.district.as_deref(), quotient.known.map(|known| (known * 11.0).round())), (Some("D01"), Some(9.0)));
    assert!(table.pairs[board.find(&Pair::new("c24-robot", "D00")).unwrap()].location_quotient.is_some());
}

#[test]
fn districts_of_the_same_mix_are_one_and_of_nothing_in_common_zero() {
    let board = whole_board(4);
    let evidence = Evidence {
        firms: Some(vec![
            firm("1", Some("D00"), Some("c24-robot"), Some(3.0)),
            firm("2", Some("D00"), Some("c24-ocean"), Some(4.0)),
            firm("3", Some("D01"), Some("c24-robot"), Some(6e9)),
            firm("4", Some("D01"), Some("c24-ocean"), Some(8e9)),
            firm("5", Some("D02"), Some("c24-robot"), Some(1.0)),
            // A future industry is none of the twenty.
            firm("6", Some("D03"), Some("f24-quantum"), Some(1.0)),
        ]),
        ..Evidence::default()
    };
    let present = board.matrix(&[Pair::new("c24-robot", "D00"), Pair::new("c24-robot", "D03")]).0;
    let list = overlaps(&board, catalogue(), &evidence, &present, OverlapBasis::Output);
    let told: Vec<(String, Option<f64>)> =
        list.iter().map(|pair| (format!("{}{}", pair.a, pair.b), pair.cosine.map(|c| (c * 1e9).round() / 1e9))).collect();
    let expected = [("D00D01", Some(1.0)), ("D00D02", Some(0.6)), ("D01D02", Some(0.6)), ("D00D03", None), ("D01D03", None), ("D02D03", None)];
    assert_eq!(told, expected.map(|(pair, cosine)| (pair.to_owned(), cosine)));
    let by_firms = overlaps(&board, catalogue(), &evidence, &present, OverlapBasis::Firms);
    assert!((by_firms[1].cosine.unwrap() - 0.5_f64.sqrt()).abs() < 1e-12);
    let by_place = overlaps(&board, catalogue(), &evidence, &present, OverlapBasis::Placements);
    assert_eq!((by_place[0].a.as_str(), by_place[0].b.as_str(), by_place[0].cosine), ("D00", "D03", Some(1.0)));
}

#[test]
fn each_cluster_is_asked_for_its_ledger_and_levers() {
    let board = whole_board(1);
    let mut named = firm("1", None, Some("c24-robot"), None);
    named.is_key = Some(true);
    let mut evidence = Evidence { firms: Some(vec![named, firm("2", None, Some("c24-ocean"), None)]), ..Evidence::default() };
    let of =
        |evidence: &Evidence, cluster: &str| check_clusters(&board, evidence, &pack()).into_iter().find(|check| check.cluster == cluster).unwrap();
    let (robot, ocean) = (of(&evidence, "c24-robot"), of(&evidence, "c24-ocean"));
    assert_eq!((robot.key_firms, robot.ledger, robot.levers_verdict), (Some(1), Verdict::Pass, Verdict::Unknown));
    assert_eq!((ocean.key_firms, ocean.ledger), (Some(0), Verdict::Fail));
    evidence.levers = Some([("c24-robot".to_owned(), 5), ("c24-ai".to_owned(), 6)].into());
    assert_eq!(["c24-robot", "c24-ai", "c24-ocean"].map(|id| of(&evidence, id).levers_verdict), [Verdict::Pass, Verdict::Fail, Verdict::Fail]);
    evidence.firms = Some(vec![firm("1", None, Some("c24-robot"), None)]);
    assert_eq!(of(&evidence, "c24-robot").ledger, Verdict::Unknown, "a table that names nobody says nothing");
}
