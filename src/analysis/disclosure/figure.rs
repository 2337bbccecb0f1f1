//! A figure: one quantity summed up, averaged or counted over records of tenants.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// Figures of one quantity add up to one another, those of different ones do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantity {
    Output,
    OutputBefore,
    Tax,
    Research,
    Jobs,
    /// Firms counted by cluster: what is kept is who belongs to which.
    Firms,
    /// Floor area by cluster, likewise.
    Floor,
    /// Rent times area; areas are public.
    Rent,
}

/// What a figure is made from. Its value is not part of it. Copies share their records.
#[derive(Clone, Debug)]
pub struct Figure {
    quantity: Quantity,
    /// Ascending, each once.
    records: Arc<[Record]>,
    /// Of the records, so that figures are compared at once.
    digest: [u64; 2],
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Record {
    id: String,
    tenant: String,
}

impl PartialEq for Figure {
    fn eq(&self, other: &Figure) -> bool {
        (self.quantity, self.records.len(), self.digest) == (other.quantity, other.records.len(), other.digest)
    }
}

impl Eq for Figure {}

impl Hash for Figure {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.quantity, self.digest).hash(state);
    }
}

impl Figure {
    /// Over records, each by its id with its tenant.
    pub fn over<'a>(quantity: Quantity, records: impl IntoIterator<Item = (&'a str, &'a str)>) -> Figure {
        let mut pairs: Vec<(&str, &str)> = records.into_iter().collect();
        pairs.sort_unstable();
        pairs.dedup();
        let records = pairs.into_iter().map(|(id, tenant)| Record { id: id.to_owned(), tenant: tenant.to_owned() });
        Figure::of(quantity, records.collect())
    }

    /// Over all that the figures of one quantity are over.
    pub fn together<'a>(quantity: Quantity, figures: impl IntoIterator<Item = &'a Figure>) -> Figure {
        let own = figures.into_iter().filter(|figure| figure.quantity == quantity);
        let records: BTreeSet<&Record> = own.flat_map(|figure| figure.records.iter()).collect();
        Figure::of(quantity, records.into_iter().cloned().collect())
    }

    fn of(quantity: Quantity, records: Arc<[Record]>) -> Figure {
        let digest = [0_u8, 1].map(|salt| {
            let mut hasher = DefaultHasher::new();
            (salt, &records).hash(&mut hasher);
            hasher.finish()
        });
        Figure { quantity, records, digest }
    }

    /// A fixed order, whatever order they were asked in.
    pub(super) fn order(&self, other: &Figure) -> Ordering {
        self.records.cmp(&other.records)
    }

    pub fn quantity(&self) -> Quantity {
        self.quantity
    }

    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    pub fn len(&self) -> usize {
        self.records.len()
    }

    pub fn tenants(&self) -> BTreeSet<&str> {
        self.records.iter().map(|record| record.tenant.as_str()).collect()
    }

    /// Ids of the records with their tenants.
    pub(super) fn records(&self) -> impl Iterator<Item = (&str, &str)> {
        self.records.iter().map(|record| (record.id.as_str(), record.tenant.as_str()))
    }
}
