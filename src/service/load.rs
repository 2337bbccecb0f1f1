//! Reading a city into memory.

use crate::city::{City, Table, TableBuilder};
use crate::domain::LayerId;
use crate::domain::fault::Outcome;
use crate::spatial::crs::WorkingCrs;
use crate::store::CityStore;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::sync::Arc;

/// Reads all layers, several at a time.
pub fn city(store: &dyn CityStore) -> Outcome<City> {
    let info = store.info()?;
    let crs = Arc::new(WorkingCrs::parse(&info.crs)?);
    // The one that takes longest begins, and who is done takes the next: the threads end together.
    let mut layers = LayerId::ALL.iter().map(|layer| Ok((cells(*layer, store.last_fid(*layer)?), *layer))).collect::<Outcome<Vec<_>>>()?;
    layers.sort_by_key(|(cells, layer)| (Reverse(*cells), layer.index()));
    let read = layers.into_iter().par_bridge().map(|(_, layer)| table(store, layer));
    let mut tables = read.collect::<Outcome<Vec<Table>>>()?;
    tables.sort_by_key(|table| table.id().index());
    City::new(info, crs, tables, store.plans()?)
}

/// About how much there is to read. A shape takes as long as a dozen cells.
fn cells(layer: LayerId, rows: i64) -> i64 {
    let layer = layer.layer();
    let shape = if layer.is_spatial() { 12 } else { 0 };
    rows.saturating_mul(layer.columns.len() as i64 + shape)
}

/// Reads one layer. A geometry that does not decode is kept as an empty shape and logged: its row still counts.
pub fn table(store: &dyn CityStore, layer: LayerId) -> Outcome<Table> {
    let mut builder = TableBuilder::new(layer);
    let loaded = store.load(layer, &mut |fid, cells, shape| builder.push(fid, cells, shape))?;
    if loaded.unreadable > 0 {
        tracing::warn!(layer = layer.name(), unreadable = loaded.unreadable, "geometries that do not decode were read as empty");
    }
    Ok(builder.finish())
}
