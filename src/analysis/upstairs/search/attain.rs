//! Which total plate areas a set of layouts can attain when plates are shrunk on the grid, and the best one under a cap (U7, U8).

use super::layout::{Grid, Layout, Plate};
use std::ops::RangeInclusive;

/// Cells (m × n spans) that one plate can have, as a bit per number.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    fn one(bit: usize) -> Bits {
        let mut bits = Bits::default();
        bits.set(bit);
        bits
    }

    fn set(&mut self, bit: usize) {
        if self.0.len() <= bit / 64 {
            self.0.resize(bit / 64 + 1, 0);
        }
        self.0[bit / 64] |= 1 << (bit % 64);
    }

    fn has(&self, bit: usize) -> bool {
        self.0.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1)
    }

    fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(index, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
                Some(index * 64 + bit)
            })
        })
    }

    fn or_shifted(&mut self, other: &Bits, by: usize) {
        let (words, bits) = (by / 64, by % 64);
        if self.0.len() < other.0.len() + words + 1 {
            self.0.resize(other.0.len() + words + 1, 0);
        }
        for (index, &word) in other.0.iter().enumerate() {
            self.0[index + words] |= word << bits;
            if bits > 0 {
                self.0[index + words + 1] |= word >> (64 - bits);
            }
        }
    }

    /// Forgets what is above `most`.
    fn cut(&mut self, most: usize) {
        self.0.truncate(most / 64 + 1);
        if let Some(last) = self.0.get_mut(most / 64) {
            *last &= u64::MAX >> (63 - most % 64);
        }
    }

    /// Every sum of a number here and one there.
    fn sums(&self, other: &Bits) -> Bits {
        let mut all = Bits::default();
        other.iter().for_each(|bit| all.or_shifted(self, bit));
        all
    }

    pub(super) fn lowest_from(&self, least: usize) -> Option<usize> {
        let mut index = least / 64;
        let mut word = self.0.get(index)? & (u64::MAX << (least % 64));
        while word == 0 {
            index += 1;
            word = *self.0.get(index)?;
        }
        Some(index * 64 + word.trailing_zeros() as usize)
    }

    pub(super) fn highest_up_to(&self, cap: usize) -> Option<usize> {
        highest_up_to(&self.0, cap)
    }
}

/// The highest number not above `cap` in a set of a bit per number.
pub(super) fn highest_up_to(set: &[u64], cap: usize) -> Option<usize> {
    let mut index = (cap / 64).min(set.len().checked_sub(1)?);
    let mut word = set[index];
    if index == cap / 64 && cap % 64 < 63 {
        word &= (1 << (cap % 64 + 1)) - 1;
    }
    loop {
        if word != 0 {
            return Some(index * 64 + 63 - word.leading_zeros() as usize);
        }
        index = index.checked_sub(1)?;
        word = set[index];
    }
}

/// One layout with the totals it can be shrunk to.
#[derive(Clone, Debug)]
struct Attained {
    layout: Layout,
    totals: Bits,
}

/// All layouts found so far, by their number of plates.
#[derive(Clone, Debug, Default)]
pub(super) struct Attainable {
    by_count: Vec<Vec<Attained>>,
}

impl Attainable {
    pub(super) fn add(&mut self, layout: Layout, grid: &Grid) {
        let count = layout.plates.len();
        if self.by_count.len() <= count {
            self.by_count.resize_with(count + 1, Vec::new);
        }
        let totals = layout.plates.iter().fold(Bits::one(0), |sum, plate| sum.sums(&shrunk(plate, grid)));
        self.by_count[count].push(Attained { layout, totals });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_count.iter().all(Vec::is_empty)
    }

    /// The fewest plates with exactly `total` cells.
    pub(super) fn plates(&self, total: usize) -> usize {
        self.by_count.iter().position(|layouts| layouts.iter().any(|one| one.totals.has(total))).unwrap_or(0)
    }

    /// The most cells not above `cap`, 0 when none.
    pub(super) fn most(&self, cap: usize) -> usize {
        self.by_count.iter().flatten().filter_map(|attained| attained.totals.highest_up_to(cap)).max().unwrap_or(0)
    }

    /// The layout of exactly `total` cells: fewest plates, then the largest smallest plate, then frame order, then position (U7).
    pub(super) fn layout(&self, total: usize, grid: &Grid, order: impl Fn(usize) -> f64) -> Option<Layout> {
        let candidates = self.by_count.iter().find(|candidates| candidates.iter().any(|one| one.totals.has(total)))?;
        let shrunk = candidates.iter().filter(|one| one.totals.has(total)).filter_map(|one| shrink_to(&one.layout, total, grid));
        shrunk.min_by(|a, b| {
            let smallest = |layout: &Layout| layout.plates.iter().map(Plate::cells).min();
            let place = |layout: &Layout| layout.plates.first().map_or((0.0, 0.0), |plate| (plate.x, plate.y));
            let (first, second) = (place(a), place(b));
            smallest(b)
                .cmp(&smallest(a))
                .then(order(a.frame).total_cmp(&order(b.frame)))
                .then(first.0.total_cmp(&second.0))
                .then(first.1.total_cmp(&second.1))
        })
    }
}

/// The sizes a plate can be shrunk to, with their cells.
fn sizes(plate: &Plate, grid: &Grid) -> impl Iterator<Item = (usize, usize)> {
    let plate = *plate;
    (1..=plate.m).flat_map(move |m| lengths(&Plate { m, ..plate }, grid).map(move |n| (m, n)))
}

/// The lengths that a plate may have at its full width.
fn lengths(plate: &Plate, grid: &Grid) -> RangeInclusive<usize> {
    let (low, high) = grid.partner(plate.m).unwrap_or((1, 0));
    low..=high.min(plate.n)
}

/// Cells up to `most` that two or more plates of the grid's sizes could have together.
pub(super) fn several(grid: &Grid, most: usize) -> Bits {
    let high = (*grid.width.end().max(grid.length.end())).min(most);
    let mut one = Bits::default();
    // Where no side is bounded, most products of two sides are far beyond `most`: they are not even looked at.
    for m in 1..=high {
        lengths(&Plate { x: 0.0, y: 0.0, m, n: most / m }, grid).for_each(|n| one.set(m * n));
    }
    let (mut together, mut all) = (one.clone(), Bits::default());
    for _ in 2..=grid.count_max {
        together = together.sums(&one);
        together.cut(most);
        all.or_shifted(&together, 0);
    }
    all
}

/// Cells that the smallest of `count` plates with `total` cells together could have, of more than `above`; largest first.
pub(super) fn smallest_of(grid: &Grid, count: usize, total: usize, above: usize) -> Vec<usize> {
    let most = total - (total.min((count - 1) * (above + 1)));
    let mut sizes = Bits::default();
    for m in 1..=(*grid.width.end().max(grid.length.end())).min(most) {
        lengths(&Plate { x: 0.0, y: 0.0, m, n: most / m }, grid).for_each(|n| sizes.set(m * n));
    }
    // Sums of so many plates of the sizes gone through, each as often as one likes.
    let mut sums = vec![Bits::one(0)];
    sums.resize_with(count, Bits::default);
    let (mut found, mut rest) = (Vec::new(), most);
    while let Some(size) = sizes.highest_up_to(rest).filter(|size| *size > above) {
        for plates in 1..count {
            let (fewer, own) = sums.split_at_mut(plates);
            own[0].or_shifted(&fewer[plates - 1], size);
            own[0].cut(total);
        }
        if sums[count - 1].has(total - size) {
            found.push(size);
        }
        rest = size - 1;
    }
    found
}

fn shrunk(plate: &Plate, grid: &Grid) -> Bits {
    let mut bits = Bits::default();
    sizes(plate, grid).for_each(|(m, n)| bits.set(m * n));
    bits
}

/// The layout shrunk to `total` cells with the largest possible smallest plate.
fn shrink_to(layout: &Layout, total: usize, grid: &Grid) -> Option<Layout> {
    let options: Vec<Bits> = layout.plates.iter().map(|plate| shrunk(plate, grid)).collect();
    // best[i][t]: the largest smallest plate when plates i… add up to t.
    let mut best: Vec<Vec<Option<(usize, usize)>>> = vec![vec![None; total + 1]; options.len() + 1];
    best[options.len()][0] = Some((usize::MAX, 0));
    for i in (0..options.len()).rev() {
        for cells in options[i].iter().filter(|cells| *cells <= total) {
            for t in cells..=total {
                let Some((smallest, _)) = best[i + 1][t - cells] else { continue };
                let value = smallest.min(cells);
                if best[i][t].is_none_or(|(known, _)| value > known) {
                    best[i][t] = Some((value, cells));
                }
            }
        }
    }
    let (mut rest, mut plates) = (total, Vec::with_capacity(options.len()));
    for (i, plate) in layout.plates.iter().enumerate() {
        let (_, cells) = best[i][rest]?;
        // Of the sizes with these cells, the most compact one: shorter façades and ways.
        let (m, n) = sizes(plate, grid).filter(|(m, n)| m * n == cells).min_by_key(|(m, n)| (m + n, *m))?;
        plates.push(Plate { m, n, ..*plate });
        rest -= cells;
    }
    Some(Layout { frame: layout.frame, plates })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        Grid::new(10.0, (20.0, 40.0), (30.0, 90.0), 600.0, 13.0, 2)
    }

    #[test]
    fn a_single_plate_is_shrunk_to_the_largest_product_under_the_cap() {
        let mut attainable = Attainable::default();
        attainable.add(Layout { frame: 0, plates: vec![Plate { x: 0.0, y: 0.0, m: 4, n: 9 }] }, &grid());
        // Sides 2–4 × 3–9, at least 6 cells: 29 is prime, 28 = 4 × 7.
        assert_eq!(attainable.most(29), 28);
        assert_eq!(attainable.most(1000), 36);
        assert_eq!(attainable.most(5), 0);
        let layout = attainable.layout(28, &grid(), |_| 0.0).expect("layout");
        assert_eq!((layout.plates[0].m, layout.plates[0].n), (4, 7));
    }

    #[test]
    fn two_plates_reach_a_prime_and_the_smaller_one_stays_as_large_as_it_can() {
        let mut attainable = Attainable::default();
        let plates = vec![Plate { x: 0.0, y: 0.0, m: 4, n: 9 }, Plate { x: 60.0, y: 0.0, m: 4, n: 9 }];
        attainable.add(Layout { frame: 0, plates }, &grid());
        assert_eq!(attainable.most(53), 53);
        let layout = attainable.layout(53, &grid(), |_| 0.0).expect("layout");
        // Products up to 36 that add to 53: 21 + 32 = 53 is the most even (24 + 29 and 25 + 28 fail: 29 and 25 are no products).
        let mut cells: Vec<usize> = layout.plates.iter().map(Plate::cells).collect();
        cells.sort_unstable();
        assert_eq!(cells, [21, 32]);
    }

    #[test]
    fn the_smallest_of_several_plates_is_one_that_adds_up() {
        let grid = Grid { count_max: 3, ..grid() };
        let sizes: Vec<usize> = (2..=4usize).flat_map(|m| (3..=9).map(move |n| m * n)).filter(|cells| *cells >= 6).collect();
        for total in 12..=108 {
            let mut two: Vec<usize> =
                sizes.iter().flat_map(|a| sizes.iter().map(move |b| (a, b))).filter(|(a, b)| *a + *b == total).map(|(a, b)| *a.min(b)).collect();
            two.sort_unstable_by(|a, b| b.cmp(a));
            two.dedup();
            assert_eq!(smallest_of(&grid, 2, total, 0), two, "{total}");
            let triple = |least: &usize| sizes.iter().any(|a| sizes.iter().any(|b| a.min(b) >= least && a + b + least == total));
            let mut three: Vec<usize> = sizes.iter().copied().filter(|least| *least > 9 && triple(least)).collect();
            three.sort_unstable_by(|a, b| b.cmp(a));
            three.dedup();
            assert_eq!(smallest_of(&grid, 3, total, 9), three, "{total}");
        }
    }

    #[test]
    fn sums_of_several_plates_are_those_of_their_sizes_though_no_side_is_bounded() {
        let grid = Grid { width: 2..=1000, length: 3..=1000, ..Grid::new(10.0, (20.0, 40.0), (30.0, 90.0), 600.0, 13.0, 3) };
        let most = 70;
        let sizes: Vec<usize> = (2..=most).flat_map(|m| (3..=most).map(move |n| m * n)).filter(|cells| (6..=most).contains(cells)).collect();
        let two = || sizes.iter().flat_map(|a| sizes.iter().map(move |b| a + b));
        let three = two().flat_map(|two| sizes.iter().map(move |c| two + c));
        let expected: std::collections::BTreeSet<usize> = two().chain(three).filter(|sum| *sum <= most).collect();
        assert_eq!(several(&grid, most).iter().collect::<std::collections::BTreeSet<_>>(), expected);
    }
}
