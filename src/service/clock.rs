//! The only clock of the house: who needs a day or a moment gets it from here and passes it on.

use crate::domain::days::last_quarter_end;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, stated_day};
use chrono::NaiveDate;

/// Today in the local time zone, `YYYY-MM-DD`. The only calendar of the house; callers pass the date on.
pub fn today() -> String {
    chrono::Local::now().date_naive().to_string()
}

/// The last day of the quarter before the one that runs: sums over the members of a virtual park are told while its roll is as it was on it.
pub fn settled_by() -> Outcome<NaiveDate> {
    let today = today();
    stated_day(&today).map(last_quarter_end).ok_or_else(|| Fault::internal("today", today))
}

/// The moment, RFC 3339, UTC, with milliseconds.
pub fn now() -> String {
    chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
