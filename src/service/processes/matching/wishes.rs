//! Open requirements as rows to be matched.

use super::inputs::Wanted;
use crate::city::{City, Table};
use crate::domain::LayerId;
use crate::domain::columns::requirement as column;
use crate::service::kept::is_closed;

/// A requirement that still looks for a place.
pub(super) struct Wish {
    pub code: String,
    pub state: Option<String>,
    pub wanted: Wanted,
    /// Codes of floors and parcels that were offered.
    pub offered: Vec<String>,
}

/// In the order of their codes.
pub(super) fn open(city: &City) -> Vec<Wish> {
    let table = city.table(LayerId::Requirement);
    let open = (0..table.len()).filter(|row| !is_closed(table.text(*row, column::STATE)));
    let mut wishes: Vec<Wish> = open.map(|row| wish(table, row)).collect();
    wishes.sort_by(|a, b| a.code.cmp(&b.code));
    wishes
}

fn wish(table: &Table, row: usize) -> Wish {
    let own = |text: Option<&str>| text.map(str::to_owned);
    Wish {
        code: table.key(row).to_owned(),
        state: own(table.text(row, column::STATE)),
        wanted: Wanted {
            cluster: own(table.text(row, column::CLUSTER)),
            area_min_m2: table.number(row, column::AREA_MIN_M2),
            area_max_m2: table.number(row, column::AREA_MAX_M2),
            load_kn_m2: table.number(row, column::LOAD_KN_M2),
            height_m: table.number(row, column::HEIGHT_M),
            power_kva: table.number(row, column::POWER_KVA),
            fire_class: own(table.text(row, column::FIRE_CLASS)),
            districts: table.list(row, column::DISTRICTS).unwrap_or_default(),
            by: own(table.text(row, column::NEEDED_BY)),
        },
        offered: table.list(row, column::OFFERED).unwrap_or_default(),
    }
}
