//! [`City::with`]: the only way to a next City.

use super::edit::{Effect, TableEdit};
use super::instruments::Instruments;
use super::letting::Letting;
use super::links::Links;
use super::{Changed, City, LayerState};
use crate::domain::columns::{building, floor, unit};
use crate::domain::fault::Outcome;
use crate::domain::{LayerId, Row, RowChange};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl City {
    /// The city after these changes, as `revision`. Costs what changed: everything else is shared with this one.
    ///
    /// # Errors
    /// When a change does not fit: a row that is not there, or is there already. Checks see to it that this does not happen.
    pub fn with(&self, changes: &[RowChange], revision: i64) -> Outcome<City> {
        self.clone().into_next(changes, revision)
    }

    /// As [`City::with`] of a City that nobody else needs: what only it holds is changed in place.
    pub fn into_next(mut self, changes: &[RowChange], revision: i64) -> Outcome<City> {
        self.revision = revision;
        let mut edits: BTreeMap<LayerId, TableEdit> = BTreeMap::new();
        for change in changes {
            match change {
                RowChange::Insert { layer, fid, row } => self.open(&mut edits, *layer).insert(*fid, row)?,
                RowChange::Update { layer, fid, before, after } => self.open(&mut edits, *layer).update(*fid, before, after)?,
                RowChange::Remove { layer, fid, .. } => self.open(&mut edits, *layer).remove(*fid)?,
                RowChange::Plan { before, after } => {
                    let plans = Arc::make_mut(&mut self.plans);
                    if let Some(before) = before {
                        plans.remove(&before.id);
                    }
                    if let Some(after) = after {
                        plans.insert(after.id.clone(), after.clone());
                    }
                }
            }
        }
        let mut effects: BTreeMap<LayerId, Effect> = BTreeMap::new();
        for (layer, edit) in edits {
            let (table, effect) = edit.finish();
            self.layers[layer.index()] = LayerState { table: Arc::new(table), changed: Changed { revision: self.revision, bounds: effect.bounds } };
            effects.insert(layer, effect);
        }
        self.derive(&effects, changes)?;
        Ok(self)
    }

    /// The layer's table for changing; it is out of the city until it is put back.
    fn open<'e>(&mut self, edits: &'e mut BTreeMap<LayerId, TableEdit>, layer: LayerId) -> &'e mut TableEdit {
        edits.entry(layer).or_insert_with(|| {
            let table = std::mem::replace(&mut self.layers[layer.index()].table, self.nothing.clone());
            TableEdit::of(Arc::unwrap_or_clone(table))
        })
    }

    /// Brings what is derived up to date: by difference where rows kept their numbers, anew where they did not or where buildings, parcels or
    /// parks came, went or changed their place.
    fn derive(&mut self, effects: &BTreeMap<LayerId, Effect>, changes: &[RowChange]) -> Outcome<()> {
        if effects.contains_key(&LayerId::Instrument) {
            self.instruments = Arc::new(Instruments::read(self.table(LayerId::Instrument))?);
        }
        let linked = [LayerId::Park, LayerId::Parcel, LayerId::Building, LayerId::Floor, LayerId::Unit];
        let renumbered = linked.iter().any(|layer| effects.get(layer).is_some_and(|effect| effect.renumbered));
        if renumbered || changes.iter().any(moves_owners) {
            let [parks, parcels, buildings, floors, units] = linked.map(|layer| self.table(layer).clone());
            self.links = Links::build(&parks, &parcels, &buildings, &floors, &units);
            self.letting = Letting::build(&self.links, &units);
            return Ok(());
        }
        self.relink(changes);
        Ok(())
    }

    /// Links and letting of the units and floors that changed in place or were appended.
    fn relink(&mut self, changes: &[RowChange]) {
        let mut touched: BTreeSet<usize> = BTreeSet::new();
        for change in changes {
            let (layer, fid, before, after) = match change {
                RowChange::Insert { layer, fid, row } => (*layer, *fid, None, row),
                RowChange::Update { layer, fid, before, after } => (*layer, *fid, Some(before), after),
                RowChange::Remove { .. } | RowChange::Plan { .. } => continue,
            };
            let code = |row: &Row| match layer {
                LayerId::Unit => row.text(unit::BUILDING).map(str::to_owned),
                LayerId::Floor => row.text(floor::BUILDING).map(str::to_owned),
                _ => None,
            };
            let (Some(row), LayerId::Unit | LayerId::Floor) = (self.table(layer).row_of_fid(fid), layer) else { continue };
            let buildings = self.table(LayerId::Building);
            let owner = |row: &Row| code(row).and_then(|code| buildings.row_of(&code));
            let (from, to) = (before.and_then(owner), owner(after));
            let table = self.table(layer).clone();
            if before.is_none() || from != to {
                match layer {
                    LayerId::Unit => self.links.unit_moved(&table, row as u32, from, to),
                    _ => self.links.floor_moved(&table, row as u32, from, to),
                }
            }
            if layer == LayerId::Unit {
                touched.extend(from);
                touched.extend(to);
            }
        }
        let (buildings, parcels) = (self.table(LayerId::Building), self.table(LayerId::Parcel));
        let parcel = |row: usize| buildings.text(row, building::PARCEL).and_then(|code| parcels.row_of(code));
        let parcels: BTreeSet<usize> = touched.into_iter().filter_map(parcel).collect();
        let units = self.table(LayerId::Unit).clone();
        for parcel in parcels {
            self.letting.refresh(&self.links, &units, parcel);
        }
    }
}

/// Whether a change makes, removes or moves what units and buildings hang on.
fn moves_owners(change: &RowChange) -> bool {
    let owner = |layer: &LayerId| matches!(layer, LayerId::Park | LayerId::Parcel | LayerId::Building);
    match change {
        RowChange::Insert { layer, .. } | RowChange::Remove { layer, .. } => owner(layer),
        RowChange::Update { layer: LayerId::Building, before, after, .. } => {
            let place = |row: &Row| [row.text(building::PARCEL).map(str::to_owned), row.text(building::PARK).map(str::to_owned)];
            place(before) != place(after)
        }
        _ => false,
    }
}
