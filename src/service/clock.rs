//! The only clock of the house: who needs a day or a moment gets it from here and passes it on.

/// Today in the local time zone, `YYYY-MM-DD`. The only calendar of the house; callers pass the date on.
pub fn today() -> String {
    chrono::Local::now().date_naive().to_string()
}

/// The moment, RFC 3339, UTC, with milliseconds.
pub fn now() -> String {
    chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
