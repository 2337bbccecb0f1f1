//! CQL2 JSON: one recursion over the stream, with the same bounds as the text.

use super::complaint::{Complaint, Read, Wanted};
use super::geometry::{COORDINATE, bbox, line, polygon, position, ring};
use super::json_scan::Scanner;
use super::kind::{Kind, Operand};
use super::limits::Budget;
use super::operation::operation;
use super::{Bound, Expression, Instant, Number};
use geo_types::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};

const DATE: Wanted = ("日期，如 \"2026-09-01\"", "a date such as \"2026-09-01\"");
const MOMENT: Wanted = ("时刻，如 \"2026-09-01T08:00:00Z\"", "a moment such as \"2026-09-01T08:00:00Z\"");
const BOUND: Wanted = ("日期、时刻、\"..\" 或属性", "a date, a moment, \"..\" or a property");
const SHAPE: Wanted = ("与 type 相符的坐标", "coordinates that fit the type");

pub(super) fn read(text: &str, budget: &mut Budget) -> Read<Expression> {
    let mut reader = Scanner::new(text, budget);
    let whole = expression(&mut reader)?.of(Kind::Truth)?;
    reader.end()?;
    Ok(whole)
}

fn expression(reader: &mut Scanner<'_, '_>) -> Read<Operand> {
    reader.budget.node()?;
    let at = reader.at;
    let value = match reader.peek() {
        Some(b'{') => object(reader)?,
        Some(b'[') => {
            reader.budget.descend()?;
            let items = items(reader)?;
            reader.budget.ascend();
            Expression::Array(items)
        }
        Some(b'"') => Expression::Text(reader.string()?.into_owned()),
        Some(b'-' | b'0'..=b'9') => Expression::Number(number(reader)?),
        _ => match reader.word() {
            "true" => Expression::Boolean(true),
            "false" => Expression::Boolean(false),
            "null" => return Err(Complaint::wrong(at, "没有 null 值：用 isNull", "there is no null value: use isNull")),
            _ => return Err(Complaint::Expected { at, wanted: ("JSON 值", "a JSON value") }),
        },
    };
    Ok(Operand { at, value })
}

fn number(reader: &mut Scanner<'_, '_>) -> Read<Number> {
    let at = reader.at;
    Number::literal(reader.number()?.to_owned(), at)
}

fn items(reader: &mut Scanner<'_, '_>) -> Read<Vec<Expression>> {
    let mut items = Vec::new();
    reader.array(|reader| {
        let item = expression(reader)?.value;
        if item.is_literal() {
            reader.budget.node_is_item()?;
        }
        items.push(item);
        Ok(())
    })?;
    Ok(items)
}

/// What the members of an object gave, in whatever order they came.
#[derive(Default)]
struct Members {
    op: Option<String>,
    args: Option<Vec<Operand>>,
    /// A value that one member alone makes: a property, a date, a box …
    value: Option<Expression>,
    kind: Option<String>,
    coordinates: Option<Nest>,
    geometries: Option<Vec<Geometry<f64>>>,
}

fn object(reader: &mut Scanner<'_, '_>) -> Read<Expression> {
    let at = reader.at;
    let mut found = Members::default();
    reader.budget.descend()?;
    reader.object(|reader, at, name| member(reader, at, name, &mut found))?;
    reader.budget.ascend();
    let unclear = || {
        Complaint::wrong(
            at,
            "这个对象不是 CQL2 表达式：应有 op 和 args，或 property、date、timestamp、interval、bbox、type",
            "this object is no CQL2 expression: op with args, or property, date, timestamp, interval, bbox or type",
        )
    };
    match found {
        Members { op: Some(op), args: Some(args), value: None, kind: None, coordinates: None, geometries: None } => operation(&op, at, args),
        // A GeoJSON geometry may carry its box.
        Members { op: None, args: None, value: None | Some(Expression::Bbox(_)), kind: Some(kind), coordinates, geometries } => {
            let geometry = geometry(at, &kind, coordinates, geometries)?;
            Ok(Expression::Geometry(Box::new(geometry)))
        }
        Members { op: None, args: None, value: Some(value), kind: None, coordinates: None, geometries: None } => Ok(value),
        _ => Err(unclear()),
    }
}

fn member(reader: &mut Scanner<'_, '_>, at: usize, name: &str, found: &mut Members) -> Read<()> {
    let repeated = match name {
        "op" => found.op.replace(reader.string()?.into_owned()).is_some(),
        "args" => {
            let mut args = Vec::new();
            reader.array(|reader| {
                args.push(expression(reader)?);
                Ok(())
            })?;
            found.args.replace(args).is_some()
        }
        "type" => found.kind.replace(reader.string()?.into_owned()).is_some(),
        "coordinates" => found.coordinates.replace(nest(reader)?).is_some(),
        "geometries" => {
            let mut members = Vec::new();
            reader.array(|reader| {
                let at = reader.at;
                match expression(reader)?.value {
                    Expression::Geometry(geometry) => members.push(*geometry),
                    _ => return Err(Complaint::Expected { at, wanted: ("几何", "a geometry") }),
                }
                Ok(())
            })?;
            found.geometries.replace(members).is_some()
        }
        _ => {
            let value = match name {
                "property" => Expression::Property(reader.string()?.into_owned()),
                "date" => Expression::Instant(instant(reader, Instant::date, DATE)?),
                "timestamp" => Expression::Instant(instant(reader, Instant::timestamp, MOMENT)?),
                "interval" => interval(reader)?,
                "bbox" => {
                    let mut numbers = Vec::new();
                    reader.array(|reader| {
                        numbers.push(number(reader)?.value());
                        if numbers.len() > 6 { reader.expected(COORDINATE) } else { Ok(()) }
                    })?;
                    Expression::Bbox(bbox(&numbers, at)?)
                }
                _ => return Err(Complaint::wrong(at, format!("不认识的成员 {}", short(name)), format!("unknown member {}", short(name)))),
            };
            found.value.replace(value).is_some()
        }
    };
    if repeated { Err(Complaint::wrong(at, format!("成员 {name} 多余或重复"), format!("the member {name} is one too many"))) } else { Ok(()) }
}

fn short(name: &str) -> String {
    name.chars().take(40).collect()
}

fn instant(reader: &mut Scanner<'_, '_>, read: fn(&str) -> Option<Instant>, wanted: Wanted) -> Read<Instant> {
    let at = reader.at;
    read(&reader.string()?).ok_or(Complaint::Expected { at, wanted })
}

fn interval(reader: &mut Scanner<'_, '_>) -> Read<Expression> {
    let at = reader.at;
    let mut bounds = Vec::new();
    reader.array(|reader| {
        let operand = expression(reader)?;
        bounds.push(Bound::of(operand.value).ok_or(Complaint::Expected { at: operand.at, wanted: BOUND })?);
        Ok(())
    })?;
    let bounds =
        <[Bound; 2]>::try_from(bounds).map_err(|_| Complaint::wrong(at, "interval 有起点和终点两项", "an interval has two items, from and to"))?;
    Ok(Expression::Interval(Box::new(bounds)))
}

/// Coordinates before their type is known.
enum Nest {
    Position(usize, Coord<f64>),
    List(usize, Vec<Nest>),
}

fn nest(reader: &mut Scanner<'_, '_>) -> Read<Nest> {
    let at = reader.at;
    reader.budget.descend()?;
    let mut numbers: Vec<f64> = Vec::new();
    let mut parts = Vec::new();
    reader.array(|reader| {
        let nested = reader.peek() == Some(b'[');
        if nested && numbers.is_empty() {
            parts.push(nest(reader)?);
        } else if !nested && parts.is_empty() && numbers.len() < 4 {
            numbers.push(number(reader)?.value());
        } else {
            return reader.expected(SHAPE);
        }
        Ok(())
    })?;
    reader.budget.ascend();
    if numbers.is_empty() {
        // An empty list costs as much as a position.
        if parts.is_empty() {
            reader.budget.vertex()?;
        }
        return Ok(Nest::List(at, parts));
    }
    reader.budget.vertex()?;
    Ok(Nest::Position(at, position(&numbers, at)?))
}

impl Nest {
    fn position(self) -> Read<Coord<f64>> {
        match self {
            Nest::Position(_, position) => Ok(position),
            Nest::List(at, _) => Err(Complaint::Expected { at, wanted: SHAPE }),
        }
    }

    fn list<T>(self, part: impl FnMut(Nest) -> Read<T>) -> Read<(usize, Vec<T>)> {
        match self {
            Nest::List(at, parts) => Ok((at, parts.into_iter().map(part).collect::<Read<_>>()?)),
            Nest::Position(at, _) => Err(Complaint::Expected { at, wanted: SHAPE }),
        }
    }

    fn line(self) -> Read<LineString<f64>> {
        let (at, positions) = self.list(Nest::position)?;
        line(positions, at)
    }

    fn polygon(self) -> Read<Polygon<f64>> {
        let (at, rings) = self.list(|part| {
            let (at, positions) = part.list(Nest::position)?;
            ring(positions, at)
        })?;
        polygon(rings, at)
    }

    fn at(&self) -> usize {
        match self {
            Nest::Position(at, _) | Nest::List(at, _) => *at,
        }
    }

    /// The parts of a geometry of many, of which there must be one.
    fn many<T>(self, part: impl FnMut(Nest) -> Read<T>) -> Read<Vec<T>> {
        let (at, parts) = self.list(part)?;
        if parts.is_empty() { Err(Complaint::Expected { at, wanted: SHAPE }) } else { Ok(parts) }
    }
}

fn geometry(at: usize, kind: &str, coordinates: Option<Nest>, geometries: Option<Vec<Geometry<f64>>>) -> Read<Geometry<f64>> {
    let misfit = |at| Complaint::Expected { at, wanted: SHAPE };
    if kind == "GeometryCollection" {
        return match (coordinates, geometries) {
            (None, Some(members)) if !members.is_empty() => Ok(Geometry::GeometryCollection(GeometryCollection(members))),
            _ => Err(Complaint::wrong(at, "GeometryCollection 应有 geometries", "a GeometryCollection has geometries")),
        };
    }
    let Some(coordinates) = coordinates.filter(|_| geometries.is_none()) else { return Err(misfit(at)) };
    Ok(match kind {
        "Point" => Point(coordinates.position()?).into(),
        "LineString" => coordinates.line()?.into(),
        "Polygon" => coordinates.polygon()?.into(),
        "MultiPoint" => MultiPoint(coordinates.many(|part| part.position().map(Point))?).into(),
        "MultiLineString" => MultiLineString(coordinates.many(Nest::line)?).into(),
        "MultiPolygon" => MultiPolygon(coordinates.many(Nest::polygon)?).into(),
        _ => {
            return Err(Complaint::wrong(
                coordinates.at(),
                format!("不认识的几何类型 {}", short(kind)),
                format!("unknown type of geometry {}", short(kind)),
            ));
        }
    })
}
