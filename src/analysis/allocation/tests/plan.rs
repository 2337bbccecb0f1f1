//! The plan's own numbers: 20 clusters and 8 future industries, 11 districts, 3–5 on both sides.

use super::*;
use crate::domain::catalogue;
use crate::domain::catalogue::ClusterClass;
use crate::rules::{AllocationPack, Packs};

fn pack() -> AllocationPack {
    AllocationPack::read(&Packs::embedded().resolve("allocation", None).expect("pack")).expect("read")
}

fn exempting(classes: &[ClusterClass]) -> Board {
    Board::new(catalogue(), &districts(11), &pack(), |_, class| classes.contains(&class))
}

#[test]
fn without_the_exemption_the_bounds_clash_and_it_says_from_how_many_clusters_on() {
    let certificate = Certificate::of(&exempting(&[ClusterClass::Future])).expect("infeasible");
    let equal = certificate.equal.expect("all bounds are equal");
    assert_eq!((equal.count, equal.least, equal.need, equal.other_count, equal.most, equal.room), (20, 3, 60, 11, 5, 55));
    assert_eq!((equal.any, equal.any_need, equal.any_room), (19, 57, 55));
    assert_eq!((certificate.clusters.len(), certificate.districts.len(), certificate.need, certificate.room), (19, 11, 57, 55));
    assert_eq!(certificate.zh, "20 个集群 × 至少 3 = 60 > 11 个区 × 至多 5 = 55；任取 19 个集群即已冲突：57 > 55");
    assert_eq!(certificate.en, "20 clusters × at least 3 = 60 > 11 districts × at most 5 = 55; any 19 clusters clash already: 57 > 55");
    let all = Certificate::of(&exempting(&[])).expect("infeasible").equal.expect("equal");
    assert_eq!((all.count, all.need, all.any, all.any_need), (28, 84, 19, 57));
}

#[test]
fn with_the_exemption_thirteen_clusters_fit() {
    let board = exempting(&[ClusterClass::Strategic, ClusterClass::Future]);
    assert_eq!(board.exempt.iter().filter(|is_exempt| !**is_exempt).count(), 13);
    assert_eq!(Certificate::of(&board), None);
    let nothing = vec![false; board.allowed.len()];
    let best = Best::of(&board, &nothing, &fits(&vec![0.0; board.allowed.len()]), 0.25);
    // Every placement costs: as few as the bounds let it be, 13 × 3.
    assert_eq!((best.feasible, best.violation, best.pairs.len()), (true, 0, 39));
    assert!((best.objective.expect("objective") + 39.0 * 0.25).abs() < 1e-9);
}

#[test]
fn a_city_placed_cluster_has_no_bound_and_its_places_stay_and_count_beside() {
    let board = exempting(&[ClusterClass::Strategic, ClusterClass::Future]);
    let everywhere: Vec<Pair> = board.districts.iter().map(|district| Pair::new("c24-ai", district)).collect();
    let (present, stray) = board.matrix(&everywhere);
    assert!(stray.is_empty());
    let audit = Audit::of(&board, &present);
    let ai = audit.counts.clusters.iter().find(|count| count.id == "c24-ai").expect("ai");
    assert_eq!((ai.count, ai.exempt), (11, true));
    assert!(audit.counts.districts.iter().all(|count| (count.count, count.with_exempt) == (0, 1)));
    assert!(audit.warnings.iter().all(|breach| breach.id != "c24-ai"));
    // 13 clusters and 11 districts have nothing.
    assert_eq!((audit.warnings.len(), audit.violation()), (24, 13 * 3 + 11 * 3));
    let best = Best::of(&board, &present, &fits(&vec![0.0; board.allowed.len()]), 0.25);
    let ai: Vec<_> = best.pairs.iter().filter(|pair| pair.cluster == "c24-ai").collect();
    assert!(ai.len() == 11 && ai.iter().all(|pair| pair.present && pair.exempt) && best.kept == 0 && best.feasible);
}

#[test]
fn a_breach_names_its_bound_and_the_clause_of_the_plan() {
    let board = exempting(&[ClusterClass::Strategic, ClusterClass::Future]);
    let six: Vec<Pair> = board.districts.iter().take(6).map(|district| Pair::new("c24-equipment", district)).collect();
    let audit = Audit::of(&board, &board.matrix(&six).0);
    let breach = audit.warnings.iter().find(|breach| breach.id == "c24-equipment").expect("six districts are more than five");
    assert_eq!((breach.kind, breach.count, breach.bound, breach.limit), (Side::Cluster, 6, Bound::Max, 5));
    assert!(breach.clause.contains("其中细分领域较多的产业集群可适当增加布局区") && breach.source.contains("实施方案"));
    let district = audit.warnings.iter().find(|breach| breach.kind == Side::District).expect("districts have too few");
    assert_eq!((district.id.as_str(), district.count, district.bound, district.limit), ("D00", 1, Bound::Min, 3));
    let mut more = pack();
    more.more_districts.insert("c24-equipment".to_owned(), cited(7));
    let board = Board::new(catalogue(), &districts(11), &more, |_, class| class == ClusterClass::Strategic);
    assert!(Audit::of(&board, &board.matrix(&six).0).warnings.iter().all(|breach| breach.id != "c24-equipment"), "this one may have seven");
}
