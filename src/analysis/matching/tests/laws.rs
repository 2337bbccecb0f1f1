//! What must hold for every requirement and every candidate.

use super::*;
use proptest::prelude::*;

const CLASSES: [&str; 8] = ["甲", "乙", "丙一", "丙二", "丙", "丁", "戊", "三类"];
const IDS: [&str; 12] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];

fn maybe(range: std::ops::Range<f64>) -> impl Strategy<Value = Option<f64>> {
    // Whole numbers, so that bounds are met exactly and ties happen.
    proptest::option::weighted(0.8, range.prop_map(f64::round))
}

prop_compose! {
    fn need()(min in maybe(1.0..40.0), more in maybe(0.0..40.0), load in maybe(1.0..10.0), height in maybe(1.0..8.0), power in maybe(1.0..9.0),
        fire in proptest::option::of(0..7usize), wish in any::<bool>(), by in proptest::option::of(1..28u32), cluster in any::<bool>()) -> Need {
        Need {
            cluster: cluster.then(|| "c24-robot".to_owned()),
            area_min: min,
            area_max: more.map(|more| min.unwrap_or(1.0) + more),
            load, height, power,
            fire: fire.map(|at| CLASSES[at].to_owned()),
            districts: if wish { vec!["440306".to_owned()] } else { Vec::new() },
            by: by.and_then(|day| NaiveDate::from_ymd_opt(2027, 1, day)),
        }
    }
}

prop_compose! {
    fn candidate()(at in 0..IDS.len(), area in maybe(0.0..60.0), load in maybe(0.0..10.0), height in maybe(1.0..8.0), power in maybe(0.0..9.0),
        fire in proptest::option::of(0..8usize), free in 0..30u32, fit in 0..5usize, parcel in any::<bool>(), home in any::<bool>()) -> Candidate<'static> {
        let verdict = [FitVerdict::Fit, FitVerdict::Retrofit, FitVerdict::Unfit, FitVerdict::Unknown];
        Candidate {
            kind: if parcel { Kind::Parcel } else { Kind::Floor },
            id: IDS[at],
            district: home.then_some("440306"),
            area_m2: area, load, height, power,
            fire: fire.map(|at| CLASSES[at]),
            free: match free { 0 => Free::Unknown, 29 => Free::Now, day => NaiveDate::from_ymd_opt(2027, 1, day).map_or(Free::Now, Free::From) },
            fit: verdict.get(fit).map(|verdict| Fit { verdict: *verdict, factor: None }),
        }
    }
}

fn verdicts(need: &Need, candidate: &Candidate<'static>) -> [Option<Verdict>; 7] {
    one(need, candidate).verdicts
}

proptest! {
    #[test]
    fn asking_for_more_never_turns_a_fail_into_a_pass(need in need(), candidate in candidate(), more in 0.0..20.0f64) {
        let raised = Need {
            area_min: need.area_min.map(|least| least + more),
            area_max: need.area_max.map(|most| most + more),
            load: need.load.map(|least| least + more),
            height: need.height.map(|least| least + more),
            power: need.power.map(|least| least + more),
            ..need.clone()
        };
        // A range that moves up may let go of an area above it only where nothing can be divided; here it can.
        for (before, after) in verdicts(&need, &candidate).into_iter().zip(verdicts(&raised, &candidate)) {
            prop_assert!(before != Some(Fail) || after == Some(Fail));
        }
    }

    #[test]
    fn a_wider_range_never_loses_a_pass(need in need(), candidate in candidate(), down in 0.0..20.0f64, up in 0.0..20.0f64, divisible in any::<bool>()) {
        let mut pack = pack();
        pack.divisible.value = divisible;
        let wider = Need {
            area_min: need.area_min.map(|least| (least - down).max(0.5)),
            area_max: need.area_max.map(|most| most + up),
            ..need.clone()
        };
        let area = |need: &Need| rank(need, std::slice::from_ref(&candidate), &pack)[0].verdicts[1];
        prop_assert!(area(&need) != Some(Pass) || area(&wider) == Some(Pass));
    }

    #[test]
    fn rows_in_any_order_on_any_number_of_threads_give_one_list(need in need(), rows in proptest::collection::vec(candidate(), 0..40), turn in 0..40usize) {
        // One row a code and kind, as in a table.
        let mut rows = rows;
        rows.sort_by_key(|row| (row.id, row.kind));
        rows.dedup_by_key(|row| (row.id, row.kind));
        let list = |rows: &[Candidate<'static>]| rank(&need, rows, &pack()).into_iter().map(|one| (one.id, one.kind, one.verdicts, one.cost.to_bits())).collect::<Vec<_>>();
        let expected = list(&rows);
        if !rows.is_empty() {
            let turn = turn % rows.len();
            rows.rotate_left(turn);
            rows.reverse();
        }
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            prop_assert_eq!(&pool.install(|| list(&rows)), &expected);
        }
    }

    #[test]
    fn the_order_is_total_and_what_is_told_agrees_with_it(need in need(), a in candidate(), b in candidate()) {
        let ranked = rank(&need, &[a.clone(), b.clone()], &pack());
        prop_assert_eq!(order(&ranked[0], &ranked[1]), order(&ranked[1], &ranked[0]).reverse());
        let (told, changes) = explain(&need, &a, &pack());
        let own = one(&need, &a);
        prop_assert_eq!(told.iter().filter(|one| one.verdict == Fail).count(), own.count(Fail));
        prop_assert!(changes.iter().all(|change| change.to.is_some() && change.cost >= 0.0));
        prop_assert!(own.cost >= changes.iter().map(|change| change.cost).sum::<f64>() - 1e-12);
    }
}
