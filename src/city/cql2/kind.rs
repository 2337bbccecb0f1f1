//! Which kind of value an expression gives, as far as it can be said without a table.

use super::Expression;
use super::complaint::{Complaint, Read, Wanted};

/// An expression that was read, and the byte where it starts.
#[derive(Debug)]
pub(super) struct Operand {
    pub(super) at: usize,
    pub(super) value: Expression,
}

/// What an operator asks of an operand. A property and a function may be of any kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Truth,
    /// Truth, number, text or instant.
    Scalar,
    Numeric,
    Character,
    /// A literal text, also under `CASEI` and `ACCENTI`.
    Pattern,
    Shape,
    /// Instant or interval.
    Time,
    List,
    Any,
}

impl Kind {
    fn wanted(self) -> Wanted {
        match self {
            Kind::Truth => ("一个条件（如 a = 1）", "a condition such as a = 1"),
            Kind::Scalar => ("属性、数字、文本、日期或真假值", "a property, number, text, date or truth value"),
            Kind::Numeric => ("数字", "a number"),
            Kind::Character => ("文本", "a text"),
            Kind::Pattern => ("单引号内的模式", "a pattern in single quotes"),
            Kind::Shape => ("几何（WKT、BBOX 或几何属性）", "a geometry: WKT, BBOX or a geometry property"),
            Kind::Time => ("DATE('…')、TIMESTAMP('…')、INTERVAL(…) 或日期属性", "DATE('…'), TIMESTAMP('…'), INTERVAL(…) or a date property"),
            Kind::List => ("列表，如 ('a', 'b')", "a list such as ('a', 'b')"),
            Kind::Any => ("值", "a value"),
        }
    }

    fn holds(self, value: &Expression) -> bool {
        use Expression::{
            Accenti, And, Array, Arrays, Bbox, Between, Boolean, Casei, Chain, Compare, Function, Geometry, In, Instant, Interval, IsNull, Like, Not,
            Number, Or, Power, Property, Spatial, Temporal, Text,
        };
        if self == Kind::Any {
            return true;
        }
        match value {
            Property(_) | Function(..) => self != Kind::Pattern,
            Boolean(_) | And(_) | Or(_) | Not(_) | Compare(..) | Like(_) | Between(_) | In(..) | IsNull(_) | Spatial(..) | Temporal(..)
            | Arrays(..) => {
                matches!(self, Kind::Truth | Kind::Scalar)
            }
            Number(_) | Chain(..) | Power(_) => matches!(self, Kind::Numeric | Kind::Scalar),
            Text(_) => matches!(self, Kind::Character | Kind::Pattern | Kind::Scalar),
            Casei(inner) | Accenti(inner) => matches!(self, Kind::Character | Kind::Scalar) || (self == Kind::Pattern && self.holds(inner)),
            Instant(_) => matches!(self, Kind::Time | Kind::Scalar),
            Interval(_) => self == Kind::Time,
            Geometry(_) | Bbox(_) => self == Kind::Shape,
            Array(_) => self == Kind::List,
        }
    }
}

impl Operand {
    /// The expression, if it is of the kind.
    pub(super) fn of(self, kind: Kind) -> Read<Expression> {
        if kind.holds(&self.value) { Ok(self.value) } else { Err(Complaint::Expected { at: self.at, wanted: kind.wanted() }) }
    }

    pub(super) fn boxed(self, kind: Kind) -> Read<Box<Expression>> {
        self.of(kind).map(Box::new)
    }
}

/// Two operands of one kind.
pub(super) fn pair([left, right]: [Operand; 2], kind: Kind) -> Read<Box<[Expression; 2]>> {
    Ok(Box::new([left.of(kind)?, right.of(kind)?]))
}
