//! Each indicator's value from the evidence (exact readings I1–I15), with what it could not use.

use super::evidence::{CityEvidence, FirmRecord, ParkEvidence, Period, ReportRecord, UnitRecord};
use crate::rules::DesignationPack;
use crate::rules::designation::LqBasis;
use chrono::{Datelike, Days, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// A value with the share of records it rests on and those left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Measure {
    pub value: Option<f64>,
    /// Known records ÷ all records (areas: known area ÷ area).
    pub known: Option<f64>,
    pub excluded: Vec<String>,
    /// Latest date among the stocks used; the year of flows is told by `period`.
    pub as_of: Option<NaiveDate>,
    /// Calendar year of the flows used.
    pub period: Option<i32>,
    pub source: String,
    pub notes: Vec<String>,
}

impl Measure {
    pub(super) fn unknown(source: &str, note: &str) -> Measure {
        Measure { source: source.to_owned(), notes: vec![note.to_owned()], ..Measure::default() }
    }

    fn noted(mut self, note: &str) -> Measure {
        self.notes.push(note.to_owned());
        self
    }
}

/// Records sorted into known and left out, before the share is tested against the pack's `min_known` (G3).
struct Sieve<'a, T> {
    known: Vec<&'a T>,
    excluded: Vec<String>,
    share: Option<f64>,
}

fn sieve<'a, T>(records: impl IntoIterator<Item = &'a T>, id: impl Fn(&T) -> &str, is_known: impl Fn(&T) -> bool) -> Sieve<'a, T> {
    let mut all: Vec<&T> = records.into_iter().collect();
    all.sort_by(|a, b| id(a).cmp(id(b)));
    let total = all.len();
    let (known, left): (Vec<&T>, Vec<&T>) = all.into_iter().partition(|record| is_known(record));
    let share = (total > 0).then(|| known.len() as f64 / total as f64);
    Sieve { known, excluded: left.into_iter().map(|record| id(record).to_owned()).collect(), share }
}

impl<T> Sieve<'_, T> {
    fn enough(&self, min_known: f64) -> bool {
        self.share.is_some_and(|share| share >= min_known - 1e-9)
    }

    fn measure(self, value: Option<f64>, min_known: f64, source: &str) -> Measure {
        let value = value.filter(|value| value.is_finite() && self.enough(min_known));
        Measure { value, known: self.share, excluded: self.excluded, source: source.to_owned(), ..Measure::default() }
    }
}

fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

/// The evidence of one park, with what is fixed for the whole assessment.
pub(super) struct Park<'a> {
    pub evidence: &'a ParkEvidence,
    pub pack: &'a DesignationPack,
    pub as_of: NaiveDate,
}

impl<'a> Park<'a> {
    /// Flows are those of the last full calendar year (G2).
    pub(super) fn flow_year(&self) -> i32 {
        self.as_of.year() - 1
    }

    pub(super) fn lead(&self) -> Option<&'a str> {
        self.evidence.lead_clusters.first().map(String::as_str)
    }

    fn min_known(&self) -> f64 {
        self.pack.min_known.value
    }

    fn firms(&self) -> Option<impl Iterator<Item = &'a FirmRecord>> {
        Some(self.evidence.firms.as_ref()?.iter().filter(|firm| firm.active))
    }

    fn flow(&self, firm: &FirmRecord, field: impl Fn(&FirmRecord) -> Option<f64>) -> Option<f64> {
        field(firm).filter(|_| firm.year == Some(self.flow_year()))
    }

    fn output(&self, firm: &FirmRecord) -> Option<f64> {
        self.flow(firm, |firm| firm.output_wan)
    }

    /// Share of output of the firms whose cluster is in `clusters`.
    pub(super) fn output_share(&self, clusters: &[String]) -> Measure {
        let Some(firms) = self.firms() else { return Measure::unknown("firm", "firm: not loaded") };
        let sieved = sieve(firms, |firm| &firm.code, |firm| firm.cluster.is_some() && self.output(firm).is_some());
        let sum = |lead: bool| -> f64 {
            sieved
                .known
                .iter()
                .filter(|firm| !lead || firm.cluster.as_ref().is_some_and(|id| clusters.contains(id)))
                .filter_map(|firm| self.output(firm))
                .sum()
        };
        let value = ratio(sum(true), sum(false)).filter(|_| !clusters.is_empty());
        Measure { period: Some(self.flow_year()), ..sieved.measure(value, self.min_known(), "firm") }
    }

    pub(super) fn firm_share(&self) -> Measure {
        let Some(firms) = self.firms() else { return Measure::unknown("firm", "firm: not loaded") };
        let sieved = sieve(firms, |firm| &firm.code, |firm| firm.cluster.is_some());
        let count = |lead: Option<&str>| distinct(sieved.known.iter().filter(|firm| lead.is_none() || firm.cluster.as_deref() == lead)) as f64;
        let value = self.lead().and_then(|lead| ratio(count(Some(lead)), count(None)));
        let as_of = latest(sieved.known.iter().map(|firm| firm.as_of));
        Measure { as_of, ..sieved.measure(value, self.min_known(), "firm") }
    }

    pub(super) fn lead_firm_count(&self) -> Measure {
        let Some(firms) = self.firms() else { return Measure::unknown("firm", "firm: not loaded") };
        let sieved = sieve(firms, |firm| &firm.code, |firm| firm.cluster.is_some());
        let value = self.lead().map(|lead| distinct(sieved.known.iter().filter(|firm| firm.cluster.as_deref() == Some(lead))) as f64);
        let as_of = latest(sieved.known.iter().map(|firm| firm.as_of));
        Measure { as_of, ..sieved.measure(value, self.min_known(), "firm") }
    }

    /// Distinct firms with a flag; a null flag is not "no" (I14).
    pub(super) fn flagged(&self, flag: impl Fn(&FirmRecord) -> Option<bool>) -> Measure {
        let Some(firms) = self.firms() else { return Measure::unknown("firm", "firm: not loaded") };
        let sieved = sieve(firms, |firm| &firm.code, |firm| flag(firm).is_some());
        let value = distinct(sieved.known.iter().filter(|firm| flag(firm) == Some(true))) as f64;
        let as_of = latest(sieved.known.iter().map(|firm| firm.as_of));
        Measure { as_of, ..sieved.measure(Some(value), self.min_known(), "firm") }
    }

    /// (x_pc / x_p) / (X_c / X) in the pack's basis (I4). No lead firm gives 0, a fail; nothing to divide by gives unknown.
    pub(super) fn location_quotient(&self, city: &CitySide) -> Measure {
        let (Some(lead), Some(firms)) = (self.lead(), self.firms()) else { return Measure::unknown("firm", "firm: not loaded") };
        if self.pack.lq_basis == LqBasis::Floor {
            return self.floor_quotient(lead, city);
        }
        let sieved = sieve(firms, |firm| &firm.code, |firm| firm.cluster.is_some() && self.basis(firm).is_some());
        let sum = |lead: Option<&str>| -> f64 {
            sieved.known.iter().filter(|firm| lead.is_none() || firm.cluster.as_deref() == lead).filter_map(|firm| self.basis(firm)).sum()
        };
        let (here_lead, here) = (sum(Some(lead)), sum(None));
        let few = distinct(sieved.known.iter().filter(|firm| firm.cluster.as_deref() == Some(lead))) < self.pack.few_firms;
        let value = ratio(here_lead, here).zip(city.share(lead)).map(|(here, city)| here / city);
        let measure = Measure { period: Some(self.flow_year()), ..sieved.measure(value, self.min_known(), &city.source) };
        if few { measure.noted("few_firms") } else { measure }
    }

    fn basis(&self, firm: &FirmRecord) -> Option<f64> {
        basis(self.pack.lq_basis, self.flow_year(), firm)
    }

    /// By floor area the city's side can only come from a table: units outside parks are not recorded.
    fn floor_quotient(&self, lead: &str, city: &CitySide) -> Measure {
        let share = self.floor_share();
        Measure { value: share.value.zip(city.share(lead)).map(|(here, city)| here / city), source: city.source.clone(), ..share }
    }

    /// Units of the uses the pack counts (I9); one without a use is neither counted nor known.
    fn units(&self) -> Option<Vec<&'a UnitRecord>> {
        let counted = &self.pack.counted_uses.value;
        let units = self.evidence.units.as_ref()?.iter();
        Some(units.filter(|unit| unit.use_code.as_ref().is_none_or(|code| counted.contains(code))).collect())
    }

    pub(super) fn floor_share(&self) -> Measure {
        let Some(units) = self.units() else { return Measure::unknown("unit", "unit: not loaded") };
        let in_use: Vec<_> = units.into_iter().filter(|unit| occupied(unit) != Some(false)).collect();
        let known = |unit: &UnitRecord| unit.use_code.is_some() && occupied(unit) == Some(true) && unit.cluster.is_some() && unit.area_m2.is_some();
        let sieved = by_area(&in_use, known);
        let area = |lead: Option<&str>| -> f64 {
            sieved.known.iter().filter(|unit| lead.is_none() || unit.cluster.as_deref() == lead).filter_map(|unit| unit.area_m2).sum()
        };
        let value = self.lead().and_then(|lead| ratio(area(Some(lead)), area(None)));
        let as_of = oldest(sieved.known.iter().map(|unit| unit.as_of));
        Measure { as_of, ..sieved.measure(value, self.min_known(), "unit") }
    }

    /// let_rate = L ÷ (L + V); move_in_rate = (own use + let) ÷ (all − out of service) (I8).
    pub(super) fn occupancy(&self, move_in: bool) -> Measure {
        let Some(units) = self.units() else { return Measure::unknown("unit", "unit: not loaded") };
        let sieved = by_area(&units, |unit| unit.use_code.is_some() && unit.state.is_some() && unit.area_m2.is_some());
        let area =
            |test: &dyn Fn(&UnitRecord) -> bool| -> f64 { sieved.known.iter().filter(|unit| test(unit)).filter_map(|unit| unit.area_m2).sum() };
        let state = |unit: &UnitRecord, code: &str| unit.state.as_deref() == Some(code);
        let taken = area(&|unit| is_let(unit));
        let value = if move_in {
            ratio(area(&|unit| state(unit, "own_use")) + taken, area(&|unit| !state(unit, "out_of_service")))
        } else {
            ratio(taken, taken + area(&|unit| state(unit, "vacant") || (state(unit, "fit_out") && !unit.has_tenant)))
        };
        let as_of = oldest(sieved.known.iter().map(|unit| unit.as_of));
        Measure { as_of, ..sieved.measure(value, self.min_known(), "unit") }
    }

    /// Area-weighted mean base rent of let units ÷ the cap; units above the cap are listed (I10).
    pub(super) fn rent_to_cap(&self) -> Measure {
        let Some(units) = self.units() else { return Measure::unknown("unit", "unit: not loaded") };
        let taken: Vec<_> = units.into_iter().filter(|unit| is_let(unit)).collect();
        let sieved = by_area(&taken, |unit| unit.use_code.is_some() && unit.rent.is_some() && unit.area_m2.is_some());
        let (mut money, mut area) = (0.0, 0.0);
        for unit in &sieved.known {
            if let (Some(rent), Some(floor)) = (unit.rent, unit.area_m2) {
                money += rent * floor;
                area += floor;
            }
        }
        let cap = self.pack.rent_cap.value;
        let above: Vec<String> =
            sieved.known.iter().filter(|unit| unit.rent.is_some_and(|rent| rent > cap)).map(|unit| format!("above_cap: {}", unit.id)).collect();
        let as_of = oldest(sieved.known.iter().map(|unit| unit.as_of));
        Measure { as_of, notes: above, ..sieved.measure(ratio(money, area).map(|rent| rent / cap), self.min_known(), "unit") }
    }

    /// Land A in m² and what was left out (I11). A counted parcel without a registered area makes it unknown: planar area is another metric.
    pub(super) fn land(&self) -> Measure {
        if self.evidence.is_virtual {
            return Measure::unknown("parcel", "virtual park: no land");
        }
        let Some(parcels) = &self.evidence.parcels else { return Measure::unknown("parcel", "parcel: not loaded") };
        let sieved = sieve(parcels, |parcel| &parcel.code, |parcel| parcel.land_use.is_some() && parcel.tenure.is_some());
        let counted = sieved.known.iter().filter(|parcel| {
            let listed = |list: &[String], code: &Option<String>| code.as_ref().is_some_and(|code| list.contains(code));
            listed(&self.pack.industrial_uses.value, &parcel.land_use) && !listed(&self.pack.excluded_tenure.value, &parcel.tenure)
        });
        let area: Option<f64> = counted.map(|parcel| parcel.registered_area_m2).sum();
        sieved.measure(area.filter(|area| *area > 0.0), self.min_known(), "parcel")
    }

    /// Σ of a flow over the park's firms, 万元.
    pub(super) fn total_flow(&self, field: impl Fn(&FirmRecord) -> Option<f64>) -> Measure {
        let Some(firms) = self.firms() else { return Measure::unknown("firm", "firm: not loaded") };
        let sieved = sieve(firms, |firm| &firm.code, |firm| self.flow(firm, &field).is_some());
        let sum: f64 = sieved.known.iter().filter_map(|firm| self.flow(firm, &field)).sum();
        Measure { period: Some(self.flow_year()), ..sieved.measure(Some(sum), self.min_known(), "firm") }
    }

    pub(super) fn total_jobs(&self) -> Measure {
        let Some(firms) = self.firms() else { return Measure::unknown("firm", "firm: not loaded") };
        let sieved = sieve(firms, |firm| &firm.code, |firm| firm.jobs.is_some());
        let sum: f64 = sieved.known.iter().filter_map(|firm| firm.jobs).sum();
        let as_of = latest(sieved.known.iter().map(|firm| firm.as_of));
        Measure { as_of, ..sieved.measure(Some(sum), self.min_known(), "firm") }
    }

    /// Returns of the assessed calendar year (I15); `None` when no record of returns was ever loaded.
    pub(super) fn reports(&self) -> Option<Returns> {
        let reports = self.evidence.reports.as_ref()?;
        let due_on = |report: &ReportRecord| report.period_end.checked_add_days(Days::new(self.pack.due_days.value as u64)).unwrap_or(NaiveDate::MAX);
        let mut returns = Returns::default();
        for report in reports.iter().filter(|report| report.period_end.year() == self.flow_year() && due_on(report) < self.as_of) {
            let received = report.received.filter(|day| *day <= self.as_of);
            returns.due += 1;
            returns.made += usize::from(received.is_some());
            returns.late += usize::from(received.is_some_and(|day| day > due_on(report)));
            match (report.period, received) {
                (Period::Quarter, None) => returns.missed_quarters += 1,
                (Period::Year, None) => returns.annual_missing = true,
                _ => {}
            }
        }
        Some(returns)
    }
}

/// What a firm adds to a location quotient.
fn basis(kind: LqBasis, flow_year: i32, firm: &FirmRecord) -> Option<f64> {
    match kind {
        LqBasis::Output => firm.output_wan.filter(|_| firm.year == Some(flow_year)),
        LqBasis::Jobs => firm.jobs,
        LqBasis::Firms => Some(1.0),
        LqBasis::Floor => None,
    }
}

/// X_c and X of the city, summed once for all parks.
pub(super) struct CitySide {
    by_cluster: BTreeMap<String, f64>,
    /// `None` when too little is known or nothing was loaded.
    total: Option<f64>,
    pub source: String,
}

impl CitySide {
    /// From the official table when it is of the year of the flows, else over all active firms in order of code (G5).
    pub(super) fn new(city: &CityEvidence, pack: &DesignationPack, as_of: NaiveDate) -> CitySide {
        let year = as_of.year() - 1;
        if let Some(table) = city.table.as_ref().filter(|table| table.year == year) {
            return CitySide { by_cluster: table.by_cluster.clone(), total: Some(table.total), source: table.source.clone() };
        }
        let mut side = CitySide { by_cluster: BTreeMap::new(), total: None, source: "firm".to_owned() };
        let Some(firms) = &city.firms else { return side };
        let known = |firm: &FirmRecord| firm.cluster.is_some() && basis(pack.lq_basis, year, firm).is_some();
        let sieved = sieve(firms.iter().filter(|firm| firm.active), |firm| &firm.code, known);
        for firm in &sieved.known {
            if let (Some(cluster), Some(amount)) = (&firm.cluster, basis(pack.lq_basis, year, firm)) {
                *side.by_cluster.entry(cluster.clone()).or_insert(0.0) += amount;
            }
        }
        let total: f64 = sieved.known.iter().filter_map(|firm| basis(pack.lq_basis, year, firm)).sum();
        side.total = sieved.enough(pack.min_known.value).then_some(total);
        side
    }

    /// X_c ÷ X; `None` when either is 0 or unknown (I4).
    fn share(&self, cluster: &str) -> Option<f64> {
        let part = self.by_cluster.get(cluster).copied().unwrap_or(0.0);
        ratio(part, self.total?).filter(|share| *share > 0.0)
    }
}

/// Returns due, made and late in the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Returns {
    pub due: usize,
    pub made: usize,
    pub late: usize,
    pub missed_quarters: usize,
    pub annual_missing: bool,
}

impl Returns {
    pub(super) fn on_time(&self) -> Option<f64> {
        ratio(self.made as f64 - self.late as f64, self.due as f64)
    }
}

fn is_let(unit: &UnitRecord) -> bool {
    unit.state.as_deref() == Some("let") || (unit.state.as_deref() == Some("fit_out") && unit.has_tenant)
}

/// Whether somebody works in the unit; `None` when its state is not recorded.
fn occupied(unit: &UnitRecord) -> Option<bool> {
    unit.state.as_deref().map(|state| state == "own_use" || is_let(unit))
}

/// Known by area: an area that is missing cannot be summed, so it weighs by count.
fn by_area<'a>(units: &[&'a UnitRecord], is_known: impl Fn(&UnitRecord) -> bool) -> Sieve<'a, UnitRecord> {
    let mut sieved = sieve(units.iter().copied(), |unit| &unit.id, &is_known);
    let area = |unit: &&UnitRecord| unit.area_m2;
    let (all, known): (f64, f64) = (units.iter().filter_map(area).sum(), sieved.known.iter().filter_map(area).sum());
    let with_area = units.iter().filter(|unit| unit.area_m2.is_some()).count();
    sieved.share = ratio(known, all).map(|share| share.min(with_area as f64 / units.len() as f64));
    sieved
}

fn distinct<'a>(firms: impl Iterator<Item = &'a &'a FirmRecord>) -> usize {
    firms.map(|firm| firm.code.as_str()).collect::<BTreeSet<_>>().len()
}

fn latest(dates: impl Iterator<Item = Option<NaiveDate>>) -> Option<NaiveDate> {
    dates.flatten().max()
}

fn oldest(dates: impl Iterator<Item = Option<NaiveDate>>) -> Option<NaiveDate> {
    dates.flatten().min()
}
