//! Several rows of an attribute table for one key become one.

use super::mapping::{Aggregate, Link};
use crate::domain::{Row, Value};

/// Takes `next` into `row`, column by column. `first` keeps the first value that is not null.
pub(crate) fn merge(row: &mut Row, next: &Row, links: &[Link]) {
    for link in links {
        let (kept, new) = (&mut row.values[link.column], &next.values[link.column]);
        *kept = match (link.aggregate, &*kept, new) {
            (_, kept, Value::Null) => kept.clone(),
            (_, Value::Null, new) => new.clone(),
            (Aggregate::First, kept, _) => kept.clone(),
            (Aggregate::Sum, kept, new) => add(kept, new),
            (Aggregate::Max, kept, new) => greater(kept, new),
        };
    }
}

fn add(a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Integer(a), Value::Integer(b)) => a.checked_add(*b).map_or(Value::Real(*a as f64 + *b as f64), Value::Integer),
        _ => a.as_f64().zip(b.as_f64()).map_or_else(|| a.clone(), |(a, b)| Value::Real(a + b)),
    }
}

fn greater(a: &Value, b: &Value) -> Value {
    let b_wins = match (a, b) {
        (Value::Text(a), Value::Text(b)) => b > a,
        _ => a.as_f64().zip(b.as_f64()).is_some_and(|(a, b)| b > a),
    };
    if b_wins { b.clone() } else { a.clone() }
}
