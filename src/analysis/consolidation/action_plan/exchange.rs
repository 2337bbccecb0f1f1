//! A plan made better by exchanges: a site to another year, two sites in each other's place, two against one.
//!
//! Yearly limits leave crevices that branch and bound fills slowly; trying exchanges fills them in a moment.

use super::input::Question;
use super::model::Goal;

/// Exchanges tried at most: a count of work ends every machine's run at the same point.
const MOST_TRIES: usize = 6_000_000;
/// What an exchange must gain, as a share of the score: less is rounding.
const LEAST_GAIN: f64 = 1e-12;

/// The plan after exchanges, each of which made it better in the sense of `goal`; as it was when `goal` forbids it.
pub(super) fn improved(question: &Question, goal: Goal, year_of: &[Option<usize>]) -> Vec<Option<usize>> {
    let mut search = Search::new(question, goal, year_of);
    while search.tries < MOST_TRIES && (search.shift() || search.swap() || search.two_against_one()) {}
    search.year_of
}

struct Search<'q> {
    question: &'q Question,
    goal: Goal,
    worth: Vec<f64>,
    /// For each site the pairs (first, then) of an order or of phases in which it stands.
    orders: Vec<Vec<(usize, usize)>>,
    phases: Vec<Vec<(usize, usize)>>,
    year_of: Vec<Option<usize>>,
    cost: Vec<f64>,
    area: Vec<f64>,
    /// `None`: what stands is not allowed, so anything that is allowed is better.
    score: Option<f64>,
    tries: usize,
}

impl<'q> Search<'q> {
    fn new(question: &'q Question, goal: Goal, year_of: &[Option<usize>]) -> Self {
        let count = question.sites.len();
        let by_site = |pairs: &[(usize, usize)]| -> Vec<Vec<(usize, usize)>> {
            (0..count).map(|s| pairs.iter().filter(|(a, b)| *a == s || *b == s).copied().collect()).collect()
        };
        let mut search = Search {
            question,
            goal,
            worth: (0..question.years()).map(|y| question.worth(y)).collect(),
            orders: by_site(&question.order()),
            phases: by_site(&question.phase_order()),
            year_of: year_of.to_vec(),
            cost: Vec::new(),
            area: Vec::new(),
            score: None,
            tries: 0,
        };
        search.settle();
        search
    }

    /// Sums and score of what stands, anew, so that no rounding gathers.
    fn settle(&mut self) {
        let years = self.question.years();
        (self.cost, self.area) = (vec![0.0; years], vec![0.0; years]);
        for (site, year) in self.question.sites.iter().zip(&self.year_of) {
            if let Some(y) = year {
                self.cost[*y] += site.cost_wan;
                self.area[*y] += site.area_ha;
            }
        }
        self.score = self.score_of_sums();
    }

    fn shift(&mut self) -> bool {
        let choices = || (0..self.question.years()).map(Some).chain([None]).collect::<Vec<_>>();
        let choices = choices();
        (0..self.year_of.len()).any(|s| choices.iter().any(|year| self.takes(&[(s, *year)])))
    }

    fn swap(&mut self) -> bool {
        let count = self.year_of.len();
        (0..count).any(|s| (s + 1..count).any(|t| self.takes(&[(s, self.year_of[t]), (t, self.year_of[s])])))
    }

    fn two_against_one(&mut self) -> bool {
        let count = self.year_of.len();
        for s in 0..count {
            for t in s + 1..count {
                if self.year_of[s] != self.year_of[t] {
                    continue;
                }
                for u in 0..count {
                    let (pair, one) = (self.year_of[s], self.year_of[u]);
                    if pair != one && self.takes(&[(s, one), (t, one), (u, pair)]) {
                        return true;
                    }
                }
            }
        }
        false
    }

    /// Makes the moves when they are allowed and gain something.
    fn takes(&mut self, moves: &[(usize, Option<usize>)]) -> bool {
        if self.tries >= MOST_TRIES || moves.iter().all(|(s, year)| self.year_of[*s] == *year) {
            return false;
        }
        self.tries += 1;
        let before: [Option<usize>; 3] = std::array::from_fn(|k| moves.get(k).and_then(|(s, _)| self.year_of[*s]));
        self.put(moves.iter().copied());
        let score = self.score_of_sums();
        let gains = match (score, self.score) {
            (Some(new), Some(old)) => new > old + LEAST_GAIN * old.abs().max(1.0),
            (new, None) => new.is_some(),
            (None, _) => false,
        };
        if gains && moves.iter().all(|(s, _)| self.keeps_order(*s)) {
            self.settle();
            return true;
        }
        self.put(moves.iter().zip(before).map(|((s, _), year)| (*s, year)));
        false
    }

    fn put(&mut self, moves: impl Iterator<Item = (usize, Option<usize>)>) {
        for (s, year) in moves {
            let site = &self.question.sites[s];
            if let Some(y) = self.year_of[s] {
                self.cost[y] -= site.cost_wan;
                self.area[y] -= site.area_ha;
            }
            if let Some(y) = year {
                self.cost[y] += site.cost_wan;
                self.area[y] += site.area_ha;
            }
            self.year_of[s] = year;
        }
    }

    fn keeps_order(&self, s: usize) -> bool {
        let orders = self.orders[s].iter().all(|(a, b)| match (self.year_of[*a], self.year_of[*b]) {
            (_, None) => true,
            (Some(a), Some(b)) => a < b,
            (None, Some(_)) => false,
        });
        orders && self.phases[s].iter().all(|(early, late)| self.year_of[*early].zip(self.year_of[*late]).is_none_or(|(early, late)| early <= late))
    }

    /// What the goal maximises, from the yearly sums; `None` when the goal forbids them.
    fn score_of_sums(&self) -> Option<f64> {
        let question = self.question;
        let exceeded = |limits: &[Option<f64>], sums: &[f64]| -> f64 {
            let over = |(limit, sum): (&Option<f64>, &f64)| match limit {
                Some(limit) if sum > limit => (sum - limit) / limit,
                _ => 0.0,
            };
            limits.iter().zip(sums).map(over).sum()
        };
        let (budget, capacity) = (exceeded(&question.budget_wan, &self.cost), exceeded(&question.capacity_ha, &self.area));
        if self.goal == Goal::Plan && budget + capacity > 0.0 {
            return None;
        }
        let (mut missed, mut missed_share) = (0.0, 0.0);
        for target in &question.targets {
            let banked: f64 = question.banked_before_ha + self.area[..question.years_to(target)].iter().sum::<f64>();
            let short = (target.ha - banked).max(0.0);
            missed += short;
            missed_share += if short > 0.0 { short / target.ha } else { 0.0 };
        }
        let relaxed = question.relax.target * missed_share + question.relax.budget * budget + question.relax.capacity * capacity;
        let objective = self.worth.iter().zip(&self.area).map(|(worth, area)| worth * area).sum::<f64>() - question.penalty * missed;
        match self.goal {
            Goal::Plan => Some(objective),
            // A limit of 0 cannot be exceeded by any share.
            Goal::Relaxation => relaxed.is_finite().then_some(-relaxed),
            Goal::Within(most) => (relaxed <= most).then_some(objective),
        }
    }
}
