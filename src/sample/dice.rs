//! Seeded randomness: every place of the city draws from its own stream, so no result depends on the order of computing.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of draws that belongs to one seed and one place.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream of `place` under `seed`; `salt` separates the purposes at one place.
    pub(super) fn new(seed: u64, salt: u64, place: u64) -> Self {
        Dice(ChaCha8Rng::seed_from_u64(mix(seed ^ mix(salt ^ mix(place)))))
    }

    /// Uniform in [0, 1).
    pub(super) fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform in [low, high).
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Uniform integer in [low, high].
    pub(super) fn whole(&mut self, low: i64, high: i64) -> i64 {
        low + (self.unit() * (high - low + 1) as f64) as i64
    }

    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Mean 0, deviation 1, cut at ±3: twelve uniforms keep it cheap and free of tails that no registry has.
    pub(super) fn normal(&mut self) -> f64 {
        let sum: f64 = (0..12).map(|_| self.unit()).sum();
        (sum - 6.0).clamp(-3.0, 3.0)
    }

    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        let index = (self.unit() * items.len() as f64) as usize;
        &items[index.min(items.len() - 1)]
    }

    /// One of `items` by weight.
    pub(super) fn weighted<T: Copy>(&mut self, items: &[(T, f64)]) -> T {
        let total: f64 = items.iter().map(|(_, weight)| weight).sum();
        let mut left = self.unit() * total;
        for (item, weight) in items {
            left -= weight;
            if left < 0.0 {
                return *item;
            }
        }
        items[items.len() - 1].0
    }
}

/// A 64-bit mixer (the finaliser of splitmix64).
pub(super) fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Two signed grid indexes as one place.
pub(super) fn place_of(kind: u64, i: i64, j: i64) -> u64 {
    mix(kind ^ mix(i as u64 ^ mix(j as u64)))
}

/// Smooth noise in [0, 1] with features of `wave` metres.
pub(super) fn noise(seed: u64, salt: u64, x: f64, y: f64, wave: f64) -> f64 {
    let (gx, gy) = (x / wave, y / wave);
    let (ix, iy) = (gx.floor(), gy.floor());
    let smooth = |t: f64| t * t * (3.0 - 2.0 * t);
    let (tx, ty) = (smooth(gx - ix), smooth(gy - iy));
    let corner = |dx: i64, dy: i64| (mix(seed ^ place_of(salt, ix as i64 + dx, iy as i64 + dy)) >> 11) as f64 / (1u64 << 53) as f64;
    let low = corner(0, 0) * (1.0 - tx) + corner(1, 0) * tx;
    let high = corner(0, 1) * (1.0 - tx) + corner(1, 1) * tx;
    low * (1.0 - ty) + high * ty
}
