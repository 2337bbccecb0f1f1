//! Short ways to import in a test.

use parkplan::domain::Fault;
use parkplan::domain::fault::Outcome;
use parkplan::intake::{CityContext, ImportOptions, Prepared, prepare};
use std::path::{Path, PathBuf};

/// A city in `crs` that has nothing yet.
pub fn city(crs: &str) -> CityContext {
    CityContext { crs: crs.to_owned(), ..CityContext::default() }
}

pub fn shenzhen() -> CityContext {
    city("EPSG:4547")
}

pub fn options(layer: &str) -> ImportOptions {
    ImportOptions { layer: layer.to_owned(), ..ImportOptions::default() }
}

pub fn run(path: &Path, options: &ImportOptions, city: &CityContext) -> Outcome<Prepared> {
    prepare(path, options, city, &|_, _| true)
}

pub fn fault(path: &Path, options: &ImportOptions, city: &CityContext) -> Fault {
    match run(path, options, city) {
        Err(fault) => {
            assert!(!fault.zh.is_empty() && !fault.en.is_empty(), "{fault:?}");
            fault
        }
        Ok(prepared) => panic!("{} was taken: {:?}", path.display(), prepared.report),
    }
}

/// The folder of real data, if this machine has it.
pub fn real(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("PARKPLAN_TEST_DATA")
        .map(PathBuf::from)
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"));
    let path = root.join("real").join(name);
    if !path.exists() {
        println!("skipped: no real data at {}", path.display());
        return None;
    }
    Some(path)
}
