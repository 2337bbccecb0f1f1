//! Rows by key: a sorted base and a small overlay of rows that came later.

use std::sync::Arc;

/// Rows that an overlay may hold beyond its share before it is folded in.
const SLACK: usize = 1024;

/// Row numbers in the order of their keys.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    base: Arc<Vec<u32>>,
    /// Later rows, sorted as well.
    later: Arc<Vec<u32>>,
}

impl Keys {
    pub(super) fn build<'k>(rows: usize, key: impl Fn(u32) -> &'k str) -> Self {
        let mut base: Vec<u32> = (0..rows as u32).collect();
        base.sort_unstable_by(|a, b| key(*a).cmp(key(*b)).then(a.cmp(b)));
        Keys { base: Arc::new(base), later: Arc::default() }
    }

    /// The row of a key; of several (an establishment in two parks) the first.
    pub(super) fn find<'k>(&self, wanted: &str, key: impl Fn(u32) -> &'k str) -> Option<usize> {
        let among = |rows: &[u32]| {
            let at = rows.partition_point(|row| key(*row) < wanted);
            rows.get(at).copied().filter(|row| key(*row) == wanted)
        };
        among(&self.base).or_else(|| among(&self.later)).map(|row| row as usize)
    }

    /// Takes a row that stands behind all others.
    pub(super) fn push<'k>(&mut self, row: u32, key: impl Fn(u32) -> &'k str) {
        let later = Arc::make_mut(&mut self.later);
        let at = later.partition_point(|other| key(*other) <= key(row));
        later.insert(at, row);
        if later.len() > SLACK + self.base.len() / 64 {
            let mut base = Vec::with_capacity(self.base.len() + later.len());
            let (mut old, mut new) = (self.base.as_slice(), later.as_slice());
            while let ([a, older @ ..], [b, newer @ ..]) = (old, new) {
                if key(*a) <= key(*b) {
                    base.push(*a);
                    old = older;
                } else {
                    base.push(*b);
                    new = newer;
                }
            }
            base.extend(old);
            base.extend(new);
            self.base = Arc::new(base);
            self.later = Arc::default();
        }
    }

    pub(super) fn bytes(&self) -> usize {
        (self.base.capacity() + self.later.capacity()) * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_come_later_are_found_before_and_after_folding() {
        let keys: Vec<String> = (0..6000).map(|at| format!("k{:05}", at * 7919 % 6007)).collect();
        let key = |row: u32| keys[row as usize].as_str();
        let mut found = Keys::build(100, key);
        for row in 100..6000 {
            found.push(row, key);
        }
        assert!(found.base.len() > 4000, "the overlay was folded in");
        assert!((0..6000).all(|row| found.find(&keys[row], key) == Some(row)));
        assert_eq!(found.find("nothing", key), None);
    }
}
