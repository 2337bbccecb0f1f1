//! 沿革: what became of which land and when, read from the instruments in force. Dates are ISO texts, which sort as dates do.

use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use utoipa::ToSchema;

/// On `date` the parents end and the children begin.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub instrument: String,
    pub date: String,
    pub parents: Vec<String>,
    pub children: Vec<String>,
}

/// A time during which a piece of land stands: from `from` on (`None`: from the beginning) and before `to` (`None`: still).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Span {
    pub from: Option<String>,
    pub to: Option<String>,
}

impl Span {
    /// Whether the land stood at some day of `first..=last`; an open end is `None`.
    pub fn meets(&self, first: Option<&str>, last: Option<&str>) -> bool {
        let begun = last.is_none_or(|last| self.from.as_deref().is_none_or(|from| from <= last));
        let lasts = first.is_none_or(|first| self.to.as_deref().is_none_or(|to| first < to));
        begun && lasts
    }
}

/// One arrow of a family: `parent` became (part of) `child`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct Descent {
    pub date: String,
    pub instrument: String,
    pub parent: String,
    pub child: String,
}

/// All steps in the order in which they took effect.
#[derive(Clone, Debug, Default)]
pub struct Lineage {
    steps: Vec<Step>,
    /// Steps that name a code, ascending.
    touching: HashMap<String, Vec<usize>>,
}

impl Lineage {
    /// `steps` in the order of their recording; steps of one day take effect in that order.
    pub fn new(mut steps: Vec<Step>) -> Self {
        steps.sort_by(|a, b| a.date.cmp(&b.date));
        let mut touching: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, step) in steps.iter().enumerate() {
            let codes: BTreeSet<&String> = step.parents.iter().chain(&step.children).collect();
            for code in codes {
                touching.entry(code.clone()).or_default().push(index);
            }
        }
        Lineage { steps, touching }
    }

    fn steps_of(&self, code: &str) -> impl DoubleEndedIterator<Item = &Step> {
        self.touching.get(code).into_iter().flatten().map(|index| &self.steps[*index])
    }

    /// The times during which `code` stands. A registered parcel stands from the beginning, a plan parcel from its instrument on.
    pub fn spans(&self, code: &str, registered: bool) -> Vec<Span> {
        let mut spans = Vec::new();
        let mut open = registered.then_some(None);
        for step in self.steps_of(code) {
            if step.parents.iter().any(|parent| parent == code)
                && let Some(from) = open.take()
                && from.as_deref() != Some(step.date.as_str())
            {
                spans.push(Span { from, to: Some(step.date.clone()) });
            }
            if step.children.iter().any(|child| child == code) && open.is_none() {
                open = Some(Some(step.date.clone()));
            }
        }
        spans.extend(open.map(|from| Span { from, to: None }));
        spans
    }

    /// Whether `code` stands on a day.
    pub fn stands(&self, code: &str, registered: bool, day: &str) -> bool {
        self.spans(code, registered).iter().any(|span| span.meets(Some(day), Some(day)))
    }

    /// The latest step that names `code`: nothing about it may be changed before that day.
    pub fn latest(&self, code: &str) -> Option<&Step> {
        self.steps_of(code).next_back()
    }

    /// Codes that some step names as a parent: only these can have ended.
    pub fn ever_ended(&self) -> HashSet<&str> {
        self.steps.iter().flat_map(|step| step.parents.iter().map(String::as_str)).collect()
    }

    /// Everything that is linked to `code`, upwards and downwards, and the arrows between, by date.
    pub fn family(&self, code: &str) -> (Vec<String>, Vec<Descent>) {
        let mut known: BTreeMap<String, ()> = BTreeMap::from([(code.to_owned(), ())]);
        let mut open = vec![code.to_owned()];
        let mut used = BTreeSet::new();
        while let Some(next) = open.pop() {
            for index in self.touching.get(&next).into_iter().flatten() {
                if !used.insert(*index) {
                    continue;
                }
                let step = &self.steps[*index];
                for relative in step.parents.iter().chain(&step.children) {
                    if known.insert(relative.clone(), ()).is_none() {
                        open.push(relative.clone());
                    }
                }
            }
        }
        let mut arrows: Vec<Descent> = Vec::new();
        for index in used {
            let step = &self.steps[index];
            for parent in &step.parents {
                for child in &step.children {
                    arrows.push(Descent {
                        date: step.date.clone(),
                        instrument: step.instrument.clone(),
                        parent: parent.clone(),
                        child: child.clone(),
                    });
                }
            }
        }
        (known.into_keys().collect(), arrows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(instrument: &str, date: &str, parents: &[&str], children: &[&str]) -> Step {
        let own = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
        Step { instrument: instrument.into(), date: date.into(), parents: own(parents), children: own(children) }
    }

    fn merged_undone_and_merged_again() -> Lineage {
        Lineage::new(vec![
            step("I1", "2026-03-01", &["a", "b"], &["P1"]),
            step("I2", "2026-06-01", &["P1"], &["a", "b"]),
            step("I3", "2026-09-01", &["b", "c"], &["P2"]),
        ])
    }

    #[test]
    fn land_stands_from_its_beginning_to_the_day_before_its_end() {
        let lineage = merged_undone_and_merged_again();
        let days = ["2026-02-28", "2026-03-01", "2026-05-31", "2026-06-01", "2026-08-31", "2026-09-01"];
        let standing = |code: &str, registered| days.map(|day| lineage.stands(code, registered, day));
        assert_eq!(standing("a", true), [true, false, false, true, true, true]);
        assert_eq!(standing("b", true), [true, false, false, true, true, false]);
        assert_eq!(standing("P1", false), [false, true, true, false, false, false]);
        assert_eq!(standing("P2", false), [false, false, false, false, false, true]);
        assert_eq!(standing("z", true), [true; 6]);
        assert_eq!(standing("z", false), [false; 6]);
    }

    #[test]
    fn a_family_reads_both_ways() {
        let lineage = merged_undone_and_merged_again();
        for code in ["a", "P1", "c", "P2"] {
            let (codes, arrows) = lineage.family(code);
            assert_eq!(codes, ["P1", "P2", "a", "b", "c"]);
            assert_eq!(arrows.len(), 6);
            assert!(arrows.is_sorted_by(|p, q| p.date <= q.date));
        }
        assert_eq!(lineage.family("z"), (vec!["z".to_owned()], Vec::new()));
        assert_eq!(lineage.latest("a").map(|step| step.instrument.as_str()), Some("I2"));
    }

    #[test]
    fn land_that_came_and_went_on_one_day_never_stood() {
        let lineage = Lineage::new(vec![step("I1", "2026-03-01", &["a"], &["P"]), step("I2", "2026-03-01", &["P"], &["a"])]);
        assert!(lineage.spans("P", false).is_empty());
        assert!(lineage.stands("a", true, "2026-03-01"));
        let spans = lineage.spans("a", true);
        assert_eq!((spans.len(), spans[1].from.as_deref()), (2, Some("2026-03-01")));
    }

    #[test]
    fn spans_meet_intervals_with_open_ends() {
        let span = Span { from: Some("2026-03-01".into()), to: Some("2026-06-01".into()) };
        for (first, last, meets) in [
            (Some("2026-05-31"), None, true),
            (Some("2026-06-01"), None, false),
            (None, Some("2026-03-01"), true),
            (None, Some("2026-02-28"), false),
            (None, None, true),
        ] {
            assert_eq!(span.meets(first, last), meets, "{first:?} {last:?}");
        }
    }
}
