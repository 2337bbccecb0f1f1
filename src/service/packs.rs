//! The rule packs in force, and the few figures that the service itself needs from them.

use crate::city::City;
use crate::domain::columns::district;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, LayerId};
use crate::rules::{DesignationPack, ProgressPack, RuleSet};
use std::sync::OnceLock;

/// The embedded progress pack (lights, staleness).
pub fn progress() -> Outcome<&'static ProgressPack> {
    static PACK: OnceLock<Option<ProgressPack>> = OnceLock::new();
    PACK.get_or_init(|| RuleSet::shipped().pack("progress").ok().and_then(|pack| ProgressPack::read(&pack).ok()))
        .as_ref()
        .ok_or_else(|| Fault::internal("progress_pack", "the embedded progress pack does not read"))
}

/// A district as packs name it: by the name of its code, in the packs' spelling where they have one; the code itself where the city has no such district.
pub fn district_name<'a>(city: &'a City, code: &'a str) -> &'a str {
    let districts = city.table(LayerId::District);
    let named = districts.row_of(code).and_then(|row| districts.text(row, district::NAME));
    let name = named.unwrap_or(code);
    RuleSet::shipped().district(name).unwrap_or(name)
}

/// The embedded designation pack (here: which reports are due, and when).
pub fn designation() -> Outcome<&'static DesignationPack> {
    static PACK: OnceLock<Option<DesignationPack>> = OnceLock::new();
    PACK.get_or_init(|| RuleSet::shipped().pack("designation").ok().and_then(|pack| DesignationPack::read(&pack).ok()))
        .as_ref()
        .ok_or_else(|| Fault::internal("designation_pack", "the embedded designation pack does not read"))
}
