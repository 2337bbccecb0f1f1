//! Where a city is kept. [`Store`] is what the rest of the house knows; [`geopackage`] is the default.

mod account_store;
mod city_store;
pub mod geopackage;
pub mod lock;

pub use account_store::AccountStore;
pub use city_store::{CityStore, CommitError, Kept, Loaded, Outside};

use crate::domain::fault::Outcome;
use crate::domain::row::CellRef;
pub use crate::domain::{Account, Change, ChangeQuery, CityInfo, Plan, Role, WriteMode};
use crate::domain::{Layer, Row};

/// Who changes what, for the change log.
#[derive(Clone, Debug)]
pub struct Author<'a> {
    pub account: &'a str,
    /// Where the change comes from: a file name, a form, a batch.
    pub source: &'a str,
}

/// A row of an attribute table with its fid.
pub type StoredRow = (i64, Row);

/// A filter on attribute tables: equality on dictionary columns, joined by AND.
pub type Equals<'a> = &'a [(&'a str, &'a str)];

/// What [`Store::scan`] calls with each row: fid, cells in dictionary order, geometry blob.
pub type Visit<'a> = &'a mut dyn FnMut(i64, &[CellRef<'_>], Option<&[u8]>);

/// The storage of one city. All writes are durable when the call returns.
pub trait Store: Send + Sync {
    fn info(&self) -> Outcome<CityInfo>;

    /// Reads the whole layer in fid order; one call of `visit` a row.
    fn scan(&self, layer: &Layer, visit: Visit<'_>) -> Outcome<()>;

    /// Number of rows.
    fn count(&self, layer: &Layer) -> Outcome<u64>;

    /// Rows of an attribute table, ordered by its key.
    fn rows(&self, layer: &'static Layer, equals: Equals<'_>) -> Outcome<Vec<StoredRow>>;

    /// Writes all rows or none, logs the change, and returns the new revision.
    fn write_rows(&self, layer: &'static Layer, rows: &[Row], mode: WriteMode, author: &Author<'_>) -> Outcome<i64>;

    /// Changes one row of an attribute table if its `revision` column still is `expected`; the change log gets both texts.
    /// `check` sees the present row, and returns the new one or refuses.
    fn change_row(
        &self,
        layer: &'static Layer,
        key: &str,
        expected: i64,
        author: &Author<'_>,
        check: &dyn Fn(&Row, &dyn SameFloor) -> Outcome<Row>,
    ) -> Outcome<Row>;

    /// Reads and writes rows of any layers in one transaction: all of the changes that `work` returns or, when it refuses, none.
    /// Each change is an entry of the change log with both texts; all carry the new revision, which is returned. No change, no revision.
    fn transact(&self, author: &Author<'_>, work: &dyn Fn(&dyn Reading) -> Outcome<Vec<RowChange>>) -> Outcome<i64>;

    fn changes(&self, query: &ChangeQuery) -> Outcome<Vec<Change>>;

    fn plans(&self) -> Outcome<Vec<Plan>>;
    fn add_plan(&self, plan: &Plan) -> Outcome<i64>;

    fn accounts(&self) -> Outcome<Vec<Account>>;
    /// The account with its password hash (PHC text).
    fn account(&self, account: &str) -> Outcome<Option<(Account, String)>>;
    fn put_account(&self, account: &Account, password_hash: Option<&str>) -> Outcome<()>;

    fn put_session(&self, token_hash: &str, account: &str, expires_unix: i64) -> Outcome<()>;
    fn session(&self, token_hash: &str, now_unix: i64) -> Outcome<Option<Account>>;
    fn drop_session(&self, token_hash: &str) -> Outcome<()>;
}

/// What a write to a unit must know of its floor, read inside the same transaction.
pub trait SameFloor {
    /// Area of the floor in m², if recorded.
    fn floor_area(&self, building: &str, floor: &str) -> Option<f64>;
    /// Sum of the other units' areas on the floor, m².
    fn other_units_area(&self, building: &str, floor: &str, except: &str) -> f64;
    /// The park of the building, if any.
    fn park_of(&self, building: &str) -> Option<String>;
}

/// Rows as they stand inside a transaction.
pub trait Reading {
    fn rows(&self, layer: &'static Layer, equals: Equals<'_>) -> Outcome<Vec<StoredRow>>;
}

/// One change of [`Store::transact`].
#[derive(Clone, Debug)]
pub enum RowChange {
    Insert {
        layer: &'static Layer,
        row: Row,
    },
    /// The row of this fid becomes `row`; a geometry of `None` leaves the old one.
    Update {
        layer: &'static Layer,
        fid: i64,
        row: Row,
    },
}
