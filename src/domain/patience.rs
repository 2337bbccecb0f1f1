//! How long a piece of work may go on: while somebody waits for it, while the program stays, and until its time is over.
//!
//! It goes with the thread that works, so that a loop deep inside asks without every function above it having to hand it down. What a loop
//! gives to other threads it takes along: `let patience = Patience::current();` before, `patience.is_over()` inside.

use super::fault::Outcome;
use super::{Fault, FaultKind};
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Without bounds unless it was given some.
#[derive(Clone, Debug, Default)]
pub struct Patience {
    /// Any of these set: nobody waits any more, or the program goes.
    flags: Vec<Arc<AtomicBool>>,
    until: Option<(Instant, Duration)>,
}

thread_local! {
    static CURRENT: RefCell<Patience> = RefCell::default();
}

impl Patience {
    /// Until one of the flags is set.
    pub fn while_unset(flags: impl IntoIterator<Item = Arc<AtomicBool>>) -> Self {
        Patience { flags: flags.into_iter().collect(), until: None }
    }

    /// And no longer than this from now.
    pub fn at_most(self, longest: Duration) -> Self {
        Patience { until: Some((Instant::now() + longest, longest)), ..self }
    }

    /// That of the work which this thread does.
    pub fn current() -> Self {
        CURRENT.with_borrow(Clone::clone)
    }

    /// Does work under this patience.
    pub fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        /// Gives the thread back what it had, also when the work panics.
        struct Before(Option<Patience>);
        impl Drop for Before {
            fn drop(&mut self) {
                if let Some(before) = self.0.take() {
                    CURRENT.set(before);
                }
            }
        }
        let _before = Before(Some(CURRENT.replace(self.clone())));
        work()
    }

    pub fn is_over(&self) -> bool {
        self.is_in_vain() || self.is_late()
    }

    /// The fault with which work ends that may not go on.
    pub fn check(&self) -> Outcome<()> {
        match self.until {
            _ if self.is_in_vain() => Err(cancelled()),
            Some((_, longest)) if self.is_late() => Err(took_too_long(longest)),
            _ => Ok(()),
        }
    }

    fn is_in_vain(&self) -> bool {
        self.flags.iter().any(|flag| flag.load(Ordering::Relaxed))
    }

    fn is_late(&self) -> bool {
        self.until.is_some_and(|(until, _)| Instant::now() >= until)
    }
}

/// Of work that nobody waits for.
pub fn cancelled() -> Fault {
    Fault::new(FaultKind::Cancelled, "cancelled", "已取消", "cancelled")
}

/// Of work whose time is over.
pub fn took_too_long(longest: Duration) -> Fault {
    let seconds = longest.as_secs();
    Fault::new(
        FaultKind::Busy,
        "limit_exceeded",
        format!("超过 {seconds} 秒仍未算完，已停止"),
        format!("it was not done within {seconds} s and was ended"),
    )
    .help(
        "请缩小范围或简化条件；分析可作为作业运行（Prefer: respond-async）",
        "ask for less or with a simpler condition; an analysis can run as a job (Prefer: respond-async)",
    )
    .again_in(Duration::from_secs(10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_ends_when_nobody_waits_when_the_program_goes_and_when_its_time_is_over() {
        assert!(Patience::current().check().is_ok());
        let (left, going) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let patience = Patience::while_unset([left.clone(), going.clone()]);
        assert!(!patience.is_over());
        going.store(true, Ordering::Relaxed);
        assert_eq!(patience.check().unwrap_err().code, "cancelled");
        let late = Patience::default().at_most(Duration::ZERO).check().unwrap_err();
        assert!(late.code == "limit_exceeded" && late.en.contains("0 s") && late.retry_after.is_some());
    }

    #[test]
    fn patience_goes_with_the_thread_and_comes_back_after_a_panic() {
        let late = Patience::default().at_most(Duration::ZERO);
        let fell = std::panic::catch_unwind(|| {
            late.during(|| {
                assert!(Patience::current().is_over());
                Patience::default().during(|| assert!(!Patience::current().is_over()));
                assert!(Patience::current().is_over());
                panic!("as if");
            })
        });
        assert!(fell.is_err() && !Patience::current().is_over());
    }
}
