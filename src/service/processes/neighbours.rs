//! Neighbours of a parcel with shared length (analyses.md §1).

use crate::city::City;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, LayerId};
use crate::service::collections::parcel_row;
use crate::spatial::adjacency::{self, AdjacencyOptions, ContactClass};
use crate::spatial::bounds::grown;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Neighbours {
    pub parcel: String,
    /// `None` for a parcel without a shape, which touches nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tolerance_m: Option<f64>,
    pub neighbours: Vec<Neighbour>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Neighbour {
    pub code: String,
    pub length_m: f64,
    pub class: ContactClass,
    pub gap_m: f64,
}

/// `tolerance_m` is the widest gap between neighbours.
pub fn neighbours(city: &City, code: &str, tolerance_m: Option<f64>) -> Outcome<Neighbours> {
    let mut options = AdjacencyOptions::default();
    if let Some(tolerance) = tolerance_m {
        if !(0.0..=50.0).contains(&tolerance) {
            return Err(Fault::bad("tolerance", "缝隙容差应为 0 到 50 米", "the gap tolerance is 0 to 50 m").at("tolerance"));
        }
        options.tolerance_m = tolerance;
    }
    let row = parcel_row(city, code)?;
    let table = city.table(LayerId::Parcel);
    let Some(bounds) = table.shapes().bounds(row) else {
        return Ok(Neighbours { parcel: code.to_owned(), tolerance_m: None, neighbours: Vec::new() });
    };
    let near = table.index().rows(grown(bounds, options.tolerance_m));
    let contacts = adjacency::neighbours(table.shapes(), row, &near, &options);
    let found = contacts.iter().map(|contact| {
        let other = if contact.a as usize == row { contact.b } else { contact.a };
        Neighbour { code: table.key(other as usize).to_owned(), length_m: contact.length_m, class: contact.class, gap_m: contact.gap_m }
    });
    Ok(Neighbours { parcel: code.to_owned(), tolerance_m: Some(options.tolerance_m), neighbours: found.collect() })
}
