//! Slow-down of guesses: by account and address together at once, by account and by address alone later and more gently, so that a guesser is stopped and
//! neither a person nor a whole office behind one address is locked out by him.

use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Failures are forgotten after this time without another.
const MEMORY: Duration = Duration::from_secs(300);
/// Kinds of keys: how many failures are free, and the longest wait after more.
const PAIR: (u32, Duration) = (5, MEMORY);
const ACCOUNT: (u32, Duration) = (20, Duration::from_secs(30));
const ADDRESS: (u32, Duration) = (50, Duration::from_secs(60));
/// Keys that are remembered; beyond it the oldest failures are forgotten early.
const MOST_KEYS: usize = 100_000;

/// Failures by key.
#[derive(Default)]
pub(super) struct Pace {
    failures: Mutex<HashMap<String, Failures>>,
}

struct Failures {
    count: u32,
    last: Instant,
}

/// One try, which counts as a failure until it is said to be none.
pub(super) struct Try<'p> {
    pace: &'p Pace,
    keys: [(String, (u32, Duration)); 3],
}

impl Pace {
    /// Lets a try begin, or says how long to wait. It is counted before it is checked, so that guesses side by side count as those one after the other.
    pub(super) fn begin(&self, account: &str, address: &str) -> Outcome<Try<'_>> {
        let keys = [(format!("pair:{address} {account}"), PAIR), (format!("account:{account}"), ACCOUNT), (format!("address:{address}"), ADDRESS)];
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.retain(|_, one| one.last.elapsed() < MEMORY);
        if failures.len() > MOST_KEYS {
            failures.clear();
        }
        for (key, (free, longest)) in &keys {
            let Some(known) = failures.get(key).filter(|known| known.count >= *free) else { continue };
            let wait = Duration::from_secs(1 << (known.count - free).min(8)).min(*longest);
            if let Some(left) = wait.checked_sub(known.last.elapsed()) {
                return Err(slow_down(left));
            }
        }
        let now = Instant::now();
        for (key, _) in &keys {
            let known = failures.entry(key.clone()).or_insert(Failures { count: 0, last: now });
            *known = Failures { count: known.count + 1, last: now };
        }
        Ok(Try { pace: self, keys })
    }
}

impl Try<'_> {
    /// The password was right: the account begins anew from this address.
    pub(super) fn succeeded(self) {
        let mut failures = self.pace.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let [(pair, _), rest @ ..] = &self.keys;
        failures.remove(pair);
        for (key, _) in rest {
            if let Some(known) = failures.get_mut(key) {
                known.count = known.count.saturating_sub(1);
            }
        }
    }
}

fn slow_down(left: Duration) -> Fault {
    let seconds = left.as_secs() + 1;
    Fault::new(
        FaultKind::TooMany,
        "slow_down",
        format!("失败次数过多，请 {seconds} 秒后再试"),
        format!("too many failures; try again in {seconds} s"),
    )
    .again_in(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses_side_by_side_are_counted_before_they_are_checked() {
        let pace = Pace::default();
        let tries: Vec<_> = (0..20).map(|_| pace.begin("a", "192.0.2.1")).collect();
        assert_eq!(tries.iter().filter(|one| one.is_ok()).count(), PAIR.0 as usize);
        let refused = tries.into_iter().find_map(Result::err).unwrap();
        assert!(refused.code == "slow_down" && refused.retry_after.is_some());
    }

    #[test]
    fn a_guesser_locks_out_neither_others_behind_his_address_nor_the_person_elsewhere() {
        let pace = Pace::default();
        while pace.begin("a", "192.0.2.1").is_ok() {}
        assert!(pace.begin("b", "192.0.2.1").is_ok(), "another person behind the same address");
        assert!(pace.begin("a", "192.0.2.2").is_ok(), "the person at another address");
    }

    #[test]
    fn many_addresses_and_many_accounts_are_slowed_down_as_well() {
        let pace = Pace::default();
        let of_one_account = (0..100).filter(|index| pace.begin("a", &format!("192.0.2.{index}")).is_ok()).count();
        assert_eq!(of_one_account, ACCOUNT.0 as usize);
        let of_one_address = (0..200).filter(|index| pace.begin(&format!("x{index}"), "198.51.100.1").is_ok()).count();
        assert_eq!(of_one_address, ADDRESS.0 as usize);
    }

    #[test]
    fn who_signs_in_begins_anew() {
        let pace = Pace::default();
        for _ in 0..100 {
            pace.begin("a", "192.0.2.1").unwrap().succeeded();
        }
    }
}
