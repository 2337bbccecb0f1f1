//! What is measured on units of floor area (exact readings I2, I8–I10).

use super::city_side::CitySide;
use super::evidence::UnitRecord;
use super::measure::{Measure, Park, Sieve, amount_fault, oldest, ratio, sieve};
use super::result::{Excluded, Note, Reason};
use crate::analysis::disclosure::{Figure, Quantity};

const LAYER: &str = "unit";

impl<'a> Park<'a> {
    /// Units of the uses the pack counts (I9); one without a use is neither counted nor known.
    fn units(&self) -> Option<Vec<&'a UnitRecord>> {
        let counted = &self.frame.pack.counted_uses.value;
        let units = self.evidence.units.as_ref()?.iter();
        Some(units.filter(|unit| unit.use_code.as_ref().is_none_or(|code| counted.contains(code))).collect())
    }

    /// Why nothing can be said of the unit's state.
    fn unit_fault(&self, unit: &UnitRecord) -> Option<Reason> {
        if unit.use_code.is_none() {
            return Some(Reason::NoUse);
        }
        if unit.state.is_none() {
            return Some(Reason::NoState);
        }
        area_fault(unit).or_else(|| self.frame.stock_fault(unit.as_of))
    }

    /// Over those known units that `is_part` picks, by their tenants. Units that name none may all be one person's.
    fn figure(&self, quantity: Quantity, units: &Sieve<'a, UnitRecord>, is_part: impl Fn(&UnitRecord) -> bool) -> Figure {
        let tenant = |unit: &'a UnitRecord| unit.tenant.as_deref().unwrap_or(&self.evidence.park);
        let picked = units.iter().filter(|unit| is_part(unit));
        Figure::over(quantity, picked.map(|unit| (unit.id.as_str(), tenant(unit))))
    }

    fn finish(&self, sieved: Sieve<'_, UnitRecord>, value: Option<f64>) -> Measure {
        let as_of = oldest(sieved.iter().map(|unit| unit.as_of));
        Measure { as_of, ..sieved.measure(value, self.frame.min_known()) }
    }

    pub(super) fn floor_share(&self) -> Measure {
        let Some(units) = self.units() else { return Measure::not_loaded(LAYER) };
        let in_use: Vec<_> = units.into_iter().filter(|unit| occupied(unit) != Some(false)).collect();
        let sieved = by_area(&in_use, |unit| self.unit_fault(unit).or_else(|| self.frame.doubt.of_unit(unit)));
        let is_lead = |unit: &UnitRecord| self.lead().is_some_and(|lead| unit.cluster.as_deref() == Some(lead));
        let part = sieved.sum(|unit| unit.area_m2.filter(|_| is_lead(unit)));
        let value = self.lead().and_then(|_| ratio(part, sieved.sum(|unit| unit.area_m2)));
        let figures = [self.figure(Quantity::Floor, &sieved, is_lead), self.figure(Quantity::Floor, &sieved, |_| true)];
        self.finish(sieved, value).resting_on(figures)
    }

    /// Let ÷ (let + vacant); unknown where the owner uses everything.
    pub(super) fn let_rate(&self) -> Measure {
        let Some(units) = self.units() else { return Measure::not_loaded(LAYER) };
        let sieved = by_area(&units, |unit| self.unit_fault(unit));
        let taken = sieved.sum(|unit| unit.area_m2.filter(|_| is_let(unit)));
        let free = sieved.sum(|unit| unit.area_m2.filter(|_| is_free(unit)));
        let value = ratio(taken, taken + free);
        self.finish(sieved, value)
    }

    /// (Own use + let) ÷ (all − out of service).
    pub(super) fn move_in_rate(&self) -> Measure {
        let Some(units) = self.units() else { return Measure::not_loaded(LAYER) };
        let sieved = by_area(&units, |unit| self.unit_fault(unit));
        let taken = sieved.sum(|unit| unit.area_m2.filter(|_| occupied(unit) == Some(true)));
        let value = ratio(taken, sieved.sum(|unit| unit.area_m2.filter(|_| !is(unit, "out_of_service"))));
        self.finish(sieved, value)
    }

    /// Area-weighted mean base rent of let units, 元/m²·月; units above the cap are listed and do not fail (I10).
    pub(super) fn mean_rent(&self) -> Measure {
        let Some(units) = self.units() else { return Measure::not_loaded(LAYER) };
        let taken: Vec<_> = units.into_iter().filter(|unit| is_let(unit)).collect();
        let sieved = by_area(&taken, |unit| self.unit_fault(unit).or_else(|| amount_fault(unit.rent)));
        let money = sieved.sum(|unit| unit.rent.zip(unit.area_m2).map(|(rent, area)| rent * area));
        let value = ratio(money, sieved.sum(|unit| unit.area_m2));
        let cap = self.frame.pack.rent_cap.value;
        let above = sieved.iter().filter(|unit| cap.zip(unit.rent).is_some_and(|(cap, rent)| rent > cap + 1e-9 * cap.max(1.0)));
        let above: Vec<String> = above.map(|unit| unit.id.clone()).collect();
        let flagged = if above.is_empty() { Vec::new() } else { vec![Excluded::of(Reason::AboveCap, above)] };
        let figure = self.figure(Quantity::Rent, &sieved, |_| true);
        Measure { flagged, ..self.finish(sieved, value) }.resting_on([figure])
    }

    pub(super) fn rent_to_cap(&self) -> Measure {
        let mean = self.mean_rent();
        match (self.frame.pack.rent_cap.value, mean.value) {
            (None, _) => Measure { value: None, ..mean }.noted(Note::new("no_cap", "规则包没有租金上限", "the pack has no cap on rent")),
            (Some(cap), Some(rent)) => {
                let note = Note::new(
                    "mean_rent",
                    format!("平均租金 {rent:.2} 元/㎡·月，上限 {cap}"),
                    format!("mean rent {rent:.2} yuan/m²·month, cap {cap}"),
                );
                Measure { value: ratio(rent, cap), ..mean }.noted(note)
            }
            (Some(_), None) => mean,
        }
    }
}

/// By floor area the city's side can only come from a table: units outside parks are not recorded.
pub(super) fn floor_quotient(park: &Park<'_>, lead: &str, city: &CitySide) -> Measure {
    let share = park.floor_share();
    Measure { value: share.value.zip(city.share(lead)).map(|(here, city)| here / city), source: city.source.clone(), ..share }
        .resting_on(city.figures(lead))
}

fn is(unit: &UnitRecord, state: &str) -> bool {
    unit.state.as_deref() == Some(state)
}

fn is_let(unit: &UnitRecord) -> bool {
    is(unit, "let") || (is(unit, "fit_out") && unit.tenant.is_some())
}

fn is_free(unit: &UnitRecord) -> bool {
    is(unit, "vacant") || (is(unit, "fit_out") && unit.tenant.is_none())
}

/// Whether somebody has the unit; `None` when its state is not recorded.
fn occupied(unit: &UnitRecord) -> Option<bool> {
    unit.state.as_deref().map(|_| is(unit, "own_use") || is_let(unit))
}

fn area_fault(unit: &UnitRecord) -> Option<Reason> {
    match unit.area_m2 {
        Some(0.0) => Some(Reason::Impossible),
        area => amount_fault(area),
    }
}

/// Known by area: an area that is missing or impossible cannot be summed, so it weighs by count.
fn by_area<'a>(units: &[&'a UnitRecord], fault: impl Fn(&UnitRecord) -> Option<Reason>) -> Sieve<'a, UnitRecord> {
    let mut sieved = sieve(units.iter().copied(), |unit| &unit.id, &fault);
    let mut with_area: Vec<&UnitRecord> = units.iter().copied().filter(|unit| area_fault(unit).is_none()).collect();
    with_area.sort_by(|a, b| a.id.cmp(&b.id));
    let all: f64 = with_area.iter().filter_map(|unit| unit.area_m2).sum();
    let known = sieved.sum(|unit| unit.area_m2);
    sieved.share = ratio(known, all).map(|share| share.min(with_area.len() as f64 / units.len() as f64));
    sieved
}
