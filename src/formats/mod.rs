//! File and wire formats. Everything that GDAL, GeoJSON, GeoPackage blobs or tiles need lives here.

pub mod geojson;
pub mod geopackage_blob;
pub mod vector_tile;
