//! Number literals, which keep the text that a person wrote.

use super::complaint::{Complaint, Read};
use std::cmp::Ordering;

/// A number as it was written, and as near as a double comes to it.
#[derive(Clone, Debug)]
pub struct Number {
    text: String,
    value: f64,
}

impl Number {
    /// Reads `12`, `-0.5`, `.5`, `5.`, `1.2E-3`; nothing that no double comes near.
    fn read(text: String) -> Option<Self> {
        let value: f64 = text.parse().ok()?;
        value.is_finite().then_some(Number { text, value })
    }

    /// The number that starts at a byte.
    pub(super) fn literal(text: String, at: usize) -> Read<Self> {
        Number::read(text).ok_or_else(|| Complaint::wrong(at, "数字太大", "the number is too large"))
    }

    /// The number −1 that a sign before a name stands for.
    pub(super) fn minus_one() -> Self {
        Number { text: "-1".to_owned(), value: -1.0 }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn value(&self) -> f64 {
        self.value
    }

    /// How an integer stands to this number, exact also where doubles are not.
    pub fn order_of(&self, integer: i64) -> Ordering {
        match self.text.parse::<i128>() {
            Ok(mine) => i128::from(integer).cmp(&mine),
            // Larger integers than i64 keep their order as i128, and a fraction only matters between two neighbours.
            Err(_) => {
                let floor = self.value.floor();
                i128::from(integer).cmp(&(floor as i128)).then(if self.value > floor { Ordering::Less } else { Ordering::Equal })
            }
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (self.text.parse::<i128>(), other.text.parse::<i128>()) {
            (Ok(mine), Ok(theirs)) => mine == theirs,
            _ => self.value == other.value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_beyond_the_doubles_are_told_apart() {
        let number = |text: &str| Number::read(text.to_owned()).unwrap();
        assert_eq!(number("9007199254740993").order_of(9_007_199_254_740_992), Ordering::Less);
        assert_eq!(number("9007199254740993").order_of(9_007_199_254_740_993), Ordering::Equal);
        assert_ne!(number("9007199254740993"), number("9007199254740992"));
        assert_eq!(
            (number("3.5").order_of(3), number("3.5").order_of(4), number("-3.5").order_of(-4)),
            (Ordering::Less, Ordering::Greater, Ordering::Less)
        );
        assert_eq!((number("1e300").order_of(i64::MAX), number("-1e30").order_of(i64::MIN)), (Ordering::Less, Ordering::Greater));
        assert_eq!((number("4"), number("0012")), (number("4.0"), number("12")));
        assert!(Number::read("1e999".to_owned()).is_none());
    }
}
