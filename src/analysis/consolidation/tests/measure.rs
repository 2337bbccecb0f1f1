//! Timings and gaps, run on demand; one JSON line per row.

use super::*;

#[test]
#[ignore = "a measurement"]
fn measure_consolidation() {
    let row = |name: &str, columns: usize, rows: usize, change: &dyn Fn(&mut Params)| {
        let (set, mut parcels) = block(columns, rows, 3);
        parcels.iter_mut().for_each(|p| p.planned_use = Some("M1".into()));
        let mut params = params();
        params.weights.cost = 0.01;
        change(&mut params);
        let begin = std::time::Instant::now();
        let answer = consolidate(&set, &parcels, &pack(), &params, Control::none()).expect("plan");
        println!(
            "{{\"row\":\"{name}\",\"n\":{},\"seconds\":{:.3},\"exact\":{},\"gap\":{:.4},\"objective\":{:.5},\"bound\":{:.5},\"sites\":{}}}",
            parcels.len(),
            begin.elapsed().as_secs_f64(),
            answer.exact,
            answer.gap,
            answer.candidates[0].objective,
            answer.bound,
            answer.candidates[0].sites.len()
        );
    };
    row("exact, no least area", 5, 4, &|p| p.min_area_m2 = 0.0);
    row("exact, quarter", 5, 4, &|p| p.min_area_m2 = 12_000.0);
    row("exact, budget", 5, 4, &|p| {
        p.min_area_m2 = 9_000.0;
        p.budget_wan = Some(5_000.0);
        p.sites = Some(3);
    });
    row("exact, no PP", 5, 4, &|p| {
        p.min_area_m2 = 9_000.0;
        p.weights.compactness = 0.0;
        p.weights.owners = 0.0;
    });
    let limits = |p: &mut Params| {
        p.min_area_m2 = 20_000.0;
        p.max_area_m2 = Some(80_000.0);
        p.budget_wan = Some(30_000.0);
        p.sites = Some(5);
    };
    row("search", 7, 3, &|p| limits(p));
    row("search", 12, 10, &|p| limits(p));
    row("search", 25, 20, &|p| limits(p));
    row("search, budget", 25, 20, &|p| {
        limits(p);
        p.budget_wan = Some(15_000.0);
        p.weights.cost = 0.1;
    });
    row("search", 50, 40, &|p| limits(p));
    row("search, no limits", 25, 20, &|p| {
        limits(p);
        p.sites = None;
        p.budget_wan = None;
    });
}
