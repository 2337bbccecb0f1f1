//! How a long run is watched and ended.

/// What a run tells and asks while it computes.
#[derive(Clone, Copy)]
pub struct Control<'a> {
    /// True as soon as the run should end; the best answer so far is then the answer.
    pub stop: &'a (dyn Fn() -> bool + Sync),
    /// Takes the share of the work done, 0..=1.
    pub progress: &'a (dyn Fn(f64) + Sync),
}

impl Control<'_> {
    /// Runs to the end without a word.
    pub fn none() -> Control<'static> {
        Control { stop: &|| false, progress: &|_| {} }
    }
}
