//! The outline seen along one direction, and what is free in a vertical slab of it.

use super::layout::Plate;
use super::shape::{Point, at, segments};
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
    segments: Vec<(Point, Point)>,
    pub x_min: f64,
    pub x_max: f64,
    /// Whether some edge is neither level nor upright here: only then can a slab between two corners be longer than at them.
    pub slanted: bool,
}

impl Frame {
    pub fn new(outline: &MultiPolygon<f64>, angle_deg: f64) -> Self {
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
            slanted: segments.iter().any(|(a, b)| (a.x - b.x).abs() > TOLERANCE && (a.y - b.y).abs() > TOLERANCE),
            segments,
        }
    }

    /// Back to the outline's coordinates.
    pub fn back(&self, point: Point) -> Point {
        at(point.x * self.cos - point.y * self.sin, point.x * self.sin + point.y * self.cos)
    }

    /// From the outline's coordinates.
    pub fn forth(&self, point: Point) -> Point {
        at(point.x * self.cos + point.y * self.sin, point.y * self.cos - point.x * self.sin)
    }

    /// Whether a plate lies inside the outline, to its tolerance.
    pub fn holds(&self, plate: &Plate, span: f64) -> bool {
        let (mut scratch, mut channels) = (Scratch::new(), Vec::new());
        self.channels(plate.x, plate.m as f64 * span, &mut scratch, &mut channels);
        let (low, high) = (plate.y + TOLERANCE, plate.y + plate.n as f64 * span - TOLERANCE);
        channels.iter().any(|channel| channel.low <= low && channel.high >= high)
    }

    pub fn corners(&self) -> impl Iterator<Item = f64> + '_ {
        self.segments.iter().map(|(a, _)| a.x)
    }

    /// The free intervals of the slab from `x` to `x + width`, lowest first, into `out`.
    pub fn channels(&self, x: f64, width: f64, scratch: &mut Scratch, out: &mut Vec<Channel>) {
        out.clear();
        let (left, right) = (x + TOLERANCE, x + width - TOLERANCE);
        let middle = (left + right) / 2.0;
        scratch.clear();
        for &(a, b) in &self.segments {
            let (lower, upper) = if a.x <= b.x { (a, b) } else { (b, a) };
            if upper.x <= left || lower.x >= right {
                continue;
            }
            let y_at = |x: f64| if upper.x > lower.x { lower.y + (upper.y - lower.y) * ((x - lower.x) / (upper.x - lower.x)) } else { lower.y };
            let (from, to) = if lower.x == upper.x {
                (a.y, b.y)
            } else {
                (if lower.x < left { y_at(left) } else { lower.y }, if upper.x > right { y_at(right) } else { upper.y })
            };
            let crosses = (lower.x <= middle) != (upper.x <= middle);
            scratch.push((from.min(to), from.max(to), crosses));
        }
        scratch.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let (mut inside, mut reached) = (false, f64::NEG_INFINITY);
        for &(low, high, crosses) in scratch.iter() {
            if inside && low > reached {
                out.push(Channel { low: reached, high: low });
            }
            reached = reached.max(high);
            inside ^= crosses;
        }
    }
}

/// Reused between slabs: (lowest y, highest y, crosses the slab's middle) of each segment in the slab.
pub(super) type Scratch = Vec<(f64, f64, bool)>;

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::{LineString, Polygon};

    fn free(points: &[(f64, f64)], x: f64, width: f64) -> Vec<(f64, f64)> {
        let outline = MultiPolygon(vec![Polygon::new(LineString::from(points.to_vec()), vec![])]);
        let (mut scratch, mut channels) = (Vec::new(), Vec::new());
        Frame::new(&outline, 0.0).channels(x, width, &mut scratch, &mut channels);
        channels.iter().map(|channel| ((channel.low * 100.0).round() / 100.0, (channel.high * 100.0).round() / 100.0)).collect()
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
