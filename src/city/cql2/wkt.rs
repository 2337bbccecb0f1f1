//! Well-known text and boxes inside CQL2 text.

use super::Expression;
use super::complaint::{Complaint, Read, Wanted};
use super::geometry::{COORDINATE, bbox, line, polygon, position, ring};
use super::lexer::Symbol;
use super::text::Reader;
use geo_types::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};

const OPEN: Wanted = ("(", "(");
const NEXT: Wanted = (", 或 )", "a comma or )");

#[derive(Clone, Copy)]
enum Tag {
    Point,
    LineString,
    Polygon,
    MultiPoint,
    MultiLineString,
    MultiPolygon,
    GeometryCollection,
}

impl Tag {
    fn named(word: &str) -> Option<Tag> {
        Some(match word.to_ascii_lowercase().as_str() {
            "point" => Tag::Point,
            "linestring" => Tag::LineString,
            "polygon" => Tag::Polygon,
            "multipoint" => Tag::MultiPoint,
            "multilinestring" => Tag::MultiLineString,
            "multipolygon" => Tag::MultiPolygon,
            "geometrycollection" => Tag::GeometryCollection,
            _ => return None,
        })
    }
}

impl Reader<'_, '_> {
    /// The geometry or box whose tag was just read, if it is such a tag.
    pub(super) fn geometry(&mut self, word: &str, at: usize) -> Read<Option<Expression>> {
        if let Some(tag) = Tag::named(word) {
            return self.tagged(tag).map(|geometry| Some(Expression::Geometry(Box::new(geometry))));
        }
        if word.eq_ignore_ascii_case("bbox") || word.eq_ignore_ascii_case("envelope") {
            let numbers = self.list(|reader| reader.coordinate(COORDINATE))?;
            return bbox(&numbers, at).map(|bounds| Some(Expression::Bbox(bounds)));
        }
        Ok(None)
    }

    fn tagged(&mut self, tag: Tag) -> Read<Geometry<f64>> {
        self.take_word("z")?;
        Ok(match tag {
            Tag::Point => {
                let at = self.at;
                match self.list(Self::position)?.as_slice() {
                    [only] => Point(*only).into(),
                    _ => return Err(Complaint::wrong(at, "POINT 只有一个点", "a POINT has one position")),
                }
            }
            Tag::LineString => self.line(line)?.into(),
            Tag::Polygon => self.polygon()?.into(),
            Tag::MultiPoint => MultiPoint(self.list(Self::bracketed_position)?.into_iter().map(Point).collect()).into(),
            Tag::MultiLineString => MultiLineString(self.list(|reader| reader.line(line))?).into(),
            Tag::MultiPolygon => MultiPolygon(self.list(Self::polygon)?).into(),
            Tag::GeometryCollection => Geometry::GeometryCollection(GeometryCollection(self.list(Self::member)?)),
        })
    }

    fn member(&mut self) -> Read<Geometry<f64>> {
        let Some(tag) = self.word().and_then(Tag::named) else { return Err(self.expected(("几何", "a geometry"))) };
        self.budget.node()?;
        self.skip()?;
        self.tagged(tag)
    }

    /// `(part, part, …)`
    fn list<T>(&mut self, mut part: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        self.budget.descend()?;
        self.must(Symbol::Open, OPEN)?;
        let mut parts = vec![part(self)?];
        while self.take(Symbol::Comma)? {
            parts.push(part(self)?);
        }
        self.must(Symbol::Close, NEXT)?;
        self.budget.ascend();
        Ok(parts)
    }

    fn line(&mut self, made: fn(Vec<Coord<f64>>, usize) -> Read<LineString<f64>>) -> Read<LineString<f64>> {
        let at = self.at;
        made(self.list(Self::position)?, at)
    }

    fn polygon(&mut self) -> Read<Polygon<f64>> {
        let at = self.at;
        polygon(self.list(|reader| reader.line(ring))?, at)
    }

    /// A position of a MULTIPOINT, with its own brackets or without.
    fn bracketed_position(&mut self) -> Read<Coord<f64>> {
        if !self.take(Symbol::Open)? {
            return self.position();
        }
        let position = self.position()?;
        self.must(Symbol::Close, (")", ")"))?;
        Ok(position)
    }

    fn position(&mut self) -> Read<Coord<f64>> {
        self.budget.vertex()?;
        let at = self.at;
        let mut numbers = vec![self.coordinate(COORDINATE)?];
        while !self.is(Symbol::Comma) && !self.is(Symbol::Close) {
            if self.at == self.last_end {
                return Err(self.expected(("坐标之间的空格", "a blank between coordinates")));
            }
            numbers.push(self.coordinate(COORDINATE)?);
            if numbers.len() > 4 {
                break;
            }
        }
        position(&numbers, at)
    }
}
