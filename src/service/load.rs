//! Reading a city into memory.

use crate::city::{City, Table, TableBuilder};
use crate::domain::fault::Outcome;
use crate::domain::{Layer, dictionary};
use crate::spatial::crs::WorkingCrs;
use crate::store::Store;
use crate::store::geopackage::blob;
use rayon::prelude::*;
use std::sync::Arc;

/// Reads all spatial layers, two at a time on two cores.
pub fn city(store: &dyn Store, crs: &Arc<WorkingCrs>) -> Outcome<City> {
    let revision = store.info()?.revision;
    let layers: Vec<&'static Layer> = dictionary().layers.iter().filter(|layer| layer.is_spatial()).collect();
    let tables = layers.par_iter().map(|layer| table(store, layer).map(Arc::new)).collect::<Outcome<Vec<_>>>()?;
    Ok(City::new(revision, crs.clone(), tables))
}

/// Reads one layer. A geometry that does not decode is kept as an empty shape and logged: its row still counts.
pub fn table(store: &dyn Store, layer: &'static Layer) -> Outcome<Table> {
    let mut builder = TableBuilder::new(layer, store.count(layer)? as usize);
    let mut unreadable = 0u64;
    store.scan(layer, &mut |fid, cells, blob| {
        builder.push(fid, cells, |shapes| {
            if let Some(blob) = blob
                && blob::decode_into(blob, shapes).is_err()
            {
                unreadable += 1;
            }
        });
    })?;
    if unreadable > 0 {
        tracing::warn!(layer = layer.name, unreadable, "geometries that do not decode were read as empty");
    }
    Ok(builder.finish())
}
