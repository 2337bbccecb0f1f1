//! Reading a city into memory.

use crate::city::{City, Table, TableBuilder};
use crate::domain::LayerId;
use crate::domain::fault::Outcome;
use crate::spatial::crs::WorkingCrs;
use crate::store::CityStore;
use rayon::prelude::*;
use std::sync::Arc;

/// Reads all layers, several at a time.
pub fn city(store: &dyn CityStore) -> Outcome<City> {
    let info = store.info()?;
    let crs = Arc::new(WorkingCrs::parse(&info.crs)?);
    let tables = LayerId::ALL.par_iter().map(|layer| table(store, *layer)).collect::<Outcome<Vec<_>>>()?;
    City::new(info, crs, tables, store.plans()?)
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
