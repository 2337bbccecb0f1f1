//! The matrix of most gain under convex bounds: a flow from clusters to districts, augmented along paths of most gain.
//!
//! Bounds on rows and columns of a 0–1 matrix make a network, whose best flow is whole: no solver with tolerances is needed, and gains compare
//! exactly. They compare in ranks (violation, fit, kept pairs, order of pairs), so that one search settles the bounds, the optimum and its ties.
//! Successive best paths (Jewell 1958; Busacker and Gowen 1960) need nothing of a gain but that it adds and compares.

use std::cmp::Ordering;

/// What is asked: the rows are clusters, the columns districts.
pub(super) struct Network<'a> {
    /// Least and most of each row and column. A unit below the least mends a violation, one above the most makes one.
    pub rows: Vec<(usize, usize)>,
    pub columns: Vec<(usize, usize)>,
    /// Whether the cell may be set, by row · columns + column.
    pub allowed: &'a [bool],
    /// Worth of a set cell.
    pub worth: &'a [i64],
    /// Cells that are set now.
    pub present: &'a [bool],
}

/// The gain of a path, compared from the first member on. `order` has one step a cell: setting an earlier cell goes before all later ones.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Gain {
    mended: i64,
    worth: i64,
    kept: i64,
    order: Vec<i8>,
}

impl Gain {
    fn of_bound(mended: i64, cells: usize) -> Gain {
        Gain { mended, worth: 0, kept: 0, order: vec![0; cells] }
    }

    /// With a cell set (`sign` 1) or cleared (−1).
    fn with_cell(&self, network: &Network<'_>, cell: usize, sign: i8) -> Gain {
        let mut gain = self.clone();
        gain.worth += i64::from(sign) * network.worth[cell];
        gain.kept += i64::from(sign) * i64::from(network.present[cell]);
        gain.order[cell] += sign;
        gain
    }

    /// Whether it is more than nothing.
    fn is_gain(&self) -> bool {
        let first = [self.mended, self.worth, self.kept].into_iter().chain(self.order.iter().map(|step| i64::from(*step))).find(|part| *part != 0);
        first.is_some_and(|part| part > 0)
    }
}

/// What one unit more mends at a count between bounds.
fn mends(count: usize, (least, most): (usize, usize)) -> i64 {
    match count {
        _ if count < least => 1,
        _ if count < most => 0,
        _ => -1,
    }
}

/// A path's end at a row or column, and the cell that it came by.
struct Label {
    gain: Gain,
    from: Option<usize>,
}

/// The cells of the matrix of most gain: the least violation, of those the most worth, of those the most kept, of those the smallest list of cells.
pub(super) fn best(network: &Network<'_>) -> Vec<bool> {
    let (rows, columns) = (network.rows.len(), network.columns.len());
    let mut set = vec![false; rows * columns];
    let (mut in_row, mut in_column) = (vec![0; rows], vec![0; columns]);
    while let Some(path) = path(network, &set, &in_row, &in_column) {
        let (first, last) = (path.first().map(|cell| cell / columns), path.last().map(|cell| cell % columns));
        path.iter().for_each(|cell| set[*cell] = !set[*cell]);
        first.iter().for_each(|row| in_row[*row] += 1);
        last.iter().for_each(|column| in_column[*column] += 1);
    }
    shortest(network, set)
}

/// The cells of the path of most gain from any row to any column; `None` when no path gains.
fn path(network: &Network<'_>, set: &[bool], in_row: &[usize], in_column: &[usize]) -> Option<Vec<usize>> {
    let (rows, columns, cells) = (network.rows.len(), network.columns.len(), set.len());
    let mut at_row: Vec<Label> =
        (0..rows).map(|row| Label { gain: Gain::of_bound(mends(in_row[row], network.rows[row]), cells), from: None }).collect();
    let mut at_column: Vec<Option<Label>> = (0..columns).map(|_| None).collect();
    // No cycle gains in a best flow, so that labels settle within as many rounds as there are ends.
    for _ in 0..=rows + columns {
        let mut is_settled = true;
        for cell in (0..cells).filter(|cell| network.allowed[*cell]) {
            let (row, column) = (cell / columns, cell % columns);
            if set[cell] {
                let Some(label) = &at_column[column] else { continue };
                let gain = label.gain.with_cell(network, cell, -1);
                if gain > at_row[row].gain {
                    at_row[row] = Label { gain, from: Some(cell) };
                    is_settled = false;
                }
            } else {
                let gain = at_row[row].gain.with_cell(network, cell, 1);
                if at_column[column].as_ref().is_none_or(|label| gain > label.gain) {
                    at_column[column] = Some(Label { gain, from: Some(cell) });
                    is_settled = false;
                }
            }
        }
        if is_settled {
            break;
        }
    }
    let ends = at_column.iter().enumerate().filter_map(|(column, label)| {
        let mut gain = label.as_ref()?.gain.clone();
        gain.mended += mends(in_column[column], network.columns[column]);
        Some((gain, column))
    });
    let (gain, end) = ends.max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)))?;
    gain.is_gain().then(|| back(end, columns, &at_row, &at_column))
}

/// The cells of a path from its first row to its last column.
fn back(end: usize, columns: usize, at_row: &[Label], at_column: &[Option<Label>]) -> Vec<usize> {
    let (mut cells, mut from) = (Vec::new(), at_column[end].as_ref().and_then(|label| label.from));
    let mut is_column = true;
    while let Some(cell) = from {
        cells.push(cell);
        from = if is_column { at_row[cell / columns].from } else { at_column[cell % columns].as_ref().and_then(|label| label.from) };
        is_column = !is_column;
    }
    cells.reverse();
    cells
}

/// A list goes before its own continuations: the shortest beginning of the list that is worth as much.
fn shortest(network: &Network<'_>, set: Vec<bool>) -> Vec<bool> {
    let whole = ranks(network, &set);
    let mut beginning = vec![false; set.len()];
    for cell in (0..set.len()).filter(|cell| set[*cell]) {
        if ranks(network, &beginning).cmp(&whole) == Ordering::Equal {
            return beginning;
        }
        beginning[cell] = true;
    }
    beginning
}

/// Violation (negated), worth and kept pairs of a matrix.
pub(super) fn ranks(network: &Network<'_>, set: &[bool]) -> (i64, i64, i64) {
    let columns = network.columns.len();
    let count = |belongs: &dyn Fn(usize) -> bool| (0..set.len()).filter(|cell| set[*cell] && belongs(*cell)).count();
    let outside = |count: usize, (least, most): (usize, usize)| (least.saturating_sub(count) + count.saturating_sub(most)) as i64;
    let of_rows: i64 = network.rows.iter().enumerate().map(|(row, bounds)| outside(count(&|cell| cell / columns == row), *bounds)).sum();
    let of_columns: i64 = network.columns.iter().enumerate().map(|(column, bounds)| outside(count(&|cell| cell % columns == column), *bounds)).sum();
    let chosen = (0..set.len()).filter(|cell| set[*cell]);
    let (worth, kept) = chosen.fold((0, 0), |(worth, kept), cell| (worth + network.worth[cell], kept + i64::from(network.present[cell])));
    (-(of_rows + of_columns), worth, kept)
}
