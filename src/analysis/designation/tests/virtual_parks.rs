//! Virtual parks, worked by hand (exact readings V1 and V2).

use super::*;

/// Two member firms, no land, no building.
fn of_firms() -> ParkEvidence {
    ParkEvidence {
        park: "V".into(),
        lead_clusters: vec![LEAD.into()],
        is_virtual: true,
        by_members: true,
        firms: Some(vec![firm("v1", LEAD, 3000.0), firm("v2", "c24-ai", 1000.0)]),
        units: Some(Vec::new()),
        buildings: Some(Vec::new()),
        ..ParkEvidence::default()
    }
}

#[test]
fn firm_figures_stand_and_what_has_no_land_place_or_floor_does_not_apply() {
    let result = one(of_firms());
    // 3000 ÷ (3000 + 1000); 1 of 2; 2000 万元 is reached by one.
    assert_eq!(of(&result, "lead_output").value, Some(0.75));
    assert_eq!(of(&result, "lead_firms").value, Some(0.5));
    assert_eq!((of(&result, "output_total").value, of(&result, "above_scale").value), (Some(4000.0), Some(1.0)));
    let none =
        ["output_mu", "tax_mu", "output_per_mu", "tax_per_mu", "jobs_per_ha", "boundary_pieces", "placement_match", "let_rate", "move_in_rate"];
    let floors = ["vacancy", "mean_rent", "rent_to_cap", "lead_floor", "gfa_total", "facility_mean", "facility_metro"];
    for id in none.into_iter().chain(floors) {
        let one = of(&result, id);
        assert_eq!((one.verdict, one.value, one.score), (Judgement::NotApplicable, None, None), "{id}");
    }
    // What nobody recorded stays unknown: it would apply.
    assert_eq!(of(&result, "report_on_time").verdict, Judgement::Verdict(Verdict::Unknown));
    assert_eq!(of(&result, "platforms").value, None);
}

#[test]
fn floors_exist_over_member_buildings_alone() {
    let own = park("P");
    let evidence = ParkEvidence { buildings: own.buildings.clone(), units: own.units.clone(), ..of_firms() };
    let (with, physical) = (one(evidence), one(own));
    for id in ["let_rate", "move_in_rate", "mean_rent", "gfa_total", "lead_floor"] {
        assert_eq!(of(&with, id).value, of(&physical, id).value, "{id}");
        assert!(of(&with, id).value.is_some(), "{id}");
    }
    assert_eq!(of(&with, "jobs_per_ha").verdict, Judgement::NotApplicable);
}
