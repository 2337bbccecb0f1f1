//! A polygon that a person drew, as an input.

use crate::city::City;
use crate::domain::Fault;
use crate::formats::{NotDrawn, drawn_area};
use geo::{CoordsIter, MapCoords};
use geo_types::MultiPolygon;
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// GeoJSON Polygon or MultiPolygon in longitude and latitude, also as a Feature or a FeatureCollection of one.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Drawn(serde_json::Value);

impl PartialSchema for Drawn {
    fn schema() -> RefOr<Schema> {
        let kind = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["Polygon", "MultiPolygon", "Feature", "FeatureCollection"]));
        let about = "GeoJSON Polygon or MultiPolygon in longitude and latitude, also as a Feature or a FeatureCollection of one.";
        // With whatever else GeoJSON says beside the type.
        let open = Some(AdditionalProperties::FreeForm(true));
        ObjectBuilder::new().property("type", kind).required("type").additional_properties(open).description(Some(about)).into()
    }
}

impl ToSchema for Drawn {}

impl Drawn {
    /// The shape in the city's working plane, of at most so many positions.
    pub(super) fn in_plane(&self, city: &City, most: usize) -> Result<MultiPolygon<f64>, NotDrawn> {
        let plane = drawn_area(&self.0, most)?.map_coords(|point| city.crs.from_lon_lat(point));
        let is_finite = plane.coords_iter().all(|point| point.x.is_finite() && point.y.is_finite());
        if is_finite { Ok(plane) } else { Err(NotDrawn::Unreadable) }
    }
}

/// More positions than an analysis takes.
pub(super) fn too_large(positions: usize, most: usize) -> Fault {
    Fault::too_much(format!("画的图形有 {positions} 个点，最多 {most} 个"), format!("the drawn shape has {positions} positions; {most} are taken"))
        .help("请先简化图形", "simplify the shape first")
}
