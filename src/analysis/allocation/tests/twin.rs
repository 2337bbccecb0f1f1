//! Random small cases against trying everything.

use super::*;

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }
}

/// A board of up to 12 cells, its fits in few steps so that ties are common, and what is there now.
struct Case {
    board: Board,
    fits: FitTable,
    present: Matrix,
}

fn random(dice: &mut Dice) -> Case {
    let clusters = 1 + dice.below(4);
    let count = 1 + dice.below((12 / clusters).min(4));
    let bounds = |dice: &mut Dice, count: usize, other: usize| -> Vec<(usize, usize)> {
        (0..count)
            .map(|_| {
                let least = dice.below(other.min(3) + 1);
                (least, least + dice.below(3))
            })
            .collect()
    };
    let (of_cluster, of_district) = (bounds(dice, clusters, count), bounds(dice, count, clusters));
    let mut board = board(&of_cluster, &of_district);
    let cells = board.allowed.len();
    board.allowed = (0..cells).map(|_| dice.below(8) > 0).collect();
    if dice.below(4) == 0 {
        board.exempt[dice.below(clusters)] = true;
    }
    let totals: Vec<f64> = (0..cells).map(|_| dice.below(5) as f64 / 8.0).collect();
    let present = (0..cells).map(|_| dice.below(3) == 0).collect();
    Case { board, fits: fits(&totals), present }
}

const COST: f64 = 0.25;

/// Violation, objective in steps, kept (negated where more is better), and the list: the smallest is the answer.
type Rank = (usize, i64, i64, Vec<usize>);

fn rank(case: &Case, matrix: &Matrix) -> Rank {
    let violation = Audit::of(&case.board, matrix).violation();
    let counted: Vec<usize> = (0..matrix.len()).filter(|at| matrix[*at] && !case.board.is_exempt(*at)).collect();
    let worth: f64 = counted.iter().map(|at| case.fits.pairs[*at].total - COST).sum();
    let kept = counted.iter().filter(|at| case.present[**at]).count();
    (violation, -(worth * 1e9).round() as i64, -(kept as i64), counted)
}

/// The best of all matrices whose exempt rows are as they are now, and how many are as good before ties are settled.
fn by_hand(case: &Case) -> (Rank, Matrix, usize) {
    let cells = case.present.len();
    let free: Vec<usize> = (0..cells).filter(|at| !case.board.is_exempt(*at) && case.board.allowed[*at]).collect();
    let matrices = (0..1_usize << free.len()).map(|code| {
        let mut matrix: Matrix = (0..cells).map(|at| case.board.is_exempt(at) && case.present[at]).collect();
        free.iter().enumerate().for_each(|(bit, at)| matrix[*at] = (code >> bit) & 1 == 1);
        matrix
    });
    let mut ranked: Vec<(Rank, Matrix)> = matrices.map(|matrix| (rank(case, &matrix), matrix)).collect();
    ranked.sort();
    let (best, matrix) = ranked[0].clone();
    let as_good = ranked.iter().filter(|(other, _)| (other.0, other.1) == (best.0, best.1)).count();
    (best, matrix, as_good)
}

#[test]
fn the_best_allocation_is_what_trying_everything_finds() {
    let mut dice = Dice(20);
    let (mut clashes, mut ties) = (0, 0);
    for number in 0..300 {
        let case = random(&mut dice);
        let ((violation, worth, kept, _), matrix, as_good) = by_hand(&case);
        let best = Best::of(&case.board, &case.present, &case.fits, COST);
        let expected: Vec<String> =
            (0..matrix.len()).filter(|at| matrix[*at]).map(|at| case.board.pair(at)).map(|pair| pair.cluster + &pair.district).collect();
        assert_eq!(placed(&best), expected, "case {number}");
        assert_eq!((best.violation, best.kept as i64, best.feasible), (violation, -kept, violation == 0), "case {number}");
        assert!((best.objective.expect("objective") * 1e9 + worth as f64).abs() < 2.0, "case {number}");
        clashes += usize::from(violation > 0);
        ties += usize::from(as_good > 1);
    }
    assert!(clashes > 60 && ties > 30, "{clashes} clashes and {ties} ties: the cases show too little");
}

/// The inequality added up from the board alone, for the members that are given.
fn adds_up(board: &Board, kind: Side, own: &[String], others: &[String]) -> (usize, usize) {
    let at = |list: &[String], id: &String| list.iter().position(|other| other == id).expect("a member");
    let rows: Vec<usize> = (0..board.clusters.len()).filter(|row| !board.exempt[*row]).collect();
    let columns: Vec<usize> = (0..board.districts.len()).collect();
    let (own_list, other_list) = if kind == Side::Cluster { (&board.clusters, &board.districts) } else { (&board.districts, &board.clusters) };
    let (own_bounds, other_bounds) =
        if kind == Side::Cluster { (&board.of_cluster, &board.of_district) } else { (&board.of_district, &board.of_cluster) };
    let everyone = if kind == Side::Cluster { &columns } else { &rows };
    let own: Vec<usize> = own.iter().map(|id| at(own_list, id)).collect();
    let others: Vec<usize> = others.iter().map(|id| at(other_list, id)).collect();
    let need = own.iter().map(|own| own_bounds[*own].0.value).sum();
    let most: usize = others.iter().map(|other| other_bounds[*other].1.value).sum();
    let allowed = |own: usize, other: usize| {
        let (cluster, district) = if kind == Side::Cluster { (own, other) } else { (other, own) };
        board.allowed[board.at(cluster, district)]
    };
    let rest = everyone.iter().filter(|other| !others.contains(other));
    let free: usize = rest.map(|other| own.iter().filter(|own| allowed(**own, *other)).count()).sum();
    (need, most + free)
}

/// Whether some choice of the other side makes the inequality of these own members hold.
fn clashes(board: &Board, kind: Side, own: &[String]) -> bool {
    let rows = board.clusters.iter().zip(&board.exempt).filter(|(_, is_exempt)| !**is_exempt).map(|(id, _)| id.clone());
    let everyone: Vec<String> = if kind == Side::Cluster { board.districts.clone() } else { rows.collect() };
    (0..1_usize << everyone.len()).any(|code| {
        let others: Vec<String> = everyone.iter().enumerate().filter(|(bit, _)| (code >> bit) & 1 == 1).map(|(_, id)| id.clone()).collect();
        let (need, room) = adds_up(board, kind, own, &others);
        need > room
    })
}

#[test]
fn a_certificate_is_there_exactly_when_the_bounds_clash_and_none_of_it_can_be_dropped() {
    let mut dice = Dice(4);
    let (mut seen, mut unequal, mut of_districts, mut feasible) = (0, 0, 0, 0);
    while seen < 300 {
        let case = random(&mut dice);
        let clash = by_hand(&case).0.0 > 0;
        let certificate = Certificate::of(&case.board);
        assert_eq!(certificate.is_some(), clash);
        let Some(certificate) = certificate else {
            feasible += 1;
            continue;
        };
        seen += 1;
        let (own, others) = if certificate.kind == Side::Cluster {
            (&certificate.clusters, &certificate.districts)
        } else {
            (&certificate.districts, &certificate.clusters)
        };
        let (need, room) = adds_up(&case.board, certificate.kind, own, others);
        assert!(need > room, "{certificate:?}");
        assert_eq!((certificate.need, certificate.room), (need, room));
        assert_eq!(certificate.most + certificate.other_pairs, room);
        for at in 0..own.len() {
            let fewer = [&own[..at], &own[at + 1..]].concat();
            assert!(!clashes(&case.board, certificate.kind, &fewer), "{} can be dropped from {certificate:?}", own[at]);
        }
        if let Some(equal) = &certificate.equal {
            let all = if certificate.kind == Side::Cluster {
                case.board.clusters.iter().zip(&case.board.exempt).filter(|(_, is_exempt)| !**is_exempt).map(|(id, _)| id.clone()).collect()
            } else {
                case.board.districts.clone()
            };
            assert!(clashes(&case.board, certificate.kind, &all[..equal.any]) && !clashes(&case.board, certificate.kind, &all[..equal.any - 1]));
        }
        unequal += usize::from(certificate.equal.is_none());
        of_districts += usize::from(certificate.kind == Side::District);
    }
    assert!(feasible > 60 && unequal > 60 && of_districts > 30, "{feasible} {unequal} {of_districts}: the cases show too little");
}

#[test]
fn the_order_of_the_evidence_does_not_matter() {
    use crate::domain::catalogue;
    use crate::domain::catalogue::ClusterClass;
    use crate::rules::{AllocationPack, Packs};
    let pack = AllocationPack::read(&Packs::embedded().resolve("allocation", None).expect("pack")).expect("read");
    let board = Board::new(catalogue(), &districts(11), &pack, |_, class| matches!(class, ClusterClass::Strategic | ClusterClass::Future));
    let mut dice = Dice(9);
    let clusters = &catalogue().clusters;
    let mut some = |count: usize| format!("D{:02}", dice.below(count));
    let mut evidence = Evidence::default();
    for at in 0..25 {
        let (here, there) = (some(11), some(11));
        let lead = [&clusters[at].id, &clusters[(at * 7) % 28].id];
        evidence.parks.push(park(&format!("P{at:02}"), &lead.map(String::as_str), &[(&here, 10.3 * at as f64), (&there, 7.7)]));
    }
    let firms = (0..500).map(|at| firm(&format!("F{at:03}"), Some(&some(12)), Some(&clusters[(at * 13) % 28].id), Some(0.1 + at as f64 * 0.37)));
    evidence.firms = Some(firms.collect());
    let told = |evidence: &Evidence| {
        let present = board.of_parks(&evidence.parks);
        let fits = FitTable::of(&board, evidence, &pack.fit);
        let best = Best::of(&board, &present, &fits, pack.fit.placement_cost.value);
        let overlap = overlaps(&board, catalogue(), evidence, &present, OverlapBasis::Output);
        serde_json::to_string(&(&fits.pairs, &best, &overlap, &Audit::of(&board, &present))).expect("json")
    };
    let first = told(&evidence);
    let mut other = evidence.clone();
    other.parks.reverse();
    if let Some(firms) = &mut other.firms {
        firms.rotate_left(123);
        firms.reverse();
    }
    assert_eq!(told(&other), first, "byte for byte");
}
