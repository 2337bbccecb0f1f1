//! File and wire formats. Everything that GDAL, GeoJSON, GeoPackage blobs or tiles need lives here.

pub mod geopackage_blob;
