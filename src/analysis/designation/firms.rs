//! What is measured on firms (exact readings I1–I4, I14).

use super::city_side::CitySide;
use super::evidence::FirmRecord;
use super::floors::floor_quotient;
use super::measure::{Frame, Measure, Park, Sieve, amount_fault, latest, ratio, sieve};
use super::result::{Note, Reason};
use crate::analysis::disclosure::{Figure, Quantity};
use crate::rules::designation::LqBasis;
use std::collections::BTreeSet;

const LAYER: &str = "firm";

impl Frame<'_> {
    /// Why a flow of the firm cannot be used; a refund makes tax fall below 0, nothing makes output.
    fn flow_fault(&self, firm: &FirmRecord, amount: Option<f64>, may_fall: bool) -> Option<Reason> {
        if firm.year.is_some_and(|year| year != self.flow_year()) {
            return Some(Reason::OtherYear);
        }
        if firm.year.is_none() {
            return Some(Reason::NoValue);
        }
        amount_fault(amount).filter(|reason| !may_fall || *reason == Reason::NoValue || amount.is_none_or(|amount| !amount.is_finite()))
    }

    fn output_fault(&self, firm: &FirmRecord) -> Option<Reason> {
        self.flow_fault(firm, firm.output_wan, false)
    }

    fn jobs_fault(&self, firm: &FirmRecord) -> Option<Reason> {
        self.stock_fault(firm.as_of).or_else(|| amount_fault(firm.jobs))
    }

    /// What a firm adds to a location quotient, or why it cannot.
    pub(super) fn basis(&self, firm: &FirmRecord) -> Result<f64, Reason> {
        if let Some(reason) = self.doubt.of_firm(firm) {
            return Err(reason);
        }
        match self.pack.lq_basis {
            LqBasis::Output => self.output_fault(firm).map_or(Ok(firm.output_wan.unwrap_or_default()), Err),
            LqBasis::Jobs => self.jobs_fault(firm).map_or(Ok(firm.jobs.unwrap_or_default()), Err),
            LqBasis::Firms => Ok(1.0),
            LqBasis::Floor => Err(Reason::NoValue),
        }
    }
}

impl<'a> Park<'a> {
    fn firms(&self) -> Option<impl Iterator<Item = &'a FirmRecord>> {
        Some(self.evidence.firms.as_ref()?.iter().filter(|firm| firm.active))
    }

    /// Share of output of the firms that `is_part` picks; `doubt` says why it cannot tell of one.
    fn output_share(&self, doubt: impl Fn(&FirmRecord) -> Option<Reason>, is_part: impl Fn(&FirmRecord) -> bool) -> Measure {
        let Some(firms) = self.firms() else { return Measure::not_loaded(LAYER) };
        let sieved = sieve(firms, |firm| &firm.code, |firm| doubt(firm).or_else(|| self.frame.output_fault(firm)));
        let part = sieved.sum(|firm| firm.output_wan.filter(|_| is_part(firm)));
        let value = ratio(part, sieved.sum(|firm| firm.output_wan));
        let figures = [of(Quantity::Output, &sieved, is_part), of(Quantity::Output, &sieved, |_| true)];
        Measure { period: Some(self.frame.flow_year()), ..sieved.measure(value, self.frame.min_known()) }.resting_on(figures)
    }

    /// By the clusters listed; a park that lists none has no share to tell.
    pub(super) fn cluster_output_share(&self, clusters: &[String]) -> Measure {
        let share = self.output_share(|firm| self.frame.doubt.of_firm(firm), |firm| firm.cluster.as_ref().is_some_and(|id| clusters.contains(id)));
        if clusters.is_empty() { Measure { value: None, ..share }.noted(no_lead()) } else { share }
    }

    pub(super) fn high_tech_output(&self) -> Measure {
        self.output_share(|firm| firm.high_tech.is_none().then_some(Reason::NoValue), |firm| firm.high_tech == Some(true))
    }

    /// Distinct firms that `is_part` picks, and how many there are; what `fault` names is left out. How many firms there are is public; which of them belong
    /// to a cluster is not.
    fn count(&self, by_cluster: bool, fault: impl Fn(&FirmRecord) -> Option<Reason>, is_part: impl Fn(&FirmRecord) -> bool, of_all: bool) -> Measure {
        let Some(firms) = self.firms() else { return Measure::not_loaded(LAYER) };
        let sieved = sieve(firms, |firm| &firm.code, fault);
        let part = distinct(sieved.iter().filter(|firm| is_part(firm))) as f64;
        let value = if of_all { ratio(part, distinct(sieved.iter()) as f64) } else { Some(part) };
        let as_of = latest(sieved.iter().map(|firm| firm.as_of));
        let figures = by_cluster.then(|| [of(Quantity::Firms, &sieved, &is_part), of(Quantity::Firms, &sieved, |_| true)]);
        Measure { as_of, ..sieved.measure(value, self.frame.min_known()) }.resting_on(figures.into_iter().flatten())
    }

    /// Lead firms, as a number or as a share of all firms.
    pub(super) fn lead_firms(&self, of_all: bool) -> Measure {
        let Some(lead) = self.lead() else { return Measure::unknown(no_lead()) };
        self.count(true, |firm| self.frame.doubt.of_firm(firm), |firm| firm.cluster.as_deref() == Some(lead), of_all)
    }

    pub(super) fn leaders(&self) -> Measure {
        let Some(lead) = self.lead() else { return Measure::unknown(no_lead()) };
        let Some(from) = self.frame.pack.leader_output.as_ref().map(|figure| figure.value) else {
            return Measure::unknown(Note::new("no_figure", "规则包没有龙头企业产值下限", "the pack has no output from which a firm leads"));
        };
        let fault = |firm: &FirmRecord| self.frame.doubt.of_firm(firm).or_else(|| self.frame.output_fault(firm));
        let is_leader =
            |firm: &FirmRecord| firm.cluster.as_deref() == Some(lead) && firm.output_wan.is_some_and(|output| output >= from - 1e-9 * from);
        Measure { as_of: None, period: Some(self.frame.flow_year()), ..self.count(true, fault, is_leader, false) }
    }

    /// A null flag is not "no" (I14).
    pub(super) fn above_scale(&self) -> Measure {
        let fault = |firm: &FirmRecord| self.frame.stock_fault(firm.as_of).or_else(|| firm.above_scale.is_none().then_some(Reason::NoValue));
        self.count(false, fault, |firm| firm.above_scale == Some(true), false)
    }

    /// Certificates are valid on the day of the assessment, whatever the year of the firm's figures.
    pub(super) fn high_tech(&self) -> Measure {
        let counted = self.count(false, |firm| firm.high_tech.is_none().then_some(Reason::NoValue), |firm| firm.high_tech == Some(true), false);
        let as_of = counted.value.map(|_| self.frame.as_of);
        Measure { as_of, ..counted }
    }

    /// (x_pc / x_p) / (X_c / X) in the pack's basis (I4). No lead firm gives 0, a fail; nothing to divide by gives unknown.
    pub(super) fn location_quotient(&self, city: &CitySide) -> Measure {
        let Some(lead) = self.lead() else { return Measure::unknown(no_lead()) };
        if self.frame.pack.lq_basis == LqBasis::Floor {
            return floor_quotient(self, lead, city);
        }
        let Some(firms) = self.firms() else { return Measure::not_loaded(LAYER) };
        let sieved = sieve(firms, |firm| &firm.code, |firm| self.frame.basis(firm).err());
        let is_lead = |firm: &FirmRecord| firm.cluster.as_deref() == Some(lead);
        let here = sieved.sum(|firm| self.frame.basis(firm).ok().filter(|_| is_lead(firm)));
        let few = distinct(sieved.iter().filter(|firm| is_lead(firm))) < self.frame.pack.few_firms;
        let share = ratio(here, sieved.sum(|firm| self.frame.basis(firm).ok()));
        let value = share.zip(city.share(lead)).map(|(here, city)| here / city);
        let quantity = quantity(self.frame.pack.lq_basis);
        let figures = [of(quantity, &sieved, is_lead), of(quantity, &sieved, |_| true)].into_iter().chain(city.figures(lead));
        let is_flow = self.frame.pack.lq_basis == LqBasis::Output;
        let as_of = latest(sieved.iter().map(|firm| firm.as_of)).filter(|_| !is_flow);
        let period = is_flow.then(|| self.frame.flow_year());
        let measure = Measure { period, as_of, source: city.source.clone(), ..sieved.measure(value, self.frame.min_known()) }.resting_on(figures);
        if few {
            measure.noted(Note::new("few_firms", "主导产业企业过少，区位商不稳", "few firms of the cluster: the quotient says little"))
        } else {
            measure
        }
    }

    /// Σ of a flow over the park's firms, 万元.
    fn flow(&self, quantity: Quantity, amount: impl Fn(&FirmRecord) -> Option<f64>, may_fall: bool) -> Measure {
        let Some(firms) = self.firms() else { return Measure::not_loaded(LAYER) };
        let sieved = sieve(firms, |firm| &firm.code, |firm| self.frame.flow_fault(firm, amount(firm), may_fall));
        let sum = sieved.sum(&amount);
        let figure = of(quantity, &sieved, |_| true);
        Measure { period: Some(self.frame.flow_year()), ..sieved.measure(Some(sum), self.frame.min_known()) }.resting_on([figure])
    }

    pub(super) fn output(&self) -> Measure {
        self.flow(Quantity::Output, |firm| firm.output_wan, false)
    }

    pub(super) fn tax(&self) -> Measure {
        self.flow(Quantity::Tax, |firm| firm.tax_wan, true)
    }

    /// Another flow over output, of the firms that have both.
    fn flows(&self, quantities: [Quantity; 2], part: impl Fn(&FirmRecord) -> Option<f64>, whole: impl Fn(&FirmRecord) -> Option<f64>) -> Measure {
        let Some(firms) = self.firms() else { return Measure::not_loaded(LAYER) };
        let fault = |firm: &FirmRecord| self.frame.flow_fault(firm, part(firm), false).or_else(|| self.frame.flow_fault(firm, whole(firm), false));
        let sieved = sieve(firms, |firm| &firm.code, fault);
        let value = ratio(sieved.sum(&part), sieved.sum(&whole));
        let figures = quantities.map(|quantity| of(quantity, &sieved, |_| true));
        Measure { period: Some(self.frame.flow_year()), ..sieved.measure(value, self.frame.min_known()) }.resting_on(figures)
    }

    pub(super) fn research(&self) -> Measure {
        self.flows([Quantity::Research, Quantity::Output], |firm| firm.rd_wan, |firm| firm.output_wan)
    }

    /// The land is the same in both years, so growth of output is growth of output per 亩.
    pub(super) fn growth(&self) -> Measure {
        self.flows([Quantity::Output, Quantity::OutputBefore], |firm| firm.output_wan, |firm| firm.output_before_wan).map(|times| times - 1.0)
    }

    pub(super) fn jobs(&self) -> Measure {
        let Some(firms) = self.firms() else { return Measure::not_loaded(LAYER) };
        let sieved = sieve(firms, |firm| &firm.code, |firm| self.frame.jobs_fault(firm));
        let (sum, as_of) = (sieved.sum(|firm| firm.jobs), latest(sieved.iter().map(|firm| firm.as_of)));
        let figure = of(Quantity::Jobs, &sieved, |_| true);
        Measure { as_of, ..sieved.measure(Some(sum), self.frame.min_known()) }.resting_on([figure])
    }
}

/// The figure of those known firms that `is_part` picks.
fn of(quantity: Quantity, firms: &Sieve<'_, FirmRecord>, is_part: impl Fn(&FirmRecord) -> bool) -> Figure {
    Figure::over(quantity, firms.iter().filter(|firm| is_part(firm)).map(|firm| (firm.code.as_str(), firm.code.as_str())))
}

/// What a location quotient is made from.
pub(super) fn quantity(basis: LqBasis) -> Quantity {
    match basis {
        LqBasis::Output => Quantity::Output,
        LqBasis::Jobs => Quantity::Jobs,
        LqBasis::Firms => Quantity::Firms,
        LqBasis::Floor => Quantity::Floor,
    }
}

fn no_lead() -> Note {
    Note::new("no_lead", "园区没有主导集群", "the park has no lead cluster")
}

fn distinct<'a>(firms: impl Iterator<Item = &'a FirmRecord>) -> usize {
    firms.map(|firm| firm.code.as_str()).collect::<BTreeSet<_>>().len()
}
