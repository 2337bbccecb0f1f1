//! What does not hold yet. Nothing is ever added here: mend it instead.

pub const IMPORTS: &[&str] = &[];

pub const CRATES: &[&str] = &[
    "src/city/filter_text.rs names geojson",
    "src/service/analyses/consolidation.rs names geojson",
    "src/service/analyses/upstairs/drawn.rs names geojson",
];

pub const CIRCLES: &[&str] = &["src/rules/check.rs ⇄ src/rules/pack.rs ⇄ src/rules/schema.rs ⇄ src/rules/schema/upstairs.rs"];

pub const LONG_FILES: &[&str] = &[
    "src/analysis/consolidation/exact.rs",
    "src/analysis/designation/tests.rs",
    "src/cli/bench/mod.rs",
    "src/service/analyses/consolidation.rs",
    "src/service/occupancy.rs",
];
