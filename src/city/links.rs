//! Who belongs to whom: park → buildings, parcel → buildings, building → floors and units, as row numbers.

use super::blocks::Blocks;
use super::table::{Table, TextColumn};
use crate::domain::columns::{building, floor, unit};

/// Rows of one table by rows of another.
type Rows = Blocks<Box<[u32]>>;

/// The links of one revision. Lists are in file order, units and floors in the order of their keys.
#[derive(Clone, Debug, Default)]
pub struct Links {
    buildings_of_park: Rows,
    buildings_of_parcel: Rows,
    floors_of_building: Rows,
    units_of_building: Rows,
}

impl Links {
    pub(super) fn build(parks: &Table, parcels: &Table, buildings: &Table, floors: &Table, units: &Table) -> Self {
        let sorted = |mut rows: Rows, table: &Table| {
            for owner in 0..rows.len() {
                if rows.get(owner).is_some_and(|list| list.len() > 1)
                    && let Some(list) = rows.get_mut(owner)
                {
                    list.sort_by(|a, b| table.key(*a as usize).cmp(table.key(*b as usize)));
                }
            }
            rows
        };
        Links {
            buildings_of_park: group(parks, buildings, building::PARK),
            buildings_of_parcel: group(parcels, buildings, building::PARCEL),
            floors_of_building: sorted(group(buildings, floors, floor::BUILDING), floors),
            units_of_building: sorted(group(buildings, units, unit::BUILDING), units),
        }
    }

    /// Building rows of a park's row.
    pub fn buildings_of_park(&self, park: usize) -> &[u32] {
        of(&self.buildings_of_park, park)
    }

    /// Building rows of a parcel's row.
    pub fn buildings_of_parcel(&self, parcel: usize) -> &[u32] {
        of(&self.buildings_of_parcel, parcel)
    }

    /// As [`Links::buildings_of_parcel`]; `None` beyond the last parcel.
    pub(super) fn known_parcel(&self, parcel: usize) -> Option<&[u32]> {
        self.buildings_of_parcel.get(parcel).map(|list| &**list)
    }

    /// Floor rows of a building's row.
    pub fn floors_of_building(&self, building: usize) -> &[u32] {
        of(&self.floors_of_building, building)
    }

    /// Unit rows of a building's row.
    pub fn units_of_building(&self, building: usize) -> &[u32] {
        of(&self.units_of_building, building)
    }

    /// A unit stands in another building than before, is new, or is about to go.
    pub(super) fn unit_moved(&mut self, units: &Table, row: u32, from: Option<usize>, to: Option<usize>) {
        relink(&mut self.units_of_building, units, row, from, to);
    }

    pub(super) fn floor_moved(&mut self, floors: &Table, row: u32, from: Option<usize>, to: Option<usize>) {
        relink(&mut self.floors_of_building, floors, row, from, to);
    }

    pub fn bytes(&self) -> usize {
        let of = |rows: &Rows| rows.bytes() + rows.iter().map(|list| list.len() * 4).sum::<usize>();
        [&self.buildings_of_park, &self.buildings_of_parcel, &self.floors_of_building, &self.units_of_building].into_iter().map(of).sum()
    }
}

fn of(rows: &Rows, owner: usize) -> &[u32] {
    rows.get(owner).map_or(&[], |list| list)
}

fn relink(rows: &mut Rows, table: &Table, row: u32, from: Option<usize>, to: Option<usize>) {
    if let Some(list) = from.and_then(|from| rows.get_mut(from)) {
        *list = list.iter().copied().filter(|other| *other != row).collect();
    }
    if let Some(list) = to.and_then(|to| rows.get_mut(to)) {
        let mut longer = list.to_vec();
        let at = longer.partition_point(|other| table.key(*other as usize) < table.key(row as usize));
        longer.insert(at, row);
        *list = longer.into();
    }
}

/// Members by owner, in file order. Neighbouring rows mostly name the same owner, so each is looked up once a run.
fn group(owners: &Table, members: &Table, name: impl TextColumn + Copy) -> Rows {
    let mut lists: Vec<Vec<u32>> = vec![Vec::new(); owners.len()];
    let mut last: Option<(&str, Option<usize>)> = None;
    for row in 0..members.len() {
        let Some(code) = members.text(row, name) else { continue };
        let owner = match last {
            Some((known, owner)) if known == code => owner,
            _ => owners.row_of(code),
        };
        last = Some((code, owner));
        if let Some(owner) = owner {
            lists[owner].push(row as u32);
        }
    }
    lists.into_iter().map(Vec::into_boxed_slice).collect()
}
