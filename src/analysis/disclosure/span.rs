//! What can be computed from figures by adding and subtracting: linear algebra over atoms, the records that stand in the same figures.
//!
//! A combination of figures that cancels every atom over enough tenants rests on small atoms only. Those combinations are a space of their own, of few
//! dimensions. It holds one that rests on some small atoms alone exactly when the columns of its check matrix at these atoms depend on one another; so
//! columns are compared, not combinations tried.

use super::field::{Vector, inverse, lead, less, times};
use super::figure::Figure;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Vectors with leading columns of their own, each 1.
#[derive(Default)]
struct Echelon {
    rows: BTreeMap<usize, Vector>,
}

impl Echelon {
    /// What is left of a vector; its leading value is 1. `None` when the rows give it.
    fn rest(&self, mut vector: Vector) -> Option<(usize, Vector)> {
        let mut from = 0;
        while let Some(at) = lead(&vector[from..]).map(|next| from + next) {
            let value = vector[at];
            let Some(row) = self.rows.get(&at) else {
                let scale = inverse(value);
                vector.iter_mut().skip(at).for_each(|other| *other = times(*other, scale));
                return Some((at, vector));
            };
            subtract(&mut vector[at..], &row[at..], value);
            from = at + 1;
        }
        None
    }

    /// Whether the vector was not given by the rows before.
    fn add(&mut self, vector: Vector) -> bool {
        let Some((at, row)) = self.rest(vector) else { return false };
        self.rows.insert(at, row);
        true
    }
}

/// Takes `factor` times a row away.
fn subtract(vector: &mut [u64], row: &[u64], factor: u64) {
    for (mine, own) in vector.iter_mut().zip(row).filter(|(_, own)| **own != 0) {
        *mine = less(*mine, times(factor, *own));
    }
}

/// Everything that follows from the figures admitted.
pub(super) struct Span {
    /// Each figure over the atoms: those of enough tenants first, then the small ones.
    vectors: Vec<Vec<usize>>,
    large: usize,
    /// Of the small atoms.
    tenants: Vec<BTreeSet<usize>>,
    /// A combination may not rest on so few.
    most_tenants: usize,
    known: Echelon,
    /// What rests on small atoms only: by leading column, which no other row has.
    small: BTreeMap<usize, Vector>,
}

impl Span {
    /// Nothing is admitted yet.
    pub(super) fn over(figures: &[Figure], least_tenants: usize) -> Span {
        let mut signatures: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        for (index, figure) in figures.iter().enumerate() {
            figure.records().for_each(|record| signatures.entry(record).or_default().push(index));
        }
        let mut names: BTreeMap<&str, usize> = BTreeMap::new();
        let mut atoms: BTreeMap<&[usize], BTreeSet<usize>> = BTreeMap::new();
        for ((_, tenant), signature) in &signatures {
            let next = names.len();
            let tenant = *names.entry(tenant).or_insert(next);
            atoms.entry(signature).or_default().insert(tenant);
        }
        let (small, large): (Vec<_>, Vec<_>) = atoms.into_iter().partition(|(_, tenants)| tenants.len() < least_tenants);
        let mut vectors = vec![Vec::new(); figures.len()];
        for (column, (signature, _)) in large.iter().chain(&small).enumerate() {
            signature.iter().for_each(|figure| vectors[*figure].push(column));
        }
        Span {
            vectors,
            large: large.len(),
            tenants: small.into_iter().map(|(_, tenants)| tenants).collect(),
            most_tenants: least_tenants.saturating_sub(1),
            known: Echelon::default(),
            small: BTreeMap::new(),
        }
    }

    /// Takes a figure in unless something over too few tenants would follow from it.
    pub(super) fn admit(&mut self, figure: usize) -> bool {
        let mut vector = vec![0; self.large + self.tenants.len()];
        self.vectors[figure].iter().for_each(|column| vector[*column] = 1);
        let Some((at, row)) = self.known.rest(vector) else { return true };
        if at >= self.large {
            let (reduced, changed) = self.with(at - self.large, row[self.large..].to_vec());
            if self.gives_away(&reduced, changed) {
                return false;
            }
            self.small = reduced;
        }
        self.known.rows.insert(at, row);
        true
    }

    /// The rows over small atoms with one more, whose leading column goes out of all others; and which rows are new or changed.
    fn with(&self, at: usize, mut row: Vector) -> (BTreeMap<usize, Vector>, BTreeSet<usize>) {
        for (lead, other) in &self.small {
            let value = row[*lead];
            if value != 0 {
                subtract(&mut row, other, value);
            }
        }
        let (mut rows, mut changed) = (self.small.clone(), BTreeSet::from([at]));
        for (lead, other) in rows.iter_mut().filter(|(_, other)| other[at] != 0) {
            let value = other[at];
            subtract(other, &row, value);
            changed.insert(*lead);
        }
        rows.insert(at, row);
        (rows, changed)
    }

    /// Whether some combination of the rows rests on too few tenants, one that hangs together with a row led by one of `changed`.
    fn gives_away(&self, rows: &BTreeMap<usize, Vector>, changed: BTreeSet<usize>) -> bool {
        let columns = together(rows, changed);
        // The check matrix: a row's column holds what the row has at the columns that lead no row, such a column itself is a unit vector.
        let free: Vec<usize> = columns.iter().copied().filter(|column| !rows.contains_key(column)).collect();
        let check = |column: usize| -> Vector {
            match rows.get(&column) {
                Some(row) => free.iter().map(|free| less(0, row[*free])).collect(),
                None => free.iter().map(|free| u64::from(*free == column)).collect(),
            }
        };
        let checks: BTreeMap<usize, Vector> = columns.iter().map(|column| (*column, check(*column))).collect();
        self.one_alone(&checks) || self.two_alike(&checks) || self.more_that_depend(&checks)
    }

    /// An atom that follows by itself.
    fn one_alone(&self, checks: &BTreeMap<usize, Vector>) -> bool {
        checks.iter().any(|(column, check)| lead(check).is_none() && self.tenants[*column].len() <= self.most_tenants)
    }

    /// Two atoms of which a sum or difference follows.
    fn two_alike(&self, checks: &BTreeMap<usize, Vector>) -> bool {
        let mut alike: HashMap<Vector, Vec<usize>> = HashMap::new();
        for (column, check) in checks {
            let Some(at) = lead(check) else { continue };
            let scale = inverse(check[at]);
            alike.entry(check.iter().map(|value| times(*value, scale)).collect()).or_default().push(*column);
        }
        alike.values().any(|columns| {
            columns.iter().enumerate().any(|(at, one)| columns[at + 1..].iter().any(|other| self.people(&[*one, *other]).len() <= self.most_tenants))
        })
    }

    /// Three atoms or more of so few tenants: of those who have many, or of more tenants where the bar is higher.
    fn more_that_depend(&self, checks: &BTreeMap<usize, Vector>) -> bool {
        let mut by_tenant: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for column in checks.keys() {
            self.tenants[*column].iter().for_each(|tenant| by_tenant.entry(*tenant).or_default().push(*column));
        }
        let people: Vec<usize> = by_tenant.keys().copied().collect();
        any_group(&people, self.most_tenants.min(people.len()), &mut Vec::new(), &mut |group| {
            if group.iter().map(|tenant| by_tenant[tenant].len()).sum::<usize>() < 3 {
                return false;
            }
            let own: BTreeSet<usize> = group.iter().flat_map(|tenant| &by_tenant[tenant]).copied().collect();
            let inside: Vec<usize> = own.into_iter().filter(|column| self.tenants[*column].iter().all(|tenant| group.contains(tenant))).collect();
            let mut seen = Echelon::default();
            inside.len() > 2 && !inside.iter().all(|column| seen.add(checks[column].clone()))
        })
    }

    fn people(&self, columns: &[usize]) -> BTreeSet<usize> {
        columns.iter().flat_map(|column| &self.tenants[*column]).copied().collect()
    }
}

/// All columns of the rows that hang together with those led by `part`: only there can something follow that did not before.
fn together(rows: &BTreeMap<usize, Vector>, mut part: BTreeSet<usize>) -> BTreeSet<usize> {
    let used = |lead: usize| rows[&lead].iter().enumerate().filter(|(_, value)| **value != 0).map(|(column, _)| column);
    let mut rows_of: HashMap<usize, Vec<usize>> = HashMap::new();
    for lead in rows.keys() {
        used(*lead).for_each(|column| rows_of.entry(column).or_default().push(*lead));
    }
    let (mut columns, mut open) = (BTreeSet::new(), part.iter().copied().collect::<Vec<_>>());
    while let Some(lead) = open.pop() {
        for column in used(lead) {
            if columns.insert(column) {
                open.extend(rows_of[&column].iter().copied().filter(|other| part.insert(*other)));
            }
        }
    }
    columns
}

/// Whether `test` holds of some group of `size`.
fn any_group(people: &[usize], size: usize, group: &mut Vec<usize>, test: &mut dyn FnMut(&[usize]) -> bool) -> bool {
    if size == 0 {
        return test(group);
    }
    (0..people.len()).any(|at| {
        group.push(people[at]);
        let found = any_group(&people[at + 1..], size - 1, group, test);
        group.pop();
        found
    })
}
