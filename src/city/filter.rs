//! CQL2 filters over a table: an expression compiled to tests of columns and shapes.
//!
//! Null is unknown, as in SQL: a comparison with null selects nothing, and `NOT` of unknown is unknown.

mod column;
mod compile;
mod fault;
mod number;
mod operand;
mod space;
mod text;
mod time;

use super::cql2;
use super::cql2::{Comparison, Instant, TemporalRelation};
use super::table::Table;
use crate::domain::fault::Outcome;
use crate::spatial::crs::WorkingCrs;
use crate::spatial::frame::Frame;
use column::{Cells, NumberTest, Texts};
use geo_types::Rect;
use number::Term;
use operand::TextTerm;
use space::Place;
use text::holds;
use time::Span;

/// A filter compiled against one table.
pub struct Filter<'t> {
    table: &'t Table,
    root: Node<'t>,
}

enum Node<'t> {
    Constant(bool),
    All(Vec<Node<'t>>),
    Any(Vec<Node<'t>>),
    Not(Box<Node<'t>>),
    /// Two conditions as truth values, no before yes.
    Truths(Comparison, Box<[Node<'t>; 2]>),
    Unknown(Box<Node<'t>>),
    Texts(Texts<'t>),
    TextTerms(Comparison, Box<[TextTerm<'t>; 2]>),
    Number(Cells<'t>, NumberTest),
    Terms(Comparison, Box<[Term<'t>; 2]>),
    NoNumber(Term<'t>),
    Flag(Cells<'t>),
    Null(Cells<'t>),
    NoShape,
    Spatial(Box<Place<'t>>),
    Temporal(TemporalRelation, Box<[Span<'t>; 2]>),
}

impl<'t> Filter<'t> {
    /// Reads CQL2 text (or CQL2 JSON when it starts with `{`) and checks it against the table's columns. Its geometries are written in `frame`.
    ///
    /// # Errors
    /// What does not parse, names an unknown or (unless `private`) a private property, compares a column with a value of another type, or is too large.
    pub fn parse(text: &str, table: &'t Table, crs: &'t WorkingCrs, frame: &Frame, private: bool) -> Outcome<Self> {
        let root = compile::Compiler { table, crs, frame, private }.truth(&cql2::parse(text)?)?;
        Ok(Filter { table, root })
    }

    /// Whether the row passes; unknown does not.
    pub fn passes(&self, row: u32) -> bool {
        self.test(&self.root, row as usize) == Some(true)
    }

    /// Box outside which no row can pass, if the filter has a spatial part that every row must meet; `Some(None)` where none can pass at all.
    pub fn bounds(&self) -> Option<Option<Rect<f64>>> {
        fn of(node: &Node<'_>) -> Option<Option<Rect<f64>>> {
            match node {
                Node::Spatial(place) => place.reach(),
                Node::All(parts) => parts.iter().find_map(of),
                _ => None,
            }
        }
        of(&self.root)
    }

    fn test(&self, node: &Node<'t>, row: usize) -> Option<bool> {
        match node {
            Node::Constant(value) => Some(*value),
            Node::All(parts) => self.until(parts, row, false),
            Node::Any(parts) => self.until(parts, row, true),
            Node::Not(part) => self.test(part, row).map(|value| !value),
            Node::Truths(comparison, sides) => Some(holds(*comparison, &self.test(&sides[0], row)?, &self.test(&sides[1], row)?)),
            Node::Unknown(part) => Some(self.test(part, row).is_none()),
            Node::Texts(texts) => texts.passes(row),
            Node::TextTerms(comparison, sides) => Some(holds(*comparison, &*sides[0].value(row)?, &*sides[1].value(row)?)),
            Node::Number(cells, test) => test.passes(cells, row),
            Node::Terms(comparison, sides) => number::compare(*comparison, &sides[0], &sides[1], row),
            Node::NoNumber(term) => Some(term.value(row).is_none()),
            Node::Flag(cells) => cells.flag(row),
            Node::Null(cells) => Some(cells.is_null(row)),
            Node::NoShape => Some(self.table.shapes().bounds(row).is_none()),
            Node::Spatial(place) => place.passes(self.table, row),
            Node::Temporal(relation, spans) => time::relate(*relation, &spans[0], &spans[1], row),
        }
    }

    /// `deciding` if a part is so, unknown if a part is unknown, else the contrary.
    fn until(&self, parts: &[Node<'t>], row: usize, deciding: bool) -> Option<bool> {
        let mut answer = Some(!deciding);
        for part in parts {
            match self.test(part, row) {
                Some(value) if value == deciding => return Some(deciding),
                None => answer = None,
                Some(_) => {}
            }
        }
        answer
    }
}

#[cfg(test)]
mod tests;
