//! The words of the trade: units, values, the data dictionary, the catalogue, faults. No IO.

pub mod account;
pub mod catalogue;
pub mod change;
pub mod city_info;
pub mod cluster_names;
pub mod codes;
pub mod columns;
pub mod days;
pub mod dictionary;
pub mod edit;
pub mod fault;
pub mod instrument;
pub mod json_schema;
pub mod lineage;
pub mod plan;
pub mod ranges;
pub mod row;
pub mod run;
pub mod unit;
pub mod unit_sheet;
pub mod units;

pub use account::{Account, Role};
pub use catalogue::{Catalogue, catalogue};
pub use change::{Author, Change, ChangeQuery, LogEntry, RowChange};
pub use city_info::CityInfo;
pub use columns::{Handle, LayerId};
pub use days::stated_day;
pub use dictionary::{Column, ColumnType, Dictionary, GeometryKind, Layer, dictionary};
pub use edit::Edit;
pub use fault::{Fault, FaultKind, Lang};
pub use instrument::{Instrument, InstrumentKind, InstrumentState};
pub use lineage::{Lineage, Step};
pub use plan::Plan;
pub use row::{CitySink, RingEnd, Row, Shape, Value, WriteMode};
pub use run::{PackUse, RunRecord};
pub use unit::{Floor, Unit, UnitPrivate};
