//! The answer as it goes out: shapes in longitude and latitude, and what is told band by band.

use super::result::{BandResult, Binding, PlateResult, UpstairsResult, YardResult};
use super::shape::Point;
use crate::rules::upstairs_fit::FACTORS;
use crate::spatial::Drawing;
use crate::spatial::drawing::{Place, Position, position};
use geo_types::{LineString, Polygon};
use serde::Serialize;
use utoipa::ToSchema;

/// [`UpstairsResult`] with its shapes placed; the member names are those of the API.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = UpstairsCheck)]
pub struct DrawnResult {
    #[serde(flatten)]
    pub figures: UpstairsResult,
    pub outline: Drawing,
    pub unusable: Vec<Drawing>,
    pub plates: Vec<DrawnPlate>,
    pub bands: Vec<BandResult>,
    pub site: Drawing,
    pub setback_line: Drawing,
    pub frontage: Drawing,
    #[schema(required)]
    pub yard: Option<DrawnYard>,
    /// What holds the building down; `joint` where no limit does alone.
    pub binding: Vec<Binding>,
    pub fit_factors: [&'static str; FACTORS.len()],
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Plate)]
pub struct DrawnPlate {
    pub id: String,
    pub width_m: f64,
    pub length_m: f64,
    pub area_m2: f64,
    pub angle_deg: f64,
    pub geometry: Drawing,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Yard)]
pub struct DrawnYard {
    #[schema(value_type = (f64, f64))]
    pub centre: Position,
    pub radius_m: f64,
    pub geometry: Drawing,
}

impl UpstairsResult {
    pub fn drawn(self, place: Place<'_>) -> DrawnResult {
        DrawnResult {
            outline: Drawing::multi_polygon(&self.outline, place),
            unusable: self.unusable.iter().map(|part| Drawing::polygon(part, place)).collect(),
            plates: self.plates.iter().enumerate().map(|(index, plate)| plate.drawn(index, place)).collect(),
            bands: self.bands(),
            site: Drawing::multi_polygon(&self.site, place),
            setback_line: Drawing::multi_polygon(&self.setback_line, place),
            frontage: Drawing::lines(&self.frontage, place),
            yard: self.yard.map(|yard| yard.drawn(place)),
            binding: if self.binding.is_empty() { vec![Binding { rule: "joint", gain_m2: 0.0 }] } else { self.binding.clone() },
            fit_factors: FACTORS,
            figures: self,
        }
    }
}

impl PlateResult {
    fn drawn(&self, index: usize, place: Place<'_>) -> DrawnPlate {
        DrawnPlate {
            id: format!("P{}", index + 1),
            width_m: self.width_m,
            length_m: self.length_m,
            area_m2: self.area_m2,
            angle_deg: self.angle_deg,
            geometry: Drawing::polygon(&self.polygon, place),
        }
    }
}

impl YardResult {
    fn drawn(&self, place: Place<'_>) -> DrawnYard {
        DrawnYard { centre: position(self.centre, place), radius_m: self.radius_m, geometry: Drawing::polygon(&circle(self), place) }
    }
}

/// The circle as a ring of 48 points, for maps.
fn circle(yard: &YardResult) -> Polygon<f64> {
    const POINTS: usize = 48;
    let at = |index: usize| {
        let (sin, cos) = ((index % POINTS) as f64 / POINTS as f64 * std::f64::consts::TAU).sin_cos();
        yard.centre + Point { x: yard.radius_m * cos, y: yard.radius_m * sin }
    };
    Polygon::new(LineString((0..=POINTS).map(at).collect()), Vec::new())
}
