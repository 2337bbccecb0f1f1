//! What does not hold yet. Nothing is ever added here: mend it instead.

pub const IMPORTS: &[&str] = &[];

pub const CRATES: &[&str] = &[];

pub const CIRCLES: &[&str] = &[];

pub const LONG_FILES: &[&str] = &[];
