//! The change log's hash chain as people ask for it, and the rows that must be as the log left them.

use super::Planner;
use crate::city::City;
use crate::domain::fault::Outcome;
use crate::domain::{Change, ChangeQuery, Fault, FaultKind, LayerId, LogCheck, LogHead, Row, Value};
use serde::Serialize;
use std::collections::BTreeMap;

/// Tables that are written by decisions alone: each row is what its last entry of the log says.
const DECIDED: [LayerId; 1] = [LayerId::Designation];

/// What came of computing the chain again and of holding decisions against it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    #[serde(flatten)]
    pub log: LogCheck,
    pub rows: Vec<StrayRow>,
}

impl Verdict {
    pub fn holds(&self) -> bool {
        self.log.fault.is_none() && self.rows.is_empty()
    }
}

/// A row that the log does not account for, and why: `changed` (it is not as its last entry left it), `unlogged` (it has no entry) or `gone` (the log has
/// it, the table has not).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StrayRow {
    pub collection: &'static str,
    pub id: String,
    pub why: &'static str,
}

/// The end of the chain.
pub fn head(planner: &Planner) -> Outcome<LogHead> {
    planner.store.log_head()
}

/// The whole chain computed again, and the decisions that stand in the tables beside what it says of them. `kept` is a head that somebody wrote down.
pub fn verify(planner: &Planner, kept: Option<&str>) -> Outcome<Verdict> {
    let log = planner.store.check_log(kept)?;
    let city = planner.city();
    let mut rows = Vec::new();
    for layer in DECIDED {
        let query =
            ChangeQuery { collection: Some(layer.name().to_owned()), until: Some(city.revision), limit: usize::MAX, ..ChangeQuery::default() };
        let mut last: BTreeMap<String, Change> = BTreeMap::new();
        for change in planner.store.changes(&query)? {
            last.entry(change.id.clone()).or_insert(change);
        }
        let table = city.table(layer);
        let standing = (0..table.len()).map(|row| table.key(row).to_owned());
        let ids: std::collections::BTreeSet<String> = standing.chain(last.keys().cloned()).collect();
        let stray = |id: String| stray(&city, layer, &id, last.get(&id)).map(|why| StrayRow { collection: layer.name(), id, why });
        rows.extend(ids.into_iter().filter_map(stray));
    }
    Ok(Verdict { log, rows })
}

/// Refuses to make anything of a decision that is not as the log has it.
pub fn must_be_as_logged(city: &City, layer: LayerId, id: &str, last: Option<&Change>) -> Outcome<()> {
    match stray(city, layer, id, last) {
        None => Ok(()),
        Some(why) => Err(Fault::new(
            FaultKind::Conflict,
            "not_as_logged",
            format!("{id} 的登记与修改记录不符（{why}）"),
            format!("{id} is not as the change log has it ({why})"),
        )
        .at(id)
        .help("以 parkplan audit verify 查看，并从备份恢复", "see parkplan audit verify, and restore the city from a backup")),
    }
}

/// Why a row is not as its last entry of the log left it.
fn stray(city: &City, layer: LayerId, id: &str, last: Option<&Change>) -> Option<&'static str> {
    let table = city.table(layer);
    let stands = table.row_of(id).map(|at| table.row(at));
    let logged = last.and_then(|change| Row::from_json(layer.layer(), &change.after));
    match (stands, logged) {
        (Some(row), Some(logged)) => {
            let same = row.values.iter().zip(&logged.values).all(|(own, logged)| is_same(own, logged));
            (!same).then_some("changed")
        }
        (Some(_), None) => Some("unlogged"),
        (None, Some(_)) => Some("gone"),
        (None, None) => None,
    }
}

/// Numbers went through a text.
fn is_same(own: &Value, logged: &Value) -> bool {
    match (own, logged) {
        (Value::Real(own), Value::Real(logged)) => (own - logged).abs() <= 1e-12 * own.abs().max(1.0),
        _ => own == logged,
    }
}
