//! Who belongs to whom: park → buildings, parcel → buildings, building → floors and units, as row numbers.

use super::blocks::{BLOCK, Blocks};
use super::table::{Table, TextColumn};
use crate::domain::columns::{building, floor, unit};
use rayon::prelude::*;

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
        let ((buildings_of_park, buildings_of_parcel), (floors_of_building, units_of_building)) = rayon::join(
            || (group(parks, buildings, building::PARK, Order::File), group(parcels, buildings, building::PARCEL, Order::File)),
            || rayon::join(|| group(buildings, floors, floor::BUILDING, Order::Key), || group(buildings, units, unit::BUILDING, Order::Key)),
        );
        Links { buildings_of_park, buildings_of_parcel, floors_of_building, units_of_building }
    }

    /// Building rows of a park's row.
    pub fn buildings_of_park(&self, park: usize) -> &[u32] {
        of(&self.buildings_of_park, park)
    }

    /// Building rows of a parcel's row.
    pub fn buildings_of_parcel(&self, parcel: usize) -> &[u32] {
        of(&self.buildings_of_parcel, parcel)
    }

    /// How many parcels there are.
    pub(super) fn parcels(&self) -> usize {
        self.buildings_of_parcel.len()
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

/// In which order the members of an owner stand.
#[derive(Clone, Copy, PartialEq)]
enum Order {
    File,
    Key,
}

/// Members by owner. Memory is taken once: a city has far more lists than a list has members.
fn group(owners: &Table, members: &Table, name: impl TextColumn + Copy + Sync, order: Order) -> Rows {
    let owner = owners_of(owners, members, name);
    let mut ends = vec![0usize; owners.len()];
    owner.iter().flatten().for_each(|at| ends[*at as usize] += 1);
    let mut total = 0;
    for end in &mut ends {
        // First where a list begins; the filling below moves it to where the list ends.
        total += std::mem::replace(end, total);
    }
    let mut rows = vec![0u32; total];
    for (row, at) in owner.iter().enumerate() {
        if let Some(at) = at {
            rows[ends[*at as usize]] = row as u32;
            ends[*at as usize] += 1;
        }
    }
    let mut start = 0;
    let lists = ends.into_iter().map(|end| {
        let list = &mut rows[std::mem::replace(&mut start, end)..end];
        if order == Order::Key {
            list.sort_by(|a, b| members.key(*a as usize).cmp(members.key(*b as usize)));
        }
        Box::from(&*list)
    });
    lists.collect()
}

/// The owner's row of each member. Members of one owner mostly stand together, and their owners in the same order as they: the owner of the row before and the one behind it are tried before it is looked for.
fn owners_of(owners: &Table, members: &Table, name: impl TextColumn + Copy + Sync) -> Vec<Option<u32>> {
    let blocks: Vec<usize> = (0..members.len()).step_by(BLOCK).collect();
    let found = blocks.into_par_iter().flat_map_iter(|start| {
        let mut last: Option<usize> = None;
        (start..members.len().min(start + BLOCK)).map(move |row| {
            let code = members.text(row, name)?;
            let near = last.into_iter().flat_map(|last| [last, last + 1]).find(|near| *near < owners.len() && owners.key(*near) == code);
            let owner = near.or_else(|| owners.row_of(code))?;
            last = Some(owner);
            Some(owner as u32)
        })
    });
    found.collect()
}
