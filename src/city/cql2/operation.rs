//! The operators of CQL2 by name, and what each makes of its operands.

use super::Expression;
use super::complaint::{Complaint, Read};
use super::kind::{Kind, Operand, pair};

/// An enum whose values are operators, each with its name in CQL2 JSON.
macro_rules! operators {
    ($(#[$about:meta])* $name:ident { $($value:ident = $text:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($value),+ }

        impl $name {
            #[cfg(test)]
            pub(in crate::city) const ALL: &[$name] = &[$($name::$value),+];

            /// The name in CQL2 JSON; CQL2 text takes it in any case.
            pub fn name(self) -> &'static str {
                match self { $($name::$value => $text),+ }
            }

            pub(super) fn named(name: &str) -> Option<Self> {
                $(if name.eq_ignore_ascii_case($text) { return Some($name::$value); })+
                None
            }
        }
    };
}

operators!(Comparison { Equal = "=", Unequal = "<>", Less = "<", LessOrEqual = "<=", Greater = ">", GreaterOrEqual = ">=" });

operators!(Arithmetic { Plus = "+", Minus = "-", Times = "*", Over = "/", Modulo = "%", Div = "div", Power = "^" });

operators!(SpatialRelation {
    Intersects = "s_intersects",
    Equals = "s_equals",
    Disjoint = "s_disjoint",
    Touches = "s_touches",
    Within = "s_within",
    Overlaps = "s_overlaps",
    Crosses = "s_crosses",
    Contains = "s_contains",
});

operators!(TemporalRelation {
    After = "t_after",
    Before = "t_before",
    Contains = "t_contains",
    Disjoint = "t_disjoint",
    During = "t_during",
    Equals = "t_equals",
    FinishedBy = "t_finishedBy",
    Finishes = "t_finishes",
    Intersects = "t_intersects",
    Meets = "t_meets",
    MetBy = "t_metBy",
    OverlappedBy = "t_overlappedBy",
    Overlaps = "t_overlaps",
    StartedBy = "t_startedBy",
    Starts = "t_starts",
});

operators!(ArrayRelation { Equals = "a_equals", Contains = "a_contains", ContainedBy = "a_containedBy", Overlaps = "a_overlaps" });

impl Comparison {
    /// The order seen from the other operand: `3 < x` is `x > 3`.
    pub fn mirrored(self) -> Self {
        match self {
            Comparison::Less => Comparison::Greater,
            Comparison::LessOrEqual => Comparison::GreaterOrEqual,
            Comparison::Greater => Comparison::Less,
            Comparison::GreaterOrEqual => Comparison::LessOrEqual,
            same => same,
        }
    }
}

impl Arithmetic {
    /// Operators of one rank make one chain.
    fn is_sum(self) -> bool {
        matches!(self, Arithmetic::Plus | Arithmetic::Minus)
    }
}

/// `left operator right`, so that a run of operators of one rank is one chain and not a ladder.
pub(super) fn arithmetic(operator: Arithmetic, left: Operand, right: Operand) -> Read<Expression> {
    if operator == Arithmetic::Power {
        return pair([left, right], Kind::Numeric).map(Expression::Power);
    }
    let (left, right) = (left.of(Kind::Numeric)?, right.of(Kind::Numeric)?);
    Ok(match left {
        Expression::Chain(first, mut rest) if rest.first().is_some_and(|(other, _)| other.is_sum() == operator.is_sum()) => {
            rest.push((operator, right));
            Expression::Chain(first, rest)
        }
        left => Expression::Chain(Box::new(left), vec![(operator, right)]),
    })
}

/// `op(args)`: an operator by its JSON name, or a function.
pub(super) fn operation(name: &str, at: usize, args: Vec<Operand>) -> Read<Expression> {
    let count = args.len();
    let wrong = |wanted: &str| {
        Complaint::wrong(at, format!("{name} 需要 {wanted} 个参数，这里有 {count} 个"), format!("{name} takes {wanted} arguments, here are {count}"))
    };
    let one = |args: Vec<Operand>| <[Operand; 1]>::try_from(args).map(|[only]| only).map_err(|_| wrong("1"));
    let two = |args: Vec<Operand>| <[Operand; 2]>::try_from(args).map_err(|_| wrong("2"));
    let many = |args: Vec<Operand>| {
        if args.len() < 2 { Err(wrong("2+")) } else { args.into_iter().map(|arg| arg.of(Kind::Truth)).collect::<Read<Vec<_>>>() }
    };
    if let Some(comparison) = Comparison::named(name) {
        return Ok(Expression::Compare(comparison, pair(two(args)?, Kind::Scalar)?));
    }
    if let Some(operator) = Arithmetic::named(name) {
        let [left, right] = two(args)?;
        return arithmetic(operator, left, right);
    }
    if let Some(relation) = SpatialRelation::named(name) {
        return Ok(Expression::Spatial(relation, pair(two(args)?, Kind::Shape)?));
    }
    if let Some(relation) = TemporalRelation::named(name) {
        return Ok(Expression::Temporal(relation, pair(two(args)?, Kind::Time)?));
    }
    if let Some(relation) = ArrayRelation::named(name) {
        return Ok(Expression::Arrays(relation, pair(two(args)?, Kind::List)?));
    }
    match name.to_ascii_lowercase().as_str() {
        "and" => many(args).map(Expression::And),
        "or" => many(args).map(Expression::Or),
        "not" => one(args)?.boxed(Kind::Truth).map(Expression::Not),
        "isnull" => one(args)?.boxed(Kind::Any).map(Expression::IsNull),
        "casei" => one(args)?.boxed(Kind::Character).map(Expression::Casei),
        "accenti" => one(args)?.boxed(Kind::Character).map(Expression::Accenti),
        "like" => {
            let [value, pattern] = two(args)?;
            like(value, pattern)
        }
        "between" => match <[Operand; 3]>::try_from(args) {
            Ok(parts) => between(parts),
            Err(_) => Err(wrong("3")),
        },
        "in" => {
            let [value, list] = two(args)?;
            let at = list.at;
            match list.of(Kind::List)? {
                Expression::Array(items) if !items.is_empty() => Ok(Expression::In(value.boxed(Kind::Scalar)?, items)),
                _ => Err(Complaint::wrong(at, "in 的第二个参数应为非空列表", "the second argument of in is a list with items")),
            }
        }
        _ => Ok(Expression::Function(name.to_owned(), args.into_iter().map(|arg| arg.value).collect())),
    }
}

pub(super) fn like(value: Operand, pattern: Operand) -> Read<Expression> {
    Ok(Expression::Like(Box::new([value.of(Kind::Character)?, pattern.of(Kind::Pattern)?])))
}

pub(super) fn between([value, low, high]: [Operand; 3]) -> Read<Expression> {
    Ok(Expression::Between(Box::new([value.of(Kind::Scalar)?, low.of(Kind::Scalar)?, high.of(Kind::Scalar)?])))
}
