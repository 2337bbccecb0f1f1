//! Facilities in and around the parks and centres.

use super::dice::Dice;
use super::lattice::{Axis, Lattice, millimetres};
use super::names;
use super::plan::hilbert;
use super::rows::SOURCE;
use super::setting::Setting;
use crate::domain::{Layer, Row};
use geo_types::{Coord, Geometry, Point};

struct Facility {
    class: &'static str,
    name: String,
    capacity: Option<f64>,
    at: Coord<f64>,
}

/// Class, word, fewest and most per park, range of the capacity (beds, seats, MVA, t/day; none where a number says nothing).
type Supply = (&'static str, &'static str, i64, i64, Option<(f64, f64)>);

const PARK_SET: [Supply; 9] = [
    ("bus", "公交站", 8, 20, None),
    ("dormitory", "宿舍", 1, 4, Some((300.0, 2600.0))),
    ("canteen", "食堂", 1, 5, Some((200.0, 1400.0))),
    ("clinic", "诊所", 0, 2, Some((10.0, 60.0))),
    ("school", "学校", 0, 2, Some((900.0, 2400.0))),
    ("lab", "检验检测中心", 0, 2, None),
    ("substation", "变电站", 0, 2, Some((50.0, 240.0))),
    ("waste_water", "污水处理站", 0, 1, Some((3000.0, 30_000.0))),
    ("green", "公园", 1, 3, None),
];

pub(super) fn rows(layer: &'static Layer, setting: &Setting, seed: u64) -> Vec<Row> {
    let mut facilities = Vec::new();
    for (index, park) in setting.parks.iter().enumerate() {
        for (number, part) in park.parts.iter().enumerate() {
            let mut dice = Dice::new(seed, 50, index as u64 * 10 + number as u64);
            let lattice = &setting.districts[part.district].lattice;
            let cells: Vec<(i32, i32)> = part.cells.iter().flatten().copied().collect();
            metro(lattice, &cells, &mut dice, &mut facilities);
            for (class, word, fewest, most, capacity) in PARK_SET {
                // Two parks in three have no treatment of their own.
                let count = if class == "waste_water" { i64::from(dice.chance(0.33)) } else { dice.whole(fewest, most) };
                for serial in 1..=count {
                    let at = beside(lattice, *dice.pick(&cells), class == "bus", &mut dice);
                    let capacity = capacity.map(|(low, high)| dice.between(low, high).round());
                    if setting.districts[part.district].contains(at) {
                        facilities.push(Facility { class, name: format!("{} {serial} 号{word}", park.name), capacity, at });
                    }
                }
            }
        }
    }
    centres(setting, seed, &mut facilities);
    facilities.sort_by_key(|facility| hilbert(facility.at));
    facilities.into_iter().enumerate().map(|(index, facility)| row(layer, index, facility)).collect()
}

fn row(layer: &'static Layer, index: usize, facility: Facility) -> Row {
    let mut row = Row::empty(layer);
    row.set(layer, "code", format!("F-{:05}", index + 1))
        .set(layer, "class", facility.class)
        .set(layer, "name", facility.name)
        .set(layer, "capacity", facility.capacity)
        .set(layer, "source", SOURCE);
    row.geometry = Some(Geometry::Point(Point::from(facility.at)));
    row
}

/// Stations at street crossings of the park; one park in six has none.
fn metro(lattice: &Lattice, cells: &[(i32, i32)], dice: &mut Dice, facilities: &mut Vec<Facility>) {
    if dice.chance(1.0 / 6.0) {
        return;
    }
    for _ in 0..dice.whole(1, 3) {
        let (column, row) = *dice.pick(cells);
        let at = millimetres(lattice.place(lattice.line(Axis::Column, column), lattice.line(Axis::Row, row)));
        let near = |facility: &Facility| facility.class == "metro" && (facility.at.x - at.x).hypot(facility.at.y - at.y) < 900.0;
        if !facilities.iter().any(near) {
            facilities.push(Facility { class: "metro", name: format!("{}站", names::stem(hilbert(at))), capacity: None, at });
        }
    }
}

/// A place in the cell or the next one: bus stops on a kerb, the rest anywhere.
fn beside(lattice: &Lattice, cell: (i32, i32), on_kerb: bool, dice: &mut Dice) -> Coord<f64> {
    let (column, row) = (cell.0 + dice.whole(-1, 1) as i32, cell.1 + dice.whole(-1, 1) as i32);
    let rect = lattice.cell_net(column, row);
    let (x, y) = (dice.between(rect.x0, rect.x1), dice.between(rect.y0, rect.y1));
    millimetres(if on_kerb { lattice.place(rect.x0 - 2.0, y) } else { lattice.place(x, y) })
}

fn centres(setting: &Setting, seed: u64, facilities: &mut Vec<Facility>) {
    for (index, centre) in setting.centres.iter().enumerate() {
        let mut dice = Dice::new(seed, 51, index as u64);
        for (class, word, count) in [("metro", "站", 3), ("bus", "公交站", 16), ("school", "学校", 4), ("clinic", "诊所", 3), ("green", "公园", 3)]
        {
            for _ in 0..count {
                let (dx, dy) = (dice.between(-1.0, 1.0) * centre.radius_m, dice.between(-1.0, 1.0) * centre.radius_m);
                let at = millimetres(Coord { x: centre.easting + dx, y: centre.northing + dy });
                if setting.districts.iter().any(|district| district.contains(at)) {
                    facilities.push(Facility { class, name: format!("{}{word}", names::stem(hilbert(at))), capacity: None, at });
                }
            }
        }
    }
}
