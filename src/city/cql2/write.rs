//! Expressions as CQL2 text that reads back as the same expression.

use super::lexer::{continues_name, starts_name};
use super::text::KEYWORDS;
use super::{Arithmetic, Bound, Expression, Instant};
use geo_types::{Coord, Geometry, LineString, Polygon};
use std::fmt::{self, Display, Formatter};

/// A text as a literal in single quotes, whatever it holds.
pub fn text_literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('\'');
    let mut slashes = 0;
    for next in text.chars() {
        if next == '\'' {
            // Backslashes before a quote are doubled, or the last of them would take the quote.
            literal.extend(std::iter::repeat_n('\\', slashes));
            literal.push('\'');
        }
        slashes = if next == '\\' { slashes + 1 } else { 0 };
        literal.push(next);
    }
    literal.extend(std::iter::repeat_n('\\', slashes));
    literal.push('\'');
    literal
}

fn name(text: &str) -> String {
    let plain =
        text.starts_with(starts_name) && text.chars().all(continues_name) && !KEYWORDS.iter().any(|keyword| text.eq_ignore_ascii_case(keyword));
    if plain { text.to_owned() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}

/// How loosely an expression binds; a looser one inside a tighter stands in brackets.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Rank {
    Atom,
    Power,
    Product,
    Sum,
    Predicate,
    Not,
    And,
    Or,
}

fn rank(expression: &Expression) -> Rank {
    match expression {
        Expression::Or(_) => Rank::Or,
        Expression::And(_) => Rank::And,
        Expression::Not(_) => Rank::Not,
        Expression::Compare(..) | Expression::Like(_) | Expression::Between(_) | Expression::In(..) | Expression::IsNull(_) => Rank::Predicate,
        Expression::Chain(_, rest) if matches!(rest.first(), Some((Arithmetic::Plus | Arithmetic::Minus, _))) => Rank::Sum,
        Expression::Chain(..) => Rank::Product,
        Expression::Power(_) => Rank::Power,
        _ => Rank::Atom,
    }
}

/// An expression inside one that takes nothing looser than the rank without brackets.
struct Within<'e>(&'e Expression, Rank);

impl Display for Within<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        if rank(self.0) > self.1 { write!(out, "({})", self.0) } else { self.0.fmt(out) }
    }
}

fn separated<T>(out: &mut Formatter<'_>, items: &[T], between: &str, mut write: impl FnMut(&mut Formatter<'_>, &T) -> fmt::Result) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.write_str(between)?;
        }
        write(out, item)?;
    }
    Ok(())
}

fn call(out: &mut Formatter<'_>, name: &str, args: &[Expression]) -> fmt::Result {
    write!(out, "{name}(")?;
    separated(out, args, ", ", |out, arg| arg.fmt(out))?;
    out.write_str(")")
}

impl Display for Expression {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        use Expression as E;
        let whole = rank(self);
        match self {
            E::Boolean(value) => out.write_str(if *value { "TRUE" } else { "FALSE" }),
            E::Number(number) => out.write_str(number.text()),
            E::Text(text) => out.write_str(&text_literal(text)),
            E::Instant(instant @ Instant::Date(_)) => write!(out, "DATE('{}')", instant.iso()),
            E::Instant(instant) => write!(out, "TIMESTAMP('{}')", instant.iso()),
            E::Interval(bounds) => write!(out, "INTERVAL({}, {})", bounds[0], bounds[1]),
            E::Property(property) => out.write_str(&name(property)),
            E::Geometry(geometry) => wkt(out, geometry),
            E::Bbox([west, south, east, north]) => write!(out, "BBOX({west}, {south}, {east}, {north})"),
            E::Array(items) => {
                // One item in round brackets would be that item.
                let (open, close) = if items.len() == 1 { ("[", "]") } else { ("(", ")") };
                out.write_str(open)?;
                separated(out, items, ", ", |out, item| item.fmt(out))?;
                out.write_str(close)
            }
            E::And(parts) => separated(out, parts, " AND ", |out, part| Within(part, Rank::Not).fmt(out)),
            E::Or(parts) => separated(out, parts, " OR ", |out, part| Within(part, Rank::And).fmt(out)),
            E::Not(part) => write!(out, "NOT {}", Within(part, Rank::Predicate)),
            E::Compare(comparison, sides) => write!(out, "{} {} {}", Within(&sides[0], Rank::Sum), comparison.name(), Within(&sides[1], Rank::Sum)),
            E::Like(sides) => write!(out, "{} LIKE {}", Within(&sides[0], Rank::Sum), sides[1]),
            E::Between(parts) => {
                write!(out, "{} BETWEEN {} AND {}", Within(&parts[0], Rank::Sum), Within(&parts[1], Rank::Sum), Within(&parts[2], Rank::Sum))
            }
            E::In(value, items) => {
                write!(out, "{} IN (", Within(value, Rank::Sum))?;
                separated(out, items, ", ", |out, item| item.fmt(out))?;
                out.write_str(")")
            }
            E::IsNull(value) => write!(out, "{} IS NULL", Within(value, Rank::Sum)),
            E::Casei(value) => write!(out, "CASEI({value})"),
            E::Accenti(value) => write!(out, "ACCENTI({value})"),
            E::Chain(first, rest) => {
                let tighter = if whole == Rank::Sum { Rank::Product } else { Rank::Power };
                Within(first, tighter).fmt(out)?;
                rest.iter().try_for_each(|(operator, part)| write!(out, " {} {}", operator.name(), Within(part, tighter)))
            }
            E::Power(sides) => write!(out, "{} ^ {}", Within(&sides[0], Rank::Atom), Within(&sides[1], Rank::Atom)),
            E::Spatial(relation, sides) => call(out, &relation.name().to_ascii_uppercase(), sides.as_slice()),
            E::Temporal(relation, sides) => call(out, &relation.name().to_ascii_uppercase(), sides.as_slice()),
            E::Arrays(relation, sides) => call(out, &relation.name().to_ascii_uppercase(), sides.as_slice()),
            E::Function(name, args) => call(out, name, args),
        }
    }
}

impl Display for Bound {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Bound::Open => out.write_str("'..'"),
            Bound::At(instant) => write!(out, "'{}'", instant.iso()),
            Bound::Of(value) => value.fmt(out),
        }
    }
}

fn wkt(out: &mut Formatter<'_>, geometry: &Geometry<f64>) -> fmt::Result {
    match geometry {
        Geometry::Point(point) => positions(out, "POINT", &[point.0]),
        Geometry::LineString(line) => positions(out, "LINESTRING", &line.0),
        Geometry::Polygon(polygon) => rings(out, "POLYGON", polygon),
        Geometry::MultiPoint(points) => bracketed(out, "MULTIPOINT", &points.0, |out, point| positions(out, "", &[point.0])),
        Geometry::MultiLineString(lines) => bracketed(out, "MULTILINESTRING", &lines.0, |out, line| positions(out, "", &line.0)),
        Geometry::MultiPolygon(polygons) => bracketed(out, "MULTIPOLYGON", &polygons.0, |out, polygon| rings(out, "", polygon)),
        Geometry::GeometryCollection(members) => bracketed(out, "GEOMETRYCOLLECTION", &members.0, wkt),
        // The readers make no others.
        Geometry::Line(line) => wkt(out, &LineString::from(*line).into()),
        Geometry::Rect(rect) => wkt(out, &rect.to_polygon().into()),
        Geometry::Triangle(triangle) => wkt(out, &triangle.to_polygon().into()),
    }
}

fn bracketed<T>(out: &mut Formatter<'_>, tag: &str, parts: &[T], write: impl FnMut(&mut Formatter<'_>, &T) -> fmt::Result) -> fmt::Result {
    write!(out, "{tag}(")?;
    separated(out, parts, ", ", write)?;
    out.write_str(")")
}

fn positions(out: &mut Formatter<'_>, tag: &str, positions: &[Coord<f64>]) -> fmt::Result {
    bracketed(out, tag, positions, |out, position| write!(out, "{} {}", position.x, position.y))
}

fn rings(out: &mut Formatter<'_>, tag: &str, polygon: &Polygon<f64>) -> fmt::Result {
    let rings: Vec<&LineString<f64>> = std::iter::once(polygon.exterior()).chain(polygon.interiors()).collect();
    bracketed(out, tag, &rings, |out, ring| positions(out, "", &ring.0))
}
