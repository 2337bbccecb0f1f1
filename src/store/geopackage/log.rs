//! The change log: append-only, each entry carrying the hash of the one before.

use super::touched;
use crate::domain::run::{canonical, json_text, sha256_hex};
use crate::domain::{Author, Change, ChangeQuery, LogEntry, LogHead};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;

/// The `prev` of the first entry.
pub(super) const NO_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Where a city stands: its revision, and the end of its log's hash chain. Two copies of one city that went different ways
/// may have one revision, never one end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub revision: i64,
    /// Number of the last entry; 0 for an empty log.
    pub seq: i64,
    pub hash: String,
    /// How many rows others have written past the log, as the file's own triggers count them.
    pub past_the_log: i64,
}

impl End {
    /// Call inside a transaction: the revision and the log are two tables.
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<End> {
        let revision: String =
            connection.prepare_cached("SELECT value FROM parkplan_meta WHERE key = 'revision'")?.query_row([], |row| row.get(0))?;
        let last: Option<(i64, String)> = connection
            .prepare_cached("SELECT seq, hash FROM change_log ORDER BY seq DESC LIMIT 1")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let (seq, hash) = last.unwrap_or((0, NO_HASH.to_owned()));
        let past_the_log = touched::count(connection)?;
        Ok(End { revision: revision.parse().unwrap_or(0), seq, hash, past_the_log })
    }

    /// Whether the chain of `connection` runs through this end.
    pub(super) fn lies_in(&self, connection: &Connection) -> rusqlite::Result<bool> {
        let hash: Option<String> =
            connection.prepare_cached("SELECT hash FROM change_log WHERE seq = ?")?.query_row([self.seq], |row| row.get(0)).optional()?;
        Ok(hash.map_or(self.seq == 0, |hash| hash == self.hash))
    }
}

/// Appends one entry inside the caller's transaction and moves `end` on.
pub(super) fn append(connection: &Connection, end: &mut End, revision: i64, author: &Author, entry: &LogEntry) -> rusqlite::Result<()> {
    let seq = end.seq + 1;
    let (before, after) = (canonical(&entry.before), canonical(&entry.after));
    let told = Told {
        seq,
        revision,
        at: &author.at,
        account: &author.account,
        collection: &entry.collection,
        id: &entry.id,
        action: entry.action,
        before: &before,
        after: &after,
        source: &author.source,
    };
    let hash = told.hash(&end.hash);
    connection.prepare_cached("INSERT INTO change_log VALUES (?,?,?,?,?,?,?,?,?,?,?,?)")?.execute(params![
        seq,
        revision,
        author.at,
        author.account,
        entry.collection,
        entry.id,
        entry.action,
        before,
        after,
        author.source,
        end.hash,
        hash
    ])?;
    *end = End { revision, seq, hash, ..*end };
    Ok(())
}

/// What an entry says, both states as the texts that they are kept as.
pub(super) struct Told<'a> {
    pub seq: i64,
    pub revision: i64,
    pub at: &'a str,
    pub account: &'a str,
    pub collection: &'a str,
    pub id: &'a str,
    pub action: &'a str,
    pub before: &'a str,
    pub after: &'a str,
    pub source: &'a str,
}

impl Told<'_> {
    /// The hash of the entry after one with the hash `prev`.
    pub(super) fn hash(&self, prev: &str) -> String {
        sha256_hex(format!("{prev}\n{}", self.body()).as_bytes())
    }

    /// What is hashed: canonical JSON (members in the order of their names) in which both states are texts.
    fn body(&self) -> String {
        let (text, Told { seq, revision, .. }) = (json_text, self);
        format!(
            r#"{{"account":{},"action":{},"after":{},"at":{},"before":{},"collection":{},"id":{},"revision":{revision},"seq":{seq},"source":{}}}"#,
            text(self.account),
            text(self.action),
            text(self.after),
            text(self.at),
            text(self.before),
            text(self.collection),
            text(self.id),
            text(self.source)
        )
    }
}

/// The end of the chain.
pub(super) fn head(connection: &Connection) -> rusqlite::Result<LogHead> {
    let last = connection
        .prepare_cached("SELECT seq, hash FROM change_log ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| Ok(LogHead { seq: row.get(0)?, hash: row.get(1)? }))
        .optional()?;
    Ok(last.unwrap_or_else(|| LogHead { seq: 0, hash: NO_HASH.to_owned() }))
}

pub(super) fn select(connection: &Connection, query: &ChangeQuery) -> rusqlite::Result<Vec<Change>> {
    let text = "SELECT revision, at, account, collection, id, action, before, after, source, seq, hash FROM change_log
                WHERE revision > ?1 AND (?2 IS NULL OR collection = ?2) AND (?3 IS NULL OR id = ?3) AND (?5 IS NULL OR revision <= ?5) ORDER BY seq DESC LIMIT ?4";
    let mut statement = connection.prepare_cached(text)?;
    let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Value::Null);
    let rows = statement.query_map(params![query.since, query.collection, query.id, query.limit as i64, query.until], |row| {
        Ok(Change {
            revision: row.get(0)?,
            at: row.get(1)?,
            by: row.get(2)?,
            collection: row.get(3)?,
            id: row.get(4)?,
            action: row.get(5)?,
            before: json(row.get(6)?),
            after: json(row.get(7)?),
            source: row.get(8)?,
            seq: row.get(9)?,
            hash: row.get(10)?,
        })
    })?;
    rows.collect()
}
