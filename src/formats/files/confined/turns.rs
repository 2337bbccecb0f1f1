//! How many reading processes there are at a time: the memory of each is bounded, and so is that of all.

use super::super::limits::ProcessLimits;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

static TAKEN: Mutex<usize> = Mutex::new(0);
static FREED: Condvar = Condvar::new();
/// How often one who waits is asked whether to go on.
const TICK: Duration = Duration::from_millis(200);

/// The right to run one, for as long as it is kept.
pub(super) struct Turn(());

impl Turn {
    /// Waits for a turn; none where `goes_on` says that nobody wants it any more.
    pub(super) fn wait(goes_on: &dyn Fn() -> bool) -> Option<Turn> {
        let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
        while *taken >= ProcessLimits::AT_ONCE {
            taken = FREED.wait_timeout(taken, TICK).unwrap_or_else(PoisonError::into_inner).0;
            if !goes_on() {
                return None;
            }
        }
        *taken += 1;
        Some(Turn(()))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *TAKEN.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        FREED.notify_one();
    }
}
