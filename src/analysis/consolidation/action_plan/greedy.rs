//! A plan by common sense, where the solver starts: sites in the order of phases, each in the first year with room.

use super::input::Question;

/// Year index of each site; it keeps to every limit and order, with targets soft.
pub(super) fn first_fit(question: &Question) -> Vec<Option<usize>> {
    let years = question.years();
    let (order, phases) = (question.order(), question.phase_order());
    let mut year_of: Vec<Option<usize>> = vec![None; question.sites.len()];
    let mut budget: Vec<f64> = question.budget_wan.iter().map(|limit| limit.unwrap_or(f64::INFINITY)).collect();
    let mut capacity: Vec<f64> = question.capacity_ha.iter().map(|limit| limit.unwrap_or(f64::INFINITY)).collect();
    let mut open: Vec<usize> = (0..question.sites.len()).collect();
    // Large sites first: small ones fill what is left.
    open.sort_by(|a, b| {
        let (a, b) = (&question.sites[*a], &question.sites[*b]);
        a.phase.cmp(&b.phase).then(b.area_ha.total_cmp(&a.area_ha)).then(a.id.cmp(&b.id))
    });
    for y in 0..years {
        loop {
            let fits = |s: &usize| {
                let site = &question.sites[*s];
                site.cost_wan <= budget[y]
                    && site.area_ha <= capacity[y]
                    && order.iter().filter(|(_, b)| b == s).all(|(a, _)| year_of[*a].is_some_and(|year| year < y))
                    && phases.iter().filter(|(_, late)| late == s).all(|(early, _)| year_of[*early].is_some())
            };
            let Some(at) = open.iter().position(fits) else { break };
            let s = open.remove(at);
            budget[y] -= question.sites[s].cost_wan;
            capacity[y] -= question.sites[s].area_ha;
            year_of[s] = Some(y);
        }
    }
    year_of
}
