//! Which of GDAL's drivers there are: in a process that reads files from outside only those of formats that we read.

use gdal::DriverManager;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

/// Drivers that open a file of one of our formats. No VRT, no service, no archive, no picture.
const READ: [&str; 6] = ["ESRI Shapefile", "TopoJSON", "GPKG", "OpenFileGDB", "FlatGeobuf", "DXF"];

static ONLY_OURS: AtomicBool = AtomicBool::new(false);

/// From the first file on only these drivers are registered in this process; one that writes files as well must not ask for it.
pub(super) fn only_ours_from_now_on() {
    ONLY_OURS.store(true, Ordering::Relaxed);
}

/// Before a file is opened: leaves only these drivers where that was asked for.
pub(super) fn settle() {
    static SETTLED: Once = Once::new();
    if !ONLY_OURS.load(Ordering::Relaxed) {
        return;
    }
    SETTLED.call_once(|| {
        DriverManager::prevent_auto_registration();
        DriverManager::register_all();
        for index in (0..DriverManager::count()).rev() {
            if let Ok(driver) = DriverManager::get_driver(index)
                && !READ.contains(&driver.short_name().as_str())
            {
                DriverManager::deregister_driver(&driver);
            }
        }
    });
}
