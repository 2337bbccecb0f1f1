//! From an expression to tests of one table's columns.

use super::super::cql2::{ArrayRelation, Bound, Comparison, Expression, SpatialRelation};
use super::super::table::Table;
use super::column::{Cells, NumberTest, Texts};
use super::fault::{misfit, no_property, out_of_reach, unsupported, wrong_type};
use super::number::Term;
use super::operand::{Side, TextTerm};
use super::space::{Place, mirrored};
use super::text::{TextTest, fold};
use super::time::{Moment, Span};
use super::{Instant, Node};
use crate::domain::ColumnType;
use crate::domain::fault::Outcome;
use crate::spatial::crs::WorkingCrs;
use crate::spatial::frame::Frame;
use crate::spatial::stated_box::StatedBox;
use crate::spatial::stated_shape::StatedShape;
use geo::MapCoords;
use geo_types::MultiPolygon;
use std::collections::HashSet;

pub(super) struct Compiler<'t, 'c> {
    pub(super) table: &'t Table,
    pub(super) crs: &'t WorkingCrs,
    /// In which geometries are written.
    pub(super) frame: &'c Frame,
    pub(super) private: bool,
}

impl<'t> Compiler<'t, '_> {
    pub(super) fn truth(&self, expression: &Expression) -> Outcome<Node<'t>> {
        let all = |parts: &[Expression]| parts.iter().map(|part| self.truth(part)).collect::<Outcome<Vec<_>>>();
        match expression {
            Expression::Boolean(value) => Ok(Node::Constant(*value)),
            Expression::Property(name) => {
                let cells = self.column(name)?;
                if cells.kind == ColumnType::Boolean { Ok(Node::Flag(cells)) } else { Err(wrong_type(&cells, &Expression::Boolean(true))) }
            }
            Expression::And(parts) => all(parts).map(Node::All),
            Expression::Or(parts) => all(parts).map(Node::Any),
            Expression::Not(part) => Ok(Node::Not(Box::new(self.truth(part)?))),
            Expression::Compare(comparison, sides) => self.compare(*comparison, &sides[0], &sides[1], expression),
            Expression::Between(parts) => {
                let [value, low, high] = &**parts;
                let least = self.compare(Comparison::GreaterOrEqual, value, low, expression)?;
                Ok(Node::All(vec![least, self.compare(Comparison::LessOrEqual, value, high, expression)?]))
            }
            Expression::In(value, items) => self.one_of(value, items, expression),
            Expression::Like(sides) => self.like(&sides[0], &sides[1]),
            Expression::IsNull(value) => self.is_null(value),
            Expression::Spatial(relation, sides) => self.spatial(*relation, sides, expression),
            Expression::Temporal(relation, sides) => {
                let span = |side| self.span(side, expression);
                Ok(Node::Temporal(*relation, Box::new([span(&sides[0])?, span(&sides[1])?])))
            }
            Expression::Arrays(relation, sides) => self.lists(*relation, sides, expression),
            Expression::Function(name, _) => Err(unsupported(name, expression)),
            other => Err(misfit(other)),
        }
    }

    pub(super) fn column(&self, name: &str) -> Outcome<Cells<'t>> {
        let layer = self.table.layer();
        let seen = |column: &&crate::domain::Column| self.private || !column.private;
        let found = layer.columns.iter().zip(self.table.columns()).find(|(column, _)| column.name == name && seen(column));
        let Some((column, cells)) = found else {
            let known: Vec<&str> = layer.columns.iter().filter(seen).map(|column| column.name.as_str()).collect();
            return Err(no_property(name, layer, &known));
        };
        Ok(Cells::new(&column.name, column.kind, cells))
    }

    fn compare(&self, comparison: Comparison, left: &Expression, right: &Expression, whole: &Expression) -> Outcome<Node<'t>> {
        Ok(match (self.side(left)?, self.side(right)?) {
            (Side::Number(Term::Column(cells)), Side::Literal(number)) => Node::Number(cells, NumberTest::Compare(comparison, number)),
            (Side::Literal(number), Side::Number(Term::Column(cells))) => Node::Number(cells, NumberTest::Compare(comparison.mirrored(), number)),
            (Side::Number(left), Side::Number(right)) => Node::Terms(comparison, Box::new([left, right])),
            (Side::Number(left), Side::Literal(right)) => Node::Terms(comparison, Box::new([left, Term::Constant(right.value())])),
            (Side::Literal(left), Side::Number(right)) => Node::Terms(comparison, Box::new([Term::Constant(left.value()), right])),
            (Side::Literal(left), Side::Literal(right)) => {
                Node::Terms(comparison, Box::new([Term::Constant(left.value()), Term::Constant(right.value())]))
            }
            (Side::Text(TextTerm::Column(cells)), Side::Text(TextTerm::Constant(_)) | Side::Instant(_)) => {
                Node::Texts(Texts::new(cells, TextTest::Compare(comparison, literal_of(&cells, right)?)))
            }
            (Side::Text(TextTerm::Constant(_)) | Side::Instant(_), Side::Text(TextTerm::Column(cells))) => {
                Node::Texts(Texts::new(cells, TextTest::Compare(comparison.mirrored(), literal_of(&cells, left)?)))
            }
            (Side::Text(TextTerm::Folded(cells)), Side::Text(TextTerm::Constant(text))) => folded(cells, TextTest::Compare(comparison, text)),
            (Side::Text(TextTerm::Constant(text)), Side::Text(TextTerm::Folded(cells))) => {
                folded(cells, TextTest::Compare(comparison.mirrored(), text))
            }
            (Side::Text(left), Side::Text(right)) => Node::TextTerms(comparison, Box::new([left, right])),
            (Side::Instant(left), Side::Instant(right)) => {
                let sides = [left, right].map(|instant| TextTerm::Constant(instant.among_dates()));
                Node::TextTerms(comparison, Box::new(sides))
            }
            (Side::Truth(left), Side::Truth(right)) => Node::Truths(comparison, Box::new([left, right])),
            _ => {
                return Err(match (left, right) {
                    (Expression::Property(name), value) | (value, Expression::Property(name)) => wrong_type(&self.column(name)?, value),
                    _ => misfit(whole),
                });
            }
        })
    }

    fn one_of(&self, value: &Expression, items: &[Expression], whole: &Expression) -> Outcome<Node<'t>> {
        match self.side(value)? {
            Side::Number(Term::Column(cells)) if items.iter().all(Expression::is_literal) => {
                let number = |item: &Expression| match item {
                    Expression::Number(number) => Ok(number.clone()),
                    other => Err(wrong_type(&cells, other)),
                };
                Ok(Node::Number(cells, NumberTest::one_of(items.iter().map(number).collect::<Outcome<_>>()?)))
            }
            Side::Text(TextTerm::Column(cells)) if items.iter().all(Expression::is_literal) => {
                let texts = items.iter().map(|item| literal_of(&cells, item)).collect::<Outcome<_>>()?;
                Ok(Node::Texts(Texts::new(cells, TextTest::In(texts))))
            }
            _ => items.iter().map(|item| self.compare(Comparison::Equal, value, item, whole)).collect::<Outcome<_>>().map(Node::Any),
        }
    }

    fn like(&self, value: &Expression, pattern: &Expression) -> Outcome<Node<'t>> {
        let side = self.side(value)?;
        let Side::Text(TextTerm::Constant(mut wanted)) = self.side(pattern)? else { return Err(self.no_text(pattern)) };
        if matches!(side, Side::Text(TextTerm::Folded(_))) {
            wanted = fold(&wanted);
        }
        let test = TextTest::Like(wanted.chars().collect());
        match side {
            Side::Text(TextTerm::Column(cells)) => Ok(Node::Texts(Texts::new(cells, test))),
            Side::Text(TextTerm::Folded(cells)) => Ok(folded(cells, test)),
            Side::Text(TextTerm::Constant(text)) => Ok(Node::Constant(test.passes(&text) == Some(true))),
            _ => Err(self.no_text(value)),
        }
    }

    fn is_null(&self, value: &Expression) -> Outcome<Node<'t>> {
        match value {
            Expression::Property(name) if is_geometry(name) => return Ok(Node::NoShape),
            Expression::Property(name) => return self.column(name).map(Node::Null),
            Expression::Geometry(_) | Expression::Bbox(_) | Expression::Interval(_) | Expression::Array(_) => return Ok(Node::Constant(false)),
            _ => {}
        }
        Ok(match self.side(value)? {
            Side::Text(TextTerm::Column(cells) | TextTerm::Folded(cells)) => Node::Null(cells),
            Side::Number(term) => Node::NoNumber(term),
            Side::Truth(node) => Node::Unknown(Box::new(node)),
            Side::Text(TextTerm::Constant(_)) | Side::Literal(_) | Side::Instant(_) => Node::Constant(false),
        })
    }

    fn spatial(&self, relation: SpatialRelation, sides: &[Expression; 2], whole: &Expression) -> Outcome<Node<'t>> {
        let (relation, shape) = match sides {
            [Expression::Property(name), shape] if is_geometry(name) => (relation, shape),
            [shape, Expression::Property(name)] if is_geometry(name) => (mirrored(relation), shape),
            _ => return Err(unsupported(relation.name(), whole)),
        };
        let is_meeting = match relation {
            SpatialRelation::Intersects => Some(true),
            SpatialRelation::Disjoint => Some(false),
            _ => None,
        };
        let extent = self.table.extent();
        let stated = match shape {
            Expression::Geometry(geometry) => geometry.map_coords(|point| self.frame.turned(point)),
            Expression::Bbox(bounds) => {
                let boxed = StatedBox::read(*bounds, self.frame.clone())?;
                if let Some(meets) = is_meeting {
                    return Ok(Node::Spatial(Box::new(Place::Box { boxed: boxed.laid(self.crs, extent), meets })));
                }
                MultiPolygon(boxed.parts().iter().map(|part| part.to_polygon()).collect()).into()
            }
            Expression::Function(name, _) => return Err(unsupported(name, whole)),
            _ => return Err(unsupported(relation.name(), whole)),
        };
        let shape = StatedShape::new(stated, self.frame.clone());
        if !shape.is_on_earth() {
            return Err(out_of_reach(self.frame));
        }
        Ok(Node::Spatial(Box::new(Place::Shape { shape: Box::new(shape.laid(self.crs, extent)), relation })))
    }

    fn span(&self, side: &Expression, whole: &Expression) -> Outcome<Span<'t>> {
        match side {
            Expression::Interval(bounds) => {
                let from = self.bound(&bounds[0], Moment::First, whole)?;
                Ok(Span { from, to: Some(self.bound(&bounds[1], Moment::Last, whole)?) })
            }
            other => Ok(Span { from: self.moment(other, whole)?, to: None }),
        }
    }

    fn bound(&self, bound: &Bound, open: Moment<'t>, whole: &Expression) -> Outcome<Moment<'t>> {
        match bound {
            Bound::Open => Ok(open),
            Bound::At(instant) => Ok(Moment::At(instant.among_dates())),
            Bound::Of(value) => self.moment(value, whole),
        }
    }

    fn moment(&self, value: &Expression, whole: &Expression) -> Outcome<Moment<'t>> {
        match value {
            Expression::Instant(instant) => Ok(Moment::At(instant.among_dates())),
            Expression::Property(name) => {
                let cells = self.column(name)?;
                if cells.kind == ColumnType::Date { Ok(Moment::Column(cells)) } else { Err(misfit(whole).at(name.clone())) }
            }
            Expression::Function(name, _) => Err(unsupported(name, whole)),
            _ => Err(misfit(whole)),
        }
    }

    fn lists(&self, relation: ArrayRelation, sides: &[Expression; 2], whole: &Expression) -> Outcome<Node<'t>> {
        let (name, items, relation) = match (sides, relation) {
            ([Expression::Property(name), Expression::Array(items)], relation) => (name, items, relation),
            ([Expression::Array(items), Expression::Property(name)], ArrayRelation::Contains) => (name, items, ArrayRelation::ContainedBy),
            ([Expression::Array(items), Expression::Property(name)], ArrayRelation::ContainedBy) => (name, items, ArrayRelation::Contains),
            ([Expression::Array(items), Expression::Property(name)], relation) => (name, items, relation),
            _ => return Err(unsupported(relation.name(), whole)),
        };
        let cells = self.column(name)?;
        if cells.kind != ColumnType::List {
            return Err(misfit(whole).at(name.clone()));
        }
        let text = |item: &Expression| match item {
            Expression::Text(text) => Ok(text.clone()),
            other => Err(wrong_type(&cells, other)),
        };
        let wanted = items.iter().map(text).collect::<Outcome<HashSet<String>>>()?;
        Ok(Node::Texts(Texts::new(cells, TextTest::List(relation, wanted))))
    }
}

/// A literal as the column would keep it.
fn literal_of(cells: &Cells<'_>, value: &Expression) -> Outcome<String> {
    match (cells.kind, value) {
        (ColumnType::Date, Expression::Instant(instant)) => Ok(instant.among_dates()),
        (ColumnType::Date, Expression::Text(text)) => {
            Instant::read(text).map(|instant| instant.among_dates()).ok_or_else(|| wrong_type(cells, value))
        }
        (_, Expression::Text(text)) => Ok(text.clone()),
        (_, Expression::Casei(inner)) => literal_of(cells, inner).map(|text| fold(&text)),
        // A date that was kept as text still sorts as dates do.
        (_, Expression::Instant(instant)) => Ok(instant.among_dates()),
        (_, other) => Err(wrong_type(cells, other)),
    }
}

fn folded(cells: Cells<'_>, test: TextTest) -> Node<'_> {
    Node::Texts(Texts::new(cells, TextTest::Folded(Box::new(test))))
}

fn is_geometry(name: &str) -> bool {
    matches!(name, "geom" | "geometry")
}
