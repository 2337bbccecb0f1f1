//! Whether rows lie as the web maps would draw them (GCJ-02), held against what the city has.
//!
//! Two kinds of evidence. Rows that the city has under the same key: they should lie where they did. Lines that parcels keep to (roads, outlines
//! of parks and districts, other parcels): a layer that crosses many of them where it lies, and few once the shift is taken out, carries it.
//! As many moves by the same length in other directions must do worse: the shift is told by its direction, not by any move at all.

use crate::city::{City, Table};
use crate::domain::{LayerId, Row};
use crate::intake::{KnownShape, Notice, Prepared, gcj02, shift};
use crate::spatial::crs::WorkingCrs;
use geo::{AffineOps, AffineTransform, BoundingRect, Centroid, Intersects};
use geo_types::{Coord, Geometry, LineString, MultiPolygon, Rect};
use std::collections::HashSet;

/// Rows that are held against the city; more would tell no more.
const SAMPLE: usize = 200;
/// Crossings below this are no evidence.
const FEWEST: usize = 4;
/// Shapes are drawn in to this part of their size around the centroid: lines along their edges cross nothing.
const DRAWN_IN: f64 = 0.8;

/// The suspicion, if there is one.
pub(super) fn notice(city: &City, layer: LayerId, prepared: &Prepared) -> Option<Notice> {
    if !prepared.has_geometry || !matches!(layer, LayerId::Parcel | LayerId::Building | LayerId::Zone | LayerId::PlanParcel) {
        return None;
    }
    let step = prepared.rows.len().div_ceil(SAMPLE).max(1);
    let sample: Vec<&Row> = prepared.rows.iter().step_by(step).collect();
    by_key(city, layer, prepared).or_else(|| by_lines(city, layer, prepared, &sample))
}

fn by_key(city: &City, layer: LayerId, prepared: &Prepared) -> Option<Notice> {
    let table = city.table(layer);
    let known = |row: &Row| {
        let key = row.key(layer.layer());
        let centroid = table.geometry(table.row_of(key)?)?.centroid()?;
        Some(KnownShape { key: key.to_owned(), name: None, centroid })
    };
    let known: Vec<KnownShape> = prepared.rows.iter().filter_map(known).take(SAMPLE).collect();
    shift::by_known(&prepared.rows, prepared.layer, &known, &city.info().crs)
}

fn by_lines(city: &City, layer: LayerId, prepared: &Prepared, sample: &[&Row]) -> Option<Notice> {
    let own: HashSet<&str> = prepared.rows.iter().map(|row| row.key(prepared.layer)).collect();
    let lines = Lines { city, layer, own };
    let mut crossing = [0usize; 5];
    let mut seen = 0;
    for row in sample {
        let Some(Geometry::MultiPolygon(shape)) = &row.geometry else { continue };
        let Some((centre, shift)) = shape.centroid().and_then(|centre| Some((centre.0, shift_at(&city.crs, centre.0)?))) else { continue };
        seen += 1;
        let turned = Coord { x: -shift.y, y: shift.x };
        for (count, by) in crossing.iter_mut().zip([Coord { x: 0.0, y: 0.0 }, -shift, shift, turned, -turned]) {
            *count += usize::from(lines.cross(shape, centre, by));
        }
    }
    let [as_it_is, taken_out, others @ ..] = crossing;
    let least = others.iter().min().copied().unwrap_or_default();
    if as_it_is < FEWEST.max(seen / 10) || taken_out * 3 > as_it_is || taken_out * 2 >= least {
        return None;
    }
    Some(shift::suspicion(seen, as_it_is, taken_out))
}

/// How far the web maps would draw a place from where it is, in the working CRS.
fn shift_at(crs: &WorkingCrs, at: Coord<f64>) -> Option<Coord<f64>> {
    let place = crs.to_lon_lat(at);
    gcj02::unshifted(place)?;
    Some(crs.from_lon_lat(gcj02::shifted(place)) - at)
}

/// The lines that rows of a layer keep to.
struct Lines<'a> {
    city: &'a City,
    layer: LayerId,
    own: HashSet<&'a str>,
}

impl Lines<'_> {
    /// Whether the shape, moved and drawn in, lies across a line.
    fn cross(&self, shape: &MultiPolygon<f64>, centre: Coord<f64>, by: Coord<f64>) -> bool {
        let inside = shape.affine_transform(&AffineTransform::scale(DRAWN_IN, DRAWN_IN, centre).translated(by.x, by.y));
        let Some(bounds) = inside.bounding_rect() else { return false };
        let outlines =
            if self.layer == LayerId::Building { &[LayerId::Parcel][..] } else { &[LayerId::Park, LayerId::District, LayerId::Parcel][..] };
        let road = self.rows(self.city.table(LayerId::Road), bounds, false).any(|geometry| inside.intersects(&geometry));
        road || outlines.iter().any(|layer| {
            let same = *layer == self.layer;
            self.rows(self.city.table(*layer), bounds, same).any(|geometry| rings(&geometry).any(|ring| inside.intersects(ring)))
        })
    }

    fn rows<'t>(&'t self, table: &'t Table, bounds: Rect<f64>, same: bool) -> impl Iterator<Item = Geometry<f64>> + 't {
        let rows = table.index().rows(bounds).into_iter().map(|row| row as usize);
        rows.filter(move |row| !same || !self.own.contains(table.key(*row))).filter_map(|row| table.geometry(row))
    }
}

fn rings(geometry: &Geometry<f64>) -> impl Iterator<Item = &LineString<f64>> {
    let polygons = if let Geometry::MultiPolygon(shape) = geometry { shape.0.as_slice() } else { &[] };
    polygons.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()))
}
