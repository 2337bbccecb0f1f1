//! The use cases: functions over one [`City`]. [`Planner`] holds the city of the moment, its writer, people and jobs; it knows nothing of HTTP or terminals.

pub mod analyses;
pub mod changes;
pub mod edits;
pub mod events;
pub mod exports;
pub mod import;
pub mod instruments;
pub mod items;
pub mod jobs;
pub mod load;
pub mod occupancy;
pub mod packs;
pub mod plans;
pub mod rights;
pub mod search;
pub mod sessions;
pub mod tiles;
pub mod topology;
pub mod use_cases;
pub mod writer;

pub use events::Event;
pub use rights::Viewer;
pub use writer::Done;

use crate::city::{City, Table};
use crate::domain::fault::Outcome;
use crate::domain::{Edit, Fault, FaultKind, Layer, LayerId, dictionary};
use crate::store::geopackage::GeoPackage;
use crate::store::{AccountStore, CityStore, Outside};
use arc_swap::ArcSwap;
use edits::Person;
use events::Events;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::broadcast;
use writer::Writer;

/// A city at work.
pub struct Planner {
    store: Arc<dyn CityStore>,
    accounts: Arc<dyn AccountStore>,
    city: Arc<ArcSwap<City>>,
    /// None where the city was opened for reading.
    writer: Option<Writer>,
    events: Events,
    sessions: sessions::Sessions,
    jobs: jobs::Jobs,
    /// Threads of the analyses: the map's requests never wait for them.
    compute: rayon::ThreadPool,
}

impl Planner {
    /// Opens a city file for reading and writing and keeps every other writer off it; `command` is what they are told.
    pub fn open(path: &Path, command: &str) -> Outcome<Self> {
        let store = Arc::new(GeoPackage::open_writing(path, command)?);
        Self::with_stores(store.clone(), store, true)
    }

    /// Opens a city file for reading only, also beside a server and in a read-only folder.
    pub fn open_reading(path: &Path) -> Outcome<Self> {
        let store = Arc::new(GeoPackage::open_reading(path)?);
        Self::with_stores(store.clone(), store, false)
    }

    /// Opens a city file for its people only: accounts are no edits and may change beside a server.
    pub fn open_people(path: &Path) -> Outcome<Self> {
        let store = Arc::new(GeoPackage::open_accounts(path)?);
        Self::with_stores(store.clone(), store, false)
    }

    pub fn with_stores(store: Arc<dyn CityStore>, accounts: Arc<dyn AccountStore>, writes: bool) -> Outcome<Self> {
        let city = Arc::new(ArcSwap::from_pointee(load::city(store.as_ref())?));
        let events = Events::default();
        let writer = if writes { Some(Writer::start(store.clone(), city.clone(), events.clone())?) } else { None };
        Ok(Planner {
            store,
            accounts,
            city,
            writer,
            events,
            sessions: sessions::Sessions::default(),
            jobs: jobs::Jobs::default(),
            compute: rayon::ThreadPoolBuilder::new().build().map_err(|error| Fault::internal("threads", error))?,
        })
    }

    /// The city as it stands. A use case takes it once, at its start.
    pub fn city(&self) -> Arc<City> {
        self.city.load_full()
    }

    pub fn listen(&self) -> broadcast::Receiver<Event> {
        self.events.listen()
    }

    /// Makes an edit: checked against the head, on disk and published when this returns.
    pub fn edit(&self, viewer: &Viewer, edit: Edit) -> Outcome<Done> {
        let writer = self
            .writer
            .as_ref()
            .ok_or_else(|| Fault::new(FaultKind::Forbidden, "read_only", "城市以只读方式打开", "the city was opened for reading only"))?;
        writer.submit(edit, Person { viewer: viewer.clone(), today: today() }, now())
    }

    /// Refuses to serve land that is no longer the city's: the file was replaced, restored or written by somebody else.
    pub fn must_be_current(&self) -> Outcome<()> {
        let told =
            |zh: &str, en: &str| Fault::new(FaultKind::Unavailable, "city_changed_outside", zh, en).help("请重新启动服务", "restart the server");
        match self.store.outside(self.city.load().revision)? {
            None => Ok(()),
            Some(Outside::Replaced) => {
                Err(told("城市文件已被替换或恢复，服务中的是旧数据", "the city file was replaced or restored; what is served is old"))
            }
            Some(Outside::Written { .. }) => {
                Err(told("城市文件已在别处改动，服务中的是旧数据", "the city file was changed elsewhere; what is served is old"))
            }
        }
    }

    /// The store, for measuring.
    pub(crate) fn store(&self) -> &dyn CityStore {
        self.store.as_ref()
    }

    /// Threads of the analyses.
    pub(crate) fn compute(&self) -> &rayon::ThreadPool {
        &self.compute
    }
}

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

/// Today in the local time zone, `YYYY-MM-DD`. The only calendar of the house; callers pass the date on.
pub fn today() -> String {
    chrono::Local::now().date_naive().to_string()
}

/// The moment, RFC 3339, UTC, with milliseconds.
pub fn now() -> String {
    chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
