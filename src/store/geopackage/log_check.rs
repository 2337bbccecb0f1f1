//! The whole chain computed again: the first entry that does not hold, and why (exact reading S10).

use super::log::{NO_HASH, Told};
use crate::domain::{LogCheck, LogFault, LogHead};
use rusqlite::Connection;
use rusqlite::types::ValueRef;

/// Reads the log once, from its first entry, in constant memory.
pub(super) fn check(connection: &Connection, kept: Option<&str>) -> rusqlite::Result<LogCheck> {
    let mut statement = connection
        .prepare("SELECT seq, revision, at, account, collection, id, action, before, after, source, prev, hash FROM change_log ORDER BY seq")?;
    let mut rows = statement.query([])?;
    let mut head = LogHead { seq: 0, hash: NO_HASH.to_owned() };
    let mut entries = 0;
    let mut fault = None;
    let mut kept_lies_in_it = kept.is_none_or(|kept| kept == NO_HASH);
    while let Some(row) = rows.next()? {
        entries += 1;
        let mut texts: [&str; 10] = [""; 10];
        for (text, at) in texts.iter_mut().zip(2..) {
            // A byte that makes no letter is a changed byte: what is read of it hashes to something else.
            *text = match row.get_ref(at)? {
                ValueRef::Text(bytes) => std::str::from_utf8(bytes).unwrap_or("\u{fffd}"),
                _ => "",
            };
        }
        let [at, account, collection, id, action, before, after, source, prev, hash] = texts;
        let seq: i64 = row.get(0)?;
        let told = Told { seq, revision: row.get(1)?, at, account, collection, id, action, before, after, source };
        let why = match () {
            () if seq != head.seq + 1 => Some("seq"),
            () if prev != head.hash => Some("link"),
            () if told.hash(prev) != hash => Some("body"),
            () => None,
        };
        fault = fault.or_else(|| why.map(|why| LogFault { seq: if why == "seq" { head.seq + 1 } else { seq }, why }));
        kept_lies_in_it |= kept == Some(hash);
        head = LogHead { seq, hash: hash.to_owned() };
    }
    if !kept_lies_in_it {
        fault = fault.or(Some(LogFault { seq: head.seq, why: "head" }));
    }
    Ok(LogCheck { entries, head, fault })
}
