//! A value with all that is said of it, and the sieve that tells what it could not use (exact reading G3).

use super::doubt::Doubt;
use super::evidence::ParkEvidence;
use super::result::{Excluded, Note, Reason};
use crate::analysis::disclosure::Figure;
use crate::rules::DesignationPack;
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;

/// A value with the share of records it rests on and those left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Measure {
    pub value: Option<f64>,
    /// Known records ÷ all records (areas: known area ÷ area).
    pub known: Option<f64>,
    pub excluded: Vec<Excluded>,
    /// Records that were used and that a person should see (units above the cap).
    pub flagged: Vec<Excluded>,
    /// Date of the stocks used; the year of flows is told by `period`.
    pub as_of: Option<NaiveDate>,
    /// Calendar year of the flows used.
    pub period: Option<i32>,
    /// Where it differs from that of the indicator's own column.
    pub source: Option<String>,
    pub notes: Vec<Note>,
    /// What of tenants' data it rests on: outside the park it is told when all of these are (P2).
    pub figures: Vec<Figure>,
}

impl Measure {
    pub(super) fn unknown(note: Note) -> Measure {
        Measure { notes: vec![note], ..Measure::default() }
    }

    /// Nothing of this layer was ever loaded.
    pub(super) fn not_loaded(layer: &'static str) -> Measure {
        Measure::unknown(Note::new("not_loaded", format!("{layer} 没有数据"), format!("{layer}: never loaded")))
    }

    pub(super) fn noted(mut self, note: Note) -> Measure {
        self.notes.push(note);
        self
    }

    /// This one divided by another; unknown when either is, and what either left out is told.
    pub(super) fn over(mut self, divisor: &Measure, convert: impl Fn(f64) -> f64) -> Measure {
        self.value = self.value.zip(divisor.value).and_then(|(part, whole)| ratio(part, convert(whole)));
        self.excluded.extend(divisor.excluded.iter().cloned());
        self.notes.extend(divisor.notes.iter().cloned());
        self.figures.extend(divisor.figures.iter().cloned());
        self
    }

    pub(super) fn resting_on(mut self, figures: impl IntoIterator<Item = Figure>) -> Measure {
        self.figures.extend(figures);
        self
    }

    pub(super) fn map(mut self, change: impl Fn(f64) -> f64) -> Measure {
        self.value = self.value.map(change);
        self
    }
}

/// Records sorted into known and left out, before the share is tested against the pack's `min_known`.
pub(super) struct Sieve<'a, T> {
    pub known: Vec<&'a T>,
    pub share: Option<f64>,
    left: BTreeMap<Reason, Vec<String>>,
}

/// In ascending order of id, so that sums do not hang on the order of the file (G5). `fault` says why a record cannot be used.
pub(super) fn sieve<'a, T>(records: impl IntoIterator<Item = &'a T>, id: impl Fn(&T) -> &str, fault: impl Fn(&T) -> Option<Reason>) -> Sieve<'a, T> {
    let mut all: Vec<&T> = records.into_iter().collect();
    all.sort_by(|a, b| id(a).cmp(id(b)));
    let (total, mut known, mut left) = (all.len(), Vec::new(), BTreeMap::<Reason, Vec<String>>::new());
    for record in all {
        match fault(record) {
            None => known.push(record),
            Some(reason) => left.entry(reason).or_default().push(id(record).to_owned()),
        }
    }
    Sieve { share: (total > 0).then(|| known.len() as f64 / total as f64), known, left }
}

impl<'a, T> Sieve<'a, T> {
    pub(super) fn enough(&self, min_known: f64) -> bool {
        self.share.is_some_and(|share| share >= min_known - 1e-9)
    }

    pub(super) fn measure(self, value: Option<f64>, min_known: f64) -> Measure {
        let value = value.filter(|value| value.is_finite() && self.enough(min_known));
        Measure { value, known: self.share, excluded: excluded(self.left), ..Measure::default() }
    }

    pub(super) fn sum(&self, part: impl Fn(&T) -> Option<f64>) -> f64 {
        // Folded from 0.0, because an empty float sum is −0.0.
        self.known.iter().filter_map(|record| part(record)).fold(0.0, |sum, amount| sum + amount)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'a T> {
        self.known.iter().copied()
    }
}

fn excluded(left: BTreeMap<Reason, Vec<String>>) -> Vec<Excluded> {
    left.into_iter().map(|(reason, ids)| Excluded::of(reason, ids)).collect()
}

/// A denominator of 0 gives nothing.
pub(super) fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

pub(super) fn latest(dates: impl Iterator<Item = Option<NaiveDate>>) -> Option<NaiveDate> {
    dates.flatten().max()
}

pub(super) fn oldest(dates: impl Iterator<Item = Option<NaiveDate>>) -> Option<NaiveDate> {
    dates.flatten().min()
}

/// A stated amount that can be one: none, or one below 0, cannot.
pub(super) fn amount_fault(amount: Option<f64>) -> Option<Reason> {
    match amount {
        None => Some(Reason::NoValue),
        Some(amount) if amount.is_finite() && amount >= 0.0 => None,
        Some(_) => Some(Reason::Impossible),
    }
}

/// What is fixed for the whole assessment.
#[derive(Clone, Copy)]
pub(super) struct Frame<'a> {
    pub pack: &'a DesignationPack,
    pub as_of: NaiveDate,
    pub doubt: &'a Doubt,
}

impl Frame<'_> {
    /// Flows are those of the last full calendar year (G2).
    pub(super) fn flow_year(&self) -> i32 {
        self.as_of.year() - 1
    }

    pub(super) fn min_known(&self) -> f64 {
        self.pack.min_known.value
    }

    /// A stock dated after the assessment is not yet known on its day (G2).
    pub(super) fn stock_fault(&self, dated: Option<NaiveDate>) -> Option<Reason> {
        dated.is_some_and(|day| day > self.as_of).then_some(Reason::Later)
    }
}

/// The evidence of one park.
pub(super) struct Park<'a> {
    pub evidence: &'a ParkEvidence,
    pub frame: Frame<'a>,
    /// By which of its clusters it is judged, counted from 0 (I1).
    pub judged_by: usize,
}

impl<'a> Park<'a> {
    pub(super) fn lead(&self) -> Option<&'a str> {
        self.evidence.lead_clusters.get(self.judged_by).map(String::as_str)
    }
}
