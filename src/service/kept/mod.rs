//! Tables that people keep row by row: who sees and writes which row, and what must hold in it beside what the dictionary says.
//!
//! A table is one of them by its line in [`rules_of`]; `edits::records` checks its writes, and whatever reads rows asks here who sees them.

mod log;
mod record;
mod requirement;
mod seen;
mod task;
mod task_report;
mod virtual_member;
mod virtual_park;

pub use log::hide_unseen;
pub use record::{Record, record};
pub use requirement::is_closed;
pub use seen::{hides_rows, keep_seen, sees, sees_at, sees_private, visible_rows};

use super::Viewer;
use crate::city::City;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind, LayerId, Row};

/// What a check of a row may look at.
pub struct Case<'c> {
    pub city: &'c City,
    pub viewer: &'c Viewer,
    /// ISO date on which the row is written.
    pub today: &'c str,
}

/// A row before and after a write: a new one has no before, a deleted one no after. Of a row with faults, the cells at fault are as before.
#[derive(Clone, Copy)]
pub struct Written<'r> {
    pub before: Option<&'r Row>,
    pub after: Option<&'r Row>,
}

impl Written<'_> {
    /// The rows that somebody must have the right to.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.before.into_iter().chain(self.after)
    }

    pub fn is_delete(&self) -> bool {
        self.after.is_none()
    }
}

/// What is wrong with a row, field by field: JSON pointer, zh and en. The first thing said of a field stands.
#[derive(Debug, Default)]
pub struct Faults(Vec<(String, String, String)>);

impl Faults {
    pub fn add(&mut self, column: &str, zh: impl Into<String>, en: impl Into<String>) {
        let pointer = format!("/{}", column.replace('~', "~0").replace('/', "~1"));
        if !self.0.iter().any(|(own, _, _)| *own == pointer) {
            self.0.push((pointer, zh.into(), en.into()));
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn into_fields(self) -> Vec<(String, String, String)> {
        self.0
    }
}

/// What one table asks beside the dictionary. Everything but the right to write has an answer that suits an open table.
pub trait KeptTable: Sync {
    /// 401 or 403 for who may not make this write. It is asked before the row is judged: cells that decide about rights may be missing yet.
    fn may(&self, case: &Case<'_>, written: Written<'_>) -> Outcome<()>;

    /// Begins the keys that we give to rows without one (`VM` makes `VM-0001`); none where people state every key.
    fn prefix(&self) -> Option<&'static str> {
        None
    }

    /// Whether there are rows that some do not see. [`KeptTable::sees`] is asked only then.
    fn hides(&self) -> bool {
        false
    }

    /// Whether a viewer sees a row at all: in items, totals, search, exports, changes.
    fn sees(&self, _city: &City, _viewer: &Viewer, _row: &Row) -> bool {
        true
    }

    /// Whether a viewer sees the private columns of the rows that he sees.
    fn sees_private(&self, _viewer: &Viewer) -> bool {
        false
    }

    /// Fills what is left out, or is ours to say. `revision`, `updated_on` and `by` are filled where the table has them.
    fn fill(&self, _case: &Case<'_>, _before: Option<&Row>, _after: &mut Row) {}

    /// What must hold between the columns, and which states may follow which.
    fn check(&self, _case: &Case<'_>, _before: Option<&Row>, _after: &Row, _faults: &mut Faults) {}
}

/// The rules of a table that people keep; none for a layer that comes from files or has edits of its own.
pub fn rules_of(layer: LayerId) -> Option<&'static dyn KeptTable> {
    match layer {
        LayerId::VirtualPark => Some(&virtual_park::VirtualParks),
        LayerId::VirtualMember => Some(&virtual_member::VirtualMembers),
        LayerId::Task => Some(&task::Tasks),
        LayerId::TaskReport => Some(&task_report::TaskReports),
        LayerId::Requirement => Some(&requirement::Requirements),
        _ => None,
    }
}

/// The tables that people keep.
pub fn kept_tables() -> impl Iterator<Item = LayerId> {
    LayerId::ALL.into_iter().filter(|layer| rules_of(*layer).is_some())
}

/// Refuses layers that come from files or have edits of their own.
pub fn not_kept(layer: LayerId) -> Fault {
    let known: Vec<&str> = kept_tables().map(LayerId::name).collect();
    let name = layer.name();
    let fault = Fault::new(
        FaultKind::NotAllowed,
        "not_kept_by_hand",
        format!("{name} 不能逐行手工维护"),
        format!("rows of {name} are not written one by one"),
    );
    fault.at(name).help(
        format!("用导入（parkplan import）或该数据自己的操作；可逐行维护的有：{}", known.join("、")),
        format!("import them (parkplan import) or use their own operations; kept by hand are: {}", known.join(", ")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ColumnType, GeometryKind};

    #[test]
    fn a_kept_table_has_a_key_of_its_own_and_counts_its_changes() {
        for layer in kept_tables().map(LayerId::layer) {
            assert_eq!(layer.geometry, GeometryKind::None, "{}: tiles know no viewer", layer.name);
            let column = |name: &str| layer.column(name).map(|column| (column.kind, column.computed));
            assert_eq!(column("revision"), Some((ColumnType::Integer, true)), "{}: its tag needs a count", layer.name);
            for (name, kind) in [("updated_on", ColumnType::Date), ("by", ColumnType::Text)] {
                assert!(column(name).is_none_or(|found| found == (kind, true)), "{}: {name}", layer.name);
            }
            assert!(!layer.column(&layer.key).is_some_and(|key| key.private), "{}: a key stands in addresses", layer.name);
        }
    }
}
