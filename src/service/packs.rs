//! The rule packs in force, and the few figures that the service itself needs from them.

/// Days after which an occupancy figure is stale.
pub fn stale_after_days() -> i64 {
    30
}

/// Days before the end of a lease at which it is due for a look.
pub fn lease_notice_days() -> i64 {
    90
}
