//! Arcs become chords: what is read is straight, and how far a chord leaves its arc is bounded and told.

use super::source::SourceNotice;
use geo_types::Coord;
use std::f64::consts::TAU;

/// How far a chord may lie from its arc, in metres.
pub(crate) const SAGITTA_METRES: f64 = 0.01;
/// Length of a degree of the meridian; a chord's error in degrees is told in metres by it.
const METRES_A_DEGREE: f64 = 111_320.0;
/// Chords of one arc at most: an arc that would need more has a radius beyond any land, and its error is told as it is.
const MOST_CHORDS: f64 = 20_000.0;

/// Arcs that were made straight.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Curves {
    pub arcs: u64,
    /// Largest distance of a chord from its arc, metres.
    pub sagitta_m: f64,
    /// Curves without a radius (splines), which the reader's own step makes straight.
    pub free: u64,
}

impl Curves {
    /// Takes in an arc of a radius (in units of so many metres) whose chords span `angle` each.
    pub(crate) fn count(&mut self, radius: f64, angle: f64, metres: f64) {
        self.arcs += 1;
        self.sagitta_m = self.sagitta_m.max(radius * (1.0 - (angle / 2.0).cos()) * metres);
    }

    pub(crate) fn notice(&self) -> Option<SourceNotice> {
        if self.arcs + self.free == 0 {
            return None;
        }
        let (free_zh, free_en) = match self.free {
            0 => (String::new(), String::new()),
            free => (format!("；另有 {free} 条样条曲线按固定步长取点"), format!("; {free} splines were taken at a fixed number of points")),
        };
        let millimetres = self.sagitta_m * 1000.0;
        Some(SourceNotice {
            code: "curves_straightened",
            zh: format!("{} 段圆弧改为折线，弦与弧最大相距 {millimetres:.1} 毫米{free_zh}", self.arcs),
            en: format!("{} arcs became chords, at most {millimetres:.1} mm from the arc{free_en}", self.arcs),
            items: vec![serde_json::json!({ "arcs": self.arcs, "splines": self.free, "sagitta_m": self.sagitta_m })],
        })
    }
}

/// The angle that a chord may span on an arc of a radius, both in metres.
pub(crate) fn step(radius_m: f64) -> f64 {
    let most = if radius_m > SAGITTA_METRES { 2.0 * (1.0 - SAGITTA_METRES / radius_m).acos() } else { TAU / 4.0 };
    most.clamp(TAU / MOST_CHORDS, TAU / 8.0)
}

/// Metres a unit of these coordinates: degrees where none exceeds a circle.
pub(crate) fn metres_a_unit(points: &[Coord<f64>]) -> f64 {
    let in_degrees = points.iter().all(|point| point.x.abs() <= 360.0 && point.y.abs() <= 90.0);
    if in_degrees { METRES_A_DEGREE } else { 1.0 }
}

/// Straightens a circular string: every second point lies on the arc between its neighbours. Three points of which the first and the last
/// are one make a whole circle.
pub(crate) fn straightened(points: &[Coord<f64>], curves: &mut Curves) -> Vec<Coord<f64>> {
    let Some(first) = points.first() else { return Vec::new() };
    let metres = metres_a_unit(points);
    let mut line = vec![*first];
    for arc in points.windows(3).step_by(2) {
        append(&mut line, [arc[0], arc[1], arc[2]], metres, curves);
    }
    line
}

fn append(line: &mut Vec<Coord<f64>>, [start, on, end]: [Coord<f64>; 3], metres: f64, curves: &mut Curves) {
    let Some((centre, sweep)) = circle(start, on, end) else {
        line.extend([on, end]);
        return;
    };
    let radius = (start - centre).x.hypot((start - centre).y);
    let chords = (sweep.abs() / step(radius * metres)).ceil().max(1.0);
    let angle = sweep / chords;
    let from = (start.y - centre.y).atan2(start.x - centre.x);
    for chord in 1..chords as u32 {
        let at = from + angle * f64::from(chord);
        line.push(Coord { x: centre.x + radius * at.cos(), y: centre.y + radius * at.sin() });
    }
    line.push(end);
    curves.count(radius, angle.abs(), metres);
}

/// Centre and swept angle (counter-clockwise is positive); `None` where the three lie on a line.
fn circle(start: Coord<f64>, on: Coord<f64>, end: Coord<f64>) -> Option<(Coord<f64>, f64)> {
    if start == end {
        return (start != on).then(|| ((start + on) / 2.0, TAU));
    }
    // Relative to the start, so that coordinates of millions of metres lose nothing.
    let (a, b) = (on - start, end - start);
    let cross = a.x * b.y - a.y * b.x;
    let (a2, b2) = (a.x * a.x + a.y * a.y, b.x * b.x + b.y * b.y);
    if cross.abs() <= 1e-12 * (a2 + b2) {
        return None;
    }
    let offset = Coord { x: (b.y * a2 - a.y * b2) / (2.0 * cross), y: (a.x * b2 - b.x * a2) / (2.0 * cross) };
    let centre = start + offset;
    let angle = |point: Coord<f64>| (point.y - centre.y).atan2(point.x - centre.x);
    let turn = (angle(end) - angle(start)).rem_euclid(TAU);
    Some((centre, if cross > 0.0 { turn } else { turn - TAU }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f64, y: f64) -> Coord<f64> {
        Coord { x: 505_000.0 + x, y: 2_493_000.0 + y }
    }

    fn area(ring: &[Coord<f64>]) -> f64 {
        ring.windows(2)
            .map(|pair| (pair[0].x - 505_000.0) * (pair[1].y - 2_493_000.0) - (pair[1].x - 505_000.0) * (pair[0].y - 2_493_000.0))
            .sum::<f64>()
            / 2.0
    }

    #[test]
    fn a_circle_loses_less_than_its_sagitta_allows_and_says_so() {
        for radius in [0.5, 5.0, 50.0, 500.0, 20_000.0] {
            let mut curves = Curves::default();
            let ring = straightened(&[at(-radius, 0.0), at(0.0, radius), at(radius, 0.0), at(0.0, -radius), at(-radius, 0.0)], &mut curves);
            let truth = std::f64::consts::PI * radius * radius;
            let lost = truth - area(&ring).abs();
            // Each chord cuts off less than two thirds of chord times sagitta.
            assert!(lost >= 0.0 && lost <= TAU * radius * SAGITTA_METRES * 0.67 + truth * 1e-9, "{radius}: {lost}");
            assert!(curves.arcs == 2 && curves.sagitta_m <= SAGITTA_METRES * 1.000_001, "{curves:?}");
            assert!(ring.iter().all(|point| ((point.x - 505_000.0).hypot(point.y - 2_493_000.0) - radius).abs() < 1e-6));
        }
    }

    #[test]
    fn a_whole_circle_of_three_points_an_arc_either_way_and_a_straight_one() {
        let mut curves = Curves::default();
        let whole = straightened(&[at(0.0, 0.0), at(100.0, 0.0), at(0.0, 0.0)], &mut curves);
        assert!((area(&whole).abs() - 7_853.98).abs() < 3.0 && whole.first() == whole.last());
        let arc = |on: f64| straightened(&[at(0.0, 0.0), at(50.0, on), at(100.0, 0.0)], &mut Curves::default());
        assert!(arc(50.0).iter().all(|point| point.y >= 2_493_000.0) && arc(-50.0).iter().all(|point| point.y <= 2_493_000.0));
        assert!(arc(50.0).iter().any(|point| (point.y - 2_493_050.0).abs() < 0.01));
        assert_eq!(arc(0.0), [at(0.0, 0.0), at(50.0, 0.0), at(100.0, 0.0)]);
    }

    #[test]
    fn degrees_are_told_in_metres() {
        let mut curves = Curves::default();
        straightened(&[Coord { x: 114.0, y: 22.5 }, Coord { x: 114.001, y: 22.501 }, Coord { x: 114.002, y: 22.5 }], &mut curves);
        assert!(curves.arcs == 1 && curves.sagitta_m > 0.005 && curves.sagitta_m < 0.0101, "{curves:?}");
    }
}
