//! [`City`]: one immutable revision of everything, in memory. Queries and analyses read it; a commit makes the next one at the cost of the change.

pub mod blocks;
pub mod boxes;
pub mod column;
pub mod cql2;
mod edit;
pub mod filter;
pub mod instruments;
mod keys;
pub mod letting;
pub mod links;
pub mod query;
pub mod summary;
pub mod table;
mod with;

pub use instruments::Instruments;
pub use letting::{Letting, LettingTotals};
pub use query::{Page, Query, SortKey};
pub use table::{Table, TableBuilder};

use crate::domain::fault::Outcome;
use crate::domain::{CityInfo, LayerId, Plan};
use crate::spatial::bounds;
use crate::spatial::crs::WorkingCrs;
use geo_types::{Coord, Rect};
use links::Links;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One revision of a city. A use case takes it once, at its start, and never asks again.
#[derive(Clone)]
pub struct City {
    /// The revision that all of this is, and that answers name.
    pub revision: i64,
    pub crs: Arc<WorkingCrs>,
    info: Arc<CityInfo>,
    /// By [`LayerId::index`].
    layers: Vec<LayerState>,
    plans: Arc<BTreeMap<String, Arc<Plan>>>,
    links: Links,
    letting: Letting,
    instruments: Arc<Instruments>,
    /// An empty table, put where one is out for changing.
    nothing: Arc<Table>,
}

/// A layer of a revision.
#[derive(Clone)]
struct LayerState {
    table: Arc<Table>,
    changed: Changed,
}

/// When a layer last changed, and where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Changed {
    pub revision: i64,
    /// Box of the shapes that changed, working CRS; none for attribute tables and after loading.
    pub bounds: Option<Rect<f64>>,
}

impl City {
    /// Puts a city together from its tables (in the dictionary's order) and plans, and derives the rest.
    pub fn new(info: CityInfo, crs: Arc<WorkingCrs>, tables: Vec<Table>, plans: Vec<Plan>) -> Outcome<Self> {
        let revision = info.revision;
        let changed = Changed { revision, bounds: None };
        let layers: Vec<LayerState> = tables.into_iter().map(|table| LayerState { table: Arc::new(table), changed }).collect();
        let of = |layer: LayerId| &*layers[layer.index()].table;
        let links = Links::build(of(LayerId::Park), of(LayerId::Parcel), of(LayerId::Building), of(LayerId::Floor), of(LayerId::Unit));
        let letting = Letting::build(&links, of(LayerId::Unit));
        let instruments = Arc::new(Instruments::read(of(LayerId::Instrument))?);
        let plans = Arc::new(plans.into_iter().map(|plan| (plan.id.clone(), Arc::new(plan))).collect());
        let nothing = Arc::new(TableBuilder::new(LayerId::District).finish());
        Ok(City { revision, crs, info: Arc::new(info), layers, plans, links, letting, instruments, nothing })
    }

    /// Name, date and origin; its revision is [`City::revision`].
    pub fn info(&self) -> CityInfo {
        CityInfo { revision: self.revision, ..(*self.info).clone() }
    }

    pub fn table(&self, layer: LayerId) -> &Arc<Table> {
        &self.layers[layer.index()].table
    }

    /// The table of a layer that a person named.
    pub fn named(&self, layer: &str) -> Option<&Arc<Table>> {
        LayerId::parse(layer).map(|layer| self.table(layer))
    }

    pub fn tables(&self) -> impl Iterator<Item = &Arc<Table>> {
        self.layers.iter().map(|layer| &layer.table)
    }

    /// When a layer last changed.
    pub fn changed(&self, layer: LayerId) -> Changed {
        self.layers[layer.index()].changed
    }

    /// Plans in the order of their making.
    pub fn plans(&self) -> Vec<&Arc<Plan>> {
        let mut plans: Vec<&Arc<Plan>> = self.plans.values().collect();
        plans.sort_by(|a, b| (&a.created, &a.id).cmp(&(&b.created, &b.id)));
        plans
    }

    pub fn plan(&self, id: &str) -> Option<&Arc<Plan>> {
        self.plans.get(id)
    }

    /// Park → buildings → floors and units.
    pub fn links(&self) -> &Links {
        &self.links
    }

    /// What is let and how old the figures are, by parcel.
    pub fn letting(&self) -> &Letting {
        &self.letting
    }

    /// The instruments and the lineage that they make.
    pub fn instruments(&self) -> &Instruments {
        &self.instruments
    }

    /// Box of everything, working CRS.
    pub fn extent(&self) -> Option<Rect<f64>> {
        self.tables().filter_map(|table| table.extent()).reduce(bounds::union)
    }

    /// A lon/lat box as a box of the working CRS that holds it: corners and edge middles are projected, and 0.1 % is added for the bow of the edges.
    pub fn plane_box(&self, west: f64, south: f64, east: f64, north: f64) -> Rect<f64> {
        plane_box(&self.crs, west, south, east, north)
    }

    /// Box in degrees [west, south, east, north] of a box of the working CRS.
    pub fn lon_lat_box(&self, bounds: Rect<f64>) -> [f64; 4] {
        let corners = border(bounds.min(), bounds.max()).map(|point| self.crs.to_lon_lat(point));
        let (min, max) = min_max(&corners);
        [min.x, min.y, max.x, max.y]
    }
}
pub(crate) fn plane_box(crs: &WorkingCrs, west: f64, south: f64, east: f64, north: f64) -> Rect<f64> {
    let points = border(Coord { x: west, y: south }, Coord { x: east, y: north }).map(|point| crs.from_lon_lat(point));
    let (min, max) = min_max(&points);
    let grow = Coord { x: (max.x - min.x) * 0.001, y: (max.y - min.y) * 0.001 };
    Rect::new(min - grow, max + grow)
}

fn border(min: Coord<f64>, max: Coord<f64>) -> [Coord<f64>; 8] {
    let middle = Coord { x: (min.x + max.x) / 2.0, y: (min.y + max.y) / 2.0 };
    [
        min,
        Coord { x: middle.x, y: min.y },
        Coord { x: max.x, y: min.y },
        Coord { x: max.x, y: middle.y },
        max,
        Coord { x: middle.x, y: max.y },
        Coord { x: min.x, y: max.y },
        Coord { x: min.x, y: middle.y },
    ]
}

/// Bounds of the points that projected; a point that did not is left out.
fn min_max(points: &[Coord<f64>]) -> (Coord<f64>, Coord<f64>) {
    let start = (Coord { x: f64::INFINITY, y: f64::INFINITY }, Coord { x: f64::NEG_INFINITY, y: f64::NEG_INFINITY });
    let (min, max) = points.iter().filter(|point| point.x.is_finite() && point.y.is_finite()).fold(start, |(min, max), point| {
        (Coord { x: min.x.min(point.x), y: min.y.min(point.y) }, Coord { x: max.x.max(point.x), y: max.y.max(point.y) })
    });
    if min.x <= max.x { (min, max) } else { (Coord { x: 0.0, y: 0.0 }, Coord { x: 0.0, y: 0.0 }) }
}
