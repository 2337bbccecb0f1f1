//! The use cases. [`Planner`] loads, calls the analyses, saves and tells listeners; it knows nothing of HTTP or terminals.

pub mod analyses;
pub mod changes;
pub mod exports;
pub mod import;
pub mod instruments;
pub mod items;
pub mod jobs;
mod letting;
pub mod load;
pub mod occupancy;
pub mod packs;
pub mod plans;
pub mod rights;
pub mod search;
pub mod sessions;
pub mod tiles;
pub mod topology;

pub use rights::Viewer;

use crate::city::{City, Table};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Layer, dictionary};
use crate::spatial::crs::WorkingCrs;
use crate::store::geopackage::GeoPackage;
use crate::store::{CityInfo, Store};
use arc_swap::ArcSwap;
use letting::Occupancy;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use tokio::sync::broadcast;

/// A recorded change, for those who watch the map.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Event {
    pub revision: i64,
    pub collection: String,
    pub ids: Vec<String>,
}

/// A city at work.
pub struct Planner {
    store: Arc<dyn Store>,
    crs: Arc<WorkingCrs>,
    city: ArcSwap<City>,
    /// Attribute tables read on demand, with the revision they were read at.
    attributes: Mutex<HashMap<String, (i64, Arc<Table>)>>,
    occupancy: RwLock<Occupancy>,
    floors: arc_swap::ArcSwapOption<analyses::FloorIndex>,
    sessions: sessions::Sessions,
    jobs: jobs::Jobs,
    /// Threads of the analyses: the map's requests never wait for them.
    compute: rayon::ThreadPool,
    events: broadcast::Sender<Event>,
}

/// Events that a slow listener may fall behind before it loses some (it then reloads).
const EVENT_BACKLOG: usize = 256;

impl Planner {
    /// Opens a city file and reads its layers.
    pub fn open(path: &Path) -> Outcome<Self> {
        let store = GeoPackage::open(path)?;
        let crs = Arc::new(WorkingCrs::parse(&store.info()?.crs)?);
        Self::with_store(Arc::new(store), crs)
    }

    pub fn with_store(store: Arc<dyn Store>, crs: Arc<WorkingCrs>) -> Outcome<Self> {
        let city = load::city(store.as_ref(), &crs)?;
        let occupancy = Occupancy::read(store.as_ref(), &city)?;
        Ok(Planner {
            store,
            crs,
            city: ArcSwap::from_pointee(city),
            attributes: Mutex::new(HashMap::new()),
            occupancy: RwLock::new(occupancy),
            floors: arc_swap::ArcSwapOption::empty(),
            sessions: sessions::Sessions::default(),
            jobs: jobs::Jobs::default(),
            compute: rayon::ThreadPoolBuilder::new().build().map_err(|error| Fault::internal("threads", error))?,
            events: broadcast::channel(EVENT_BACKLOG).0,
        })
    }

    pub fn city(&self) -> Arc<City> {
        self.city.load_full()
    }

    pub fn crs(&self) -> &WorkingCrs {
        &self.crs
    }

    pub fn info(&self) -> Outcome<CityInfo> {
        self.store.info()
    }

    pub fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    pub fn listen(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    fn tell(&self, revision: i64, collection: &str, ids: Vec<String>) {
        // Nobody listening is no fault.
        let _ = self.events.send(Event { revision, collection: collection.to_owned(), ids });
    }

    /// The table of a collection: from the snapshot for spatial layers, read from the store for attribute tables.
    pub fn table(&self, name: &str) -> Outcome<Arc<Table>> {
        let layer = collection(name)?;
        if layer.is_spatial() {
            return self.city().named(name).cloned().ok_or_else(|| no_collection(name));
        }
        let revision = self.store.info()?.revision;
        let cached = self.attributes.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        if let Some((read_at, table)) = cached
            && read_at == revision
        {
            return Ok(table);
        }
        let table = Arc::new(load::table(self.store.as_ref(), layer)?);
        self.attributes.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), (revision, table.clone()));
        Ok(table)
    }
}

/// The layers that are served as collections, in the order they are listed.
pub fn collections() -> impl Iterator<Item = &'static Layer> {
    dictionary().layers.iter().filter(|layer| layer.name != "floor")
}

/// The dictionary's layer of a collection's name.
pub fn collection(name: &str) -> Outcome<&'static Layer> {
    collections().find(|layer| layer.name == name).ok_or_else(|| no_collection(name))
}

fn no_collection(name: &str) -> Fault {
    let known: Vec<&str> = collections().map(|layer| layer.name.as_str()).collect();
    Fault::not_found("no_such_collection", format!("没有图层 {name}"), format!("there is no collection {name}"))
        .at(name)
        .help(format!("可用：{}", known.join("、")), format!("known: {}", known.join(", ")))
}

/// Today in the local time zone, `YYYY-MM-DD`. The only clock of the house; callers pass the date on.
pub fn today() -> String {
    chrono::Local::now().date_naive().to_string()
}
