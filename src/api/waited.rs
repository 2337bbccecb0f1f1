//! Work that goes on only as long as somebody waits for its answer.

use super::lanes::{self, Lane};
use super::problem::Refusal;
use crate::domain::fault::Outcome;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Dropped with the request when its caller hangs up.
struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Runs work that asks its flag now and then whether it is to stop: it is, when nobody waits for the answer any more.
pub(super) async fn while_waited<T: Send + 'static>(
    lane: Option<Lane>,
    work: impl FnOnce(&AtomicBool) -> Outcome<T> + Send + 'static,
) -> Result<T, Refusal> {
    let waiting = Waiting(Arc::default());
    let stop = waiting.0.clone();
    let answer = lanes::work(lane, move || work(&stop)).await;
    drop(waiting);
    answer
}
