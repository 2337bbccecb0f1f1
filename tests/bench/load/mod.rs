//! A load on the running program: its server as a child, plain HTTP/1.1 connections that stay open, and the units of a sample city.
//! Threads and blocking sockets only, so that the load costs far less than what it measures.

#![allow(dead_code, reason = "each program uses a part of it")]

pub mod http;
pub mod options;
pub mod program;
pub mod units;

/// Repeatable noise.
pub struct Dice(pub u64);

impl Dice {
    /// A number in `0..below`.
    pub fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below.max(1)
    }
}

/// The `share` quantile of sorted milliseconds.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get((last as f64 * share).round() as usize).copied().unwrap_or(f64::NAN)
}
