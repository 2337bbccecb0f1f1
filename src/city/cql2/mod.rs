//! CQL2 (OGC 21-065r2), text and JSON: what a filter says, apart from any table.
//!
//! Both readers go once from left to right, never back, and stop at [`limits`]: no text costs more than its length.
//! Where the published grammar leaves room, this is read too: `[…]` and `ENVELOPE` of the drafts, a bare boolean property, any text inside a quoted name.

mod complaint;
mod geometry;
mod instant;
mod json;
mod json_scan;
mod kind;
mod lexer;
mod limits;
mod number;
mod operation;
mod text;
mod text_operand;
mod wkt;
mod write;

#[cfg(test)]
mod tests;

pub use instant::Instant;
pub use limits::{MAX_DEPTH, MAX_ITEMS, MAX_LENGTH, MAX_NODES, MAX_VERTICES};
pub use number::Number;
pub use operation::{Arithmetic, ArrayRelation, Comparison, SpatialRelation, TemporalRelation};
pub use write::text_literal;

use crate::domain::fault::Outcome;
use geo_types::Geometry;

/// An expression of CQL2. Two are equal when they mean the same, however they were written.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    Boolean(bool),
    Number(Number),
    Text(String),
    Instant(Instant),
    /// From, to.
    Interval(Box<[Bound; 2]>),
    Property(String),
    /// Longitude, latitude in degrees; heights are read and left out.
    Geometry(Box<Geometry<f64>>),
    /// West, south, east, north in degrees; west lies east of east in a box across ±180°.
    Bbox([f64; 4]),
    Array(Vec<Expression>),
    And(Vec<Expression>),
    Or(Vec<Expression>),
    Not(Box<Expression>),
    Compare(Comparison, Box<[Expression; 2]>),
    /// A text and its pattern.
    Like(Box<[Expression; 2]>),
    /// A value, its least and its greatest.
    Between(Box<[Expression; 3]>),
    In(Box<Expression>, Vec<Expression>),
    IsNull(Box<Expression>),
    /// `CASEI`: letters without their case.
    Casei(Box<Expression>),
    /// `ACCENTI`: letters without their accents.
    Accenti(Box<Expression>),
    /// A run of operators of one rank, done from left to right: a sum, or a product.
    Chain(Box<Expression>, Vec<(Arithmetic, Expression)>),
    Power(Box<[Expression; 2]>),
    Spatial(SpatialRelation, Box<[Expression; 2]>),
    Temporal(TemporalRelation, Box<[Expression; 2]>),
    Arrays(ArrayRelation, Box<[Expression; 2]>),
    Function(String, Vec<Expression>),
}

/// An end of an interval.
#[derive(Clone, Debug, PartialEq)]
pub enum Bound {
    /// `'..'`
    Open,
    At(Instant),
    /// A property or a function.
    Of(Expression),
}

/// Reads CQL2 JSON when the text starts with `{`, else CQL2 text.
///
/// # Errors
/// What does not parse, with the place of the character and what was expected there; what passes a limit, with its number.
pub fn parse(text: &str) -> Outcome<Expression> {
    read(text).0
}

/// The expression and the steps that its reading took.
fn read(text: &str) -> (Outcome<Expression>, u64) {
    let mut budget = limits::Budget::default();
    let read = budget
        .length(text)
        .and_then(|()| if text.trim_start().starts_with('{') { json::read(text, &mut budget) } else { text::read(text, &mut budget) });
    (read.map_err(|complaint| complaint.fault(text)), budget.steps)
}

impl Expression {
    /// A value that stands for itself: counted apart in lists.
    pub(super) fn is_literal(&self) -> bool {
        matches!(self, Expression::Boolean(_) | Expression::Number(_) | Expression::Text(_) | Expression::Instant(_))
    }
}

impl Bound {
    fn of(value: Expression) -> Option<Self> {
        match value {
            Expression::Text(text) if text == ".." => Some(Bound::Open),
            Expression::Text(text) => Instant::read(&text).map(Bound::At),
            Expression::Instant(instant) => Some(Bound::At(instant)),
            Expression::Property(_) | Expression::Function(..) => Some(Bound::Of(value)),
            _ => None,
        }
    }
}
