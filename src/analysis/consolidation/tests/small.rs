//! Small instances against an enumeration that shares no code with the solver.

use super::*;

/// A grid of rectangles with uneven columns and rows, some cells left out.
struct Case {
    shapes: Vec<MultiPolygon<f64>>,
    parcels: Vec<ParcelInput>,
    /// Column, row, width, height.
    cells: Vec<(usize, usize, f64, f64)>,
    params: Params,
}

fn random_case(columns: usize, rows: usize, state: &mut u64) -> Case {
    let widths: Vec<f64> = (0..columns).map(|_| 30.0 + 60.0 * noise(state)).collect();
    let heights: Vec<f64> = (0..rows).map(|_| 30.0 + 60.0 * noise(state)).collect();
    let (mut shapes, mut parcels, mut cells) = (Vec::new(), Vec::new(), Vec::new());
    let mut y = 2_500_000.0;
    for (r, height) in heights.iter().enumerate() {
        let mut x = 500_000.0;
        for (c, width) in widths.iter().enumerate() {
            if noise(state) > 0.12 {
                shapes.push(rectangle(x, y, *width, *height));
                let mut p = parcel(&format!("P{r}{c}"));
                p.owner = if noise(state) < 0.2 { None } else { Some(format!("o{}", (noise(state) * 4.0) as u32)) };
                p.tenure = Some(if noise(state) < 0.5 { "collective" } else { "state_reserve" }.into());
                p.stage = if noise(state) < 0.3 { Some("cleared".into()) } else { None };
                p.has_building = noise(state) < 0.5;
                p.built_gfa_m2 = p.has_building.then(|| 2000.0 * noise(state));
                p.built_year = p.has_building.then_some(1990);
                parcels.push(p);
                cells.push((c, r, *width, *height));
            }
            x += width;
        }
        y += height;
    }
    let total: f64 = cells.iter().map(|c| c.2 * c.3).sum();
    let mut params = params();
    params.min_area_m2 = total * (0.15 + 0.2 * noise(state));
    params.max_area_m2 = (noise(state) < 0.5).then(|| params.min_area_m2 + total * 0.4 * noise(state));
    params.sites = (noise(state) < 0.5).then(|| 1 + (noise(state) * 3.0) as usize);
    params.budget_wan = (noise(state) < 0.6).then(|| total * 0.2 * (0.2 + 0.8 * noise(state)));
    params.min_compactness = (noise(state) < 0.4).then(|| 0.3 + 0.4 * noise(state));
    params.weights = Weights {
        area: noise(state),
        compactness: if noise(state) < 0.2 { 0.0 } else { 2.0 * noise(state) },
        cost: 0.08 * noise(state),
        owners: if noise(state) < 0.3 { 0.0 } else { 0.3 * noise(state) },
        readiness: noise(state),
    };
    if noise(state) < 0.25 && !parcels.is_empty() {
        params.pins.push(parcels[(noise(state) * parcels.len() as f64) as usize].code.clone());
    }
    Case { shapes, parcels, cells, params }
}

/// Everything a plan is compared by, from cell arithmetic only.
#[derive(Clone, Default)]
struct Figures {
    objective: f64,
    area: f64,
    cost: f64,
    owners: usize,
    gfa: f64,
    /// Σ PP · area.
    pp_area: f64,
    codes: Vec<String>,
}

struct Brute<'a> {
    case: &'a Case,
    pack: ConsolidationPack,
    sites: Vec<(u32, Figures)>,
    plans: Vec<Figures>,
}

impl Brute<'_> {
    fn side_by_side(&self, i: usize, j: usize) -> Option<f64> {
        let (a, b) = (self.case.cells[i], self.case.cells[j]);
        match (a.0.abs_diff(b.0), a.1.abs_diff(b.1)) {
            (1, 0) => Some(a.3),
            (0, 1) => Some(a.2),
            _ => None,
        }
    }

    fn site(&self, mask: u32) -> Option<Figures> {
        let case = self.case;
        let members: Vec<usize> = (0..case.cells.len()).filter(|i| mask >> i & 1 == 1).collect();
        let mut reached = vec![members[0]];
        let mut at = 0;
        while at < reached.len() {
            for &j in &members {
                if !reached.contains(&j) && self.side_by_side(reached[at], j).is_some() {
                    reached.push(j);
                }
            }
            at += 1;
        }
        let area: f64 = members.iter().map(|i| case.cells[*i].2 * case.cells[*i].3).sum();
        let p = &case.params;
        if reached.len() < members.len() || area < p.min_area_m2 || p.max_area_m2.is_some_and(|m| area > m) {
            return None;
        }
        let mut perimeter: f64 = members.iter().map(|i| 2.0 * (case.cells[*i].2 + case.cells[*i].3)).sum();
        for &i in &members {
            perimeter -= members.iter().filter_map(|j| self.side_by_side(i, *j)).sum::<f64>();
        }
        let pp = 4.0 * std::f64::consts::PI * area / perimeter.powi(2);
        if p.min_compactness.is_some_and(|q| pp < q) {
            return None;
        }
        let mut named = std::collections::BTreeSet::new();
        let (mut unnamed, mut cost, mut ready, mut gfa) = (0, 0.0, 0.0, 0.0);
        for &i in &members {
            let (parcel, m2) = (&case.parcels[i], case.cells[i].2 * case.cells[i].3);
            match &parcel.owner {
                Some(owner) => drop(named.insert(owner.clone())),
                None => unnamed += 1,
            }
            cost += m2 * self.pack.land_price_wan_m2[parcel.tenure.as_ref().expect("tenure")] + parcel.built_gfa_m2.unwrap_or(0.0) * 0.15;
            gfa += parcel.built_gfa_m2.unwrap_or(0.0);
            ready += if parcel.stage.is_some() { m2 } else { 0.0 };
        }
        let (w, owners) = (&p.weights, named.len() + unnamed);
        let objective =
            (w.area * area + w.compactness * pp * area + w.readiness * ready) / 10_000.0 - w.cost * cost / 100.0 - w.owners * owners as f64;
        Some(Figures {
            objective,
            area,
            cost,
            owners,
            gfa,
            pp_area: pp * area,
            codes: members.iter().map(|i| case.parcels[*i].code.clone()).collect(),
        })
    }

    /// All sets of disjoint sites, by choosing sites in rising order of their masks.
    fn plans(&mut self, from: usize, used: u32, count: usize, so_far: Figures) {
        let p = &self.case.params;
        let pins: u32 = (0..self.case.parcels.len()).filter(|i| p.pins.contains(&self.case.parcels[*i].code)).map(|i| 1 << i).sum();
        if count > 0 && used & pins == pins {
            self.plans.push(so_far.clone());
        }
        if p.sites.is_some_and(|k| count >= k) {
            return;
        }
        for index in from..self.sites.len() {
            let (mask, site) = &self.sites[index];
            if mask & used != 0 || p.budget_wan.is_some_and(|b| so_far.cost + site.cost > b) {
                continue;
            }
            let next = Figures {
                objective: so_far.objective + site.objective,
                area: so_far.area + site.area,
                cost: so_far.cost + site.cost,
                owners: so_far.owners + site.owners,
                gfa: so_far.gfa + site.gfa,
                pp_area: so_far.pp_area + site.pp_area,
                codes: so_far.codes.iter().chain(&site.codes).cloned().collect(),
            };
            let used = used | mask;
            self.plans(index + 1, used, count + 1, next);
        }
    }
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-8 * a.abs().max(b.abs()).max(1e-3)
}

#[test]
fn five_hundred_small_instances_equal_an_independent_enumeration() {
    let mut state = 2026;
    let sizes = [(2, 2), (3, 2), (3, 3), (4, 2), (5, 2), (4, 3), (6, 2), (4, 4)];
    let (mut solved, mut infeasible, mut with_several) = (0, 0, 0);
    for round in 0..500 {
        let (columns, rows) = sizes[round % sizes.len()];
        let case = random_case(columns, rows, &mut state);
        if case.cells.is_empty() {
            continue;
        }
        let mut brute = Brute { case: &case, pack: pack(), sites: Vec::new(), plans: Vec::new() };
        brute.sites = (1u32..1 << case.cells.len()).filter_map(|mask| Some((mask, brute.site(mask)?))).collect();
        brute.plans(0, 0, 0, Figures::default());
        let set: Polygons = case.shapes.iter().collect();
        let result = consolidate(&set, &case.parcels, &pack(), &case.params, Control::none());
        if brute.plans.is_empty() {
            if case.params.pins.is_empty() {
                assert!(result.expect("empty plan").candidates[0].sites.is_empty());
            } else {
                assert_eq!(result.expect_err("infeasible").code, "consolidation_infeasible");
                infeasible += 1;
            }
            continue;
        }
        let answer = result.expect("feasible");
        let most = brute.plans.iter().map(|p| p.objective).fold(f64::NEG_INFINITY, f64::max);
        let best = &answer.candidates[0];
        assert!(close(best.objective, most), "round {round}: {} against {most}", best.objective);
        assert!(answer.exact && answer.bound == best.objective && answer.gap == 0.0);
        // C13 among the tied.
        let mut tied: Vec<(usize, Vec<String>)> = brute
            .plans
            .iter()
            .filter(|p| close(p.objective, most))
            .map(|p| {
                let mut codes = p.codes.clone();
                codes.sort();
                (codes.len(), codes)
            })
            .collect();
        tied.sort();
        let mut codes: Vec<String> = best.sites.iter().flat_map(|s| s.parcels.clone()).collect();
        codes.sort();
        assert_eq!(codes, tied[0].1, "round {round}");
        // A plan that dominates the best-scoring one cannot stand beside it (no candidate dominates another).
        let at_least = |mine: f64, theirs: f64| mine >= theirs - 1e-9 * theirs.abs();
        let not_worse = |p: &Figures, q: &Figures| {
            at_least(p.area, q.area)
                && at_least(-p.cost, -q.cost)
                && p.owners <= q.owners
                && at_least(-p.gfa, -q.gfa)
                && at_least(p.pp_area / p.area, q.pp_area / q.area)
        };
        let shown_best = Figures {
            area: best.area_m2,
            cost: best.cost_wan,
            owners: best.owners,
            gfa: best.demolition_gfa_m2,
            pp_area: best.mean_compactness * best.area_m2,
            ..Figures::default()
        };
        let can_stand_beside = |p: &Figures| !not_worse(p, &shown_best) && brute.plans.iter().all(|q| !not_worse(q, p) || not_worse(p, q));
        let shows = |of: fn(&Figures) -> f64, shown: fn(&Candidate) -> f64| {
            let least = brute.plans.iter().map(of).fold(f64::INFINITY, f64::min);
            let can_stand = brute.plans.iter().filter(|p| close(of(p), least)).any(can_stand_beside);
            let found = answer.candidates.iter().map(shown).fold(f64::INFINITY, f64::min);
            assert!(!can_stand || close(found, least), "round {round}: {found} against {least}");
        };
        shows(|p| p.cost, |c| c.cost_wan);
        shows(|p| -p.area, |c| -c.area_m2);
        shows(|p| p.owners as f64, |c| c.owners as f64);
        assert!(answer.candidates.len() <= 4);
        check_invariants(&set, &case.parcels, &case.params, &answer);
        solved += 1;
        with_several += usize::from(best.sites.len() > 1);
    }
    assert!(solved > 300 && infeasible > 5 && with_several > 50, "{solved} {infeasible} {with_several}");
}

#[test]
fn the_search_comes_near_the_exact_answer_and_its_bound_holds() {
    let mut state = 31;
    let (mut searched, mut exact_total, mut worst, mut proven) = (0.0, 0.0, 0.0f64, 0usize);
    for _ in 0..25 {
        let mut case = random_case(4, 4, &mut state);
        case.params.pins.clear();
        let set: Polygons = case.shapes.iter().collect();
        let exact = consolidate(&set, &case.parcels, &pack(), &case.params, Control::none()).expect("plan");
        let area_m2: Vec<f64> = (0..set.len()).map(|i| set.area_m2(i)).collect();
        let judgements = judge(&case.parcels, &area_m2, &pack(), &case.params);
        let mut eligible: Vec<usize> = (0..case.parcels.len()).filter(|i| judgements[*i].is_eligible()).collect();
        eligible.sort_by(|p, q| case.parcels[*p].code.cmp(&case.parcels[*q].code));
        let subset = Subset { set: &set, items: eligible.iter().map(|i| *i as u32).collect() };
        let own = units(&eligible, &case.parcels, &area_m2, &judgements, &case.params, &subset);
        let contacts = adjacency(&subset, &case.params.adjacency);
        let problem =
            Problem::new(own, eligible.iter().map(|i| case.parcels[*i].code.clone()).collect(), subset, case.params.clone(), contacts, Vec::new());
        let solution = solve::solve_by_search(&problem, &bound::Bounds::new(&problem), &|| false, &|_| {}).expect("plan");
        let (found, best) = (solution.candidates[0].1.objective, exact.candidates[0].objective);
        // Block by block: no plan beyond the optimum, no bound below it, and a claim of proof is right.
        let by_parts = solve::solve_by_parts(&problem, &|| false, &|_| {}).expect("plan");
        let (in_parts, slack) = (by_parts.candidates[0].1.objective, 1e-9 * best.abs().max(1.0));
        assert!(in_parts <= best + slack && by_parts.bound >= best - slack, "{in_parts} {best} {}", by_parts.bound);
        assert!(!by_parts.exact || (in_parts - best).abs() <= slack, "claimed {in_parts}, optimum {best}");
        proven += usize::from(by_parts.exact);
        assert!(found <= best + 1e-9 * best.abs().max(1.0));
        assert!(solution.bound >= best - 1e-9 * best.abs(), "bound {} below the optimum {best}", solution.bound);
        if best > 0.0 {
            searched += found;
            exact_total += best;
            worst = worst.max((best - found) / best);
        }
    }
    assert!(proven >= 5, "{proven} proven block by block");
    assert!(searched > 0.995 * exact_total, "{searched} of {exact_total}, worst {worst}");
}
