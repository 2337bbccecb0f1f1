//! What must hold in rows of a file as it must in rows that people write one by one: a table's own rules, bounds of its columns, days, sums over floors.

use super::references::{Keys, missing};
use super::unit_floors::{floor_area, sum_of};
use super::{FLOOR_SLACK_M2, Person};
use crate::city::City;
use crate::domain::columns::unit;
use crate::domain::fault::Outcome;
use crate::domain::{Column, Fault, FaultKind, GeometryKind, LayerId, Row, RowChange};
use crate::service::kept::{Case, Faults, rules_of};
use std::collections::{BTreeMap, HashMap};

/// A fault lists so many cells; the count is of all rows.
const LISTED: usize = 20;

/// Titles are given by their steps, each with its evidence: a file can state none.
pub(in crate::service) fn may_come_by_file(layer: LayerId) -> Outcome<()> {
    if layer != LayerId::Designation {
        return Ok(());
    }
    Err(Fault::bad(
        "decided_not_imported",
        "授牌由申报、评审、决定逐步形成，不能导入",
        "titles are given step by step, with their evidence; they are not imported",
    )
    .at("designation")
    .help("用 parkplan designation draft 与 move，或页面「授牌」", "use parkplan designation draft and move, or the page of designations"))
}

/// Refuses the import whole, naming what is wrong by row and column. `changes` are what it would do.
pub(super) fn must_keep(layer: LayerId, changes: &[RowChange], city: &City, person: &Person) -> Outcome<()> {
    let rules = rules_of(layer);
    let bounded: Vec<(usize, &Column)> = layer.layer().columns.iter().enumerate().filter(|(_, column)| column.least.is_some()).collect();
    // Shapes come with whatever a survey left in their cells.
    if rules.is_none() && (layer.layer().geometry != GeometryKind::None || (bounded.is_empty() && layer != LayerId::Unit)) {
        return Ok(());
    }
    let written: Vec<(&RowChange, Option<&Row>, &Row)> = changes.iter().filter_map(before_and_after).collect();
    let mut faults: Vec<Faults> = written.iter().map(|_| Faults::default()).collect();
    for ((_, before, after), faults) in written.iter().zip(&mut faults) {
        bounds(&bounded, *before, after, faults);
    }
    if let Some(rules) = rules {
        // Judged in the city as it would be, so that rows of the file are held against one another too.
        let next = city.with(changes, city.revision + 1)?;
        let case = Case { city: &next, viewer: &person.viewer, today: &person.today };
        let keys = Keys::of(changes);
        for ((change, _, after), faults) in written.iter().zip(&mut faults) {
            rules.check(&case, Some(after), after, faults);
            missing(change, &keys, city, faults);
        }
    }
    if layer == LayerId::Unit {
        days(&written, &person.today, &mut faults);
        floors(&written, &city.with(changes, city.revision + 1)?, &mut faults);
    }
    told(layer, &written, faults)
}

fn before_and_after(change: &RowChange) -> Option<(&RowChange, Option<&Row>, &Row)> {
    match change {
        RowChange::Insert { row, .. } => Some((change, None, row)),
        RowChange::Update { before, after, .. } => Some((change, Some(before), after)),
        RowChange::Remove { .. } | RowChange::Plan { .. } => None,
    }
}

fn bounds(bounded: &[(usize, &Column)], before: Option<&Row>, after: &Row, faults: &mut Faults) {
    for (at, column) in bounded {
        let number = after.values[*at].as_f64().filter(|_| before.is_none_or(|before| before.values[*at] != after.values[*at]));
        if let Some((zh, en)) = number.and_then(|number| super::fields::within(column, number).err()) {
            faults.add(&column.name, zh, en);
        }
    }
}

/// Nothing is known of a day that is still to come (P1).
fn days(written: &[(&RowChange, Option<&Row>, &Row)], today: &str, faults: &mut [Faults]) {
    for ((_, before, after), faults) in written.iter().zip(faults) {
        let stated = after.text(unit::AS_OF).filter(|day| before.is_none_or(|before| before.text(unit::AS_OF) != Some(day)));
        if stated.is_some_and(|day| day > today) {
            faults.add(unit::AS_OF.name(), "截至日期不能在将来", "the as-of date cannot lie in the future");
        }
    }
}

/// Units of a floor are no more than the floor (P0), where the file changes what they add up to.
fn floors(written: &[(&RowChange, Option<&Row>, &Row)], next: &City, faults: &mut [Faults]) {
    let place = |row: &Row| (row.text(unit::BUILDING).map(str::to_owned), row.text(unit::FLOOR).map(str::to_owned), row.number(unit::AREA_M2));
    let mut touched: BTreeMap<(usize, String), Vec<usize>> = BTreeMap::new();
    for (index, (_, before, after)) in written.iter().enumerate() {
        if before.is_some_and(|before| place(before) == place(after)) {
            continue;
        }
        if let Some(building) = after.text(unit::BUILDING).and_then(|code| next.table(LayerId::Building).row_of(code)) {
            touched.entry((building, after.text(unit::FLOOR).unwrap_or_default().to_owned())).or_default().push(index);
        }
    }
    for ((building, label), rows) in touched {
        let Some(area) = floor_area(next, building, &label) else { continue };
        let sum = sum_of(next, building, &label, &HashMap::new());
        if sum > area + FLOOR_SLACK_M2 {
            for row in rows {
                let (zh, en) = (
                    format!("本层单元合计 {sum:.1} m²，超过楼层面积 {area:.1} m²"),
                    format!("the units of this floor add up to {sum:.1} m², more than the floor's {area:.1} m²"),
                );
                faults[row].add(unit::AREA_M2.name(), zh, en);
            }
        }
    }
}

fn told(layer: LayerId, written: &[(&RowChange, Option<&Row>, &Row)], faults: Vec<Faults>) -> Outcome<()> {
    let wrong: Vec<(&str, Faults)> =
        written.iter().zip(faults).filter(|(_, faults)| !faults.is_empty()).map(|((_, _, row), faults)| (row.key(layer.layer()), faults)).collect();
    if wrong.is_empty() {
        return Ok(());
    }
    let count = wrong.len();
    let mut fault = Fault::new(
        FaultKind::Unprocessable,
        "rows_break_rules",
        format!("有 {count} 行不合规则，未写入任何内容"),
        format!("{count} rows break rules of their table; nothing was written"),
    )
    .help("改正所列的行，或从文件中去掉后再导入", "mend the rows that are listed, or leave them out of the file");
    let cells = wrong.into_iter().flat_map(|(key, faults)| faults.into_fields().into_iter().map(move |cell| (key, cell)));
    for (key, (pointer, zh, en)) in cells.take(LISTED) {
        fault = fault.field(format!("/{}{pointer}", key.replace('~', "~0").replace('/', "~1")), zh, en);
    }
    Err(fault)
}
