//! Accounts, their parks and their sessions. Only hashes of passwords and tokens are kept.

use super::open::writing_handle;
use super::{Access, GeoPackage, fault, locked, sql};
use crate::domain::fault::Outcome;
use crate::domain::{Account, Role};
use crate::store::AccountStore;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use std::time::Duration;

/// Signing in waits this long for a large import to be written.
const WAIT: Duration = Duration::from_secs(20);

impl AccountStore for GeoPackage {
    fn accounts(&self) -> Outcome<Vec<Account>> {
        self.read(all)
    }

    fn account(&self, account: &str) -> Outcome<Option<(Account, String)>> {
        self.read(|connection| one(connection, account))
    }

    fn put_account(&self, account: &Account, password_hash: Option<&str>) -> Outcome<()> {
        self.write_people(|connection| put(connection, account, password_hash))
    }

    fn put_session(&self, token_hash: &str, account: &str, expires_unix: i64) -> Outcome<()> {
        self.write_people(|connection| put_session(connection, token_hash, account, expires_unix))
    }

    fn session(&self, token_hash: &str, now_unix: i64) -> Outcome<Option<Account>> {
        self.read(|connection| session(connection, token_hash, now_unix))
    }

    fn drop_session(&self, token_hash: &str) -> Outcome<()> {
        self.write_people(|connection| drop_session(connection, token_hash))
    }
}

impl GeoPackage {
    /// Accounts have a connection of their own, so that signing in does not queue behind the city's writer in this process.
    fn write_people<T>(&self, work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>) -> Outcome<T> {
        let people = match &self.access {
            Access::Writing { people, .. } | Access::Accounts { people } => people,
            Access::Reading => return Err(fault::read_only(self.name())),
        };
        let mut people = locked(people);
        let mut connection = match people.take() {
            Some(connection) => connection,
            None => self.people_connection().map_err(|error| self.fault(error))?,
        };
        let done = work(&mut connection);
        *people = Some(connection);
        done.map_err(|error| self.fault(error))
    }

    fn people_connection(&self) -> rusqlite::Result<Connection> {
        let connection = writing_handle(self.readers.path())?;
        sql::prepare(&connection)?;
        connection.busy_timeout(WAIT)?;
        // The city's writer alone works the log into the file, so that a look at the file never meets half a checkpoint.
        connection.pragma_update(None, "wal_autocheckpoint", 0).or_else(super::ignore_rows)?;
        Ok(connection)
    }
}

fn parks(connection: &Connection, account: &str) -> rusqlite::Result<Vec<String>> {
    connection.prepare_cached("SELECT park FROM account_park WHERE account = ? ORDER BY park")?.query_map([account], |row| row.get(0))?.collect()
}

fn read(connection: &Connection, row: &rusqlite::Row<'_>) -> rusqlite::Result<(Account, String)> {
    let account: String = row.get(0)?;
    let role: String = row.get(2)?;
    let parks = parks(connection, &account)?;
    Ok((Account { account, name: row.get(1)?, role: Role::parse(&role).unwrap_or(Role::Guest), parks, disabled: row.get(3)? }, row.get(4)?))
}

const SELECT: &str = "SELECT account, name, role, disabled, password_hash FROM account";

pub(super) fn all(connection: &Connection) -> rusqlite::Result<Vec<Account>> {
    let mut statement = connection.prepare(&format!("{SELECT} ORDER BY account"))?;
    let rows = statement.query_map([], |row| read(connection, row).map(|(account, _)| account))?;
    rows.collect()
}

pub(super) fn one(connection: &Connection, account: &str) -> rusqlite::Result<Option<(Account, String)>> {
    connection.prepare_cached(&format!("{SELECT} WHERE account = ?"))?.query_row([account], |row| read(connection, row)).optional()
}

/// Adds or changes an account; without a new hash the old one stays. A disabled account loses its sessions.
pub(super) fn put(connection: &mut Connection, account: &Account, password_hash: Option<&str>) -> rusqlite::Result<()> {
    let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    step.execute(
        "INSERT INTO account VALUES (?1,?2,?3,?4,?5) ON CONFLICT (account) DO UPDATE SET
           name = ?2, role = ?3, disabled = ?4, password_hash = CASE ?5 WHEN '' THEN password_hash ELSE ?5 END",
        params![account.account, account.name, account.role.as_str(), account.disabled, password_hash.unwrap_or("")],
    )?;
    step.execute("DELETE FROM account_park WHERE account = ?", [&account.account])?;
    for park in &account.parks {
        step.execute("INSERT INTO account_park VALUES (?,?)", params![account.account, park])?;
    }
    if account.disabled || password_hash.is_some() {
        step.execute("DELETE FROM session WHERE account = ?", [&account.account])?;
    }
    step.commit()
}

pub(super) fn put_session(connection: &Connection, token_hash: &str, account: &str, expires: i64) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM session WHERE expires < unixepoch()", [])?;
    connection.execute("INSERT INTO session VALUES (?,?,?)", params![token_hash, account, expires]).map(|_| ())
}

/// The account of a session: a row joined by two keys, and its parks. Asked at every request.
pub(super) fn session(connection: &Connection, token_hash: &str, now: i64) -> rusqlite::Result<Option<Account>> {
    let account = connection
        .prepare_cached(
            "SELECT account, name, role, disabled, '' FROM session JOIN account USING (account)
             WHERE token_hash = ? AND expires > ? AND NOT disabled",
        )?
        .query_row(params![token_hash, now], |row| read(connection, row))
        .optional()?;
    Ok(account.map(|(account, _)| account))
}

pub(super) fn drop_session(connection: &Connection, token_hash: &str) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM session WHERE token_hash = ?", [token_hash]).map(|_| ())
}
