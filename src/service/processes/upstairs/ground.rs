//! Everything the check must know of a parcel, found in the city.

use super::floors::floors_of;
use crate::analysis::upstairs::{ExistingBuilding, ParcelCase, Restriction, RoadLine};
use crate::city::{City, Table};
use crate::domain::columns::{building, control_line, parcel, road};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, LayerId};
use crate::rules::UpstairsPack;
use crate::spatial::adjacency::{AdjacencyOptions, ContactClass, neighbours};
use crate::spatial::bounds::union;
use geo::{BoundingRect, Intersects};
use geo_types::{Coord, LineString, MultiPolygon, Rect};
use std::collections::BTreeSet;

/// Corners of one building ground. The search grows with their cube; surveyed land has a few dozen.
pub(super) const MOST_CORNERS: usize = 500;

/// The layers that a check looks into, and which of their kinds are loaded: asked once a run.
pub(super) struct Ground<'a> {
    city: &'a City,
    table: &'a Table,
    /// Kinds that occur in the city's control lines: one that occurs nowhere was never loaded (U2).
    loaded: Vec<Box<str>>,
    /// Whether existing buildings are looked at.
    buildings: bool,
    /// Whether the neighbour with the longest contact is looked for.
    adjoining: bool,
}

impl<'a> Ground<'a> {
    pub(super) fn new(city: &'a City, table: &'a Table, buildings: bool, adjoining: bool) -> Self {
        let lines = city.table(LayerId::ControlLine);
        let kinds: BTreeSet<&str> = (0..lines.len()).filter_map(|row| lines.text(row, control_line::KIND)).collect();
        Ground { city, table, loaded: kinds.into_iter().map(Box::from).collect(), buildings, adjoining }
    }

    /// The case of a parcel's row.
    pub(super) fn parcel(&self, row: usize, pack: &UpstairsPack) -> Outcome<ParcelCase> {
        let table = self.table;
        let Some(bounds) = table.shapes().bounds(row) else {
            let code = table.key(row);
            return Err(Fault::bad("no_geometry", format!("宗地 {code} 没有几何"), format!("the parcel {code} has no geometry")));
        };
        let corners = table.shapes().corners(row);
        if corners > MOST_CORNERS {
            return Err(too_many_corners(table.key(row), corners));
        }
        let mut case = ParcelCase::new(table.key(row), table.shapes().multi_polygon(row));
        case.far_limit = table.number(row, parcel::FAR_LIMIT);
        case.height_limit_m = table.number(row, parcel::HEIGHT_LIMIT_M);
        case.coverage_limit = table.number(row, parcel::COVERAGE_LIMIT);
        case.built_gfa_m2 = table.number(row, parcel::BUILT_GFA_M2);
        if self.adjoining {
            case.adjoining = longest_contact(table, row, bounds);
        }
        let others = |near: u32| (near as usize != row).then(|| table.shapes().multi_polygon(near as usize));
        self.surround(&mut case, bounds, pack, others);
        case.existing = self.buildings(bounds, |parcel| parcel == Some(table.key(row)));
        Ok(case)
    }

    /// Restrictions, roads and other parcels around a case; `other` gives a parcel nearby that is none of its own.
    pub(super) fn surround(&self, case: &mut ParcelCase, bounds: Rect<f64>, pack: &UpstairsPack, other: impl Fn(u32) -> Option<MultiPolygon<f64>>) {
        // The adjoining parcel may be taken in, and then what lies on it counts as well.
        let whole = case.adjoining.as_ref().and_then(BoundingRect::bounding_rect).map_or(bounds, |beside| union(bounds, beside));
        case.restrictions = self.restrictions(whole, pack);
        // Nothing farther than the facing distance can be faced, or stand between.
        let reach = Coord { x: pack.setback.facing_distance, y: pack.setback.facing_distance };
        let around = Rect::new(whole.min() - reach, whole.max() + reach);
        case.roads = self.roads(around);
        if case.roads.as_ref().is_some_and(|roads| !roads.is_empty()) {
            case.neighbours = self.table.index().rows(around).into_iter().filter_map(other).collect();
        }
    }

    /// Buildings in a box whose parcel is the one wanted.
    pub(super) fn buildings(&self, bounds: Rect<f64>, wanted: impl Fn(Option<&str>) -> bool) -> Vec<ExistingBuilding> {
        if !self.buildings {
            return Vec::new();
        }
        let buildings = self.city.table(LayerId::Building);
        let rows = buildings.index().rows(bounds).into_iter().map(|row| row as usize).filter(|row| wanted(buildings.text(*row, building::PARCEL)));
        rows.map(|row| ExistingBuilding {
            code: buildings.key(row).to_owned(),
            storeys: buildings.number(row, building::STOREYS).map(|storeys| storeys.max(0.0) as usize),
            height_m: buildings.number(row, building::HEIGHT_M),
            gfa_m2: buildings.number(row, building::GFA_M2),
            footprint: buildings.shapes().multi_polygon(row),
            floors: floors_of(self.city, row),
        })
        .collect()
    }

    fn restrictions(&self, bounds: Rect<f64>, pack: &UpstairsPack) -> Vec<Restriction> {
        let Some(lines) = Some(self.city.table(LayerId::ControlLine)).filter(|lines| !lines.is_empty()) else { return Vec::new() };
        let mut found: Vec<Restriction> = Vec::new();
        for row in lines.index().rows(bounds).into_iter().map(|row| row as usize) {
            let Some(kind) = lines.text(row, control_line::KIND) else { continue };
            found.push(Restriction {
                kind: kind.to_owned(),
                geometry: lines.shapes().multi_polygon(row),
                hard: lines.flag(row, control_line::HARD).unwrap_or(true),
                dedicated: lines.flag(row, control_line::DEDICATED),
                height_limit_m: lines.number(row, control_line::HEIGHT_LIMIT_M),
                layer_loaded: true,
            });
        }
        for kind in &pack.land.order.value {
            if self.loaded.iter().any(|known| **known == **kind) && !found.iter().any(|restriction| restriction.kind == *kind) {
                found.push(Restriction::none_here(kind));
            }
        }
        found
    }

    /// Roads in a box: of each line the parts that come near it.
    fn roads(&self, around: Rect<f64>) -> Option<Vec<RoadLine>> {
        let roads = Some(self.city.table(LayerId::Road)).filter(|roads| !roads.is_empty())?;
        let mut near = Vec::new();
        for row in roads.index().rows(around).into_iter().map(|row| row as usize) {
            let meets = |pair: &[Coord<f64>]| Rect::new(pair[0], pair[1]).intersects(&around);
            for line in roads.shapes().rings(row) {
                let mut rest = line.coords;
                while let Some(from) = rest.windows(2).position(meets) {
                    let until = rest[from..].windows(2).position(|pair| !meets(pair)).map_or(rest.len(), |count| from + count + 1);
                    near.push(RoadLine {
                        class: roads.text(row, road::CLASS).unwrap_or_default().to_owned(),
                        width_m: roads.number(row, road::WIDTH_M),
                        line: LineString(rest[from..until].to_vec()),
                    });
                    rest = &rest[until - 1..];
                }
            }
        }
        Some(near)
    }
}

fn too_many_corners(code: &str, corners: usize) -> Fault {
    Fault::too_much(
        format!("宗地 {code} 有 {corners} 个界址点，体检最多 {MOST_CORNERS} 个"),
        format!("the parcel {code} has {corners} corners; {MOST_CORNERS} are taken by the check"),
    )
    .at(code)
    .help("请先简化该宗地的边界，或画一个轮廓", "simplify its boundary first, or draw an outline")
}

/// The neighbour with the longest edge contact.
fn longest_contact(table: &Table, row: usize, bounds: Rect<f64>) -> Option<MultiPolygon<f64>> {
    let options = AdjacencyOptions::default();
    let reach = Coord { x: options.tolerance_m, y: options.tolerance_m };
    let near: Vec<u32> =
        table.index().rows(Rect::new(bounds.min() - reach, bounds.max() + reach)).into_iter().filter(|other| *other as usize != row).collect();
    let contacts = neighbours(table.shapes(), row, &near, &options);
    let best =
        contacts.iter().filter(|contact| contact.class == ContactClass::Edge).max_by(|a, b| a.length_m.total_cmp(&b.length_m).then(b.b.cmp(&a.b)))?;
    let other = if best.a as usize == row { best.b } else { best.a };
    Some(table.shapes().multi_polygon(other as usize))
}
