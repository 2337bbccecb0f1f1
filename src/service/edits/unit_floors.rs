//! Sums over floors (exact-designation P0): the rows of a table count together.

use super::unit_sheet::Draft;
use super::unit_verdicts::JudgedRow;
use super::units::FLOOR_SLACK_M2;
use crate::city::City;
use crate::domain::columns::{floor, unit};
use crate::domain::edit::Refusal;
use crate::domain::unit_sheet::SheetColumn;
use crate::domain::{LayerId, Row};
use std::collections::{BTreeMap, HashMap};

/// Drops the rows that would make the units of a floor more than the floor: of such a floor no area is changed, whichever row went too far.
pub(super) fn hold(drafts: Vec<Draft>, rows: &mut [JudgedRow], city: &City) -> Vec<Draft> {
    let after: HashMap<usize, &Row> = drafts.iter().map(|draft| (draft.at, &draft.after)).collect();
    let mut touched: BTreeMap<(usize, String), Vec<usize>> = BTreeMap::new();
    for draft in drafts.iter().filter(|draft| draft.area_changes) {
        let building = draft.after.text(unit::BUILDING).and_then(|code| city.table(LayerId::Building).row_of(code));
        if let Some(building) = building {
            let label = draft.after.text(unit::FLOOR).unwrap_or_default().to_owned();
            touched.entry((building, label)).or_default().push(draft.index);
        }
    }
    for ((building, label), indexes) in touched {
        let Some(area) = floor_area(city, building, &label) else {
            let unknown =
                Refusal::new("floor_unknown", "楼层面积未登记，本层合计未核对", "the floor's area is not recorded: its sum was not checked");
            indexes.iter().for_each(|index| rows[*index].warn(&unknown));
            continue;
        };
        let sum = sum_of(city, building, &label, &after);
        if sum > area + FLOOR_SLACK_M2 {
            let list: Vec<String> = indexes.iter().map(|index| rows[*index].row.to_string()).collect();
            let refusal = Refusal::new(
                "floor_sum",
                format!("本层单元合计 {sum:.1} m²，超过楼层面积 {area:.1} m²（第 {} 行）", list.join("、")),
                format!("the units of this floor add up to {sum:.1} m², more than the floor's {area:.1} m² (rows {})", list.join(", ")),
            );
            indexes.iter().for_each(|index| rows[*index].reject(SheetColumn::AreaM2, &refusal));
        }
    }
    drafts.into_iter().filter(|draft| !rows[draft.index].is_refused()).collect()
}

/// The floor's area, m²; none where it is not recorded.
pub(super) fn floor_area(city: &City, building: usize, label: &str) -> Option<f64> {
    let floors = city.table(LayerId::Floor);
    let of_floor = |row: &&u32| floors.text(**row as usize, floor::FLOOR).unwrap_or_default() == label;
    city.links().floors_of_building(building).iter().find(of_floor).and_then(|row| floors.number(*row as usize, floor::AREA_M2))
}

/// What the units of a floor add up to with these changes, m². All states count.
pub(super) fn sum_of(city: &City, building: usize, label: &str, after: &HashMap<usize, &Row>) -> f64 {
    let units = city.table(LayerId::Unit);
    let here = city.links().units_of_building(building).iter().map(|row| *row as usize);
    let on_it = here.filter(|row| units.text(*row, unit::FLOOR).unwrap_or_default() == label);
    on_it.filter_map(|row| after.get(&row).map_or_else(|| units.number(row, unit::AREA_M2), |after| after.number(unit::AREA_M2))).sum()
}
