//! The layers that are served as collections, and what is said of an unknown name.

use crate::city::{City, Table};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Layer, LayerId, dictionary};
use std::sync::Arc;

/// The layers that are served as collections, in the order they are listed.
pub fn collections() -> impl Iterator<Item = &'static Layer> {
    dictionary().layers.iter().filter(|layer| layer.name != LayerId::Floor.name())
}

/// The dictionary's layer of a collection's name.
pub fn collection(name: &str) -> Outcome<&'static Layer> {
    collections().find(|layer| layer.name == name).ok_or_else(|| no_collection(name))
}

/// The table of a collection's name.
pub fn table<'c>(city: &'c City, name: &str) -> Outcome<&'c Arc<Table>> {
    collection(name)?;
    city.named(name).ok_or_else(|| no_collection(name))
}

fn no_collection(name: &str) -> Fault {
    let known: Vec<&str> = collections().map(|layer| layer.name.as_str()).collect();
    Fault::not_found("no_such_collection", format!("没有图层 {name}"), format!("there is no collection {name}"))
        .at(name)
        .help(format!("可用：{}", known.join("、")), format!("known: {}", known.join(", ")))
}

pub(crate) fn no_such_park(park: &str) -> Fault {
    Fault::not_found("no_such_park", format!("没有园区 {park}"), format!("there is no park {park}")).at(park)
}

/// The row of a parcel's code.
pub(crate) fn parcel_row(city: &City, code: &str) -> Outcome<usize> {
    city.table(LayerId::Parcel)
        .row_of(code)
        .ok_or_else(|| Fault::not_found("no_such_parcel", format!("没有宗地 {code}"), format!("there is no parcel {code}")).at(code))
}
