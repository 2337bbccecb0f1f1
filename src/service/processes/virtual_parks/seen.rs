//! What of a virtual park its readers see (P2, P9): its operator the names of its members, planners the members without names, everybody else
//! its buildings. Figures over firms are for the operator and planners, and over too few firms for nobody who cannot tell them apart already.

use super::answer::{MemberKind, VirtualPark, VirtualParksAnswer};
use crate::analysis::designation::{IndicatorResult, Judgement, Note};
use crate::domain::Role;
use crate::rules::Verdict;
use crate::rules::indicators::INDICATORS;
use crate::service::processes::seen::Seen;
use crate::service::{Viewer, packs};
use std::borrow::Cow;

#[derive(Clone, Copy, PartialEq)]
enum Reader {
    Operator,
    Planner,
    Other,
}

impl Seen for VirtualParksAnswer {
    fn seen_by(&self, viewer: &Viewer) -> Cow<'_, Self> {
        // Without the pack nothing is many enough.
        let least = packs::progress().map_or(usize::MAX, |pack| pack.min_tenants.value);
        let mut seen = self.clone();
        for park in &mut seen.parks {
            let reader = match viewer.role() {
                _ if viewer.operates(Some(&park.code)) => Reader::Operator,
                Role::Planner | Role::Reviewer | Role::Admin => Reader::Planner,
                Role::Operator | Role::Viewer | Role::Guest => Reader::Other,
            };
            hide(park, reader, least);
        }
        Cow::Owned(seen)
    }
}

fn hide(park: &mut VirtualPark, reader: Reader, least: usize) {
    park.own = reader == Reader::Operator;
    if reader != Reader::Operator {
        for member in park.members.iter_mut().filter(|member| member.kind == MemberKind::Firm) {
            (member.who, member.name) = (None, None);
        }
    }
    if reader == Reader::Other {
        park.members.retain(|member| member.kind == MemberKind::Building);
        park.points.retain(|point| point.kind == MemberKind::Building);
        park.hull = park.kept.public_hull.clone();
    }
    // None at all tells of nobody.
    let many = |count: usize| count == 0 || count >= least;
    let open = match reader {
        // Who admits one firm after the other would have the figures of each.
        _ if !park.kept.is_settled => false,
        Reader::Operator if !park.kept.others => true,
        Reader::Operator | Reader::Planner => many(park.kept.firms) && many(park.kept.tenants),
        Reader::Other => false,
    };
    if !open {
        park.firms = park.firms.filter(|count| many(*count));
        park.unmatched_tenants = 0;
        let why = match reader {
            Reader::Other => not_for_all(),
            _ if !park.kept.is_settled => just_changed(),
            _ => too_few(least),
        };
        for indicator in &mut park.indicators {
            let told = INDICATORS.iter().find(|known| known.id == indicator.id).is_some_and(crate::rules::indicators::Indicator::tells_of_firms);
            if told && indicator.verdict != Judgement::NotApplicable {
                withhold(indicator, why.clone());
                park.withheld.push(indicator.id.clone());
            }
        }
    } else if reader != Reader::Operator {
        // What beside the figures of other parks would tell of a few.
        for indicator in park.indicators.iter_mut().filter(|indicator| indicator.withheld) {
            withhold(indicator, too_few(least));
            park.withheld.push(indicator.id.clone());
        }
    }
    // Rents of single units are their own park's affair, and so are tenants that are no members.
    let kept = &park.kept;
    let names = |id: &String| !kept.all_firms.contains(id) || (reader == Reader::Operator && kept.member_firms.contains(id));
    for indicator in &mut park.indicators {
        indicator.excluded.iter_mut().for_each(|left| left.ids.retain(names));
        indicator.flagged.iter_mut().for_each(|one| one.ids.clear());
    }
}

/// Value, share and remarks go; what the figure is and what the pack asks of it stay.
fn withhold(indicator: &mut IndicatorResult, why: Note) {
    indicator.withhold(why);
    indicator.known = None;
    indicator.verdict = Judgement::Verdict(Verdict::Unknown);
    indicator.excluded.clear();
}

fn too_few(least: usize) -> Note {
    Note { code: "withheld", zh: format!("企业不足 {least} 家，不公开"), en: format!("withheld: it rests on fewer than {least} firms") }
}

fn just_changed() -> Note {
    Note {
        code: "withheld",
        zh: "成员本季有变动，季末后公布".to_owned(),
        en: "withheld: the members changed in this quarter; told when it is over".to_owned(),
    }
}

fn not_for_all() -> Note {
    Note {
        code: "withheld", zh: "限本虚拟园区运营方和规划账号".to_owned(), en: "for the virtual park's operator and planners".to_owned()
    }
}
