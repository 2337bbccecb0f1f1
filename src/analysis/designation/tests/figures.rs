//! What indicators say they rest on, so that it can be withheld outside the park (exact reading P2).

use super::*;
use crate::domain::dictionary;
use crate::rules::indicators::INDICATORS;

/// Whether a column holds what tenants keep to themselves. That a unit has a tenant tells let from free, which is public; an owner is no tenant.
fn is_kept(need: &str) -> bool {
    let Some((layer, column)) = need.split_once('.') else { return false };
    let is_private = dictionary().layer(layer).and_then(|layer| layer.column(column)).is_some_and(|column| column.private);
    is_private && !matches!(need, "unit.tenant" | "parcel.owner")
}

#[test]
fn an_indicator_over_private_columns_says_which_records_it_rests_on_and_no_other_does() {
    let mut evidence = park("A");
    for firm in evidence.firms.iter_mut().flatten() {
        (firm.rd_wan, firm.output_before_wan, firm.high_tech) = (Some(1.0), Some(900.0), Some(true));
    }
    let result = one(evidence);
    for indicator in INDICATORS {
        let kept = indicator.needs.iter().any(|need| is_kept(need));
        let rests_on = &of(&result, indicator.id).figures;
        // Without a leading firm's figure in the pack there is nothing to count.
        if indicator.id != "leaders" {
            assert_eq!(!rests_on.is_empty(), kept, "{}: {:?}", indicator.id, indicator.needs);
            assert!(rests_on.iter().all(|figure| !figure.is_empty()), "{}", indicator.id);
        }
    }
}

#[test]
fn leading_firms_rest_on_the_firms_that_lead() {
    let mut own = pack();
    own.leader_output = Some(own.min_score.clone());
    let result = assess(&[park("A")], &city(), &own, day("2026-05-01")).parks.remove(0);
    assert_eq!(of(&result, "leaders").figures.iter().map(crate::analysis::disclosure::Figure::len).collect::<Vec<_>>(), [3, 5]);
}

#[test]
fn whichever_of_its_clusters_a_park_is_judged_by_is_among_the_figures() {
    let parks = [park("A"), park("B")];
    let all = figures(&parks, &city(), &pack(), day("2026-05-01"));
    let mut turned = park("A");
    turned.lead_clusters.rotate_left(1);
    for evidence in [park("A"), turned] {
        let result = assess(&[evidence, park("B")], &city(), &pack(), day("2026-05-01"));
        for indicator in result.parks.iter().flat_map(|card| &card.indicators) {
            assert!(indicator.figures.iter().all(|figure| all.contains(figure)), "{}", indicator.id);
        }
    }
}
