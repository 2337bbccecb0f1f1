//! Arithmetic over number columns.

use super::super::cql2::{Arithmetic, Comparison};
use super::column::Cells;
use super::text::holds;
use crate::domain::ColumnType;

/// A number of each row. Null, a division by nothing and what is no number are unknown.
pub(super) enum Term<'t> {
    Column(Cells<'t>),
    Constant(f64),
    Chain(Box<Term<'t>>, Vec<(Arithmetic, Term<'t>)>),
    Power(Box<[Term<'t>; 2]>),
}

impl Term<'_> {
    pub(super) fn value(&self, row: usize) -> Option<f64> {
        match self {
            Term::Column(cells) => cells.number(row),
            Term::Constant(number) => Some(*number),
            Term::Chain(first, rest) => rest.iter().try_fold(first.value(row)?, |sum, (operator, part)| apply(*operator, sum, part.value(row)?)),
            Term::Power(sides) => apply(Arithmetic::Power, sides[0].value(row)?, sides[1].value(row)?),
        }
    }

    /// A term without columns becomes its value.
    pub(super) fn folded(self) -> Self {
        let constant = match &self {
            Term::Chain(first, rest) => first.is_constant() && rest.iter().all(|(_, part)| part.is_constant()),
            Term::Power(sides) => sides.iter().all(Term::is_constant),
            Term::Column(_) | Term::Constant(_) => false,
        };
        match self.value_if(constant) {
            Some(number) => Term::Constant(number),
            None => self,
        }
    }

    fn value_if(&self, constant: bool) -> Option<f64> {
        if constant { self.value(0) } else { None }
    }

    fn is_constant(&self) -> bool {
        matches!(self, Term::Constant(_))
    }
}

fn apply(operator: Arithmetic, a: f64, b: f64) -> Option<f64> {
    let value = match operator {
        Arithmetic::Plus => a + b,
        Arithmetic::Minus => a - b,
        Arithmetic::Times => a * b,
        Arithmetic::Over => a / b,
        Arithmetic::Modulo => a % b,
        Arithmetic::Div => (a / b).trunc(),
        Arithmetic::Power => a.powf(b),
    };
    value.is_finite().then_some(value)
}

/// Two terms in order; two integer columns exactly.
pub(super) fn compare(comparison: Comparison, left: &Term<'_>, right: &Term<'_>, row: usize) -> Option<bool> {
    if let (Term::Column(a), Term::Column(b)) = (left, right)
        && a.kind == ColumnType::Integer
        && b.kind == ColumnType::Integer
    {
        return Some(holds(comparison, &a.integer(row)?, &b.integer(row)?));
    }
    Some(holds(comparison, &left.value(row)?, &right.value(row)?))
}
