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
        let common = common_prefix(rows as u32, &key);
        let mut sorted: Vec<(u64, u32)> = (0..rows as u32).map(|row| (window(key(row), common), row)).collect();
        sorted.sort_unstable_by(|(first, a), (second, b)| first.cmp(second).then_with(|| key(*a).cmp(key(*b))).then(a.cmp(b)));
        Keys { base: Arc::new(sorted.into_iter().map(|(_, row)| row).collect()), later: Arc::default() }
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

/// How many bytes all keys begin with alike.
fn common_prefix<'k>(rows: u32, key: &impl Fn(u32) -> &'k str) -> usize {
    let Some(first) = (rows > 0).then(|| key(0).as_bytes()) else { return 0 };
    (1..rows).fold(first.len(), |common, row| first[..common].iter().zip(key(row).as_bytes()).take_while(|(a, b)| a == b).count())
}

/// The eight bytes behind the common ones as a number that sorts as they do: most pairs of keys are told apart without looking them up.
fn window(key: &str, common: usize) -> u64 {
    let mut bytes = [0; 8];
    let behind = &key.as_bytes()[common..];
    let count = behind.len().min(8);
    bytes[..count].copy_from_slice(&behind[..count]);
    u64::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sorted_whatever_they_begin_with() {
        for keys in [
            vec!["", "a", "", "ab"],
            vec!["园区-2", "园区-10", "园区", "园区-2", "地块"],
            vec!["U-00000001-0002", "U-00000001-0001", "U-00000001-00010", "U-00000000-9999", "U-00000001"],
            vec!["a\0", "a", "a\0\0"],
            vec!["one"],
            vec![],
        ] {
            let mut plain: Vec<u32> = (0..keys.len() as u32).collect();
            plain.sort_by_key(|row| (keys[*row as usize], *row));
            assert_eq!(*Keys::build(keys.len(), |row| keys[row as usize]).base, plain, "{keys:?}");
        }
    }

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
