//! What can be computed from figures by adding and subtracting: linear algebra over atoms, the records that stand in the same figures.
//!
//! A combination of figures that cancels every atom over enough tenants rests on small atoms only. Those combinations form a space of their own, of few
//! dimensions; it is enough to ask of it whether one of its members rests on too few tenants.

use super::figure::Figure;
use std::collections::{BTreeMap, BTreeSet};

/// Arithmetic modulo 2⁶¹ − 1: memberships are 0 and 1, so that a determinant other than 0 is 0 here by accident only.
const PRIME: u64 = (1 << 61) - 1;

fn times(a: u64, b: u64) -> u64 {
    (u128::from(a) * u128::from(b) % u128::from(PRIME)) as u64
}

fn less(a: u64, b: u64) -> u64 {
    if a >= b { a - b } else { a + PRIME - b }
}

/// By Fermat: a^(p − 2).
fn inverse(a: u64) -> u64 {
    let (mut base, mut power, mut result) = (a, PRIME - 2, 1);
    while power > 0 {
        if power & 1 == 1 {
            result = times(result, base);
        }
        base = times(base, base);
        power >>= 1;
    }
    result
}

type Vector = Vec<u64>;

/// The first column that is not 0.
fn lead(vector: &[u64]) -> Option<usize> {
    vector.iter().position(|value| *value != 0)
}

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
            for (mine, own) in vector.iter_mut().zip(row).skip(at).filter(|(_, own)| **own != 0) {
                *mine = less(*mine, times(value, *own));
            }
            from = at + 1;
        }
        None
    }

    fn add(&mut self, vector: Vector) -> bool {
        let Some((at, row)) = self.rest(vector) else { return false };
        self.rows.insert(at, row);
        true
    }
}

/// Everything that follows from the figures admitted.
pub(super) struct Span {
    /// Each figure over the atoms: those of enough tenants first, then the small ones.
    vectors: Vec<Vec<usize>>,
    large: usize,
    /// Tenants of the small atoms.
    tenants: Vec<BTreeSet<usize>>,
    most_tenants: usize,
    known: Echelon,
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
        }
    }

    /// Takes a figure in unless something over too few tenants would follow from it.
    pub(super) fn admit(&mut self, figure: usize) -> bool {
        let mut vector = vec![0; self.large + self.tenants.len()];
        self.vectors[figure].iter().for_each(|column| vector[*column] = 1);
        let Some((at, row)) = self.known.rest(vector) else { return true };
        if at >= self.large && self.gives_away(&row) {
            return false;
        }
        self.known.rows.insert(at, row);
        true
    }

    /// Whether with one more row over small atoms some combination rests on too few tenants.
    fn gives_away(&self, row: &[u64]) -> bool {
        let mut rows: Vec<&[u64]> = vec![&row[self.large..]];
        let mut others: Vec<&[u64]> = self.known.rows.range(self.large..).map(|(_, row)| &row[self.large..]).collect();
        // Only what hangs together with the new row can give something away that was not there before.
        let mut columns: BTreeSet<usize> = used(row, self.large);
        while let Some(at) = others.iter().position(|other| other.iter().enumerate().any(|(column, value)| *value != 0 && columns.contains(&column)))
        {
            let other = others.swap_remove(at);
            columns.extend(other.iter().enumerate().filter(|(_, value)| **value != 0).map(|(column, _)| column));
            rows.push(other);
        }
        let people: BTreeSet<usize> = columns.iter().flat_map(|column| &self.tenants[*column]).copied().collect();
        let people: Vec<usize> = people.into_iter().collect();
        let columns: Vec<usize> = columns.into_iter().collect();
        any_group(&people, self.most_tenants.min(people.len()), &mut Vec::new(), &mut |group| {
            let is_inside = |column: &usize| self.tenants[*column].iter().all(|tenant| group.contains(tenant));
            let outside: Vec<usize> = columns.iter().copied().filter(|column| !is_inside(column)).collect();
            if outside.len() == columns.len() {
                return false;
            }
            let mut seen = Echelon::default();
            !rows.iter().all(|row| seen.add(outside.iter().map(|column| row[*column]).collect()))
        })
    }
}

/// Small atoms that a row rests on.
fn used(row: &[u64], large: usize) -> BTreeSet<usize> {
    row[large..].iter().enumerate().filter(|(_, value)| **value != 0).map(|(column, _)| column).collect()
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
