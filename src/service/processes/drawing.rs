//! A polygon that a person drew, as an input.

use crate::city::City;
use crate::formats::{NotDrawn, drawn_area};
use geo::{CoordsIter, MapCoords};
use geo_types::MultiPolygon;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// GeoJSON Polygon or MultiPolygon in longitude and latitude, also as a Feature or a FeatureCollection of one.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub struct Drawn(serde_json::Value);

impl Drawn {
    /// The shape in the city's working plane.
    pub(super) fn in_plane(&self, city: &City) -> Result<MultiPolygon<f64>, NotDrawn> {
        let plane = drawn_area(&self.0)?.map_coords(|point| city.crs.from_lon_lat(point));
        let is_finite = plane.coords_iter().all(|point| point.x.is_finite() && point.y.is_finite());
        if is_finite { Ok(plane) } else { Err(NotDrawn::Unreadable) }
    }
}
