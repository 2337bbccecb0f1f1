//! Every assignment of years tried one by one, on small random questions with all kinds of limits.

use super::super::answer::{objective, relaxation_sum};
use super::super::*;
use super::{close, question, site};
use crate::analysis::consolidation::dice::Dice;

/// A random question of at most 6 sites and 4 years; figures on a coarse grid, so that no limit is missed by rounding.
fn random(dice: &mut Dice) -> Question {
    let years = 1 + dice.below(4);
    let whole = |dice: &mut Dice, most: usize| dice.below(most + 1) as f64;
    let phases = [None, Some(Phase::Start), Some(Phase::Expand), Some(Phase::Reserve)];
    let sites: Vec<PlanSite> = (0..=dice.below(6))
        .map(|k| PlanSite {
            park: ["P", "Q"][dice.below(2)].to_owned(),
            phase: phases[dice.below(4)],
            ..site(&format!("s{k}"), 1.0 + whole(dice, 20) / 2.0, whole(dice, 12))
        })
        .collect();
    let mut asked = question(sites, 2026, 2026 + years as i32 - 1);
    let limit = |dice: &mut Dice, most: usize| (dice.below(3) > 0).then(|| 4.0 + dice.below(most) as f64 + 0.25);
    asked.budget_wan = (0..years).map(|_| limit(dice, 16)).collect();
    asked.capacity_ha = (0..years).map(|_| limit(dice, 18)).collect();
    asked.targets = (0..dice.below(3)).map(|_| Target { year: 2025 + dice.below(years + 2) as i32, ha: 5.0 + whole(dice, 40) }).collect();
    for _ in 0..dice.below(3) {
        let (a, b) = (dice.below(asked.sites.len()), dice.below(asked.sites.len()));
        if a < b {
            asked.after.push((asked.sites[a].id.clone(), asked.sites[b].id.clone()));
        }
    }
    asked.banked_before_ha = whole(dice, 6);
    asked.discount = [0.0, 0.03, 0.2][dice.below(3)];
    asked.penalty = [0.0, 0.5, 3.0][dice.below(3)];
    asked.hard = dice.below(2) == 0;
    asked.relax = RelaxWeights { target: 1.0 + whole(dice, 3), budget: 1.0 + whole(dice, 3), capacity: 1.0 + whole(dice, 3) };
    asked
}

fn keeps_order(asked: &Question, years: &[Option<usize>]) -> bool {
    let at = |id: &String| asked.sites.iter().position(|site| site.id == *id).expect("site");
    let precedence = asked.after.iter().all(|(a, b)| match (years[at(a)], years[at(b)]) {
        (_, None) => true,
        (Some(a), Some(b)) => a < b,
        (None, Some(_)) => false,
    });
    let phases = (0..years.len()).all(|i| {
        (0..years.len()).all(|j| {
            let (early, late) = (&asked.sites[i], &asked.sites[j]);
            let bound = early.park == late.park && early.phase.is_some() && early.phase < late.phase;
            !bound || years[i].zip(years[j]).is_none_or(|(i, j)| i <= j)
        })
    });
    precedence && phases
}

fn within_limits(asked: &Question, years: &[Option<usize>]) -> bool {
    (0..asked.years()).all(|y| {
        let sum = |of: fn(&PlanSite) -> f64| asked.sites.iter().zip(years).filter(|(_, at)| **at == Some(y)).map(|(site, _)| of(site)).sum::<f64>();
        asked.budget_wan[y].is_none_or(|most| sum(|site| site.cost_wan) <= most)
            && asked.capacity_ha[y].is_none_or(|most| sum(|site| site.area_ha) <= most)
    })
}

/// Best objective and its sum of relaxations, by trying everything; sites must be in order of id.
fn by_hand(asked: &Question) -> (f64, f64) {
    let choices = asked.years() + 1;
    let mut best: Option<(f64, f64)> = None;
    for code in 0..choices.pow(asked.sites.len() as u32) {
        let mut rest = code;
        let years: Vec<Option<usize>> = asked
            .sites
            .iter()
            .map(|_| {
                let choice = rest % choices;
                rest /= choices;
                choice.checked_sub(1)
            })
            .collect();
        if !keeps_order(asked, &years) || (!asked.hard && !within_limits(asked, &years)) {
            continue;
        }
        let value = objective(asked, &years);
        let relaxed = if asked.hard { relaxation_sum(asked, &years) } else { 0.0 };
        let better = best.is_none_or(|(most, least)| relaxed < least - 1e-9 || (relaxed <= least + 1e-9 && value > most));
        if better {
            best = Some((value, relaxed));
        }
    }
    best.expect("the empty plan is always there")
}

fn relaxed(asked: &Question, found: &ActionPlan) -> f64 {
    let years: Vec<Option<usize>> = found.sites.iter().map(|(_, year)| year.map(|year| (year - asked.from) as usize)).collect();
    relaxation_sum(asked, &years)
}

#[test]
fn the_solver_agrees_with_trying_everything() {
    let mut dice = Dice::new(20, 26);
    let (mut hard, mut orders, mut gave_way) = (0, 0, 0);
    for case in 0..240 {
        let asked = random(&mut dice);
        let found = plan(&asked).expect("plan");
        let (value, least) = by_hand(&asked);
        assert!(close(found.objective, value), "case {case}: {} against {value}\n{asked:?}\n{found:?}", found.objective);
        assert!(found.exact && found.bound >= found.objective && found.gap <= 1e-6, "case {case}: {found:?}");
        let years: Vec<Option<usize>> = found.sites.iter().map(|(_, year)| year.map(|year| (year - asked.from) as usize)).collect();
        assert!(keeps_order(&asked, &years) && (asked.hard || within_limits(&asked, &years)), "case {case}");
        if asked.hard {
            hard += 1;
            assert!(close(relaxed(&asked, &found), least), "case {case}: {} against {least}", relaxed(&asked, &found));
            assert_eq!(found.relaxation.is_empty(), least < 1e-9, "case {case}");
            gave_way += usize::from(least > 1e-9);
        }
        orders += usize::from(!asked.after.is_empty());
    }
    assert!(hard > 80 && orders > 60 && gave_way > 40, "the cases are not varied: {hard} {orders} {gave_way}");
}

#[test]
fn the_order_of_the_input_does_not_matter() {
    let mut dice = Dice::new(7, 1);
    for case in 0..40 {
        let asked = random(&mut dice);
        let mut shuffled = asked.clone();
        dice.shuffle(&mut shuffled.sites);
        dice.shuffle(&mut shuffled.after);
        dice.shuffle(&mut shuffled.targets);
        assert_eq!(plan(&asked).expect("plan"), plan(&shuffled).expect("plan"), "case {case}");
    }
}

#[test]
fn a_looser_limit_never_lowers_the_objective() {
    let mut dice = Dice::new(3, 9);
    for case in 0..60 {
        let asked = Question { hard: false, ..random(&mut dice) };
        let before = plan(&asked).expect("plan");
        let mut looser = asked.clone();
        let y = dice.below(asked.years());
        let limits = if dice.below(2) == 0 { &mut looser.budget_wan } else { &mut looser.capacity_ha };
        limits[y] = limits[y].and_then(|limit| (dice.below(4) > 0).then_some(limit + 1.0 + dice.below(10) as f64));
        let after = plan(&looser).expect("plan");
        assert!(after.objective >= before.objective - 1e-7, "case {case}: {} to {}", before.objective, after.objective);
    }
}

#[test]
#[cfg(feature = "highs")]
fn both_solvers_give_one_plan() {
    let mut dice = Dice::new(20, 26);
    for case in 0..240 {
        let asked = random(&mut dice);
        let by = |solver| plan_by(&asked, solver).expect("plan");
        let (cbc, highs) = (by(Solver::Cbc), by(Solver::Highs));
        assert_eq!((cbc.sites, cbc.objective), (highs.sites, highs.objective), "case {case}: {asked:?}");
    }
}
