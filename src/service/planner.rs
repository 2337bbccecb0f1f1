//! [`Planner`]: the city of the moment with its writer, people and jobs.

use super::edits::Person;
use super::events::{Event, Events};
use super::sessions::People;
use super::writer::{Done, Pending, Writer};
use super::{Viewer, jobs, load, now, today};
use crate::city::City;
use crate::domain::fault::Outcome;
use crate::domain::{Edit, Fault, FaultKind};
use crate::store::geopackage::GeoPackage;
use crate::store::{AccountStore, CityStore, Outside};
use arc_swap::ArcSwap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::broadcast;

/// What the configuration says of how work is done.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whoever drafts or submits does not decide.
    pub two_persons: bool,
    /// The font of certificates; the system's where nothing is said.
    pub font: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { two_persons: true, font: None }
    }
}

impl Settings {
    /// The city at work by these.
    pub fn on(self, planner: Planner) -> Planner {
        Planner { settings: self, ..planner }
    }
}

/// A city at work.
pub struct Planner {
    pub(super) store: Arc<dyn CityStore>,
    pub(super) city: Arc<ArcSwap<City>>,
    /// None where the city was opened for reading.
    pub(super) writer: Option<Writer>,
    pub(super) events: Events,
    people: People,
    pub(super) jobs: jobs::Jobs,
    settings: Settings,
    /// Threads of the analyses: the map's requests never wait for them.
    pub(super) compute: rayon::ThreadPool,
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
            city,
            writer,
            events,
            people: People::new(accounts),
            jobs: jobs::Jobs::default(),
            settings: Settings::default(),
            compute: rayon::ThreadPoolBuilder::new().build().map_err(|error| Fault::internal("threads", error))?,
        })
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Who makes an edit now.
    pub(super) fn person(&self, viewer: &Viewer) -> Person {
        Person { viewer: viewer.clone(), today: today(), two_persons: self.settings.two_persons }
    }

    /// The city as it stands. A use case takes it once, at its start.
    pub fn city(&self) -> Arc<City> {
        self.city.load_full()
    }

    pub fn listen(&self) -> broadcast::Receiver<Event> {
        self.events.listen()
    }

    pub fn people(&self) -> &People {
        &self.people
    }

    pub fn jobs(&self) -> &jobs::Jobs {
        &self.jobs
    }

    /// Makes an edit: checked against the head, on disk and published when this returns.
    pub fn edit(&self, viewer: &Viewer, edit: Edit) -> Outcome<Done> {
        self.hand_in(viewer, edit)?.wait()
    }

    /// Hands in an edit without waiting for it.
    pub(super) fn hand_in(&self, viewer: &Viewer, edit: Edit) -> Outcome<Pending> {
        let writer = self
            .writer
            .as_ref()
            .ok_or_else(|| Fault::new(FaultKind::Forbidden, "read_only", "城市以只读方式打开", "the city was opened for reading only"))?;
        writer.submit(edit, self.person(viewer), now())
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
            Some(Outside::Altered) => Err(told(
                "城市文件的行已被其他软件直接修改（不在修改记录中），服务中的是旧数据",
                "rows of the city file were changed by another program, past its log; what is served is old",
            )),
            Some(Outside::Written { .. }) => {
                Err(told("城市文件已在别处改动，服务中的是旧数据", "the city file was changed elsewhere; what is served is old"))
            }
        }
    }

    /// The store, for measuring and for leaving the file as a state of the city.
    pub(crate) fn store(&self) -> &dyn CityStore {
        self.store.as_ref()
    }

    /// Threads of the analyses.
    pub(crate) fn compute(&self) -> &rayon::ThreadPool {
        &self.compute
    }
}
