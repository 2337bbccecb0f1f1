//! Boxes and polygons in every reference system against a twin that shares nothing but the numbers: PROJ carries points, GEOS relates shapes, and every
//! row is asked.

use super::Viewer;
use super::frames::{frame, uris};
use super::items::{Selection, select};
use crate::city::{City, TableBuilder};
use crate::domain::row::RingEnd;
use crate::domain::{CityInfo, LayerId, Shape, dictionary};
use crate::formats::geos_twin::Judged;
use crate::formats::{Crs, Transformer, geos};
use crate::spatial::crs::WorkingCrs;
use geo::{BoundingRect, Translate};
use geo_types::{Coord, LineString, MultiPolygon, Polygon, Rect};
use std::sync::Arc;

/// Numbers in a row that is always the same.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + self.next() * (high - low)
    }

    fn pick(&mut self, of: usize) -> usize {
        (self.next() * of as f64) as usize
    }
}

/// West, south, east, north of the city, metres.
const LAND: [f64; 4] = [460_000.0, 2_480_000.0, 550_000.0, 2_530_000.0];
const ROWS: usize = 800;
const QUESTIONS: usize = 1000;

/// A star around a point, its first ring's radius up to `size`.
fn star(dice: &mut Dice, at: Coord<f64>, [wide, high]: [f64; 2], corners: usize) -> LineString<f64> {
    let turn = dice.next() * std::f64::consts::TAU;
    let (sin, cos) = turn.sin_cos();
    let corner = |step: usize, reach: f64| {
        let (y, x) = (step as f64 / corners as f64 * std::f64::consts::TAU).sin_cos();
        let (x, y) = (x * wide * reach, y * high * reach);
        Coord { x: at.x + x * cos - y * sin, y: at.y + x * sin + y * cos }
    };
    let mut ring: Vec<Coord<f64>> = (0..corners).map(|step| corner(step, dice.between(0.4, 1.0))).collect();
    ring.push(ring[0]);
    LineString(ring)
}

/// Parcels from metres to many kilometres, some with a hole, some in two parts.
fn shapes(dice: &mut Dice) -> Vec<MultiPolygon<f64>> {
    (0..ROWS)
        .map(|row| {
            let at = Coord { x: dice.between(LAND[0], LAND[2]), y: dice.between(LAND[1], LAND[3]) };
            let size = match row % 50 {
                0 => dice.between(2_000.0, 12_000.0),
                1..=5 => dice.between(300.0, 2_000.0),
                _ => dice.between(5.0, 150.0),
            };
            let corners = 3 + dice.pick(9);
            let thin = dice.between(0.05, 1.0);
            let outer = star(dice, at, [size, size * thin], corners);
            let mut parts = vec![Polygon::new(outer, vec![])];
            if row % 7 == 0 {
                let ring = LineString(vec![
                    at,
                    Coord { x: at.x + size, y: at.y },
                    Coord { x: at.x + size, y: at.y + size },
                    Coord { x: at.x, y: at.y + size },
                    at,
                ]);
                let hole = Rect::new((at.x + size * 0.2, at.y + size * 0.2), (at.x + size * 0.8, at.y + size * 0.8)).to_polygon();
                parts = vec![Polygon::new(ring, vec![hole.exterior().clone()])];
            }
            if row % 11 == 0 {
                let second = parts[0].translate(3.0 * size, 0.0);
                parts.push(second);
            }
            MultiPolygon(parts)
        })
        .collect()
}

fn city(shapes: &[MultiPolygon<f64>]) -> City {
    let crs = Arc::new(WorkingCrs::parse("EPSG:4547").unwrap());
    let tables = dictionary().layers.iter().map(|layer| {
        let id = LayerId::parse(&layer.name).unwrap();
        let mut builder = TableBuilder::new(id);
        for (row, shape) in shapes.iter().enumerate().filter(|_| id == LayerId::Parcel) {
            let code = format!("P{row}");
            let cells: Vec<_> = layer
                .columns
                .iter()
                .map(|column| if column.name == layer.key { crate::domain::row::CellRef::Text(&code) } else { crate::domain::row::CellRef::Null })
                .collect();
            let (mut coords, mut rings) = (Vec::new(), Vec::new());
            for part in shape {
                for (at, ring) in std::iter::once(part.exterior()).chain(part.interiors()).enumerate() {
                    coords.extend_from_slice(&ring.0);
                    rings.push(RingEnd { end: coords.len() as u32, exterior: at == 0 });
                }
            }
            builder.push(row as i64 + 1, &cells, Shape { coords: &coords, rings: &rings });
        }
        builder.finish()
    });
    let info = CityInfo { name: String::new(), crs: "EPSG:4547".to_owned(), sample: false, as_of: String::new(), revision: 1 };
    City::new(info, crs, tables.collect(), vec![]).unwrap()
}

/// A reference system as the twin knows it.
struct Twin {
    uri: String,
    north_first: bool,
    is_degrees: bool,
    here: Transformer,
    back: Transformer,
}

impl Twin {
    fn all(city: &City) -> Vec<Twin> {
        let layer = LayerId::Parcel.layer();
        let own = Crs::parse("EPSG:4547").unwrap();
        let of = |uri: String| {
            let code = if uri.ends_with("CRS84") { "EPSG:4326".to_owned() } else { format!("EPSG:{}", uri.rsplit('/').next().unwrap()) };
            let crs = Crs::parse(&code).unwrap();
            let north_first = !uri.ends_with("CRS84") && code != "EPSG:3857";
            Twin {
                north_first,
                is_degrees: crs.is_geographic(),
                here: Transformer::new(&own, &crs).unwrap(),
                back: Transformer::new(&crs, &own).unwrap(),
                uri,
            }
        };
        uris(city, layer).into_iter().map(of).collect()
    }

    fn there(&self, point: Coord<f64>) -> Coord<f64> {
        self.here.point(point).unwrap()
    }

    fn stated(&self, place: Coord<f64>) -> [f64; 2] {
        if self.north_first { [place.y, place.x] } else { [place.x, place.y] }
    }

    fn wkt(&self, ring: &LineString<f64>) -> String {
        let position = |place: &Coord<f64>| self.stated(*place).map(|number| number.to_string()).join(" ");
        format!("POLYGON(({}))", ring.0.iter().map(position).collect::<Vec<_>>().join(","))
    }

    /// A stated shape on the city's plane: what of it is near the city, its edges in pieces of a few hundred metres (bent by less than a millimetre).
    fn on_plane(&self, shape: &MultiPolygon<f64>) -> Option<Judged> {
        let corners = [(0, 1), (2, 1), (2, 3), (0, 3)].map(|(x, y)| self.there(Coord { x: LAND[x], y: LAND[y] }));
        let near = MultiPolygon(vec![Polygon::new(LineString(corners.to_vec()), vec![])]).bounding_rect().unwrap();
        let margin = Coord { x: near.width() * 0.4, y: near.height() * 0.4 };
        let near = Rect::new(near.min() - margin, near.max() + margin).to_polygon();
        let cut = Judged::new(shape)?.cut(&Judged::new(&near.into())?);
        let bend = |ring: &LineString<f64>| {
            let mut run = Vec::new();
            for pair in ring.0.windows(2) {
                let metres = {
                    let [a, b] = [pair[0], pair[1]].map(|place| self.back.point(place).unwrap());
                    (a.x - b.x).hypot(a.y - b.y)
                };
                let pieces = (metres / 250.0).ceil().max(1.0) as usize;
                run.extend((0..pieces).map(|at| pair[0] + (pair[1] - pair[0]) * (at as f64 / pieces as f64)));
            }
            run.push(ring.0[0]);
            assert!(self.back.apply(&mut run));
            LineString(run)
        };
        let parts = cut.iter().map(|part| Polygon::new(bend(part.exterior()), part.interiors().iter().map(&bend).collect()));
        Judged::new(&MultiPolygon(parts.collect()))
    }
}

#[test]
fn boxes_and_polygons_in_every_system_find_what_a_twin_finds() {
    let mut dice = Dice(22);
    let land = shapes(&mut dice);
    let city = city(&land);
    let own: Vec<Judged> = land.iter().map(|shape| Judged::new(shape).unwrap()).collect();
    let twins = Twin::all(&city);
    assert_eq!(twins.len(), 6);
    let (mut found, mut all, mut none) = (0, 0, 0);
    for question in 0..QUESTIONS {
        let twin = &twins[question % twins.len()];
        let is_box = (question / twins.len()).is_multiple_of(2);
        // Somewhere in or beside the city, from metres to wider than it.
        let at = Coord { x: dice.between(LAND[0] - 9e3, LAND[2] + 9e3), y: dice.between(LAND[1] - 9e3, LAND[3] + 9e3) };
        let size = 10f64.powf(dice.between(1.0, 5.0));
        let thin = 10f64.powf(dice.between(-4.0, 0.0));
        let sizes = if dice.next() < 0.5 { [size, size * thin] } else { [size * thin, size] };
        let corners = if dice.next() < 0.5 { 4 } else { 3 + dice.pick(20) };
        let mut ring = star(&mut dice, at, sizes, corners);
        assert!(twin.here.apply(&mut ring.0));
        let mut selection = Selection::default();
        let stated: MultiPolygon<f64> = if is_box {
            let drawn = ring.bounding_rect().unwrap();
            let (mut low, mut high) = (drawn.min(), drawn.max());
            match dice.pick(10) {
                // Wide as the world in one direction or both, and over ±180°.
                0 if twin.is_degrees => (low.x, high.x) = (-180.0, 180.0),
                1 if twin.is_degrees => (low.y, high.y) = (-90.0, 90.0),
                2 if twin.is_degrees => (low, high) = (Coord { x: -180.0, y: -90.0 }, Coord { x: 180.0, y: 90.0 }),
                3 if twin.is_degrees => (low.x, high.x) = (170.0, high.x),
                4 if twin.is_degrees => (low.x, high.x) = (low.x, -170.0),
                5 if twin.is_degrees => (low.x, high.x) = (high.x, low.x),
                _ => {}
            }
            let ([a, b], [c, d]) = (twin.stated(low), twin.stated(high));
            if question % 4 < 2 {
                selection.bbox = Some([a, b, c, d]);
                selection.bbox_crs = Some(twin.uri.clone());
            } else {
                selection.filter = Some(format!("S_INTERSECTS(geom, BBOX({a}, {b}, {c}, {d}))"));
                selection.filter_crs = Some(twin.uri.clone());
            }
            let part = |west: f64, east: f64| Rect::new((west, low.y), (east, high.y)).to_polygon();
            MultiPolygon(if low.x <= high.x { vec![part(low.x, high.x)] } else { vec![part(low.x, 180.0), part(-180.0, high.x)] })
        } else {
            if twin.is_degrees && dice.next() < 0.3 {
                // A polygon that reaches around half the world.
                let far = dice.between(-179.0, 179.0);
                ring.0[0].x = far;
                let last = ring.0.len() - 1;
                ring.0[last].x = far;
            }
            selection.filter = Some(format!("S_INTERSECTS({}, geom)", twin.wkt(&ring)));
            selection.filter_crs = Some(twin.uri.clone());
            MultiPolygon(vec![Polygon::new(ring, vec![])])
        };
        if !is_box && geos::check(&stated).is_some() {
            // What crosses itself has no inside that two engines agree on.
            continue;
        }
        let ours = select(&city, &Viewer::guest(), "parcel", &selection).unwrap_or_else(|fault| panic!("{selection:?} {fault}")).rows;
        let plane = twin.on_plane(&stated);
        let theirs: Vec<u32> = (0..ROWS as u32).filter(|row| plane.as_ref().is_some_and(|plane| plane.intersects(&own[*row as usize]))).collect();
        assert_eq!(ours, theirs, "{question} {selection:?}");
        found += ours.len();
        all += usize::from(ours.len() == ROWS);
        none += usize::from(ours.is_empty());
        let disjoint = selection.filter.as_ref().map(|filter| filter.replacen("INTERSECTS", "DISJOINT", 1));
        if disjoint.is_some() {
            let others = select(&city, &Viewer::guest(), "parcel", &Selection { filter: disjoint, ..selection }).unwrap().rows;
            assert_eq!(others.len() + ours.len(), ROWS);
        }
    }
    assert!(found > 30_000 && all > 10 && none > 50, "{found} {all} {none}");
}

#[test]
fn a_box_as_wide_as_the_world_finds_everything_and_points_and_lines_are_boxes_too() {
    let mut dice = Dice(7);
    let land = shapes(&mut dice);
    let city = city(&land);
    let count = |filter: &str| {
        select(&city, &Viewer::guest(), "parcel", &Selection { filter: Some(filter.to_owned()), ..Selection::default() }).unwrap().rows.len()
    };
    let world = "POLYGON((-180 -90, 180 -90, 180 90, -180 90, -180 -90))";
    for relation in ["S_INTERSECTS", "S_WITHIN"] {
        assert_eq!(count(&format!("{relation}(geom, BBOX(-180, -90, 180, 90))")), ROWS, "{relation}");
        assert_eq!(count(&format!("{relation}(geom, {world})")), ROWS, "{relation}");
    }
    for relation in ["S_DISJOINT", "S_CONTAINS", "S_EQUALS", "S_OVERLAPS", "S_TOUCHES", "S_CROSSES"] {
        assert_eq!(count(&format!("{relation}(geom, {world})")), 0, "{relation}");
    }
    // Written once around the earth.
    assert_eq!(count("S_INTERSECTS(geom, POLYGON((470 20, 480 20, 480 25, 470 25, 470 20)))"), ROWS);
    let bbox = |bbox: [f64; 4]| select(&city, &Viewer::guest(), "parcel", &Selection { bbox: Some(bbox), ..Selection::default() }).unwrap().rows;
    assert_eq!(bbox([470.0, 20.0, 480.0, 25.0]).len(), ROWS);
    // A point box within a parcel, and a line through the whole city.
    let crs = WorkingCrs::parse("EPSG:4547").unwrap();
    let inside = crs.to_lon_lat(geo::InteriorPoint::interior_point(&land[6]).unwrap().0);
    assert!(bbox([inside.x, inside.y, inside.x, inside.y]).contains(&6));
    assert!(bbox([100.0, inside.y, 130.0, inside.y]).len() > 5 && bbox([inside.x, -90.0, inside.x, 90.0]).len() > 2);
    assert!(
        frame(&city, LayerId::Parcel.layer(), Some("EPSG:4547"), "crs").is_err()
            && frame(&city, LayerId::Unit.layer(), Some(&uris(&city, LayerId::Parcel.layer())[1]), "crs").is_err()
    );
}
