//! Designations as they stood on a day that has passed, from the log: what was decided later is not told of it.

use super::record;
use crate::domain::fault::Outcome;
use crate::domain::{Change, Designation, LayerId, Row};
use chrono::NaiveDate;

/// What the log says of one designation at the end of a day; none before it was drafted. `changes` are its entries, newest first. A decision counts
/// from its own day on, every other step from the day on which it was recorded.
pub fn on_day(changes: &[Change], day: NaiveDate) -> Outcome<Option<Designation>> {
    let day = day.to_string();
    let reached = |change: &&Change| {
        let decided = change.before["evidence_sha256"] != change.after["evidence_sha256"];
        let from = if decided { change.after["date"].as_str() } else { change.at.get(..10) };
        from.is_some_and(|from| from <= day.as_str())
    };
    let row = changes.iter().find(reached).and_then(|change| Row::from_json(LayerId::Designation.layer(), &change.after));
    row.as_ref().map(record::of_row).transpose()
}
