//! Which figures over tenants' data may be told outside their park.
//!
//! # Source
//! exact-designation.md P2, and what follows from it for figures that overlap: of everything that is told, no sum or difference, with any
//! factors, rests on fewer tenants than the pack's least number. Lists of records decide this, not their values, so that what is withheld says
//! nothing of the values.

mod field;
mod figure;
mod span;
#[cfg(test)]
mod tests;

pub use figure::{Figure, Quantity};

use span::Span;
use std::collections::{BTreeMap, HashSet};

/// The figures that are told, of all that could be asked.
#[derive(Clone, Debug, Default)]
pub struct Told {
    told: HashSet<Figure>,
}

impl Told {
    /// Chooses among everything that could be told. Figures over more tenants go first, so that of a line with its total the total stays longest and
    /// the cells with the fewest tenants go (P2); the order in which they are given does not matter.
    pub fn choose(asked: impl IntoIterator<Item = Figure>, least_tenants: usize) -> Told {
        let mut by_quantity: BTreeMap<Quantity, HashSet<Figure>> = BTreeMap::new();
        for figure in asked {
            by_quantity.entry(figure.quantity()).or_default().insert(figure);
        }
        let told = by_quantity.into_values().flat_map(|figures| of_one_quantity(figures, least_tenants));
        Told { told: told.collect() }
    }

    /// Over nobody the figure is 0, which tells of nobody.
    pub fn tells(&self, figure: &Figure) -> bool {
        figure.is_empty() || self.told.contains(figure)
    }
}

fn of_one_quantity(figures: HashSet<Figure>, least_tenants: usize) -> Vec<Figure> {
    let mut figures: Vec<(usize, Figure)> = figures.into_iter().map(|figure| (figure.tenants().len(), figure)).collect();
    figures.retain(|(tenants, _)| *tenants >= least_tenants);
    figures.sort_by(|(a, one), (b, other)| b.cmp(a).then_with(|| other.len().cmp(&one.len())).then_with(|| other.order(one)));
    let figures: Vec<Figure> = figures.into_iter().map(|(_, figure)| figure).collect();
    let mut span = Span::over(&figures, least_tenants);
    let told: Vec<bool> = (0..figures.len()).map(|index| span.admit(index)).collect();
    figures.into_iter().zip(told).filter_map(|(figure, told)| told.then_some(figure)).collect()
}
