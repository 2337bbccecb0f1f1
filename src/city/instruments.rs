//! Instruments as they were recorded, and the lineage that those in force make.

use super::table::Table;
use crate::domain::columns::instrument;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Instrument, InstrumentKind, InstrumentState, Lineage, Step};
use std::collections::{BTreeMap, HashMap, HashSet};

/// All instruments of one revision. There are hundreds at most: a changed one makes this list anew.
#[derive(Clone, Debug, Default)]
pub struct Instruments {
    all: Vec<Instrument>,
    by_code: HashMap<String, usize>,
    lineage: Lineage,
}

impl Instruments {
    pub(super) fn read(table: &Table) -> Outcome<Self> {
        let all = (0..table.len()).map(|row| read(table, row)).collect::<Outcome<Vec<_>>>()?;
        let by_code = all.iter().enumerate().map(|(at, known)| (known.code.clone(), at)).collect();
        let lineage = lineage(&all);
        Ok(Instruments { all, by_code, lineage })
    }

    /// In the order in which they were recorded.
    pub fn all(&self) -> &[Instrument] {
        &self.all
    }

    pub fn get(&self, code: &str) -> Option<&Instrument> {
        self.by_code.get(code).map(|at| &self.all[*at])
    }

    /// What became of which land. Instruments of one day take effect in the order in which they were drafted, which their checks keep true.
    pub fn lineage(&self) -> &Lineage {
        &self.lineage
    }

    /// Registered parcels that have been merged and have not come back, with the day on which all of each had gone into merges.
    pub fn merged(&self, is_registered: impl Fn(&str) -> bool) -> BTreeMap<String, String> {
        let splits: HashSet<&str> = self.all.iter().filter(|known| known.kind == InstrumentKind::Split).map(|known| known.code.as_str()).collect();
        let registered = self.lineage.ever_ended().into_iter().filter(|code| is_registered(code));
        registered.filter_map(|code| Some((code.to_owned(), merged_on(code, &self.lineage, &splits)?))).collect()
    }
}

fn read(table: &Table, row: usize) -> Outcome<Instrument> {
    let code = table.key(row).to_owned();
    let damaged = |what: &str| Fault::internal("instrument", format!("{code} has no readable {what}"));
    let own = |text: Option<&str>| text.map(str::to_owned);
    Ok(Instrument {
        fid: table.fid(row),
        name: own(table.text(row, instrument::NAME)),
        kind: table.text(row, instrument::KIND).and_then(InstrumentKind::parse).ok_or_else(|| damaged("kind"))?,
        state: table.text(row, instrument::STATE).and_then(InstrumentState::parse).ok_or_else(|| damaged("state"))?,
        date: own(table.text(row, instrument::DATE)),
        basis: own(table.text(row, instrument::BASIS)),
        park: own(table.text(row, instrument::PARK)),
        parents: table.list(row, instrument::PARENTS).unwrap_or_default(),
        children: table.list(row, instrument::CHILDREN).unwrap_or_default(),
        undoes: own(table.text(row, instrument::UNDOES)),
        ledger: own(table.text(row, instrument::LEDGER)),
        run: own(table.text(row, instrument::RUN)),
        revision: table.integer(row, instrument::REVISION).unwrap_or(0),
        code,
    })
}

fn lineage(all: &[Instrument]) -> Lineage {
    let in_force = all.iter().filter(|known| known.state == InstrumentState::InForce);
    let step = |known: &Instrument| {
        Some(Step { instrument: known.code.clone(), date: known.date.clone()?, parents: known.parents.clone(), children: known.children.clone() })
    };
    Lineage::new(in_force.filter_map(step).collect())
}

/// The day from which a piece of land is part of a merge. Land that was split is as soon as its last part is: to be parted is no consolidation.
fn merged_on(code: &str, lineage: &Lineage, splits: &HashSet<&str>) -> Option<String> {
    let step = lineage.latest(code).filter(|step| step.parents.iter().any(|parent| parent == code))?;
    if !splits.contains(step.instrument.as_str()) {
        return Some(step.date.clone());
    }
    let parts: Option<Vec<String>> = step.children.iter().map(|child| merged_on(child, lineage, splits)).collect();
    parts?.into_iter().max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_land_is_merged_once_its_last_part_is() {
        let step = |instrument: &str, date: &str, parents: &[&str], children: &[&str]| {
            let own = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
            Step { instrument: instrument.into(), date: date.into(), parents: own(parents), children: own(children) }
        };
        let splits = HashSet::from(["S1"]);
        let mut steps = vec![step("S1", "2026-01-01", &["a"], &["S1-1", "S1-2"]), step("M1", "2026-02-01", &["S1-1", "b"], &["M1-1"])];
        let on = |steps: &[Step], code: &str| merged_on(code, &Lineage::new(steps.to_vec()), &splits);
        assert_eq!((on(&steps, "a"), on(&steps, "b").as_deref(), on(&steps, "c")), (None, Some("2026-02-01"), None));
        steps.push(step("M2", "2026-03-01", &["S1-2", "c"], &["M2-1"]));
        assert_eq!(on(&steps, "a").as_deref(), Some("2026-03-01"));
        steps.push(step("U1", "2026-04-01", &["M1-1"], &["S1-1", "b"]));
        assert_eq!((on(&steps, "a"), on(&steps, "b")), (None, None));
    }
}
