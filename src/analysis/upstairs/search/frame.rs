//! The outline seen along one direction, and what is free in a vertical slab of it.

use super::layout::Plate;
use super::profile::{Profile, Sweep};
use crate::analysis::upstairs::shape::{Point, at, segments};
use geo_types::MultiPolygon;

/// Half of the millimetre by which a plate may miss the outline (U6).
pub(super) const TOLERANCE: f64 = 5e-4;

/// A free vertical interval of a slab: the whole rectangle slab × interval lies inside the outline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Channel {
    pub low: f64,
    pub high: f64,
}

/// The outline turned by −`angle`, so that plates lie along the axes.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub angle_deg: f64,
    cos: f64,
    sin: f64,
    corners: Vec<f64>,
    pub profile: Profile,
    pub x_min: f64,
    pub x_max: f64,
    /// Whether some edge is neither level nor upright here: only then can a slab between two corners be longer than at them.
    pub slanted: bool,
}

impl Frame {
    pub(super) fn new(outline: &MultiPolygon<f64>, angle_deg: f64) -> Self {
        let (sin, cos) = angle_deg.to_radians().sin_cos();
        let turn = |point: Point| at(point.x * cos + point.y * sin, point.y * cos - point.x * sin);
        let segments: Vec<(Point, Point)> = segments(outline).map(|(a, b)| (turn(a), turn(b))).collect();
        let xs = || segments.iter().map(|(a, _)| a.x);
        Frame {
            angle_deg,
            cos,
            sin,
            x_min: xs().fold(f64::INFINITY, f64::min),
            x_max: xs().fold(f64::NEG_INFINITY, f64::max),
            profile: Profile::of(&segments),
            corners: xs().collect(),
            slanted: segments.iter().any(|(a, b)| (a.x - b.x).abs() > TOLERANCE && (a.y - b.y).abs() > TOLERANCE),
        }
    }

    /// Back to the outline's coordinates.
    pub(super) fn back(&self, point: Point) -> Point {
        at(point.x * self.cos - point.y * self.sin, point.x * self.sin + point.y * self.cos)
    }

    /// From the outline's coordinates.
    pub(super) fn forth(&self, point: Point) -> Point {
        at(point.x * self.cos + point.y * self.sin, point.y * self.cos - point.x * self.sin)
    }

    /// Whether a plate lies inside the outline, to its tolerance.
    pub(super) fn holds(&self, plate: &Plate, span: f64) -> bool {
        // Beyond its ends the profile bars nothing.
        let right = plate.x + plate.m as f64 * span;
        if plate.x < self.x_min - 2.0 * TOLERANCE || right > self.x_max + 2.0 * TOLERANCE {
            return false;
        }
        let (mut sweep, mut channels) = (Sweep::default(), Vec::new());
        self.channels(plate.x, plate.m as f64 * span, &mut sweep, &mut channels);
        let (low, high) = (plate.y + TOLERANCE, plate.y + plate.n as f64 * span - TOLERANCE);
        channels.iter().any(|channel| channel.low <= low && channel.high >= high)
    }

    /// x of every corner.
    pub(super) fn corners(&self) -> impl Iterator<Item = f64> + '_ {
        self.corners.iter().copied()
    }

    /// The free intervals of the slab from `x` to `x + width`, lowest first, into `out`.
    pub(super) fn channels(&self, x: f64, width: f64, sweep: &mut Sweep, out: &mut Vec<Channel>) {
        self.profile.free(x + TOLERANCE, x + width - TOLERANCE, sweep, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::{LineString, Polygon};

    fn free(points: &[(f64, f64)], x: f64, width: f64) -> Vec<(f64, f64)> {
        let outline = MultiPolygon(vec![Polygon::new(LineString::from(points.to_vec()), vec![])]);
        let (mut sweep, mut channels) = (Sweep::default(), Vec::new());
        Frame::new(&outline, 0.0).channels(x, width, &mut sweep, &mut channels);
        channels.iter().map(|channel| ((channel.low * 100.0).round() / 100.0, (channel.high * 100.0).round() / 100.0)).collect()
    }

    /// The channels of a slab from its segments alone: each bars the y it spans inside the slab, and those through the middle part inside from outside.
    fn by_segments(outline: &MultiPolygon<f64>, angle: f64, x: f64, width: f64) -> Vec<(f64, f64)> {
        let (sin, cos) = angle.to_radians().sin_cos();
        let turn = |point: Point| at(point.x * cos + point.y * sin, point.y * cos - point.x * sin);
        let (left, right) = (x + TOLERANCE, x + width - TOLERANCE);
        let middle = (left + right) / 2.0;
        let mut bars: Vec<(f64, f64, bool)> = Vec::new();
        for (a, b) in segments(outline).map(|(a, b)| (turn(a), turn(b))) {
            let (lower, upper) = if a.x <= b.x { (a, b) } else { (b, a) };
            if upper.x <= left || lower.x >= right {
                continue;
            }
            let y_at = |x: f64| lower.y + (upper.y - lower.y) * ((x - lower.x) / (upper.x - lower.x));
            let (from, to) = if lower.x == upper.x { (a.y, b.y) } else { (y_at(lower.x.max(left)), y_at(upper.x.min(right))) };
            bars.push((from.min(to), from.max(to), (lower.x <= middle) != (upper.x <= middle)));
        }
        bars.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let (mut inside, mut reached, mut free) = (false, f64::NEG_INFINITY, Vec::new());
        for (low, high, crosses) in bars {
            if inside && low > reached {
                free.push((reached, low));
            }
            reached = reached.max(high);
            inside ^= crosses;
        }
        free
    }

    #[test]
    fn the_trapezoids_give_the_channels_that_the_segments_give() {
        let shapes: [&[(f64, f64)]; 6] = [
            &[(0.0, 0.0), (60.0, 0.0), (60.0, 20.0), (30.0, 20.0), (30.0, 80.0), (0.0, 80.0)],
            &[(0.0, 5.0), (100.0, 0.0), (110.0, 90.0), (-8.0, 100.0)],
            &[(0.0, 0.0), (40.0, 3.0), (90.0, 0.0), (90.0, 60.0), (70.0, 60.0), (70.0, 50.0), (20.0, 55.0), (0.0, 70.0)],
            &[(0.0, 0.0), (50.0, -20.0), (100.0, 0.0), (50.0, 70.0)],
            &[(0.0, 0.0), (50.0, 0.0), (50.0, 20.0), (20.0, 20.0), (20.0, 40.0), (50.0, 40.0), (50.0, 60.0), (0.0, 60.0)],
            &[(0.0, 0.0), (90.0, 0.0), (90.0, 80.0), (60.0, 80.0), (60.0, 30.0), (45.0, 22.0), (30.0, 30.0), (30.0, 80.0), (0.0, 80.0)],
        ];
        let mut outlines: Vec<MultiPolygon<f64>> =
            shapes.iter().map(|points| MultiPolygon(vec![Polygon::new(LineString::from(points.to_vec()), vec![])])).collect();
        // A hole, and two parts apart from one another.
        let hole = LineString::from(vec![(30.0, 30.0), (30.0, 55.0), (60.0, 50.0), (55.0, 30.0), (30.0, 30.0)]);
        outlines.push(MultiPolygon(vec![Polygon::new(outlines[1].0[0].exterior().clone(), vec![hole])]));
        outlines.push(MultiPolygon(vec![
            outlines[4].0[0].clone(),
            Polygon::new(LineString::from(vec![(70.0, -5.0), (120.0, 0.0), (110.0, 60.0)]), vec![]),
        ]));
        for outline in &outlines {
            for angle in [0.0, 0.3, 7.0, 30.0, 61.0, 90.0] {
                let frame = Frame::new(outline, angle);
                let (mut sweep, mut channels) = (Sweep::default(), Vec::new());
                for step in 0..60 {
                    let x = frame.x_min + f64::from(step) * 1.37;
                    for width in [9.0, 27.0, 45.0] {
                        if x + width > frame.x_max {
                            continue;
                        }
                        frame.channels(x, width, &mut sweep, &mut channels);
                        let mut expected = by_segments(outline, angle, x, width);
                        // A gap of rounding's size is there or not.
                        channels.retain(|channel| channel.high - channel.low > 1e-6);
                        expected.retain(|(low, high)| high - low > 1e-6);
                        assert_eq!(channels.len(), expected.len(), "{angle} {x} {width}: {channels:?} {expected:?}");
                        for (channel, (low, high)) in channels.iter().zip(&expected) {
                            assert!((channel.low - low).abs() < 1e-6 && (channel.high - high).abs() < 1e-6, "{channel:?} {low} {high}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_plate_that_sticks_out_at_any_side_is_not_held() {
        let outline = MultiPolygon(vec![Polygon::new(LineString::from(vec![(0.0, 0.0), (90.0, 0.0), (90.0, 45.0), (0.0, 45.0)]), vec![])]);
        let frame = Frame::new(&outline, 0.0);
        let plate = |x: f64, y: f64| Plate { x, y, m: 5, n: 5 };
        assert!(frame.holds(&plate(0.0, 0.0), 9.0) && frame.holds(&plate(45.0, 0.0), 9.0));
        for (x, y) in [(-1.0, 0.0), (46.0, 0.0), (10.0, 1.0), (10.0, -1.0), (100.0, 0.0)] {
            assert!(!frame.holds(&plate(x, y), 9.0), "{x} {y}");
        }
    }

    #[test]
    fn a_slab_of_an_l_is_free_as_far_as_its_shorter_part() {
        let l = [(0.0, 0.0), (60.0, 0.0), (60.0, 20.0), (30.0, 20.0), (30.0, 80.0), (0.0, 80.0)];
        assert_eq!(free(&l, 0.0, 30.0), [(0.0, 80.0)]);
        assert_eq!(free(&l, 0.0, 40.0), [(0.0, 20.0)]);
    }

    #[test]
    fn a_slab_across_a_u_has_two_channels_only_where_both_arms_are() {
        let c = [(0.0, 0.0), (50.0, 0.0), (50.0, 20.0), (20.0, 20.0), (20.0, 40.0), (50.0, 40.0), (50.0, 60.0), (0.0, 60.0)];
        assert_eq!(free(&c, 25.0, 20.0), [(0.0, 20.0), (40.0, 60.0)]);
        assert_eq!(free(&c, 0.0, 15.0), [(0.0, 60.0)]);
    }

    #[test]
    fn a_slanted_top_is_as_high_as_its_lower_end_in_the_slab() {
        let wedge = [(0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 50.0)];
        assert_eq!(free(&wedge, 20.0, 10.0), [(0.0, 60.0)]); // 50 + 20/2
    }
}
