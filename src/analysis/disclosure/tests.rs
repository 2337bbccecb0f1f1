use super::*;
use std::collections::BTreeSet;

fn noise(state: &mut u64) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) as usize
}

/// A record `r0…` of the tenant `t0…`.
type Rented = (String, String);

fn records(tenants: &[usize]) -> Vec<Rented> {
    tenants.iter().enumerate().map(|(record, tenant)| (format!("r{record:02}"), format!("t{tenant:02}"))).collect()
}

fn figure(records: &[Rented], picks: impl Fn(usize) -> bool) -> Figure {
    let picked = records.iter().enumerate().filter(|(index, _)| picks(*index)).map(|(_, (id, tenant))| (id.as_str(), tenant.as_str()));
    Figure::over(Quantity::Output, picked)
}

/// Cells with so many tenants of their own each, and their total.
fn line(cells: &[usize]) -> (Vec<Figure>, Figure) {
    let records = records(&(0..cells.iter().sum()).collect::<Vec<_>>());
    let mut from = 0;
    let cells = cells.iter().map(|count| {
        let until = from + count;
        let cell = figure(&records, |index| (from..until).contains(&index));
        from = until;
        cell
    });
    (cells.collect(), figure(&records, |_| true))
}

/// Which cells of a line are told, and whether its total is.
fn told(cells: &[usize]) -> (Vec<bool>, bool) {
    let (figures, total) = line(cells);
    let told = Told::choose(figures.iter().chain([&total]).cloned(), 3);
    (figures.iter().map(|cell| told.tells(cell)).collect(), told.tells(&total))
}

#[test]
fn a_figure_over_one_or_two_tenants_is_withheld_and_over_nobody_told() {
    assert_eq!(told(&[1]), (vec![false], false));
    assert_eq!(told(&[2]), (vec![false], false));
    assert_eq!(told(&[3]), (vec![true], true));
    assert_eq!(told(&[0, 4]), (vec![true, true], true));
    // Three units of one tenant are one tenant.
    let same = records(&[7, 7, 7]);
    assert!(!Told::choose([figure(&same, |_| true)], 3).tells(&figure(&same, |_| true)));
}

#[test]
fn a_lone_small_cell_takes_the_smallest_other_with_it() {
    assert_eq!(told(&[1, 3, 4]), (vec![false, false, true], true));
    assert_eq!(told(&[2, 5]), (vec![false, false], true));
    // Two withheld of two tenants together are too few; three of three are not.
    assert_eq!(told(&[1, 1, 5, 6]), (vec![false, false, false, true], true));
    assert_eq!(told(&[1, 1, 1, 5]), (vec![false, false, false, true], true));
    assert_eq!(told(&[0, 1, 5]), (vec![true, false, false], true));
}

/// The rule for one line as its text has it (P2), cell by cell; what is withheld, the total last.
fn by_the_text(cells: &[usize]) -> Vec<bool> {
    let total: usize = cells.iter().sum();
    let mut withheld: Vec<bool> = cells.iter().map(|count| (1..=2).contains(count)).collect();
    let is_total_withheld = (1..=2).contains(&total);
    if is_total_withheld {
        withheld.iter_mut().zip(cells).for_each(|(withheld, count)| *withheld |= *count > 0);
    }
    while !is_total_withheld && withheld.contains(&true) {
        let held: Vec<usize> = (0..cells.len()).filter(|at| withheld[*at]).collect();
        if held.len() >= 2 && held.iter().map(|at| cells[*at]).sum::<usize>() >= 3 {
            break;
        }
        let next = (0..cells.len()).filter(|at| !withheld[*at] && cells[*at] > 0).min_by_key(|at| (cells[*at], *at));
        let Some(next) = next else { panic!("a line of at least three tenants has a cell left") };
        withheld[next] = true;
    }
    withheld.push(is_total_withheld);
    withheld
}

#[test]
fn lines_with_their_total_are_told_as_the_text_says() {
    let mut state = 5u64;
    for _ in 0..2000 {
        let cells: Vec<usize> = (0..=noise(&mut state) % 6).map(|_| noise(&mut state) % 6).collect();
        let (cells_told, total_told) = told(&cells);
        let withheld: Vec<bool> = cells_told.into_iter().chain([total_told]).map(|told| !told).collect();
        assert_eq!(withheld, by_the_text(&cells), "{cells:?}");
    }
}

/// Every combination of the figures with small factors: what it rests on, by trying them all.
fn something_over_too_few(figures: &[Vec<bool>], tenants: &[usize], factors: &[i64]) -> Option<Vec<i64>> {
    let mut chosen = vec![0usize; figures.len()];
    loop {
        let of = |record: usize| figures.iter().zip(&chosen).map(|(figure, factor)| factors[*factor] * i64::from(figure[record])).sum::<i64>();
        let people: BTreeSet<usize> = (0..tenants.len()).filter(|record| of(*record) != 0).map(|record| tenants[record]).collect();
        if (1..=2).contains(&people.len()) {
            return Some(chosen.iter().map(|factor| factors[*factor]).collect());
        }
        let at = chosen.iter().position(|factor| factor + 1 < factors.len())?;
        chosen[..at].fill(0);
        chosen[at] += 1;
    }
}

/// A park of up to nine tenants in a dozen records, and what people might ask of it: everything, by two ways of sorting at once, and odd filters.
fn park(state: &mut u64) -> (Vec<usize>, Vec<Vec<bool>>) {
    let (count, people) = (1 + noise(state) % 12, 1 + noise(state) % 9);
    let tenants: Vec<usize> = (0..count).map(|_| noise(state) % people).collect();
    let (clusters, floors): (Vec<usize>, Vec<usize>) = (0..count).map(|_| (noise(state) % 3, noise(state) % 2)).unzip();
    let mut asked = vec![vec![true; count]];
    asked.extend((0..3).map(|cluster| clusters.iter().map(|own| *own == cluster).collect()));
    asked.extend((0..2).map(|floor| floors.iter().map(|own| *own == floor).collect()));
    asked.extend((0..2).map(|_| (0..count).map(|_| !noise(state).is_multiple_of(3)).collect()));
    (tenants, asked)
}

#[test]
fn on_a_thousand_parks_no_sum_or_difference_of_what_is_told_rests_on_fewer_than_three_tenants() {
    let mut state = 2026u64;
    let (mut told_at_all, mut withheld_for_others) = (0, 0);
    for round in 0..1000 {
        let (tenants, asked) = park(&mut state);
        let named = records(&tenants);
        let figures: Vec<Figure> = asked.iter().map(|picks| figure(&named, |index| picks[index])).collect();
        let told = Told::choose(figures.iter().cloned(), 3);
        let open: Vec<Vec<bool>> = asked.iter().zip(&figures).filter(|(_, figure)| told.tells(figure)).map(|(picks, _)| picks.clone()).collect();
        assert_eq!(something_over_too_few(&open, &tenants, &[0, 1, -1]), None, "{round}: {tenants:?} {open:?}");
        told_at_all += open.len();
        withheld_for_others += figures.iter().filter(|figure| figure.tenants().len() >= 3 && !told.tells(figure)).count();
        // Nothing is withheld that could be told beside the rest.
        for (picks, _) in asked.iter().zip(&figures).filter(|(_, figure)| figure.tenants().len() >= 3 && !told.tells(figure)) {
            let more: Vec<Vec<bool>> = open.iter().chain([picks]).cloned().collect();
            assert!(something_over_too_few(&more, &tenants, &[0, 1, -1, 2, -2]).is_some(), "{round}: {picks:?} beside {open:?} of {tenants:?}");
        }
    }
    assert!(told_at_all > 2000 && withheld_for_others > 300, "{told_at_all} {withheld_for_others}");
}

#[test]
fn the_order_in_which_figures_are_asked_does_not_matter_and_a_higher_bar_tells_no_more() {
    let mut state = 77u64;
    for _ in 0..200 {
        let (tenants, asked) = park(&mut state);
        let named = records(&tenants);
        let figures: Vec<Figure> = asked.iter().map(|picks| figure(&named, |index| picks[index])).collect();
        let count = |least: usize| {
            let told = Told::choose(figures.iter().cloned(), least);
            figures.iter().map(|figure| told.tells(figure)).collect::<Vec<_>>()
        };
        let backwards = Told::choose(figures.iter().rev().cloned(), 3);
        assert_eq!(count(3), figures.iter().map(|figure| backwards.tells(figure)).collect::<Vec<_>>());
        let (three, five) = (count(3), count(5));
        assert!(three.iter().filter(|told| **told).count() >= five.iter().filter(|told| **told).count());
    }
}

#[test]
fn figures_of_different_quantities_do_not_add_up() {
    let records = records(&[0, 1, 2, 3]);
    let of = |quantity, picks: &[usize]| {
        let picked = picks.iter().map(|at| (records[*at].0.as_str(), records[*at].1.as_str()));
        Figure::over(quantity, picked)
    };
    let (all, three) = (of(Quantity::Output, &[0, 1, 2, 3]), of(Quantity::Tax, &[0, 1, 2]));
    let told = Told::choose([all.clone(), three.clone()], 3);
    assert!(told.tells(&all) && told.tells(&three));
    let same = of(Quantity::Output, &[0, 1, 2]);
    let told = Told::choose([all.clone(), same.clone()], 3);
    assert!(told.tells(&all) && !told.tells(&same));
    // What nobody listed is not told.
    assert!(!told.tells(&of(Quantity::Output, &[1, 2, 3])));
}

/// Two rings of small cells joined by one: every row and column withholds two of them, and yet the joining cell would follow from the lines.
#[test]
fn a_cell_that_joins_two_rings_of_withheld_cells_is_kept() {
    let is_small = |row: usize, column: usize| (row < 2 && column < 2) || (row >= 2 && column >= 2) || (row, column) == (1, 2);
    let places: Vec<(usize, usize)> = (0..4).flat_map(|row| (0..4).map(move |column| (row, column))).collect();
    // Two tenants in each small cell, four in the others: a line's small cells hold four together.
    let cells: Vec<(usize, usize)> =
        places.iter().flat_map(|(row, column)| vec![(*row, *column); if is_small(*row, *column) { 2 } else { 4 }]).collect();
    let named = records(&(0..cells.len()).collect::<Vec<_>>());
    let rows = (0..4).map(|row| figure(&named, |index| cells[index].0 == row));
    let columns = (0..4).map(|column| figure(&named, |index| cells[index].1 == column));
    let large = places.iter().filter(|(row, column)| !is_small(*row, *column)).map(|place| figure(&named, |index| cells[index] == *place));
    let asked: Vec<Figure> = rows.chain(columns).chain(large).collect();
    assert!(asked.iter().all(|figure| figure.tenants().len() >= 3));
    // Rows 0 and 1 less columns 0 and 1, less the large cells of these rows, plus those of these columns, is the cell at (1, 2).
    let told = Told::choose(asked.iter().cloned(), 3);
    assert_eq!(asked.iter().filter(|figure| !told.tells(figure)).count(), 1);
}
