//! Coordinates of GeoJSON as they are read: positions become numbers at once and are counted, so that neither a million brackets nor a
//! million numbers wait in memory for their type, which may stand behind them.

use super::limits::Limits;
use crate::domain::fault::Outcome;
use geo_types::Coord;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::cell::{Cell, RefCell};

/// What holds for the row that is read.
pub(super) struct Reading<'a> {
    pub limits: &'a Limits,
    /// Vertices of this row so far.
    vertices: Cell<usize>,
    pub repeated: RefCell<Vec<String>>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(limits: &'a Limits) -> Self {
        Reading { limits, vertices: Cell::new(0), repeated: RefCell::default() }
    }

    /// Counts a vertex, or a list of none, which takes room as well.
    fn count(&self) {
        self.vertices.set(self.vertices.get() + 1);
    }

    /// Too many: the rest is counted and not kept.
    fn is_full(&self) -> bool {
        self.vertices.get() > self.limits.vertices_per_row
    }

    /// Refuses the row if it has too many vertices, and begins the next.
    pub(super) fn end_row(&self) -> Outcome<()> {
        let found = self.vertices.replace(0);
        if found > self.limits.vertices_per_row { Err(self.limits.too_many_vertices(found as u64)) } else { Ok(()) }
    }
}

/// Coordinates as they are nested.
pub(super) enum Nest {
    Position {
        at: Coord<f64>,
        has_z: bool,
    },
    List(Vec<Nest>),
    /// Something else, or a position that is none; says what is wrong with it.
    No(&'static str),
}

const NO_NUMBERS: &str = "a position that is not numbers";
const NOT_NESTED: &str = "coordinates are not nested as the type asks";

impl Nest {
    pub(super) fn list(self) -> Result<Vec<Nest>, &'static str> {
        match self {
            Nest::List(list) => Ok(list),
            // Numbers where positions should be.
            Nest::Position { .. } => Err(NOT_NESTED),
            Nest::No(why) => Err(why),
        }
    }

    pub(super) fn position(self, has_z: &mut bool) -> Result<Coord<f64>, &'static str> {
        match self {
            Nest::Position { at, has_z: own } => {
                *has_z |= own;
                Ok(at)
            }
            Nest::List(list) if list.is_empty() => Err("a position with fewer than two numbers"),
            Nest::List(_) => Err(NO_NUMBERS),
            Nest::No(why) => Err(why),
        }
    }

    pub(super) fn line(self, has_z: &mut bool) -> Result<Vec<Coord<f64>>, &'static str> {
        self.list()?.into_iter().map(|one| one.position(has_z)).collect()
    }

    pub(super) fn lines(self, has_z: &mut bool) -> Result<Vec<Vec<Coord<f64>>>, &'static str> {
        self.list()?.into_iter().map(|one| one.line(has_z)).collect()
    }
}

/// Visits of all that is neither an array nor an object.
macro_rules! anything_else_is {
    ($value:ty, $other:expr) => {
        fn visit_bool<E>(self, _: bool) -> Result<$value, E> {
            Ok($other)
        }
        fn visit_i64<E>(self, _: i64) -> Result<$value, E> {
            Ok($other)
        }
        fn visit_u64<E>(self, _: u64) -> Result<$value, E> {
            Ok($other)
        }
        fn visit_f64<E>(self, _: f64) -> Result<$value, E> {
            Ok($other)
        }
        fn visit_str<E>(self, _: &str) -> Result<$value, E> {
            Ok($other)
        }
    };
}

pub(super) use anything_else_is;

/// Coordinates of any nesting.
pub(super) struct Coordinates<'a> {
    pub reading: &'a Reading<'a>,
}

impl<'de> DeserializeSeed<'de> for Coordinates<'_> {
    type Value = Nest;
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Nest, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Coordinates<'_> {
    type Value = Nest;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("coordinates")
    }

    fn visit_unit<E>(self) -> Result<Nest, E> {
        Ok(Nest::No(NOT_NESTED))
    }

    anything_else_is!(Nest, Nest::No(NOT_NESTED));

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Nest, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Nest::No(NOT_NESTED))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Nest, A::Error> {
        let reading = self.reading;
        let Some(first) = items.next_element_seed(Item { reading })? else {
            reading.count();
            return Ok(Nest::List(Vec::new()));
        };
        let first = match first {
            Piece::Number(x) => {
                reading.count();
                return position(x, &mut items, reading);
            }
            Piece::Nest(nest) => nest,
        };
        let mut list = vec![first];
        while let Some(next) = items.next_element_seed(Item { reading })? {
            match next {
                _ if reading.is_full() => {}
                Piece::Nest(nest) => list.push(nest),
                Piece::Number(_) => list.push(Nest::No(NOT_NESTED)),
            }
        }
        Ok(Nest::List(list))
    }
}

/// The rest of a position whose first number is known.
fn position<'de, A: SeqAccess<'de>>(x: f64, items: &mut A, reading: &Reading<'_>) -> Result<Nest, A::Error> {
    let (mut y, mut more, mut wrong) = (None, false, false);
    while let Some(next) = items.next_element_seed(Item { reading })? {
        match (next, y) {
            (Piece::Number(number), None) => y = Some(number),
            (Piece::Number(_), Some(_)) => more = true,
            (Piece::Nest(_), None) => (y, wrong) = (Some(f64::NAN), true),
            // What stands behind x and y is left behind whatever it is.
            (Piece::Nest(_), Some(_)) => more = true,
        }
    }
    Ok(match y {
        None => Nest::No("a position with fewer than two numbers"),
        Some(_) if wrong => Nest::No(NO_NUMBERS),
        Some(y) => Nest::Position { at: Coord { x, y }, has_z: more },
    })
}

/// An item of coordinates.
enum Piece {
    Number(f64),
    Nest(Nest),
}

struct Item<'a> {
    reading: &'a Reading<'a>,
}

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = Piece;
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Piece, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Item<'_> {
    type Value = Piece;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a number or coordinates")
    }

    /// A `null` stands for a NaN that was replaced.
    fn visit_unit<E>(self) -> Result<Piece, E> {
        Ok(Piece::Number(f64::NAN))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Piece, E> {
        Ok(Piece::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Piece, E> {
        Ok(Piece::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Piece, E> {
        Ok(Piece::Number(number))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Piece, E> {
        Ok(Piece::Nest(Nest::No(NO_NUMBERS)))
    }

    fn visit_str<E>(self, _: &str) -> Result<Piece, E> {
        Ok(Piece::Nest(Nest::No(NO_NUMBERS)))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Piece, A::Error> {
        Coordinates { reading: self.reading }.visit_map(map).map(Piece::Nest)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Piece, A::Error> {
        Coordinates { reading: self.reading }.visit_seq(items).map(Piece::Nest)
    }
}
