//! The operands of a comparison: of which type each is, and how it is had for a row.

use super::super::cql2::{Expression, Instant, Number};
use super::Node;
use super::column::Cells;
use super::compile::Compiler;
use super::fault::{unsupported, wrong_type};
use super::number::Term;
use super::text::fold;
use crate::domain::ColumnType;
use crate::domain::fault::Outcome;
use std::borrow::Cow;

/// A text of each row.
pub(super) enum TextTerm<'t> {
    Column(Cells<'t>),
    /// Without its case.
    Folded(Cells<'t>),
    Constant(String),
}

impl TextTerm<'_> {
    pub(super) fn value(&self, row: usize) -> Option<Cow<'_, str>> {
        match self {
            TextTerm::Column(cells) => cells.text(row).map(Cow::Borrowed),
            TextTerm::Folded(cells) => cells.text(row).map(|text| Cow::Owned(fold(text))),
            TextTerm::Constant(text) => Some(Cow::Borrowed(text)),
        }
    }
}

/// One side of a comparison.
pub(super) enum Side<'t> {
    Text(TextTerm<'t>),
    Number(Term<'t>),
    /// A number as a person wrote it.
    Literal(Number),
    Instant(Instant),
    Truth(Node<'t>),
}

impl<'t> Compiler<'t, '_> {
    pub(super) fn side(&self, expression: &Expression) -> Outcome<Side<'t>> {
        Ok(match expression {
            Expression::Property(name) => {
                let cells = self.column(name)?;
                match cells.kind {
                    ColumnType::Text | ColumnType::List | ColumnType::Date => Side::Text(TextTerm::Column(cells)),
                    ColumnType::Integer | ColumnType::Real => Side::Number(Term::Column(cells)),
                    ColumnType::Boolean => Side::Truth(Node::Flag(cells)),
                }
            }
            Expression::Text(text) => Side::Text(TextTerm::Constant(text.clone())),
            Expression::Casei(inner) => match self.side(inner)? {
                Side::Text(TextTerm::Column(cells) | TextTerm::Folded(cells)) => Side::Text(TextTerm::Folded(cells)),
                Side::Text(TextTerm::Constant(text)) => Side::Text(TextTerm::Constant(fold(&text))),
                _ => return Err(self.no_text(inner)),
            },
            Expression::Number(number) => Side::Literal(number.clone()),
            Expression::Chain(..) | Expression::Power(_) => Side::Number(self.term(expression)?),
            Expression::Instant(instant) => Side::Instant(*instant),
            Expression::Accenti(_) => return Err(unsupported("ACCENTI", expression)),
            Expression::Function(name, _) => return Err(unsupported(name, expression)),
            Expression::Interval(_) | Expression::Geometry(_) | Expression::Bbox(_) | Expression::Array(_) => {
                return Err(unsupported("=", expression));
            }
            _ => Side::Truth(self.truth(expression)?),
        })
    }

    pub(super) fn term(&self, expression: &Expression) -> Outcome<Term<'t>> {
        let term = match expression {
            Expression::Chain(first, rest) => {
                let rest = rest.iter().map(|(operator, part)| Ok((*operator, self.term(part)?))).collect::<Outcome<_>>()?;
                Term::Chain(Box::new(self.term(first)?), rest)
            }
            Expression::Power(sides) => Term::Power(Box::new([self.term(&sides[0])?, self.term(&sides[1])?])),
            Expression::Property(name) => {
                let cells = self.column(name)?;
                if !matches!(cells.kind, ColumnType::Integer | ColumnType::Real) {
                    return Err(super::fault::no_number(&cells));
                }
                Term::Column(cells)
            }
            Expression::Number(number) => Term::Constant(number.value()),
            Expression::Function(name, _) => return Err(unsupported(name, expression)),
            other => return Err(unsupported("+ - * /", other)),
        };
        Ok(term.folded())
    }

    /// What stands where a text is wanted.
    pub(super) fn no_text(&self, expression: &Expression) -> crate::domain::Fault {
        match expression {
            Expression::Property(name) => match self.column(name) {
                Ok(cells) => wrong_type(&cells, &Expression::Text("…".to_owned())),
                Err(fault) => fault,
            },
            other => unsupported("CASEI / LIKE", other),
        }
    }
}
