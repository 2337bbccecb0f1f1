//! Other places' schemes as published, on evidence made for the purpose.
//!
//! # Source
//! Hangzhou: the published program of its yearly rating. Sichuan, Jiangxi, Wuhan: the notices named in the packs. Pingyang 2025: zjpy.gov.cn, 5 August 2025.

use super::*;

fn scheme(id: &str) -> DesignationPack {
    let rules = crate::rules::RuleSet::shipped().choose(id, &["designation"]).expect("scheme");
    DesignationPack::read(&rules.pack("designation").expect("pack")).expect("read")
}

fn by(pack: &DesignationPack, evidence: ParkEvidence) -> ParkResult {
    assess(&[evidence], &city(), pack, day("2026-05-01")).parks.remove(0)
}

#[test]
fn a_model_is_in_force_nowhere_until_it_is_chosen() {
    assert_eq!(pack().id, "designation-featured-park");
    for id in ["designation-hangzhou", "designation-sichuan", "designation-jiangxi", "designation-wuhan-donghu"] {
        assert_eq!(scheme(id).id, id);
    }
}

#[test]
fn hangzhou_gives_the_points_of_its_table() {
    // 1.5–2 times the mean: 2 points, 2–2.5: 4, 2.5–3: 6, 3–3.5: 8, from 3.5 on: 10.
    let pack = scheme("designation-hangzhou");
    for id in ["output_per_mu", "tax_per_mu"] {
        let rule = pack.indicators[id].score.as_ref().expect("scale");
        for (times, points) in [(1.49, 0.0), (1.5, 2.0), (1.99, 2.0), (2.0, 4.0), (2.5, 6.0), (3.0, 8.0), (3.49, 8.0), (3.5, 10.0), (9.0, 10.0)] {
            let earned =
                pack.indicators[id].weight.as_ref().expect("weight").value * super::super::score::score(rule, crate::rules::Op::AtLeast, times);
            near(Some(earned), points);
        }
    }
    // Every missed quarter takes two; without the year's data, or with false data or an accident, D.
    assert_eq!(pack.missed_quarter.value, 2.0);
    assert!(pack.no_annual_is_d && pack.false_data_is_d && pack.major_accident_is_d);
    // Both shares above one half: half of the output is not enough.
    let mut half = park("P");
    half.firms = Some(vec![firm("a", LEAD, 500.0), firm("b", LEAD, 250.0), firm("c", LEAD, 250.0), firm("e", NO_CLUSTER, 1000.0)]);
    assert_eq!(by(&pack, half).reasons, ["must_failed: lead_output"]);
}

#[test]
fn hangzhou_s_shares_of_grades_are_not_those_of_pingyang() {
    // Pingyang graded 11 parks 3 A, 4 B, 3 C, 1 D. Its scores are not public. By Hangzhou's shares 11 parks give ⌊2.2⌋ A, ⌊3.3⌋ B and ⌈0.55⌉ D: a county
    // that follows them cannot have had three A, so its shares are its own; the one D agrees.
    let mut pack = scheme("designation-hangzhou");
    pack.rank_within_type = false;
    let parks: Vec<ParkEvidence> = (0..11)
        .map(|index| {
            let mut evidence = park(&format!("{index:02}"));
            // From 8 to 18 firms above scale.
            let firms = (0..8 + index).map(|number| firm(&format!("P{index}-{number}"), LEAD, 3000.0));
            evidence.firms = Some(firms.collect());
            evidence
        })
        .collect();
    let result = assess(&parks, &city(), &pack, day("2026-05-01"));
    let grades: String = result.parks.iter().map(|card| format!("{:?}", card.grade)).collect();
    assert_eq!(grades, "AABBBCCCCCD");
}

#[test]
fn sichuan_asks_for_more_than_seventy_per_cent_and_its_conditions_stand_side_by_side() {
    let pack = scheme("designation-sichuan");
    let fit = || {
        let mut evidence = park("P");
        evidence.platforms = Some(1.0);
        let firms = evidence.firms.as_mut().expect("firms");
        firms[1].high_tech = Some(true);
        firms[2].high_tech = Some(true);
        firms[3].high_tech = Some(true);
        firms.iter_mut().for_each(|one| one.output_before_wan = one.output_wan.map(|output| output / 1.07));
        evidence
    };
    // 80 % of the lead cluster, 30 % high-tech, one platform, 7 % growth.
    let card = by(&pack, fit());
    assert!(card.passes, "{:?}", card.reasons);
    assert_eq!((card.grade, card.rank), (Grade::Ungraded, None));
    let mut at_seventy = fit();
    let firms = at_seventy.firms.as_mut().expect("firms");
    (firms[0].output_wan, firms[4].output_wan) = (Some(5000.0), Some(2000.0));
    firms.iter_mut().for_each(|one| one.output_before_wan = one.output_wan.map(|output| output / 1.07));
    assert_eq!(by(&pack, at_seventy).reasons, ["must_failed: lead_output"]); // 7 000 of 10 000 is not more than 70 %
    let unrecorded = ParkEvidence { platforms: None, ..fit() };
    assert_eq!(by(&pack, unrecorded).reasons, ["must_unknown: platforms"]);
}

#[test]
fn jiangxi_counts_leaders_and_small_firms_and_wuhan_floor_area() {
    let mut evidence = park("P");
    let mut firms: Vec<FirmRecord> = (0..18).map(|index| firm(&format!("s{index:02}"), LEAD, 9000.0)).collect();
    firms.extend([firm("t1", LEAD, 20_000.0), firm("t2", LEAD, 20_000.0), firm("t3", NO_CLUSTER, 30_000.0)]);
    firms.iter_mut().for_each(|one| one.rd_wan = one.output_wan.map(|output| output / 100.0));
    evidence.firms = Some(firms);
    // 202 000 of 232 000 万元 = 87 % ≥ 65 %; two leaders of 2 亿元; 20 firms; 23.2 亿元; R&D 1 %.
    let pack = scheme("designation-jiangxi");
    assert!(by(&pack, evidence.clone()).passes);
    evidence.firms.as_mut().expect("firms")[19].output_wan = Some(19_999.0);
    assert_eq!(by(&pack, evidence.clone()).reasons, ["must_failed: leaders"]);

    let wuhan = scheme("designation-wuhan-donghu");
    let sized = |gfa: f64, pieces: usize| ParkEvidence { buildings: Some(vec![building("x", gfa, 0.0)]), boundary_pieces: Some(pieces), ..park("P") };
    assert!(by(&wuhan, sized(20_000.0, 1)).passes);
    assert_eq!(by(&wuhan, sized(19_999.0, 2)).reasons, ["must_failed: boundary_pieces", "must_failed: gfa_total"]);
}
