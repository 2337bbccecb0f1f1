//! What is measured on land and buildings (exact readings I11–I13, I17).

use super::evidence::{CityEvidence, ParcelRecord};
use super::measure::{Measure, Park, amount_fault, sieve};
use super::result::{Note, Reason};
use crate::analysis::disclosure::{Figure, Quantity};
use crate::domain::units::mu;
use crate::rules::designation::LandMetric;

/// How far shares of owners may miss the whole by rounding.
const SHARE_SLACK: f64 = 0.005;

impl Park<'_> {
    /// Land A in m² and what was left out. A counted parcel without the pack's area, or whose register contradicts itself, makes it unknown: another
    /// area is another metric, and leaving the parcel out would flatter the figure.
    pub(super) fn land(&self) -> Measure {
        if self.evidence.is_virtual {
            return Measure::unknown(Note::new("virtual", "虚拟园区没有用地", "a virtual park has no land"));
        }
        let Some(parcels) = &self.evidence.parcels else { return Measure::not_loaded("parcel") };
        let named = sieve(parcels, |parcel| &parcel.code, named_fault);
        let counted: Vec<&ParcelRecord> = named.iter().filter(|parcel| self.is_counted(parcel)).collect();
        let metric = self.frame.pack.land_metric;
        let measured = sieve(counted.iter().copied(), |parcel| &parcel.code, |parcel| parcel_fault(parcel, metric));
        let whole = measured.known.len() == counted.len();
        let area = measured.sum(|parcel| area(parcel, metric));
        let left = measured.measure(None, 0.0).excluded;
        let mut land = named.measure((whole && area > 0.0).then_some(area), self.frame.min_known());
        land.excluded.extend(left);
        land
    }

    fn is_counted(&self, parcel: &ParcelRecord) -> bool {
        let listed = |list: &[String], code: &Option<String>| code.as_ref().is_some_and(|code| list.contains(code));
        listed(&self.frame.pack.industrial_uses.value, &parcel.land_use) && !listed(&self.frame.pack.excluded_tenure.value, &parcel.tenure)
    }

    pub(super) fn floor_area(&self) -> Measure {
        let Some(buildings) = &self.evidence.buildings else { return Measure::not_loaded("building") };
        let sieved = sieve(buildings, |building| &building.code, |building| amount_fault(building.gfa_m2));
        let sum = sieved.sum(|building| building.gfa_m2);
        sieved.measure(Some(sum), self.frame.min_known())
    }

    pub(super) fn boundary_pieces(&self) -> Measure {
        match self.evidence.boundary_pieces.filter(|pieces| *pieces > 0) {
            Some(pieces) => Measure { value: Some(pieces as f64), known: Some(1.0), ..Measure::default() },
            None => Measure::unknown(Note::new("no_boundary", "园区范围没有图形", "the park has no drawn boundary")),
        }
    }

    pub(super) fn platforms(&self) -> Measure {
        match self.evidence.platforms {
            Some(count) if count >= 0.0 => Measure { value: Some(count), known: Some(1.0), ..Measure::default() },
            _ => Measure::unknown(Note::new("no_platforms", "没有登记创新平台", "platforms are not recorded")),
        }
    }

    /// 1 when the lead cluster is among those that the city placed in one of the park's districts, else 0.
    pub(super) fn placement(&self, city: &CityEvidence) -> Measure {
        let none = || Measure::unknown(Note::new("no_placement", "没有全市集群布局表", "the city has no declared placement of clusters"));
        let (Some(lead), Some(placements)) = (self.lead(), &city.placements) else { return none() };
        if self.evidence.districts.is_empty() {
            return none();
        }
        let placed = self.evidence.districts.iter().filter_map(|district| placements.get(district)).flatten().any(|cluster| cluster == lead);
        Measure { value: Some(f64::from(u8::from(placed))), known: Some(1.0), ..Measure::default() }
    }
}

fn named_fault(parcel: &ParcelRecord) -> Option<Reason> {
    (parcel.land_use.is_none() || parcel.tenure.is_none()).then_some(Reason::NoUse)
}

fn area(parcel: &ParcelRecord, metric: LandMetric) -> Option<f64> {
    match metric {
        LandMetric::Registered => parcel.registered_area_m2,
        LandMetric::Planar => parcel.planar_area_m2,
        LandMetric::Ellipsoidal => parcel.ellipsoidal_area_m2,
    }
}

fn parcel_fault(parcel: &ParcelRecord, metric: LandMetric) -> Option<Reason> {
    if parcel.owner_shares.is_some_and(|sum| (sum - 1.0).abs() > SHARE_SLACK) {
        return Some(Reason::OwnerShares);
    }
    match area(parcel, metric) {
        Some(0.0) => Some(Reason::Impossible),
        area => amount_fault(area),
    }
}

/// Output and tax per 亩 over the city's parks (I12).
pub(super) struct Means {
    rows: Vec<LandRow>,
}

/// One park that is not virtual: 亩 of land, and output and tax in 万元.
struct LandRow {
    park_type: Option<String>,
    mu: Option<f64>,
    flows: [Option<f64>; 2],
    figures: [Option<Figure>; 2],
}

/// Which flow a mean is of.
#[derive(Clone, Copy)]
pub(super) enum Flow {
    Output,
    Tax,
}

impl Means {
    pub(super) fn new(parks: &[Park<'_>]) -> Means {
        let rows = parks.iter().filter(|park| !park.evidence.is_virtual).map(|park| {
            let [mut output, mut tax] = [park.output(), park.tax()];
            LandRow {
                park_type: park.evidence.park_type.clone(),
                mu: park.land().value.map(mu),
                flows: [output.value, tax.value],
                figures: [output.figures.pop(), tax.figures.pop()],
            }
        });
        Means { rows: rows.collect() }
    }

    /// Σ x ÷ Σ 亩 over the parks of the type with both known; over all types when the type has too few. True: all types were taken.
    fn of(&self, park_type: &Option<String>, flow: Flow, min_same_type: usize) -> (Option<f64>, bool) {
        let merged = self.is_merged(park_type, min_same_type);
        let known = self.of_type(park_type, merged).filter_map(|row| Some((row.mu?, row.flows[flow as usize]?)));
        let (land, sum) = known.fold((0.0, 0.0), |(land, sum), (mu, value)| (land + mu, sum + value));
        ((land > 0.0).then(|| sum / land), merged)
    }

    fn is_merged(&self, park_type: &Option<String>, min_same_type: usize) -> bool {
        self.rows.iter().filter(|row| row.park_type == *park_type).count() < min_same_type
    }

    fn of_type(&self, park_type: &Option<String>, merged: bool) -> impl Iterator<Item = &LandRow> {
        self.rows.iter().filter(move |row| merged || row.park_type == *park_type)
    }

    /// What the sum of the flow rests on.
    fn figure(&self, park_type: &Option<String>, flow: Flow, min_same_type: usize) -> Figure {
        let rows = self.of_type(park_type, self.is_merged(park_type, min_same_type));
        let known = rows.filter(|row| row.mu.is_some() && row.flows[flow as usize].is_some());
        let quantity = match flow {
            Flow::Output => Quantity::Output,
            Flow::Tax => Quantity::Tax,
        };
        Figure::together(quantity, known.filter_map(|row| row.figures[flow as usize].as_ref()))
    }
}

impl Park<'_> {
    /// A flow per 亩 of land.
    pub(super) fn per_mu(&self, flow: Flow) -> Measure {
        let whole = match flow {
            Flow::Output => self.output(),
            Flow::Tax => self.tax(),
        };
        whole.over(&self.land(), mu)
    }

    /// The same against the city's mean for the park's type.
    pub(super) fn per_mu_to_mean(&self, flow: Flow, means: &Means) -> Measure {
        let mut measure = self.per_mu(flow);
        let (city, merged) = means.of(&self.evidence.park_type, flow, self.frame.pack.min_same_type);
        if let (Some(own), Some(city)) = (measure.value, city) {
            let (zh, en) = (format!("{own:.4} 万元/亩，均值 {city:.4} 万元/亩"), format!("{own:.4} 万元/亩; city mean {city:.4} 万元/亩"));
            measure = measure.noted(Note::new("per_mu", zh, en));
        }
        if merged {
            measure = measure.noted(Note::new("all_types", "同类园区不足，与全市各类园区比", "all park types together: too few of this type"));
        }
        measure = measure.resting_on([means.figure(&self.evidence.park_type, flow, self.frame.pack.min_same_type)]);
        measure.value = measure.value.zip(city.filter(|city| *city > 0.0)).map(|(own, city)| own / city);
        measure
    }
}
