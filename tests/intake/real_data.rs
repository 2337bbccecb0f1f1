//! The figures that the real data sets are known for.

use super::support::{city, options, real, run};
use parkplan::intake::ImportOptions;

#[test]
fn explore() {
    let Some(path) = real("cambridge_ma/ASSESSING_ParcelsFY2013.topojson") else { return };
    let parcels = ImportOptions { key: Some("ML".into()), crs: Some("EPSG:4326".into()), ..options("parcel") };
    let start = std::time::Instant::now();
    let prepared = run(&path, &parcels, &city("EPSG:26986")).expect("cambridge");
    println!("{:?} {}", start.elapsed(), prepared.report.text(parkplan::domain::Lang::En));
}
