//! The change log: append-only, each entry carrying the hash of the one before.

use crate::domain::run::{canonical, sha256_hex};
use crate::store::Author;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;

/// The `prev` of the first entry.
const NO_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Appends one entry inside the caller's transaction.
#[expect(clippy::too_many_arguments, reason = "one argument per column of the log")]
pub(super) fn append(
    connection: &Connection,
    revision: i64,
    author: &Author<'_>,
    collection: &str,
    id: &str,
    action: &str,
    before: &Value,
    after: &Value,
) -> rusqlite::Result<()> {
    let last: Option<(i64, String)> = connection
        .prepare_cached("SELECT seq, hash FROM change_log ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (seq, prev) = last.map_or((1, NO_HASH.to_owned()), |(seq, hash)| (seq + 1, hash));
    let at = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let (before, after) = (canonical(before), canonical(after));
    let body = canonical(&serde_json::json!({
        "seq": seq, "revision": revision, "at": at, "account": author.account, "collection": collection, "id": id,
        "action": action, "before": before, "after": after, "source": author.source,
    }));
    let hash = sha256_hex(format!("{prev}\n{body}").as_bytes());
    connection.prepare_cached("INSERT INTO change_log VALUES (?,?,?,?,?,?,?,?,?,?,?,?)")?.execute(params![
        seq,
        revision,
        at,
        author.account,
        collection,
        id,
        action,
        before,
        after,
        author.source,
        prev,
        hash
    ])?;
    Ok(())
}
