//! Instances that streets part into blocks: solved block by block, proven where the budget does not bind.

use super::*;

/// `blocks` blocks of 4 × 3 parcels in a row, 20 m of street between them.
fn city_blocks(blocks: usize, seed: u64) -> (Polygons, Vec<ParcelInput>) {
    let mut state = seed;
    let (mut set, mut parcels) = (Polygons::new(), Vec::new());
    for b in 0..blocks {
        for cell in 0..12 {
            let (c, r) = ((cell % 4) as f64, (cell / 4) as f64);
            let slit = if noise(&mut state) < 0.15 { 0.3 } else { 0.0 };
            set.push(&rectangle(500_000.0 + b as f64 * 260.0 + c * 60.0, 2_500_000.0 + r * 50.0, 60.0 - slit, 50.0));
            let mut p = parcel(&format!("K{:03}", b * 12 + cell));
            p.owner = Some(format!("o{}", (noise(&mut state) * 9.0) as u32));
            p.tenure = Some(if noise(&mut state) < 0.4 { "state_reserve" } else { "collective" }.into());
            p.stage = (noise(&mut state) < 0.3).then(|| "signed".into());
            if noise(&mut state) < 0.2 {
                p.planned_use = Some("R2".into());
            }
            parcels.push(p);
        }
    }
    (set, parcels)
}

fn question() -> Params {
    let mut params = params();
    params.min_area_m2 = 9_000.0;
    params.max_area_m2 = Some(24_000.0);
    params.sites = Some(5);
    params.weights.cost = 0.02;
    params
}

#[test]
fn blocks_are_solved_to_proof_whatever_the_order_or_the_threads() {
    let (set, parcels) = city_blocks(7, 4);
    let params = question();
    let in_pool = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("pool");
        pool.install(|| consolidate(&set, &parcels, &pack(), &params, Control::none()).expect("plan"))
    };
    let answer = in_pool(1);
    assert!(answer.exact && answer.gap == 0.0 && answer.relaxed.is_empty(), "gap {}", answer.gap);
    assert!(answer.eligible.count > 50);
    check_invariants(&set, &parcels, &params, &answer);
    assert_eq!(json(&answer), json(&in_pool(3)));
    // Rings that begin elsewhere and run the other way are the same land.
    let turned: Polygons = (0..set.len())
        .map(|i| {
            let mut shape = set.multipolygon(i);
            shape.0[0].exterior_mut(|ring| {
                ring.0.pop();
                ring.0.rotate_left(i % 4);
                ring.0.reverse();
                ring.0.push(ring.0[0]);
            });
            shape
        })
        .collect::<Vec<_>>()
        .iter()
        .collect();
    let other = consolidate(&turned, &parcels, &pack(), &params, Control::none()).expect("plan");
    let chosen = |answer: &Answer| -> Vec<Vec<String>> { answer.candidates[0].sites.iter().map(|site| site.parcels.clone()).collect() };
    assert_eq!(chosen(&answer), chosen(&other));
    assert!((answer.bound - other.bound).abs() < 1e-9 * answer.bound);
}

#[test]
fn one_block_more_is_worth_what_it_is_worth_alone() {
    // Without a common limit the best of two blocks is the sum of their bests: the programme over blocks can be checked by hand.
    let (set, parcels) = city_blocks(3, 9);
    let mut params = question();
    params.sites = None;
    let value = |chosen: &[usize]| -> f64 {
        let part: Polygons = chosen.iter().map(|i| set.multipolygon(*i)).collect::<Vec<_>>().iter().collect();
        let own: Vec<ParcelInput> = chosen.iter().map(|i| parcels[*i].clone()).collect();
        let answer = consolidate(&part, &own, &pack(), &params, Control::none()).expect("plan");
        assert!(answer.exact);
        answer.candidates[0].objective
    };
    let alone: f64 = (0..3).map(|b| value(&(b * 12..(b + 1) * 12).collect::<Vec<_>>())).sum();
    let together = value(&(0..36).collect::<Vec<_>>());
    assert!((alone - together).abs() < 1e-9 * together, "{alone} {together}");
}

#[test]
fn a_binding_budget_is_bounded_closely_and_more_money_never_lowers_the_bound() {
    let (set, parcels) = city_blocks(6, 12);
    let mut last = f64::NEG_INFINITY;
    for budget in [500.0, 2_000.0, 4_000.0, 8_000.0, 16_000.0, 64_000.0] {
        let mut params = question();
        params.budget_wan = Some(budget);
        let answer = consolidate(&set, &parcels, &pack(), &params, Control::none()).expect("plan");
        check_invariants(&set, &parcels, &params, &answer);
        let best = answer.candidates[0].objective;
        assert!(answer.bound >= best - 1e-9 * best.abs() && answer.bound >= last - 1e-9 * last.abs(), "{budget}: {} after {last}", answer.bound);
        assert!(answer.gap < 0.25 || budget < 2_000.0, "{budget}: gap {}", answer.gap);
        last = answer.bound;
    }
    for raise in [|p: &mut Params, n: usize| p.sites = Some(n), |p: &mut Params, n: usize| p.max_area_m2 = Some(9_000.0 + 6_000.0 * n as f64)] {
        let bound = |n: usize| {
            let mut params = question();
            params.budget_wan = Some(5_000.0);
            raise(&mut params, n);
            consolidate(&set, &parcels, &pack(), &params, Control::none()).expect("plan").bound
        };
        let bounds: Vec<f64> = (1..6).map(bound).collect();
        assert!(bounds.windows(2).all(|w| w[1] >= w[0] - 1e-9 * w[0].abs()), "{bounds:?}");
    }
}

#[test]
fn pins_in_two_blocks_are_both_held() {
    let (set, parcels) = city_blocks(5, 21);
    let mut params = question();
    let industrial = |from: usize| parcels.iter().skip(from).find(|p| p.planned_use.as_deref() == Some("M1")).expect("industrial").code.clone();
    params.pins = vec![industrial(0), industrial(48)];
    let answer = consolidate(&set, &parcels, &pack(), &params, Control::none()).expect("plan");
    assert!(answer.exact);
    check_invariants(&set, &parcels, &params, &answer);
    params.sites = Some(1);
    let fault = consolidate(&set, &parcels, &pack(), &params, Control::none()).expect_err("one site spans no street");
    assert_eq!(fault.code, "consolidation_infeasible");
}
