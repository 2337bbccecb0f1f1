//! Mapbox Vector Tiles 2.1, written straight from the columns.

use super::tile_polygon::TilePart;
use crate::city::Table;
use crate::city::column::Column;
use crate::domain::GeometryKind;
use crate::spatial::crs::WorkingCrs;
use crate::spatial::tile::{EXTENT, TileAddress, clip_line};
use std::collections::HashMap;

/// What a layer's tiles carry.
#[derive(Clone, Debug)]
pub struct TileStyle {
    /// Names of the columns that become tile properties.
    pub properties: Vec<&'static str>,
    /// At most so many features; the largest by area stay.
    pub most_features: usize,
    /// Polygons smaller than this, in square tile units, are left out.
    pub least_area: i64,
}

/// A property that is true for some rows and absent from the others.
pub type RowFlag<'a> = (&'a str, &'a dyn Fn(usize) -> bool);

/// One tile of `table`'s `rows` (those near the tile). Empty bytes when nothing is in it.
pub fn encode(table: &Table, rows: &[u32], crs: &WorkingCrs, tile: TileAddress, style: &TileStyle, flag: Option<RowFlag<'_>>) -> Vec<u8> {
    let mut drawn: Vec<Drawn> = Vec::with_capacity(rows.len());
    let mut pen = Pen::default();
    for row in rows {
        if let Some(feature) = draw(table, *row, crs, tile, style, &mut pen) {
            drawn.push(feature);
        }
    }
    if drawn.len() > style.most_features {
        drawn.sort_by(|a, b| b.area.cmp(&a.area).then(a.row.cmp(&b.row)));
        drawn.truncate(style.most_features);
        drawn.sort_by_key(|feature| feature.row);
    }
    if drawn.is_empty() {
        return Vec::new();
    }
    layer_message(table, &drawn, style, flag)
}

struct Drawn {
    row: u32,
    area: i64,
    commands: Vec<u32>,
}

#[derive(Default)]
struct Pen {
    line: Vec<[i32; 2]>,
    part: TilePart,
}

fn draw(table: &Table, row: u32, crs: &WorkingCrs, tile: TileAddress, style: &TileStyle, pen: &mut Pen) -> Option<Drawn> {
    let mut commands = Vec::new();
    let mut cursor = [0, 0];
    let mut total = 0;
    for (ring, exterior) in table.drawn_rings(row as usize, crs) {
        let positions = ring.iter().map(|position| tile.place(*position));
        match table.layer().geometry {
            GeometryKind::Point => {
                for point in positions.filter(|point| point.iter().all(|at| (0..EXTENT).contains(at))) {
                    commands.push(command(1, 1));
                    step(&mut commands, &mut cursor, point);
                }
            }
            GeometryKind::Line => {
                pen.line.clear();
                pen.line.extend(positions);
                pen.line.dedup();
                clip_line(&pen.line, |piece| line(&mut commands, &mut cursor, piece, false));
            }
            GeometryKind::Polygon | GeometryKind::None => {
                if exterior {
                    total += pen.part.draw(style.least_area, |ring| line(&mut commands, &mut cursor, ring, true));
                }
                pen.part.push(positions);
            }
        }
    }
    total += pen.part.draw(style.least_area, |ring| line(&mut commands, &mut cursor, ring, true));
    (!commands.is_empty()).then_some(Drawn { row, area: total, commands })
}

fn command(id: u32, count: usize) -> u32 {
    id | ((count as u32) << 3)
}

fn step(commands: &mut Vec<u32>, cursor: &mut [i32; 2], to: [i32; 2]) {
    for axis in 0..2 {
        let delta = to[axis] - cursor[axis];
        commands.push(((delta << 1) ^ (delta >> 31)) as u32);
        cursor[axis] = to[axis];
    }
}

fn line(commands: &mut Vec<u32>, cursor: &mut [i32; 2], points: &[[i32; 2]], close: bool) {
    commands.push(command(1, 1));
    step(commands, cursor, points[0]);
    commands.push(command(2, points.len() - 1));
    for point in &points[1..] {
        step(commands, cursor, *point);
    }
    if close {
        commands.push(command(7, 1));
    }
}

fn layer_message(table: &Table, drawn: &[Drawn], style: &TileStyle, flag: Option<RowFlag<'_>>) -> Vec<u8> {
    let columns: Vec<(&str, &Column)> = style.properties.iter().filter_map(|name| table.column(*name).map(|column| (*name, column))).collect();
    let mut values = Values::new(&columns);
    let mut layer = Vec::with_capacity(drawn.len() * 96);
    bytes_field(&mut layer, 1, table.layer().name.as_bytes());
    let mut feature = Vec::new();
    let mut tags = Vec::new();
    let mut packed = Vec::new();
    for drawn in drawn {
        let row = drawn.row as usize;
        tags.clear();
        for (key, (_, column)) in columns.iter().enumerate() {
            if let Some(value) = values.of(key, column, row) {
                tags.extend([key as u32, value]);
            }
        }
        if let Some((_, holds)) = flag
            && holds(row)
        {
            tags.extend([columns.len() as u32, values.flag(true)]);
        }
        feature.clear();
        varint_field(&mut feature, 1, table.fid(row) as u64);
        packed_field(&mut feature, &mut packed, 2, &tags);
        let kind = match table.layer().geometry {
            GeometryKind::Point => 1,
            GeometryKind::Line => 2,
            GeometryKind::Polygon | GeometryKind::None => 3,
        };
        varint_field(&mut feature, 3, kind);
        packed_field(&mut feature, &mut packed, 4, &drawn.commands);
        bytes_field(&mut layer, 2, &feature);
    }
    for (name, _) in &columns {
        bytes_field(&mut layer, 3, name.as_bytes());
    }
    if let Some((name, _)) = flag {
        bytes_field(&mut layer, 3, name.as_bytes());
    }
    layer.extend_from_slice(&values.encoded);
    varint_field(&mut layer, 5, EXTENT as u64);
    varint_field(&mut layer, 15, 2);
    let mut tile = Vec::with_capacity(layer.len() + 8);
    bytes_field(&mut tile, 3, &layer);
    tile
}

/// "Not used yet" in [`SharedTexts::places`].
const UNUSED: u32 = u32::MAX;

/// The layer's values, encoded as they are met. Shared texts and flags are written once; keys and measurements seldom repeat and are not looked up.
struct Values {
    encoded: Vec<u8>,
    count: u32,
    /// By property: the places of the texts of the block in hand, and of all texts so far.
    texts: Vec<SharedTexts>,
    flags: [u32; 2],
}

/// Texts of one property that were written. Rows come block by block, so the texts of one block are found by number and only new ones by hash.
#[derive(Default)]
struct SharedTexts {
    block: Option<usize>,
    places: Vec<u32>,
    all: HashMap<Box<str>, u32>,
}

impl SharedTexts {
    fn keep(&mut self, id: usize, text: &str, value: u32, is_new: bool) {
        if self.places.len() <= id {
            self.places.resize(id + 1, UNUSED);
        }
        self.places[id] = value;
        if is_new {
            self.all.insert(text.into(), value);
        }
    }
}

impl Values {
    fn new(columns: &[(&str, &Column)]) -> Self {
        let texts = columns.iter().map(|_| SharedTexts::default()).collect();
        Values { encoded: Vec::new(), count: 0, texts, flags: [UNUSED; 2] }
    }

    fn of(&mut self, key: usize, column: &Column, row: usize) -> Option<u32> {
        if let Some((block, id)) = column.text_place(row) {
            let shared = &mut self.texts[key];
            if shared.block != Some(block) {
                shared.block = Some(block);
                shared.places.clear();
            }
            if let Some(known) = shared.places.get(id).copied().filter(|known| *known != UNUSED) {
                return Some(known);
            }
            let text = column.text(row)?;
            let known = shared.all.get(text).copied();
            let value = known.unwrap_or_else(|| self.text(text));
            self.texts[key].keep(id, text, value, known.is_none());
            return Some(value);
        }
        if let Some(text) = column.text(row) {
            return Some(self.text(text));
        }
        if let Some(number) = column.number(row) {
            // field 4 (values), 9 bytes: field 3 (double).
            self.encoded.extend([4 << 3 | 2, 9, 3 << 3 | 1]);
            self.encoded.extend(number.to_le_bytes());
            return Some(self.next());
        }
        column.flag(row).map(|flag| self.flag(flag))
    }

    fn text(&mut self, text: &str) -> u32 {
        let length = text.len() as u64;
        let head = 1 + varint_length(length);
        varint(&mut self.encoded, 4 << 3 | 2);
        varint(&mut self.encoded, head + length);
        bytes_field(&mut self.encoded, 1, text.as_bytes());
        self.next()
    }

    fn flag(&mut self, flag: bool) -> u32 {
        let at = usize::from(flag);
        if self.flags[at] == UNUSED {
            self.encoded.extend([4 << 3 | 2, 2, 7 << 3, u8::from(flag)]);
            self.flags[at] = self.next();
        }
        self.flags[at]
    }

    fn next(&mut self) -> u32 {
        self.count += 1;
        self.count - 1
    }
}

/// Bytes that a varint takes.
fn varint_length(value: u64) -> u64 {
    u64::from((64 - (value | 1).leading_zeros()).div_ceil(7))
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn varint_field(out: &mut Vec<u8>, field: u8, value: u64) {
    varint(out, u64::from(field) << 3);
    varint(out, value);
}

fn bytes_field(out: &mut Vec<u8>, field: u8, bytes: &[u8]) {
    varint(out, u64::from(field) << 3 | 2);
    varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

fn packed_field(out: &mut Vec<u8>, scratch: &mut Vec<u8>, field: u8, numbers: &[u32]) {
    scratch.clear();
    for number in numbers {
        varint(scratch, u64::from(*number));
    }
    bytes_field(out, field, scratch);
}
