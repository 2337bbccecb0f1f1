//! The words of the trade: units, values, the data dictionary, the catalogue, faults. No IO.

pub mod catalogue;
pub mod dictionary;
pub mod fault;
pub mod instrument;
pub mod lineage;
pub mod row;
pub mod run;
pub mod units;

pub use catalogue::{Catalogue, catalogue};
pub use dictionary::{Column, ColumnType, Dictionary, GeometryKind, Layer, dictionary};
pub use fault::{Fault, FaultKind, Lang};
pub use instrument::{InstrumentKind, InstrumentState};
pub use lineage::{Lineage, Step};
pub use row::{CitySink, Row, Value, WriteMode};
pub use run::{PackUse, RunRecord};
