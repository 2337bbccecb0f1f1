//! Plane similarities (four parameters): shift, turn and scale; stated, or fitted to control points by least squares.

use geo_types::Coord;

/// X = dx + k (x cos θ − y sin θ), Y = dy + k (x sin θ + y cos θ); x and X east, y and Y north, metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Similarity {
    /// k cos θ and k sin θ.
    cos: f64,
    sin: f64,
    pub dx: f64,
    pub dy: f64,
}

/// A place in the local system and in the target.
pub type Pair = (Coord<f64>, Coord<f64>);

/// A fit to control points.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    pub similarity: Similarity,
    /// Per point: what the similarity makes of it less what it should be, m.
    pub residuals: Vec<Coord<f64>>,
    /// √(Σ |v|² / (2n − 4)): the standard deviation of a coordinate, m; 0 for two points, which leave nothing over.
    pub deviation_m: f64,
}

impl Similarity {
    /// `rotation_deg` counter-clockwise.
    pub fn new(dx: f64, dy: f64, scale: f64, rotation_deg: f64) -> Self {
        let (sin, cos) = rotation_deg.to_radians().sin_cos();
        Similarity { cos: scale * cos, sin: scale * sin, dx, dy }
    }

    pub fn scale(&self) -> f64 {
        self.cos.hypot(self.sin)
    }

    /// Degrees, counter-clockwise, in (−180, 180].
    pub fn rotation_deg(&self) -> f64 {
        self.sin.atan2(self.cos).to_degrees()
    }

    pub fn apply(&self, at: Coord<f64>) -> Coord<f64> {
        Coord { x: self.dx + self.cos * at.x - self.sin * at.y, y: self.dy + self.sin * at.x + self.cos * at.y }
    }

    /// The similarity with the least sum of squared residuals over pairs (local, target); `None` for fewer than two places.
    ///
    /// # Source
    /// The normal equations of the linear form X = dx + a x − b y, Y = dy + b x + a y around the centroids.
    pub fn fit(pairs: &[Pair]) -> Option<Fitted> {
        let count = pairs.len() as f64;
        let mean = |pick: fn(&Pair) -> Coord<f64>| pairs.iter().map(pick).fold(Coord { x: 0.0, y: 0.0 }, |sum, at| sum + at) / count;
        let (local, target) = (mean(|pair| pair.0), mean(|pair| pair.1));
        let (mut along, mut across, mut spread) = (0.0, 0.0, 0.0);
        for (from, to) in pairs {
            let (p, q) = (*from - local, *to - target);
            along += p.x * q.x + p.y * q.y;
            across += p.x * q.y - p.y * q.x;
            spread += p.x * p.x + p.y * p.y;
        }
        // Places within a centimetre of one another are one.
        if pairs.len() < 2 || spread < 1e-4 {
            return None;
        }
        let (cos, sin) = (along / spread, across / spread);
        let shift = target - Coord { x: cos * local.x - sin * local.y, y: sin * local.x + cos * local.y };
        let similarity = Similarity { cos, sin, dx: shift.x, dy: shift.y };
        let residuals: Vec<Coord<f64>> = pairs.iter().map(|(from, to)| similarity.apply(*from) - *to).collect();
        let squares: f64 = residuals.iter().map(|v| v.x * v.x + v.y * v.y).sum();
        let deviation_m = if pairs.len() > 2 { (squares / (2.0 * count - 4.0)).sqrt() } else { 0.0 };
        Some(Fitted { similarity, residuals, deviation_m })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(similarity: &Similarity, noise: f64) -> Vec<(Coord<f64>, Coord<f64>)> {
        let local = [(12_000.0, 21_000.0), (48_000.0, 19_500.0), (30_000.0, 44_000.0), (15_000.0, 38_000.0)];
        let off = [(1.0, -1.0), (-1.0, 1.0), (1.0, 1.0), (-1.0, -1.0)];
        local
            .iter()
            .zip(off)
            .map(|((x, y), (u, v))| {
                let at = Coord { x: *x, y: *y };
                (at, similarity.apply(at) + Coord { x: u * noise, y: v * noise })
            })
            .collect()
    }

    #[test]
    fn parameters_are_found_again_from_two_points_and_from_four() {
        let truth = Similarity::new(391_090.578, 2_472_660.6, 1.000_009_1, -0.987_654_3);
        for count in [2, 4] {
            let fitted = Similarity::fit(&pairs(&truth, 0.0)[..count]).expect("fitted");
            let found = fitted.similarity;
            assert!((found.scale() - truth.scale()).abs() < 1e-12 && (found.rotation_deg() - truth.rotation_deg()).abs() < 1e-9);
            assert!((found.dx - truth.dx).abs() < 1e-5 && (found.dy - truth.dy).abs() < 1e-5, "{found:?}");
            assert!(fitted.residuals.iter().all(|v| v.x.hypot(v.y) < 1e-6) && fitted.deviation_m < 1e-6);
        }
    }

    #[test]
    fn no_other_similarity_has_smaller_squares() {
        let truth = Similarity::new(391_090.578, 2_472_660.6, 1.000_009_1, -0.987_654_3);
        let pairs = pairs(&truth, 0.05);
        let squares = |s: &Similarity| pairs.iter().map(|(from, to)| s.apply(*from) - *to).map(|v| v.x * v.x + v.y * v.y).sum::<f64>();
        let fitted = Similarity::fit(&pairs).expect("fitted");
        let best = squares(&fitted.similarity);
        assert!((fitted.deviation_m - (best / 4.0).sqrt()).abs() < 1e-12 && best <= squares(&truth));
        let own = fitted.similarity;
        for (dx, dy, scale, turn) in [(0.01, 0.0, 0.0, 0.0), (0.0, -0.01, 0.0, 0.0), (0.0, 0.0, 1e-7, 0.0), (0.0, 0.0, 0.0, 1e-6)] {
            let other = Similarity::new(own.dx + dx, own.dy + dy, own.scale() + scale, own.rotation_deg() + turn);
            assert!(squares(&other) > best);
        }
    }

    #[test]
    fn a_quarter_turn_is_counter_clockwise_and_one_place_fits_nothing() {
        let turned = Similarity::new(10.0, 20.0, 2.0, 90.0).apply(Coord { x: 1.0, y: 0.0 });
        assert!((turned.x - 10.0).abs() < 1e-12 && (turned.y - 22.0).abs() < 1e-12);
        let at = Coord { x: 1.0, y: 1.0 };
        assert!(Similarity::fit(&[(at, at)]).is_none() && Similarity::fit(&[(at, at), (at, at)]).is_none());
    }
}
