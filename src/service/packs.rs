//! The rule packs in force, and the few figures that the service itself needs from them.

use crate::city::City;
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use crate::rules::{Packs, ProgressPack, UpstairsPack};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The embedded progress pack (lights, staleness).
pub fn progress() -> Outcome<&'static ProgressPack> {
    static PACK: OnceLock<Option<ProgressPack>> = OnceLock::new();
    PACK.get_or_init(|| Packs::embedded().resolve("progress", None).and_then(|pack| ProgressPack::read(&pack)).ok())
        .as_ref()
        .ok_or_else(|| Fault::internal("progress_pack", "the embedded progress pack does not read"))
}

/// District as packs name it, cluster, date.
type Place = (Option<String>, Option<String>, String);

/// Readings kept at once: districts × clusters of one date fit.
const KEPT: usize = 1024;

/// The upstairs pack of a district and cluster as in force on a date, read once.
pub fn upstairs(district: Option<&str>, cluster: Option<&str>, as_of: &str) -> Outcome<Arc<UpstairsPack>> {
    static READ: OnceLock<Mutex<HashMap<Place, Arc<UpstairsPack>>>> = OnceLock::new();
    let read = READ.get_or_init(Mutex::default);
    let place = (district.map(str::to_owned), cluster.map(str::to_owned), as_of.to_owned());
    if let Some(known) = read.lock().unwrap_or_else(PoisonError::into_inner).get(&place) {
        return Ok(known.clone());
    }
    let pack = Arc::new(UpstairsPack::resolve_on(Packs::embedded(), district, cluster, Some(as_of))?);
    let mut read = read.lock().unwrap_or_else(PoisonError::into_inner);
    // A caller who asks for every day of a century does not fill the memory.
    if read.len() >= KEPT {
        read.clear();
    }
    read.insert(place, pack.clone());
    Ok(pack)
}

/// A district as packs name it: by the name of its code, in the packs' spelling where they have one; the code itself where the city has no such district.
pub fn district_name<'a>(city: &'a City, code: &'a str) -> &'a str {
    let named = city.named("district").and_then(|districts| districts.row_of(code).and_then(|row| districts.text(row, "name")));
    let name = named.unwrap_or(code);
    Packs::embedded().district(name).unwrap_or(name)
}
