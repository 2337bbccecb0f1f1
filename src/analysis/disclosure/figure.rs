//! A figure: one quantity summed up, averaged or counted over records of tenants.

use std::collections::BTreeSet;

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

/// What a figure is made from. Its value is not part of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Figure {
    quantity: Quantity,
    /// Ascending, each once.
    records: Vec<Record>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Record {
    id: String,
    tenant: String,
}

impl Figure {
    /// Over records, each with its tenant; a record that names none is a tenant by itself.
    pub fn over<'a>(quantity: Quantity, records: impl IntoIterator<Item = (&'a str, Option<&'a str>)>) -> Figure {
        let record = |(id, tenant): (&str, Option<&str>)| Record { id: id.to_owned(), tenant: tenant.unwrap_or(id).to_owned() };
        let records: BTreeSet<Record> = records.into_iter().map(record).collect();
        Figure { quantity, records: records.into_iter().collect() }
    }

    /// Over all that the figures of one quantity are over.
    pub fn together<'a>(quantity: Quantity, figures: impl IntoIterator<Item = &'a Figure>) -> Figure {
        let own = figures.into_iter().filter(|figure| figure.quantity == quantity);
        let records: BTreeSet<Record> = own.flat_map(|figure| figure.records.iter().cloned()).collect();
        Figure { quantity, records: records.into_iter().collect() }
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
