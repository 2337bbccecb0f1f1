//! GDAL called the ordinary way, for the benchmarks.

use crate::domain::Fault;
use crate::domain::fault::Outcome;
use gdal::Dataset;
use gdal::vector::LayerAccess;
use geo_types::Rect;
use std::path::Path;

fn failed(error: gdal::errors::GdalError) -> Fault {
    Fault::internal("gdal", error)
}

/// Reads every feature of a layer once.
pub fn count_features(path: &Path, layer: &str) -> Outcome<usize> {
    let dataset = Dataset::open(path).map_err(failed)?;
    let mut layer = dataset.layer_by_name(layer).map_err(failed)?;
    Ok(layer.features().filter(|feature| feature.geometry_by_index(0).is_ok()).count())
}

/// Features in a box of the layer's CRS, their geometry as GeoJSON text; returns the text's length.
pub fn read_box(path: &Path, layer: &str, bounds: Rect<f64>, most: usize) -> Outcome<usize> {
    let dataset = Dataset::open(path).map_err(failed)?;
    let mut layer = dataset.layer_by_name(layer).map_err(failed)?;
    layer.set_spatial_filter_rect(bounds.min().x, bounds.min().y, bounds.max().x, bounds.max().y);
    let mut length = 0;
    for feature in layer.features().take(most) {
        if let Ok(geometry) = feature.geometry_by_index(0) {
            length += geometry.json().map_err(failed)?.len();
        }
    }
    Ok(length)
}
