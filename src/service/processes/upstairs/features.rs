//! An answer as GeoJSON, for a map that is not ours.

use super::super::features::{Feature, Features};
use super::answer::{Many, One, UpstairsAnswer};
use crate::city::City;
use crate::domain::LayerId;
use crate::spatial::Drawing;
use serde::Serialize;

impl UpstairsAnswer {
    /// One parcel: outline, setback line, frontage, plates whole and by band with heights to extrude, truck yard. Many: each parcel with its figures.
    pub fn features(&self, city: &City) -> Features {
        let features = match self {
            UpstairsAnswer::One(one) => of_one(one),
            UpstairsAnswer::Many(many) => of_many(city, many),
        };
        Features::new(self.run(), features)
    }
}

fn of_many(city: &City, many: &Many) -> Vec<Feature> {
    let table = city.table(LayerId::Parcel);
    let shape = |code: &str| {
        let shape = table.shapes().multi_polygon(table.row_of(code)?);
        Some(Drawing::multi_polygon(&shape, &|point| city.crs.to_lon_lat(point)))
    };
    many.parcels.iter().map(|line| Feature::new(None, shape(&line.parcel), line)).collect()
}

/// A part of the scheme, told from the others by `kind`.
#[derive(Serialize)]
struct Part<'a, P: Serialize> {
    kind: &'static str,
    parcel: &'a str,
    #[serde(flatten)]
    figures: P,
}

#[derive(Serialize)]
struct SitePart {
    area_m2: f64,
}

#[derive(Serialize)]
struct OutlinePart {
    area_m2: f64,
    gfa_m2: f64,
}

#[derive(Serialize)]
struct PlatePart<'a> {
    plate: &'a str,
    storeys: usize,
    height: f64,
    area_m2: f64,
    gfa_m2: f64,
}

#[derive(Serialize)]
struct BandPart<'a> {
    plate: &'a str,
    band: &'static str,
    first: usize,
    last: usize,
    base: f64,
    height: f64,
    gfa_m2: f64,
    load_kn_m2: f64,
}

#[derive(Serialize)]
struct YardPart {
    radius_m: f64,
}

#[derive(Serialize)]
struct NoFigures {}

fn of_one(one: &One) -> Vec<Feature> {
    let (result, figures) = (&one.result, &one.result.figures);
    let mut features = vec![
        part(one, "site", &result.site, SitePart { area_m2: figures.site_area_m2 }),
        part(one, "setback_line", &result.setback_line, NoFigures {}),
        part(one, "outline", &result.outline, OutlinePart { area_m2: figures.outline_area_m2, gfa_m2: figures.gfa_m2 }),
        part(one, "frontage", &result.frontage, NoFigures {}),
    ];
    let all: f64 = result.plates.iter().map(|plate| plate.area_m2).sum();
    for plate in &result.plates {
        // Storeys are given over all plates; a plate's own is its share of them.
        let share = plate.area_m2 / all;
        let whole = PlatePart {
            plate: &plate.id,
            storeys: figures.storeys.len(),
            height: figures.height_m,
            area_m2: plate.area_m2,
            gfa_m2: figures.gfa_m2 * share,
        };
        features.push(part(one, "plate", &plate.geometry, whole));
        features.extend(result.bands.iter().map(|band| {
            let figures = BandPart {
                plate: &plate.id,
                band: band.band,
                first: band.first,
                last: band.last,
                base: band.base_m,
                height: band.top_m,
                gfa_m2: band.gfa_m2 * share,
                load_kn_m2: band.load_kn_m2,
            };
            part(one, "band", &plate.geometry, figures)
        }));
    }
    features.extend(result.yard.iter().map(|yard| part(one, "yard", &yard.geometry, YardPart { radius_m: yard.radius_m })));
    features
}

fn part(one: &One, kind: &'static str, shape: &Drawing, figures: impl Serialize) -> Feature {
    Feature::new(None, Some(shape.clone()), Part { kind, parcel: &one.result.figures.parcel, figures })
}
