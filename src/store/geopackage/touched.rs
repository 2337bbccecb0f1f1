//! Rows that others write past the log: QGIS and SQL consoles open the file as it is. Triggers in the file count them whoever writes, so that a
//! program that holds the city in memory notices.

use crate::domain::dictionary;
use rusqlite::{Connection, OptionalExtension};

const EVENTS: [&str; 3] = ["INSERT", "UPDATE", "DELETE"];

/// Starts the count in a file that has none; the triggers come when all tables are there.
pub(super) fn begin(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch("INSERT OR IGNORE INTO parkplan_meta VALUES ('past_the_log', '0'), ('ours', '0')")
}

/// Makes the triggers of all layers that lack them.
pub(super) fn watch_all(connection: &Connection) -> rusqlite::Result<()> {
    dictionary().layers.iter().try_for_each(|layer| watch(connection, &layer.name))
}

/// Makes the triggers of a table that it lacks.
pub(super) fn watch(connection: &Connection, table: &str) -> rusqlite::Result<()> {
    EVENTS.iter().try_for_each(|event| {
        connection.execute_batch(&format!(
            "CREATE TRIGGER IF NOT EXISTS \"{}\" AFTER {event} ON \"{table}\"
             WHEN (SELECT value FROM parkplan_meta WHERE key = 'ours') = '0'
             BEGIN UPDATE parkplan_meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'past_the_log'; END",
            name(table, event)
        ))
    })
}

/// Takes the triggers away during a bulk load.
pub(super) fn unwatch(connection: &Connection, table: &str) -> rusqlite::Result<()> {
    EVENTS.iter().try_for_each(|event| connection.execute_batch(&format!("DROP TRIGGER IF EXISTS \"{}\"", name(table, event))))
}

/// Takes away the trigger of new rows, while many come.
pub(super) fn unwatch_new(connection: &Connection, table: &str) -> rusqlite::Result<()> {
    connection.execute_batch(&format!("DROP TRIGGER IF EXISTS \"{}\"", name(table, "INSERT")))
}

fn name(table: &str, event: &str) -> String {
    format!("past_the_log_{table}_{}", event.to_ascii_lowercase())
}

/// Says inside a transaction whose rows come now. Nobody else ever sees `true`: it is taken back before the transaction ends.
pub(super) fn ours(connection: &Connection, ours: bool) -> rusqlite::Result<()> {
    connection.prepare_cached("UPDATE parkplan_meta SET value = ? WHERE key = 'ours'")?.execute([if ours { "1" } else { "0" }]).map(drop)
}

/// How many rows were written past the log; 0 in a file that does not count yet.
pub(super) fn count(connection: &Connection) -> rusqlite::Result<i64> {
    let text: Option<String> =
        connection.prepare_cached("SELECT value FROM parkplan_meta WHERE key = 'past_the_log'")?.query_row([], |row| row.get(0)).optional()?;
    Ok(text.and_then(|text| text.parse().ok()).unwrap_or(0))
}
