//! The search for plates against trying everything on a fine grid, on small parcels.

use super::frame::Frame;
use super::layout::{Grid, directions};
use super::solve::{Question, Space};
use crate::analysis::upstairs::limits::Tower;
use crate::analysis::upstairs::shape::{Point, at};
use crate::analysis::upstairs::tests::noise;
use geo_types::{LineString, MultiPolygon, Polygon};

/// Outlines as parcels have them: skewed quadrilaterals, L shapes and U shapes, turned by any angle.
fn outline(state: &mut u64) -> MultiPolygon<f64> {
    let (w, h) = (45.0 + 50.0 * noise(state), 45.0 + 50.0 * noise(state));
    let mut shift = |reach: f64| reach * (noise(state) - 0.5);
    let points = match (shift(3.0) + 1.5) as usize {
        0 => vec![(shift(16.0), shift(16.0)), (w + shift(16.0), shift(16.0)), (w + shift(16.0), h + shift(16.0)), (shift(16.0), h + shift(16.0))],
        1 => {
            let (x, y) = (w * (0.5 + shift(0.3)), h * (0.5 + shift(0.3)));
            vec![(0.0, 0.0), (w, shift(8.0)), (w, y), (x, y), (x, h), (0.0, h)]
        }
        _ => {
            let (x0, x1, y) = (w * (0.35 + shift(0.2)), w * (0.65 + shift(0.2)), h * (0.6 + shift(0.3)));
            vec![(0.0, 0.0), (w, 0.0), (w, h), (x1, h), (x1, y), (x0, y), (x0, h), (0.0, h)]
        }
    };
    let (sin, cos) = (noise(state) * std::f64::consts::TAU).sin_cos();
    let turned: Vec<(f64, f64)> = points.into_iter().map(|(x, y)| (x * cos - y * sin, x * sin + y * cos)).collect();
    MultiPolygon(vec![Polygon::new(LineString::from(turned), Vec::new())])
}

/// The outline's ring turned by −`angle`.
fn turned(outline: &MultiPolygon<f64>, angle: f64) -> Vec<Point> {
    let (sin, cos) = angle.to_radians().sin_cos();
    outline.0[0].exterior().0.iter().map(|point| at(point.x * cos + point.y * sin, point.y * cos - point.x * sin)).collect()
}

/// Whether an upright rectangle lies in the ring: its middle does and no edge passes through it.
fn inside(ring: &[Point], x: f64, y: f64, w: f64, h: f64) -> bool {
    let middle = at(x + w / 2.0, y + h / 2.0);
    let crossings = ring
        .windows(2)
        .filter(|pair| {
            let (a, b) = (pair[0], pair[1]);
            (a.y > middle.y) != (b.y > middle.y) && middle.x < a.x + (middle.y - a.y) / (b.y - a.y) * (b.x - a.x)
        })
        .count();
    crossings % 2 == 1 && !ring.windows(2).any(|pair| passes(pair[0], pair[1], x + 1e-3, y + 1e-3, x + w - 1e-3, y + h - 1e-3))
}

/// Whether a segment has a point in the open box (Liang–Barsky).
fn passes(a: Point, b: Point, x0: f64, y0: f64, x1: f64, y1: f64) -> bool {
    let (mut from, mut to) = (0.0f64, 1.0f64);
    for (start, slope, low, high) in [(a.x, b.x - a.x, x0, x1), (a.y, b.y - a.y, y0, y1)] {
        if slope == 0.0 {
            if start <= low || start >= high {
                return false;
            }
            continue;
        }
        let (one, two) = ((low - start) / slope, (high - start) / slope);
        (from, to) = (from.max(one.min(two)), to.min(one.max(two)));
    }
    from < to
}

/// Low corners on a grid of `step` metres at which a plate of m × n spans lies in the outline.
fn spots(ring: &[Point], m: usize, n: usize, span: f64, step: f64) -> Vec<Point> {
    let low = ring.iter().fold(at(f64::INFINITY, f64::INFINITY), |low, point| at(low.x.min(point.x), low.y.min(point.y)));
    let high = ring.iter().fold(at(f64::NEG_INFINITY, f64::NEG_INFINITY), |high, point| at(high.x.max(point.x), high.y.max(point.y)));
    let (w, h) = (m as f64 * span, n as f64 * span);
    let along = |from: f64, to: f64, side: f64| {
        let steps = ((to - side - from) / step).floor().max(-1.0) as i64;
        // Also flush with the far end, where a grid from the near one never comes.
        (0..=steps).map(move |index| from + index as f64 * step).chain((steps >= 0).then_some(to - side)).collect::<Vec<_>>()
    };
    let ys = along(low.y, high.y, h);
    along(low.x, high.x, w)
        .into_iter()
        .flat_map(|x| ys.iter().map(move |y| at(x, *y)).collect::<Vec<_>>())
        .filter(|spot| inside(ring, spot.x, spot.y, w, h))
        .collect()
}

fn apart(a: Point, one: (usize, usize), b: Point, two: (usize, usize), span: f64, distance: f64) -> bool {
    let gap =
        |from: f64, spans: usize, other: f64, others: usize| (other - from - spans as f64 * span).max(from - other - others as f64 * span).max(0.0);
    gap(a.x, one.0, b.x, two.0).hypot(gap(a.y, one.1, b.y, two.1)) >= distance - 1e-6
}

/// Most cells of one plate, and of up to two, over all directions, sizes and grid positions.
fn brute(outline: &MultiPolygon<f64>, grid: &Grid, pairs: bool) -> usize {
    let mut best = 0;
    for angle in directions(outline) {
        let ring = turned(outline, angle);
        let step = if pairs { 1.5 } else { 0.5 };
        let mut fitting: Vec<((usize, usize), Vec<Point>)> = Vec::new();
        for m in 1..=12 {
            let Some((low, high)) = grid.partner(m) else { continue };
            for n in low..=high.min(12) {
                let found = spots(&ring, m, n, grid.span, step);
                if found.is_empty() {
                    break; // a longer plate of the same side does not fit either
                }
                best = best.max(m * n);
                fitting.push(((m, n), found));
            }
        }
        if !pairs {
            continue;
        }
        for (index, (one, first)) in fitting.iter().enumerate() {
            for (two, second) in &fitting[index..] {
                let cells = one.0 * one.1 + two.0 * two.1;
                if cells > best && first.iter().any(|a| second.iter().any(|b| apart(*a, *one, *b, *two, grid.span, grid.fire_distance))) {
                    best = cells;
                }
            }
        }
    }
    best
}

/// Cells of the layout that the search finds, with its plates.
fn found(outline: &MultiPolygon<f64>, grid: &Grid) -> (usize, Vec<(Frame, super::layout::Plate)>) {
    let mut tower = Tower::default();
    tower.push(5.0, 1.0);
    let question = Question { outline, site_area: 1e6, far: None, coverage: 1.0, tower: &tower, grid, partial_top: false };
    let mut space = Space::default();
    let building = space.best(&question);
    let layout = space.layout(&building, grid);
    let plates = layout.map_or_else(Vec::new, |layout| layout.plates.iter().map(|plate| (space.frames[layout.frame].clone(), *plate)).collect());
    (building.cells, plates)
}

fn compare(count: usize, plates: usize, seed: u64) {
    let grid = Grid::new(9.0, (18.0, 45.0), (27.0, 90.0), 600.0, 10.0, plates);
    let mut state = seed;
    let (mut built, mut short) = (0, Vec::new());
    for number in 0..count {
        let outline = outline(&mut state);
        let (cells, drawn) = found(&outline, &grid);
        let most = brute(&outline, &grid, plates > 1);
        built += usize::from(most > 0);
        if (cells as f64) < most as f64 * 0.98 {
            short.push((number, cells, most));
        }
        for (index, (frame, plate)) in drawn.iter().enumerate() {
            let ring = turned(&outline, frame.angle_deg);
            // Never outside by more than a millimetre: `inside` leaves just that.
            assert!(inside(&ring, plate.x, plate.y, plate.m as f64 * 9.0, plate.n as f64 * 9.0), "parcel {number}");
            for (_, other) in &drawn[index + 1..] {
                assert!(
                    apart(at(plate.x, plate.y), (plate.m, plate.n), at(other.x, other.y), (other.m, other.n), 9.0, 10.0 - 2e-3),
                    "parcel {number}"
                );
            }
        }
    }
    assert!(built * 10 >= count * 8, "{built} of {count} parcels hold a plate: the test shows little");
    assert!(short.is_empty(), "found less than 98 %: {short:?}");
}

#[test]
fn one_plate_is_within_two_percent_of_the_best_on_a_half_metre_grid_on_a_hundred_parcels() {
    compare(100, 1, 5);
}

#[test]
fn two_plates_are_within_two_percent_of_the_best_on_a_grid_on_a_hundred_parcels() {
    compare(100, 2, 6);
}
